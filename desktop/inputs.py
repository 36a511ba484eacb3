"""Boxes to choose and tick, with arrows and ticks in the theme's colours: a style sheet alone draws none."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from desktop import assets
from desktop.theme import Looks


class CalmCombo(QComboBox):
    """Left alone by the wheel: scrolling a page must not change what is under the pointer."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks

    def sizeHint(self) -> QSize:
        """Return the room for the longest choice and the arrow."""
        return super().sizeHint() + QSize(self._looks.sizes["small"], 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a choice that is cut off says something else."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw an arrow in the theme's colours beside the words."""
        super().paintEvent(event)
        side = self._looks.sizes["icon"]
        colour = self._looks.theme.colour("soft")
        painter = QPainter(self)
        edge, top = self._looks.sizes["small"], (self.height() - side) // 2
        left = edge if self.isRightToLeft() else self.width() - side - edge
        painter.drawPixmap(left, top, assets.glyph("down", colour, side, self.devicePixelRatioF()))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()


class CalmSpin(QSpinBox):
    """As above, with two arrows in the theme's colours."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows where a press means more or less."""
        super().paintEvent(event)
        side = self._looks.sizes["small_icon"]
        arrow = assets.glyph("down", self._looks.theme.colour("soft"), side, self.devicePixelRatioF())
        painter = QPainter(self)
        edge = self._looks.sizes["small"]
        painter.translate(edge if self.isRightToLeft() else self.width() - side - edge, self.height() / 2)
        painter.drawPixmap(0, 0, arrow)
        painter.scale(1, -1)
        painter.drawPixmap(0, 0, arrow)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()


class Tick(QCheckBox):
    """A box with a tick in the theme's colours, as large as the text."""

    def __init__(self, looks: Looks, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._looks = looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tick into the style sheet's box."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        side = min(box.width(), self._looks.sizes["icon"])
        colour = self._looks.theme.colour("on_accent" if self.isEnabled() else "soft")
        painter = QPainter(self)
        left, top = box.center().x() - side // 2 + 1, box.center().y() - side // 2 + 1
        painter.drawPixmap(left, top, assets.glyph("check", colour, side, self.devicePixelRatioF()))
        painter.end()


class TickMenu(QMenu):
    """A menu of choices, with a tick as large as the text at the one that holds."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tick_menu")
        self._looks = looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tick in front of the words."""
        super().paintEvent(event)
        side, edge = self._looks.sizes["icon"], self._looks.sizes["tiny"]
        tick = assets.glyph("check", self._looks.theme.colour("text"), side, self.devicePixelRatioF())
        painter = QPainter(self)
        for action in self.actions():
            if action.isChecked():
                box = self.actionGeometry(action)
                left = box.right() - side - edge if self.isRightToLeft() else box.left() + edge
                painter.drawPixmap(left, box.center().y() - side // 2, tick)
        painter.end()


class SearchField(QLineEdit):
    """A line to search with: a glass in front, a cross to clear it behind."""

    def __init__(self, looks: Looks, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        looks.changed.connect(self._make_room)
        self._make_room()

    def _make_room(self) -> None:
        # Qt's own actions in a line have icons of one size, however large the text is.
        room = self._looks.sizes["icon"] + self._looks.sizes["tiny"]
        right = self.isRightToLeft()
        self.setTextMargins(0 if right else room, 0, room if right else 0, 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the glass beside the words."""
        super().paintEvent(event)
        side, edge = self._looks.sizes["icon"], self._looks.sizes["small"]
        left = self.width() - side - edge if self.isRightToLeft() else edge
        colour = self._looks.theme.colour("soft")
        painter = QPainter(self)
        glass = assets.glyph("search", colour, side, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, glass)
        painter.end()
