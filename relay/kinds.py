"""The kinds of values that settings have: how each is read, checked, shown and described."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from relay.peer import Network, network

T = TypeVar("T")

_SIZE = re.compile(r"(\d{1,15})\s*([A-Za-z]*)", re.ASCII)
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[0-9.]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9}
MAX_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[T]):
    """How one kind of value is read.

    ``read`` takes what TOML gives, and a folder against which relative paths count; it raises
    :class:`ValueError` with the rest of a sentence that begins with the key. ``from_text`` turns
    the text of an environment variable into what TOML would have given.
    """

    describe: str
    """For people: what may be written."""
    read: Callable[[object, Path], T]
    show: Callable[[T], str] = field(default=str)
    from_text: Callable[[str], object] = field(default=str)


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[T]):
    """One key, as declared: everything that a reader, a help page or a sample file wants to know."""

    kind: Kind[T]
    default: T
    help: str
    default_text: str = ""
    """The default in words, where the value itself says less."""
    example: str = ""
    """What the example file shows, where there is no default to show."""
    secret: bool = False

    def shown_default(self) -> str:
        """Return the default as the documentation prints it."""
        return self.default_text or (self.kind.show(self.default) if self.default is not None else "unset")


_KEY = "deskbell.setting"


def setting(
    kind: Kind[T], default: T, help_: str, *, default_text: str = "", example: str = "", secret: bool = False
) -> T:
    """Declare a key as a field of a frozen dataclass; kind, default and annotation have to be of one type."""
    item = Setting(
        kind=kind, default=default, help=help_, default_text=default_text, example=example, secret=secret
    )
    return field(default=default, metadata={_KEY: item})


def declared(cls: type[Any]) -> dict[str, Setting[object]]:
    """Return the settings that a dataclass declares, in order."""
    return {item.name: item.metadata[_KEY] for item in fields(cls) if _KEY in item.metadata}


def text(describe: str = "text") -> Kind[str]:
    """Text that isn't blank."""

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be text in quotes, not {_type_name(value)}.")
        if not value.strip():
            raise ValueError("must not be empty.")
        return value

    return Kind(describe=describe, read=read)


def choice(*words: str) -> Kind[str]:
    """One of some words, whatever their case."""
    listed = " or ".join((", ".join(words[:-1]), words[-1]))

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or value.lower() not in words:
            raise ValueError(f"must be {listed}, not {_quote(value)}.")
        return value.lower()

    return Kind(describe=listed, read=read)


def integer(low: int, high: int, unit: str = "") -> Kind[int]:
    """A whole number from ``low`` to ``high``, both included."""
    limits = f"{low} to {high}{' ' + unit if unit else ''}"

    def read(value: object, _: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {limits}, not {_quote(value)}.")
        return value

    return Kind(describe=f"whole number, {limits}", read=read, from_text=_number_from_text)


def number(low: float, high: float, unit: str = "") -> Kind[float]:
    """A number from ``low`` to ``high``, both included; a fraction is allowed."""
    limits = f"{low:g} to {high:g}{' ' + unit if unit else ''}"

    def read(value: object, _: Path) -> float:
        # Written so that "not a number" is outside too.
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"must be a number from {limits}, not {_quote(value)}.")
        return float(value)

    return Kind(
        describe=f"number, {limits}", read=read, show=lambda value: f"{value:g}", from_text=_number_from_text
    )


def size(low: int, high: int) -> Kind[int]:
    """A number of bytes, as a whole number or as text with a unit: ``"1 MiB"``."""
    limits = f"{show_size(low)} to {show_size(high)}"

    def read(value: object, _: Path) -> int:
        count = _bytes_of(value)
        if count is None or not low <= count <= high:
            raise ValueError(f'must be a size such as "1 MiB", {limits}, not {_quote(value)}.')
        return count

    return Kind(describe=f'size such as "1 MiB", {limits}', read=read, show=show_size)


def path() -> Kind[Path]:
    """A file or folder; ``~`` is the home folder, and a relative path counts from the configuration file."""

    def read(value: object, folder: Path) -> Path:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError(f"must be a path in quotes, not {_quote(value)}.")
        try:
            return folder / Path(value).expanduser()
        except RuntimeError:
            raise ValueError(f"{_quote(value)} begins with a home folder that doesn't exist.") from None

    return Kind(describe="path", read=read)


def web_address() -> Kind[str]:
    """An ``http`` or ``https`` address; a slash at its end is dropped."""

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or not _is_web(value):
            raise ValueError(f"must be an address such as https://hooks.example.com, not {_quote(value)}.")
        return value.rstrip("/")

    return Kind(describe="http or https address", read=read)


