"""What happens to a notification among people: its state, what can be wanted of it, what is due. Pure.

.. code-block:: text

                 ┌──────────── pass on, release, lease or offer ends ────────────┐
                 ▼                                                               │
    published ─▶ NEW ◀─▶ OFFERED ─────────── claim ───────────▶ CLAIMED ─ done ─▶ DONE
                 └── nobody there ─▶ UNROUTED                       │
                 every one of them: its time is over ─▶ EXPIRED, case closed elsewhere ─▶ WITHDRAWN

Every arrow, with what leads along it, is in ``docs/claims.md``.

A :class:`Work` is the state, a :class:`Move` is what somebody (or the clock, :func:`judge`) wants, and
:func:`relay.moves.apply` gives the new state with what has to be told and written down. The journal
calls it inside its transaction, which is what makes a claim atomic.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from relay.event import Change, Plan, Routing
from relay.protocol import OVER, Priority, Stage


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one notification among people. Times are Unix seconds; agents are in lower case."""

    id: str
    seq: int
    """The number under which it was last published."""
    playbook: str
    source: str
    type: str
    priority: Priority
    title: str
    audience: tuple[str, ...]
    """Everybody who was ever sent it, as audience keys: they are told what becomes of it."""
    plan: Plan
    collapse: str = ""
    owner: str = ""
    stage: Stage = Stage.NEW
    holders: tuple[str, ...] = ()
    """Who has claimed it (one), or to whom it is offered at present."""
    until: float | None = None
    """When the lease or the offer ends; of work that nobody has, when it has to be offered to the next."""
    claimed_at: float = 0.0
    """When its holder, or the last one, claimed it or showed to be at work on it."""
    offered: tuple[str, ...] = ()
    """Everybody to whom it was offered, or who gave it back or lost it: it isn't offered to them again."""
    open_to: tuple[str, ...] = ()
    """To whom it was passed on, as audience keys: nobody else may take it. Empty: whoever has it may."""
    route: int = 0
    """Place in the playbook's chain of audiences: 0 is the first."""
    since: float
    """When the present assignment began; the ladder counts from here."""
    step: int = 0
    """How many rungs of the ladder were taken in this assignment."""
    expires: float | None = None
    revision: int = 1
    count: int = 1
    opened_at: float
    changed_at: float
    version: int = 1
    """Rises with each change: whoever decided by an older state decides again."""

    @property
    def holder(self) -> str:
        """Return who has claimed it, or nobody."""
        return self.holders[0] if self.stage is Stage.CLAIMED and self.holders else ""

    @property
    def open(self) -> bool:
        """Say whether something may still happen to it."""
        return self.stage not in OVER

    def next_rung(self) -> float | None:
        """Return when the next rung of the ladder is due; None while somebody is on it, or after the last."""
        waiting = self.stage in {Stage.NEW, Stage.OFFERED, Stage.UNROUTED}
        if not waiting or self.step >= len(self.plan.ladder):
            return None
        return self.since + self.plan.ladder[self.step].after

    def offer_over(self, now: float) -> bool:
        """Say whether it has to be offered to the next: those who had it didn't take it, or gave it back."""
        waiting = self.stage in {Stage.NEW, Stage.OFFERED}
        return waiting and self.until is not None and self.until <= now

    def due(self) -> float | None:
        """Return when the clock has to look at it next, None if never."""
        if not self.open:
            return None
        times = [time for time in (self.until, self.next_rung(), self.expires) if time is not None]
        return min(times, default=None)


class Verb(StrEnum):
    """What can be done to a notification: by those who have it, then by the relay."""

    CLAIM = "claim"
    RELEASE = "release"
    DONE = "done"
    PASS = "pass"  # noqa: S105 - passing on, not a password
    """Give it to ``holders``, who have until ``until``, or to everybody in ``audience``."""
    RENEW = "renew"
    OFFER = "offer"
    """Offer it to ``holders`` until ``until``."""
    OPEN = "open"
    """Let everybody in ``audience``, and who has it already, claim it."""
    STRAND = "strand"
    """Nobody is there for it: those in ``audience`` have to look."""
    CLIMB = "climb"
    """Take the next rung of the ladder."""
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    NOTE = "note"
    """Tell those who have it what an action came to."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to happen to the notification ``id``.

    ``by`` is the agent in lower case, empty for the relay itself. ``version`` is the state by which
    the relay decided: if it isn't that any more, nothing is done. The rest belongs to single verbs.
    """

    id: str
    verb: Verb
    by: str = ""
    name: str = ""
    """What colleagues call that agent."""
    keys: tuple[str, ...] = ()
    """The audience keys of that agent: who isn't addressed can't claim."""
    version: int | None = None
    to: str = ""
    """In words, for those who lose it: ``Billing``."""
    audience: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    until: float | None = None
    route: int | None = None
    reason: str = ""
    note: str = ""
    overrule: bool = False
    """A lead acts on somebody else's claim."""
    sees: bool = False
    """Whoever moves may know of it as the lead of those who have it, though it isn't addressed to them."""
    routing: Routing | None = None
    """How those who are sent it now get it; None: as was decided when it was published."""
    quiet: bool = False
    """Nobody is reminded one by one: very many wait, which is told at once."""


