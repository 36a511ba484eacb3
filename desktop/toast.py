"""One notification on the screen: it shows an entry and says what the agent wants, nothing more."""

import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.card import Card
from desktop.claimbar import ClaimBar
from desktop.clamped import ClampedText
from desktop.controls import GlyphButton, Icon, LinkButton
from desktop.entry import Entry
from desktop.panel import Panel
from desktop.scriptbox import ScriptBox
from desktop.standing import standing
from desktop.text import (
    MAX_BODY,
    MAX_TITLE,
    age,
    clean_block,
    clean_line,
    is_own,
    link_target,
    priority_word,
    sender,
    source_name,
    spoken,
)
from desktop.theme import Looks

MAX_LINKS = 2
LEAVE_SECONDS = 3.0
"""A toast stays at least this long after the pointer left it."""
GOODBYE_SECONDS = 2.0
"""How long the last word can be read: "Claimed by Mira"."""
WORK_SECONDS = 30.0
"""A toast of what the agent has claimed stays at least this long: the words to say are on it."""
HOLD_SECONDS = 0.4
"""Presses are ignored for this long after a toast moved: they were meant for something else."""

_LINES = ((2, 4, 3), (2, 4, 2), (2, 3, 2), (2, 2, 2), (2, 2, 1), (1, 1, 1))
"""Lines of title, body and script, the most generous first."""

_PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick}


class Shape(NamedTuple):
    """One of the forms that a card can take."""

    height: int
    """Pixels of the card, without its shadow."""
    lines: tuple[int, int, int]
    """At most so many of title, body and script."""
    extra: int
    """Pixels that an unfolded script may have on top of its lines."""


