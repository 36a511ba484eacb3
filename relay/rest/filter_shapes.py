"""What the API takes and gives about filters: one model each, as in :mod:`relay.rest.shapes`."""

from typing import Annotated

from pydantic import Field

from relay.filter_changes import MAX_BUDGET
from relay.filters import MAX_RULES, Relation
from relay.protocol import How, Priority
from relay.rest.shapes import MAX_REASON, Asked, Name, Shape, Time


class LockShown(Shape):
    """Who locked a rule, and why."""

    by: str
    why: str
    at: float


class RuleShown(Shape):
    """One rule of a layer."""

    types: str
    relation: Relation
    how: How
    until: float | None
    lock: LockShown | None


class LayerShown(Shape):
    """What one authority has decided."""

    name: str
    rules: tuple[RuleShown, ...]
    budget: int | None


class CellShown(Shape):
    """How one kind of notification reaches an agent, and why. ``type`` is the playbook's patterns."""

    playbook: str
    type: str
    priority: Priority
    relation: Relation
    how: How
    because: tuple[str, ...]
    layer: str
    """The layer that decided."""
    locked_by: str
    """Who has locked it; empty: it isn't locked."""


class FiltersShown(Shape):
    """The layers that concern the caller, the uppermost first, and what they come to."""

    revision: int
    layers: tuple[LayerShown, ...]
    effective: tuple[CellShown, ...]


class Revision(Shape):
    """The revision under which a change was stored."""

    revision: int


class LockAsked(Asked):
    """That layers below may not decide otherwise, and why."""

    why: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]


class RuleAsked(Asked):
    """One rule: a pattern of types or playbooks × relation → how."""

    types: Name
    relation: Relation = Relation.ANY
    how: How
    until: Time | None = None
    lock: LockAsked | None = None


class LayerAsked(Asked):
    """All rules of a layer: they take the place of those before."""

    rules: Annotated[tuple[RuleAsked, ...], Field(max_length=MAX_RULES)] = ()
    budget: Annotated[int, Field(ge=0, le=MAX_BUDGET)] | None = None


class EffectShown(Shape):
    """How many notifications would have come otherwise, of ``total``."""

    total: int
    hidden: int
    quieter: int
    louder: int
    shown: int


class FilterPreview(Shape):
    """What a change of filters would have done, by team and by agent."""

    teams: dict[str, EffectShown]
    agents: dict[str, EffectShown]
    sentences: tuple[str, ...]
