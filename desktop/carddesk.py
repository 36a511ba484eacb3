"""From toasts to the history, and what is done about all that a card stands for: paused, read, undone."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from desktop.entry import Entry
from desktop.gathered import NAMED, PAUSES, Gathered, Offer, storm
from desktop.historydesk import HistoryDesk
from desktop.i18n import clock_time, tr
from desktop.stack import Stack

if TYPE_CHECKING:
    from desktop.api import ApiFailed, RelayApi
    from desktop.caller import Caller

_Later = Callable[[Gathered], None]
_Answer = TypeVar("_Answer")


class CardDesk(QObject):
    """One per running app."""

    def __init__(
        self,
        stack: Stack,
        history: HistoryDesk,
        caller: "Callable[[], Caller | None]",
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``caller`` returns who asks the relay, None as long as that isn't loaded."""
        super().__init__()
        self._stack, self._history, self._caller, self._clock = stack, history, caller, clock
        self._undo: dict[str, _Later] = {}
        self._paused: dict[str, float] = {}
        stack.dress = self.dress
        stack.offered.connect(self.take)
        stack.more_asked.connect(history.show)

    def dress(self, entry: Entry) -> Entry:
        """Return the relay's word of a storm as a card with the newest titles; other entries as they are."""
        about = entry.about
        return entry if about is None else storm(entry, self._history.newest_titles(about, NAMED))

    def open(self, entry_id: str) -> None:
        """Show an entry in the history in the place of its toast."""
        self._stack.withdraw(entry_id)
        self._history.select(entry_id)

    def take(self, card: Gathered, offer: Offer) -> None:
        """Do what was pressed on a card."""
        if offer is Offer.SHOW:
            self._stack.withdraw(card.id)
            self._history.narrow(card.narrowing)
        elif offer is Offer.READ:
            self._read(card)
        elif offer is Offer.UNDO:
            undo = self._undo.get(card.id)
            if undo is not None:
                undo(card)
        elif (caller := self._caller()) is not None:
            self._pause(card, caller, self._clock() + PAUSES[offer])

    def _read(self, card: Gathered) -> None:
        ids = self._history.mark_many(card.members, read=True)
        words = tr("%n marked as read.", one="%n marked as read.", n=len(ids))
        self._stack.say(card, words, (Offer.SHOW, Offer.UNDO))
        self._undo[card.id] = lambda later: self._unread(later, card, ids)

    def _unread(self, later: Gathered, before: Gathered, ids: list[str]) -> None:
        self._history.mark_many(ids, read=False)
        self._undo.pop(later.id, None)
        self._stack.say(later, "", before.offers)

    def _pause(self, card: Gathered, caller: "Caller", until: float) -> None:
        from desktop.pausing import pause  # it imports the network, which the tray doesn't wait for

        agent, kind, offers = caller.agent, card.pausing, card.offers

        def done(partly: str) -> None:
            at = clock_time(datetime.fromtimestamp(until).astimezone())
            words = tr("Paused until {at}.", at=at)
            if partly:
                words = tr("{paused} What {who} has locked still comes.", paused=words, who=partly)
            self._paused[kind] = until
            self._undo[card.id] = lambda later: self._resume(later, caller, offers, until)
            self._stack.say(card, words, (Offer.SHOW, Offer.UNDO))

        self._ask(card, caller, lambda api: pause(api, agent, kind, until), done)

    def _resume(self, card: Gathered, caller: "Caller", offers: tuple[Offer, ...], until: float) -> None:
        from desktop.pausing import resume  # as above

        agent, kind = caller.agent, card.pausing

        def done(_: None) -> None:
            self._paused.pop(kind, None)
            self._undo.pop(card.id, None)
            self._stack.say(card, "", offers)

        self._ask(card, caller, lambda api: resume(api, agent, kind, until), done)

    def _ask(
        self,
        card: Gathered,
        caller: "Caller",
        call: "Callable[[RelayApi], _Answer]",
        done: Callable[[_Answer], None],
    ) -> None:
        """Let a card wait for the relay's answer, which is of no use when somebody else has signed in."""
        agent = caller.agent

        def take(answer: _Answer) -> None:
            if caller.agent == agent:
                done(answer)

        def fail(problem: "ApiFailed") -> None:
            if caller.agent == agent:
                self._stack.say(card, str(problem), (Offer.SHOW,) if problem.final else card.offers)

        self._stack.say(card, tr("Asking the relay…"), card.offers, waits=True)
        caller.ask(call, take, fail)

    def forget(self) -> None:
        """Forget what was paused, and can be undone: it was of somebody who has signed out."""
        self._undo.clear()
        self._paused.clear()

    def mutes(self, entry: Entry) -> bool:
        """Say whether an entry only counts what the agent has paused on a card."""
        about = entry.about
        return about is not None and self._paused.get(about.playbook, 0.0) > self._clock()
