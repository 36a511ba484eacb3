"""The history shows everything, finds it as one types, and works by keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.clamped import FullText
from desktop.history import HistoryWindow
from desktop.inbox import Inbox
from desktop.models import InboxModel
from desktop.theme import Looks, Scheme
from relay.protocol import Link, Notification, Script

NOW = 1_800_000_100.0


@pytest.fixture
def window(
    qtbot: QtBot, looks: Looks, inbox: Inbox, make_message: Callable[..., Notification]
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
    made = HistoryWindow(looks, InboxModel(inbox), wall=lambda: NOW)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made).__enter__()
    yield made
    made.stays_reachable = False
    made.close()
    made.deleteLater()


def choose(window: HistoryWindow, row: int) -> None:
    """Choose a row."""
    window.list.setCurrentIndex(window.list.model().index(row, 0))


def test_choosing_an_entry_shows_all_of_it(qtbot: QtBot, window: HistoryWindow) -> None:
    """Title, full text, every script and link are there, as plain text; the entry counts as read."""
    with qtbot.waitSignal(window.read) as heard:
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


def test_the_keyboard_is_enough(qtbot: QtBot, window: HistoryWindow) -> None:
    """Ctrl+F, typing, Down, Ctrl+C and Enter go from a search to a copied script and an opened link."""
    qtbot.keySequence(window, QKeySequence(QKeySequence.StandardKey.Find))
    assert window.search.hasFocus()
    QTest.keyClicks(window.search, "flight")
    qtbot.waitUntil(lambda: window.list.model().rowCount() == 1, timeout=5_000)
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
    inbox.prune(NOW * 10)
    window.search.clear()
    qtbot.waitUntil(lambda: window.empty.text().startswith("Nothing yet —"), timeout=5_000)


def test_an_entry_is_selected_from_outside(qtbot: QtBot, window: HistoryWindow) -> None:
    """Opening a toast finds its entry, even if a search hides it."""
    window.search.setText("parcel")
    window.select("event-2")
    current = window.current()
    assert current is not None
    assert current.id == "event-2"
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
