"""The history shows everything, finds it as one types, and works by keyboard alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.clamped import FullText
from desktop.exporter import SOME
from desktop.history import HistoryWindow
from desktop.inbox import Inbox
from desktop.records import Records
from desktop.theme import Looks, Scheme
from relay.protocol import Link, Notification, Script, Stage, Update

NOW = 1_800_000_100.0


@pytest.fixture
def window(
    qtbot: QtBot, inbox: Inbox, records: Records, looks: Looks, make_message: Callable[..., Notification]
) -> Iterator[HistoryWindow]:
    """A window over three entries, shown and active."""
    messages = [
        make_message(1, title="Parcel delivered", scripts=(), links=()),
        make_message(2, body="First line\nsecond line <b>not bold</b> " + "x" * 500),
        make_message(
            3,
            title="Flight delayed",
            scripts=(Script(name="A", text="Hi {{ name }}"), Script(name="B", text="Hello there")),
            links=(
                Link(label="No", url="file:///etc/passwd"),
                Link(label="Rebook", url="https://air.example/r"),
            ),
        ),
    ]
    inbox.put(messages, device="d", epoch="e")
    made = HistoryWindow(looks, records.model, agent="mira@example.com", wall=lambda: NOW)
    made.removed.connect(records.keeping.remove)
    made.marked.connect(lambda rows, read: records.keeping.mark(rows, read=read))
    made.show()
    made.activateWindow()
    qtbot.waitActive(made).__enter__()
    wait_for_rows(qtbot, made, 3)
    yield made
    made.stays_reachable = False
    made.close()
    made.deleteLater()


def wait_for_rows(qtbot: QtBot, window: HistoryWindow, count: int) -> None:
    """Wait until the list has so many rows, all of them loaded."""
    model = window.list.model()

    def ready() -> bool:
        rows = range(model.rowCount())
        return model.rowCount() == count and all(model.index(row, 0).data() is not None for row in rows)

    qtbot.waitUntil(ready, timeout=10_000)


def choose(window: HistoryWindow, row: int) -> None:
    """Choose a row, whatever key an earlier test has left pressed."""
    window.list.setFocus()
    index = window.list.model().index(row, 0)
    window.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def test_choosing_an_entry_shows_all_of_it(qtbot: QtBot, window: HistoryWindow) -> None:
    """Title, full text, every script and link are there, as plain text; the entry counts as read."""
    with qtbot.waitSignal(window.read, timeout=20_000) as heard:
        choose(window, 1)
    assert heard.args == ["event-2"]
    detail = window.detail
    assert detail is not None
    assert detail.title.text() == "Payment 2 failed: Ana Souza"
    full = detail.findChild(FullText)
    assert full is not None
    assert "second line <b>not bold</b>" in full.toPlainText()
    assert len(detail.scripts) == len(detail.links) == 1
    qtbot.waitUntil(lambda: full.height() >= 5 * full.fontMetrics().lineSpacing(), timeout=5_000)
    assert detail.horizontalScrollBar().maximum() == 0


def test_scripts_are_copied_and_links_opened_from_the_detail(qtbot: QtBot, window: HistoryWindow) -> None:
    """Buttons of the detail say what was wanted; a bad link has no button, a script with a hole no Copy."""
    choose(window, 0)
    qtbot.waitUntil(lambda: window.detail is not None, timeout=20_000)
    detail = window.detail
    assert detail is not None
    assert [box.copy.isEnabled() for box in detail.scripts] == [False, True]
    assert [button.label.text() for button in detail.links] == ["Rebook"]
    with qtbot.waitSignal(window.copied) as copied:
        QTest.mouseClick(detail.scripts[1].copy, Qt.MouseButton.LeftButton)
    assert copied.args == ["event-3"]
    assert QGuiApplication.clipboard().text() == "Hello there"
    with qtbot.waitSignal(window.link_opened) as opened:
        QTest.mouseClick(detail.links[0], Qt.MouseButton.LeftButton)
    assert opened.args == ["event-3", "https://air.example/r"]


def test_what_arrives_leaves_what_is_read_alone(
    qtbot: QtBot,
    window: HistoryWindow,
    inbox: Inbox,
    records: Records,
    make_message: Callable[..., Notification],
) -> None:
    """A new row above the chosen one neither builds its page anew nor keeps it from counting as read."""
    choose(window, 1)
    qtbot.waitUntil(lambda: window.detail is not None, timeout=20_000)
    detail = window.detail
    with qtbot.waitSignal(window.read, timeout=20_000) as heard:
        stored = inbox.put([make_message(4)], device="d", epoch="e")
        records.model.add(stored.new)
        wait_for_rows(qtbot, window, 4)
    assert heard.args == ["event-2"]
    assert window.detail is detail


def test_the_keyboard_is_enough(qtbot: QtBot, window: HistoryWindow) -> None:
    """Ctrl+F, typing, Down, Ctrl+C and Enter go from a search to a copied script and an opened link."""
    qtbot.keySequence(window, QKeySequence(QKeySequence.StandardKey.Find))
    assert window.search.hasFocus()
    QTest.keyClicks(window.search, "flight")
    wait_for_rows(qtbot, window, 1)
    QTest.keyClick(window.search, Qt.Key.Key_Down)
    assert window.list.hasFocus()
    assert window.current() is not None
    with qtbot.waitSignal(window.copied):
        qtbot.keySequence(window.list, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "Hello there"
    with qtbot.waitSignal(window.link_opened) as opened:
        QTest.keyClick(window.list, Qt.Key.Key_Return)
    assert opened.args == ["event-3", "https://air.example/r"]
    QTest.keyClick(window.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.list.model().rowCount() == 3, timeout=5_000)


def test_the_row_at_the_keyboard_is_marked(qtbot: QtBot, window: HistoryWindow) -> None:
    """Whoever comes into the list by Down or Tab sees which row is the chosen one."""
    window.search.setFocus()
    QTest.keyClick(window.search, Qt.Key.Key_Down)
    assert window.list.hasFocus()
    assert window.current() is not None
    assert window.list.selectionModel().isSelected(window.list.currentIndex())


def test_marking_all_is_offered_while_something_is_unread(window: HistoryWindow) -> None:
    """Without anything unread there is no button for it."""
    window.show_unread(2)
    assert window.mark_button.isVisible()
    window.show_unread(0)
    assert not window.mark_button.isVisible()


def test_an_entry_without_script_or_link_does_nothing_by_key(qtbot: QtBot, window: HistoryWindow) -> None:
    """Copy and Enter on an entry that has neither are harmless."""
    choose(window, 2)
    with qtbot.assertNotEmitted(window.copied), qtbot.assertNotEmitted(window.link_opened):
        window.copy_script()
        window.open_first_link()


def test_empty_states_say_why(qtbot: QtBot, looks: Looks, inbox: Inbox, window: HistoryWindow) -> None:
    """Nothing received, nothing found and nothing chosen are three different sentences."""
    assert window.empty.text() == "Choose a notification to read it."
    window.search.setText("zebra")
    qtbot.waitUntil(lambda: window.empty.text() == "Nothing found for “zebra”.", timeout=5_000)
    window.filters.state.choose("mine")
    window.search.clear()
    qtbot.waitUntil(lambda: window.empty.text() == "Nothing here fits these filters.", timeout=5_000)
    inbox.prune(NOW * 10)
    window.filters.clear()
    qtbot.waitUntil(lambda: window.empty.text().startswith("Nothing yet —"), timeout=5_000)


def test_an_entry_is_selected_from_outside(qtbot: QtBot, window: HistoryWindow) -> None:
    """Opening a toast finds its entry, even if a search hides it."""
    window.search.setText("parcel")
    wait_for_rows(qtbot, window, 1)
    window.select("event-2")
    qtbot.waitUntil(lambda: window.detail is not None and window.detail.entry.id == "event-2", timeout=5_000)
    assert window.search.text() == ""
    window.select("unknown")


def test_a_notice_stays_visible(window: HistoryWindow) -> None:
    """A sentence such as "no keyring" has a bar of its own until it is over."""
    window.show_notice("This computer has no keyring.")
    assert window.notice.isVisible()
    window.show_notice("")
    assert not window.notice.isVisible()


def test_without_a_tray_closing_only_puts_it_aside(window: HistoryWindow) -> None:
    """The last surface of the app cannot be closed by accident; with a tray it can."""
    window.stays_reachable = True
    window.close()
    assert window.isMinimized()
    window.stays_reachable = False
    window.close()
    assert not window.isVisible()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_rows_are_drawn_in_the_themes_colours(looks: Looks, window: HistoryWindow, scheme: Scheme) -> None:
    """The list paints itself in both themes: card as ground, text on it."""
    looks.use(scheme)
    image = window.list.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(120)}
    assert looks.theme.colour("card").name() in colours
    assert looks.theme.colour("normal").name() in colours


def test_typing_reads_nothing(qtbot: QtBot, window: HistoryWindow) -> None:
    """What a search finds isn't opened by itself; what was open stays open if it is found."""
    QTest.keyClicks(window.search, "payment")
    wait_for_rows(qtbot, window, 1)
    assert window.detail is None
    choose(window, 0)
    QTest.keyClicks(window.search, " 2")
    qtbot.waitUntil(lambda: window.frame.count.text() == "1 found.", timeout=5_000)
    wait_for_rows(qtbot, window, 1)
    qtbot.waitUntil(lambda: [each.id for each in [window.current()] if each] == ["event-2"], timeout=5_000)
    assert window.detail is not None


