"""The list over the inbox obeys Qt's rules and shows what the inbox has."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.inbox import Inbox
from desktop.models import ENTRY_ROLE, PAGE, InboxModel
from relay.protocol import Notification

MakeMessage = Callable[..., Notification]


def put(inbox: Inbox, messages: list[Notification]) -> list[Entry]:
    """Store messages as the link does."""
    return inbox.put(messages, device="d", epoch="e").new


def watched(inbox: Inbox) -> tuple[InboxModel, QAbstractItemModelTester]:
    """Return a model with Qt's own tester looking at every change."""
    model = InboxModel(inbox)
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    return model, QAbstractItemModelTester(model, mode)


def titles(model: InboxModel) -> list[str]:
    """Return what the rows show."""
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_an_empty_inbox_is_an_empty_list(qtbot: QtBot, inbox: Inbox) -> None:
    """Nothing is shown, nothing can be fetched, and outside the list there is no data."""
    model, _tester = watched(inbox)
    assert model.rowCount() == 0
    assert not model.canFetchMore()
    assert model.data(QModelIndex()) is None
    assert model.entry(QModelIndex()) is None


def test_rows_are_fetched_page_by_page(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """All entries come, newest first, none twice."""
    put(inbox, [make_message(seq) for seq in range(1, 2 * PAGE + 11)])
    model = InboxModel(inbox)
    assert model.rowCount() == PAGE
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    _tester = QAbstractItemModelTester(model, mode)
    while model.canFetchMore():
        model.fetchMore()
    assert titles(model) == [f"Payment {seq} failed: Ana Souza" for seq in range(2 * PAGE + 10, 0, -1)]


def test_new_entries_come_on_top(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """What arrives is inserted above; what the list has already is not inserted again."""
    put(inbox, [make_message(1)])
    model, _tester = watched(inbox)
    fresh = put(inbox, [make_message(2), make_message(3)])
    model.add(fresh)
    model.add(fresh)
    assert [title.split()[1] for title in titles(model)] == ["3", "2", "1"]


def test_paging_goes_on_after_new_entries(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """New rows on top don't make an older page come twice or get lost."""
    put(inbox, [make_message(seq) for seq in range(1, PAGE + 6)])
    model, _tester = watched(inbox)
    model.add(put(inbox, [make_message(500)]))
    while model.canFetchMore():
        model.fetchMore()
    assert len(set(titles(model))) == model.rowCount() == PAGE + 6


def test_a_search_shows_only_what_matches(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """Only entries that contain the words are listed, also when more arrives."""
    put(inbox, [make_message(1, title="Parcel delivered"), make_message(2)])
    model, _tester = watched(inbox)
    model.search("  parcel ")
    assert titles(model) == ["Parcel delivered"]
    model.add(put(inbox, [make_message(3), make_message(4, body="Another PARCEL")]))
    assert model.rowCount() == 2
    model.search("")
    assert model.rowCount() == 4


def test_an_inbox_that_cannot_be_read_is_told(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """A broken inbox makes an empty list and a sentence, not a crash."""
    put(inbox, [make_message(1)])
    model, _tester = watched(inbox)
    inbox.close()
    with qtbot.waitSignal(model.failed) as heard:
        model.search("x")
    assert heard.args == ["the inbox is closed"]
    assert model.rowCount() == 0


def test_reading_changes_one_row(qtbot: QtBot, inbox: Inbox, make_message: MakeMessage) -> None:
    """A read entry is shown as read, and the view is told which row to draw again, once."""
    put(inbox, [make_message(1), make_message(2)])
    model, _tester = watched(inbox)
    with qtbot.waitSignal(model.dataChanged) as heard:
        model.mark_read("event-1")
    assert heard.args is not None
    assert heard.args[0].row() == 1
    with qtbot.assertNotEmitted(model.dataChanged):
        model.mark_read("event-1")
        model.mark_read("unknown")
    assert "Unread" not in str(model.index(1).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Unread" in str(model.index(0).data(Qt.ItemDataRole.AccessibleTextRole))
    model.mark_all_read()
    entry = model.index(0).data(ENTRY_ROLE)
    assert isinstance(entry, Entry)
    assert entry.read
