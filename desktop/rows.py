"""The rows of the history: drawn in the theme's colours, with what is unread standing out."""

from collections.abc import Callable

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop import assets
from desktop.badge import Badge, badge
from desktop.clamped import draw_line
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.models import ENTRY_ROLE, InboxModel
from desktop.text import MAX_TITLE, age, clean_line, source_name
from desktop.theme import Looks

_Index = QModelIndex | QPersistentModelIndex


class RowPainter(QStyledItemDelegate):
    """Draws a row: what is unread stands out by a dot and by bold letters, not by colour alone."""

    def __init__(
        self, looks: Looks, parent: QObject, wall: Callable[[], float], agent: Callable[[], str]
    ) -> None:
        """``agent`` returns whose desktop it is."""
        super().__init__(parent)
        self._looks, self._wall, self._agent = looks, wall, agent

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return the height of two lines with air around them."""
        lines = self._looks.line("body_size") + self._looks.line("small_size")
        sizes = self._looks.sizes
        return QSize(option.rect.width(), lines + 2 * sizes["small"] + sizes["tiny"])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw priority, title and age, and below them sender, text, and where it stands."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        theme, sizes = self._looks.theme, self._looks.sizes
        painter.save()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.fillRect(option.rect, theme.colour("selected" if chosen else "well"))
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus:
            edge = QRect(option.rect.topLeft(), QSize(sizes["stripe"] - 1, option.rect.height()))
            painter.fillRect(edge, theme.colour("focus"))
        box = option.rect.adjusted(sizes["large"], sizes["small"], -sizes["large"], -sizes["small"])
        self._paint_icon(painter, box, entry)
        if not entry.read:
            self._paint_dot(painter, option.rect)
        self._paint_words(painter, box.adjusted(sizes["icon"] + sizes["small"], 0, 0, 0), entry)
        painter.setPen(theme.colour("line"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _paint_icon(self, painter: QPainter, box: QRect, entry: Entry) -> None:
        side = self._looks.sizes["icon"]
        ratio = painter.device().devicePixelRatio()
        colour = self._looks.theme.priority(entry.priority)
        painter.drawPixmap(box.topLeft(), assets.glyph(entry.priority.value, colour, side, ratio))

    def _paint_dot(self, painter: QPainter, row: QRect) -> None:
        """Mark what is unread in front of its icon, where nothing else has to give way to it."""
        sizes = self._looks.sizes
        side, wide = sizes["inset"], sizes["large"] + sizes["thick"]
        top = row.top() + sizes["small"] + (sizes["icon"] - side) // 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._looks.theme.colour("accent"))
        painter.drawEllipse(QRect(row.left() + (wide - side) // 2, top, side, side))

    def _paint_words(self, painter: QPainter, box: QRect, entry: Entry) -> None:
        theme, sizes = self._looks.theme, self._looks.sizes
        small, body = self._looks.font("small_size"), self._looks.font("body_size", bold=not entry.read)
        when = age(entry.at, self._wall())
        wide = QFontMetrics(small).horizontalAdvance(when)
        line = QFontMetrics(body).lineSpacing()
        first = QRect(box.left(), box.top(), box.width() - wide - sizes["small"], line)
        draw_line(painter, first, body, theme.colour("text"), clean_line(entry.title, MAX_TITLE))
        at = QRect(box.right() - wide, box.top(), wide + 1, line)
        draw_line(painter, at, small, theme.colour("soft"), when)
        second = QRect(
            box.left(),
            box.top() + line + sizes["tiny"],
            box.width(),
            self._looks.line("small_size"),
        )
        words = (
            f"{source_name(entry)}  ·  {clean_line(entry.body, MAX_TITLE)}"
            if entry.body
            else source_name(entry)
        )
        stands = badge(entry, self._agent())
        if stands is not None:
            second.setRight(self._paint_badge(painter, second, stands) - sizes["small"])
        draw_line(painter, second, small, theme.colour("soft"), words)

    def _paint_badge(self, painter: QPainter, box: QRect, stands: Badge) -> int:
        """Draw where an entry stands at the end of a line; return where it begins."""
        side, gap = self._looks.sizes["small_icon"], self._looks.sizes["tiny"]
        font, colour = self._looks.font("small_size", bold=True), self._looks.theme.colour(stands.role)
        wide = min(QFontMetrics(font).horizontalAdvance(stands.words) + 1, box.width() * 3 // 5)
        left = box.right() - wide - side - gap
        icon = assets.glyph(stands.glyph, colour, side, painter.device().devicePixelRatio())
        painter.drawPixmap(left, box.center().y() - side // 2 + 1, icon)
        at = QRect(left + side + gap, box.top(), wide, box.height())
        draw_line(painter, at, font, colour, stands.words)
        return left


class EntryList(QTableView):
    """The list: one column without headers. Rows are drawn in the theme's colours by :class:`RowPainter`.

    A table, because Qt's list view asks the model about every single row whenever one comes, goes or
    is loaded: with a hundred thousand of them that takes half a second.
    """

    def __init__(self, looks: Looks, model: InboxModel, wall: Callable[[], float]) -> None:
        super().__init__()
        self.setObjectName("list")
        self.setAccessibleName(tr("Notifications, newest first"))
        self.setModel(model)
        self._painter = RowPainter(looks, self, wall, lambda: model.agent)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        looks.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        """Give all rows the height that two lines need now."""
        height = self._painter.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the row that the keyboard is at: Qt goes to the first one without choosing it."""
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection():
            self.selectionModel().select(
                self.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
