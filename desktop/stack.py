"""Which toasts are on the screen, and where: three at most, the rest behind a "+N more" chip."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from desktop import rules
from desktop.chip import Chip
from desktop.entry import Entry
from desktop.theme import Looks
from desktop.toast import Shape, Toast
from relay.protocol import Priority

WAITING = 30
"""Toasts that wait for a place; what comes on top is only counted, and is in the inbox anyway."""
STALE_SECONDS = 60.0
"""A toast that waited longer than this is no news any more; it stays in the inbox."""
SHARE = 0.4
"""No toast takes more than this share of the screen's height."""
TICK_MILLISECONDS = 15_000
"""How often ages are brought up to date while a toast is visible."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An entry that has no place on the screen yet, or lost it to an urgent one."""

    entry: Entry
    seconds: float | None
    """How long it is to stay; None: until it is handled."""
    since: float
    """Monotonic seconds."""
    claimed: bool = False
    """It was on the screen already: the inbox knows."""
    number: int
    """Its place in the order of arrival: the newest stands nearest the corner."""

    def is_stale(self, now: float) -> bool:
        """Say whether it has waited too long; what is urgent or was half read never has."""
        urgent = self.entry.priority is Priority.URGENT
        return not urgent and not self.claimed and now - self.since > STALE_SECONDS


def place(
    area: QRect, heights: Sequence[int], width: int, *, margin: int, gap: int, top: bool = False
) -> list[QRect]:
    """Return the rectangles of cards, the first nearest the corner, right-aligned in ``area``."""
    places = []
    edge = area.top() + margin if top else area.bottom() + 1 - margin
    left = area.right() + 1 - margin - width
    for height in heights:
        places.append(QRect(left, edge if top else edge - height, width, height))
        edge += (height + gap) if top else -(height + gap)
    return places


def squeeze(shapes: Sequence[Sequence[int]], room: int) -> list[int] | None:
    """Return which of its heights each card takes so that all together fit in ``room`` pixels.

    Heights are listed from the highest down. Who stands first in ``shapes`` gives way first, and no more
    than is needed. None: they don't fit, however small.
    """
    chosen = [0] * len(shapes)
    over = sum(heights[0] for heights in shapes) - room
    for card, heights in enumerate(shapes):
        while over > 0 and chosen[card] + 1 < len(heights):
            chosen[card] += 1
            over -= heights[chosen[card] - 1] - heights[chosen[card]]
    return None if over > 0 else chosen


