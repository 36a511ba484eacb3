"""The noise budget: how many toasts an agent had within the hour, and what waits because of it. Pure."""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from relay.filters import BUDGET, ORGANISATION, FilterSet, budget, is_own
from relay.people import Directory

SLOTS = 60
SLOT_SECONDS = 60.0
"""The hour slides in steps of a minute."""
DIGEST_SECONDS = 900.0
"""How often an agent is told what waits in the inbox."""

FEW = 64
"""Agents who are looked up one by one; of more it is remembered who is over, for as long as that holds."""
PART = 8
"""So are those who are at most one in so many of all: to look through all would cost more."""

NOBODY: frozenset[str] = frozenset()

_LOCKING = (ORGANISATION, "team")
"""Kinds of layers that lock."""
_UNLOCKED: Mapping[str, frozenset[str]] = {}


class Noise:
    """Toasts by agent. Counting five hundred is one call into C; who is over is kept while it holds."""

    def __init__(self, now: float) -> None:
        self._slots: list[Counter[str]] = [Counter() for _ in range(SLOTS)]
        self._slot = int(now // SLOT_SECONDS)
        self._total: Counter[str] = Counter()
        self._budgets: Mapping[str, int] = {}
        self._above: Mapping[str, Mapping[str, int]] = {}
        self._spent = NOBODY
        self._slack = 0
        self._folded: dict[str, Counter[str]] = {}
        self._digested = now
        self._digests = 0

    def allow(self, filters: FilterSet, directory: Directory) -> None:
        """Take the agents' budgets from the filters."""
        self._budgets = {
            agent: budget(filters, agent=agent, teams=person.teams)
            for agent, person in directory.people.items()
        }
        above = replace(filters, layers=tuple(one for one in filters.layers if not is_own(one.name)))
        self._above = {
            level: {
                agent: budget(above, agent=agent, teams=person.teams, lock=level)
                for agent, person in directory.people.items()
            }
            for level in _LOCKING
        }
        self._slack = 0

    def budget_of(self, agent: str) -> int:
        """Return how many toasts an hour an agent takes."""
        return self._budgets.get(agent, 0)

    def toasts(self, agent: str, now: float) -> int:
        """Return how many toasts an agent had within the hour."""
        self._slide(now)
        return self._total[agent]

    def over(
        self, agents: frozenset[str], now: float, *, locked: Mapping[str, frozenset[str]] = _UNLOCKED
    ) -> frozenset[str]:
        """Return those of ``agents`` who have had as many toasts as they take.

        ``locked`` are those to whom a layer, by its name, has made it a must: of them, who has had as many
        as that layer and those above it say.
        """
        over = self._over(agents, now)
        had = self._total
        for layer, those in locked.items() if over else ():
            most = self._above.get(layer.partition(":")[0], self._budgets)
            over -= {agent for agent in over & those if had[agent] < most.get(agent, BUDGET)}
        return over

    def _over(self, agents: frozenset[str], now: float) -> frozenset[str]:
        """Return those of ``agents`` who have had as many toasts as their own budgets say."""
        self._slide(now)
        if len(agents) <= max(FEW, len(self._budgets) // PART):
            most, had = self._budgets, self._total
            return frozenset([agent for agent in agents if had[agent] >= most.get(agent, BUDGET)])
        if self._slack <= 0:
            self._look()
        return agents & self._spent if self._spent else NOBODY

    def take(
        self,
        agents: frozenset[str],
        now: float,
        *,
        spares: bool,
        locked: Mapping[str, frozenset[str]] = _UNLOCKED,
    ) -> frozenset[str]:
        """Note a toast for each of ``agents`` but those whom it ``spares`` since they have had enough.

        Returns these; ``locked`` is as of :meth:`over`.
        """
        over = self.over(agents, now, locked=locked) if spares else NOBODY
        self.count(agents - over if over else agents, now)
        return over

    def count(self, agents: frozenset[str], now: float) -> None:
        """Note a toast for each of ``agents``."""
        self._slide(now)
        if agents:
            self._slots[self._slot % SLOTS].update(agents)
            self._total.update(agents)
            self._slack -= 1

    def fold(self, agents: frozenset[str], playbook: str) -> None:
        """Note what went to the inbox of ``agents`` although it would have been a toast."""
        self._folded.setdefault(playbook, Counter()).update(agents)

    def digests(self, now: float) -> tuple[int, dict[str, Counter[str]]]:
        """Return what was folded by agent and playbook, if it is time; with a number for this time."""
        if now - self._digested < DIGEST_SECONDS:
            return self._digests, {}
        self._digested, self._digests = now, self._digests + 1
        folded: dict[str, Counter[str]] = {}
        for playbook, agents in self._folded.items():
            for agent, count in agents.items():
                folded.setdefault(agent, Counter())[playbook] = count
        self._folded = {}
        return self._digests, folded

    def _slide(self, now: float) -> None:
        """Forget the minutes that are an hour ago."""
        slot = int(now // SLOT_SECONDS)
        for passed in range(self._slot + 1, min(slot, self._slot + SLOTS) + 1):
            old = self._slots[passed % SLOTS]
            self._total.subtract(old)
            old.clear()
        if slot > self._slot:
            self._slot, self._slack = slot, 0
            self._total += Counter()

    def _look(self) -> None:
        """Find out who is over, and after how many more toasts the next one may be."""
        counts = self._total
        left = {agent: most - counts[agent] for agent, most in self._budgets.items()}
        self._spent = frozenset(agent for agent, room in left.items() if room <= 0)
        self._slack = min((room for room in left.values() if room > 0), default=SLOTS)
