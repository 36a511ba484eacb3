"""The filters, worked out for whole audiences and kept: who gets a notification how, at once. Pure.

One notification for five hundred people asks the filters for each of them only the first time: agents
whose layers are the same are judged together, and the answer is kept for the next notification of the
same playbook to the same audience. ``tests/relay/test_partition.py`` holds it against
:func:`relay.filters.effective`, agent by agent.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from relay.event import Draft
from relay.filters import (
    Cell,
    Effective,
    FilterSet,
    Relation,
    agent_layer,
    holds_until,
    judge,
    louder,
    relation,
    team_layer,
)
from relay.people import Directory
from relay.protocol import How, Priority, Stage

MOST_KEPT = 4096
"""Answers kept: some ten owners for each of fifty playbooks, several times over."""


class Share(NamedTuple):
    """Who gets a notification how."""

    how: How
    """For everybody who is not in ``others``."""
    others: Mapping[str, How]
    toasts: frozenset[str]
    """The agents whom it disturbs."""
    hushed: Mapping[str, How]
    """``others`` if nobody is to be disturbed by it."""
    locked: Mapping[str, frozenset[str]]
    """Those of ``toasts`` whose way is locked, by the layer that locks it."""

    @property
    def hushed_how(self) -> How:
        """Return ``how`` if nobody is to be disturbed."""
        return hush(self.how)


class Partitions:
    """Shares by (playbook, type, priority, audience, owner), as long as neither people nor filters change."""

    def __init__(self, filters: FilterSet, directory: Directory) -> None:
        self.filters, self._directory = filters, directory
        self._layers = {layer.name: layer for layer in filters.layers}
        self._kept: OrderedDict[tuple[object, ...], Share] = OrderedDict()
        self._good_until = float("-inf")
        self._signatures = {
            agent: self._signature(agent, person.teams) for agent, person in directory.people.items()
        }

    def share(self, draft: Draft, *, followers: tuple[str, ...] = (), now: float) -> Share:
        """Return who gets a draft how, by its audience and owner."""
        if now >= self._good_until:
            self._kept.clear()
            self._good_until = holds_until(self.filters, now)
        wider = tuple(key for rung in draft.plan.ladder for key in rung.audience)
        owner = draft.routing.owner
        key = (draft.playbook, draft.type, draft.priority, draft.audience, owner, followers, wider)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._work_out(draft, wider, followers, now)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return kept

    def _work_out(
        self, draft: Draft, wider: tuple[str, ...], followers: tuple[str, ...], now: float
    ) -> Share:
        owner = draft.routing.owner
        known: dict[tuple[Relation, tuple[str, ...]], Effective] = {}
        found: dict[str, How] = {}
        locked: dict[str, set[str]] = {}
        for agent in self._directory.who(draft.audience):
            related = relation(agent, owner=owner, audience=draft.audience, follows=agent in followers)
            said = self._judge(draft, agent, related, known, now)
            found[agent] = said.how
            if said.locked_by and said.how in {How.TOAST, How.SOUND}:
                locked.setdefault(said.layer, set()).add(agent)
        usual = (
            _usual(found.values()) if found else self._judge(draft, "", Relation.UNASSIGNED, known, now).how
        )
        toasts = frozenset(agent for agent, how in found.items() if how in {How.TOAST, How.SOUND})
        # Whoever a rung of the ladder brings in is asked for help: it is not a colleague's affair any more.
        for agent in self._directory.who(wider):
            if agent not in found:
                found[agent] = self._judge(draft, agent, Relation.UNASSIGNED, known, now).how
        others = {agent: how for agent, how in found.items() if how is not usual}
        hushed = {agent: hush(how) for agent, how in others.items() if hush(how) is not hush(usual)}
        return Share(
            usual, others, toasts, hushed, {layer: frozenset(those) for layer, those in locked.items()}
        )

    def _judge(
        self,
        draft: Draft,
        agent: str,
        related: Relation,
        known: dict[tuple[Relation, tuple[str, ...]], Effective],
        now: float,
    ) -> Effective:
        """Judge an agent, or take what was found for somebody with the same layers."""
        signature = self._signatures.get(agent, ())
        said = known.get((related, signature))
        if said is None:
            cell = Cell(playbook=draft.playbook, type=draft.type, priority=draft.priority, relation=related)
            teams = [name.removeprefix("team:") for name in signature if name.startswith("team:")]
            said = judge(self._layers, cell, agent=agent, teams=teams, now=now)
            known[related, signature] = said
        return said

    def _signature(self, agent: str, teams: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the layers that speak for an agent, beside the organisation's."""
        names = (*map(team_layer, teams), agent_layer(agent))
        return tuple(name for name in names if name in self._layers)


def _usual(hows: Iterable[How]) -> How:
    """Return the most frequent one, of several the loudest: what newcomers get, too."""
    counts = Counter(hows)
    most = max(counts.values())
    best = How.OFF
    for how, count in counts.items():
        if count == most and louder(how, best):
            best = how
    return best


def hush(how: How) -> How:
    """Return the same without a toast."""
    return How.OFF if how is How.OFF else How.INBOX


def following(draft: Draft, followers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return who follows a draft's case; ``followers`` has agents by case, a collapse key or an id."""
    cases = (draft.collapse, draft.id) if followers else ()
    found = [agent for case in cases if case for agent in followers.get(case, ())]
    return tuple(dict.fromkeys(found))


def foldable(priority: Priority) -> bool:
    """Say whether a notification may wait in the inbox when there are too many."""
    return priority in {Priority.LOW, Priority.NORMAL}


def may_wait(draft: Draft) -> bool:
    """Say whether a draft waits in the inbox of those who have had enough toasts; an offer doesn't."""
    return foldable(draft.priority) and draft.stage is Stage.NEW
