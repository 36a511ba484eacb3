"""Which toasts are on the screen, and where: three at most, the rest behind a "+N more" chip."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import count

from PySide6.QtCore import QObject, QRect, QTimer, Signal

from desktop import rules
from desktop.ahead import Ahead
from desktop.bundle import Bundle
from desktop.chip import Chip
from desktop.clipboard import Clipboard
from desktop.entry import Entry
from desktop.fitting import is_full, victim
from desktop.gate import Privacy
from desktop.gathered import Gathered, Offer
from desktop.ground import Ground
from desktop.groups import joined
from desktop.placement import Corner
from desktop.remarks import Remarks
from desktop.text import is_own
from desktop.theme import Looks
from desktop.ticker import Ticker
from desktop.toast import Toast
from desktop.waiting import Queue, Waiting
from desktop.workarea import WorkArea

_PASSED_ON = ["copied", "link_opened", "opened", "pressed", "acted", "snoozed", "dismissed", "expired"]


class Stack(QObject):
    """The toasts of this desktop.

    Signals:
        painted(Toast): a toast's first picture was handed to the screen.
        copied(str), link_opened(str, str), opened(str), pressed(str, str), acted(str, str),
            snoozed(str, Snooze), dismissed(str), expired(str): as of the toast.
        offered(Gathered, Offer): a card that stands for several, and what is to be done about all.
        unplaced(list[str]): these have waited in vain for a place; they were never on the screen.
        more_asked(): the chip was pressed.
    """

    painted = Signal(object)
    copied = Signal(str)
    link_opened = Signal(str, str)
    opened = Signal(str)
    pressed = Signal(str, str)
    acted = Signal(str, str)
    snoozed = Signal(str, object)
    dismissed = Signal(str)
    expired = Signal(str)
    offered = Signal(object, object)
    unplaced = Signal(list)
    more_asked = Signal()

    def __init__(
        self,
        looks: Looks,
        claim: Callable[[str], bool],
        *,
        claim_many: Callable[[Sequence[str]], object] | None = None,
        composited: bool = True,
        top: bool = False,
        extra_margin: int = 0,
        area: Callable[[], QRect] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty stack.

        ``claim`` is asked with an entry's id right before it is shown; False means it was shown before.
        ``claim_many`` is told the ids that are shown as one card; without it nothing is grouped.
        ``area`` returns the free work area; without it it is read from the screens.
        """
        super().__init__()
        self._looks, self._claim, self._composited, self._clock = looks, claim, composited, clock
        self.screens = WorkArea(extra_margin=extra_margin)
        """Where the screens are; its ``wish`` may be changed at any time."""
        self.ground = Ground(looks, self.screens, area, Corner.TOP_RIGHT if top else Corner.BOTTOM_RIGHT)
        """Where toasts stand; :meth:`arrange` after a change."""
        self._visible: list[Toast] = []
        self._queue, self._arrived = Queue(), count(1)
        self._ahead = Ahead(self._make)
        self._bundle = Bundle(self, self, claim_many, clock) if claim_many is not None else None
        self._remarks = Remarks()
        self._numbers: dict[Toast, int] = {}
        self.agent = ""
        """Whose desktop this is: what is claimed by this agent is shown as "You have it"."""
        self.languages: Sequence[str] = ()
        """Scripts in the first of these are offered first; the system's if empty."""
        self.clipboard = Clipboard()
        """Where scripts are copied to."""
        self.stay_factor: float | None = 1.0
        """Toasts stay so many times as long; None: until they are closed, also what the agent has claimed."""
        self.motion = True
        """Whether toasts may fade in."""
        self.dress: Callable[[Entry], Entry] = lambda entry: entry
        """Asked for the card of an entry before it is shown: the relay's word of a storm has more on it."""
        self._chip = Chip(looks, composited=composited)
        self._chip.clicked.connect(self.open_more)
        self._ticker = Ticker(self, clock)
        self._ticker.ticked.connect(self._bring_up_to_date)
        self._ticker.woken.connect(self._screens_changed)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._advance)
        self.screens.changed.connect(self._screens_changed)
        looks.changed.connect(self._screens_changed)

    # What is on it

    def add(
        self,
        entry: Entry,
        seconds: float | None,
        privacy: Privacy = Privacy.FULL,
        *,
        still: bool = False,
    ) -> None:
        """Show an entry for ``seconds`` (None: until it is handled) as soon as there is a place.

        No more of it is drawn than ``privacy`` allows; a ``still`` one appears without any movement.
        """
        if self._bundle is not None and self._bundle.takes(entry, privacy):
            return
        entry = self.dress(entry)
        if self._bundle is not None and isinstance(entry, Gathered):
            self._bundle.yield_to(entry)
        self._enqueue(Waiting(entry=entry, seconds=seconds, number=0, privacy=privacy, still=still))

    def _enqueue(self, waiting: Waiting) -> None:
        self._let_go(self._queue.add(replace(waiting, number=next(self._arrived)), self._clock()))
        self._soon.start()

    def withdraw(self, entry_id: str) -> None:
        """Take an entry off the screen and out of the queue."""
        if self._bundle is not None:
            self._bundle.drop(entry_id)
        self._queue.withdraw([entry_id])
        self._remarks.drop(entry_id)
        for toast in [toast for toast in self._visible if toast.entry.id == entry_id]:
            self._remove(toast)
        self._soon.start()

    def toast(self, entry_id: str) -> Toast | None:
        """Return the visible toast of an entry, None if there is none."""
        return next((toast for toast in self._visible if toast.entry.id == entry_id), None)

    def has(self, entry_id: str) -> bool:
        """Say whether an entry is on the screen, by itself or with others, or waits for a place."""
        alone = self.toast(entry_id) is not None or self._queue.find(entry_id) is not None
        return alone or (self._bundle is not None and self._bundle.has(entry_id))

    def wait_on(self, entry: Entry) -> bool:
        """Put an entry as it is now in the place where it waits; False if it doesn't wait."""
        dressed = self._remarks.on(self.dress(entry))
        return self._queue.update(dressed) or (self._bundle is not None and self._bundle.update(entry))

    def say(self, card: Gathered, words: str, offers: tuple[Offer, ...], *, waits: bool = False) -> None:
        """Let a card say what came of an offer, and offer something else; one that is gone says nothing."""
        toast, waiting = self.toast(card.id), self._queue.find(card.id)
        if toast is None and waiting is None:
            return
        self._remarks.make(card.id, words, offers, waits=waits)
        if waiting is not None:
            self._queue.update(self._remarks.on(waiting))
        elif toast is not None and not toast.is_leaving:
            toast.revise(self._remarks.on(toast.entry), self.stay(card))
            toast.stay()

    def revise(self, entry: Entry, seconds: float | None) -> None:
        """Show what an entry is by now in its toast's own window, for at least ``seconds`` more."""
        if (toast := self.toast(entry.id)) is not None:
            before = toast.title.text()
            toast.revise(self._remarks.on(self.dress(entry)), seconds)
            if toast.title.text() != before:
                toast.speak()

    def veil(self, privacy: Privacy) -> None:
        """Draw no more of what is and will be on the screen than this, or all of it again."""
        self._queue.veil(privacy)
        for toast in [each for each in self._visible if each.privacy is not privacy and not each.is_leaving]:
            self._replace(toast, toast.entry, toast.remaining(), privacy)

    def part(self, entry_id: str, words: str, *, ticked: bool = True) -> None:
        """Let a toast say a last word, ticked or not, and leave; one that only waits leaves at once."""
        toast = self.toast(entry_id)
        if toast is None:
            self.withdraw(entry_id)
        elif not toast.is_leaving:
            toast.leave(words, ticked=ticked)

    def clear(self) -> None:
        """Take everything off the screen."""
        self._queue.clear()
        self._ahead.drop()
        if self._bundle is not None:
            self._bundle.clear()
        self._remarks = Remarks()
        for toast in list(self._visible):
            self._remove(toast)
        self._move()

    def stay(self, entry: Entry) -> float | None:
        """Return for how many seconds the agent wants to see an entry, None until it is handled."""
        return rules.stay(entry, self.stay_factor)

    def toasts(self) -> list[Toast]:
        """Return the visible toasts, the newest first."""
        return list(reversed(self._visible))

    def more(self) -> int:
        """Return the number on the chip."""
        return self._queue.more

    def _remove(self, toast: Toast) -> None:
        self._visible.remove(toast)
        del self._numbers[toast]
        busy = toast.is_busy()
        toast.hide()
        toast.deleteLater()
        if busy:
            self._pause_others(toast, inside=False)

    # Several as one

    def collect(self, keys: Collection[str]) -> dict[str, list[Entry]]:
        """Take what is on the screen, or waits, with one of these keys. What somebody is at stays."""
        found: dict[str, list[Entry]] = {key: [] for key in keys}
        for toast in [each for each in self._visible if not (each.is_read() or each.is_leaving)]:
            if (key := joined(toast.entry, found)) is not None:
                found[key].append(toast.entry)
                self._remove(toast)
        for entry in [waiting.entry for waiting in self._queue]:
            if (key := joined(entry, found)) is not None:
                found[key].append(entry)
        self._queue.withdraw({entry.id for entries in found.values() for entry in entries})
        return found

    def show_card(self, entry: Entry, privacy: Privacy) -> None:
        """Show a group's card, or its new words where it is; or an entry whose others are gone."""
        card, stay = self.toast(entry.id), self.stay(entry)
        if card is not None:
            card.revise(self._remarks.on(entry), stay)
        elif not self._queue.update(self._remarks.on(entry)):
            claimed = isinstance(entry, Gathered)
            self._enqueue(Waiting(entry=entry, seconds=stay, number=0, privacy=privacy, claimed=claimed))

    # Who gets a place

    def arrange(self) -> None:
        """Fill free places, the most pressing first, and put every window where it belongs."""
        while self._advance():
            pass
        self._soon.stop()

    def _advance(self) -> bool:
        """Go a step towards filling a place, the next on a later turn: all in one holds everything up."""
        self._let_go(self._queue.drop_stale(self._clock()))
        if self._show_next():
            self._soon.start()
            return True
        if not self._visible and not len(self._queue):
            self._queue.clear()
        self._move()
        return False

    def _show_next(self) -> bool:
        chosen = self._queue.next(self._ahead.waiting)
        if chosen is None or is_full(self._visible, self._numbers, chosen.entry.priority):
            self._ahead.drop()
            return False
        if not self._visible:
            self.ground.forget()
        toast = self._ahead.take(chosen)
        if toast is None:
            return True
        if not self._make_room(toast):
            toast.deleteLater()
            return False
        self._queue.remove(chosen)
        if chosen.claimed or self._claim(chosen.entry.id):
            self._put(toast, chosen.number, still=chosen.still)
            if not chosen.claimed or isinstance(chosen.entry, Gathered):  # else it was heard before
                toast.speak()
        else:
            toast.deleteLater()
        return True

    def _replace(self, old: Toast, entry: Entry, seconds: float | None, privacy: Privacy) -> None:
        number = self._numbers[old]
        self._remove(old)
        waiting = Waiting(entry=entry, seconds=seconds, number=number, privacy=privacy)
        self._put(self._make(waiting), number, still=True)

    def _put(self, toast: Toast, number: int, *, still: bool) -> None:
        self._numbers[toast] = number
        self._visible = sorted([*self._visible, toast], key=self._numbers.__getitem__)
        self._move(new_chip=False)
        toast.hold()
        if self.motion and not still:
            toast.appear()
        toast.show()
        toast.start()

    def _make(self, waiting: Waiting) -> Toast:
        toast = Toast(
            self._looks,
            waiting.entry,
            seconds=waiting.seconds,
            agent=self.agent,
            composited=self._composited,
            privacy=waiting.privacy,
            clipboard=self.clipboard,
            languages=self.languages,
        )
        toast.offered.connect(lambda _id, offer: self.offered.emit(toast.entry, offer))
        if is_own(waiting.entry) and isinstance(waiting.entry, Gathered):  # no inbox and no relay knows it
            toast.opened.connect(lambda _id: self.offered.emit(toast.entry, Offer.SHOW))
        else:
            self._pass_on(toast)
        self.ground.fitting([toast], 0)  # measured here, it needn't be when it is shown
        toast.dismissed.connect(self.withdraw)
        toast.expired.connect(self.withdraw)
        toast.hovered.connect(lambda inside: self._pause_others(toast, inside=inside))
        toast.resized.connect(self._move)
        return toast

    def _pass_on(self, toast: Toast) -> None:
        toast.painted.connect(lambda _id: self.painted.emit(toast))
        for name in _PASSED_ON:
            getattr(toast, name).connect(getattr(self, name))

    def _make_room(self, toast: Toast) -> bool:
        """Free a place for ``toast`` if it may have one; say whether it has one now."""
        while not self._has_room(toast):
            leaving = next((t for t in self._visible if t.is_leaving), None)
            if leaving is not None:  # news goes before a last word
                self._remove(leaving)
                continue
            gives_way = victim(self._visible, self._numbers, toast.entry.priority)
            if gives_way is None:
                return not self._visible
            self._put_back(gives_way)
        return True

    def _put_back(self, toast: Toast) -> None:
        left, number, privacy = toast.remaining(), self._numbers[toast], toast.privacy
        self._remove(toast)
        again = Waiting(entry=toast.entry, seconds=left, number=number, privacy=privacy, claimed=True)
        self._let_go(self._queue.add(again, self._clock()))

    def _has_room(self, toast: Toast) -> bool:
        toasts, chip = [*self._visible, toast], self._chip.height()
        fits = len(toasts) <= rules.SLOTS and self.ground.fitting(toasts, chip) is not None
        return len(toasts) == 1 or fits

    def _pause_others(self, toast: Toast, *, inside: bool) -> None:
        for other in self._visible:
            if other is not toast:
                other.pause() if inside else other.resume()

    # Where they are

    def _move(self, *, new_chip: bool = True) -> None:
        spot = self.ground.place(list(reversed(self._visible)), self._chip.height())
        if new_chip or self._chip.isVisible():  # its window, too, is for a turn of its own
            self._show_chip(QRect(*spot))
        self._ticker.run(bool(self._visible))

    def _show_chip(self, spot: QRect) -> None:
        if self.more() and self._visible:
            self._chip.say(self.more())
            self._chip.stand(spot)
        else:
            self._chip.hide()

    def open_more(self, *_: object) -> None:
        """Ask for the history: what waits is seen there."""
        self._let_go(self._queue.clear())
        self._chip.hide()
        self.more_asked.emit()

    def _let_go(self, gone: Sequence[Waiting]) -> None:
        """Tell of those who never had a place and get none any more."""
        ids = [waiting.entry.id for waiting in gone if not waiting.claimed]
        if ids:
            self.unplaced.emit(ids)

    def _bring_up_to_date(self) -> None:
        for toast in self._visible:
            toast.tick()
        self.arrange()

    def _screens_changed(self) -> None:
        self.ground.forget()
        self._ahead.drop()
        for toast in self._visible:
            toast.remeasure()
        self._soon.start()
