"""The window with everything that was received: a list, a search, and one entry in full.

It works without the mouse: Ctrl+F searches, the arrows choose, Ctrl+C copies the script, Enter opens
the first link.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QIcon,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import assets
from desktop.clamped import ClampedText
from desktop.controls import Picture
from desktop.detail import Detail
from desktop.entry import Entry
from desktop.models import InboxModel
from desktop.rows import EntryList
from desktop.text import clean_line, clean_script, link_target, unfilled
from desktop.theme import Looks

TYPING_MILLISECONDS = 120
"""A search begins when nothing was typed for so long."""


class HistoryWindow(QMainWindow):
    """List and detail.

    Signals:
        read(str): the entry with this id is on the screen in full.
        all_read(): everything was marked as read.
        copied(str): a script of the entry was copied.
        link_opened(str, str): id and address of a link that was pressed.
    """

    read = Signal(str)
    all_read = Signal()
    copied = Signal(str)
    link_opened = Signal(str, str)

    def __init__(self, looks: Looks, model: InboxModel, *, wall: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._looks, self._model, self._wall = looks, model, wall
        self.stays_reachable = False
        """Closing only puts the window aside: there is no tray from which it could be opened again."""
        self.setWindowTitle("Deskbell history")
        self.setWindowIcon(assets.logo())
        self.search = QLineEdit()
        self.list = EntryList(looks, model, wall)
        self.empty = ClampedText(name="empty", lines=4, centred=True)
        self.detail: Detail | None = None
        self.notice = ClampedText(name="notice_text")
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MILLISECONDS)
        self._build()
        self._connect()
        self.show_state("Not paired")
        self.show_unread(0)
        self._show_emptiness()

    # Building

    def _build(self) -> None:
        sizes = self._looks.sizes
        self.resize(sizes["window"], sizes["window_height"])
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._left())
        halves.addWidget(self._pages)
        halves.setStretchFactor(1, 1)
        halves.setSizes([sizes["column"], sizes["window"] - sizes["column"]])
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._notice_bar = _bar("notice", self.notice, sizes["gap"], sizes["small"])
        self._notice_bar.hide()
        column.addWidget(self._notice_bar)
        column.addWidget(halves, 1)
        self.setCentralWidget(page)

    def _left(self) -> QWidget:
        sizes = self._looks.sizes
        self.search.setPlaceholderText("Search title, text and scripts")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self._search_icon = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._dress()
        self.state = ClampedText(name="hint", lines=1)
        self.menu_button = QPushButton("Menu")
        self.menu_button.setObjectName("quiet")
        self.mark_button = QPushButton("Mark all read")
        self.mark_button.setObjectName("quiet")
        foot = QFrame()
        foot.setObjectName("search_bar")
        row = QHBoxLayout(foot)
        row.setContentsMargins(sizes["large"], sizes["tiny"], sizes["small"], sizes["tiny"])
        row.addWidget(self.state, 1)
        row.addWidget(self.mark_button)
        row.addWidget(self.menu_button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_bar("search_bar", self.search, sizes["gap"], sizes["gap"]))
        column.addWidget(self.list, 1)
        column.addWidget(foot)
        left.setMinimumWidth(sizes["column"] * 3 // 4)
        return left

    def _empty_page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(Picture(self._looks.sizes["huge"] * 3), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(self._looks.sizes["gap"])
        column.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return page

    def _connect(self) -> None:
        self._looks.changed.connect(self._dress)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._search_now)
        self.search.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(lambda now, _before: self._show_entry(now))
        self.list.activated.connect(lambda _index: self.open_first_link())
        self._model.modelReset.connect(self._show_emptiness)
        self._model.rowsInserted.connect(lambda *_: self._show_emptiness())
        self.mark_button.clicked.connect(self.all_read)
        for keys, action in (
            (QKeySequence.StandardKey.Find, self._focus_search),
            (QKeySequence("Esc"), self._leave_search),
            (QKeySequence.StandardKey.Close, self.close),
        ):
            QShortcut(keys, self).activated.connect(action)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.list)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_script)

    # What it shows

    def set_menu(self, menu: QMenu) -> None:
        """Offer the tray's menu here too: some desktops have no tray."""
        self.menu_button.setMenu(menu)

    def show_state(self, words: str) -> None:
        """Say the link's state below the list."""
        self.state.set_text(words)

    def show_unread(self, unread: int) -> None:
        """Offer to mark everything as read if there is something to mark."""
        self.mark_button.setVisible(unread > 0)

    def show_notice(self, sentence: str) -> None:
        """Show a sentence in a bar above everything; none if it is empty."""
        self.notice.set_text(sentence)
        self._notice_bar.setVisible(bool(sentence))

    def select(self, entry_id: str) -> None:
        """Choose an entry, if it is among those that have been fetched."""
        row = self._model.row_of(entry_id)
        if row is None and self.search.text():
            self.search.clear()
            self._search_now()
            row = self._model.row_of(entry_id)
        if row is not None:
            self.list.setCurrentIndex(self._model.index(row))
            self.list.setFocus()

    def current(self) -> Entry | None:
        """Return the chosen entry."""
        return self._model.entry(self.list.currentIndex())

    def copy_script(self) -> None:
        """Copy the chosen entry's first script that is complete."""
        entry = self.current()
        ready = [script for script in entry.scripts if not unfilled(script.text)] if entry else []
        if entry and ready:
            QGuiApplication.clipboard().setText(clean_script(ready[0].text))
            self.copied.emit(entry.id)

    def open_first_link(self) -> None:
        """Open the chosen entry's first link that may be opened."""
        entry = self.current()
        targets = [target for link in entry.links if (target := link_target(link.url))] if entry else []
        if entry and targets:
            self.link_opened.emit(entry.id, targets[0].url)

    def _show_entry(self, index: QModelIndex) -> None:
        entry = self._model.entry(index)
        old, self.detail = self.detail, None
        if entry is not None:
            self.detail = Detail(self._looks, entry, self._wall())
            self.detail.copied.connect(self.copied)
            self.detail.link_opened.connect(self.link_opened)
            self._pages.addWidget(self.detail)
            self._pages.setCurrentWidget(self.detail)
            if not entry.read:
                self.read.emit(entry.id)
        else:
            self._pages.setCurrentIndex(0)
        if old is not None:
            self._pages.removeWidget(old)
            old.deleteLater()

    def _show_emptiness(self) -> None:
        text = self.search.text().strip()
        if self._model.rowCount():
            self.empty.set_text("Choose a notification to read it.")
        elif text:
            self.empty.set_text(f"Nothing found for “{clean_line(text, 40)}”.")
        else:
            self.empty.set_text(
                "Nothing yet — what happens to your customers\nwill appear here the moment it does."
            )

    def _search_now(self) -> None:
        self._model.search(self.search.text())
        if self.search.text() and self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0))
        elif not self._model.rowCount():
            self._show_entry(QModelIndex())

    def _dress(self) -> None:
        size = self._looks.sizes["icon"]
        colour = self._looks.theme.colour("soft")
        self._search_icon.setIcon(QIcon(assets.glyph("search", colour, size, self.devicePixelRatioF())))

    # Keys and closing

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _leave_search(self) -> None:
        self.search.clear()
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Down and Enter go from the search field to the list."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]  # a QKeyEvent, as its type says
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                if not self.list.currentIndex().isValid() and self._model.rowCount():
                    self.list.setCurrentIndex(self._model.index(0))
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; or, without a tray, only put the window aside so that it can be found again."""
        self._typing.stop()
        if self.stays_reachable:
            event.ignore()
            self.showMinimized()
        else:
            super().closeEvent(event)


def _bar(name: str, content: QWidget, side: int, top: int) -> QFrame:
    bar = QFrame()
    bar.setObjectName(name)
    row = QHBoxLayout(bar)
    row.setContentsMargins(side, top, side, top)
    row.addWidget(content)
    return bar
