"""The table of the filters page: playbooks × relations, what holds now, and what was changed here. Pure.

An edit touches the rules of one layer only. What holds in the end is the relay's to say; until it
was saved, a cell shows the wish beside what still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from desktop.api import Cell, Filters, Layer, Lock, Rule
from relay.protocol import How

RELATIONS = ("mine", "unassigned", "team", "followed")
"""The columns: how a notification concerns the agent."""
HOWS = (How.SOUND, How.TOAST, How.INBOX, How.OFF)
"""What a cell can be, from the loudest down."""
_ANY = "any"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One cell: a playbook's name and a relation."""

    playbook: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a cell shows."""

    how: How | None
    """What holds now; None: the relay doesn't say (another team's layer, for example)."""
    wish: How | None
    """What this layer's own rule says after the changes made here; None: it has none."""
    changed: bool
    """It isn't saved yet."""
    locked_by: str
    """Who has locked it above this layer; empty: nobody."""
    because: tuple[str, ...]
    layer: str
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The page's state: what the relay told, and the rules of the layer that is edited."""

    filters: Filters
    layer: str
    """The layer that is edited: ``agent:mira@example.com`` or ``team:billing``."""
    rules: tuple[Rule, ...]
    budget: int | None = None
    _cells: dict[Place, Cell] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, filters: Filters, layer: str) -> "Grid":
        """Return the page for a layer, without any change."""
        held = filters.layer(layer)
        cells = {Place(playbook=cell.playbook, relation=cell.relation): cell for cell in filters.effective}
        return cls(filters=filters, layer=layer, rules=held.rules, budget=held.budget, _cells=cells)

    @property
    def playbooks(self) -> tuple[str, ...]:
        """Return the rows: the playbooks in the order in which the relay told them, each once."""
        return tuple(dict.fromkeys(cell.playbook for cell in self.filters.effective))

    @property
    def changed(self) -> bool:
        """Say whether there is anything to save."""
        return set(self.rules) != set(self._held.rules) or self.budget != self._held.budget

    @property
    def changes(self) -> int:
        """Return how many rules are new or gone."""
        return len(set(self.rules) ^ set(self._held.rules))

    @property
    def others(self) -> tuple[Rule, ...]:
        """Return the rules that stand in no cell: patterns, written by a command or over the API."""
        rows = set(self.playbooks)
        return tuple(rule for rule in self.rules if rule.types not in rows)

    def shown(self, place: Place) -> Shown:
        """Return what a cell shows."""
        cell = self._cells.get(place)
        own = self.rule(place)
        before = _rule_at(self._held.rules, place)
        above = cell is not None and bool(cell.locked_by) and cell.layer != self.layer
        return Shown(
            how=None if cell is None else cell.how,
            wish=None if own is None else own.how,
            changed=own != before,
            locked_by=cell.locked_by if cell is not None and above else "",
            because=() if cell is None else cell.because,
            layer="" if cell is None else cell.layer,
            until=None if own is None else own.until,
        )

    def rule(self, place: Place) -> Rule | None:
        """Return the rule of the edited layer for a cell: its own, or the one for every relation."""
        return _rule_at(self.rules, place)

    def decide(self, place: Place, how: How | None, *, until: float | None = None, lock: str = "") -> "Grid":
        """Return the page with another rule in a cell; ``how`` None takes the rule away.

        A rule for every relation is split first, so that the other cells keep it.
        """
        rules = [rule for rule in _split(self.rules, place.playbook) if not _is_at(rule, place)]
        if how is not None:
            wanted = Lock(why=lock) if lock else None
            rules.append(
                Rule(types=place.playbook, relation=place.relation, how=how, until=until, lock=wanted)
            )
        return replace(self, rules=tuple(rules))

    def undone(self) -> "Grid":
        """Return the page as it was told."""
        return replace(self, rules=self._held.rules, budget=self._held.budget)

    def cleared(self) -> "Grid":
        """Return the page without any rule of this layer: everything as the layers above say."""
        return replace(self, rules=(), budget=None)

    @property
    def _held(self) -> Layer:
        return self.filters.layer(self.layer)


def _is_at(rule: Rule, place: Place) -> bool:
    return rule.types == place.playbook and rule.relation == place.relation


def _rule_at(rules: Sequence[Rule], place: Place) -> Rule | None:
    """Return the last rule for a cell: later ones count more."""
    found = [
        rule for rule in rules if rule.types == place.playbook and rule.relation in {place.relation, _ANY}
    ]
    return found[-1] if found else None


def _split(rules: Sequence[Rule], playbook: str) -> list[Rule]:
    """Write a playbook's rules for every relation as one for each."""
    found: list[Rule] = []
    for rule in rules:
        if rule.types == playbook and rule.relation == _ANY:
            found += [msgspec.structs.replace(rule, relation=relation) for relation in RELATIONS]
        else:
            found.append(rule)
    last = {(rule.types, rule.relation): rule for rule in found if rule.types == playbook}
    return [rule for rule in found if rule.types != playbook or last[rule.types, rule.relation] is rule]
