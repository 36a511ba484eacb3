"""Playbooks: which events concern whom, and what to say about them. Read from TOML, checked, frozen.

A folder holds one file per playbook; ``docs/playbooks.md`` describes the keys. Nothing here looks
at an event: :mod:`relay.render` does.
"""

import difflib
import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from relay.errors import PlaybookError
from relay.event import EVERYONE, agent_key, team_key
from relay.protocol import Priority

MAX_SCRIPTS = 5
MAX_LINKS = 2
"""A toast has room for two buttons beside Copy."""
MAX_PLAYBOOKS = 1000
MAX_TEMPLATE = 16_384
"""Characters of one template: a long script is two."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Template = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEMPLATE)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events a playbook wants: any of the types, from any of the providers or sources."""

    types: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """Patterns as of file names: ``invoice.*``."""
    providers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    condition: Template | None = None


class Audience(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a notification is for; everything named here adds up."""

    everyone: bool = False
    teams: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    owner: Template | None = None
    """An expression that gives the e-mail address of the agent whose case it is."""

    def fixed_keys(self) -> tuple[str, ...]:
        """Return the audience keys that don't depend on the event."""
        everyone = (EVERYONE,) if self.everyone else ()
        return (*everyone, *map(team_key, self.teams), *map(agent_key, self.agents))


class ScriptTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A script before it is filled in."""

    name: Label
    text: Template


class LinkTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link before it is filled in."""

    label: Label
    url: Template


class Playbook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One playbook as its file says it."""

    name: str = ""
    about: str = ""
    when: When
    values: Mapping[str, Template] = {}
    """Names for expressions, evaluated in order, for all templates below."""
    title: Template
    body: Template = ""
    priority: Priority = Priority.NORMAL
    scripts: Annotated[tuple[ScriptTemplate, ...], msgspec.Meta(max_length=MAX_SCRIPTS)] = ()
    links: Annotated[tuple[LinkTemplate, ...], msgspec.Meta(max_length=MAX_LINKS)] = ()
    audience: Audience = Audience(everyone=True)

    def wants(self, event_type: str, provider: str, source: str) -> bool:
        """Say whether type, provider and source match; the condition is the renderer's business."""
        if self.when.providers and provider not in self.when.providers:
            return False
        if self.when.sources and source not in self.when.sources:
            return False
        return any(fnmatch.fnmatchcase(event_type, pattern) for pattern in self.when.types)


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
    records = (Playbook, When, Audience, ScriptTemplate, LinkTemplate)
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
