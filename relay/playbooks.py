"""Playbooks: which events concern whom, and what to say about them. Read from TOML, checked, frozen.

A folder holds one file per playbook; ``docs/playbooks.md`` describes the keys. Nothing here looks
at an event: :mod:`relay.render` does.
"""

import difflib
import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from relay.errors import PlaybookError
from relay.event import EVERYONE, Mode, agent_key, team_key
from relay.protocol import Priority, Role

MAX_SCRIPTS = 10
"""Two or three texts in a few languages."""
MAX_LINKS = 4
"""A toast has room for two buttons beside Copy; the others are in its menu."""
MAX_ACTIONS = 5
MAX_FALLBACKS = 5
MAX_RUNGS = 8
MAX_PLAYBOOKS = 1000
MAX_TEMPLATE = 16_384
"""Characters of one template: a long script is two."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Template = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEMPLATE)]
Duration = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}(\.[0-9]+)?[smhd]$")]
"""A number and a unit: ``30s``, ``2m``, ``6h``, ``3d``. :func:`seconds` reads it."""
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events a playbook wants: any of the types, from any of the providers or sources."""

    types: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """Patterns as of file names: ``invoice.*``."""
    providers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    condition: Template | None = None


class Present(StrEnum):
    """How much somebody has to be there to be counted in."""

    ANY = "any"
    """Whoever is addressed, now or when they come."""
    CONNECTED = "connected"
    """The desktop is connected."""
    AVAILABLE = "available"
    """Connected, and neither away nor busy."""
    ON_SHIFT = "on-shift"
    """Available, and within the hours that the people's file gives."""


class Circle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some people. Everyone, teams, agents and owner add up; skills and languages narrow it down."""

    everyone: bool = False
    teams: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    owner: Template | None = None
    """An expression that gives the agent whose case it is: an e-mail address, or an id that the people
    file maps."""
    skills: tuple[str, ...] = ()
    """Only those who have all of these."""
    languages: tuple[str, ...] = ()
    """Only those who speak one of these."""
    language: Template | None = None
    """An expression that gives the customer's language; only those who speak it."""
    present: Present = Present.ANY

    def fixed_keys(self) -> tuple[str, ...]:
        """Return the audience keys that don't depend on the event."""
        everyone = (EVERYONE,) if self.everyone else ()
        return (*everyone, *map(team_key, self.teams), *map(agent_key, self.agents))


