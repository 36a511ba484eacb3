"""Filters: who sees which types how. Layers from the product down to the agent, with locks. Pure.

A layer is a list of rules; of those that match a notification, the last one of the most particular
layer decides, unless a layer above has locked the cell.
"""

from enum import StrEnum

import msgspec

from relay.protocol import How

PRODUCT = "product"
ORGANISATION = "organisation"
MAX_RULES = 200
"""Rules of one layer."""


def team_layer(team: str) -> str:
    """Return the name of a team's layer."""
    return f"team:{team.strip().casefold()}"


def agent_layer(agent: str) -> str:
    """Return the name of an agent's own layer."""
    return f"agent:{agent.strip().casefold()}"


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