class Refusal(StrEnum):
    """Why a move is not made. The desk's sentences for these are in :data:`SENTENCES`."""

    UNKNOWN = "unknown"
    TAKEN = "taken"
    NOT_YOURS = "not-yours"
    NOT_OFFERED = "not-offered"
    NOT_ADDRESSED = "not-addressed"
    """It went to others; the one who asks only knows of it."""
    NOT_CLAIMABLE = "not-claimable"
    FOR_OTHERS = "for-others"
    """Nobody has to do anything about it, and others have it, too: it is not one person's to close."""
    OVER = "over"
    STALE = "stale"
    """The state by which the relay decided has changed meanwhile."""


SENTENCES: dict[Refusal, str] = {
    Refusal.UNKNOWN: "This notification is not known any more.",
    Refusal.TAKEN: "{name} was faster.",
    Refusal.NOT_YOURS: "You have not claimed this.",
    Refusal.NOT_OFFERED: "This is offered to somebody else at the moment.",
    Refusal.NOT_ADDRESSED: "This went to others, and not to you.",
    Refusal.NOT_CLAIMABLE: "There is nothing to claim here.",
    Refusal.FOR_OTHERS: "Others have this, too: only a team lead can close it for all.",
    Refusal.OVER: "This is over already.",
    Refusal.STALE: "This has changed meanwhile.",
}
"""What an agent is told. ``{name}`` is the one who holds it."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a move came to."""

    work: Work | None
    """The state after it; None if the notification isn't known."""
    refusal: Refusal | None = None
    changes: tuple[Change, ...] = ()
    """To be told to those who have the notification, in order."""
    send: tuple[str, ...] = ()
    """Audience keys to which the notification itself has to be sent (again, or for the first time)."""
    call: str = ""
    """An action to be called."""

    @property
    def ok(self) -> bool:
        """Say whether the move was made, or had been made before."""
        return self.refusal is None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the history of a notification: who did what, when and why."""

    at: float
    verb: str
    """A :class:`Verb`, or ``published``."""
    by: str = ""
    stage: Stage
    """After it."""
    holders: tuple[str, ...] = ()
    to: str = ""
    """To whom it was passed on, in words."""
    reason: str = ""
    seq: int = 0
    """The number under which it was told first, 0 if nobody had to be told."""


def shifted(work: Work, seconds: float) -> Work:
    """Return open work as it is after the wall clock was set forward by ``seconds``.

    What was to happen in three minutes still does; a time of expiry is a time of day, and stays.
    """
    if not work.open or (work.until is None and work.next_rung() is None):
        return work
    until = None if work.until is None else work.until + seconds
    return replace(
        work,
        since=work.since + seconds,
        until=until,
        claimed_at=work.claimed_at + seconds,
        version=work.version + 1,
    )


def judge(work: Work, now: float) -> Move | None:
    """Return what the clock has to do to a notification, None if nothing that needs no routing.

    An offer that ended (:meth:`Work.offer_over`) is for the router, which knows who comes next.
    """
    move = Move(id=work.id, verb=Verb.EXPIRE, version=work.version)
    if not work.open:
        return None
    if work.expires is not None and work.expires <= now:
        return move
    if work.stage is Stage.CLAIMED and work.until is not None and work.until <= now:
        return replace(move, verb=Verb.RELEASE, overrule=True, reason="lease")
    rung = work.next_rung()
    if rung is not None and rung <= now:
        return replace(move, verb=Verb.CLIMB)
    return None


def offer_end(holders: Sequence[str], until: float | None, seconds: float, now: float) -> float | None:
    """Return when an offer ends: one without an end would never come to the next."""
    if not holders:
        return None
    return now + seconds if until is None else until


def union(*parts: Sequence[str]) -> tuple[str, ...]:
    """Return keys or agents in order, each once."""
    return tuple(dict.fromkeys(one for part in parts for one in part))
