"""Notifications: what there is to do, what became of it, and taking it, giving it back, or ending it.

A move made here is the same as one made over the WebSocket (:mod:`relay.desk`).
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from msgspec.structs import replace

from relay import requests
from relay.claims import Move, Verb, Work
from relay.event import Mode
from relay.inquiry import why_notification
from relay.protocol import Claim, Done, Pass, Release, Stage
from relay.rest.caller import Agent, Caller, Lead, Relay
from relay.rest.parts import Parts
from relay.rest.problems import Refused, not_allowed, not_found, not_moved, wrong
from relay.rest.shapes import (
    MAX_NAME,
    CallMade,
    Follow,
    Following,
    Moving,
    Name,
    NotificationWhole,
    Number,
    Page,
    Passing,
    Problem,
    ReceiptShown,
    StepShown,
    WhyShown,
    Words,
    WorkShown,
)

MAX_PAGE = 200
MAX_CALLS = 50
"""Calls of one notification that are told: presses of its buttons."""

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_NAME,
        description="Chosen by the caller; the same one again gets the same answer and does nothing more.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]

_Message = Claim | Release | Done | Pass
_PLAIN = Moving()
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The notification's state does not allow it: somebody was faster."}
}

router = APIRouter(tags=["notifications"])


class Scope(StrEnum):
    """Whose notifications."""

    OWN = "own"
    """What the caller gets as an agent."""
    LED = "led"
    """What the led teams have to do."""
    ALL = "all"
    """Everybody's; for admins."""


@router.get("/notifications")
async def notifications(
    caller: Agent,
    relay: Relay,
    *,
    stage: Annotated[tuple[Stage, ...], Query()] = (),
    scope: Scope = Scope.OWN,
    held: Annotated[bool, Query(description="Only what the caller has claimed or is offered.")] = False,
    before: Annotated[Number | None, Query()] = None,
    limit: Limit = 50,
) -> Page[WorkShown]:
    """List notifications with their states, newest first."""
    if scope is Scope.ALL and not caller.admin:
        raise not_allowed()
    if scope is Scope.LED and not caller.device.leads:
        raise not_allowed()
    keys = {Scope.OWN: caller.own(), Scope.LED: caller.led(), Scope.ALL: ()}[scope]
    holder = caller.agent if held else ""
    return await _page(relay, stages=stage, keys=keys, holder=holder, before=before, limit=limit)


@router.get("/unrouted")
async def unrouted(
    caller: Lead, relay: Relay, before: Annotated[Number | None, Query()] = None, limit: Limit = 50
) -> Page[WorkShown]:
    """List what reached nobody: of the led teams; for an admin, all."""
    keys = () if caller.admin else (*caller.own(), *caller.led())
    return await _page(relay, stages=[Stage.UNROUTED], keys=keys, holder="", before=before, limit=limit)


@router.get("/notifications/{id}")
async def notification(id: str, caller: Agent, relay: Relay) -> NotificationWhole:  # noqa: A002 - as in the address
    """Return a notification with its words, its history, and how far it was seen."""
    work = await visible(id, caller, relay)
    stored = await relay.journal.notification(work.id)
    history = await relay.journal.history(work.id)
    receipts = await relay.journal.receipts_of(work.id)
    calls = await relay.journal.calls(limit=MAX_CALLS, notification=work.id)
    own = [receipt for agent, _, receipt in receipts if agent.casefold() == caller.agent]
    people = {(agent, receipt.what) for agent, _, receipt in receipts}
    return NotificationWhole(
        work=WorkShown.model_validate(work),
        words=Words.model_validate(stored.draft) if stored else None,
        history=tuple(map(StepShown.model_validate, history)),
        receipts=tuple(map(ReceiptShown.model_validate, own)),
        calls=tuple(map(CallMade.model_validate, reversed(calls))),
        seen=dict(Counter(what for _, what in people)) if caller.governs(work) else {},
    )


@router.get("/notifications/{id}/why")
async def why(
    id: str,  # noqa: A002 - as in the address
    caller: Agent,
    relay: Relay,
    agent: Annotated[Name | None, Query(description="For leads and admins; the caller if unsaid.")] = None,
) -> WhyShown:
    """Say why an agent got a notification and how, or didn't: everything that was decided on the way."""
    work = await visible(id, caller, relay)
    about = agent or caller.agent
    if not caller.answers_for(about):
        raise not_found()
    found = await why_notification(relay.journal, work.id, about, directory=relay.directory())
    if not found:
        raise not_found()
    return WhyShown.model_validate(found[0])


@router.get("/notifications/{id}/follow")
async def follows(id: str, caller: Agent, relay: Relay) -> Following:  # noqa: A002 - as in the address
    """Say whether the caller follows a notification's case."""
    case = _case(await visible(id, caller, relay))
    followers = await relay.journal.followers()
    return Following(case=case, on=caller.agent in followers.get(case, ()))


@router.put("/notifications/{id}/follow")
async def follow(id: str, asked: Follow, caller: Agent, relay: Relay) -> Following:  # noqa: A002 - as above
    """Follow a notification's case, or not any more: what happens to it reaches the caller, too."""
    case = _case(await visible(id, caller, relay))
    await relay.journal.follow(caller.agent, case, on=asked.on)
    return Following(case=case, on=asked.on)


