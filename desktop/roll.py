"""The list of people and teams in a dialog: two lines each, and beside a name whether somebody is there."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.clamped import draw_line
from desktop.i18n import tr
from desktop.recipients import Recipient
from desktop.theme import Looks

ROWS = 5
"""Recipients that are seen without scrolling."""

_RECIPIENT = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class _Painter(QStyledItemDelegate):
    """Draws a recipient; who is there has a full dot and the word, who isn't an empty one."""

    def __init__(self, looks: Looks, parent: QListWidget) -> None:
        super().__init__(parent)
        self._looks = looks

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return the height of two lines."""
        lines = self._looks.line("body_size") + self._looks.line("small_size")
        return QSize(option.rect.width(), lines + 2 * self._looks.sizes["tiny"])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw name and state, and below them what tells it from others."""
        recipient = index.data(_RECIPIENT)
        if not isinstance(recipient, Recipient):
            return
        theme, sizes = self._looks.theme, self._looks.sizes
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.colour("selected" if chosen else "well"))
        if chosen:
            edge = QRect(option.rect.topLeft(), QSize(sizes["stripe"] - 1, option.rect.height()))
            painter.fillRect(edge, theme.colour("focus"))
        box = option.rect.adjusted(sizes["gap"], sizes["tiny"], -sizes["gap"], -sizes["tiny"])
        self._words(painter, box, recipient)
        painter.restore()

    def _words(self, painter: QPainter, box: QRect, recipient: Recipient) -> None:
        theme, sizes = self._looks.theme, self._looks.sizes
        small, body = self._looks.font("small_size"), self._looks.font("body_size", bold=True)
        line = QFontMetrics(body).lineSpacing()
        wide = QFontMetrics(small).horizontalAdvance(recipient.state) + 1
        taken = wide + 2 * sizes["small"] + sizes["small"] if recipient.state else 0
        top = box.top() if recipient.about else box.center().y() - line // 2
        first = QRect(box.left(), top, box.width() - taken, line)
        draw_line(painter, first, body, theme.colour("text"), recipient.name)
        if recipient.state:
            at = QRect(box.right() - wide, box.top(), wide, line)
            draw_line(painter, at, small, theme.colour("text"), recipient.state)
            self._dot(painter, QPointF(at.left() - sizes["small"], at.center().y() + 1), recipient)
        second = QRect(box.left(), box.top() + line, box.width(), box.height() - line)
        draw_line(painter, second, small, theme.colour("soft"), recipient.about)

    def _dot(self, painter: QPainter, middle: QPointF, recipient: Recipient) -> None:
        theme, sizes = self._looks.theme, self._looks.sizes
        colour = theme.colour("done" if recipient.there else "soft")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, sizes["thick"] * 0.75))
        painter.setBrush(colour if recipient.there else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, sizes["tiny"] * 0.8, sizes["tiny"] * 0.8)


class Roll(QListWidget):
    """Recipients of whom one is chosen, or none.

    Signals:
        picked(): another one is chosen, or none.
        settled(): one was pressed: the choice is made.
    """

    picked = Signal()
    settled = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.setObjectName("roll")
        self.setAccessibleName(tr("People and teams"))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        painter = _Painter(looks, self)
        self.setItemDelegate(painter)
        height = painter.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        self.setMinimumHeight(ROWS * height + 2 * looks.sizes["thick"])
        self.currentRowChanged.connect(lambda _row: self.picked.emit())
        self.itemClicked.connect(lambda _item: self.settled.emit())

    def show_all(self, recipients: Sequence[Recipient], *, pick_first: bool) -> None:
        """Show these; the one that was chosen stays so if it is among them."""
        before = self.current()
        self.blockSignals(True)
        self.clear()
        for recipient in recipients:
            item = QListWidgetItem(recipient.name, self)
            item.setData(_RECIPIENT, recipient)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, recipient.spoken())
            item.setToolTip(recipient.about)
        keys = [recipient.key for recipient in recipients]
        place = keys.index(before.key) if before is not None and before.key in keys else -1
        self.setCurrentRow(0 if pick_first and recipients else place)
        self.blockSignals(False)

    def current(self) -> Recipient | None:
        """Return who is chosen."""
        recipient = self.currentIndex().data(_RECIPIENT)
        return recipient if isinstance(recipient, Recipient) else None

    def step(self, rows: int) -> None:
        """Choose one that stands so many rows below, or above."""
        if self.count():
            row = self.currentRow() + rows if self.currentRow() >= 0 else 0
            self.setCurrentRow(min(max(row, 0), self.count() - 1))