def test_what_is_passed_by_stays_unread(qtbot: QtBot, window: HistoryWindow) -> None:
    """An entry counts as read when somebody stays at it, not when the arrow keys pass it."""
    with qtbot.waitSignal(window.read, timeout=5_000) as heard:
        for row in (0, 1, 2):
            choose(window, row)
    assert heard.args == ["event-1"]


def test_several_are_deleted_and_taken_back(qtbot: QtBot, window: HistoryWindow, inbox: Inbox) -> None:
    """Deleted rows leave at once, come back by Undo, and are gone for good only when it has passed."""
    choose(window, 0)
    QTest.keyClick(window.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert window.frame.several.words.text() == "2 notifications chosen"
    QTest.keyClick(window.list, Qt.Key.Key_Delete)
    wait_for_rows(qtbot, window, 1)
    assert window.undo_bar.words.text() == "2 notifications deleted."
    assert inbox.count() == 3
    QTest.mouseClick(window.undo_bar.button, Qt.MouseButton.LeftButton)
    wait_for_rows(qtbot, window, 3)
    choose(window, 2)
    QTest.keyClick(window.list, Qt.Key.Key_Delete)
    wait_for_rows(qtbot, window, 2)
    window.undo_bar.settle()
    qtbot.waitUntil(lambda: inbox.count() == 2, timeout=5_000)
    assert inbox.get("event-1") is None


def test_what_one_has_claimed_is_not_deleted(
    qtbot: QtBot,
    window: HistoryWindow,
    inbox: Inbox,
    records: Records,
    make_message: Callable[..., Notification],
) -> None:
    """Work that one is on stays in the list, with a sentence."""
    mine = make_message(9, claimable=True, stage=Stage.CLAIMED, holder="Mira@example.com")
    records.model.add(inbox.put([mine], device="d", epoch="e", agent="mira@example.com").new)
    wait_for_rows(qtbot, window, 4)
    choose(window, 0)
    QTest.keyClick(window.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(window.undo_bar.isVisible, timeout=5_000)
    assert window.undo_bar.words.text() == "What you have claimed can't be deleted: be done with it first."
    assert window.list.model().rowCount() == 4


def test_unread_is_a_key_away(qtbot: QtBot, window: HistoryWindow, inbox: Inbox) -> None:
    """U marks as read and as unread; the detail offers the other of the two."""
    choose(window, 1)
    window._reading.stop()
    QTest.keyClick(window.list, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: inbox.unread_count() == 2, timeout=5_000)
    qtbot.waitUntil(
        lambda: window.detail is not None and window.detail.mark.text() == "Mark unread", timeout=5_000
    )
    QTest.keyClick(window.list, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: inbox.unread_count() == 3, timeout=5_000)


def test_filters_narrow_the_list(qtbot: QtBot, window: HistoryWindow) -> None:
    """Facets and words count together; one press, or Esc, takes all of them away."""
    qtbot.waitUntil(lambda: not window.filters.type.isHidden(), timeout=5_000)
    assert window.filters.team.isHidden()
    window.filters.type.choose("invoice.payment_failed")
    assert window.filters.type.words() == "Invoice payment failed"
    window.search.setText("delayed")
    wait_for_rows(qtbot, window, 1)
    qtbot.waitUntil(lambda: window.frame.count.text() == "1 found.", timeout=5_000)
    QTest.mouseClick(window.frame.clear_button, Qt.MouseButton.LeftButton)
    wait_for_rows(qtbot, window, 3)
    assert not window.filters.is_set()
    window.filters.period.choose("yesterday")
    qtbot.waitUntil(lambda: window.list.model().rowCount() == 0, timeout=5_000)
    QTest.keyClick(window.list, Qt.Key.Key_Escape)
    wait_for_rows(qtbot, window, 3)


def test_scripts_come_by_language(
    qtbot: QtBot,
    window: HistoryWindow,
    inbox: Inbox,
    records: Records,
    make_message: Callable[..., Notification],
) -> None:
    """Each language has a tab; C copies the script of the one that is shown."""
    scripts = (
        Script(name="Reply", language="en", text="Hello Ana"),
        Script(name="Antwort", language="de", text="Guten Tag Ana"),
        Script(name="Callback", language="de", text="Tel.", missing=("phone",)),
    )
    records.model.add(inbox.put([make_message(9, scripts=scripts)], device="d", epoch="e").new)
    wait_for_rows(qtbot, window, 4)
    choose(window, 0)
    detail = window.detail
    assert detail is not None
    assert {tab.text() for tab in detail.tabs.values()} == {"English", "Deutsch"}
    QTest.mouseClick(detail.tabs["de"], Qt.MouseButton.LeftButton)
    shown = [box for box in detail.scripts if not box.isHidden()]
    assert [(box.script(), box.copy.isEnabled()) for box in shown] == [
        ("Guten Tag Ana", True),
        ("Tel.", False),
    ]
    QTest.keyClick(window.list, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "Guten Tag Ana"


def test_work_is_done_from_the_detail(
    qtbot: QtBot,
    window: HistoryWindow,
    inbox: Inbox,
    records: Records,
    make_message: Callable[..., Notification],
) -> None:
    """The claim bar is there too: a press is said, and what it came to shows at once."""
    records.model.add(inbox.put([make_message(9, claimable=True)], device="d", epoch="e").new)
    wait_for_rows(qtbot, window, 4)
    choose(window, 0)
    assert window.detail is not None
    with qtbot.waitSignal(window.pressed) as heard:
        QTest.mouseClick(window.detail.claims.buttons["claim"], Qt.MouseButton.LeftButton)
    assert heard.args == ["event-9", "claim"]
    assert not window.detail.claims.buttons["claim"].isEnabled()
    window.show_answered("event-9")
    assert window.detail.claims.buttons["claim"].isEnabled()
    update = Update(seq=10, id="event-9", stage=Stage.CLAIMED, at=NOW, by="mira@example.com")
    records.model.change(inbox.put([update], device="d", epoch="e", agent="mira@example.com").changed)
    assert window.detail.claims.offered()[0] == "done"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (90, "Notifications are kept for 90 days."),
        (1, "kept for 1 day."),
        (0, "until somebody deletes them."),
    ],
)
def test_how_long_everything_is_kept_is_said(window: HistoryWindow, days: float, words: str) -> None:
    """Where nothing is chosen, there is room to say so."""
    window.frame.days = lambda: days
    window.frame.show_count(3, "", narrow=False, indexed=True)
    assert window.empty.text().endswith(words)


def test_the_selection_is_exported(qtbot: QtBot, window: HistoryWindow, tmp_path: Path) -> None:
    """Ctrl+A and an export write every row."""
    window.list.setFocus()
    qtbot.keySequence(window.list, QKeySequence(QKeySequence.StandardKey.SelectAll))
    window.exporting.export_to(window._chosen_keys(), tmp_path / "all.csv")
    qtbot.waitUntil(lambda: window.frame.export_bar.words.text() == "3 exported.", timeout=5_000)
    assert (tmp_path / "all.csv").read_text(encoding="utf-8-sig").count("event-") == 3


@pytest.fixture
def many(
    qtbot: QtBot, inbox: Inbox, window: HistoryWindow, make_message: Callable[..., Notification]
) -> Iterator[HistoryWindow]:
    """The window over more than is written at once, all of it chosen."""
    inbox.put([make_message(number) for number in range(4, 3 * SOME)], device="d", epoch="e")
    window._search_now()
    qtbot.waitUntil(lambda: window.list.model().rowCount() == 3 * SOME - 1, timeout=10_000)
    window.list.selectAll()
    yield window
    window._model.stop_export()


def test_an_export_can_be_cancelled(qtbot: QtBot, many: HistoryWindow, tmp_path: Path) -> None:
    """The line that says how far it is has a button; nothing of the file stays."""
    bar, seen = many.frame.export_bar, list[tuple[bool, str]]()
    table = many.exporting.export_to(many._chosen_keys(), tmp_path / "all.csv")
    table.progressed.connect(lambda *_: seen.append((bar.isVisible(), bar.words.text())))
    table.progressed.connect(lambda *_: QTest.mouseClick(bar.button, Qt.MouseButton.LeftButton))
    with qtbot.waitSignal(table.stopped, timeout=10_000):
        pass
    assert seen == [(True, "Exporting… 33 %")]
    assert (bar.words.text(), bar.button.isVisible()) == ("The export was cancelled.", False)
    qtbot.waitUntil(lambda: not list(tmp_path.glob("all.csv*")), timeout=10_000)


def test_a_deletion_can_be_undone_during_an_export(qtbot: QtBot, many: HistoryWindow, tmp_path: Path) -> None:
    """How far the export is stands in a line of its own, until it has ended."""
    table = many.exporting.export_to(many._chosen_keys(), tmp_path / "all.csv")
    seen: list[bool] = []
    many.undo_bar.offer([1], "1 notification deleted.")
    table.progressed.connect(lambda *_: seen.append(many.undo_bar.button.isVisible()))
    with qtbot.waitSignal(table.finished, timeout=10_000):
        pass
    assert seen == [True, True]
    assert many.frame.export_bar.words.text() == f"{3 * SOME - 1:,} exported."
    assert (tmp_path / "all.csv").exists()
    with qtbot.waitSignal(many.undo_bar.undone):
        many.undo_bar.undo()


def test_an_export_that_fails_on_its_way_leaves_no_line(
    qtbot: QtBot, many: HistoryWindow, tmp_path: Path
) -> None:
    """The sentence about it is shown above, as for all that fails."""
    table = many.exporting.export_to(many._chosen_keys(), tmp_path / "all.csv")
    table.progressed.connect(lambda *_: (tmp_path / "all.csv").mkdir(exist_ok=True))
    with qtbot.waitSignals([table.stopped, many._model.failed], timeout=10_000):
        pass
    assert not many.frame.export_bar.isVisible()
    assert not list(tmp_path.glob("*.part"))


def test_an_answer_for_a_closed_window_is_left(qtbot: QtBot, looks: Looks, records: Records) -> None:
    """The archive answers a moment later; the windows may have been made anew in another language meanwhile."""
    gone = HistoryWindow(looks, records.model)
    answered = gone._choose_again
    gone.deleteLater()
    QApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    answered(0)
    assert not isValid(gone)


def test_an_export_is_seen_in_the_next_window(
    qtbot: QtBot, many: HistoryWindow, records: Records, looks: Looks, tmp_path: Path
) -> None:
    """Whoever chooses another language meanwhile sees in the new window how far it is, and can stop it."""
    later = list[HistoryWindow]()
    seen = list[tuple[bool, str]]()

    def look() -> None:
        later.append(HistoryWindow(looks, records.model, agent=""))
        bar = later[0].frame.export_bar
        seen.append((bar.isHidden() or bar.button.isHidden(), bar.words.text()))
        bar.button.click()

    table = many.exporting.export_to(many._chosen_keys(), tmp_path / "all.csv")
    table.progressed.connect(look)
    with qtbot.waitSignal(table.stopped, timeout=10_000):
        pass
    qtbot.addWidget(later[0])
    assert seen == [(False, "Exporting… 33 %")]
    assert later[0].frame.export_bar.words.text() == "The export was cancelled."
