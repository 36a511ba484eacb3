"""Which source a webhook is for, and under which address its provider reaches the relay."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from relay.errors import ConfigError
from relay.kinds import MAX_PORT
from relay.log import escape
from relay.source import Secret

HOOKS = "/hooks/"
"""Below this the relay takes deliveries."""

CONFIG_LIMIT = 1024 * 1024
"""Bytes of a configuration file; as :mod:`relay.config` has it."""

_LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says of a source, before its secret exists. ``references`` are oldest first."""

    name: str
    provider: str
    references: tuple[str, ...]
    public_url: str
    folder: Path
    url_token: str = ""
    """Where the token is kept that the address has to carry, if it has to."""


def read_entry(path: Path, name: str) -> Entry:
    """Read one source from the configuration, although its secret may not exist yet.

    Raises:
        ConfigError: the file can't be read, or has no such source with a provider.
    """
    document = _document(path)
    sources = document.get("sources")
    table = sources.get(name) if isinstance(sources, dict) else None
    if not isinstance(table, dict) or not isinstance(table.get("provider"), str):
        hint = f'Add to {path}: [sources.{name}] with provider = "…" and secret = "file:…"'
        raise ConfigError(f"sources.{name}", "is not configured, or has no provider.", hint=hint)
    listed = table["secrets"] if isinstance(table.get("secrets"), list) else [table.get("secret")]
    server = document.get("server")
    public = table.get("public_url") or (server.get("public_url") if isinstance(server, dict) else "")
    return Entry(
        name=name,
        provider=table["provider"],
        references=tuple(filter(None, map(_reference, listed))),
        public_url=public if isinstance(public, str) else "",
        folder=path.absolute().parent,
        url_token=_reference(table.get("url_token")),
    )


def hook_url(given: str, source: str) -> str:
    """Return the address to register: ``given``, with ``/hooks/SOURCE`` behind it unless that is there.

    Raises:
        ConfigError: no https address, not reachable from the internet, or another source's.
    """
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL as error:
        raise ConfigError("--url", f"is no address: {error}.") from None
    if url.scheme != "https" or not url.host:
        raise ConfigError("--url", "must begin with https://; providers send to nothing else.")
    if url.port is not None and not 0 < url.port <= MAX_PORT:
        raise ConfigError("--url", f"has a port that does not exist: {url.port}.")
    if url.userinfo or url.fragment:
        raise ConfigError("--url", "may have neither a user name nor a fragment.")
    if _is_local(url.host):
        problem = f"{url.host} can't be reached from the internet."
        raise ConfigError("--url", problem, hint="Put a reverse proxy or a tunnel in front of the relay.")
    path = url.path.rstrip("/")
    if HOOKS in f"{path}/":
        if path.rpartition(HOOKS)[2] != source:
            raise ConfigError("--url", f"leads to another source; for this one it ends in {HOOKS}{source}.")
        return str(url)
    return str(url.copy_with(path=f"{path}{HOOKS}{source}"))


def same_address(one: str, other: str) -> bool:
    """Say whether two addresses are one, whatever the case of the host and with or without the usual port."""
    try:
        return httpx.URL(one) == httpx.URL(other)
    except httpx.InvalidURL:
        return False


def without_query(url: str) -> str:
    """Return an address without its query, which may hold a token that has changed since."""
    return url.partition("?")[0]


def with_token(url: str, token: Secret) -> str:
    """Return an address that carries the token that the relay asks for.

    Raises:
        ConfigError: it carries one already, which the relay would refuse as repeated.
    """
    if "token" in httpx.URL(url).params:
        raise ConfigError("--url", "may not carry a token: the source's url_token is added.")
    # Percent signs only: in a path or query a plus is a plus to the relay.
    return f"{url}{'&' if '?' in url else '?'}token={quote(token.reveal(), safe='')}"


def shown(url: str) -> str:
    """Return an address for people: its query, which may hold a token, is hidden."""
    plain, mark, _ = url.partition("?")
    return escape(plain, 300) + (f"{mark}…" if mark else "")


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost" or host.endswith(_LOCAL_NAMES) or "." not in host


def _reference(item: object) -> str:
    """Return where a secret is kept: written as text, or as a table with ``at``."""
    found = item.get("at") if isinstance(item, dict) else item
    return found if isinstance(found, str) else ""


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(CONFIG_LIMIT).decode("utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        problem = f"{path} can't be read: {error.strerror or error}."
    except UnicodeDecodeError:
        problem = f"{path} is not UTF-8 text."
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"{path}: {error}."
    raise ConfigError("configuration file", problem)
