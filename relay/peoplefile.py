"""The people's file: teams, agents and the ids that other systems have for them, read from TOML. Pure.

``docs/people.md`` describes the keys. Everything that is wrong is reported at once, with its line.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec

from relay.errors import ConfigError, ConfigErrors
from relay.hours import Hours, check_zone, read_hours
from relay.people import People, Person, Team, spoken_name
from relay.tomltext import key_lines, parse

MAX_AGENTS = 20_000
MAX_TEAMS = 1_000

Words = Annotated[tuple[str, ...], msgspec.Meta(max_length=50)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Entry = TypeVar("_Entry", bound=msgspec.Struct)


class TeamEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team as the file has it: ``[teams.billing]``."""

    title: Annotated[str, msgspec.Meta(max_length=100)] = ""
    leads: Words = ()
    zone: Text = "UTC"
    shift: Text | Words = ()
    language: Annotated[str, msgspec.Meta(max_length=35)] = ""


class AgentEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent as the file has it: ``[agents."mira@example.com"]``."""

    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    teams: Words = ()
    skills: Words = ()
    languages: Words = ()
    ids: Mapping[str, str] = {}
    zone: Annotated[str, msgspec.Meta(max_length=200)] = ""
    shift: Text | Words = ()


_SECTIONS: Mapping[str, object] = {"teams": TeamEntry, "agents": AgentEntry, "owners": None}


def read_people(text: str, filename: str = "") -> People:
    """Return what the text of a people's file says.

    Raises:
        ConfigErrors: everything that is wrong.
    """
    document = parse(text, filename)
    reader = _Reader(text, filename)
    tables = {name: reader.table(document, name) for name in _SECTIONS}
    for name in document.keys() - _SECTIONS.keys():
        reader.problem((name,), "is not a section of this file.", _nearest(name, _SECTIONS))
    teams = reader.teams(tables["teams"])
    agents = reader.agents(tables["agents"], teams)
    owners = reader.owners(tables["agents"], tables["owners"])
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return People(teams=teams, agents=agents, owners=owners)


class _Reader:
    """One reading: the lines of the keys, and the problems found so far."""

    def __init__(self, text: str, filename: str) -> None:
        self._filename = filename
        self._lines = dict(reversed(list(key_lines(text))))
        self.problems: list[ConfigError] = []

    def problem(self, key: tuple[str, ...], what: str, hint: str = "") -> None:
        """Note what is wrong with a key, with the line on which it, or what it is part of, stands."""
        line = next((self._lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self._lines), None)
        if line is None:
            line = next((line for known, line in self._lines.items() if known[: len(key)] == key), None)
        where = f"{self._filename}:{line}" if line else self._filename
        self.problems.append(ConfigError(".".join(key), what, where=where, hint=hint))

    def table(self, document: Mapping[str, object], name: str) -> Mapping[str, Any]:
        found = document.get(name, {})
        if isinstance(found, dict) and len(found) <= MAX_AGENTS:
            return found
        self.problem((name,), f"must be a section of at most {MAX_AGENTS} entries.")
        return {}

    def teams(self, table: Mapping[str, Any]) -> dict[str, Team]:
        found: dict[str, Team] = {}
        for title, given in table.items():
            entry = self._entry(("teams", title), given, TeamEntry)
            if entry is None:
                continue
            name = title.strip().casefold()
            leads = tuple(self._agent(("teams", title, "leads"), lead) for lead in entry.leads)
            hours = self._hours(("teams", title), entry.shift, entry.zone)
            found[name] = Team(
                name=name,
                title=entry.title or title,
                leads=leads,
                zone=entry.zone,
                hours=hours,
                language=entry.language.casefold(),
            )
        if len(found) > MAX_TEAMS:
            self.problem(("teams",), f"has more than {MAX_TEAMS} teams.")
        return found

    def agents(self, table: Mapping[str, Any], teams: Mapping[str, Team]) -> dict[str, Person]:
        found: dict[str, Person] = {}
        for address, given in table.items():
            key = ("agents", address)
            entry, agent = self._entry(key, given, AgentEntry), self._agent(key, address)
            if entry is None:
                continue
            if agent in found:
                self.problem(key, "stands here twice.")
            joined = tuple(team.strip().casefold() for team in entry.teams)
            for team in joined:
                if teams and team not in teams:
                    hint = _nearest(team, teams) or f"Make a section [teams.{team}]."
                    self.problem((*key, "teams"), f"{team!r} is not a team of this file.", hint)
            zone = entry.zone or next((teams[team].zone for team in joined if team in teams), "UTC")
            found[agent] = Person(
                agent=agent,
                name=entry.name or spoken_name(agent),
                teams=joined,
                skills=frozenset(skill.strip().casefold() for skill in entry.skills),
                languages=tuple(language.strip().casefold() for language in entry.languages),
                hours=self._hours(key, entry.shift, zone),
            )
        return found

    def owners(self, agents: Mapping[str, Any], tables: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Return agents by provider and id, from the agents' own ``ids`` and from ``[owners.PROVIDER]``."""
        found: dict[str, dict[str, str]] = {}
        for address, entry in agents.items():
            ids = entry.get("ids", {}) if isinstance(entry, dict) else {}
            for provider, value in ids.items() if isinstance(ids, dict) else ():
                self._own(found, ("agents", address, "ids"), provider, value, address)
        for provider, table in tables.items():
            if not isinstance(table, dict):
                self.problem(("owners", provider), "must be a section: ids, each with an agent's address.")
                continue
            for value, address in table.items():
                self._own(found, ("owners", provider, value), provider, value, address)
        return found

    def _own(
        self,
        found: dict[str, dict[str, str]],
        key: tuple[str, ...],
        provider: str,
        value: object,
        address: object,
    ) -> None:
        """Note one id, unless it is somebody else's."""
        if not isinstance(value, str) or not isinstance(address, str):
            self.problem(key, "must be text in quotes.")
            return
        agent, table = self._agent(key, address), found.setdefault(provider, {})
        before = table.setdefault(value.strip().casefold(), agent)
        if before != agent:
            self.problem(key, f"{provider}'s {value!r} is {before}'s already.")

    def _entry(self, key: tuple[str, ...], given: object, kind: type[_Entry]) -> _Entry | None:
        try:
            return msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            self._explain(key, str(error), kind)
            return None

    def _explain(self, key: tuple[str, ...], said: str, kind: type[msgspec.Struct]) -> None:
        unknown = re.search(r"unknown field `([^`]*)`", said)
        if unknown:
            known = [field.name for field in msgspec.structs.fields(kind)]
            self.problem((*key, unknown[1]), "is not a key here.", _nearest(unknown[1], known))
            return
        place = re.search(r" - at `\$\.?([^`\[.]*)[^`]*`", said)
        at = (place[1],) if place and place[1] else ()
        words = re.sub(r" - at `[^`]*`", "", said).replace("Expected", "must be").replace("`", "")
        self.problem((*key, *at), f"{words}.")

    def _agent(self, key: tuple[str, ...], address: str) -> str:
        agent = address.strip().casefold()
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", agent):
            self.problem(key, f"{address!r} is not an e-mail address.")
        return agent

    def _hours(self, key: tuple[str, ...], plan: str | Sequence[str], zone: str) -> Hours | None:
        part = "shift"
        try:
            if plan:
                return read_hours(plan, zone)
            part = "zone"
            check_zone(zone)
        except ValueError as error:
            part = "zone" if "time zone" in str(error) else part
            self.problem((*key, part), str(error))
        return None


def _nearest(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else ""
