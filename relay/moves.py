"""The rules of work among people: who may do what to it, and what that comes to. Pure; the journal calls it.

Who must know of a move is decided here too. Everybody who was ever sent a notification has it, and
is told what becomes of it, the same as all others or, where it goes to somebody else, as ``PASSED``.
Those to whom it goes are told last, so that whoever is addressed twice ends with what holds; and the
notification itself is sent to them as well: to some it is new, and the others learn who has it. A
desktop shows by itself once more what others had and it may take now; ``again`` is for reminders.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from relay.claims import Move, Moved, Refusal, Verb, Work, offer_end, union
from relay.event import EVERYONE, Change, Mode, agent_key, lead_key
from relay.protocol import Stage


def apply(work: Work | None, move: Move, now: float) -> Moved:
    """Make a move, or say why not. Whatever was asked for and holds already is fine, and changes nothing.

    An agent to whom it isn't addressed is told that it isn't known, whatever its state is; a lead who
    sees it is told why not.
    """
    if work is None or (move.verb in _BY_PEOPLE and not (move.sees or _concerns(work, move))):
        return Moved(work=None, refusal=Refusal.UNKNOWN)
    if move.version is not None and move.version != work.version:
        return Moved(work=work, refusal=Refusal.STALE)
    if not work.open and move.verb is not Verb.NOTE:
        return Moved(work=work, refusal=None if _ENDS.get(move.verb) is work.stage else Refusal.OVER)
    return _MAKE[move.verb](work, move, now)


def _concerns(work: Work, move: Move) -> bool:
    """Say whether the one who moves has the notification, or may act for those who have it."""
    if not move.by:
        # The relay itself; but it has no hands to claim with.
        return move.verb in {Verb.RELEASE, Verb.DONE, Verb.PASS}
    return move.overrule or move.by in work.holders or not set(move.keys).isdisjoint(work.audience)


def _refusal(work: Work, move: Move) -> Refusal | None:
    """Return why an agent can't decide about work that others have, None if that isn't so."""
    if move.overrule or move.by in work.holders:
        return None
    if work.stage is Stage.CLAIMED:
        return Refusal.TAKEN
    lost = bool(work.open_to) and bool(move.by) and set(move.keys).isdisjoint(work.open_to)
    if lost or work.stage is Stage.OFFERED:
        return Refusal.NOT_OFFERED
    return None if _concerns(work, move) else Refusal.NOT_ADDRESSED


# By people


def _claim(work: Work, move: Move, now: float) -> Moved:
    if work.plan.mode is Mode.INFORM:
        return Moved(work=work, refusal=Refusal.NOT_CLAIMABLE)
    if work.holder == move.by:
        return _renew(work, move, now)
    if (refusal := _refusal(work, move)) is not None:
        return Moved(work=work, refusal=refusal)
    until = now + work.plan.lease
    return _tell_all(work, move, now, Stage.CLAIMED, holders=(move.by,), until=until, claimed_at=now)


def _renew(work: Work, move: Move, now: float) -> Moved:
    """Let a claim hold longer; nobody has to be told."""
    if work.holder != move.by:
        return Moved(work=work, refusal=Refusal.NOT_YOURS)
    until = now + work.plan.lease
    if work.until is not None and until <= work.until:
        return Moved(work=work)
    return Moved(work=_changed(work, now, until=until, claimed_at=now))


def _release(work: Work, move: Move, now: float) -> Moved:
    """Give back a claim, or an offer: it goes to whoever comes next, and isn't offered to the same again."""
    if not work.holders or (move.by not in work.holders and not move.overrule):
        return Moved(work=work, refusal=Refusal.NOT_YOURS)
    offered = union(work.offered, work.holders if move.overrule else (move.by,))
    left = () if move.overrule else tuple(agent for agent in work.holders if agent != move.by)
    if left:
        state = _changed(work, now, holders=left, offered=offered)
        return Moved(work=state, changes=_passed(state, move, now, _keys((move.by,))))
    if work.plan.mode is Mode.OFFER and work.plan.chain:
        # For the router at once, and for nobody else to see: those who have it learn where it went.
        state = _vacant(work, now, offered=offered, until=now)
        return Moved(work=state, changes=_passed(state, move, now, _keys(work.holders)))
    state = _vacant(work, now, offered=offered)
    return Moved(work=state, changes=_tell_open(state, move, now))