class Audience(Circle, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a notification is for, and whom if nobody of those is there."""

    mode: Mode = Mode.BROADCAST
    seconds: Annotated[float, msgspec.Meta(ge=5, le=3600)] = 30.0
    """How long each has to take an offer."""
    pool: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    """To how many at a time it is offered."""
    fallback: Annotated[tuple[Circle, ...], msgspec.Meta(max_length=MAX_FALLBACKS)] = ()
    """Tried in order; after the last one it is unrouted, and the leads are told."""


class ScriptTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A script before it is filled in."""

    name: Label
    text: Template
    language: str = ""
    """A BCP 47 tag; money, dates and numbers in the text are written as this language does."""
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    owner: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Who answers for its words."""
    valid_until: date | None = None
    """The last day on which it is suggested."""


class LinkTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link before it is filled in. What is filled in is escaped, unless it is the address's beginning."""

    label: Label
    url: Template
    hosts: tuple[str, ...] = ()
    """Hosts to which it may lead, if the host comes from the event: ``*.stripe.com``."""


class ActionTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call to another system before it is filled in."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    label: Label
    url: Template
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    headers: Mapping[str, Template] = {}
    """A value may be a reference to a secret: ``env:CRM_TOKEN``."""
    body: Template = ""
    """A template; most often of JSON."""
    secret: str = ""
    """Reference to the key that signs it (Standard Webhooks); empty: the relay's own."""
    confirm: Template = ""
    """A question to be answered with yes before it is called."""
    role: Role = Role.AGENT
    """The least role that may press the button."""
    said: Annotated[str, msgspec.Meta(max_length=200)] = "done"
    """What those who have the notification are told when it has worked."""
    auto: bool = False
    """Called by the event itself; there is no button."""
    button: bool = True
    """False: only for the escalation or the event."""


class RungTemplate(Circle, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of the escalation, if nobody has claimed it ``after`` the assignment began."""

    after: Duration
    again: bool = False
    """Show it once more to those who have it."""
    leads: bool = False
    """Show it to those who lead the audience's teams."""
    action: str = ""
    """Call this action."""


class Playbook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One playbook as its file says it."""

    name: str = ""
    about: str = ""
    when: When
    values: Mapping[str, Template] = {}
    """Names for expressions, evaluated in order, for all templates below."""
    title: Template = ""
    """Empty only if the playbook does nothing but resolve."""
    body: Template = ""
    language: str = "en"
    """Of title and body, and of the scripts that don't say theirs; a BCP 47 tag."""
    priority: Priority = Priority.NORMAL
    scripts: Annotated[tuple[ScriptTemplate, ...], msgspec.Meta(max_length=MAX_SCRIPTS)] = ()
    links: Annotated[tuple[LinkTemplate, ...], msgspec.Meta(max_length=MAX_LINKS)] = ()
    actions: Annotated[tuple[ActionTemplate, ...], msgspec.Meta(max_length=MAX_ACTIONS)] = ()
    audience: Audience = Audience(everyone=True)
    collapse: Template = ""
    """Names the case, the same in every playbook that is about it: ``stripe/invoice/{{ invoice.id }}``."""
    resolves: tuple[Template, ...] = ()
    """Cases that this event closes: their notifications are withdrawn."""
    expires: Duration | None = None
    """For how long it is of use after the event."""
    expires_at: Template | None = None
    """An expression that gives the time from which on it is of no use."""
    lease: Duration = "10m"
    """For how long a claim holds without activity."""
    escalation: Annotated[tuple[RungTemplate, ...], msgspec.Meta(max_length=MAX_RUNGS)] = ()

    def wants(self, event_type: str, provider: str, source: str) -> bool:
        """Say whether type, provider and source match; the condition is the renderer's business."""
        if self.when.providers and provider not in self.when.providers:
            return False
        if self.when.sources and source not in self.when.sources:
            return False
        return any(fnmatch.fnmatchcase(event_type, pattern) for pattern in self.when.types)


def seconds(duration: str) -> float:
    """Read a duration: ``90s``, ``2m``, ``6h``, ``3d``."""
    return float(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[duration[-1]]


def parse(name: str, text: str) -> Playbook:
    """Read one playbook; ``name`` is its file's name without the ending.

    Raises:
        PlaybookError: the text is not TOML, or a key is unknown, missing or of the wrong kind.
    """
    if not _NAME.fullmatch(name):
        raise PlaybookError(name, "", "a playbook's file name is lower-case letters, digits and hyphens")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlaybookError(name, "", f"not TOML: {error}") from None
    try:
        playbook = msgspec.convert({**tables, "name": name}, Playbook)
    except msgspec.ValidationError as error:
        raise PlaybookError(name, "", _explain(str(error), tables)) from None
    if not playbook.title and not playbook.resolves:
        raise PlaybookError(name, "title", "is missing")
    if not (playbook.audience.fixed_keys() or playbook.audience.owner):
        raise PlaybookError(name, "audience", "nobody is addressed; name teams, agents, an owner or everyone")
    return playbook


def _explain(problem: str, tables: Mapping[str, Any]) -> str:
    """Put msgspec's words into the reader's, with the nearest right key for a wrong one."""
    problem = problem.replace("Object ", "").replace("`$.", "`")
    unknown = re.search(r"contains unknown field `([^`]*)`", problem)
    if unknown is None:
        return problem
    near = difflib.get_close_matches(unknown[1], _known_keys(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    place = re.search(r"at `([^`]*)`", problem)
    where = f" in {place[1]}" if place else ""
    known_tables = ", ".join(sorted(tables)) if not near else ""
    extra = f" (found: {known_tables})" if known_tables else ""
    return f"unknown key {unknown[1]!r}{where}{hint}{extra}"


def _known_keys() -> list[str]:
    records = (Playbook, When, Audience, ScriptTemplate, LinkTemplate, ActionTemplate, RungTemplate)
    return sorted({field.name for record in records for field in msgspec.structs.fields(record)})


def load(folder: Path) -> Sequence[Playbook]:
    """Read every ``*.toml`` of a folder, by name.

    Raises:
        PlaybookError: the folder cannot be read or holds none, or one of them is wrong.
    """
    try:
        files = sorted(folder.glob("*.toml"))
        texts = [(file.stem, file.read_text(encoding="utf-8")) for file in files[: MAX_PLAYBOOKS + 1]]
    except (OSError, UnicodeDecodeError) as error:
        raise PlaybookError(str(folder), "", f"cannot be read: {error}") from None
    if not texts:
        raise PlaybookError(str(folder), "", "there is no playbook (*.toml) in this folder")
    if len(texts) > MAX_PLAYBOOKS:
        raise PlaybookError(str(folder), "", f"more than {MAX_PLAYBOOKS} playbooks")
    return tuple(parse(name, text) for name, text in texts)
