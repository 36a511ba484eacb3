"""Another inbox takes the place of the one that is being read: nothing of the former is shown or written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.exporter import SOME
from desktop.historydesk import HistoryDesk
from desktop.inbox import Inbox
from desktop.records import Records
from desktop.search import Query
from relay.protocol import Notification

MakeMessage = Callable[..., Notification]
MIRA, JONAS = "https://relay.example mira@example.com", "https://relay.example jonas@example.com"


@pytest.fixture
def miras(inbox: Inbox, make_message: MakeMessage) -> Inbox:
    """An inbox of Mira's; Jonas, who has been here before, has one entry in the same row."""
    inbox.belong_to(JONAS)
    inbox.put([make_message(1, id="his", title="Jonas's")], device="d2", epoch="e")
    inbox.belong_to(MIRA)
    messages = [make_message(number, title="Mira's") for number in range(1, SOME + 2)]
    inbox.put(messages, device="d1", epoch="e")
    return inbox


def first(records: Records) -> Entry | None:
    """Return the entry of the first row; it is asked for if it isn't there."""
    return records.model.entry(records.model.index(0))


def test_a_search_is_not_answered_from_the_former_inbox(qtbot: QtBot, records: Records, miras: Inbox) -> None:
    """It is asked again of the one that is there now."""
    numbers: list[int] = []
    records.model.searched.connect(lambda: numbers.append(records.model.rowCount()))
    records.model.search(Query())
    records.exchange(lambda: miras.belong_to(JONAS))
    qtbot.waitUntil(lambda: records.model.rowCount() > 0, timeout=10_000)
    assert set(numbers) == {0, 1}
    qtbot.waitUntil(lambda: first(records) is not None, timeout=10_000)
    assert [each.id for each in [first(records)] if each] == ["his"]


def test_an_entry_that_is_being_loaded_does_not_take_the_place_of_another(
    qtbot: QtBot, records: Records, miras: Inbox
) -> None:
    """Both are in the same row, each of their own inbox."""
    records.model.search(Query())
    qtbot.waitUntil(lambda: records.model.rowCount() == SOME + 1, timeout=10_000)
    records.model.entry(records.model.index(SOME))
    records.exchange(lambda: miras.belong_to(JONAS))
    qtbot.waitUntil(lambda: records.model.rowCount() == 1, timeout=10_000)
    qtbot.waitUntil(lambda: first(records) is not None, timeout=10_000)
    assert [each.title for each in [first(records)] if each] == ["Jonas's"]


def test_an_export_does_not_go_on_with_somebody_elses(
    qtbot: QtBot, records: Records, miras: Inbox, tmp_path: Path
) -> None:
    """Whoever signs out while a table is written gets none: half of it would be theirs."""
    records.model.search(Query())
    qtbot.waitUntil(lambda: records.model.rowCount() == SOME + 1, timeout=10_000)
    table = records.model.export(records.model.keys([(0, SOME)]), tmp_path / "out.csv")
    table.finished.connect(lambda _number: pytest.fail("it went on"))
    table.start()
    records.exchange(lambda: miras.leave(keep=True))
    assert not list(tmp_path.glob("out.csv*"))
    rows: list[int] = []
    records.model.find("event-1", rows.append)  # it is answered after all that was asked before
    qtbot.waitUntil(lambda: rows == [-1], timeout=10_000)
    assert not list(tmp_path.glob("out.csv*"))


def test_what_somebody_looked_for_is_not_left_to_the_next(
    qtbot: QtBot, records: Records, miras: Inbox, history: HistoryDesk
) -> None:
    """An open window forgets the words, the filters, and by what there was to filter."""
    history.show()
    window = history.window
    assert window is not None
    qtbot.waitUntil(window.filters.type.isVisible, timeout=10_000)
    window.filters.type.choose("invoice.payment_failed")
    window.search.setText("Ana Souza")
    history.leave(keep=True)
    assert (window.search.text(), window.filters.is_set()) == ("", False)
    qtbot.waitUntil(lambda: not window.filters.type.isVisible(), timeout=10_000)
    assert records.model.rowCount() == 0


def test_whoever_asked_to_delete_deletes_nothing_of_somebody_else(
    qtbot: QtBot, records: Records, miras: Inbox
) -> None:
    """What may be deleted was found in the former inbox; its rows are others in this one."""
    window = records.make_window("mira@example.com")
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: records.model.rowCount() == SOME + 1, timeout=10_000)
    window.select("event-1")
    qtbot.waitUntil(lambda: window.current() is not None, timeout=10_000)
    window.remove_chosen()
    records.exchange(lambda: miras.belong_to(JONAS))
    qtbot.waitUntil(lambda: records.model.rowCount() == 1, timeout=10_000)
    assert window.undo_bar.isHidden()
