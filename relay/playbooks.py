"""Playbooks: which events concern whom, and what to say about them. Read from TOML, checked, frozen.

A folder holds one file per playbook; ``docs/playbooks.md`` describes the keys. Nothing here looks
at an event: :mod:`relay.render` does.
"""

import difflib
import fnmatch
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from relay import playbookfiles
from relay.errors import PlaybookError, as_one
from relay.event import EVERYONE, Mode, agent_key, team_key
from relay.formats import locale_of
from relay.links import check_patterns
from relay.protocol import Priority, Role
from relay.tomlrecord import Problem, Words, convert, line_of

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

_TAKEN = frozenset({"data", "event", "loop", "self", "super", "caller", "range", "dict", "namespace"}) | {
    "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else",
}  # fmt: skip
"""Names that mean something in a template already."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Template = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEMPLATE)]
_DURATION = r"^[0-9]{1,6}(\.[0-9]+)?[smhd]$"
_ACTION = "^[a-z0-9][a-z0-9-]{0,62}$"
Duration = Annotated[str, msgspec.Meta(pattern=_DURATION)]
"""A number and a unit: ``30s``, ``2m``, ``6h``, ``3d``. :func:`seconds` reads it."""
Method = Literal["POST", "PUT", "PATCH", "DELETE", "GET"]
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

    name: Annotated[str, msgspec.Meta(pattern=_ACTION)]
    label: Label
    url: Template
    method: Method = "POST"
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
    subject: Template = ""
    """The customer it is about, by the provider's id, else by e-mail address or phone number; what comes
    of it is made a key that says nothing (:mod:`relay.subjects`)."""
    subject_name: Template = ""
    """How the customer is called."""
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
        PlaybookError: the text is not TOML, a key is unknown, missing or of the wrong kind, or what it
            says cannot be done. Several problems come as :class:`relay.errors.PlaybookErrors`.
    """
    if not _NAME.fullmatch(name):
        raise PlaybookError(name, "", "a playbook's file name is lower-case letters, digits and hyphens")
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _not_toml(name, str(error) or "nested too deeply") from None
    playbook, problems = convert({**tables, "name": name}, Playbook, _WORDS)
    found = [*problems, *(_wrong(playbook) if playbook else ())]
    if found:
        raise as_one([PlaybookError(name, place, said, line=line_of(text, place)) for place, said in found])
    assert playbook is not None  # noqa: S101 - without a problem there is a playbook
    return playbook


def _not_toml(name: str, problem: str) -> PlaybookError:
    found = re.search(r" \(at line (\d+), column \d+\)$", problem)
    line = int(found[1]) if found else 0
    return PlaybookError(name, "", f"not TOML: {problem}", line=line)


_WORDS = Words(
    records={
        "when": When,
        "audience": Audience,
        "fallback": Circle,
        "scripts": ScriptTemplate,
        "links": LinkTemplate,
        "actions": ActionTemplate,
        "escalation": RungTemplate,
    },
    patterns={
        _DURATION: "a number and a unit, such as 30s, 10m, 6h or 3d",
        _ACTION: "lower-case letters, digits and hyphens",
    },
    choices={
        "priority": tuple(Priority),
        "mode": tuple(Mode),
        "present": tuple(Present),
        "role": tuple(Role),
        "method": get_args(Method),
    },
)


def _wrong(playbook: Playbook) -> Iterator[Problem]:
    """Yield what is well written and cannot be meant."""
    if not playbook.title and not playbook.resolves:
        yield "title", "is missing"
    yield from _wrong_names(playbook)
    yield from _wrong_audience(playbook.audience)
    yield from _wrong_escalation(playbook)
    languages = [("language", playbook.language)]
    languages += [(f"scripts.{n}.language", one.language) for n, one in enumerate(playbook.scripts)]
    for place, language in languages:
        try:
            if language:
                locale_of(language)
        except ValueError as error:
            yield place, str(error)
    for number, link in enumerate(playbook.links):
        try:
            check_patterns(link.hosts)
        except ValueError as error:
            yield f"links.{number}.hosts", str(error)


