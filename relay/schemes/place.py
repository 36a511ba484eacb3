"""Where a provider puts the event's id and type: a header, or a path into the body."""

import re
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from relay.event import QUARANTINED, Delivery
from relay.schemes.document import Unreadable

MAX_LENGTH = 200
"""Characters of an id or a type: they are keys of indexes and fields of the wire."""

RESERVED = QUARANTINED.partition(".")[0] + "."
"""Types that begin so are the relay's own; a sender may not use them."""

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A header by its lower-case name, or else a path into the body: names, and indexes of lists."""

    header: bytes | None = None
    path: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``header:NAME`` or ``body:path.to.field``.

        Raises:
            ValueError: neither of the two.
        """
        kind, _, name = text.partition(":")
        if kind == "header":
            return cls(header=header_name(name))
        if kind == "body" and all(name.split(".")):
            return cls(path=tuple(name.split(".")))
        raise ValueError('has to be "header:NAME" or "body:path.to.field"')

    def __str__(self) -> str:
        return f"header {self.header.decode()}" if self.header else f"body field {'.'.join(self.path)}"

    def find(self, delivery: Delivery, document: Any) -> str | None:
        """Return the text there, a whole number as its digits; None if there is nothing.

        Raises:
            Unreadable: a repeated or non-ASCII header, or something that is neither text nor number.
        """
        value = self._header(delivery, self.header) if self.header else _walk(document, self.path)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise Unreadable(f"{self} is neither text nor a whole number")

    def _header(self, delivery: Delivery, name: bytes) -> str | None:
        values = delivery.header_values(name)
        if not values:
            return None
        if len(values) > 1 or not values[0].isascii():
            raise Unreadable(f"{self} is repeated or not ASCII")
        return values[0].decode("ascii")


def header_name(text: str) -> bytes:
    """Return a configured header name as ASGI spells it: lower-case bytes.

    Raises:
        ValueError: not a header name (RFC 9110 section 5.1).
    """
    if not _HEADER.fullmatch(text):
        raise ValueError("is not the name of an HTTP header")
    return text.lower().encode("ascii")


def read_id(place: Place, delivery: Delivery, document: Any) -> str:
    """Return the event's id.

    Raises:
        Unreadable: there is none, or it can't be used as a key.
    """
    return _usable("id", place, place.find(delivery, document))


def read_type(places: Sequence[Place], delivery: Delivery, document: Any) -> str:
    """Return the event's type: what is found at the places, joined by dots; only the first is required.

    Raises:
        Unreadable: there is none, it can't be used, or it is one of the relay's own.
    """
    found = _usable("type", places[0], places[0].find(delivery, document))
    for place in places[1:]:
        if word := place.find(delivery, document):
            found = _usable("type", place, f"{found}.{word}")
    if found.startswith(RESERVED):
        raise Unreadable(f"types that begin with {RESERVED} are the relay's own")
    return found


def _usable(what: str, place: Place, value: str | None) -> str:
    if not value:
        raise Unreadable(f"no {what}: {place} is missing or empty")
    if len(value) > MAX_LENGTH:
        raise Unreadable(f"the {what} has {len(value)} characters; {MAX_LENGTH} are allowed")
    if not value.isprintable():
        raise Unreadable(f"the {what} has control characters")
    return value


def _walk(document: Any, path: Sequence[str]) -> Any:
    node = document
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdecimal() and len(step) < 7:  # noqa: PLR2004 - a body has no million items
            node = node[int(step)] if int(step) < len(node) else None
        else:
            return None
    return node
