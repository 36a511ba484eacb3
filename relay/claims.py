"""What happens to a notification among people: claimed, offered, passed on, done, over. Pure.

.. code-block:: text

                 ┌──────────── pass on, release, lease or offer ends ────────────┐
                 ▼                                                               │
    published ─▶ NEW ◀─▶ OFFERED ─────────── claim ───────────▶ CLAIMED ─ done ─▶ DONE
                 └── nobody there ─▶ UNROUTED                       │
                 every one of them: its time is over ─▶ EXPIRED, case closed elsewhere ─▶ WITHDRAWN

A :class:`Work` is the state, a :class:`Move` is what somebody (or the clock) wants, and
:func:`apply` gives the new state with what has to be told and written down. The journal calls it
inside its transaction, which is what makes a claim atomic.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from relay.event import Change, Draft, Mode, Plan, Routing, agent_key
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
    """When the lease or the offer ends."""
    offered: tuple[str, ...] = ()
    """Everybody to whom it was offered, or who gave it back: it doesn't come back to them."""
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
        """Say whether it is offered to somebody whose time to take it has ended."""
        return self.stage is Stage.OFFERED and self.until is not None and self.until <= now

    def due(self) -> float | None:
        """Return when the clock has to look at it next, None if never."""
        if not self.open:
            return None
        times = [time for time in (self.until, self.next_rung(), self.expires) if time is not None]
        return min(times, default=None)


class Verb(StrEnum):
    """What can be done to a notification."""

    CLAIM = "claim"
    RELEASE = "release"
    DONE = "done"
    PASS = "pass"  # noqa: S105 - passing on, not a password
    RENEW = "renew"
    OFFER = "offer"
    """Offer it to ``holders`` until ``until``."""
    OPEN = "open"
    """Let everybody in ``audience`` claim it."""
    STRAND = "strand"
    """Nobody is there for it."""
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
    routing: Routing | None = None
    """How those who are sent it now get it; None: as was decided when it was published."""


class Refusal(StrEnum):
    """Why a move is not made. The desk's sentences for these are in :data:`SENTENCES`."""

    UNKNOWN = "unknown"
    TAKEN = "taken"
    NOT_YOURS = "not-yours"
    NOT_OFFERED = "not-offered"
    NOT_CLAIMABLE = "not-claimable"
    OVER = "over"
    STALE = "stale"
    """The state by which the relay decided has changed meanwhile."""


