"""The people: who they are, in which teams, what they can do, and whose case is whose. Pure.

A :class:`Directory` is made from what is known twice over: the devices, each with its agent and
teams, and the people's file (:mod:`relay.peoplefile`), which adds names, skills, languages, working
hours and the ids that other systems have for the same people. Without the file, devices are enough.
"""

from collections.abc import Iterable, Mapping

import msgspec

from relay.event import EVERYONE, Device, agent_key, lead_key, team_key
from relay.hours import Hours
from relay.protocol import Role

ANY_PROVIDER = "*"


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """One team. ``leads`` are addresses in lower case."""

    name: str
    """In lower case: what audience keys and filters call it."""
    title: str
    leads: tuple[str, ...] = ()
    zone: str = "UTC"
    hours: Hours | None = None
    language: str = ""
    """What its members speak if nothing is said of them."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One agent. ``agent`` is the address in lower case; teams, skills and languages are too."""

    agent: str
    name: str
    """What colleagues call this agent."""
    teams: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    hours: Hours | None = None
    """None: those of the teams."""
    admin: bool = False


class People(msgspec.Struct, frozen=True, kw_only=True):
    """What the people's file says. ``owners`` has agents by provider and by that provider's id for them."""

    teams: Mapping[str, Team] = {}
    agents: Mapping[str, Person] = {}
    owners: Mapping[str, Mapping[str, str]] = {}