def origins() -> Kind[tuple[str, ...]]:
    """A list of web origins: scheme and host, without a path (RFC 6454)."""

    def read(value: object, _: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list in brackets, not {_type_name(value)}.")
        for item in value:
            if not isinstance(item, str) or not _is_web(item) or urlsplit(item).path:
                raise ValueError(f"holds {_quote(item)}; an origin is like https://desk.example.com.")
        return tuple(item.lower() for item in value)

    return Kind(
        describe="list of origins",
        read=read,
        show=lambda value: ", ".join(value) or "none",
        from_text=_listed,
    )


def boolean() -> Kind[bool]:
    """True or false."""

    def read(value: object, _: Path) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"must be true or false, not {_quote(value)}.")
        return value

    def from_text(value: str) -> object:
        return {"true": True, "false": False}.get(value.lower(), value)

    return Kind(
        describe="true or false", read=read, show=lambda value: str(value).lower(), from_text=from_text
    )


def networks(named: Callable[[], Mapping[str, Sequence[Network]]] = dict) -> Kind[tuple[Network, ...]]:
    """A list of networks or single addresses; ``named`` has lists that may be given by name."""

    def one(item: object) -> Sequence[Network]:
        if isinstance(item, str) and item in named():
            return named()[item]
        try:
            return [network(item)] if isinstance(item, str) else []
        except ValueError as error:
            known = f", or one of: {names(named())}" if named() else ""
            raise ValueError(
                f"holds {_quote(item)}: {error}; a network is like 192.0.2.0/24{known}."
            ) from None

    def read(value: object, _: Path) -> tuple[Network, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"must be a list of texts in brackets, not {_type_name(value)}.")
        return tuple(found for item in value for found in one(item))

    return Kind(
        describe="list of networks" + (" or providers' names" if named is not dict else ""),
        read=read,
        show=lambda value: ", ".join(map(str, value)) or "none",
        from_text=_listed,
    )


def hosts() -> Kind[tuple[str, ...]]:
    """A list of host names; an asterisk stands for any beginning: ``*.example.com``."""

    def read(value: object, _: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list in brackets, not {_type_name(value)}.")
        for item in value:
            if not isinstance(item, str) or not _HOST.fullmatch(item):
                raise ValueError(f"holds {_quote(item)}; a host is like api.example.com or *.example.com.")
        return tuple(item.lower() for item in value)

    return Kind(
        describe="list of hosts", read=read, show=lambda value: ", ".join(value) or "any", from_text=_listed
    )


def time_zone() -> Kind[str]:
    """The name of a time zone in the IANA database."""

    def read(value: object, _: Path) -> str:
        try:
            return ZoneInfo(value).key if isinstance(value, str) else ZoneInfo("").key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"must be a time zone such as Europe/Berlin, not {_quote(value)}.") from None

    return Kind(describe="time zone", read=read)


def optional(kind: Kind[T]) -> "Kind[T | None]":
    """The same kind, for a key that may stay unset; TOML has no null, so nobody can write one."""

    def show(value: T | None) -> str:
        return "unset" if value is None else kind.show(value)

    return Kind(describe=kind.describe, read=kind.read, show=show, from_text=kind.from_text)


def names(words: Collection[str], *, limit: int = 12) -> str:
    """Return words for the end of a sentence, in order, the first few if there are many."""
    listed = sorted(words)
    return ", ".join(listed[:limit]) + (", …" if len(listed) > limit else "")


def show_size(count: int) -> str:
    """Return a number of bytes in the largest unit that divides it."""
    for unit in ("GiB", "MiB", "KiB"):
        factor = _UNITS[unit.lower()]
        if count and count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count} byte{'' if count == 1 else 's'}"


def _listed(value: str) -> object:
    return [item.strip() for item in value.split(",") if item.strip()]


def _bytes_of(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[2].lower() not in _UNITS:
        return None
    return int(found[1]) * _UNITS[found[2].lower()]


def _number_from_text(value: str) -> object:
    """Return a number if the text is one; else the text, for ``read`` to complain about."""
    for convert in (int, float):
        try:
            return convert(value)
        except ValueError:
            continue
    return value


def _is_web(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    plain = value.isascii() and value.isprintable() and " " not in value
    bare = not (parts.query or parts.fragment or parts.username or parts.password)
    in_range = port is None or 0 < port <= MAX_PORT
    return plain and bare and in_range and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _type_name(value: object) -> str:
    words = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return words.get(type(value), "text" if isinstance(value, str) else "a date or time")


def _quote(value: object) -> str:
    """Return a wrong value for an error's sentence, short and on one line."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        shown = repr(value)
        return shown if len(shown) <= 60 else f"{shown[:57]}…"  # noqa: PLR2004 - as much as fits a line
    return _type_name(value)
