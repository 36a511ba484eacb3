"""How work begins, and how its case goes on with the next event. Pure; the journal calls it.

What people and the clock do to it meanwhile is in :mod:`relay.moves`.
"""

from msgspec.structs import replace

from relay.claims import Work, offer_end, union
from relay.event import Draft, Mode
from relay.protocol import Priority, Stage

_PRESSING = {priority: rank for rank, priority in enumerate(Priority)}


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
        until=offer_end(draft.holders, draft.until, draft.plan.offer, now),
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
    second. Whoever holds the case, or is offered it, keeps it; only what nobody could be found for, or
    had to do anything about, goes the way of the second. The ladder goes on where it was, unless
    another playbook brings one for something more pressing: then that one's plan holds, and its time
    begins.
    """
    state = _taken_up(work, draft, now)
    state = replace(
        state,
        seq=seq,
        priority=draft.priority,
        title=draft.title,
        audience=union(work.audience, draft.audience),
        owner=draft.routing.owner or work.owner,
        expires=draft.expires,
        revision=work.revision + 1,
        count=work.count + draft.count,
        changed_at=now,
        version=work.version + 1,
    )
    published = replace(
        draft,
        id=work.id,
        collapse=work.collapse,
        audience=state.audience,
        plan=state.plan,
        revision=state.revision,
        count=state.count,
        stage=state.stage,
        holders=state.holders,
        until=state.until,
    )
    return state, published


def _taken_up(work: Work, draft: Draft, now: float) -> Work:
    """Return the state with as much of the later event's plan and way as holds from now on."""
    begins = work.plan.mode is Mode.INFORM and draft.plan.mode is not Mode.INFORM
    if begins or _worse(work, draft):
        work = replace(work, plan=draft.plan, playbook=draft.playbook, route=0, since=now, step=0)
    if not begins and work.stage is not Stage.UNROUTED:
        return work
    return replace(
        work,
        stage=draft.stage,
        holders=draft.holders,
        until=offer_end(draft.holders, draft.until, work.plan.offer, now),
        offered=union(work.offered, draft.holders),
    )


def _worse(work: Work, draft: Draft) -> bool:
    """Say whether the later event has a ladder of its own that is to hold instead of the present one.

    Two playbooks that keep taking turns on one case must not begin anew each time.
    """
    if not draft.plan.ladder or draft.playbook == work.playbook or draft.plan.mode is Mode.INFORM:
        return False
    ended = work.step >= len(work.plan.ladder)
    return ended or _PRESSING[draft.priority] > _PRESSING[work.priority]
