"""Telling something to teams or to everyone."""

from http import HTTPStatus

from fastapi import APIRouter

from relay.broadcast import Message, allowed, broadcast, routed
from relay.errors import ConfigError
from relay.protocol import Link
from relay.rest.caller import Lead, Relay
from relay.rest.notifications import Key
from relay.rest.problems import not_allowed, wrong
from relay.rest.shapes import BroadcastAsked, Sent

router = APIRouter(tags=["broadcast"])


@router.post("/broadcast", status_code=HTTPStatus.CREATED)
async def tell(asked: BroadcastAsked, key: Key, caller: Lead, relay: Relay) -> Sent:
    """Tell the led teams something; for an admin, any team or everyone."""
    directory, now = relay.directory(), relay.clock()
    message = Message(
        by=caller.agent,
        name=directory.name_of(caller.agent),
        title=asked.title,
        body=asked.body,
        scripts=asked.scripts,
        link=Link(label=asked.link.label, url=asked.link.url) if asked.link else None,
        priority=asked.priority,
        teams=asked.teams,
        everyone=asked.everyone,
        expires=asked.expires,
        request=key,
    )
    if refusal := allowed(message, caller.device.leads, admin=caller.admin):
        raise not_allowed(refusal)
    unknown = [team for team in asked.teams if team.strip().casefold() not in directory.teams]
    if unknown:
        raise wrong("teams: one of them isn't known.")
    try:
        draft = broadcast(message, now, link_hosts=relay.link_hosts)
    except ConfigError as error:
        raise wrong(f"{error.key}: {error.problem}") from None
    held = await relay.journal.filters()
    (id_,) = await relay.journal.announce([routed(draft, held, directory, now)])
    relay.log.info("broadcast", by=caller.agent, id=id_)
    return Sent(id=id_)
