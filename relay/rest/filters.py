"""Filters: the layers that concern somebody, what they come to, changing one, and what that would do."""

import contextlib
import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from msgspec.structs import replace

from relay import broadcast, notices
from relay.errors import StorageBusy
from relay.filter_changes import above, check_change, check_layer, teams_of_owner
from relay.filters import (
    ORGANISATION,
    Cell,
    FilterSet,
    Layer,
    Lock,
    Relation,
    Rule,
    agent_layer,
    effective,
    team_layer,
)
from relay.inquiry import preview_filters
from relay.protocol import Priority
from relay.rest.caller import Agent, Caller, Relay
from relay.rest.filter_shapes import (
    CellShown,
    FilterPreview,
    FiltersShown,
    LayerAsked,
    LayerShown,
    Revision,
    RuleAsked,
)
from relay.rest.parts import Parts
from relay.rest.problems import (
    STALE_FILTERS,
    not_allowed,
    not_found,
    precondition_failed,
    precondition_needed,
    wrong,
)
from relay.rest.shapes import Name, Problem

_ETAG = re.compile(r'"?([0-9]{1,18})"?', re.ASCII)

MAX_DAYS = 90

OWN_KINDS = (
    (broadcast.PLAYBOOK, broadcast.TYPE, Priority.NORMAL),
    ("storm", notices.STORM, Priority.HIGH),
    ("digest", notices.DIGEST, Priority.NORMAL),
    ("unrouted", notices.UNROUTED, Priority.HIGH),
)
"""What the relay itself tells: how filters call it, its type and its priority."""

RELATIONS = (Relation.MINE, Relation.UNASSIGNED, Relation.TEAM, Relation.FOLLOWED)

router = APIRouter(tags=["filters"])


@router.get("/filters")
async def filters(
    caller: Agent, relay: Relay, response: Response, agent: Annotated[Name | None, Query()] = None
) -> FiltersShown:
    """Return the layers that concern an agent, and for each kind of notification how it comes, and why.

    The agent is the caller, or for leads one of a led team, or for admins anybody.
    """
    about = (agent or caller.agent).strip().casefold()
    if not caller.answers_for(about):
        raise not_found()
    held = await relay.journal.filters()
    response.headers["ETag"] = f'"{held.revision}"'
    return FiltersShown(
        revision=held.revision,
        layers=tuple(LayerShown.model_validate(layer) for layer in _concerning(held, about, caller, relay)),
        effective=_effective(held, about, relay),
    )


@router.put("/filters/{layer:path}", responses={412: {"model": Problem}, 428: {"model": Problem}})
async def change(
    layer: str,
    asked: LayerAsked,
    caller: Agent,
    relay: Relay,
    if_match: Annotated[str | None, Header(description="The revision that the change is based on.")] = None,
) -> Revision:
    """Put rules in the place of a layer's: the own (``agent:…``), a led team's, or for admins any.

    Refused with 412 if the layer, or one above it, has been changed since that revision.
    """
    if if_match is None:
        raise precondition_needed()
    expected = _revision(if_match)
    held = await relay.journal.filters()
    wanted = _allowed(layer, asked, held, caller, relay)
    now = relay.clock()
    binding = above(wanted.name, teams_of_owner(wanted.name, relay.directory()))
    revision = await relay.journal.keep_layer(
        wanted, by=caller.agent, at=now, expected=expected, above=binding
    )
    if revision is None:
        raise precondition_failed(STALE_FILTERS)
    relay.log.info("filters-changed", layer=wanted.name, by=caller.agent, revision=revision)
    with contextlib.suppress(StorageBusy):  # it is stored; the desktops hear of it with the next look
        await relay.filters_changed()
    return Revision(revision=revision)


