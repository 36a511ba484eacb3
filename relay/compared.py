"""A notification as it was and as it would be: in what they differ, in sentences. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from relay.circles import describe
from relay.event import EVERYONE, Draft, Reach
from relay.notices import SOURCE
from relay.people import Directory
from relay.protocol import How, Stage

NOBODY = "unrouted"
"""Stands for a team in the table: nobody was there, or there is no such team."""

MOST_NAMED = 3
"""Agents who are named in a sentence; more are counted."""


def differences(was: Draft | None, would: Draft | None, directory: Directory) -> list[str]:
    """Return in what a notification would be otherwise than it was: who gets it how, priority, words."""
    if was is None or would is None:
        return [f"{one.playbook} would be {word}." for one, word in ((was, "gone"), (would, "new")) if one]
    found = []
    if was.priority is not would.priority:
        found.append(f"{would.playbook} was {was.priority}, and would be {would.priority}.")
    if parts := [part for part in _WORDS if getattr(was, part) != getattr(would, part)]:
        found.append(f"{would.playbook} would have other words: {', '.join(parts)}.")
    # A case that goes on keeps those to whom it went before.
    went = set(would.audience) <= set(was.audience) if was.revision > 1 else was.audience == would.audience
    if not went:
        then, now = (describe(Reach(keys=one.audience), directory) for one in (was, would))
        found.append(f"{would.playbook} went to {then}, and would go to {now}.")
    return [*found, *_otherwise(was, would, directory)]


_WORDS = ("title", "body", "scripts", "links", "actions")


def _otherwise(was: Draft, would: Draft, directory: Directory) -> Iterator[str]:
    """Yield for whom a notification would be louder or quieter than it was."""
    then, now = hows(was, directory), hows(would, directory)
    moved: defaultdict[tuple[How, How], list[str]] = defaultdict(list)
    for agent in now if was.revision > 1 else {**then, **now}:
        pair = then.get(agent, How.OFF), now.get(agent, How.OFF)
        if pair[0] is not pair[1]:
            moved[pair].append(agent)
    for (before, after), agents in moved.items():
        yield f"{would.playbook} was {before} for {people(agents)}, and would be {after}."


def pairs(was: Sequence[Draft], would: Sequence[Draft]) -> Iterator[tuple[Draft | None, Draft | None]]:
    """Put together what is of one playbook, and of the relay's own what went to the same people."""
    waiting: defaultdict[tuple[object, ...], deque[Draft]] = defaultdict(deque)
    for draft in would:
        waiting[_kind(draft)].append(draft)
    for draft in was:
        same = waiting[_kind(draft)]
        yield draft, same.popleft() if same else None
    yield from ((None, draft) for left in waiting.values() for draft in left)


def _kind(draft: Draft) -> tuple[object, ...]:
    return (draft.playbook, draft.audience) if draft.source == SOURCE else (draft.playbook,)


def people(agents: Sequence[str]) -> str:
    """Name some agents, or say how many they are."""
    if len(agents) > MOST_NAMED:
        return f"{len(agents)} agents"
    return " and ".join(filter(None, (", ".join(agents[:-1]), agents[-1])))


def hows(draft: Draft, directory: Directory) -> Mapping[str, How]:
    """Return how each known agent of a draft's audience gets it."""
    return {agent: draft.routing.how_for(agent) for agent in directory.who(draft.audience)}


def teams(draft: Draft, directory: Directory) -> tuple[str, ...]:
    """Return the teams under which a draft counts: those addressed, or those of the agents."""
    if draft.stage is Stage.UNROUTED:
        return (NOBODY,)
    named = [key.removeprefix("team:") for key in draft.audience if key.startswith("team:")]
    if named:
        return tuple(dict.fromkeys(map(directory.title_of, named)))
    if EVERYONE in draft.audience:
        return (EVERYONE,)
    found = (team for agent in directory.who(draft.audience) for team in directory.teams_of(agent))
    return tuple(dict.fromkeys(map(directory.title_of, found))) or (NOBODY,)