class Toast(Panel):
    """A card with title, body, script and links.

    Signals:
        painted(str): the entry's id, after the first picture was handed to the screen.
        copied(str): a script was copied.
        link_opened(str, str): id and address of the link that was pressed.
        opened(str): the card itself was pressed.
        pressed(str, str): id and which button of the :class:`desktop.claimbar.ClaimBar`.
        dismissed(str): the cross was pressed.
        expired(str): its time is over.
        hovered(bool): the pointer came or went.
        resized(): it needs another height.
    """

    painted = Signal(str)
    copied = Signal(str)
    link_opened = Signal(str, str)
    opened = Signal(str)
    pressed = Signal(str, str)
    dismissed = Signal(str)
    expired = Signal(str)
    hovered = Signal(bool)
    resized = Signal()

    def __init__(
        self,
        looks: Looks,
        entry: Entry,
        *,
        seconds: float | None,
        agent: str = "",
        composited: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Build the card of ``entry`` for ``agent``; it expires after ``seconds``, never if None.

        ``composited`` says whether the screen can draw a soft shadow and round corners.
        """
        super().__init__(composited=composited)
        self.entry, self._agent = entry, agent
        self._leaving = False
        self._looks, self._clock, self._wall = looks, clock, wall
        self._card = Card(looks, entry.priority, composited=composited)
        self._left, self._due, self._held_until = seconds, 0.0, 0.0
        self._painted = False
        self._shape: Shape | None = None
        self._shapes: dict[int, list[Shape]] = {}
        self.painted_at = 0.0
        """Unix time of the first picture; 0 before."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(lambda: self.expired.emit(entry.id))
        self._build()
        looks.changed.connect(self.update)

    def _build(self) -> None:
        self.setObjectName("toast")
        self.setAccessibleName(spoken(self.entry, self._wall()))
        sizes = self._looks.sizes
        column = QVBoxLayout(self)
        edge = self.shadow + sizes["hair"]
        left, right = edge + sizes["large"] + sizes["stripe"] // 2, edge + sizes["gap"]
        column.setContentsMargins(left, edge + sizes["small"], right, edge + sizes["gap"])
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addSpacing(sizes["hair"])
        column.addWidget(self._title())
        self.body = ClampedText(clean_block(self.entry.body, MAX_BODY), name="body", lines=4, parent=self)
        self.body.setVisible(bool(self.body.text()))
        if self.body.text():
            column.addSpacing(sizes["tiny"] // 2)
            column.addWidget(self.body)
        self.script = self._script(column)
        self.links = self._links(column)
        self.claims = self._claims(column)
        for button in self.findChildren(QWidget):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def shadow(self) -> int:
        """Pixels around the card that belong to the window but only hold its shadow."""
        return self._card.shadow

    def _header(self) -> QHBoxLayout:
        sizes, priority = self._looks.sizes, self.entry.priority
        row = QHBoxLayout()
        row.setSpacing(sizes["tiny"])
        self.priority = ClampedText(priority_word(priority), name=f"priority_{priority}", lines=1)
        self.source = ClampedText(sender(self.entry), name="source", lines=1)
        self.age = ClampedText(age(self.entry.at, self._wall()), name="age", lines=1)
        self.dismiss = GlyphButton(self._looks, "close", "Dismiss", name="dismiss")
        self.dismiss.clicked.connect(self._guarded(lambda: self.dismissed.emit(self.entry.id)))
        row.addWidget(Icon(self._looks, priority.value, priority.value))
        row.addWidget(self.priority)
        row.addSpacing(sizes["small"])
        if not is_own(self.entry):
            row.addWidget(Icon(self._looks, "verified", "done"))
        row.addWidget(self.source, 1)
        row.addWidget(self.age)
        row.addWidget(self.dismiss)
        return row

    def _title(self) -> ClampedText:
        text = clean_line(self.entry.title, MAX_TITLE) or source_name(self.entry)
        self.title = ClampedText(text, name="title", lines=2)
        return self.title

    def _script(self, column: QVBoxLayout) -> ScriptBox | None:
        if not self.entry.scripts:
            return None
        box = ScriptBox(self._looks, self.entry.scripts)
        box.copied.connect(lambda: self.copied.emit(self.entry.id))
        box.reshaped.connect(self._reshape)
        for button in box.buttons():
            button.installEventFilter(self)
        column.addSpacing(self._looks.sizes["small"])
        column.addWidget(box)
        return box

    def _links(self, column: QVBoxLayout) -> list[LinkButton]:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["small"])
        buttons: list[LinkButton] = []
        for link in self.entry.links:
            target = link_target(link.url)
            if target is None or len(buttons) == MAX_LINKS:
                continue
            button = LinkButton(self._looks, link.label, target)
            button.clicked.connect(self._guarded(partial(self.link_opened.emit, self.entry.id, target.url)))
            row.addWidget(button, 1)
            buttons.append(button)
        if buttons:
            column.addSpacing(self._looks.sizes["small"])
            column.addLayout(row)
        return buttons

    def _claims(self, column: QVBoxLayout) -> ClaimBar:
        bar = ClaimBar(self._looks, standing(self.entry, self._agent))
        bar.pressed.connect(lambda what: self._guarded(lambda: self.pressed.emit(self.entry.id, what))())
        bar.reshaped.connect(self._reshape)
        column.addWidget(bar)
        return bar

    # What becomes of it

    def turn(self, entry: Entry) -> None:
        """Show where the same words stand among people by now."""
        self.entry = entry
        if not self._leaving:
            self.claims.stand(standing(entry, self._agent))

    def stay(self, least: float = WORK_SECONDS) -> None:
        """Stay for at least so many seconds: the agent is at it."""
        if self._left is not None and not self._leaving:
            self._left = max(self.remaining() or 0.0, least)
            if self._timer.isActive():
                self.resume()

    def leave(self, words: str) -> None:
        """Say a last word, and leave soon; nothing can be pressed any more, and nobody can hold it."""
        self.claims.leave(words)
        self._leaving, self._left = True, GOODBYE_SECONDS
        self._timer.start(round(GOODBYE_SECONDS * 1000))

    @property
    def is_leaving(self) -> bool:
        """Say whether it has said its last word."""
        return self._leaving

    # Shape

    def fit(self, most: int) -> None:
        """Take the theme's width and the most generous shape of at most ``most`` pixels of card."""
        self.remeasure()
        self.take(self.shapes(most)[0])

    def shapes(self, most: int) -> list[Shape]:
        """Return the shapes of at most ``most`` pixels, the highest first; if there is none, the smallest."""
        if most not in self._shapes:
            self._shape = None
            self._shapes[most] = self._measure(most)
        return self._shapes[most]

    def take(self, shape: Shape) -> None:
        """Have this shape."""
        if shape == self._shape:
            return
        self._shape = shape
        self._set_lines(shape.lines, shape.extra)
        self.setFixedSize(self._width(), shape.height + 2 * self.shadow)
        self._card.cut(self)

    def remeasure(self) -> None:
        """Forget how high it would be: its texts or the screen's letters are others now."""
        self._shapes.clear()

    def is_read(self) -> bool:
        """Say whether somebody is at it: under the pointer, or with its script unfolded."""
        return self.underMouse() or self.is_unfolded()

    def is_unfolded(self) -> bool:
        """Say whether all of its script is asked for."""
        return self.script is not None and self.script.is_unfolded()

    def _width(self) -> int:
        return self._looks.sizes["toast"] + 2 * self.shadow

    def _measure(self, most: int) -> list[Shape]:
        self.ensurePolished()
        found: list[Shape] = []
        for lines in _LINES:
            height, extra = self._height(lines, 0), 0
            if self.is_unfolded() and height < most:
                extra = most - height
                height = self._height(lines, extra)
            if found and found[-1].height > most:
                found.clear()
            if not found or height < found[-1].height:
                found.append(Shape(height, lines, extra))
        return found

    def _height(self, lines: tuple[int, int, int], extra: int) -> int:
        self._set_lines(lines, extra)
        layout = self.layout()
        assert layout is not None  # noqa: S101 - _build made it
        layout.invalidate()
        return layout.heightForWidth(self._width()) - 2 * self.shadow

    def _set_lines(self, lines: tuple[int, int, int], extra: int) -> None:
        title, body, script = lines
        self.title.set_lines(title)
        self.body.set_lines(body)
        layout = self.layout()
        if self.script is not None and layout is not None:
            margins = layout.contentsMargins()
            self.script.fit(self._width() - margins.left() - margins.right(), script, extra)

    def _reshape(self) -> None:
        self.remeasure()
        self.resized.emit()

    # Time

    def start(self) -> None:
        """Let its time begin."""
        self.resume(0.0)

    def pause(self) -> None:
        """Stop its time: somebody is looking."""
        if self._leaving:
            return
        if self._timer.isActive() and self._left is not None:
            self._left = max(0.0, self._due - self._clock())
        self._timer.stop()

    def resume(self, least: float = LEAVE_SECONDS) -> None:
        """Let its time go on, for at least ``least`` seconds."""
        if self._left is not None and not self._leaving:
            self._left = max(self._left, least)
            self._due = self._clock() + self._left
            self._timer.start(round(self._left * 1000))

    def remaining(self) -> float | None:
        """Return the seconds it still has, None if it stays until it is handled."""
        if self._left is None or not self._timer.isActive():
            return self._left
        return max(0.0, self._due - self._clock())

    def tick(self) -> None:
        """Bring the age up to date."""
        self.age.set_text(age(self.entry.at, self._wall()))

    # Presses

    def hold(self) -> None:
        """Ignore presses for a moment: the card has just moved."""
        self._held_until = self._clock() + HOLD_SECONDS

    def is_held(self) -> bool:
        """Say whether presses are ignored."""
        return self._clock() < self._held_until

    def _guarded(self, action: Callable[[], object]) -> Callable[[], None]:
        def pressed() -> None:
            if not self.is_held():
                action()

        return pressed

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keep presses from the script's buttons while the card is held."""
        return isinstance(watched, QPushButton) and event.type() in _PRESSES and self.is_held()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the entry: the card itself was pressed."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and inside and not self.is_held():
            self.opened.emit(self.entry.id)

    def enterEvent(self, _event: QEnterEvent) -> None:
        """Stop the time under the pointer."""
        self.pause()
        self.hovered.emit(True)

    def leaveEvent(self, _event: QEvent) -> None:
        """Let the time go on."""
        self.resume()
        self.hovered.emit(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Have no time running when nobody can see it."""
        self._timer.stop()
        super().hideEvent(event)

    # Picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw shadow, card and the priority's stripe; the widgets on it draw themselves."""
        self._card.paint(self)
        if not self._painted:
            self._painted = True
            # The widgets on the card paint after it, and the picture goes out when this turn ends.
            QTimer.singleShot(0, self, self._report)

    def _report(self) -> None:
        self.painted_at = self._wall()
        self.painted.emit(self.entry.id)

    def painted_texts(self) -> dict[str, object]:
        """Return what was really drawn: title, body, script, and the labels and hosts of the links."""
        links = [{"label": b.label.painted_text(), "host": b.host.painted_text()} for b in self.links]
        return {
            "title": self.title.painted_text(),
            "body": self.body.painted_text(),
            "script": self.script.text.painted_text() if self.script is not None else "",
            "links": links,
        }
