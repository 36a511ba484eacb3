"""Filters: who sees which types how. Layers from the product down to the agent, with locks. Pure.

A layer is a list of rules; of those that match a notification, the last one of the most particular
layer decides, unless a layer above has locked the cell. :func:`effective` is the one function that
knows, and it says why; ``docs/filters.md`` shows it with examples.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from relay.patterns import matches
from relay.protocol import How, Priority

PRODUCT = "product"
ORGANISATION = "organisation"
MAX_RULES = 200
"""Rules of one layer."""
BUDGET = 60
"""Toasts an hour for each agent, if no layer says otherwise: one a minute."""


def team_layer(team: str) -> str:
    """Return the name of a team's layer."""
    return f"team:{team.strip().casefold()}"


def agent_layer(agent: str) -> str:
    """Return the name of an agent's own layer."""
    return f"agent:{agent.strip().casefold()}"


def is_own(name: str) -> bool:
    """Say whether a layer is an agent's own."""
    return name.startswith("agent:")


class Relation(StrEnum):
    """How a notification concerns an agent."""

    MINE = "mine"
    """The event names this agent as its owner, or it is addressed to this agent alone."""
    UNASSIGNED = "unassigned"
    """It is for one of the agent's teams, or everybody, and has no owner."""
    TEAM = "team"
    """It is somebody else's, in one of the agent's teams."""
    FOLLOWED = "followed"
    """The agent follows the case."""
    ANY = "any"
    """In a rule: all of these."""


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Layers below may not decide otherwise."""

    by: str
    why: str
    at: float


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: types × relation → how."""

    types: str
    """A pattern as of file names, for types or names of playbooks: ``payment-*``."""
    relation: Relation = Relation.ANY
    how: How
    until: float | None = None
    """Unix seconds; afterwards it is as if the rule weren't there."""
    lock: Lock | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one authority has decided."""

    name: str
    """:data:`PRODUCT`, :data:`ORGANISATION`, ``team:billing`` or ``agent:mira@example.com``."""
    rules: tuple[Rule, ...] = ()
    budget: int | None = None
    """Toasts an hour for each agent, above which low and normal ones fold into a digest; None: as above."""


class FilterSet(msgspec.Struct, frozen=True, kw_only=True):
    """All layers as they held at one revision, from the organisation down; the product's are built in."""

    revision: int = 0
    layers: tuple[Layer, ...] = ()
    set_by: Mapping[str, str] = {}
    """Who changed each layer last, by its name."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: a notification, seen from one agent."""

    playbook: str
    type: str
    priority: Priority
    relation: Relation


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent gets a notification, and why."""

    how: How
    because: tuple[str, ...]
    """Sentences, from the product's default down to what decided."""
    layer: str
    """The layer that decided."""
    rule: Rule | None = None
    """Its rule; None for the product's defaults."""
    locked_by: str = ""
    """Who has locked it; empty: nobody."""


_LOUDNESS = {How.OFF: 0, How.INBOX: 1, How.TOAST: 2, How.SOUND: 3}

_QUIET = dict.fromkeys(Relation, How.INBOX)
_DEFAULTS: Mapping[Priority, Mapping[Relation, How]] = {
    Priority.LOW: _QUIET,
    Priority.NORMAL: _QUIET
    | {Relation.MINE: How.TOAST, Relation.UNASSIGNED: How.TOAST, Relation.FOLLOWED: How.TOAST},
    Priority.HIGH: _QUIET
    | {Relation.MINE: How.SOUND, Relation.UNASSIGNED: How.SOUND, Relation.FOLLOWED: How.TOAST},
    Priority.URGENT: _QUIET
    | {Relation.MINE: How.SOUND, Relation.UNASSIGNED: How.SOUND, Relation.FOLLOWED: How.TOAST},
}
"""What holds before anybody has decided. A colleague's case disturbs nobody, and nothing is off."""

_HOW_WORDS = {
    How.SOUND: "a toast with sound",
    How.TOAST: "a toast",
    How.INBOX: "inbox only",
    How.OFF: "off",
}
_RELATION_WORDS = {
    Relation.MINE: "one's own",
    Relation.UNASSIGNED: "nobody's yet",
    Relation.TEAM: "a colleague's",
    Relation.FOLLOWED: "followed",
}


def default(priority: Priority, relation: Relation) -> How:
    """Return what the product does if no layer says anything."""
    return _DEFAULTS[priority][relation]


def louder(one: How, other: How) -> bool:
    """Say whether the first disturbs more than the second."""
    return _LOUDNESS[one] > _LOUDNESS[other]


class Named(Protocol):
    """Whoever knows what people and teams are called; a :class:`relay.people.Directory` does."""

    def name_of(self, agent: str) -> str:
        """Return what colleagues call an agent."""
        ...

    def title_of(self, team: str) -> str:
        """Return what a team is called."""
        ...