SENTENCES: dict[Refusal, str] = {
    Refusal.UNKNOWN: "This notification is not known any more.",
    Refusal.TAKEN: "{name} was faster.",
    Refusal.NOT_YOURS: "You have not claimed this.",
    Refusal.NOT_OFFERED: "This is offered to somebody else at the moment.",
    Refusal.NOT_CLAIMABLE: "There is nothing to claim here.",
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


def begin(draft: Draft, seq: int, now: float) -> Work:
    """Return the state of a notification that has just been published under ``seq``."""
    return Work(
        id=draft.id,
        seq=seq,
        playbook=draft.playbook,
        source=draft.source,
        type=draft.type,
        priority=draft.priority,
        title=draft.title,
        audience=draft.audience,
        plan=draft.plan,
        collapse=draft.collapse,
        owner=draft.routing.owner,
        stage=draft.stage,
        holders=draft.holders,
        until=draft.until,
        offered=draft.holders,
        since=now,
        expires=draft.expires,
        revision=draft.revision,
        count=draft.count,
        opened_at=now,
        changed_at=now,
    )


def follow_up(work: Work, draft: Draft, seq: int, now: float) -> tuple[Work, Draft]:
    """Let a later event of the same case take the place of the earlier one.

    Returns the new state and the draft to be published: the id of the first, the words of the
    second. Whoever holds the case keeps it, and the ladder goes on where it was.
    """
    revision, count = work.revision + 1, work.count + draft.count
    audience = tuple(dict.fromkeys((*work.audience, *draft.audience)))
    published = replace(
        draft,
        id=work.id,
        revision=revision,
        count=count,
        audience=audience,
        stage=work.stage,
        holders=work.holders,
        until=work.until,
    )
    state = replace(
        work,
        seq=seq,
        priority=draft.priority,
        title=draft.title,
        audience=audience,
        owner=draft.routing.owner or work.owner,
        expires=draft.expires,
        revision=revision,
        count=count,
        changed_at=now,
        version=work.version + 1,
    )
    return state, published


def shifted(work: Work, seconds: float) -> Work:
    """Return open work as it is after the wall clock was set forward by ``seconds``.

    What was to happen in three minutes still does; a time of expiry is a time of day, and stays.
    """
    if not work.open or (work.until is None and work.next_rung() is None):
        return work
    until = None if work.until is None else work.until + seconds
    return replace(work, since=work.since + seconds, until=until, version=work.version + 1)


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


def apply(work: Work | None, move: Move, now: float) -> Moved:
    """Make a move, or say why not. Whatever was asked for and holds already is fine, and changes nothing."""
    if work is None:
        return Moved(work=None, refusal=Refusal.UNKNOWN)
    if move.version is not None and move.version != work.version:
        return Moved(work=work, refusal=Refusal.STALE)
    if not work.open:
        same = move.verb is Verb.DONE and work.stage is Stage.DONE
        return Moved(work=work, refusal=None if same or move.verb is Verb.NOTE else Refusal.OVER)
    return _MAKE[move.verb](work, move, now)


def _claim(work: Work, move: Move, now: float) -> Moved:
    until = now + work.plan.lease
    if work.plan.mode is Mode.INFORM:
        return Moved(work=work, refusal=Refusal.NOT_CLAIMABLE)
    if work.holder == move.by:
        return _renew(work, move, now)
    if work.stage is Stage.CLAIMED and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    if work.stage is Stage.OFFERED and move.by not in work.holders and not move.overrule:
        return Moved(work=work, refusal=Refusal.NOT_OFFERED)
    if not move.overrule and set(move.keys).isdisjoint(work.audience):
        return Moved(work=work, refusal=Refusal.UNKNOWN)
    return _turn(work, move, now, Stage.CLAIMED, holders=(move.by,), until=until)


def _renew(work: Work, move: Move, now: float) -> Moved:
    """Let a claim hold longer; nobody has to be told."""
    if work.holder != move.by:
        return Moved(work=work, refusal=Refusal.NOT_YOURS)
    until = max(work.until or now, now + work.plan.lease)
    return Moved(work=replace(work, until=until, changed_at=now, version=work.version + 1))


def _release(work: Work, move: Move, now: float) -> Moved:
    """Give a claim back, or an offer: it goes to whoever comes next, and not to the same again."""
    mine = move.by in work.holders and work.stage in {Stage.CLAIMED, Stage.OFFERED}
    if not (mine or (move.overrule and work.holders)):
        return Moved(work=work, refusal=Refusal.NOT_YOURS)
    left = tuple(agent for agent in work.holders if agent != move.by and not move.overrule)
    offered = tuple(dict.fromkeys((*work.offered, *work.holders)))
    if work.stage is Stage.OFFERED and left:
        state = replace(work, holders=left, offered=offered, changed_at=now, version=work.version + 1)
        return Moved(work=state)
    return _turn(work, move, now, Stage.NEW, offered=offered, since=now, step=0)


def _done(work: Work, move: Move, now: float) -> Moved:
    if work.holder not in {"", move.by} and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    if not move.overrule and set(move.keys).isdisjoint(work.audience):
        return Moved(work=work, refusal=Refusal.UNKNOWN)
    return _turn(work, move, now, Stage.DONE)


def _pass(work: Work, move: Move, now: float) -> Moved:
    """Give it to somebody else: a new assignment with a clock of its own."""
    if work.holder not in {"", move.by} and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    if not move.overrule and set(move.keys).isdisjoint(work.audience):
        return Moved(work=work, refusal=Refusal.UNKNOWN)
    told = tuple(dict.fromkeys((*work.audience, *move.audience)))
    state = replace(
        work,
        audience=told,
        stage=Stage.OFFERED if move.holders else Stage.NEW,
        holders=move.holders,
        until=move.until,
        offered=tuple(dict.fromkeys((*work.offered, *([move.by] if move.by else []), *move.holders))),
        since=now,
        step=0,
        changed_at=now,
        version=work.version + 1,
    )
    others = tuple(key for key in work.audience if key not in move.audience)
    changes = (_change(state, move, now, Stage.PASSED, others),) if others else ()
    return Moved(work=state, changes=changes, send=move.audience)


def _offer(work: Work, move: Move, now: float) -> Moved:
    """Offer it to the next; those before learn that it is gone."""
    keys = tuple(map(agent_key, move.holders))
    state = replace(
        work,
        audience=tuple(dict.fromkeys((*work.audience, *keys))),
        stage=Stage.OFFERED,
        holders=move.holders,
        until=move.until,
        offered=tuple(dict.fromkeys((*work.offered, *move.holders))),
        route=work.route if move.route is None else move.route,
        since=now,
        changed_at=now,
        version=work.version + 1,
    )
    before = tuple(agent_key(agent) for agent in work.holders if agent not in move.holders)
    changes = (_change(state, move, now, Stage.PASSED, before),) if before else ()
    return Moved(work=state, changes=changes, send=keys)


def _open(work: Work, move: Move, now: float) -> Moved:
    """Let everybody in an audience see and claim it."""
    state = replace(
        work,
        audience=tuple(dict.fromkeys((*work.audience, *move.audience))),
        stage=Stage.NEW,
        holders=(),
        until=None,
        route=work.route if move.route is None else move.route,
        since=now,
        step=0,
        changed_at=now,
        version=work.version + 1,
    )
    return Moved(work=state, changes=(_change(state, move, now, Stage.NEW),), send=move.audience)


def _strand(work: Work, move: Move, now: float) -> Moved:
    return _turn(work, move, now, Stage.UNROUTED, offered=())


def _climb(work: Work, move: Move, now: float) -> Moved:
    """Take the next rung: somebody has acted meanwhile, or it isn't time yet, and nothing is done."""
    due = work.next_rung()
    if due is None or due > now:
        return Moved(work=work, refusal=Refusal.STALE)
    rung = work.plan.ladder[work.step]
    new = tuple(key for key in rung.audience if key not in work.audience)
    state = replace(
        work, audience=(*work.audience, *new), step=work.step + 1, changed_at=now, version=work.version + 1
    )
    again = replace(_change(state, move, now, work.stage, work.audience), again=True)
    return Moved(work=state, changes=(again,) if rung.again else (), send=new, call=rung.action)


def _expire(work: Work, move: Move, now: float) -> Moved:
    if work.expires is None or work.expires > now:
        return Moved(work=work, refusal=Refusal.STALE)
    return _turn(work, move, now, Stage.EXPIRED)


def _withdraw(work: Work, move: Move, now: float) -> Moved:
    return _turn(work, move, now, Stage.WITHDRAWN)


def _note(work: Work, move: Move, now: float) -> Moved:
    return Moved(work=work, changes=(_change(work, move, now, work.stage),))


_MAKE = {
    Verb.CLAIM: _claim,
    Verb.RELEASE: _release,
    Verb.DONE: _done,
    Verb.PASS: _pass,
    Verb.RENEW: _renew,
    Verb.OFFER: _offer,
    Verb.OPEN: _open,
    Verb.STRAND: _strand,
    Verb.CLIMB: _climb,
    Verb.EXPIRE: _expire,
    Verb.WITHDRAW: _withdraw,
    Verb.NOTE: _note,
}


def _turn(work: Work, move: Move, now: float, stage: Stage, **more: object) -> Moved:
    """Change the stage, and tell everybody who has it."""
    fields = {"holders": (), "until": None, "stage": stage, "changed_at": now, **more}
    state = replace(work, version=work.version + 1, **fields)
    return Moved(work=state, changes=(_change(state, move, now, stage),))


def _change(
    state: Work, move: Move, now: float, stage: Stage, audience: Sequence[str] | None = None
) -> Change:
    return Change(
        id=state.id,
        audience=state.audience if audience is None else tuple(audience),
        stage=stage,
        at=now,
        by=move.by,
        name=move.name,
        to=move.to,
        until=state.until,
        reason=move.reason,
        note=move.note,
    )
