"""What this desktop has asked the relay and what a person did: kept until the relay has it. Pure.

A request (claim, release, done, pass, act) is said once more on every new link, under its own number,
until its result comes or its time is over. A receipt has no answer; it is kept until a pong proves
that it has arrived, because TCP keeps order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.i18n import mark, tr
from relay.protocol import Act, Claim, Done, Pass, Receipt, Release, Request, Result

ANSWER_SECONDS = 15.0
"""How long an agent waits for an answer at most; by then a lost link has been found or given up."""

MOST_WAITING = 30
"""Requests that wait at a time: a person presses one after the other."""

MOST_RECEIPTS = 200
"""Receipts that are kept for the relay; of more, the oldest are dropped."""

RECEIPTS_A_BEAT = 50
"""Receipts sent between two heartbeats: far from what the relay takes for a flood."""

_NOT: dict[type[Request], str] = {
    Claim: mark("not claimed"),
    Release: mark("not given back"),
    Done: mark("not marked as done"),
    Pass: mark("not passed on"),
    Act: mark("nothing was sent"),
}
"""What did not happen, by what was asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of a request."""

    request: Request
    ok: bool
    error: str = ""
    """A sentence for the agent if it is not ``ok``."""
    by: str = ""
    name: str = ""
    """Who was faster, if that is why."""
    until: float | None = None
    """When the claim's lease ends, by the relay's clock."""


class Requests:
    """The requests that wait for a result, in the order in which they were made."""

    def __init__(self) -> None:
        self._waiting: dict[str, Request] = {}

    def ask(self, request: Request, *, up: bool) -> Answer | None:
        """Take a request; None if it is to be sent now, else why it was refused here.

        ``up`` says whether there is a link: what an agent presses without one is not kept for later,
        because by then somebody else may be on it.
        """
        if not up:
            return _refused(request, tr("You are offline; {outcome}.", outcome=tr(_NOT[type(request)])))
        if len(self._waiting) >= MOST_WAITING:
            return _refused(
                request, tr("Too much is waiting for the relay; {outcome}.", outcome=tr(_NOT[type(request)]))
            )
        self._waiting[request.request] = request
        return None

    def waiting(self) -> tuple[Request, ...]:
        """Return what has to be said again on a new link, oldest first."""
        return tuple(self._waiting.values())

    def answer(self, result: Result) -> Answer | None:
        """Take a result; None if nobody waits for it any more."""
        request = self._waiting.pop(result.request, None)
        if request is None:
            return None
        error = (
            ""
            if result.ok
            else result.error or tr("The relay refused; {outcome}.", outcome=tr(_NOT[type(request)]))
        )
        return Answer(
            request=request, ok=result.ok, error=error, by=result.by, name=result.name, until=result.until
        )

    def give_up(self, request_id: str) -> Answer | None:
        """End the waiting for one request; None if it was answered. What became of it isn't known."""
        request = self._waiting.pop(request_id, None)
        if request is None:
            return None
        return _refused(request, tr("The relay has not answered. What became of it will be shown here."))


def offline(request: Request) -> Answer:
    """Return the answer to a request for which there is no link at all."""
    return _refused(request, tr("You are offline; {outcome}.", outcome=tr(_NOT[type(request)])))


def _refused(request: Request, sentence: str) -> Answer:
    return Answer(request=request, ok=False, error=sentence)


class Receipts:
    """What a person did, on its way to the relay: waiting, then sent, then proven by a pong.

    A receipt may arrive twice, if a link broke before the proof; the relay counts the first of a kind.
    """

    def __init__(self) -> None:
        self._waiting: list[Receipt] = []
        self._sent: list[Receipt] = []
        self._before_ping: int | None = None
        self._budget = 0

    def add(self, receipt: Receipt) -> None:
        """Keep a receipt for the relay."""
        self._waiting.append(receipt)
        del self._waiting[:-MOST_RECEIPTS]

    def begin(self, kept: Sequence[Receipt] = ()) -> None:
        """Begin a new link: what the old one did not prove has to be sent again.

        ``kept`` was stored when it was made, some of it before this desktop was started.
        """
        mine = [*self._sent, *self._waiting]
        self._waiting = [*(each for each in kept if each not in mine), *mine][-MOST_RECEIPTS:]
        self._sent, self._before_ping, self._budget = [], None, RECEIPTS_A_BEAT

    def take(self) -> list[Receipt]:
        """Return what may be sent now, oldest first; it counts as sent."""
        now, self._waiting = self._waiting[: self._budget], self._waiting[self._budget :]
        self._budget -= len(now)
        self._sent += now
        return now

    def pinged(self) -> None:
        """Note that a ping follows what was sent, and that more may be sent."""
        self._before_ping, self._budget = len(self._sent), RECEIPTS_A_BEAT

    def ponged(self) -> list[Receipt]:
        """Note that everything before the last ping has arrived; return what that proves."""
        number = self._before_ping or 0
        proven, self._sent = self._sent[:number], self._sent[number:]
        self._before_ping = None
        return proven
