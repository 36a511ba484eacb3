"""The small parts that windows share: icons in the theme's colours, buttons, and coming to the front."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QEnterEvent, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop import assets
from desktop.clamped import ClampedText
from desktop.i18n import tr
from desktop.text import MAX_LABEL, LinkTarget, clean_line
from desktop.theme import Looks

_QT_GAP = 4
"""Pixels that Qt leaves between a button's picture and its words, however large the text is."""


def plain(label: str) -> str:
    """Return a button's text with ``&`` doubled: a single one would vanish and become a shortcut."""
    return label.replace("&", "&&")


def allow(control: QWidget, allowed: bool, why_not: str) -> None:
    """Let a control be used, or say why it can't be: to whoever points at it or hears it."""
    control.setEnabled(allowed)
    reason = "" if allowed else why_not
    control.setAccessibleDescription(reason)
    # Qt takes a tooltip that looks like markup for markup.
    control.setToolTip(reason.replace("<", "("))


def bring_forward(window: QWidget) -> None:
    """Show a window in front of all others, because somebody asked for it; also one that was minimised."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


class Icon(QWidget):
    """A glyph in the colour of a role, sharp on every screen and in every theme."""

    def __init__(
        self,
        looks: Looks,
        glyph: str,
        role: str,
        *,
        size: str = "icon",
        text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """``text`` is the size of the words beside it: it stands in the middle of their first line."""
        super().__init__(parent)
        self._looks, self._glyph, self._role = looks, glyph, role
        side = looks.sizes[size]
        self.setFixedSize(side, max(side, looks.line(text)) if text else side)
        looks.changed.connect(self.update)

    def show_glyph(self, glyph: str, role: str) -> None:
        """Show another glyph, in the colour of another role."""
        self._glyph, self._role = glyph, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the glyph."""
        colour = self._looks.theme.colour(self._role)
        painter = QPainter(self)
        glyph = assets.glyph(self._glyph, colour, self.width(), self.devicePixelRatioF())
        painter.drawPixmap(0, (self.height() - self.width()) // 2, glyph)
        painter.end()


class Picture(QWidget):
    """The logo, sharp on every screen."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        assets.logo().paint(painter, self.rect())
        painter.end()


class GlyphButton(QToolButton):
    """A button that is only a glyph, with words for screen reader and tooltip."""

    def __init__(
        self, looks: Looks, glyph: str, words: str, *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._looks, self._glyph = looks, glyph
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(words)
        side = looks.sizes["touch"]
        self.setFixedSize(side, side)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the style sheet's box and the glyph in its middle."""
        super().paintEvent(event)
        side = self._looks.sizes["icon"]
        colour = self._looks.theme.colour("text" if self.underMouse() else "soft")
        painter = QPainter(self)
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter.drawPixmap(left, top, assets.glyph(self._glyph, colour, side, self.devicePixelRatioF()))
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()


class LinkButton(QPushButton):
    """Opens an address: its words, and below them the host, so that nobody is led astray."""

    def __init__(
        self, looks: Looks, label: str, target: LinkTarget, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.target = target
        words = clean_line(label, MAX_LABEL) or tr("Open")
        self.setObjectName("link")
        self.setAccessibleName(tr("{words}, opens {host} in the browser", words=words, host=target.host))
        self.setToolTip(plain(target.host))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.label = ClampedText(words, name="link_label", lines=1, parent=self)
        # The right end says whose host it is: that end stays.
        self.host = ClampedText(
            target.host, name="link_host", lines=1, elide=Qt.TextElideMode.ElideLeft, parent=self
        )
        self._build(looks)

    def _build(self, looks: Looks) -> None:
        sizes = looks.sizes
        icon = Icon(looks, "open", "accent", size="small_icon", parent=self)
        row = QHBoxLayout()
        row.setSpacing(sizes["tiny"])
        row.addWidget(self.label, 1)
        row.addWidget(icon)
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["gap"], sizes["tiny"], sizes["small"], sizes["tiny"])
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.host)
        for part in (self.label, self.host, icon):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """Return the room that both lines need."""
        own = self.layout()
        return own.sizeHint() if own is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return a narrow size: both lines can be elided."""
        return QSize(self.sizeHint().height() * 2, self.sizeHint().height())


def set_glyph(button: QPushButton, looks: Looks, glyph: str, role: str) -> None:
    """Put a glyph in front of a button's text."""
    size = looks.sizes["icon"]
    drawn = assets.glyph(glyph, looks.theme.colour(role), size, button.devicePixelRatioF())
    gap = max(0, looks.sizes["tiny"] - _QT_GAP)
    button.setIcon(QIcon(_with_gap(drawn, gap, before=button.isRightToLeft()) if gap else drawn))
    button.setIconSize(QSize(size + gap, size))


def _with_gap(drawn: QPixmap, gap: int, *, before: bool) -> QPixmap:
    """Return a glyph with nothing beside it, ``gap`` logical pixels wide, after or before it."""
    ratio = drawn.devicePixelRatio()
    wide = QPixmap(drawn.width() + round(gap * ratio), drawn.height())
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(gap if before else 0, 0, drawn)
    painter.end()
    return wide
