"""Playbooks: which there are, what is wrong with them, and trying one that isn't in use."""

import msgspec
from fastapi import APIRouter

from relay.errors import PlaybookError, every_problem
from relay.playbooks import Playbook
from relay.rest.caller import AGENT, LEAD, Lead, Relay
from relay.rest.events import previewed
from relay.rest.problems import not_found
from relay.rest.shapes import (
    Fault,
    Faults,
    PlaybookShown,
    PlaybookText,
    PlaybookTry,
    PlaybookWhole,
    Preview,
)

router = APIRouter(tags=["playbooks"])


@router.get("/playbooks", dependencies=[AGENT])
async def playbooks(relay: Relay) -> tuple[PlaybookShown, ...]:
    """List the playbooks in use."""
    return tuple(_shown(playbook) for playbook in relay.playbooks())


@router.get("/playbooks/faults", dependencies=[LEAD])
async def faults(relay: Relay) -> Faults:
    """Say what is wrong with the files in the folder; those in use are the last that were right."""
    return Faults(faults=tuple(_fault(one) for error in relay.faults() for one in every_problem(error)))


@router.post("/playbooks/validate", dependencies=[LEAD])
async def validate(asked: PlaybookText, relay: Relay) -> Faults:
    """Say what is wrong with a playbook, without using it."""
    try:
        relay.compile(asked.name, asked.text)
    except PlaybookError as error:
        return Faults(faults=tuple(map(_fault, every_problem(error))))
    return Faults(faults=())


@router.post("/playbooks/preview")
async def preview_playbook(asked: PlaybookTry, caller: Lead, relay: Relay) -> Preview:
    """Show what a playbook that isn't in use would make of an event. Nobody is sent it."""
    return await previewed(asked.event, asked.name, asked.text, caller, relay)


@router.get("/playbooks/{name}", dependencies=[LEAD])
async def playbook(name: str, relay: Relay) -> PlaybookWhole:
    """Return a playbook as its file says it."""
    for known in relay.playbooks():
        if known.name == name:
            content = msgspec.to_builtins(known, str_keys=True)
            return PlaybookWhole(**_shown(known).model_dump(), content=content)
    raise not_found()


def _shown(playbook: Playbook) -> PlaybookShown:
    return PlaybookShown(
        name=playbook.name, about=playbook.about, types=playbook.when.types, priority=playbook.priority
    )


def _fault(error: PlaybookError) -> Fault:
    return Fault(playbook=error.playbook, field=error.field, problem=error.problem, line=error.line or None)
