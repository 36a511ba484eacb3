"""The picture below a toast's texts: shadow, card and the priority's stripe."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBitmap, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from desktop.theme import Looks
from relay.protocol import Priority


class Card:
    """Draws a card into its widget, which is larger by a shadow on each side if the screen can blend."""

    def __init__(self, looks: Looks, priority: Priority, *, composited: bool) -> None:
        """``composited`` says whether the screen can draw a soft shadow and round corners."""
        self._looks, self._priority, self._composited = looks, priority, composited

    @property
    def shadow(self) -> int:
        """Pixels around the card that belong to the window but only hold its shadow."""
        return self._looks.sizes["shadow"] if self._composited else 0

    @property
    def _corner(self) -> int:
        # A mask has hard edges: the smaller the corner, the less it shows.
        return self._looks.sizes["corner" if self._composited else "tiny"]

    def cut(self, widget: QWidget) -> None:
        """Give a window round corners, where the screen cannot blend."""
        if self._composited:
            return
        mask = QBitmap(widget.size())
        mask.clear()
        painter = QPainter(mask)
        painter.setBrush(Qt.GlobalColor.color1)
        painter.drawRoundedRect(widget.rect().adjusted(0, 0, -1, -1), self._corner, self._corner)
        painter.end()
        widget.setMask(mask)

    def paint(self, widget: QWidget) -> None:
        """Draw it; to be called while the widget is painted."""
        painter = QPainter(widget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        outside = QRectF(widget.rect())
        self._paint_shadow(painter, outside)
        self._paint_card(painter, outside)
        painter.end()

    def _paint_shadow(self, painter: QPainter, outside: QRectF) -> None:
        colour = self._looks.theme.colour("shadow")
        for step in range(self.shadow):
            strength = ((step + 1) / (self.shadow + 1)) ** 2
            colour.setAlphaF(0.045 * strength)
            painter.setBrush(colour)
            box = outside.adjusted(step, step + self.shadow / 5, -step, -step + self.shadow / 5)
            round_ = self._corner + self.shadow - step
            painter.drawRoundedRect(box, round_, round_)

    def _paint_card(self, painter: QPainter, outside: QRectF) -> None:
        theme, sizes = self._looks.theme, self._looks.sizes
        outer = outside.adjusted(self.shadow, self.shadow, -self.shadow, -self.shadow)
        hair, corner = sizes["hair"], self._corner
        if self._composited:
            painter.setBrush(theme.colour("line"))
            painter.drawRoundedRect(outer, corner, corner)
        else:
            painter.fillRect(outside, theme.colour("outline"))
        inner = outer.adjusted(hair, hair, -hair, -hair)
        card = QPainterPath()
        card.addRoundedRect(inner, corner - hair, corner - hair)
        painter.fillPath(card, theme.colour("card"))
        painter.setClipPath(card)
        stripe = QRectF(inner.left(), inner.top(), sizes["stripe"], inner.height())
        painter.fillRect(stripe, theme.priority(self._priority))
