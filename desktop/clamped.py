"""Plain text in a given number of lines; nothing in it is ever read as markup (promise P7)."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

NO_LIMIT = 10_000
"""Lines; more than any text that passed :mod:`desktop.text` can have."""
NARROWEST = 2
"""Pixels of the narrowest letter; what has no width at all is bounded by ``CLUSTER``."""
WIDEST = 400
"""Characters that are measured of a line: no window of ours is wider."""
CLUSTER = 60
"""Characters of a line that may have no width: joiners and marks."""


def draw_line(painter: QPainter, box: QRect, font: QFont, colour: QColor, text: str) -> None:
    """Draw one line of text in the middle of a box's height; what has no room ends with an ellipsis."""
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class ClampedText(QWidget):
    """Text that wraps, also inside long unbroken strings, and ends with an ellipsis after some lines.

    QLabel can neither limit its lines nor break a word. Font and colour come from the style sheet.
    """

    def __init__(
        self,
        text: str = "",
        *,
        name: str,
        lines: int = NO_LIMIT,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        centred: bool = False,
        rigid: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Show ``text``; ``name`` is its name in the style sheet, ``elide`` where the last line is cut.

        A ``rigid`` one is never narrower than its words: what stands beside it gives way.
        """
        super().__init__(parent)
        self._font_name, self._step = "", 0
        self._heights: dict[int, int] = {}
        self._hint: QSize | None = None
        self._elide, self._centred, self._rigid = elide, centred, rigid
        self.setObjectName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._lines = lines
        self._text = self._short = ""
        self._painted = False
        self.set_text(text)

    def text(self) -> str:
        """Return the whole text, also what is cut off."""
        return self._text

    def set_text(self, text: str, short: str = "") -> None:
        """Show another text, or ``short`` where there is no room for it."""
        self._text, self._short = text, short
        self.setAccessibleName(text)
        self._remeasure()

    def set_lines(self, lines: int) -> None:
        """Show at most so many lines."""
        if lines != self._lines:
            self._lines = lines
            self._remeasure()

    def painted_text(self) -> str:
        """Return the text if it was really drawn, else an empty string."""
        return self._text if self._painted else ""

    def drawn(self, width: int) -> list[str]:
        """Return the lines as they are drawn at a width in logical pixels, the last one elided if need be."""
        self._name_font()
        text = self._short if self._short and self._is_cut(width) else self._text
        return drawn_lines(text, self._font_name, width, self._lines, self._elide)

    def is_cut(self, width: int) -> bool:
        """Say whether something doesn't fit at a width."""
        self._name_font()
        return self._is_cut(width)

    def _is_cut(self, width: int) -> bool:
        return len(drawn_lines(self._text, self._font_name, width, self._lines + 1)) > self._lines

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines that will be drawn."""
        self._name_font()
        if width not in self._heights:
            self._heights[width] = max(1, len(self.drawn(width))) * self._step
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Return the size on as few lines as there are line breaks."""
        self._name_font()
        if self._hint is None:
            broken = self._text.split("\n")[: self._lines]
            width = max((_wide(line[:WIDEST], self._font_name) for line in broken), default=0)
            self._hint = QSize(width + 1, len(broken) * self._step)
        return self._hint

    def minimumSizeHint(self) -> QSize:
        """Return a size to which every text can be squeezed, unless it is rigid."""
        hint = self.sizeHint()
        if self._rigid:
            return hint
        few = self.fontMetrics().averageCharWidth() * 4
        return QSize(min(few, hint.width()), self._step)

    def changeEvent(self, event: QEvent) -> None:
        """Forget what was measured in other letters."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._font_name = ""
            self._forget()

    def _name_font(self) -> None:
        # A layout asks a hundred times before a card stands; naming the font alone took a third of that.
        if not self._font_name:
            self._font_name = self.font().toString()
            self._step = self.fontMetrics().lineSpacing()

    def _forget(self) -> None:
        self._heights.clear()
        self._hint = None

    def _remeasure(self) -> None:
        self._forget()
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines, step = self.drawn(self.width()), self._step
        top = (self.height() - step) // 2 if self._lines == 1 else 0
        for number, line in enumerate(lines):
            layout = _layout(line, self.font(), centred=self._centred)
            layout.beginLayout()
            row = layout.createLine()
            row.setLineWidth(self.width())
            layout.endLayout()
            layout.draw(painter, QPointF(self._overhang(line, row), top + number * step))
        painter.end()
        self._painted = True

    def _overhang(self, line: str, row: QTextLine) -> float:
        """Return by how much a line is moved in: the tail of a J reaches beyond its left end, and was cut."""
        if not "!" <= line[:1] <= "\uffff" or row.naturalTextRect().x() > 0:
            return 0.0
        room = max(0.0, self.width() - row.naturalTextWidth())
        return min(room, max(0.0, -self.fontMetrics().leftBearing(line[0])))


def drawn_lines(
    text: str, font_name: str, width: int, limit: int, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> list[str]:
    """Return ``text`` broken into at most ``limit`` lines of ``width`` pixels, the last one elided.

    ``font_name`` is what QFont calls itself: ``QFont.toString``.
    """
    if not text or width <= 0:
        return []
    most = (limit + 1) * (width // NARROWEST + CLUSTER)
    if elide is Qt.TextElideMode.ElideRight and len(text) > most:
        # Laying out thousands of emoji to show three lines of them takes seconds.
        text = text[:most] + "…"
    return list(_broken(text, font_name, width, limit, elide))


@lru_cache(maxsize=256)
def _broken(text: str, font_name: str, width: int, limit: int, elide: Qt.TextElideMode) -> tuple[str, ...]:
    font = QFont()
    font.fromString(font_name)
    # The one separator that QTextLayout breaks at; its positions stay those of the text.
    layout = _layout(text.replace("\n", "\u2028"), font)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) <= limit:
        row = layout.createLine()
        if not row.isValid():
            break
        row.setLineWidth(width)
        starts.append(_index(text, row.textStart()))
    layout.endLayout()
    lines = [text[a:b].rstrip("\n") for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    if len(lines) <= limit:
        return tuple(lines)
    rest = " ".join(text[starts[limit - 1] :].split())
    cut = QFontMetrics(font).elidedText(rest, elide, width)
    return (
        *lines[: limit - 1],
        cut if "…" in (cut[:1], cut[-1:]) else _with_ellipsis(lines[limit - 1], font, width),
    )


@lru_cache(maxsize=256)
def _wide(line: str, font_name: str) -> int:
    """Return the pixels that a line takes: its last letter may reach beyond what it moves the pen by."""
    font = QFont()
    font.fromString(font_name)
    layout = _layout(line, font)
    layout.beginLayout()
    row = layout.createLine()
    if row.isValid():
        row.setLineWidth(WIDEST * WIDEST)
    layout.endLayout()
    return ceil(layout.maximumWidth())


def _with_ellipsis(line: str, font: QFont, width: int) -> str:
    return QFontMetrics(font).elidedText(line.rstrip() + "…" * 2, Qt.TextElideMode.ElideRight, width)


def _index(text: str, units: int) -> int:
    # Qt counts UTF-16 units; Python counts characters.
    if text.isascii():
        return units
    return len(text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore"))


def _layout(text: str, font: QFont, *, centred: bool = False) -> QTextLayout:
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    return layout


class FullText(QPlainTextEdit):
    """A whole text, selectable by mouse and keyboard, as high as it needs to be."""

    def __init__(self, text: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.setPlainText(text)
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the new width asks for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # A plain text document counts its height in lines.
        lines = max(1, self.document().size().toSize().height())
        wanted = lines * self.fontMetrics().lineSpacing()
        if self.height() != wanted:
            self.setFixedHeight(wanted)
