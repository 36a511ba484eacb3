"""How the history window is laid out: search, filters and list on the left, one page on the right."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.clamped import ClampedText
from desktop.controls import Picture
from desktop.exportbar import ExportBar
from desktop.filterbar import ARROW, FilterBar
from desktop.i18n import tr
from desktop.inputs import SearchField
from desktop.models import InboxModel
from desktop.rows import EntryList
from desktop.several import Several
from desktop.text import MAX_LABEL, clean_line
from desktop.theme import Looks
from desktop.undobar import UndoBar


class Frame(QWidget):
    """The parts in their places; what they do is the window's."""

    def __init__(self, looks: Looks, model: InboxModel, wall: Callable[[], float]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._looks = looks
        self.days: Callable[[], float | None] = lambda: None
        """Returns for how long entries are kept: 0 for ever, None if that isn't known."""
        self.search = SearchField(looks, tr("Search title, text and scripts"))
        self.filters = FilterBar(looks)
        self.list = EntryList(looks, model, wall)
        self.count = ClampedText(name="hint", lines=2)
        self.clear_button = _quiet(tr("Clear"))
        self.clear_button.setAccessibleName(tr("Clear search and filters"))
        self.empty = ClampedText(name="empty", lines=8, centred=True)
        self.notice = ClampedText(name="notice_text")
        self.state = ClampedText(name="hint", lines=2)
        self.mark_button, self.menu_button = _quiet(tr("Mark all read")), _quiet(f"{tr('Menu')}{ARROW}")
        self.menu_button.setAccessibleName(tr("Menu"))
        self.export_bar, self.undo_bar = ExportBar(looks), UndoBar(looks)
        self.several = Several(looks)
        self.empty_page = self._empty_page()
        self.pages = QStackedWidget()
        """On the right; what will be shown there is built there."""
        self.pages.addWidget(self.empty_page)
        self.pages.addWidget(self.several)
        self._build()

    def _build(self) -> None:
        sizes = self._looks.sizes
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._left())
        halves.addWidget(self.pages)
        halves.setStretchFactor(1, 1)
        halves.setSizes([sizes["column"], sizes["window"] - sizes["column"]])
        self._notice_bar = _bar("notice", self.notice, sizes["gap"], sizes["small"])
        self._notice_bar.hide()
        column = _column(self)
        column.addWidget(self._notice_bar)
        column.addWidget(halves, 1)

    def _left(self) -> QWidget:
        sizes = self._looks.sizes
        self.search.setAccessibleName(tr("Search"))
        head = QFrame()
        head.setObjectName("search_bar")
        rows = QVBoxLayout(head)
        rows.setContentsMargins(sizes["gap"], sizes["gap"], sizes["gap"], sizes["small"])
        rows.setSpacing(sizes["small"])
        rows.addWidget(self.search)
        rows.addWidget(self.filters)
        rows.addWidget(self._found())
        left = QWidget()
        left.setMinimumWidth(sizes["column"] * 3 // 4)
        column = _column(left)
        column.addWidget(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.export_bar)
        column.addWidget(self.undo_bar)
        column.addWidget(self._foot())
        return left

    def _found(self) -> QWidget:
        self._count_bar = QWidget()
        row = QHBoxLayout(self._count_bar)
        row.setContentsMargins(self._looks.sizes["tiny"], 0, 0, 0)
        row.addWidget(self.count, 1)
        row.addWidget(self.clear_button)
        self._count_bar.hide()
        return self._count_bar

    def _foot(self) -> QWidget:
        sizes = self._looks.sizes
        foot = QFrame()
        foot.setObjectName("search_bar")
        row = QHBoxLayout(foot)
        row.setContentsMargins(sizes["large"], sizes["tiny"], sizes["small"], sizes["tiny"])
        row.addWidget(self.state, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.mark_button)
        row.addWidget(self.menu_button)
        return foot

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

    def show_notice(self, sentence: str) -> None:
        """Show a sentence above everything; none if it is empty."""
        self.notice.set_text(sentence)
        self._notice_bar.setVisible(bool(sentence))

    def show_count(self, number: int, text: str, *, narrow: bool, indexed: bool) -> None:
        """Say how many there are, or why there is nothing, for a search for ``text`` or by filters."""
        text = text.strip()
        slow = "" if indexed or not text else f" {tr('Search is slow here: SQLite has no full-text index.')}"
        self.count.set_lines(2 if slow else 1)
        self.count.set_text(tr("%n found.", n=number) + slow)
        self._count_bar.setVisible(narrow)
        if number:
            self.empty.set_text("\n".join([tr("Choose a notification to read it."), *_kept(self.days())]))
        elif text:
            self.empty.set_text(tr("Nothing found for “{wanted}”.", wanted=clean_line(text, MAX_LABEL)))
        elif narrow:
            self.empty.set_text(tr("Nothing here fits these filters."))
        else:
            self.empty.set_text(
                tr("Nothing yet — what happens to your customers\nwill appear here the moment it does.")
            )

    def show_page(self, page: QWidget) -> None:
        """Show a page on the right; a new one is taken in."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)

    def drop_page(self, page: QWidget) -> None:
        """Forget a page that isn't shown any more."""
        self.pages.removeWidget(page)
        page.deleteLater()


def _kept(days: float | None) -> tuple[str, ...]:
    """Return the sentence about how long entries are kept, if that is known."""
    if days is None:
        return ()
    if days <= 0:
        return (tr("Notifications are kept until somebody deletes them."),)
    number = round(days)
    words = tr("Notifications are kept for %n days.", one="Notifications are kept for %n day.", n=number)
    return (words,)


def _quiet(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName("quiet")
    return button


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column


def _bar(name: str, content: QWidget, side: int, top: int) -> QFrame:
    bar = QFrame()
    bar.setObjectName(name)
    row = QHBoxLayout(bar)
    row.setContentsMargins(side, top, side, top)
    row.addWidget(content)
    return bar