def _vacant(work: Work, now: float, *, offered: tuple[str, ...], until: float | None = None) -> Work:
    """Return work that nobody has any more. After a claim its time begins anew; an offer was part of it.

    Passed on to one who gives it back, it is everybody's again; passed on to a team, it is still theirs.
    """
    state, gone = _afresh(work, now), _keys(work.holders)
    open_to = tuple(key for key in work.open_to if key not in gone)
    return _changed(state, now, stage=Stage.NEW, holders=(), until=until, offered=offered, open_to=open_to)


def _done(work: Work, move: Move, now: float) -> Moved:
    if move.by and work.plan.mode is Mode.INFORM:
        refusal = None if _may_close(work, move) else Refusal.FOR_OTHERS
    else:
        refusal = _refusal(work, move) if move.by else None
    if refusal is not None:
        return Moved(work=work, refusal=refusal)
    return _tell_all(work, move, now, Stage.DONE)


def _may_close(work: Work, move: Move) -> bool:
    """Say whether somebody may close for all what nobody has to do anything about.

    A lead of those who have it may, and whoever is the only one. To put it out of the way for oneself is
    the desktop's own affair.
    """
    if move.overrule or work.audience == (agent_key(move.by),):
        return True
    leading = {key for key in move.keys if key.startswith(lead_key(""))}
    concerned = {key.replace("team:", lead_key(""), 1) for key in work.audience if key.startswith("team:")}
    return bool(leading & {*work.audience, *concerned}) or (bool(leading) and EVERYONE in work.audience)


def _pass(work: Work, move: Move, now: float) -> Moved:
    """Give it to somebody else: a new assignment with a clock of its own."""
    if work.plan.mode is Mode.INFORM:
        return Moved(work=work, refusal=Refusal.NOT_CLAIMABLE)
    if move.by and (refusal := _refusal(work, move)) is not None:
        return Moved(work=work, refusal=refusal)
    before = (*work.offered, *work.holders, *((move.by,) if move.by else ()), *move.holders)
    open_to = union(move.audience, _keys(move.holders))
    anew = replace(work, since=now, step=0, offered=union(before), open_to=open_to)
    return _give(anew, move, now, told=work.audience)


# By the relay


def _offer(work: Work, move: Move, now: float) -> Moved:
    """Offer it to the next. Those who saw it as theirs to take, or as somebody's, learn that it isn't."""
    if work.stage is Stage.CLAIMED and move.version is None and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    told = _keys(work.holders) if work.stage is Stage.OFFERED else work.audience
    # Somebody has come for what had nobody: now all are asked again.
    had = () if work.stage is Stage.UNROUTED else (*work.offered, *work.holders)
    offered = union(had, move.holders)
    anew = replace(_afresh(work, now), offered=offered, open_to=())
    return _give(_routed(anew, move), move, now, told=told)


def _give(work: Work, move: Move, now: float, *, told: Sequence[str]) -> Moved:
    """Let it be offered to the holders of a move, or open to its audience; ``told`` have lost it."""
    keys = union(move.audience, _keys(move.holders))
    state = _changed(
        work,
        now,
        stage=Stage.OFFERED if move.holders else Stage.NEW,
        holders=move.holders,
        until=offer_end(move.holders, move.until, work.plan.offer, now),
        audience=union(work.audience, keys),
    )
    lost = _passed(state, move, now, tuple(key for key in told if key not in keys))
    return Moved(work=state, changes=(*lost, _change(state, move, now, keys)), send=keys)


def _open(work: Work, move: Move, now: float) -> Moved:
    """Let everybody in an audience see it, and everybody who has it claim it."""
    if work.stage is Stage.CLAIMED and move.version is None and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    audience = union(work.audience, move.audience)
    offered = union(work.offered, work.holders)
    anew = replace(_afresh(work, now), audience=audience, offered=offered, open_to=())
    state = _changed(_routed(anew, move), now, stage=Stage.NEW, holders=(), until=None)
    change = _change(state, move, now, audience)
    return Moved(work=state, changes=(change,), send=_new(work, move.audience))


def _strand(work: Work, move: Move, now: float) -> Moved:
    """Nobody is there. Whoever has it may take it all the same.

    Who had it is remembered, so that it isn't offered to the same in turns; when somebody comes, all are
    asked again.
    """
    if work.stage is Stage.CLAIMED and move.version is None and not move.overrule:
        return Moved(work=work, refusal=Refusal.TAKEN)
    audience = union(work.audience, move.audience)
    offered = union(work.offered, work.holders)
    anew = replace(_afresh(work, now), audience=audience, offered=offered, open_to=())
    moved = _tell_all(anew, move, now, Stage.UNROUTED)
    return replace(moved, send=_new(work, move.audience))


