"""Where an entry is put when our own windows can't be placed: the tray's message, the system's notification."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.clipboard import KDE_HINT
from desktop.gate import Privacy
from desktop.native import Native
from desktop.screen import Screen
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.tray import Tray
from tests.desktop.notification_service import recording, session_bus
from tests.desktop.test_degrade import FAILED


class SpokenTray(Tray):
    """A tray whose messages are kept: the system behind it is the far end."""

    def __init__(self) -> None:
        super().__init__(available=lambda: True)
        self.messages: list[tuple[str, str]] = []

    def message(self, title: str, body: str) -> None:
        """Keep what would be shown."""
        self.messages.append((title, body))


@pytest.fixture
def stack(looks: Looks) -> Iterator[Stack]:
    """Return an empty stack."""
    made = Stack(looks, lambda _id: True, composited=False)
    yield made
    made.clear()


@pytest.fixture
def tray() -> Iterator[SpokenTray]:
    """Return a tray."""
    made = SpokenTray()
    yield made
    made.close()


def test_a_message_of_the_tray_says_who_and_what(stack: Stack, tray: SpokenTray) -> None:
    """As plain text, whatever the service behind it makes of HTML."""
    screen = Screen(stack, tray, lambda _id: True, places_windows=False)
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)

    assert tray.messages == [
        (
            "Payment failed: Maya Lindqvist, €49.00",
            "Attempt 2 failed. &lt;b&gt;Stripe&lt;/b&gt; tries again on 2 March.",
        )
    ]


@pytest.mark.parametrize(
    ("privacy", "said"),
    [
        (Privacy.NOTHING, ("New item", "")),
        (Privacy.TYPE, ("New from Stripe", "invoice.payment_failed")),
    ],
)
def test_a_message_of_the_tray_keeps_the_privacy(
    stack: Stack, tray: SpokenTray, privacy: Privacy, said: tuple[str, str]
) -> None:
    """Others may look at the screen while it is locked or shared."""
    Screen(stack, tray, lambda _id: True, places_windows=False).add(FAILED, 8.0, privacy, still=False)

    assert tray.messages == [said]


def test_what_was_shown_before_is_not_said_again(stack: Stack, tray: SpokenTray) -> None:
    """The inbox knows."""
    Screen(stack, tray, lambda _id: False, places_windows=False).add(FAILED, 8.0, Privacy.FULL, still=False)

    assert tray.messages == []


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how this is tried")
def test_a_reply_copied_from_a_notification_stays_out_of_histories(
    stack: Stack, tray: SpokenTray, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same clipboard as a toast's, with the same setting."""
    with session_bus(tmp_path) as address, recording(address, ["actions", "body"]) as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        native = Native()
        screen = Screen(stack, tray, lambda _id: True, places_windows=False, native=native)
        qtbot.waitUntil(lambda: screen.form == "the system's notifications", timeout=10_000)
        screen.add(FAILED, 8.0, Privacy.FULL, still=False)
        qtbot.waitUntil(lambda: len(service.titles) == 1, timeout=10_000)
        with qtbot.waitSignal(screen.copied, timeout=10_000) as copied:
            service.press(service.titles[0], "copy")
        data = QGuiApplication.clipboard().mimeData()
        screen.close()

    assert copied.args == ["1"]
    assert data.text() == "Hello Maya, …"
    assert data.hasFormat(KDE_HINT)
