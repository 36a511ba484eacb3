"""Calls to other systems: what waits, what was given up, and letting it be tried again."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query

from relay import calls as calling
from relay.calls import Call, CallState
from relay.rest.caller import Caller, Lead, Relay
from relay.rest.parts import Parts
from relay.rest.problems import conflict, not_found
from relay.rest.shapes import CallPage, CallShown, Name, Problem

MAX_CALLS = 500

NOT_DEAD = "Only a call that was given up or dropped can be tried again."
DONE = "This call was made already."
MEANWHILE = "Something else became of this call just now. Please look at it again."

_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The call's state does not allow it."}
}

router = APIRouter(tags=["actions"])


@router.get("/actions")
async def calls(
    caller: Lead,
    relay: Relay,
    *,
    state: CallState | None = None,
    notification: Annotated[Name | None, Query()] = None,
    before: Annotated[
        Name | None, Query(description="Only calls asked for before the one of this id.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CALLS)] = 50,
) -> CallPage:
    """List calls, newest first: those for the led teams' notifications; for an admin, all."""
    found: list[Call] = []
    last, most = before or "", limit if caller.admin else MAX_CALLS
    # What is others' doesn't count: a lead's few calls may lie behind thousands of another team's.
    while len(found) < limit:
        page = await relay.journal.calls(
            limit=most, state=state, notification=notification or "", before=last
        )
        found += await _allowed(page, caller, relay)
        if len(page) < most:
            break
        last = page[-1].id
    items = tuple(map(CallShown.model_validate, found[:limit]))
    return CallPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.post("/actions/{id}/retry", responses=_CONFLICT)
async def retry(id: str, caller: Lead, relay: Relay) -> CallShown:  # noqa: A002 - as in the address
    """Let a call that was given up or dropped be made again, under the same id."""
    call = await _call(id, caller, relay)
    if call.state not in {CallState.DEAD, CallState.DROPPED}:
        raise conflict(NOT_DEAD)
    again = calling.retry_at_once(call, relay.clock())
    await _keep(again, call, relay)
    relay.calls_added()
    return CallShown.model_validate(again)


@router.delete("/actions/{id}", status_code=HTTPStatus.NO_CONTENT, responses=_CONFLICT)
async def drop(id: str, caller: Lead, relay: Relay) -> None:  # noqa: A002 - as in the address
    """Let a call not be made (any more). It stays in the list as dropped, with who dropped it.

    A request that is under way can't be taken back: if it works, the call is done all the same.
    """
    call = await _call(id, caller, relay)
    if call.state is CallState.DONE:
        raise conflict(DONE)
    if call.state is not CallState.DROPPED:
        await _keep(calling.drop(call, by=caller.agent), call, relay)


async def _keep(call: Call, before: Call, relay: Parts) -> None:
    """Store a call as it is to be.

    Raises:
        Refused: it isn't any more as it was before.
    """
    if not await relay.journal.keep_call(call, {before.state}):
        raise conflict(MEANWHILE)


async def _call(id_: str, caller: Caller, relay: Parts) -> Call:
    """Return a call that is the caller's business.

    Raises:
        Refused: it isn't, or there is none; the same answer.
    """
    call = await relay.journal.call(id_)
    if call is None or not await _allowed([call], caller, relay):
        raise not_found()
    return call


async def _allowed(found: list[Call], caller: Caller, relay: Parts) -> list[Call]:
    """Return those calls that are the caller's business."""
    if caller.admin:
        return found
    works = await relay.journal.work([call.notification for call in found])
    return [call for call in found if (work := works.get(call.notification)) and caller.governs(work)]
