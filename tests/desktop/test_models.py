"""The list over the inbox obeys Qt's rules, shows what the inbox has, and loads only what is looked at."""

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.archive import Archive
from desktop.archivist import Archivist
from desktop.entry import Entry
from desktop.exporter import SOME
from desktop.inbox import Inbox
from desktop.models import ENTRY_ROLE, KEPT, PAGE, InboxModel
from desktop.search import Query, State
from relay.protocol import Notification, Stage, Update

MakeMessage = Callable[..., Notification]


class Counting(Archive):
    """An archive that counts what it reads."""

    loaded = 0

    def entries(self, keys: object) -> dict[int, Entry]:
        found = super().entries(keys)  # type: ignore[arg-type]  # whatever the model gives
        self.loaded += len(found)
        return found


@pytest.fixture
def archive(tmp_path: Path) -> Counting:
    return Counting(tmp_path / "inbox.db")


@pytest.fixture
def model(qapp: object, inbox: Inbox, archive: Counting) -> Iterator[InboxModel]:
    """A model with Qt's own tester looking at every change."""
    archivist = Archivist(archive)
    made = InboxModel(archivist)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield made
    archivist.close()
    tester.deleteLater()


def put(inbox: Inbox, messages: list[Notification]) -> list[Entry]:
    """Store messages as the link does."""
    return inbox.put(messages, device="d", epoch="e").new


def look(qtbot: QtBot, model: InboxModel, **wanted: object) -> None:
    """Search and wait for the answer."""
    with qtbot.waitSignal(model.searched, timeout=10_000):
        model.search(Query(**wanted))  # type: ignore[arg-type]  # fields of several types


def ids(model: InboxModel) -> list[str]:
    """Return what the loaded rows show."""
    entries = [model.entry(model.index(row)) for row in range(model.rowCount())]
    return [entry.id for entry in entries if entry is not None]


def is_loaded(model: InboxModel, index: QModelIndex) -> bool:
    """Say whether a row's entry is there; if not, it is asked for."""
    return model.entry(index) is not None


def wait_for(qtbot: QtBot, model: InboxModel, *wanted: str) -> None:
    """Wait until exactly these rows are shown."""
    qtbot.waitUntil(lambda: ids(model) == list(wanted), timeout=10_000)


def test_an_empty_inbox_is_an_empty_list(qtbot: QtBot, model: InboxModel) -> None:
    """Nothing is shown, and outside the list there is no data."""
    look(qtbot, model)
    assert model.rowCount() == 0
    assert model.data(QModelIndex()) is None
    assert model.entry(QModelIndex()) is None


def test_only_what_is_looked_at_is_loaded(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, archive: Counting, make_message: MakeMessage
) -> None:
    """Of two thousand rows, a look at one in the middle loads its page and nothing on the way."""
    put(inbox, [make_message(seq) for seq in range(1, 2_001)])
    look(qtbot, model)
    assert model.rowCount() == 2_000
    index = model.index(1_500)
    assert index.data() is None
    qtbot.waitUntil(partial(is_loaded, model, index), timeout=10_000)
    assert str(index.data()) == "Payment 500 failed: Ana Souza"
    assert archive.loaded <= 2 * PAGE  # Qt's tester looks at the first row


def test_what_was_scrolled_past_is_forgotten(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, archive: Counting, make_message: MakeMessage
) -> None:
    """However far somebody scrolls, only the last few hundred entries stay in memory."""
    put(inbox, [make_message(seq) for seq in range(1, KEPT + 5 * PAGE)])
    look(qtbot, model)
    for row in range(0, model.rowCount(), PAGE):
        index = model.index(row)
        qtbot.waitUntil(partial(is_loaded, model, index), timeout=10_000)
    assert len(model._entries) <= KEPT


def test_flying_past_loads_little(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, archive: Counting, make_message: MakeMessage
) -> None:
    """Whoever drags the bar from end to end doesn't wait for every page in between."""
    put(inbox, [make_message(seq) for seq in range(1, 40 * PAGE)])
    look(qtbot, model)
    for row in range(model.rowCount()):
        model.entry(model.index(row))
    last = model.index(model.rowCount() - 1)
    qtbot.waitUntil(lambda: model.entry(last) is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not model._loading and not model._waiting, timeout=10_000)
    assert archive.loaded <= 8 * PAGE