@router.post("/notifications/{id}/claim", responses=_CONFLICT)
async def claim(id: str, key: Key, caller: Agent, relay: Relay) -> WorkShown:  # noqa: A002 - as above
    """Say that the caller is on it. One wins; the others get 409 and the winner's name.

    A claim is never overruled: a lead who wants it passes it on, so that it is seen.
    """
    return await _ask(Verb.CLAIM, id, key, _PLAIN, caller=caller, relay=relay)


@router.post("/notifications/{id}/release", responses=_CONFLICT)
async def release(id: str, key: Key, caller: Agent, relay: Relay, asked: Moving = _PLAIN) -> WorkShown:  # noqa: A002
    """Give a claim or an offer back."""
    return await _ask(Verb.RELEASE, id, key, asked, caller=caller, relay=relay)


@router.post("/notifications/{id}/done", responses=_CONFLICT)
async def done(id: str, key: Key, caller: Agent, relay: Relay, asked: Moving = _PLAIN) -> WorkShown:  # noqa: A002
    """Say that nothing is left to be done."""
    return await _ask(Verb.DONE, id, key, asked, caller=caller, relay=relay)


@router.post("/notifications/{id}/pass", responses=_CONFLICT)
async def pass_on(id: str, key: Key, asked: Passing, caller: Agent, relay: Relay) -> WorkShown:  # noqa: A002
    """Let somebody else do it: an agent, or anybody of a team."""
    return await _ask(Verb.PASS, id, key, asked, caller=caller, relay=relay)


@router.post("/notifications/{id}/withdraw", responses=_CONFLICT)
async def withdraw(id: str, key: Key, caller: Lead, relay: Relay, asked: Moving = _PLAIN) -> WorkShown:  # noqa: A002
    """Take it off every screen: it was a mistake, or is settled elsewhere."""
    return await _ask(Verb.WITHDRAW, id, key, asked, caller=caller, relay=relay)


async def visible(id_: str, caller: Caller, relay: Parts) -> Work:
    """Return a notification's state, if it is the caller's business.

    Raises:
        Refused: it isn't, or there is none; the same answer.
    """
    work = (await relay.journal.work([id_])).get(id_)
    if work is None or not caller.sees(work):
        raise not_found()
    return work


async def _ask(verb: Verb, id_: str, key: str, asked: Moving, *, caller: Caller, relay: Parts) -> WorkShown:
    """Make a move for the caller, or give the answer that the same request had before.

    Raises:
        Refused: it isn't the caller's business, not allowed, or not possible in the present state.
    """
    try:
        move = await _wanted(verb, id_, key, asked, caller=caller, relay=relay)
    except Refused:
        # What was made may itself be why the caller couldn't ask for it now.
        before = await relay.journal.answered(Move(id=id_, verb=verb, by=caller.agent), key)
        if before is None:
            raise
        moved = before
    else:
        (moved,) = await relay.journal.move([move], relay.clock(), key)
    if moved.work is None or not moved.ok:
        holder = moved.work.holder if moved.work else ""
        raise not_moved(moved, relay.directory().name_of(holder) if holder else "")
    if moved.work.plan.mode is Mode.OFFER and moved.work.stage is Stage.NEW:
        await relay.given_back(moved.work)
    return WorkShown.model_validate(moved.work)


async def _wanted(verb: Verb, id_: str, key: str, asked: Moving, *, caller: Caller, relay: Parts) -> Move:
    """Return the move that the caller asks for.

    Raises:
        Refused: it isn't the caller's business, not allowed, or to be passed on to nobody who is known.
    """
    work = await visible(id_, caller, relay)
    if (asked.overrule or verb is Verb.WITHDRAW) and not caller.governs(work):
        raise not_allowed()
    wanted = _move(_message(verb, work.id, key, asked), verb, asked, caller, relay)
    return relay.routed(work, wanted, relay.clock())


def _move(message: _Message, verb: Verb, asked: Moving, caller: Caller, relay: Parts) -> Move:
    """Put a request into the words of the work's state machine, as the desk does for the WebSocket.

    Raises:
        Refused: it is to be passed on to somebody whom nobody knows.
    """
    move = requests.move(message, caller.device, relay.directory(), relay.clock())
    if isinstance(move, str):
        raise wrong(f"to: {move}")
    return replace(move, verb=verb, reason=asked.reason, overrule=asked.overrule, sees=True)


def _message(verb: Verb, id_: str, key: str, asked: Moving) -> _Message:
    """Return what a desktop would have sent."""
    if isinstance(asked, Passing):
        return Pass(id=id_, request=key, to=asked.to, reason=asked.reason)
    if verb is Verb.RELEASE:
        return Release(id=id_, request=key, reason=asked.reason)
    return Claim(id=id_, request=key) if verb is Verb.CLAIM else Done(id=id_, request=key)


async def _page(
    relay: Parts,
    *,
    stages: Sequence[Stage],
    keys: Sequence[str],
    holder: str,
    before: int | None,
    limit: int,
) -> Page[WorkShown]:
    found = await relay.journal.works(
        limit=limit, stages=tuple(stages), keys=keys, holder=holder, before=before
    )
    return Page(
        items=tuple(map(WorkShown.model_validate, found)),
        next=found[-1].seq if len(found) == limit else None,
    )


def _case(work: Work) -> str:
    return work.collapse or work.id