def _wrong_names(playbook: Playbook) -> Iterator[Problem]:
    for name in playbook.values:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in _TAKEN:
            yield (
                f"values.{name}",
                "a name is letters, digits and underscores, and none of the template's own",
            )
    scripts = [(one.name, one.language or playbook.language) for one in playbook.scripts]
    for number in _repeated(scripts):
        name, language = scripts[number]
        yield f"scripts.{number}.name", f"there is another script named {name!r} in {language!r}"
    names = [action.name for action in playbook.actions]
    for number in _repeated(names):
        yield f"actions.{number}.name", f"there is another action named {names[number]!r}"


def _repeated(items: Sequence[object]) -> list[int]:
    """Return the places of items that were there before."""
    return [number for number, item in enumerate(items) if item in items[:number]]


def _wrong_audience(audience: Audience) -> Iterator[Problem]:
    circles: list[tuple[str, Circle]] = [("audience", audience)]
    circles += [(f"audience.fallback.{n}", circle) for n, circle in enumerate(audience.fallback)]
    for place, circle in circles:
        if not (circle.fixed_keys() or circle.owner):
            yield place, "nobody is addressed; name teams, agents, an owner or everyone"
        yield from ((place, f"{agent!r} is no e-mail address") for agent in circle.agents if "@" not in agent)


def _wrong_escalation(playbook: Playbook) -> Iterator[Problem]:
    actions = {action.name for action in playbook.actions}
    before = 0.0
    for number, rung in enumerate(playbook.escalation):
        place, after = f"escalation.{number}", seconds(rung.after)
        if after <= before:
            yield f"{place}.after", "each step comes later than the one before it"
        before = after
        if rung.skills or rung.languages or rung.language or rung.present is not Present.ANY:
            yield place, "a step names everyone, teams, agents or an owner, without narrowing them down"
        if rung.action and rung.action not in actions:
            near = difflib.get_close_matches(rung.action, actions, n=1)
            yield f"{place}.action", f"there is no action {rung.action!r}{f'; {near[0]!r}?' if near else ''}"
        if not (rung.again or rung.leads or rung.action or rung.owner or rung.fixed_keys()):
            yield place, "this step does nothing; say again, leads, an action, or whom to show it to"
    if playbook.escalation and playbook.priority is Priority.LOW:
        yield "escalation", "what has low priority is never escalated; raise the priority or leave it out"
    if playbook.escalation and playbook.audience.mode is Mode.INFORM:
        yield (
            "escalation",
            "where there is nothing to claim, nothing stops an escalation; change audience.mode",
        )


def texts(folder: Path) -> Sequence[tuple[str, str]]:
    """Return the name and the text of every playbook of a folder, by name.

    Raises:
        PlaybookError: the folder cannot be read or holds none or too many, or a file cannot be read or is
            too large; then what is wrong with the others is told as well.
    """
    files = playbookfiles.listed(folder)
    if len(files) > MAX_PLAYBOOKS:
        raise PlaybookError(str(folder), "", f"more than {MAX_PLAYBOOKS} playbooks")
    found, problems = list[tuple[str, str]](), list[PlaybookError]()
    for file in files:
        try:
            found.append((file.stem, playbookfiles.text(file)))
        except PlaybookError as error:
            problems.append(error)
    if problems:
        raise as_one([*problems, *read_all(found)[1]])
    return found


def load(folder: Path) -> Sequence[Playbook]:
    """Read every ``*.toml`` of a folder, by name.

    Raises:
        PlaybookError: the folder cannot be read or holds none, or some of them are wrong: all that is
            wrong is told.
    """
    playbooks, problems = read_all(texts(folder))
    if problems:
        raise as_one(problems)
    return playbooks


def read_all(named: Iterable[tuple[str, str]]) -> tuple[Sequence[Playbook], list[PlaybookError]]:
    """Read playbooks by name and text; return those that are right, and what is wrong with the others."""
    playbooks, problems = list[Playbook](), list[PlaybookError]()
    for name, text in named:
        try:
            playbooks.append(parse(name, text))
        except PlaybookError as error:
            problems.append(error)
    return tuple(playbooks), problems