class Stack(QObject):
    """The toasts of this desktop.

    Signals:
        painted(Toast): a toast's first picture was handed to the screen.
        copied(str), link_opened(str, str), opened(str), pressed(str, str), dismissed(str), expired(str): as
            of the toast.
        more_asked(): the chip was pressed.
    """

    painted = Signal(object)
    copied = Signal(str)
    link_opened = Signal(str, str)
    opened = Signal(str)
    pressed = Signal(str, str)
    dismissed = Signal(str)
    expired = Signal(str)
    more_asked = Signal()

    def __init__(
        self,
        looks: Looks,
        claim: Callable[[str], bool],
        *,
        composited: bool = True,
        top: bool = False,
        extra_margin: int = 0,
        area: Callable[[], QRect] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty stack.

        ``claim`` is asked with an entry's id right before it is shown; False means it was shown before.
        ``area`` returns the free work area; the primary screen's without it.
        """
        super().__init__()
        self._looks, self._claim, self._composited, self._top = looks, claim, composited, top
        self._extra, self._area, self._clock = extra_margin, area or self._primary_area, clock
        self._visible: list[Toast] = []
        self._waiting: list[Waiting] = []
        self._overflow = 0
        self._arrived = 0
        self._numbers: dict[Toast, int] = {}
        self.agent = ""
        """Whose desktop this is: what is claimed by this agent is shown as "You have it"."""
        self._chip = Chip(looks, composited=composited)
        self._chip.clicked.connect(self._open_more)
        self._tick = QTimer(self, interval=TICK_MILLISECONDS)
        self._tick.timeout.connect(self._bring_up_to_date)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.arrange)
        self._watch_screens()

    # What is on it

    def add(self, entry: Entry, seconds: float | None) -> None:
        """Show an entry for ``seconds`` (None: until it is handled) as soon as there is a place."""
        self._arrived += 1
        waiting = Waiting(entry=entry, seconds=seconds, since=self._clock(), number=self._arrived)
        self._waiting.append(waiting)
        if len(self._waiting) > WAITING:
            self._drop_one()
        self._soon.start()

    def withdraw(self, entry_id: str) -> None:
        """Take an entry off the screen and out of the queue."""
        self._waiting = [waiting for waiting in self._waiting if waiting.entry.id != entry_id]
        for toast in [toast for toast in self._visible if toast.entry.id == entry_id]:
            self._remove(toast)
        self._soon.start()

    def toast(self, entry_id: str) -> Toast | None:
        """Return the visible toast of an entry, None if there is none."""
        return next((toast for toast in self._visible if toast.entry.id == entry_id), None)

    def has(self, entry_id: str) -> bool:
        """Say whether an entry is on the screen or waits for a place."""
        return self.toast(entry_id) is not None or any(w.entry.id == entry_id for w in self._waiting)

    def wait_on(self, entry: Entry) -> bool:
        """Put an entry as it is now in the place where it waits; False if it doesn't wait."""
        found = [place for place, waiting in enumerate(self._waiting) if waiting.entry.id == entry.id]
        for place in found:
            self._waiting[place] = replace(self._waiting[place], entry=entry)
        return bool(found)

    def revise(self, entry: Entry, seconds: float | None) -> None:
        """Show an entry's new words where its toast is, for ``seconds`` from now on."""
        old = self.toast(entry.id)
        if old is not None:
            number = self._numbers[old]
            self._remove(old)
            waiting = Waiting(entry=entry, seconds=seconds, since=self._clock(), number=number)
            self._put(self._make(waiting), number)

    def part(self, entry_id: str, words: str) -> None:
        """Let the toast of an entry say a last word and leave; one that only waits leaves at once."""
        toast = self.toast(entry_id)
        if toast is None:
            self.withdraw(entry_id)
        elif not toast.is_leaving:
            toast.leave(words)

    def clear(self) -> None:
        """Take everything off the screen."""
        self._waiting.clear()
        self._overflow = 0
        for toast in list(self._visible):
            self._remove(toast)
        self._chip.hide()
        self._tick.stop()

    def toasts(self) -> list[Toast]:
        """Return the visible toasts, the newest first."""
        return list(reversed(self._visible))

    def more(self) -> int:
        """Return the number on the chip."""
        return len(self._waiting) + self._overflow

    def _drop_one(self) -> None:
        plain = [w for w in self._waiting if w.entry.priority is not Priority.URGENT]
        self._waiting.remove((plain or self._waiting)[0])
        self._overflow += 1

    def _remove(self, toast: Toast) -> None:
        self._visible.remove(toast)
        del self._numbers[toast]
        toast.hide()
        toast.deleteLater()

    # Who gets a place

    def arrange(self) -> None:
        """Fill free places, urgent first, and put every window where it belongs."""
        now = self._clock()
        stale = [waiting for waiting in self._waiting if waiting.is_stale(now)]
        self._overflow += len(stale)
        self._waiting = [waiting for waiting in self._waiting if waiting not in stale]
        while self._waiting and self._show_next():
            pass
        if not self._visible and not self._waiting:
            self._overflow = 0
        self._move()

    def _show_next(self) -> bool:
        first = rules.arrange([waiting.entry for waiting in self._waiting], slots=1).visible[0]
        chosen = next(waiting for waiting in self._waiting if waiting.entry is first)
        toast = self._make(chosen)
        if not self._make_room(toast):
            toast.deleteLater()
            return False
        self._waiting.remove(chosen)
        if chosen.claimed or self._claim(chosen.entry.id):
            self._put(toast, chosen.number)
        else:
            toast.deleteLater()
        return True

    def _put(self, toast: Toast, number: int) -> None:
        self._numbers[toast] = number
        self._visible = sorted([*self._visible, toast], key=self._numbers.__getitem__)
        self._move()
        toast.hold()
        toast.show()
        toast.start()

    def _make(self, waiting: Waiting) -> Toast:
        toast = Toast(
            self._looks,
            waiting.entry,
            seconds=waiting.seconds,
            agent=self.agent,
            composited=self._composited,
        )
        toast.painted.connect(lambda _id: self.painted.emit(toast))
        toast.copied.connect(self.copied)
        toast.link_opened.connect(self.link_opened)
        toast.opened.connect(self.opened)
        toast.pressed.connect(self.pressed)
        toast.dismissed.connect(self.dismissed)
        toast.dismissed.connect(self.withdraw)
        toast.expired.connect(self.expired)
        toast.expired.connect(self.withdraw)
        toast.hovered.connect(lambda inside: self._pause_others(toast, inside))
        toast.resized.connect(self._move)
        return toast

    def _make_room(self, toast: Toast) -> bool:
        """Free a place for ``toast`` if it may have one; say whether it has one now."""
        while not self._has_room(toast):
            leaving = next((t for t in self._visible if t.is_leaving), None)
            if leaving is not None:  # news goes before a last word
                self._remove(leaving)
                continue
            victims = [t for t in self._visible if t.entry.priority is not Priority.URGENT]
            if toast.entry.priority is not Priority.URGENT or not victims:
                return not self._visible
            victim = victims[0]
            again = Waiting(
                entry=victim.entry,
                seconds=victim.remaining(),
                since=self._clock(),
                claimed=True,
                number=self._numbers[victim],
            )
            self._remove(victim)
            self._waiting.append(again)
        return True

    def _has_room(self, toast: Toast) -> bool:
        toasts = [*self._visible, toast]
        return len(toasts) == 1 or (len(toasts) <= rules.SLOTS and self._fitting(toasts) is not None)

    def _fitting(self, toasts: Sequence[Toast]) -> dict[Toast, Shape] | None:
        """Return a shape for each of ``toasts``, in order of arrival, with which all have room.

        The oldest are made smaller first, and last of all the one that somebody reads.
        """
        sizes = self._looks.sizes
        free = self._area().height() - 2 * sizes["gap"] - self._chip.height() - sizes["small"] * len(toasts)
        most = self._most()
        shapes = {toast: toast.shapes(most) for toast in sorted(toasts, key=Toast.is_read)}
        least = sum(those[-1].height for those in shapes.values())
        for toast in filter(Toast.is_unfolded, toasts):
            # It would take all it may have: what the others leave is enough, it can be scrolled.
            shapes[toast] = toast.shapes(min(most, free - least + shapes[toast][-1].height))
        chosen = squeeze([[shape.height for shape in those] for those in shapes.values()], free)
        if chosen is None:
            return None
        return {toast: shapes[toast][one] for toast, one in zip(shapes, chosen, strict=True)}

    def _most(self) -> int:
        return round(self._area().height() * SHARE)

    def _pause_others(self, toast: Toast, inside: bool) -> None:
        for other in self._visible:
            if other is not toast:
                other.pause() if inside else other.resume()

    # Where they are

    def _places(self) -> list[QRect]:
        sizes = self._looks.sizes
        heights = [toast.height() - 2 * toast.shadow for toast in reversed(self._visible)]
        heights.append(self._chip.card_height())
        width = sizes["toast"]
        return place(self._area(), heights, width, margin=sizes["gap"], gap=sizes["small"], top=self._top)

    def _move(self) -> None:
        most = self._most()
        fitting = self._fitting(self._visible) or {t: t.shapes(most)[-1] for t in self._visible}
        before = {toast: toast.geometry() for toast in self._visible}
        for toast, shape in fitting.items():
            toast.take(shape)
        places = self._places()
        for toast, spot in zip(reversed(self._visible), places, strict=False):
            toast.move(spot.topLeft() - QPoint(toast.shadow, toast.shadow))
            if toast.geometry() != before[toast]:
                toast.hold()
        self._show_chip(places[-1])
        if self._visible and not self._tick.isActive():
            self._tick.start()
        elif not self._visible:
            self._tick.stop()

    def _show_chip(self, spot: QRect) -> None:
        if not self.more() or not self._visible:
            self._chip.hide()
            return
        self._chip.say(self.more())
        self._chip.stand(spot)

    def _open_more(self) -> None:
        self._waiting.clear()
        self._overflow = 0
        self._chip.hide()
        self.more_asked.emit()

    def _bring_up_to_date(self) -> None:
        for toast in self._visible:
            toast.tick()
        self.arrange()

    # Screens

    def _primary_area(self) -> QRect:
        area = QGuiApplication.primaryScreen().availableGeometry()
        return area.adjusted(0, self._extra if self._top else 0, 0, 0 if self._top else -self._extra)

    def _watch_screens(self) -> None:
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - a QObject of the GUI cannot exist without
        app.primaryScreenChanged.connect(lambda _screen: self._screens_changed())
        app.screenAdded.connect(self._watch_screen)
        app.screenRemoved.connect(lambda _screen: self._screens_changed())
        for screen in app.screens():
            self._watch_screen(screen)

    def _watch_screen(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._screens_changed)
        screen.logicalDotsPerInchChanged.connect(self._screens_changed)
        self._screens_changed()

    def _screens_changed(self) -> None:
        for toast in self._visible:
            toast.remeasure()
        self._soon.start()
