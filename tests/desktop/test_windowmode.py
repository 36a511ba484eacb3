"""The history's window in place of a tray."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.historydesk import HistoryDesk
from desktop.inbox import Inbox
from desktop.inquirer import Inquirer
from desktop.records import Records
from desktop.theme import Looks
from desktop.tray import Tray
from desktop.windowmode import WindowMode


class Place:
    """A history and a tray that is there or not, as a test says."""

    def __init__(self, looks: Looks, path: Path) -> None:
        self.has_tray, self.raised = False, 0
        self.tray = Tray(available=lambda: self.has_tray)
        self.inbox = Inbox.open(path)
        self.menu = QMenu()
        self.records = Records(looks, self.inbox, path, days=0)
        self.history = HistoryDesk(
            self.records,
            self.inbox,
            is_own=lambda _id: False,
            menu=self.menu,
            inquirer=Inquirer(lambda: None),
        )
        self.mode = WindowMode(self.tray, self.history, self._raise, wait_milliseconds=50)

    def _raise(self) -> None:
        self.raised += 1

    @property
    def is_shown(self) -> bool:
        """Say whether the window is there."""
        return self.history.window is not None and self.history.window.isVisible()


@pytest.fixture
def place(qtbot: QtBot, looks: Looks, tmp_path: Path) -> Iterator[Place]:
    """Return a place, and close it at the end."""
    del qtbot
    made = Place(looks, tmp_path / "inbox.db")
    yield made
    made.mode.end()
    made.history.close()
    made.tray.close()
    made.inbox.close()


def test_without_a_tray_the_window_says_why_it_is_there(place: Place, qtbot: QtBot) -> None:
    """And a dialog that asks for the pairing code stays in front of it."""
    place.mode.begin()
    qtbot.waitUntil(lambda: place.is_shown)
    window = place.history.window
    assert window is not None

    assert window.notice.text() == "This desktop has no tray. Deskbell's window stays open instead."
    assert place.raised == 1
    assert window.stays_reachable


def test_a_tray_that_takes_a_moment_is_waited_for(place: Place) -> None:
    """In the beginning of a session there is no order."""
    place.mode.begin()
    place.has_tray = True
    place.tray._look_again()
    place.mode._look()

    assert not place.is_shown


def test_a_tray_that_goes_and_comes_is_followed(place: Place, qtbot: QtBot) -> None:
    """It is said once; with a tray the window may be closed again."""
    place.has_tray = True
    place.mode.begin()
    place.tray.availability_changed.emit(False)
    qtbot.waitUntil(lambda: place.is_shown)
    window = place.history.window
    assert window is not None
    window.show_notice("")
    place.tray.availability_changed.emit(False)
    assert window.notice.text() == ""
    place.tray.availability_changed.emit(True)

    assert not window.stays_reachable
