"""Reading the relay's configuration: a TOML file, the environment, and the places where secrets are kept.

The keys are declared in :mod:`relay.settings`. :func:`read` is a function of what it is given;
:func:`load` fetches that from the disk. Everything that is wrong is reported at once.

A key ``[section] name`` is overridden by the variable ``DESKBELL_RELAY_SECTION_NAME``, in capitals;
a list is then written with commas. Sources are configured in the file only, their secrets may come
from any variable.
"""

import difflib
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import platformdirs

from relay.config_pages import example, explain, reference
from relay.credentials import ReadSecret, read_entry, read_secret_file, resolve
from relay.errors import ConfigError, ConfigErrors
from relay.kinds import Setting, names
from relay.peer import Network, address
from relay.settings import (
    SECTIONS,
    SETTINGS,
    SOURCE_SETTINGS,
    Actions,
    Config,
    Gateway,
    JournalSettings,
    Log,
    PeopleSettings,
    Playbooks,
    Server,
)
from relay.source import Secret, Source
from relay.tomltext import file_text, key_lines, parse

__all__ = ["Config", "example", "explain", "load", "problems", "read", "reference", "variable", "warnings"]

PREFIX = "DESKBELL_RELAY_"
"""What the relay's own environment variables begin with."""

CONFIG_VARIABLE = "DESKBELL_RELAY_CONFIG"
"""Names the configuration file to the command line; not a setting."""

EXPIRY_NOTICE = 14 * 86_400.0
"""Seconds before a secret expires from which on the administrator is told."""

Section = TypeVar("Section")

_TABLES = ("options", "recipe")

_SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


def variable(section: str, name: str) -> str:
    """Return the environment variable that overrides a key."""
    return f"{PREFIX}{section}_{name}".upper()


def load(
    path: Path | None, environ: Mapping[str, str], *, providers: Collection[str] | None = None
) -> Config:
    """Read a configuration file, the environment and the secrets; without a file, the defaults count.

    ``providers`` are the names that a source's ``provider`` may have; None leaves that unchecked.

    Raises:
        ConfigErrors: everything that is wrong.
    """
    folder = path.absolute().parent if path else Path.cwd()
    return read(
        file_text(path) if path else "",
        environ,
        folder=folder,
        filename=str(path) if path else "",
        data_folder=platformdirs.user_data_path("deskbell", appauthor=False) / "relay",
        read_secret=read_secret_file,
        providers=providers,
    )


def problems(
    path: Path | None, environ: Mapping[str, str], *, providers: Collection[str] | None = None
) -> list[ConfigError]:
    """Return everything that is wrong with a configuration; empty if it can be used."""
    try:
        load(path, environ, providers=providers)
    except ConfigErrors as errors:
        return list(errors.problems)
    return []


def read(
    text: str,
    environ: Mapping[str, str],
    *,
    folder: Path,
    filename: str,
    data_folder: Path,
    read_secret: ReadSecret,
    providers: Collection[str] | None = None,
) -> Config:
    """Return what a file's text and an environment configure.

    Relative paths count from ``folder``; the journal's default place is in ``data_folder``;
    ``read_secret`` reads a secret's file.

    Raises:
        ConfigErrors: everything that is wrong.
    """
    reader = _Reader(
        text=text,
        environ=environ,
        folder=folder,
        filename=filename,
        read_secret=read_secret,
        providers=providers,
    )
    values = {section: reader.section(section) for section in SECTIONS}
    values["journal"].setdefault("path", data_folder / "journal.db")
    sources = reader.sources(public_url=values["server"].get("public_url"))
    reader.unknown_sections()
    reader.unknown_variables()
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return Config(
        server=_build(Server, values["server"]),
        journal=_build(JournalSettings, values["journal"]),
        playbooks=_build(Playbooks, values["playbooks"]),
        people=_build(PeopleSettings, values["people"]),
        actions=_build(Actions, values["actions"]),
        log=_build(Log, values["log"]),
        gateway=_build(Gateway, values["gateway"]),
        sources=MappingProxyType(sources),
        origins=MappingProxyType(reader.origins),
    )


def warnings(config: Config, now: float) -> list[str]:
    """Return a sentence for each thing that is allowed and will hardly be wanted; ``now`` is in Unix seconds.

    A secret that has expired, or will within two weeks; a list of networks that lets nobody in.
    """
    found = []
    for source in config.sources.values():
        found += [
            f"sources.{source.name}: {one}" for secret in source.secrets if (one := _expiry(secret, now))
        ]
        if source.allow_networks and _hidden(config.server) and not _local(source.allow_networks):
            found.append(
                f"sources.{source.name}.allow_networks: on {config.server.host} every request comes from "
                "this machine; name the proxy in front in server.trusted_proxies."
            )
    return found