def test_new_entries_come_on_top(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """What arrives is inserted above; what the list has already is not inserted again."""
    put(inbox, [make_message(1)])
    look(qtbot, model)
    fresh = put(inbox, [make_message(2), make_message(3)])
    model.add(fresh)
    model.add(fresh)
    wait_for(qtbot, model, "event-3", "event-2", "event-1")


def test_a_search_shows_only_what_matches(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """Only entries that contain the words are listed, also when more arrives."""
    put(inbox, [make_message(1, title="Parcel delivered"), make_message(2)])
    look(qtbot, model, text="  parcel ")
    wait_for(qtbot, model, "event-1")
    model.add(put(inbox, [make_message(3), make_message(4, body="Another PARCEL")]))
    wait_for(qtbot, model, "event-4", "event-1")
    look(qtbot, model)
    assert model.rowCount() == 4


def test_of_quick_searches_the_last_counts(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """Whoever types on while a search runs sees the result of what is typed in the end."""
    put(inbox, [make_message(1, title="Parcel delivered", scripts=()), make_message(2)])
    for text in ("p", "pa", "par", "payment"):
        model.search(Query(text=text))
    wait_for(qtbot, model, "event-2")
    assert model.query.text == "payment"


def test_an_inbox_that_cannot_be_read_is_told(qtbot: QtBot, model: InboxModel, archive: Counting) -> None:
    """A broken inbox makes an empty list and a sentence, not a crash."""
    archive.close()
    with qtbot.waitSignals([model.failed, model.searched], timeout=10_000):
        model.search(Query(text="x"))
    assert model.rowCount() == 0


def test_marking_changes_rows_and_keeps_them(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """A read entry is shown as read, once, and stays in a list of what is unread until the next search."""
    put(inbox, [make_message(1), make_message(2)])
    look(qtbot, model, unread=True)
    wait_for(qtbot, model, "event-2", "event-1")
    with qtbot.waitSignal(model.dataChanged) as heard:
        model.mark_ids({"event-1"}, read=True)
    assert heard.args is not None
    assert heard.args[0].row() == 1
    with qtbot.assertNotEmitted(model.dataChanged):
        model.mark_ids({"event-1", "unknown"}, read=True)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert ["Unread" in str(model.index(row).data(role)) for row in (0, 1)] == [True, False]
    model.mark_all_read()
    entry = model.index(0).data(ENTRY_ROLE)
    assert isinstance(entry, Entry)
    assert entry.read
    assert model.rowCount() == 2


def test_entries_come_and_leave_as_their_state_changes(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """In a list of what is new, a claimed entry leaves and one that was given back returns to its place."""
    put(inbox, [make_message(seq, claimable=True) for seq in (1, 2, 3)])
    look(qtbot, model, state=State.NEW)
    wait_for(qtbot, model, "event-3", "event-2", "event-1")

    def tell(seq: int, stage: Stage, by: str) -> None:
        update = Update(seq=seq, id="event-2", stage=stage, at=1.0, by=by)
        model.change(inbox.put([update], device="d", epoch="e").changed)

    tell(10, Stage.CLAIMED, "tom@example.com")
    wait_for(qtbot, model, "event-3", "event-1")
    tell(11, Stage.NEW, "tom@example.com")
    wait_for(qtbot, model, "event-3", "event-2", "event-1")


def test_a_change_is_shown_in_its_row(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """A revised entry keeps its row and shows the new words."""
    put(inbox, [make_message(1), make_message(2)])
    look(qtbot, model)
    wait_for(qtbot, model, "event-2", "event-1")
    model.change(
        inbox.put([make_message(3, id="event-1", revision=2, title="Now")], device="d", epoch="e").changed
    )
    assert model.index(1).data() == "Now"


def test_hidden_rows_leave_and_come_back(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """What was deleted is out of the list, of later searches too, until it is taken back."""
    put(inbox, [make_message(seq) for seq in range(1, 7)])
    look(qtbot, model)
    model.hide(model.keys([(1, 2), (4, 4)]))
    wait_for(qtbot, model, "event-6", "event-3", "event-1")
    look(qtbot, model, text="payment")
    assert model.rowCount() == 3
    with qtbot.waitSignal(model.searched, timeout=10_000):
        model.unhide()
    assert model.rowCount() == 6


def test_any_entry_is_located(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """An entry's row is found however far down it is, also while the search still runs."""
    put(inbox, [make_message(seq) for seq in range(1, 2_001)])
    model.search(Query())
    for entry_id, row in (("event-1", 1_999), ("event-2000", 0), ("unknown", -1)):
        with qtbot.waitSignal(model.located, timeout=10_000) as heard:
            model.locate(entry_id)
        assert heard.args == [entry_id, row]


def test_the_views_own_search_reads_nothing(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage
) -> None:
    """A letter typed in the list doesn't make Qt go through every row."""
    put(inbox, [make_message(1)])
    look(qtbot, model)
    assert model.match(model.index(0), Qt.ItemDataRole.DisplayRole, "p") == []


def test_rows_are_exported(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage, tmp_path: Path
) -> None:
    """The chosen rows become lines of a table, newest first; an older file is replaced whole."""
    put(inbox, [make_message(1, title="=1+1"), make_message(2), make_message(3)])
    look(qtbot, model)
    path, numbers = tmp_path / "out.csv", list[int]()
    path.write_text("old")
    table = model.export(model.keys([(1, 2)]), path)
    table.finished.connect(numbers.append)
    table.start()
    qtbot.waitUntil(lambda: numbers == [2], timeout=10_000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["id"] for line in lines] == ["event-2", "event-1"]
    assert lines[1]["title"] == "'=1+1"
    assert [each.name for each in tmp_path.glob("*.part")] == []


def test_an_export_that_fails_is_told(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage, tmp_path: Path
) -> None:
    """A folder that isn't there makes a sentence."""
    put(inbox, [make_message(1)])
    look(qtbot, model)
    with qtbot.waitSignal(model.failed, timeout=10_000) as heard:
        model.export(model.keys([(0, 0)]), tmp_path / "nowhere" / "out.csv").start()
    assert heard.args is not None
    assert "nowhere" in heard.args[0]


def test_a_long_export_leaves_room_for_a_search(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage, tmp_path: Path
) -> None:
    """It tells how far it is, a search is answered meanwhile, and the table has one head."""
    put(inbox, [make_message(number) for number in range(1, 2 * SOME + 2)])
    look(qtbot, model)
    told: list[str] = []
    path = tmp_path / "out.csv"
    table = model.export(model.keys([(0, 2 * SOME)]), path)
    table.progressed.connect(lambda done, of: told.append(f"{done} of {of}"))
    table.finished.connect(lambda number: told.append(f"{number}"))
    table.start()
    model.find("event-7", lambda _row: told.append("found"))
    qtbot.waitUntil(lambda: len(told) == 4, timeout=20_000)
    assert told.index("found") < 3
    assert [each for each in told if each != "found"] == ["1000 of 2001", "2000 of 2001", "2001"]
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfreceived,")
    assert raw.count(b"\xef\xbb\xbf") == 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line["id"] for line in csv.DictReader(file)][::SOME] == [
            "event-2001",
            "event-1001",
            "event-1",
        ]


def test_an_export_that_is_stopped_leaves_nothing(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage, tmp_path: Path
) -> None:
    """Another export, or the end of the program, comes first: half a table would be taken for all of it."""
    put(inbox, [make_message(number) for number in range(1, SOME + 2)])
    look(qtbot, model)
    table = model.export(model.keys([(0, SOME)]), tmp_path / "out.csv")
    table.progressed.connect(lambda *_: model.stop_export())
    with qtbot.waitSignals([table.progressed, table.stopped], timeout=20_000):
        table.start()
    rows: list[int] = []
    model.find("event-1", rows.append)  # it is answered after all that was asked before
    qtbot.waitUntil(lambda: rows == [SOME], timeout=20_000)
    assert not list(tmp_path.glob("out.csv*"))


def test_a_file_that_cannot_be_removed_yet_hinders_nobody(
    qtbot: QtBot, inbox: Inbox, model: InboxModel, make_message: MakeMessage, tmp_path: Path
) -> None:
    """Windows keeps a file while it is open: what is being closed at that moment closes all the same."""
    put(inbox, [make_message(1)])
    look(qtbot, model)
    (tmp_path / "out.csv.part").mkdir()  # what no system removes as a file
    model.export(model.keys([(0, 0)]), tmp_path / "out.csv")
    model.stop_export()
