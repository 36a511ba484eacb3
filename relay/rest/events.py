"""Events: what arrived, what became of it, and what other words would make of it."""

from typing import Annotated

from fastapi import APIRouter, Query

from relay.errors import PlaybookError
from relay.event import EventState, StoredEvent
from relay.inquiry import event_at, why_event
from relay.rest.caller import ADMIN, Caller, Lead, Relay
from relay.rest.parts import Parts
from relay.rest.problems import not_found, wrong
from relay.rest.shapes import (
    Candidate,
    DraftShown,
    EventShown,
    EventWhole,
    Name,
    Number,
    Page,
    Preview,
    WhyShown,
)

MAX_PAGE = 200
CANDIDATE = "candidate"
"""How a playbook that is only tried is called."""

router = APIRouter(tags=["events"])


@router.get("/events", dependencies=[ADMIN])
async def events(
    relay: Relay,
    *,
    source: Annotated[Name | None, Query()] = None,
    state: EventState | None = None,
    conflicts: Annotated[
        bool, Query(description="Only those whose id came again with another body.")
    ] = False,
    before: Annotated[Number | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Page[EventShown]:
    """List what arrived, newest first, without its content."""
    found = await relay.journal.events(
        limit=limit, source=source, state=state, before=before, conflicts=conflicts
    )
    return Page(
        items=tuple(EventShown.model_validate(_fields(stored)) for stored in found),
        next=found[-1].seq if len(found) == limit else None,
    )


@router.get("/events/{seq}", dependencies=[ADMIN])
async def event(seq: Number, relay: Relay) -> EventWhole:
    """Return an event with its content."""
    stored = await _stored(seq, relay)
    led_to = await relay.journal.notifications_of(seq)
    content = {
        "data": stored.event.data.decode(errors="backslashreplace"),
        "led_to": tuple(dict.fromkeys(one.draft.id for one in led_to)),
    }
    return EventWhole.model_validate({**_fields(stored), **content})


@router.get("/events/{seq}/why")
async def why_seq(
    seq: Number, caller: Lead, relay: Relay, agent: Annotated[Name, Query()]
) -> tuple[WhyShown, ...]:
    """Say what an event came to for an agent: for each notification, or why there was none."""
    stored = await _stored(seq, relay)
    # Why there was nothing quotes nothing of the event.
    told = not stored.notifications or await _told(stored, caller, relay)
    if not (caller.answers_for(agent) and told):
        raise not_found()
    found = await why_event(
        relay.journal, stored, agent, directory=relay.directory(), playbooks=relay.playbooks()
    )
    return tuple(map(WhyShown.model_validate, found))


@router.post("/events/{seq}/preview")
async def preview_event(seq: Number, asked: Candidate, caller: Lead, relay: Relay) -> Preview:
    """Show what the playbooks in use, or one that is only tried, make of an event. Nobody is sent it.

    A lead may ask for what told the lead or a led team something, an admin for all.
    """
    return await previewed(seq, CANDIDATE, asked.text, caller, relay)


async def previewed(seq: int, name: str, text: str | None, caller: Caller, relay: Parts) -> Preview:
    """Render an event, by a candidate's TOML or else by the playbooks in use.

    Raises:
        Refused: the event isn't the caller's business, or the candidate can't be used.
    """
    stored = await _stored(seq, relay)
    if not await _told(stored, caller, relay):
        raise not_found()
    try:
        renderer = relay.renderer() if text is None else relay.compile(name, text)
    except PlaybookError as error:
        raise wrong(str(error)) from None
    decided = renderer.decide(stored)
    drafts = tuple(map(DraftShown.model_validate, decided.drafts))
    return Preview(state=decided.state, detail=decided.detail, drafts=drafts)


async def _stored(seq: int, relay: Parts) -> StoredEvent:
    found = await event_at(relay.journal, seq)
    if found is None:
        raise not_found()
    return found


async def _told(stored: StoredEvent, caller: Caller, relay: Parts) -> bool:
    """Say whether the caller may read an event: a lead, if it told the lead or a led team something."""
    if caller.admin:
        return True
    led_to = await relay.journal.notifications_of(stored.seq)
    works = await relay.journal.work([one.draft.id for one in led_to])
    return any(caller.sees(work) for work in works.values())


def _fields(stored: StoredEvent) -> dict[str, object]:
    about = stored.event
    return {
        "seq": stored.seq,
        "source": about.source,
        "provider": about.provider,
        "id": about.id,
        "type": about.type,
        "time": about.time,
        "state": stored.state,
        "detail": stored.detail,
        "notifications": stored.notifications,
        "conflicts": stored.conflicts,
    }