@router.post("/filters/{layer:path}/preview")
async def preview(
    layer: str,
    asked: LayerAsked,
    caller: Agent,
    relay: Relay,
    days: Annotated[float, Query(gt=0, le=MAX_DAYS, allow_inf_nan=False)] = 7,
) -> FilterPreview:
    """Say what a change would have done to the notifications of the last days. Nothing is stored."""
    wanted = _allowed(layer, asked, await relay.journal.filters(), caller, relay)
    found = await preview_filters(
        relay.journal, wanted, directory=relay.directory(), days=days, now=relay.clock()
    )
    return FilterPreview.model_validate(found)


def _allowed(name: str, asked: LayerAsked, held: FilterSet, caller: Caller, relay: Parts) -> Layer:
    """Return the layer that is asked for.

    Raises:
        Refused: a lock or the caller's role forbids it, it is none, or there is no such team or agent.
    """
    directory, now = relay.directory(), relay.clock()
    name = name.strip().casefold()
    before = next((known for known in held.layers if known.name == name), Layer(name=name))
    rules = tuple(_rule(rule, before, caller.agent, now) for rule in asked.rules)
    wanted = Layer(name=name, rules=rules, budget=asked.budget)
    kind, _, who = name.partition(":")
    problems = check_change(
        held,
        wanted,
        by=caller.agent,
        role=caller.device.role,
        leads=caller.device.leads,
        teams=teams_of_owner(name, directory),
        now=now,
    )
    if problems:
        raise not_allowed(" ".join(problems))
    if problems := check_layer(held, wanted, now=now):
        raise wrong(" ".join(problems))
    known = {"team": who in directory.teams, "agent": who in directory.people}
    if name != ORGANISATION and not known.get(kind, False):
        raise not_found()
    return wanted


def _rule(asked: RuleAsked, before: Layer, by: str, now: float) -> Rule:
    """Return a rule; a lock that was there already keeps its author and date."""
    rule = Rule(types=asked.types, relation=asked.relation, how=asked.how, until=asked.until)
    if asked.lock is None:
        return rule
    for known in before.rules:
        if known.lock and known.lock.why == asked.lock.why and replace(known, lock=None) == rule:
            return known
    return replace(rule, lock=Lock(by=by, why=asked.lock.why, at=now))


def _concerning(held: FilterSet, agent: str, caller: Caller, relay: Parts) -> list[Layer]:
    """Return the layers that speak for an agent, and those that the caller may change."""
    teams = relay.directory().teams_of(agent)
    names = {ORGANISATION, agent_layer(agent), *map(team_layer, teams)}
    if agent == caller.agent:
        names |= set(map(team_layer, caller.device.leads))
    return [
        layer
        for layer in held.layers
        if layer.name in names or (caller.admin and layer.name.startswith("team:"))
    ]


def _effective(held: FilterSet, agent: str, relay: Parts) -> tuple[CellShown, ...]:
    """Return how each kind of notification comes to an agent; its type is a pattern of the playbook's."""
    named, now = relay.directory(), relay.clock()
    teams = named.teams_of(agent)
    kinds = [
        (one.name, types, one.priority) for one in relay.playbooks() if one.title for types in one.when.types
    ]
    kinds += OWN_KINDS
    cells = [
        Cell(playbook=name, type=types, priority=priority, relation=relation)
        for name, types, priority in kinds
        for relation in RELATIONS
    ]
    found = [(cell, effective(held, cell, agent=agent, teams=teams, now=now, named=named)) for cell in cells]
    return tuple(
        CellShown(
            playbook=cell.playbook,
            type=cell.type,
            priority=cell.priority,
            relation=cell.relation,
            how=said.how,
            because=said.because,
            layer=said.layer,
            locked_by=said.locked_by,
        )
        for cell, said in found
    )


def _revision(text: str) -> int:
    """Read a revision as an ETag has it: ``"12"``.

    Raises:
        Refused: it isn't a number.
    """
    found = _ETAG.fullmatch(text.strip())
    if found is None:
        raise wrong("If-Match: the revision that GET /v1/filters gave.")
    return int(found[1])
