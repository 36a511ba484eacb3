"""The commands about providers, as somebody types them who sets one up, and somebody who mistypes."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relay.keypairs import find_private
from relay.provider_pages import MARK, table
from relay.samples import maker
from relay.schemes.prepared import check_source
from relay.schemes.provider import Category, Provider, Trust
from relay.schemes.providers import PROVIDERS
from relay.schemes.shapes import in_header
from relay.source import Secret, Source
from relay.specimen import Specimen, Wanted, make
from relay.verify import verify
from tests.relay_process import SECRETS, RelayProcess

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/providers.md").read_text(encoding="utf-8")
NOW = 1_790_000_000.0
BODY = '{"id":"evt_1","type":"invoice.paid"}'

Run = Callable[..., tuple[int, str, str]]


def test_all_providers_are_listed(run: Run) -> None:
    """Every row is there once, under its category, for people and for programs."""
    status, output, _ = run("providers")
    assert status == 0
    assert {line.split()[0] for line in output.splitlines() if line.startswith("  ")} == set(PROVIDERS)
    status, output, _ = run("providers", "--json")
    assert status == 0
    assert [json.loads(line)["name"] for line in output.splitlines()] == list(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_has_a_page(run: Run, name: str) -> None:
    """Each row can be shown, and what is to be pasted is TOML with that provider."""
    status, output, _ = run("providers", name, "--json")
    assert status == 0
    found = json.loads(output)
    pasted = tomllib.loads(found["configuration"])
    assert pasted["sources"][name]["provider"] == name
    assert found["documentation"].startswith("https://")
    status, output, _ = run("providers", name)
    assert (status, found["setup"] in output) == (0, True)


def test_a_misspelt_provider_is_named(run: Run) -> None:
    """Whoever mistypes gets the nearest name."""
    assert run("providers", "strip")[::2] == (2, "NAME: there is no provider 'strip'. Did you mean stripe?\n")
    assert "All of them" in run("providers", "qqqqqqqq")[2]


def test_the_page_of_providers_is_made_from_the_table() -> None:
    """The documentation has the table as it is; `deskbell-relay providers --table` prints it."""
    assert PAGE.partition(MARK)[2].strip() == table(PROVIDERS).strip()


def row(**more: Any) -> dict[str, Any]:
    """Return a recorded request."""
    source = check_source(Source(name="shop", provider="stripe", secrets=(Secret("key"),)))
    headers = source.sign(body=BODY.encode(), now=NOW, event_id="evt_1", event_type="a")
    usual = {
        "id": "one", "provider": "stripe", "kind": "delivery", "secret": "key", "method": "POST", "config": None,
        "url": "https://hooks.example.com/hooks/shop", "headers": headers, "body": BODY, "now": NOW, "expect": "valid",
    }  # fmt: skip
    return usual | more


def test_recorded_requests_are_judged(run: Run, tmp_path: Path) -> None:
    """One line of JSON for each request: good, altered, of an unknown provider, and a handshake."""
    file = tmp_path / "file.json"
    challenge = row(
        id="crc", provider="x-twitter", kind="handshake", method="GET", headers={}, body="",
        url="https://hooks.example.com/hooks/x?crc_token=abc",
    )  # fmt: skip
    rows = [
        row(),
        row(id="two", body=BODY + " ", expect="invalid"),
        row(id="three", provider="nobody", expect="invalid"),
    ]
    file.write_text(json.dumps([*rows, challenge]))
    status, output, errors = run("providers", "verify", str(file))
    found = [json.loads(line) for line in output.splitlines()]
    assert (status, errors) == (0, "")
    assert [(one["id"], one["verdict"], one["reason"]) for one in found] == [
        ("one", "valid", ""),
        ("two", "invalid", "mismatch"),
        ("three", "invalid", "unknown-provider"),
        ("crc", "valid", ""),
    ]
    assert found[-1]["response"]["json"]["response_token"].startswith("sha256=")


def test_a_missed_expectation_is_status_one(run: Run, tmp_path: Path) -> None:
    """What was expected otherwise is named, and the exit status says so."""
    file = tmp_path / "file.json"
    file.write_text(json.dumps([row(expect="invalid"), row(id="x", provider="nobody")]))
    status, output, errors = run("providers", "verify", str(file))
    assert (status, len(output.splitlines())) == (1, 2)
    assert "one: expected invalid" in errors
    assert "x: expected valid" in errors


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"{}", "JSON list"),
        (b"[" * 100_000, "is not JSON"),
        (b"[5]", "entry 1"),
        (b"[null]", "entry 1"),
        (b"[[]]", "entry 1"),
        (b'[{"id": "a"}]', "entry 1 (a)"),
        (json.dumps([row(headers=5)]).encode(), "headers"),
        (json.dumps([row(headers={"a": 5})]).encode(), "headers"),
        (json.dumps([row(body=5)]).encode(), "body"),
        (json.dumps([row(secret=5)]).encode(), "secret"),
        (json.dumps([row(config=[])]).encode(), "config"),
        (json.dumps([row(now="yesterday")]).encode(), "now"),
        (json.dumps([row(expect="maybe")]).encode(), "expect"),
        (json.dumps([row(kind="parcel")]).encode(), "kind"),
        (json.dumps([row(url="https://a:99999999/")]).encode(), "entry 1"),
        (json.dumps([row(url="https://[")]).encode(), "entry 1"),
        (json.dumps([row(expect_response=[])]).encode(), "expect_response"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_a_sentence(run: Run, tmp_path: Path, content: bytes, complaint: str) -> None:
    """Whatever stands in the file, there is a sentence and status 2, never a traceback."""
    file = tmp_path / "file.json"
    file.write_bytes(content)
    status, output, errors = run("providers", "verify", str(file))
    assert (status, output) == (2, "")
    assert complaint in errors
    assert "Traceback" not in errors


def test_a_good_entry_beside_a_bad_one_is_judged(run: Run, tmp_path: Path) -> None:
    """One bad entry does not hide what is to be said of the others."""
    file = tmp_path / "file.json"
    file.write_text(json.dumps([5, row()]))
    status, output, _ = run("providers", "verify", str(file))
    assert (status, json.loads(output)["verdict"]) == (2, "valid")
    assert run("providers", "verify", "absent.json")[0] == 2


def test_ten_lines_add_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row in the documentation has at most ten lines, and is all that it takes to sign and to verify."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(code.splitlines()) <= 10
    rows: dict[str, Provider] = {}
    exec(
        code,
        {"ROWS": rows, "Provider": Provider, "Category": Category, "Trust": Trust, "in_header": in_header},
    )
    monkeypatch.setitem(PROVIDERS, "acme", rows["acme"])
    source = check_source(Source(name="acme", provider="acme", secrets=(Secret("key"),)))
    found = make(source, Wanted(type="parcel.delivered", id="p-1", now=NOW))
    (event,) = verify(found.delivery("acme", NOW), source, NOW)
    assert (event.id, event.type, event.problem) == ("p-1", "parcel.delivered", None)
    assert "`acme`" in table(PROVIDERS)


def test_a_recipe_adds_a_provider(run: Run, tmp_path: Path) -> None:
    """The TOML in the documentation is all that it takes for one relay."""
    section = PAGE.partition("## Adding a provider")[2]
    example = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[0].replace(
        "ACME_SECRET", "TEST_PARCEL_SECRET"
    )
    assert len([line for line in example.splitlines() if line]) <= 10
    (tmp_path / "relay.toml").write_text(example)
    assert run("check")[0] == 0


CONFIG = """
[journal]
path = "journal.db"
[sources.stripe]
provider = "stripe"
secret = "env:TEST_STRIPE_SECRET"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write a configuration with one source."""
    file = tmp_path / "relay.toml"
    file.write_text(CONFIG)
    return file


def saved(body: str, signed: str, end: str = "\n") -> bytes:
    """Return a request as a person saves it."""
    source = check_source(
        Source(name="s", provider="stripe", secrets=(Secret(SECRETS["TEST_STRIPE_SECRET"]),))
    )
    (header,) = source.sign(body=signed.encode(), now=NOW, event_id="evt_1", event_type="a").items()
    lines = [
        "POST /hooks/stripe HTTP/1.1",
        "Host: x",
        "Date: Mon, 21 Sep 2026 14:13:20 GMT",
        f"{header[0]}: {header[1]}",
    ]
    return (end.join(lines) + end * 2 + body).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_saved_request_is_diagnosed(run: Run, tmp_path: Path, config: Path, end: str) -> None:
    """A saved request is judged as at its time: good, or with what happened to its body."""
    file = tmp_path / "saved.http"
    file.write_bytes(saved(BODY, BODY, end))
    status, output, _ = run("doctor", "stripe", "--request", str(file))
    assert (status, "The request is good" in output) == (0, True)
    file.write_bytes(saved(json.dumps(json.loads(BODY), indent=1), BODY, end))
    status, output, _ = run("doctor", "stripe", "--request", str(file))
    assert status == 1
    assert "JSON was written anew" in output
    status, output, _ = run("doctor", "stripe", "--request", str(file), "--json", "--at", "2026-10-01")
    assert status == 1
    assert json.loads(output)["findings"][0]["code"] == "body-altered"


@pytest.mark.parametrize(
    ("words", "content", "complaint"),
    [
        (("stripe", "--request", "absent.http"), None, "can't be read"),
        (("stripe", "--request", "saved.http"), b"", "request line"),
        (("stripe", "--request", "saved.http"), b"{}", "request line"),
        (("stripe", "--request", "saved.http"), b"POST / HTTP/1.1\nno header\n\n", "line 2"),
        (("stripe", "--request", "saved.http", "--at", "soon"), b"POST / HTTP/1.1\n\n", "--at"),
        (("till",), None, "there is no source 'till'"),
    ],
)
@pytest.mark.usefixtures("config")
def test_the_doctor_says_what_it_lacks(
    run: Run, tmp_path: Path, words: tuple[str, ...], content: bytes | None, complaint: str
) -> None:
    """A file that is no request, or a source that isn't there: a sentence each."""
    if content is not None:
        (tmp_path / "saved.http").write_bytes(content)
    status, _, errors = run("doctor", *words)
    assert (status, complaint in errors) == (2, True)