def effective(
    filters: FilterSet,
    cell: Cell,
    *,
    agent: str,
    teams: Iterable[str],
    now: float,
    named: Named | None = None,
) -> Effective:
    """Return how an agent, who is in ``teams``, gets what ``cell`` describes, with the explanation.

    Of several teams that say something, the loudest wins; those that have locked it go before the others.
    ``now`` is for rules that end by themselves, ``named`` for the words of the explanation.
    """
    layers = {layer.name: layer for layer in filters.layers}
    return judge(layers, cell, agent=agent, teams=teams, now=now, named=named)


def judge(
    layers: Mapping[str, Layer],
    cell: Cell,
    *,
    agent: str,
    teams: Iterable[str],
    now: float,
    named: Named | None = None,
) -> Effective:
    """Do as :func:`effective`, with the layers by their names."""
    how = default(cell.priority, cell.relation)
    about = f"what is {cell.priority} and {_RELATION_WORDS[cell.relation]}"
    said = Effective(how=how, because=(f"By default, {about} is {_HOW_WORDS[how]}.",), layer=PRODUCT)
    for names in ((ORGANISATION,), tuple(map(team_layer, teams)), (agent_layer(agent),)):
        spoken = [(name, rule) for name in names if (rule := deciding(layers.get(name), cell, now))]
        if spoken:
            said = _speak(said, spoken, named)
        if said.locked_by:
            break
    return said


def deciding(layer: Layer | None, cell: Cell, now: float) -> Rule | None:
    """Return the rule of a layer that decides about a cell: the last one that matches and still holds."""
    if layer is None:
        return None
    return next((rule for rule in reversed(layer.rules) if _matches(rule, cell, now)), None)


def holds_until(filters: FilterSet, now: float) -> float:
    """Return when the first temporary rule ends, infinity if none does: until then answers may be kept."""
    ends = (rule.until for layer in filters.layers for rule in layer.rules if rule.until is not None)
    return min((end for end in ends if end > now), default=float("inf"))


def budget(filters: FilterSet, *, agent: str, teams: Iterable[str], lock: str = "") -> int:
    """Return how many toasts an hour an agent takes: by the own layer, else the teams' largest, and so on.

    Of what a layer has locked (``lock`` is its name or kind), the budgets of those below don't count.
    """
    budgets = {layer.name: layer.budget for layer in filters.layers if layer.budget is not None}
    levels = ((agent_layer(agent),), tuple(map(team_layer, teams)), (ORGANISATION,))
    for names in levels[0 if not lock else 2 if lock == ORGANISATION else 1 :]:
        if found := [budgets[name] for name in names if name in budgets]:
            return max(found)
    return BUDGET


def relation(agent: str, *, owner: str, audience: tuple[str, ...], follows: bool = False) -> Relation:
    """Return how a notification concerns an agent; what is addressed to one agent alone is that agent's."""
    if owner == agent or (not owner and audience == (f"agent:{agent}",)):
        return Relation.MINE
    if follows:
        return Relation.FOLLOWED
    return Relation.TEAM if owner else Relation.UNASSIGNED


def in_words(name: str, named: Named | None = None) -> str:
    """Return how people call a layer."""
    _, _, who = name.partition(":")
    if name.startswith("team:"):
        return f"the team {named.title_of(who) if named else who}"
    if is_own(name):
        return named.name_of(who) if named else who
    return "the organisation" if name == ORGANISATION else "the product"


def _matches(rule: Rule, cell: Cell, now: float) -> bool:
    if rule.until is not None and rule.until <= now:
        return False
    if rule.relation not in {Relation.ANY, cell.relation}:
        return False
    return any(matches(rule.types, name) for name in (cell.type, cell.playbook))


def _speak(before: Effective, spoken: list[tuple[str, Rule]], named: Named | None) -> Effective:
    """Let a layer decide, or the loudest of several teams; a lock of one team holds against the others."""
    locked = [one for one in spoken if one[1].lock]
    name, rule = max(locked or spoken, key=lambda one: _LOUDNESS[one[1].how])
    because = (*before.because, *(_sentence(*one, named) for one in spoken))
    if len({one.how for _, one in spoken}) > 1:
        mixed = 0 < len(locked) < len(spoken)
        which = "What is locked goes before what isn't" if mixed else "The loudest of several teams wins"
        because = (*because, f"{which}: {in_words(name, named)}.")
    by = rule.lock.by if rule.lock else ""
    return Effective(how=rule.how, because=because, layer=name, rule=rule, locked_by=by)


def _sentence(name: str, rule: Rule, named: Named | None) -> str:
    whose = "" if rule.relation is Relation.ANY else f", {_RELATION_WORDS[rule.relation]}"
    until = f", until {datetime.fromtimestamp(rule.until, UTC):%Y-%m-%d %H:%M} UTC" if rule.until else ""
    lock = f" Locked by {rule.lock.by}: {rule.lock.why}" if rule.lock else ""
    who = in_words(name, named)
    who = who if is_own(name) else f"{who[:1].upper()}{who[1:]}"
    return f"{who} says: {rule.types}{whose} is {_HOW_WORDS[rule.how]}{until}.{lock}"