class Directory:
    """Everybody who is known, from the people's file and the devices. Doesn't change once it is made.

    ``revision`` is for whoever keeps answers that were made with it.
    """

    def __init__(self, people: People, devices: Iterable[Device] = (), *, revision: int = 0) -> None:
        self.revision = revision
        devices = [device for device in devices if device.revoked_at is None and device.agent]
        self._owners = people.owners
        self.teams: Mapping[str, Team] = _teams(people, devices)
        """By name in lower case."""
        self.people: Mapping[str, Person] = _persons(people, devices, self.teams)
        """By address in lower case."""
        self.leads: Mapping[str, tuple[str, ...]] = _leads(self.teams, devices)
        """Who leads which team."""
        self.admins = tuple(agent for agent, person in self.people.items() if person.admin)
        self._members: dict[str, tuple[str, ...]] = {}
        for person in self.people.values():
            for team in person.teams:
                self._members[team] = (*self._members.get(team, ()), person.agent)

    def name_of(self, agent: str) -> str:
        """Return what colleagues call an agent."""
        known = self.people.get(agent.strip().casefold())
        return known.name if known else spoken_name(agent)

    def title_of(self, team: str) -> str:
        """Return what a team is called."""
        known = self.teams.get(team.strip().casefold())
        return known.title if known else team

    def team_called(self, team: str) -> str:
        """Return the name of a team by its name or its title; empty: there is none."""
        wanted = team.strip().casefold()
        if wanted in self.teams:
            return wanted
        return next((name for name, known in self.teams.items() if known.title.casefold() == wanted), "")

    def members(self, team: str) -> tuple[str, ...]:
        """Return the agents of a team."""
        return self._members.get(team.strip().casefold(), ())

    def teams_of(self, agent: str) -> tuple[str, ...]:
        """Return the teams of an agent, in lower case."""
        known = self.people.get(agent)
        return known.teams if known else ()

    def owner_of(self, provider: str, value: str) -> str:
        """Return the agent whom an event means: by the provider's id, any provider's, or the address.

        Empty if nobody is known by that.
        """
        value = value.strip()
        for table in (provider, ANY_PROVIDER):
            if found := self._owners.get(table, {}).get(value.casefold()):
                return found
        agent = value.casefold()
        return agent if agent in self.people else ""

    def on_shift(self, agent: str, now: float) -> bool:
        """Say whether an agent works at a moment: by own hours, else by any team's, else always."""
        person = self.people.get(agent)
        if person is None:
            return False
        if person.hours is not None:
            return person.hours.covers(now)
        plans = [team.hours for name in person.teams if (team := self.teams.get(name)) and team.hours]
        return not plans or any(plan.covers(now) for plan in plans)

    def who(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return the known agents whom audience keys mean, each once, in order."""
        found: dict[str, None] = {}
        for key in keys:
            if key == EVERYONE:
                return tuple(self.people)
            kind, _, name = key.partition(":")
            if kind == "agent":
                found |= {name: None} if name in self.people else {}
            elif kind == "team":
                found |= dict.fromkeys(self._members.get(name, ()))
            else:
                found |= dict.fromkeys(self._leading(name))
        return tuple(found)

    def anybody(self, keys: Iterable[str]) -> bool:
        """Say whether audience keys mean somebody: everyone does even before anybody is known."""
        return any(key == EVERYONE or self._means_somebody(key) for key in keys)

    def keys_of(self, agent: str) -> tuple[str, ...]:
        """Return the audience keys that an agent's devices have."""
        led = [team for team, agents in self.leads.items() if agent in agents]
        every = (lead_key("*"),) if led or agent in self.admins else ()
        teams = map(team_key, self.teams_of(agent))
        return (EVERYONE, agent_key(agent), *teams, *map(lead_key, led), *every)

    def _means_somebody(self, key: str) -> bool:
        kind, _, name = key.partition(":")
        if kind == "agent":
            return name in self.people
        return name in self._members if kind == "team" else bool(self._leading(name))

    def _leading(self, team: str) -> tuple[str, ...]:
        if team != "*":
            return self.leads.get(team, ())
        return tuple(dict.fromkeys((*self.admins, *(one for team in self.leads.values() for one in team))))


def spoken_name(agent: str) -> str:
    """Make a name of an address: ``mira.holt@example.com`` is Mira Holt."""
    words = agent.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or agent


def _teams(people: People, devices: Iterable[Device]) -> dict[str, Team]:
    found = dict(people.teams)
    for device in devices:
        for title in (*device.teams, *device.leads):
            name = title.strip().casefold()
            found.setdefault(name, Team(name=name, title=title.strip()))
    return found


def _persons(people: People, devices: Iterable[Device], teams: Mapping[str, Team]) -> dict[str, Person]:
    found = dict(people.agents)
    for device in devices:
        agent = device.agent.strip().casefold()
        person = found.get(agent) or Person(agent=agent, name=spoken_name(agent))
        joined = dict.fromkeys((*person.teams, *(team.strip().casefold() for team in device.teams)))
        admin = person.admin or device.role is Role.ADMIN
        found[agent] = msgspec.structs.replace(person, teams=tuple(joined), admin=admin)
    return {agent: _speaking(person, teams) for agent, person in sorted(found.items())}


def _speaking(person: Person, teams: Mapping[str, Team]) -> Person:
    """Let an agent of whom no language is known speak those of the teams."""
    if person.languages:
        return person
    spoken = [team.language for name in person.teams if (team := teams.get(name)) and team.language]
    return msgspec.structs.replace(person, languages=tuple(dict.fromkeys(spoken)))


def _leads(teams: Mapping[str, Team], devices: Iterable[Device]) -> dict[str, tuple[str, ...]]:
    found = {name: dict.fromkeys(team.leads) for name, team in teams.items() if team.leads}
    for device in devices:
        for team in device.leads:
            found.setdefault(team.strip().casefold(), {})[device.agent.strip().casefold()] = None
    return {team: tuple(agents) for team, agents in found.items()}


def entitle(people: People, device: Device) -> Device:
    """Return a device with what the people's file gives its agent: teams, and teams to lead."""
    agent = device.agent.strip().casefold()
    person = people.agents.get(agent)
    led = [name for name, team in people.teams.items() if agent in team.leads]
    if not (led or (person and person.teams)):
        return device
    teams, leads = _joined(device.teams, person.teams if person else ()), _joined(device.leads, led)
    role = Role.LEAD if leads and device.role is Role.AGENT else device.role
    return msgspec.structs.replace(device, teams=teams, leads=leads, role=role)


def _joined(own: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Put names together, each once without regard to case, the own ones first."""
    found = {name.strip().casefold(): name for name in reversed([*own, *more])}
    return tuple(reversed(found.values()))
