"""The app as a whole where the system shows the notifications."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from relay.protocol import Notification, Seen
from tests.desktop.far_end import FarEnd
from tests.desktop.notification_service import recording, session_bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how this is tried")


def test_what_the_system_shows_is_told_to_the_relay_and_reported(  # noqa: PLR0917 - fixtures
    qtbot: QtBot,
    make_desktop: Callable[..., Desktop],
    far_end: FarEnd,
    make_message: Callable[..., Notification],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The relay has to know that it was seen, and programs that wait for a toast wait for this."""
    with session_bus(tmp_path) as address, recording(address, ["actions", "body"]) as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DESKBELL_NOTIFICATIONS", "system")
        desktop = make_desktop(report=True)
        qtbot.waitUntil(lambda: desktop.attention.screen.form == "the system's notifications", timeout=10_000)
        far_end.publish(make_message(1, at=4_000_000_000.0))
        qtbot.waitUntil(lambda: service.titles == ["Payment 1 failed: Ana Souza"], timeout=20_000)
        qtbot.waitUntil(
            lambda: [receipt.what for receipt in far_end.receipts] == [Seen.SHOWN], timeout=20_000
        )
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        desktop.close()

    (told,) = [line for line in lines if line["report"] == "painted"]
    assert (told["title"], told["by"]) == ("Payment 1 failed: Ana Souza", "system")