def test_a_new_user_breaks_the_secret_and_asks_the_doctor(
    run: Run, relay_process: RelayProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulate any type, see it stored; break the secret, simulate, and the doctor knows."""
    process = relay_process
    process.start()
    here = ("--config", str(process.config))
    assert run("simulate", "stripe", "charge.refunded", *here)[:2] == (0, "1 × 200\n")
    assert "charge.refunded" in run("events", *here)[1]
    assert "No request of stripe was refused" in run("doctor", "stripe", *here)[1]
    monkeypatch.setenv("TEST_STRIPE_SECRET", "broken")
    assert run("simulate", "stripe", "charge.refunded", *here)[:2] == (1, "1 × 401\n")
    process.wait_until(lambda: run("doctor", "stripe", *here)[0] == 1)
    output = run("doctor", "stripe", *here)[1]
    assert "Refused (mismatch)" in output
    assert "keep_refused = true" in output


def test_a_key_pair_makes_a_provider_with_a_private_key_simulable(run: Run, tmp_path: Path) -> None:
    """The public half is a source's secret, the private one signs; nothing is overwritten."""
    file = tmp_path / "sendgrid.key"
    assert run("providers", "keypair", "sendgrid", str(file))[0] == 0
    assert {path.stat().st_mode & 0o777 for path in (file, tmp_path / "sendgrid.key.private")} == {0o600}
    secret = Secret(file.read_text().strip(), f"file:{file}")
    source = check_source(Source(name="mail", provider="sendgrid", secrets=(secret,)))
    ready = maker(source, "bounce", "http://127.0.0.1/hooks/mail", clock=lambda: NOW, new_id=lambda: "1")()
    assert isinstance(ready, Specimen)
    assert verify(ready.delivery("mail", NOW), source, NOW)[0].type == "bounce"
    assert run("providers", "keypair", "sendgrid", str(file))[0] == 2
    assert run("providers", "keypair", "stripe", str(tmp_path / "other"))[0] == 2
    assert find_private("env:KEY") is None
