"""The system's notifications, at a real D-Bus with a service that records what comes."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.degrade import Capabilities, Plain
from desktop.native import Native
from tests.desktop.notification_service import Recorder, recording, session_bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how this is tried")

CLAIMABLE = Plain(
    title="Payment failed: Maya",
    body="Attempt 2 failed.",
    buttons=(("claim", "Claim"), ("copy", "Copy reply")),
    urgent=True,
    low=False,
    opens=True,
)
Start = Callable[..., tuple[Native, Recorder, Capabilities]]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return how to start a service with some capabilities, and our side of it."""
    with ExitStack() as stack:
        address = stack.enter_context(session_bus(tmp_path))
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

        def begin(*capabilities: str) -> tuple[Native, Recorder, Capabilities]:
            recorder = stack.enter_context(recording(address, capabilities))
            native = Native()
            stack.callback(native.close)
            with qtbot.waitSignal(native.ready, timeout=10_000) as answered:
                native.start()
            can = answered.args[0]
            assert isinstance(can, Capabilities)
            return native, recorder, can

        yield begin


def test_the_service_says_what_it_can(start: Start) -> None:
    """Buttons, clicks and the reading of HTML are asked for, not guessed."""
    _, _, can = start("actions", "body", "body-markup", "sound")

    assert can == Capabilities(body=True, buttons=True, clicks=True, markup=True)


def test_a_plain_service_can_less(start: Start) -> None:
    """A service that knows only texts gets only texts."""
    _, _, can = start("body")

    assert (can.buttons, can.markup) == (False, False)


def test_an_entry_is_shown_with_its_buttons(start: Start, qtbot: QtBot) -> None:
    """Under our name, urgent, and until it is handled."""
    native, recorder, _ = start("actions", "body")
    native.show_entry("1", CLAIMABLE, None)
    qtbot.waitUntil(lambda: recorder.titles == ["Payment failed: Maya"])
    one = recorder.service.came[0]

    assert (one["app"], one["body"], one["urgency"], one["timeout"]) == (
        "Deskbell",
        "Attempt 2 failed.",
        2,
        0,
    )
    assert one["actions"] == {"default": "", "claim": "Claim", "copy": "Copy reply"}


def test_a_button_is_told_with_the_entrys_id(start: Start, qtbot: QtBot) -> None:
    """Whatever number the service gave it."""
    native, recorder, _ = start("actions", "body")
    with qtbot.waitSignal(native.taken, timeout=10_000):
        native.show_entry("n-17", CLAIMABLE, None)
    with qtbot.waitSignal(native.pressed) as told:
        recorder.press("Payment failed: Maya", "claim")

    assert told.args == ["n-17", "claim"]


def test_a_click_opens_and_a_dismissal_is_told(start: Start, qtbot: QtBot) -> None:
    """Both by the entry's id."""
    native, recorder, _ = start("actions", "body")
    other = Plain(title="Delivered", body="", buttons=(), urgent=False, low=False, opens=True)
    taken: list[str] = []
    native.taken.connect(taken.append)
    native.show_entry("1", CLAIMABLE, None)
    native.show_entry("2", other, 8.0)
    qtbot.waitUntil(lambda: taken == ["1", "2"], timeout=10_000)
    with qtbot.waitSignal(native.opened) as opened:
        recorder.press("Payment failed: Maya", "default")
    with qtbot.waitSignal(native.dismissed) as dismissed:
        recorder.dismiss("Delivered")

    assert (opened.args, dismissed.args) == (["1"], ["2"])
    assert recorder.service.came[1]["timeout"] == 8000


def test_a_withdrawn_entry_is_taken_away(start: Start, qtbot: QtBot) -> None:
    """Somebody else has claimed it; what isn't there is no trouble."""
    native, recorder, _ = start("actions", "body")
    native.show_entry("1", CLAIMABLE, None)
    qtbot.waitUntil(lambda: len(recorder.titles) == 1)
    native.withdraw("1")
    native.withdraw("unknown")

    qtbot.waitUntil(lambda: recorder.titles == [])


def test_a_new_state_takes_the_place_of_the_old(start: Start, qtbot: QtBot) -> None:
    """One case is one notification, however often it changes."""
    native, recorder, _ = start("actions", "body")
    mine = Plain(title="Yours now", body="", buttons=(("done", "Done"),), urgent=False, low=False, opens=True)
    native.show_entry("1", CLAIMABLE, None)
    native.show_entry("1", mine, None)

    qtbot.waitUntil(lambda: recorder.titles == ["Yours now"])


def test_leaving_takes_everything_away(start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notification whose program has gone could not be answered."""
    monkeypatch.setattr("desktop.sideloop.LEAVE_SECONDS", 10.0)
    native, recorder, _ = start("actions", "body")
    native.show_entry("1", CLAIMABLE, None)
    qtbot.waitUntil(lambda: len(recorder.titles) == 1)
    native.close()

    qtbot.waitUntil(lambda: recorder.titles == [])


def test_leaving_takes_away_what_was_being_shown(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on the screen before the service has said so; what waits behind it does not come at all."""
    monkeypatch.setattr("desktop.sideloop.LEAVE_SECONDS", 10.0)
    native, recorder, _ = start("actions", "body")
    recorder.hold_answers()
    native.show_entry("1", CLAIMABLE, None)
    native.show_entry("2", CLAIMABLE, None)
    qtbot.waitUntil(lambda: len(recorder.titles) == 1)
    recorder.answer_in(0.05)
    native.close()

    qtbot.waitUntil(lambda: recorder.titles == [])
    assert len(recorder.service.came) == 1


def test_leaving_does_not_wait_for_a_service_that_hangs(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent wants to go home; the bus is let go of all the same."""
    monkeypatch.setattr("desktop.sideloop.LEAVE_SECONDS", 0.1)
    native, recorder, _ = start("actions", "body")
    recorder.hold_answers()
    native.show_entry("1", CLAIMABLE, None)
    qtbot.waitUntil(lambda: len(recorder.titles) == 1)
    native.close()

    assert "notifications" not in [each.name for each in threading.enumerate()]
    recorder.answer_in(0.0)


def test_without_a_service_the_agent_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence, so that our own toasts can take over."""
    with session_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        native = Native()
        try:
            with qtbot.waitSignal(native.failed, timeout=10_000) as told:
                native.start()
        finally:
            native.close()

    assert told.args[0].startswith("This system's notifications ")
