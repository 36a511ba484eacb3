"""What a change of the filters would have done to the notifications of the last days. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from relay.event import StoredNotification
from relay.filters import FilterSet, Layer, louder
from relay.partition import Partitions, Share
from relay.people import Directory
from relay.protocol import How


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
) -> Preview:
    """Compare what recorded notifications come to with the filters as they are, and with ``layer`` in them.

    Both are judged by today's people and filters: what is compared is the change, nothing else.
    """
    before = Partitions(filters, directory)
    after = Partitions(with_layer(filters, layer), directory)
    shares: dict[tuple[int, int], tuple[Share, Share]] = {}
    counts: Counter[tuple[int, int]] = Counter()
    audiences: dict[tuple[int, int], tuple[str, ...]] = {}
    for stored in notifications:
        pair = before.share(stored.draft, now=now), after.share(stored.draft, now=now)
        key = id(pair[0]), id(pair[1])
        shares[key] = pair  # keeps both alive, so that an id means one thing
        counts[key] += 1
        audiences.setdefault(key, directory.who(stored.draft.audience))
    concerned = _concerned(layer.name, directory)
    agents: dict[str, Effect] = {}
    teams: dict[str, Effect] = {}
    for key, (old, new) in shares.items():
        for agent in audiences[key]:
            if agent in concerned:
                effect = _effect((_how(old, agent),), (_how(new, agent),), counts[key])
                agents[agent] = agents.get(agent, Effect()) + effect
        for team, members in _by_team(audiences[key], concerned, directory).items():
            hows = [_how(old, agent) for agent in members], [_how(new, agent) for agent in members]
            teams[team] = teams.get(team, Effect()) + _effect(*hows, counts[key])
    return Preview(teams=teams, agents=agents, sentences=_sentences(layer.name, teams, agents, directory))


def _concerned(name: str, directory: Directory) -> frozenset[str]:
    kind, _, who = name.partition(":")
    if kind == "team":
        return frozenset(directory.members(who))
    return frozenset((who,)) if kind == "agent" else frozenset(directory.people)


def _by_team(agents: Iterable[str], concerned: frozenset[str], directory: Directory) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for agent in agents:
        for team in directory.teams_of(agent) if agent in concerned else ():
            found.setdefault(team, []).append(agent)
    return found


def _how(share: Share, agent: str) -> How:
    return share.others.get(agent, share.how)


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
