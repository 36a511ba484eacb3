"""To whom work can be passed on: who is offered, in which order, and what fits what was typed. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.api import Colleague, People
from desktop.i18n import mark, tr
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line
from relay.protocol import Availability

TEAM = "team:"
"""What a team's name begins with on the wire."""

_STATES = {
    Availability.AVAILABLE: mark("Available"),
    Availability.BUSY: mark("Busy"),
    Availability.AWAY: mark("Away"),
}
_BREAKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A person or a team."""

    key: str
    """What the relay is told: an address, or ``team:`` and a name."""
    name: str
    """Plain text, cleaned."""
    about: str = ""
    """What tells it from others: the address, the teams."""
    state: str = ""
    """Whether the person is there, in a word; empty: that isn't known."""
    there: bool = False
    """Somebody is there who would see it at once."""

    @property
    def is_team(self) -> bool:
        """Say whether anybody of several may take it."""
        return self.key.startswith(TEAM)

    def spoken(self) -> str:
        """Return the sentence for a screen reader."""
        return ", ".join(part for part in (self.name, self.state, self.about) if part)


def offered(people: People | None, lately: Sequence[str], teams: Sequence[str]) -> tuple[Recipient, ...]:
    """Return who is offered: those of ``lately`` first, then as the relay has them, teams at the end.

    Without an answer of the relay (``people`` is None) these are the former recipients and the
    ``teams`` that the work is for.
    """
    if people is None:
        known = [*map(_unknown, lately), *(_team(name) for name in teams)]
    else:
        known = [*map(_person, people.agents), *map(_team, people.teams)]
    by_key = {each.key.casefold(): each for each in reversed(known)}
    first = [key for name in lately if (key := name.casefold()) in by_key]
    order = dict.fromkeys([*first, *(each.key.casefold() for each in known)])
    return tuple(by_key[key] for key in order)


def fitting(recipients: Iterable[Recipient], text: str) -> tuple[Recipient, ...]:
    """Return whom somebody may mean who typed ``text``: each word begins a word of name, address or team.

    What fits nobody, or is an address, may be somebody whom only the relay knows: it is offered as it is.
    """
    wanted = _words(text)
    found = tuple(each for each in recipients if _fits(each, wanted))
    typed = text.strip()
    if not typed or any(each.key.casefold() == typed.casefold() for each in found):
        return found
    if found and "@" not in typed:
        return found
    return (*found, _unknown(addressee(typed)))


def addressee(text: str) -> str:
    """Return what a person typed as the wire wants it: an address, or a team's key."""
    name = text.strip()
    return name if "@" in name or name.startswith(TEAM) else f"{TEAM}{name}"


def _person(colleague: Colleague) -> Recipient:
    teams = ", ".join(clean_line(team, MAX_LABEL) for team in colleague.teams)
    address = clean_line(colleague.agent, MAX_TITLE)
    return Recipient(
        key=colleague.agent,
        name=clean_line(colleague.name, MAX_LABEL) or address,
        about=f"{teams} · {address}" if teams else address,
        state=tr(_STATES[colleague.state]) if colleague.state else tr("Not connected"),
        there=colleague.state is Availability.AVAILABLE,
    )


def _team(name: str) -> Recipient:
    words = tr("Team {team}", team=clean_line(name, MAX_LABEL))
    return Recipient(key=f"{TEAM}{name}", name=words, about=tr("Anybody of the team may take it"))


def _unknown(key: str) -> Recipient:
    if key.startswith(TEAM):
        return _team(key.removeprefix(TEAM))
    return Recipient(key=key, name=clean_line(key, MAX_TITLE))


def _fits(recipient: Recipient, wanted: Sequence[str]) -> bool:
    words = _words(f"{recipient.name} {recipient.key} {recipient.about if not recipient.is_team else ''}")
    return all(any(word.startswith(each) for word in words) for each in wanted)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return [word for word in _BREAKS.split(kept) if word]
