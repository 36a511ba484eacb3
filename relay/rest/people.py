"""Colleagues: to whom work can be passed on, and who is there."""

from typing import Annotated

from fastapi import APIRouter, Query

from relay.rest.caller import Agent, Lead, Relay
from relay.rest.people_shapes import Colleague, People, Present
from relay.rest.shapes import MAX_NAME

MOST = 200
"""Colleagues in one answer: more than anybody looks through without a search."""

router = APIRouter(tags=["people"])


@router.get("/people")
async def people(
    caller: Agent,
    relay: Relay,
    search: Annotated[str, Query(max_length=MAX_NAME, description="Part of a name or an address.")] = "",
) -> People:
    """List to whom the caller may pass work on: those of the own teams first."""
    directory = relay.directory()
    wanted = search.strip().casefold()
    own = set(directory.teams_of(caller.agent))
    found = [
        person
        for person in directory.people.values()
        if person.agent != caller.agent and (wanted in person.agent or wanted in person.name.casefold())
    ]
    found.sort(key=lambda person: (own.isdisjoint(person.teams), person.name.casefold()))
    return People(
        agents=tuple(
            Colleague(
                agent=person.agent,
                name=person.name,
                teams=tuple(map(directory.title_of, person.teams)),
                state=relay.presence.of(person.agent),
            )
            for person in found[:MOST]
        ),
        teams=tuple(sorted(team.title for team in directory.teams.values() if directory.members(team.name))),
    )


@router.get("/presence")
async def presence(caller: Lead, relay: Relay) -> tuple[Present, ...]:
    """Say who of the led teams is there; for an admin, who of everybody."""
    directory = relay.directory()
    agents = directory.people if caller.admin else caller.members
    return tuple(
        Present(
            agent=agent,
            name=directory.name_of(agent),
            state=relay.presence.of(agent),
            absent_since=relay.presence.absent_since(agent),
        )
        for agent in agents
    )
