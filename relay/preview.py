"""What a change of the filters would have done to the notifications of the last days. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from relay.event import Draft, StoredNotification
from relay.filters import FilterSet, Layer, louder
from relay.noise import NOBODY, Noise
from relay.partition import Partitions, Share, following, may_wait
from relay.people import Directory
from relay.protocol import How

NO_FOLLOWERS: Mapping[str, tuple[str, ...]] = {}


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """How many notifications somebody would have had otherwise, of ``total``."""

    total: int = 0
    """Those that were for them."""
    hidden: int = 0
    """Not at all any more."""
    quieter: int = 0
    louder: int = 0
    shown: int = 0
    """Were off, and wouldn't be."""

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(
            total=self.total + other.total,
            hidden=self.hidden + other.hidden,
            quieter=self.quieter + other.quieter,
            louder=self.louder + other.louder,
            shown=self.shown + other.shown,
        )

    def in_words(self, whose: str) -> str:
        """Say it in a sentence: ``would have hidden 41 of 300 for Billing``."""
        parts = [
            f"{verb} {count} of {self.total}"
            for verb, count in (
                ("hidden", self.hidden),
                ("quietened", self.quieter),
                ("made louder", self.louder),
                ("shown", self.shown),
            )
            if count
        ]
        changed = ", ".join(parts) if parts else f"changed none of {self.total}"
        return f"It would have {changed} for {whose}."


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The effects by team and by agent. A team has what its loudest member has."""

    teams: Mapping[str, Effect]
    agents: Mapping[str, Effect]
    sentences: tuple[str, ...]
    """For each team, or for the one agent whose layer it is."""


def with_layer(filters: FilterSet, layer: Layer) -> FilterSet:
    """Return the filters with a layer in place of the one of its name."""
    others = tuple(known for known in filters.layers if known.name != layer.name)
    return FilterSet(revision=filters.revision, layers=(*others, layer))


def preview(
    filters: FilterSet,
    layer: Layer,
    notifications: Iterable[StoredNotification],
    directory: Directory,
    now: float,
    *,
    followers: Mapping[str, tuple[str, ...]] = NO_FOLLOWERS,
) -> Preview:
    """Compare what recorded notifications come to with the filters as they are, and with ``layer`` in them.

    Both are judged by today's people, followers and filters, with the noise budgets counted by the
    notifications' own times: what is compared is the change, nothing else. What was sent more than once
    counts once for each agent and team, as it was sent to them last.
    """
    before, after = (_Replay(held, directory, followers) for held in (filters, with_layer(filters, layer)))
    views = [(one.draft, before.view(one.draft, now), after.view(one.draft, now)) for one in notifications]
    times = Counter(draft.id for draft, _, _ in views)
    told: dict[str, frozenset[str]] = {}
    counts: Counter[tuple[object, ...]] = Counter()
    groups: dict[tuple[object, ...], _Group] = {}
    for draft, was, will in reversed(views):
        had = told.get(draft.id, NOBODY)
        key: tuple[object, ...] = (id(was.share), id(will.share), was.over, will.over, had)
        counts[key] += 1
        # It keeps both shares alive, so that an id means one thing.
        groups.setdefault(key, _Group(draft.audience, was, will, had))
        if times[draft.id] > 1:
            told[draft.id] = had.union(directory.who(draft.audience))
    concerned = _concerned(layer.name, directory)
    agents: dict[str, Effect] = {}
    teams: dict[str, Effect] = {}
    for key, (audience, was, will, had) in groups.items():
        reached = [agent for agent in directory.who(audience) if agent in concerned]
        for agent in reached:
            if agent not in had:
                effect = _effect((was.how(agent),), (will.how(agent),), counts[key])
                agents[agent] = agents.get(agent, Effect()) + effect
        for team, members in _by_team(reached, directory).items():
            if had.isdisjoint(directory.members(team)):
                hows = [was.how(agent) for agent in members], [will.how(agent) for agent in members]
                teams[team] = teams.get(team, Effect()) + _effect(*hows, counts[key])
    return Preview(teams=teams, agents=agents, sentences=_sentences(layer.name, teams, agents, directory))


class _View(NamedTuple):
    """How everybody gets one notification."""

    share: Share
    over: frozenset[str]
    """Those who have had enough toasts."""

    def how(self, agent: str) -> How:
        """Return how an agent gets it."""
        return How.INBOX if agent in self.over else self.share.others.get(agent, self.share.how)


class _Group(NamedTuple):
    """Notifications that come to the same for everybody."""

    audience: tuple[str, ...]
    was: _View
    will: _View
    had: frozenset[str]
    """Agents for whom they are counted already: they were sent to them again later."""


class _Replay:
    """What was sent, sent once more with other filters, in its order."""

    def __init__(
        self, filters: FilterSet, directory: Directory, followers: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._followers = followers
        self._partitions = Partitions(filters, directory)
        self._noise = Noise(0.0)
        self._noise.allow(filters, directory)

    def view(self, draft: Draft, now: float) -> _View:
        """Return how everybody gets the next notification by the filters of ``now``."""
        share = self._partitions.share(draft, followers=following(draft, self._followers), now=now)
        if draft.routing.storm or not share.toasts:
            return _View(share, NOBODY)
        over = self._noise.take(share.toasts, draft.at, spares=may_wait(draft), locked=share.locked)
        return _View(share, over)


def _concerned(name: str, directory: Directory) -> frozenset[str]:
    kind, _, who = name.partition(":")
    if kind == "team":
        return frozenset(directory.members(who))
    return frozenset((who,)) if kind == "agent" else frozenset(directory.people)


def _by_team(agents: Iterable[str], directory: Directory) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for agent in agents:
        for team in directory.teams_of(agent):
            found.setdefault(team, []).append(agent)
    return found


def _effect(old: Sequence[How], new: Sequence[How], count: int) -> Effect:
    was, will = _loudest(old), _loudest(new)
    return Effect(
        total=count,
        hidden=count * (will is How.OFF and was is not How.OFF),
        quieter=count * (will is not How.OFF and louder(was, will)),
        louder=count * (was is not How.OFF and louder(will, was)),
        shown=count * (was is How.OFF and will is not How.OFF),
    )


def _loudest(hows: Sequence[How]) -> How:
    best = How.OFF
    for how in hows:
        best = how if louder(how, best) else best
    return best


def _sentences(
    name: str, teams: Mapping[str, Effect], agents: Mapping[str, Effect], directory: Directory
) -> tuple[str, ...]:
    kind, _, who = name.partition(":")
    if kind == "agent":
        return (agents.get(who, Effect()).in_words(directory.name_of(who)),)
    shown = {who: teams.get(who, Effect())} if kind == "team" else teams
    return tuple(effect.in_words(directory.title_of(team)) for team, effect in sorted(shown.items()))
