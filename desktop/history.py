"""The window with everything that was received: a list, a search, and one entry in full.

It works without the mouse: Ctrl+F searches, the arrows choose, C copies the script, Enter opens the
first link, U marks as unread, Delete deletes, Ctrl+E exports, Esc goes back.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QMainWindow, QMenu
from shiboken6 import isValid

from desktop import assets
from desktop.archive import Choices
from desktop.clipboard import Clipboard
from desktop.detail import Detail
from desktop.entry import Entry
from desktop.exporting import Exporting
from desktop.historyframe import Frame
from desktop.i18n import tr
from desktop.models import InboxModel
from desktop.pages import Pages
from desktop.text import clean_script, link_target, unfilled
from desktop.theme import Looks

TYPING_MILLISECONDS = 120
"""A search begins when nothing was typed for so long."""
READING_MILLISECONDS = 400
"""An entry counts as read when it was on the screen for so long: not what the arrow keys pass by."""

CHOICES_MILLISECONDS = 5_000
"""What filters offer is brought up to date so long after something new came: it takes a look at all."""


class HistoryWindow(QMainWindow):
    """List and detail.

    Signals:
        read(str): the entry with this id was on the screen in full.
        all_read(): everything was marked as read.
        copied(str): a script of the entry was copied.
        link_opened(str, str): id and address of a link that was pressed.
        pressed(str, str): id, and which of the claim bar's buttons.
        marked(list[int], bool): these rows of the inbox are to be marked as read (True) or unread.
        removed(list[int]): these rows of the inbox are to be deleted for good.
        acted(str, str): id, and which of its actions is wanted.
    """

    read = Signal(str)
    all_read = Signal()
    copied = Signal(str)
    link_opened = Signal(str, str)
    pressed = Signal(str, str)
    marked = Signal(list, bool)
    removed = Signal(list)
    acted = Signal(str, str)

    def __init__(
        self,
        looks: Looks,
        model: InboxModel,
        *,
        agent: str = "",
        wall: Callable[[], float] = time.time,
        clipboard: Clipboard | None = None,
    ) -> None:
        super().__init__()
        self._looks, self._model, self._wall = looks, model, wall
        self._clipboard = clipboard or Clipboard()
        model.agent = agent
        self.stays_reachable = False
        """Closing only puts the window aside: there is no tray from which it could be opened again."""
        self.setWindowTitle(tr("Deskbell history"))
        self.setWindowIcon(assets.logo())
        self.frame = Frame(looks, model, wall)
        self.search, self.list, self.filters = self.frame.search, self.frame.list, self.frame.filters
        self.empty, self.notice, self.state = self.frame.empty, self.frame.notice, self.frame.state
        self.mark_button, self.undo_bar = self.frame.mark_button, self.frame.undo_bar
        self.exporting = Exporting(self, looks, model, self.frame.export_bar)
        self.pages = Pages(looks, self.frame, model, wall)
        self._wanted = ""
        self._indexed = True
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MILLISECONDS)
        self._reading = QTimer(self, singleShot=True, interval=READING_MILLISECONDS)
        self._choosing = QTimer(self, singleShot=True, interval=CHOICES_MILLISECONDS)
        self.setCentralWidget(self.frame)
        self.resize(looks.sizes["window"], looks.sizes["window_height"])
        self._connect()
        self._add_keys()
        self.show_state(tr("Not paired"))
        self.show_unread(0)
        self._search_now()

    def _connect(self) -> None:
        frame, model = self.frame, self._model
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.installEventFilter(self)
        self._typing.timeout.connect(self._search_now)
        self._choosing.timeout.connect(self._model.ask_choices)
        self._reading.timeout.connect(self._has_read)
        self.filters.changed.connect(self._search_now)
        frame.clear_button.clicked.connect(self._clear)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # Rows that come above the chosen one are told as well: nothing chosen then, and nothing dropped.
        self.list.selectionModel().selectionChanged.connect(
            lambda on, off: self._show_chosen() if on.size() or off.size() else None
        )
        self.list.activated.connect(lambda _index: self.open_first_link())
        model.searched.connect(self._show_found)
        model.rowsInserted.connect(self._show_more)
        model.rowsRemoved.connect(self._show_count)
        model.choices.connect(self._offer)
        model.dataChanged.connect(self._show_changed)
        model.located.connect(self._choose_located)
        self.mark_button.clicked.connect(self.all_read)
        for name in ("copied", "link_opened", "pressed", "acted"):
            getattr(self.pages, name).connect(getattr(self, name))
        self.pages.marked.connect(self.mark_chosen)
        self.pages.removal_asked.connect(self.remove_chosen)
        frame.several.marked.connect(self.mark_chosen)
        frame.several.removal_asked.connect(self.remove_chosen)
        frame.several.export_asked.connect(self.ask_for_file)
        self.undo_bar.undone.connect(model.unhide)
        self.undo_bar.settled.connect(self.removed)

    def _add_keys(self) -> None:
        for keys, action in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._focus_search),
            (QKeySequence("Esc"), self._go_back),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Ctrl+E"), self.ask_for_file),
            (QKeySequence(QKeySequence.StandardKey.Undo), self.undo_bar.undo),
            # A field with the focus keeps its own keys: letters, Delete, Copy.
            (QKeySequence(QKeySequence.StandardKey.Copy), self.copy_script),
            (QKeySequence("C"), self.copy_script),
            (QKeySequence("U"), self._toggle_read),
            (QKeySequence(QKeySequence.StandardKey.Delete), self.remove_chosen),
        ):
            QShortcut(keys, self).activated.connect(action)

    @property
    def detail(self) -> Detail | None:
        """Return the page of the one entry that is shown; None if none is."""
        return self.pages.detail

    # What is said from outside

    def set_menu(self, menu: QMenu) -> None:
        """Offer the tray's menu here too: some desktops have no tray."""
        self.frame.menu_button.setMenu(menu)

    def show_state(self, words: str) -> None:
        """Say the link's state below the list."""
        self.state.set_text(words)

    def show_unread(self, unread: int) -> None:
        """Offer to mark everything as read if there is something to mark."""
        self.mark_button.setVisible(unread > 0)

    def show_notice(self, sentence: str) -> None:
        """Show a sentence in a bar above everything; none if it is empty."""
        self.frame.show_notice(sentence)

    def show_answered(self, entry_id: str) -> None:
        """Take it that what was pressed about an entry has been answered."""
        self.pages.answered(entry_id)

    def select(self, entry_id: str) -> None:
        """Choose an entry, however far down it is; a search that hides it is taken away."""
        self._wanted = entry_id
        self._model.locate(entry_id)

    def _choose_located(self, entry_id: str, row: int) -> None:
        if entry_id != self._wanted:
            return
        if row >= 0:
            self._wanted = ""
            self._choose_row(row)
            self.list.setFocus()
        elif self._is_narrow():
            self._clear()
            self._search_now()
            self._model.locate(entry_id)
        else:
            self._wanted = ""

    def start_over(self) -> None:
        """Look for nothing any more, and offer to filter by what is there now: the inbox is another."""
        self._wanted = ""
        self._clear()
        self._model.ask_choices()

    # Searching

    def _search_now(self) -> None:
        self._typing.stop()
        self._model.search(self.filters.query(self.search.text(), self._model.agent, self._wall()))

    def _is_narrow(self) -> bool:
        return bool(self.search.text().strip()) or self.filters.is_set()

    def _clear(self) -> None:
        self.search.clear()
        self.filters.clear()
        self._search_now()

    def _show_found(self) -> None:
        """Show what was found; the entry that was chosen stays chosen if it is among it."""
        self._show_count()
        if self.detail is None or self._wanted:
            self._show_chosen()
        else:
            self._model.find(self.detail.entry.id, self._choose_again)

    def _choose_again(self, row: int) -> None:
        if not isValid(self):
            return  # the window was closed while the archive was asked
        if self._chosen() == 0 and row >= 0:
            self._choose_row(row)
        else:
            self._show_chosen()

    def _choose_row(self, row: int) -> None:
        index = self._model.index(row)
        self.list.setCurrentIndex(index)
        self.list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _offer(self, choices: Choices) -> None:
        self.filters.offer(choices)
        self._indexed = choices.indexed
        self._show_count()

    def _show_count(self, *_: object) -> None:
        narrow, text = self._model.query.is_narrow, self.search.text()
        self.frame.show_count(self._model.rowCount(), text, narrow=narrow, indexed=self._indexed)

    def _show_more(self) -> None:
        """Count what has come, and see after a while whether it brings types or teams to filter by."""
        self._show_count()
        if not self._choosing.isActive():
            self._choosing.start()

    # What is chosen

    def current(self) -> Entry | None:
        """Return the one entry that is chosen, if it has been loaded."""
        return self._model.entry(self.list.currentIndex()) if self._chosen() == 1 else None

    def _ranges(self) -> list[tuple[int, int]]:
        selection = self.list.selectionModel().selection()
        ranges = (selection.at(number) for number in range(selection.size()))
        return sorted((each.top(), each.bottom()) for each in ranges)

    def _chosen(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges())

    def _chosen_keys(self) -> list[int]:
        return self._model.keys(self._ranges())

    def _show_chosen(self) -> None:
        self._reading.stop()
        chosen = self._chosen()
        if chosen > 1:
            self.pages.show_several(chosen)
        else:
            self._show_entry(self.current())

    def _show_entry(self, entry: Entry | None) -> None:
        if entry is None:
            # One that is still being loaded comes by itself; until then the former one would be wrong.
            self.pages.show_nothing()
        elif self.pages.show_entry(entry) and not entry.read:
            self._reading.start()

    def _show_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """Show the chosen entry anew if it was loaded just now, or is another."""
        at = self.list.currentIndex()
        if first.row() <= at.row() <= last.row() and self._chosen() == 1:
            entry = self._model.entry(at)
            if entry is not None and (self.detail is None or self.detail.entry != entry):
                self._show_entry(entry)

    def _has_read(self) -> None:
        if self.detail is not None and not self.detail.entry.read and self.isVisible():
            self.read.emit(self.detail.entry.id)

    # What is done with it

    def copy_script(self) -> None:
        """Copy the chosen entry's first script that is complete, in the language that is shown."""
        entry, language = self.current(), self.detail.language if self.detail else ""
        scripts = (
            [each for each in entry.scripts if not (each.missing or unfilled(each.text))] if entry else []
        )
        ready = sorted(scripts, key=lambda script: script.language not in {language, ""})
        if entry and ready:
            self._clipboard.put(clean_script(ready[0].text))
            self.copied.emit(entry.id)
            self.frame.undo_bar.offer([], tr("Copied."))

    def open_first_link(self) -> None:
        """Open the chosen entry's first link that may be opened."""
        entry = self.current()
        targets = [target for link in entry.links if (target := link_target(link.url))] if entry else []
        if entry and targets:
            self.link_opened.emit(entry.id, targets[0].url)

    def mark_chosen(self, read: bool) -> None:
        """Mark what is chosen as read or unread."""
        keys = self._chosen_keys()
        if keys:
            self._reading.stop()
            self.marked.emit(keys, read)
            self._model.mark(keys, read=read)

    def _toggle_read(self) -> None:
        entry = self.current()
        self.mark_chosen(read=entry is not None and not entry.read)

    def remove_chosen(self) -> None:
        """Take what is chosen out of the list; it is deleted when it cannot be taken back any more."""
        keys = self._chosen_keys()
        if keys:
            self._model.ask_free(
                keys, self._model.agent, lambda free: self._remove(free, len(keys) - len(free))
            )

    def _remove(self, keys: list[int], kept: int) -> None:
        number = len(keys)
        words = tr("%n notifications deleted.", one="%n notification deleted.", n=number)
        if kept:
            own = (
                tr("what you have claimed stays") if number else tr("What you have claimed can't be deleted")
            )
            words = f"{words[:-1]}; {own}." if number else tr("{own}: be done with it first.", own=own)
        row = self.list.currentIndex().row()
        self._model.hide(keys)
        if self._model.rowCount():
            self._choose_row(min(max(row - number + 1, 0), self._model.rowCount() - 1))
        self.undo_bar.offer(keys, words)

    def ask_for_file(self) -> None:
        """Ask where what is chosen is to be written."""
        self.exporting.ask_for_file(self._chosen_keys())

    # Keys and closing

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _go_back(self) -> None:
        if self._is_narrow():
            self._clear()
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Down and Enter go from the search field to the list."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]  # a QKeyEvent, as its type says
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                if not self.list.currentIndex().isValid() and self._model.rowCount():
                    self._choose_row(0)
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the filters up to date: the window may have been away for days."""
        super().showEvent(event)
        self._model.ask_choices()
        if self.filters.period.value:
            self._search_now()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; or, without a tray, only put the window aside so that it can be found again."""
        for timer in (self._typing, self._reading, self._choosing):
            timer.stop()
        self.undo_bar.settle()
        if self.stays_reachable:
            event.ignore()
            self.showMinimized()
        else:
            super().closeEvent(event)
