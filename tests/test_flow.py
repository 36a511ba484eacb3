"""The main job, end to end: a signed webhook crosses HTTP, disk and WebSocket, and is painted.

Everything is real and in processes of its own; only the screen is missing.
"""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path

import httpx
import msgspec
import pytest
from PySide6.QtGui import QImage

from relay import demo
from tests.relay_process import PATIENCE, SECRETS, RelayProcess


def colours(picture: Path) -> int:
    """Return how many different colours a picture has: a blank one has few."""
    image = QImage(str(picture))
    assert not image.isNull()
    return len({image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)})


def test_the_demonstration_paints_a_toast(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """``make run`` without a display: a painted toast with the right words, a picture of it, URLs, status 0."""
    status = demo.run(tmp_path)
    output = capfd.readouterr().out

    assert status == 0
    assert colours(tmp_path / "toast.png") > 30
    for source in ("stripe", "github", "airline", "parcel"):
        assert f"/hooks/{source}" in output
    assert re.search(r"All \d\d samples of the library were sent, and each found its playbook", output)
    assert "ms after the HTTP request" in output
    assert str(tmp_path / "toast.png") in output


def test_the_demonstration_can_be_given_again(tmp_path: Path) -> None:
    """A second time uses the same folder and secrets, and takes away the first desktop's access."""
    assert demo.run(tmp_path) == 0
    secret = (tmp_path / "stripe.secret").read_text()
    (tmp_path / "toast.png").unlink()

    assert demo.run(tmp_path) == 0
    assert (tmp_path / "toast.png").exists()
    assert (tmp_path / "stripe.secret").read_text() == secret


@pytest.mark.parametrize(
    ("title", "script", "complaint"),
    [
        (demo.EXPECTED_TITLE, demo.EXPECTED_WORDS, ""),
        ("Payment failed: {{ customer }}", demo.EXPECTED_WORDS, "the toast says"),
        (demo.EXPECTED_TITLE, "", "the script"),
    ],
)
def test_a_toast_with_other_words_is_no_success(title: str, script: str, complaint: str) -> None:
    """The demonstration believes what was painted, not that something was."""
    assert complaint in demo.judge({"title": title, "script": script})
    assert bool(complaint) is bool(demo.judge({"title": title, "script": script}))


def test_fifty_identical_requests_are_one_event_and_one_toast(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    """All fifty are answered with 2xx, one is stored, and the next event's toast is the only other one."""
    relay_process.start()
    headers, body = relay_process.request()

    async def storm() -> Counter[str]:
        async with httpx.AsyncClient(
            timeout=PATIENCE, trust_env=False, limits=httpx.Limits(max_connections=50)
        ) as client:
            answers = await asyncio.gather(
                *(client.post(relay_process.hook(), content=body, headers=headers) for _ in range(50))
            )
        return Counter(f"{answer.status_code} {answer.json()['status']}" for answer in answers)

    code = relay_process.invite()
    with demo.desktop(tmp_path, relay_process.url, code, screen=True) as app:
        app.wait_for("live")
        assert asyncio.run(storm()) == {"200 stored": 1, "200 duplicate": 49}
        first = app.wait_for("painted")
        post(relay_process, source="stripe", sample="payment_failed")
        second = app.wait_for("painted")
        httpx.post(relay_process.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False)
        post(relay_process, source="stripe", sample="dispute_opened")
        third = app.wait_for("painted")

    assert [toast["title"] for toast in (first, second, third)] == [
        "Delivered: Jonas Okafor, order AC-20931",
        demo.EXPECTED_TITLE,
        "Dispute: Henrik Sandvik, €189.00, not arrived",
    ]
    assert len({str(toast["id"]) for toast in (first, second, third)}) == 3
    assert len(relay_process.events()) == 3


def test_a_refused_webhook_paints_nothing(relay_process: RelayProcess, tmp_path: Path) -> None:
    """A body altered by one byte is refused, and the next toast is that of the next genuine event."""
    relay_process.start()
    with demo.desktop(tmp_path, relay_process.url, relay_process.invite(), screen=True) as app:
        app.wait_for("live")
        headers, body = relay_process.request()
        forged = body.replace(b"Jonas", b"Janus")
        answer = httpx.post(
            relay_process.hook(), content=forged, headers=headers, timeout=PATIENCE, trust_env=False
        )
        post(relay_process, source="stripe", sample="payment_failed")
        painted = app.wait_for("painted")

    assert answer.status_code == 401
    assert painted["title"] == demo.EXPECTED_TITLE
    (only,) = relay_process.events()
    assert only.event.source == "stripe"


def test_what_happens_while_the_desktop_is_away_is_shown_when_it_is_back(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    """A paired desktop that was not running gets the event when it comes, also from a relay that was killed."""
    relay_process.start()
    code = relay_process.invite()
    with demo.desktop(tmp_path, relay_process.url, code, screen=True) as app:
        app.wait_for("live")
        post(relay_process, source="parcel", sample="delivered")
        app.wait_for("painted")
        relay_process.kill()
        relay_process.start()
        app.wait_for("live")
        post(relay_process, source="stripe", sample="payment_failed")
        painted = app.wait_for("painted")

    assert painted["title"] == demo.EXPECTED_TITLE


def test_neither_payloads_nor_secrets_are_logged(relay_process: RelayProcess, tmp_path: Path) -> None:
    """What customers and providers trust us with stays out of both programs' logs."""
    relay_process.start()
    with demo.desktop(tmp_path, relay_process.url, relay_process.invite(), screen=True) as app:
        app.wait_for("live")
        post(relay_process, source="stripe", sample="payment_failed")
        app.wait_for("painted")
    relay_process.terminate()
    logs = relay_process.log.read_text() + (tmp_path / "desktop.log").read_text()

    assert "device-paired" in logs
    for private in ("Maya", "Lindqvist", "dbt_", *SECRETS.values()):
        assert private not in logs
    assert all(json.loads(line)["event"] for line in relay_process.log.read_text().splitlines())


def post(relay: RelayProcess, *, source: str, sample: str) -> None:
    """Send one genuine webhook."""
    headers, body = relay.request(source, sample)
    answer = httpx.post(relay.hook(source), content=body, headers=headers, timeout=PATIENCE, trust_env=False)
    assert msgspec.json.decode(answer.content) == {"status": "stored"}
