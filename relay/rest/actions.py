"""Calls to other systems: what waits, what was given up, and letting it be tried again."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query

from relay.calls import Call, CallState
from relay.rest.caller import Caller, Lead
from relay.rest.parts import Parts, Relay
from relay.rest.shapes import CallShown, Name

MAX_CALLS = 500

router = APIRouter(tags=["actions"])


@router.get("/actions")
async def calls(
    caller: Lead,
    relay: Relay,
    state: CallState | None = None,
    notification: Annotated[Name | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CALLS)] = 50,
) -> tuple[CallShown, ...]:
    """List calls, newest first: those for the led teams' notifications; for an admin, all."""
    found = await relay.journal.calls(limit=limit, state=state, notification=notification or "")
    return tuple(map(_shown, await _allowed(found, caller, relay)))


async def _allowed(found: list[Call], caller: Caller, relay: Parts) -> list[Call]:
    """Return those calls that are the caller's business."""
    if caller.admin:
        return found
    works = await relay.journal.work([call.notification for call in found])
    return [call for call in found if (work := works.get(call.notification)) and caller.governs(work)]


def _shown(call: Call) -> CallShown:
    """Return what may be told of a call: its address may have a secret in it, its host hasn't."""
    return CallShown(
        id=call.id,
        notification=call.notification,
        playbook=call.playbook,
        action=call.action,
        label=call.label,
        by=call.by,
        method=call.method,
        host=urlsplit(call.url).hostname or "",
        created_at=call.created_at,
        state=call.state.value,
        tries=call.tries,
        due=call.due,
        status=call.status,
        problem=call.problem,
    )