def _hidden(server: Server) -> bool:
    """Say whether senders can only come through a proxy that isn't trusted to name them."""
    return not server.trusted_proxies and (server.host == "localhost" or _loopback(server.host))


def _loopback(host: str) -> bool:
    known = address(host)
    return known is not None and known.is_loopback


def _local(networks: Sequence[Network]) -> bool:
    return any(network.is_loopback for network in networks)


def _expiry(secret: Secret, now: float) -> str:
    if secret.until is None or secret.until - now > EXPIRY_NOTICE:
        return ""
    which = f"the secret {secret.name or secret.origin}"
    moment = f"{datetime.fromtimestamp(secret.until, UTC):%Y-%m-%d %H:%M} UTC"
    if secret.until <= now:
        return f"{which} has expired on {moment} and is not accepted any more; take it out."
    days = math.ceil((secret.until - now) / 86_400)
    return f"{which} expires in {days} day{'' if days == 1 else 's'}, on {moment}."


def _build(make: Callable[..., Section], values: Mapping[str, object]) -> Section:
    """Make a section; each value was read by its key's own kind, whose type is the field's."""
    return make(**values)


class _Reader:
    """One reading: what is given, and the problems and origins found so far."""

    def __init__(
        self,
        *,
        text: str,
        environ: Mapping[str, str],
        folder: Path,
        filename: str,
        read_secret: ReadSecret,
        providers: Collection[str] | None,
    ) -> None:
        self._environ, self._folder, self._filename = environ, folder, filename
        self._read_secret, self._providers = read_secret, providers
        self.problems: list[ConfigError] = []
        self.origins: dict[str, str] = {}
        self._secret_variables: set[str] = set()
        self._document = parse(text, filename)
        self._lines = dict(reversed(list(key_lines(text))))

    def section(self, section: str) -> dict[str, object]:
        """Return the values of a fixed section that are set, by key."""
        settings = {name: item for (owner, name), item in SETTINGS.items() if owner == section}
        table = self._table((section,))
        self._unknown_keys((section,), table, settings)
        values: dict[str, object] = {}
        for name, item in settings.items():
            key, given = (section, name), variable(section, name)
            if given in self._environ:
                value, where = item.kind.from_text(self._environ[given]), given
            elif name in table:
                value, where = table[name], self._place(key)
            else:
                continue
            if item.secret:
                values[name] = self._listed_secrets(key, value)
                self.origins[".".join(key)] = where
            else:
                self._take(key, item, value, where, values)
        return values

    def sources(self, *, public_url: object) -> dict[str, Source]:
        """Return the sources that are whole, by name; ``public_url`` is for those without their own."""
        found: dict[str, Source] = {}
        for name in self._table(("sources",)):
            if not _SOURCE_NAME.fullmatch(name):
                self._problem(
                    ("sources", name),
                    "is not a name for a source: it becomes part of a URL, so use up to 63 small letters, "
                    "digits and hyphens, beginning with a letter or digit.",
                )
            elif source := self._source(name, public_url or ""):
                found[name] = source
        return found

    def unknown_sections(self) -> None:
        """Report what stands in the file beside the sections."""
        known = [*SECTIONS, "sources"]
        for name in self._document:
            if name not in known:
                owner = next((section for section, key in SETTINGS if key == name), None)
                hint = f"It belongs below [{owner}]." if owner else _nearest(name, known)
                self._problem((name,), "is not a section of this file.", hint=hint)

    def unknown_variables(self) -> None:
        """Report variables that only look like overrides: a misspelt one would do nothing, silently."""
        known = {variable(section, name) for section, name in SETTINGS} | {CONFIG_VARIABLE}
        for given in sorted(self._environ):
            if given.startswith(PREFIX) and given not in known | self._secret_variables:
                self._problem((given,), "is not a setting.", where="environment", hint=_nearest(given, known))

    def _source(self, name: str, public_url: object) -> Source | None:
        key = ("sources", name)
        before = len(self.problems)
        table = self._table(key)
        self._unknown_keys(key, table, SOURCE_SETTINGS)
        values: dict[str, object] = {"public_url": public_url}
        for setting_name, item in SOURCE_SETTINGS.items():
            if setting_name in table and not item.secret and setting_name not in _TABLES:
                place = self._place((*key, setting_name))
                self._take((*key, setting_name), item, table[setting_name], place, values)
        self._check_provider(key, values.get("provider"), given="provider" in table)
        values |= {part: self._texts((*key, part), table.get(part, {})) for part in _TABLES}
        values["secrets"] = self._secrets(key, table)
        if "url_token" in table:
            values["url_token"] = self._secret((*key, "url_token"), table["url_token"])
        for given, partner in (("burst", "rate"), ("decoded_limit", "encoding")):
            if given in table and partner not in table:
                self._problem((*key, given), f"does nothing without {partner}.")
        if len(self.problems) > before:
            return None
        return _build(Source, {"name": name, **values})

    def _check_provider(self, key: tuple[str, ...], provider: object, *, given: bool) -> None:
        if not given:
            known = f"one of: {names(self._providers)}" if self._providers else "the provider's name"
            self._problem((*key, "provider"), f"is missing; it is {known}.", place=key)
        elif isinstance(provider, str) and self._providers is not None and provider not in self._providers:
            hint = _nearest(provider, self._providers) or f"Known are: {names(self._providers)}."
            self._problem((*key, "provider"), f"{provider!r} is not a known provider.", hint=hint)

    def _secrets(self, key: tuple[str, ...], table: Mapping[str, object]) -> tuple[Secret, ...]:
        """Return a source's secrets, none if it has none: some providers sign with a public key."""
        if "secret" in table and "secrets" in table:
            self._problem((*key, "secrets"), "stands beside secret; keep one of the two.")
            return ()
        if "secrets" not in table:
            found = [self._secret((*key, "secret"), table["secret"])] if "secret" in table else []
            return tuple(secret for secret in found if secret)
        if table["secrets"] == []:
            self._problem((*key, "secrets"), "must have at least one secret.")
        return self._listed_secrets((*key, "secrets"), table["secrets"])

    def _listed_secrets(self, key: tuple[str, ...], listed: object) -> tuple[Secret, ...]:
        if not isinstance(listed, list):
            self._problem(key, "must be a list in brackets.")
            return ()
        secrets = tuple(secret for item in listed if (secret := self._secret(key, item)))
        named = [secret.name for secret in secrets if secret.name]
        for name in sorted({name for name in named if named.count(name) > 1}):
            self._problem(key, f"has two secrets of the name {name!r}.")
        return secrets

    def _secret(self, key: tuple[str, ...], reference: object) -> Secret | None:
        try:
            entry = read_entry(reference)
            if isinstance(entry.at, str) and entry.at.startswith("env:"):
                self._secret_variables.add(entry.at.removeprefix("env:"))
            found = resolve(entry.at, self._environ, self._folder, self._read_secret)
        except ValueError as error:
            self._problem(key, str(error))
            return None
        self.origins[".".join(key)] = self._place(key)
        return Secret(found.reveal(), found.origin, name=entry.name, until=entry.until)

    def _texts(self, key: tuple[str, ...], given: object) -> Mapping[str, str]:
        if not isinstance(given, dict):
            self._problem(key, "must be a table of texts.")
            return {}
        for name, value in given.items():
            if isinstance(value, str):
                self.origins[".".join((*key, name))] = self._place((*key, name))
            else:
                self._problem((*key, name), "must be text in quotes.")
        return MappingProxyType({name: value for name, value in given.items() if isinstance(value, str)})

    def _take(
        self,
        key: tuple[str, ...],
        item: Setting[object],
        value: object,
        where: str,
        values: dict[str, object],
    ) -> None:
        try:
            values[key[-1]] = item.kind.read(value, self._folder)
        except ValueError as error:
            self._problem(key, str(error), where=where)
        self.origins[".".join(key)] = where

    def _table(self, key: tuple[str, ...]) -> dict[str, object]:
        table: object = self._document
        for part in key:
            table = table.get(part, {}) if isinstance(table, dict) else {}
        if isinstance(table, dict):
            return table
        self._problem(key, f"must be a section: write [{'.'.join(key)}] on a line of its own.")
        return {}

    def _unknown_keys(
        self, key: tuple[str, ...], table: Mapping[str, object], settings: Collection[str]
    ) -> None:
        for name in table:
            if name not in settings:
                owner = next((section for section, known in SETTINGS if known == name), None)
                hint = f"It belongs below [{owner}]." if owner else _nearest(name, settings)
                self._problem((*key, name), "is not a setting.", hint=hint)

    def _place(self, key: tuple[str, ...]) -> str:
        """Return file and line of a key, or of the nearest section around it."""
        line = next((self._lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self._lines), None)
        return f"{self._filename}:{line}" if line else self._filename

    def _problem(
        self,
        key: tuple[str, ...],
        problem: str,
        *,
        where: str | None = None,
        place: tuple[str, ...] | None = None,
        hint: str = "",
    ) -> None:
        """Note a problem; ``place`` is the key whose line is named, if not the key itself."""
        found = self._place(place or key) if where is None else where
        self.problems.append(ConfigError(".".join(key), problem, where=found, hint=hint))


def _nearest(name: str, known: Collection[str]) -> str:
    """Return the question after the nearest right word, or nothing if none is near."""
    found: Sequence[str] = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean {found[0]}?" if found else ""
