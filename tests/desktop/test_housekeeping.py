"""What takes longer is written beside the windows, and nothing that was asked for is lost."""

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.housekeeping import Housekeeping
from desktop.inbox import Inbox
from relay.protocol import Notification

MakeMessage = Callable[..., Notification]
MakeDesktop = Callable[..., Desktop]
DAY = 86_400.0


class Calendar:
    """A clock that a test sets."""

    now = 1_000.0 * DAY

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def keeping(qapp: object, inbox: Inbox, calendar: Calendar) -> Iterator[Housekeeping]:
    inbox._clock = calendar
    made = Housekeeping(inbox, days=90, clock=calendar)
    yield made
    made.close()


def put(inbox: Inbox, *messages: Notification) -> None:
    """Store messages as the link does."""
    inbox.put(messages, device="d", epoch="e")


def test_what_is_too_old_leaves(
    qtbot: QtBot, inbox: Inbox, keeping: Housekeeping, calendar: Calendar, make_message: MakeMessage
) -> None:
    """After 90 days an entry leaves; with a shorter time, or none at all, sooner or never."""
    put(inbox, make_message(1))
    calendar.now += 60 * DAY
    put(inbox, make_message(2))
    calendar.now += 31 * DAY
    with qtbot.waitSignal(keeping.pruned, timeout=10_000) as heard:
        keeping.start()
    assert heard.args == [1]
    assert [entry.id for entry in inbox.search()] == ["event-2"]
    calendar.now += 400 * DAY
    with qtbot.assertNotEmitted(keeping.pruned, wait=200):
        keeping.keep(0)
    with qtbot.waitSignal(keeping.pruned, timeout=10_000):
        keeping.keep(30)
    assert inbox.count() == 0


def test_entries_are_marked_and_removed(
    qtbot: QtBot, inbox: Inbox, keeping: Housekeeping, make_message: MakeMessage
) -> None:
    """Rows are marked both ways, and removed ones are no news when they come again."""
    put(inbox, make_message(1), make_message(2))
    with qtbot.waitSignal(keeping.done, timeout=10_000):
        keeping.mark([1, 2], read=True)
    assert inbox.unread_count() == 0
    with qtbot.waitSignal(keeping.done, timeout=10_000):
        keeping.mark([2], read=False)
    assert inbox.unread_count() == 1
    with qtbot.waitSignal(keeping.done, timeout=10_000) as heard:
        keeping.remove([1])
    assert heard.args == [1]
    put(inbox, make_message(1))
    assert inbox.count() == 1


def test_all_are_marked_without_anybody_waiting(
    qtbot: QtBot, make_desktop: MakeDesktop, make_message: MakeMessage
) -> None:
    """The button of the window marks them on another thread; the tray's number follows."""
    desktop = make_desktop()
    put(desktop.inbox, *(make_message(seq) for seq in range(1, 4)))
    history = desktop.history
    history.show()
    assert history.window is not None
    told = qtbot.waitSignal(history.unread_changed, check_params_cb=lambda unread: unread == 0)
    with told, desktop.inbox._write():  # somebody else does
        QTest.mouseClick(history.window.mark_button, Qt.MouseButton.LeftButton)
    assert desktop.inbox.unread_count() == 0


def test_leaving_finishes_what_was_asked(
    inbox: Inbox, keeping: Housekeeping, make_message: MakeMessage
) -> None:
    """What was deleted right before quitting is deleted; afterwards nothing is done any more."""
    put(inbox, make_message(1), make_message(2))
    keeping.remove([1])
    keeping.close()
    assert inbox.count() == 1
    keeping.remove([2])
    assert inbox.count() == 1


def test_an_inbox_that_cannot_be_written_is_told(qtbot: QtBot, inbox: Inbox, keeping: Housekeeping) -> None:
    """The agent reads why it was not done."""
    inbox.close()
    with qtbot.waitSignal(keeping.failed, timeout=10_000) as heard:
        keeping.remove([1])
    assert heard.args == ["the inbox is closed"]


def test_each_start_looks_once_for_what_is_too_old(
    qtbot: QtBot, make_desktop: MakeDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the number of days that is set, and by no other before it."""
    limits: list[float] = []
    prune = Inbox.prune

    def note(inbox: Inbox, older_than: float) -> int:
        limits.append(older_than)
        return prune(inbox, older_than)

    monkeypatch.setattr(Inbox, "prune", note)
    started = time.time()
    desktop = make_desktop()
    assert desktop.records.keeping.days == desktop.wishes.settings.history_days
    qtbot.waitUntil(lambda: bool(limits), timeout=20_000)
    desktop.records.keeping.rest()
    assert [round((started - limit) / DAY) for limit in limits] == [desktop.wishes.settings.history_days]
