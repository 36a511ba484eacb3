"""Circles of people: who is in one, who of them is there, and to whom something is offered first. Pure."""

import difflib
import zlib
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from relay import fields
from relay.event import EVERYONE, Reach, agent_key, team_key
from relay.people import Directory, Person
from relay.playbooks import Playbook, Present
from relay.presence import Presence
from relay.protocol import Availability


class Found(NamedTuple):
    """The people of a circle who are there."""

    keys: tuple[str, ...]
    """The audience keys to address."""
    agents: tuple[str, ...]
    """Those of them who are known, in lower case; empty if nobody had to look."""


NOBODY = Found((), ())


def find(reach: Reach, directory: Directory, presence: Presence, now: float) -> Found:
    """Return who is meant by a circle; without keys if nobody is.

    Only a circle that asks for skills, languages or presence is narrowed down to single agents; others are
    left as teams, so that those who come later belong to them. A team to which nobody belongs is nobody,
    a team whose people are all at home isn't.
    """
    present = Present(reach.present)
    if not (reach.skills or reach.languages or present is not Present.ANY):
        return Found(reach.keys, ()) if directory.anybody(reach.keys) else NOBODY
    agents = tuple(
        agent
        for agent in directory.who(reach.keys)
        if able(directory.people[agent], reach) and there(agent, present, directory, presence, now)
    )
    return Found(tuple(map(agent_key, agents)), agents)


def candidates(reach: Reach, directory: Directory, presence: Presence, now: float) -> tuple[str, ...]:
    """Return to whom of a circle something may be offered: nothing is offered to who can't see it."""
    present = Present(reach.present)
    needed = Present.AVAILABLE if present is Present.ANY else present
    return tuple(
        agent
        for agent in directory.who(reach.keys)
        if able(directory.people[agent], reach) and there(agent, needed, directory, presence, now)
    )


def able(person: Person, reach: Reach) -> bool:
    """Say whether somebody has all the skills and one of the languages."""
    skilled = all(skill.strip().casefold() in person.skills for skill in reach.skills)
    return skilled and (not reach.languages or any(speaks(person, language) for language in reach.languages))


def speaks(person: Person, language: str) -> bool:
    """Say whether somebody speaks a language; ``de-AT`` is spoken by whoever speaks ``de``."""
    wanted = language.strip().casefold().replace("_", "-")
    return any(
        wanted in {known, known.partition("-")[0]} or wanted.partition("-")[0] == known
        for known in person.languages
    )


def there(agent: str, present: Present, directory: Directory, presence: Presence, now: float) -> bool:
    """Say whether somebody is there, as much as ``present`` asks for."""
    if present is Present.ANY:
        return True
    state = presence.of(agent)
    if state is None and presence.awaited(agent, now):
        state = Availability.AVAILABLE
    if present is Present.CONNECTED or state is None:
        return state is not None
    available = state is Availability.AVAILABLE
    return available and (present is Present.AVAILABLE or directory.on_shift(agent, now))


def in_turn(
    agents: Collection[str], presence: Presence, now: float, *, seed: str, first: str = ""
) -> list[str]:
    """Return agents in the order in which something is offered to them.

    The owner (``first``) comes first, then who had the fewest offers of late; among equals ``seed``
    decides, so that it isn't always the same one, and yet the same order for the same notification.
    """
    return sorted(
        agents,
        key=lambda agent: (
            agent != first,
            presence.offers(agent, now),
            zlib.crc32(f"{seed} {agent}".encode()),
        ),
    )


def strangers(playbook: Playbook, directory: Directory) -> Iterator[tuple[str, str]]:
    """Yield the places where a playbook names a team or an agent to which nobody belongs, and a sentence."""
    for place, circle in fields.circles(playbook):
        for kind, key_of, names, known in (
            ("teams", team_key, circle.teams, directory.teams),
            ("agents", agent_key, circle.agents, directory.people),
        ):
            for name in names:
                if not directory.anybody((key_of(name),)):
                    near = difflib.get_close_matches(name.casefold(), known.keys() - {name.casefold()}, n=1)
                    hint = f"; {near[0]!r}?" if near else ""
                    yield f"{place}.{kind}", f"nobody belongs to {name!r}{hint}"


def describe(reach: Reach, directory: Directory) -> str:
    """Return what a circle is in words: ``Billing, who speak de and are connected``."""
    names = ", ".join(_key_words(reach.keys, directory)) or "nobody"
    asked = []
    if reach.skills:
        asked.append(f"can do {' and '.join(reach.skills)}")
    if reach.languages:
        asked.append(f"speak {' or '.join(reach.languages)}")
    if reach.present != Present.ANY:
        asked.append(f"are {reach.present.replace('-', ' ')}")
    return f"{names}, who {' and '.join(asked)}" if asked else names


def _key_words(keys: Iterable[str], directory: Directory) -> list[str]:
    words = []
    for key in keys:
        kind, _, name = key.partition(":")
        if key == EVERYONE:
            words.append("everyone")
        elif kind == "team":
            words.append(directory.title_of(name))
        elif kind == "lead":
            words.append("the leads" if name == "*" else f"the leads of {directory.title_of(name)}")
        else:
            words.append(name)
    return words