def _climb(work: Work, move: Move, now: float) -> Moved:
    """Take the next rung: somebody has acted meanwhile, or it isn't time yet, and nothing is done.

    A rung that widens the audience ends an offer: whoever sees it now may take it.
    """
    due = work.next_rung()
    if due is None or due > now:
        return Moved(work=work, refusal=Refusal.STALE)
    rung = work.plan.ladder[work.step]
    new = _new(work, rung.audience)
    open_to = (*work.open_to, *new) if work.open_to else ()
    state = _changed(work, now, audience=(*work.audience, *new), step=work.step + 1, open_to=open_to)
    if new and work.stage is Stage.OFFERED:
        offered = union(work.offered, work.holders)
        state = replace(state, stage=Stage.NEW, holders=(), until=None, offered=offered)
    ended = state.stage is not work.stage
    told = _keys(state.holders) or work.open_to or work.audience
    # Who is told that they may take it now needn't be reminded of it.
    again = rung.again and not ended and not move.quiet
    changes = (_change(state, move, now, told, again=again),) if again or ended else ()
    return Moved(work=state, changes=changes, send=new, call=rung.action)


def _expire(work: Work, move: Move, now: float) -> Moved:
    if work.expires is None or work.expires > now:
        return Moved(work=work, refusal=Refusal.STALE)
    return _tell_all(work, move, now, Stage.EXPIRED)


def _withdraw(work: Work, move: Move, now: float) -> Moved:
    return _tell_all(work, move, now, Stage.WITHDRAWN)


def _note(work: Work, move: Move, now: float) -> Moved:
    """Tell it to all, and with it how it stands: of an offer only those have something to whom it is made."""
    return Moved(work=work, changes=_tell_open(work, move, now))


_BY_PEOPLE = frozenset({Verb.CLAIM, Verb.RELEASE, Verb.DONE, Verb.PASS, Verb.RENEW})
_ENDS = {Verb.DONE: Stage.DONE, Verb.EXPIRE: Stage.EXPIRED, Verb.WITHDRAW: Stage.WITHDRAWN}

_MAKE: dict[Verb, Callable[[Work, Move, float], Moved]] = {
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


# Parts of moves


def _changed(work: Work, now: float, **fields: object) -> Work:
    return replace(work, changed_at=now, version=work.version + 1, **fields)


def _afresh(work: Work, now: float) -> Work:
    """Return work whose time begins anew if somebody had it; who only waited waits on."""
    return replace(work, since=now, step=0) if work.stage is Stage.CLAIMED else work


def _routed(work: Work, move: Move) -> Work:
    return work if move.route is None else replace(work, route=move.route)


def _tell_all(work: Work, move: Move, now: float, stage: Stage, **fields: object) -> Moved:
    """Change the stage, and tell everybody who has it."""
    state = _changed(work, now, stage=stage, **{"holders": (), "until": None, **fields})
    return Moved(work=state, changes=(_change(state, move, now, state.audience),))


def _tell_open(state: Work, move: Move, now: float) -> tuple[Change, ...]:
    """Tell how it stands: those whose it may be, and the others that it is somebody else's affair."""
    keys = _keys(state.holders) if state.stage is Stage.OFFERED else state.open_to
    if not keys or state.stage not in {Stage.NEW, Stage.OFFERED}:
        return (_change(state, move, now, state.audience),)
    others = _passed(state, move, now, tuple(key for key in state.audience if key not in keys))
    return (*others, _change(state, move, now, keys))


def _passed(state: Work, move: Move, now: float, told: Sequence[str]) -> tuple[Change, ...]:
    """Tell those who had it that it is somebody else's now; nothing if there are none."""
    return (_change(state, move, now, told, stage=Stage.PASSED),) if told else ()


def _change(
    state: Work,
    move: Move,
    now: float,
    audience: Sequence[str],
    *,
    stage: Stage | None = None,
    again: bool = False,
) -> Change:
    ends = state.until if stage is None and state.stage in {Stage.CLAIMED, Stage.OFFERED} else None
    return Change(
        id=state.id,
        audience=tuple(audience),
        stage=stage or state.stage,
        at=now,
        by=move.by,
        name=move.name,
        to=move.to,
        until=ends,
        reason=move.reason,
        again=again,
        note=move.note,
    )


def _keys(agents: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(agent_key, agents))


def _new(work: Work, keys: Sequence[str]) -> tuple[str, ...]:
    """Return those keys whose people don't have it yet."""
    return tuple(key for key in dict.fromkeys(keys) if key not in work.audience)
