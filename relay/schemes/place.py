"""Where a provider puts the event's id and type: a header, or a path into the body."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from relay.errors import BadSignature
from relay.event import QUARANTINED, Delivery
from relay.schemes.address import query_field
from relay.schemes.document import Unreadable

MAX_LENGTH = 200
"""Characters of an id or a type: they are keys of indexes and fields of the wire."""

MAX_ITEMS = 5000
"""Events of one request. Providers send up to a thousand."""

RESERVED = QUARANTINED.partition(".")[0] + "."
"""Types that begin so are the relay's own; a sender may not use them."""

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place: a header by its lower-case name, a field of the query, or a path into the body.

    A path has names and indexes of lists; with ``item`` it begins at one item of a batch. ``text``
    is a word that is always the same. With ``arrival`` it is the moment of arrival: for ids where
    the provider gives none, so that no two deliveries are ever taken for the same; within a batch,
    items that differ have different ones.
    """

    header: bytes | None = None
    path: tuple[str, ...] = ()
    item: bool = False
    query: str | None = None
    text: str | None = None
    arrival: bool = False

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

    @classmethod
    def parse_any(cls, text: str) -> Self:
        """Read also ``item:path``, ``query:NAME``, ``text:WORD`` and ``arrival``: what rows may say.

        Raises:
            ValueError: none of them.
        """
        kind, _, name = text.partition(":")
        if kind == "item":
            return cls(path=tuple(name.split(".")), item=True)
        if kind == "query":
            return cls(query=name)
        if kind == "text":
            return cls(text=name)
        return cls(arrival=True) if text == "arrival" else cls.parse(text)

    def __str__(self) -> str:
        if self.header:
            return f"header {self.header.decode()}"
        if self.query:
            return f"query field {self.query}"
        return f"{'item' if self.item else 'body'} field {'.'.join(self.path)}"

    def find(self, delivery: Delivery, document: Any, item: Any = None) -> str | None:
        """Return the text there, a whole number as its digits; None if there is nothing.

        Raises:
            Unreadable: a repeated or non-ASCII header, or something that is neither text nor number.
        """
        value = self._value(delivery, document, item)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise Unreadable(f"{self} is neither text nor a whole number")

    def _value(self, delivery: Delivery, document: Any, item: Any) -> Any:
        if self.path:
            return walk(item if self.item else document, self.path)
        if self.header is not None:
            return self._header(delivery, self.header)
        if self.query:
            return self._query(delivery, self.query)
        if self.arrival:
            named = delivery.body if item is None else msgspec.json.encode(item)
            digest = hashlib.sha256(named).hexdigest()
            return f"{delivery.received_at:.6f}-{digest[:16]}"
        return self.text

    def _header(self, delivery: Delivery, name: bytes) -> str | None:
        values = delivery.header_values(name)
        if not values:
            return None
        if len(values) > 1 or not values[0].isascii():
            raise Unreadable(f"{self} is repeated or not ASCII")
        return values[0].decode("ascii")

    def _query(self, delivery: Delivery, name: str) -> str | None:
        try:
            return query_field(delivery, name)
        except BadSignature as error:
            raise Unreadable(str(error)) from None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The first of several places at which something stands."""

    places: tuple[Place, ...]
    required: bool = True

    def find(self, delivery: Delivery, document: Any, item: Any) -> str | None:
        """Return the text at the first place that has one, None if none has."""
        for place in self.places:
            if value := place.find(delivery, document, item):
                return value
        return None


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where an id or a type stands: one or more parts, joined by ``glue``."""

    parts: tuple[Part, ...]
    glue: str

    @classmethod
    def parse(cls, text: str, glue: str) -> Self:
        """Read places: ``|`` between alternatives, `` + `` between parts, ``?`` after a part that may lack.

        Raises:
            ValueError: a place that can't be read.
        """
        return cls(parts=tuple(_part(part.strip()) for part in text.split(" + ")), glue=glue)

    @property
    def first(self) -> Place:
        """Return the place that is looked at first."""
        return self.parts[0].places[0]

    def read(self, what: str, delivery: Delivery, document: Any, item: Any = None) -> str:
        """Return the text; ``what`` names it in errors.

        Raises:
            Unreadable: there is none, or it can't be used as a key.
        """
        found: list[str] = []
        for part in self.parts:
            value = part.find(delivery, document, item)
            if value or part.required:
                found.append(_usable(what, part.places[0], value))
        return found[0] if len(found) == 1 else _usable(what, self.first, self.glue.join(found))


def _part(text: str) -> Part:
    required = not text.endswith("?")
    names = text.removesuffix("?").split("|")
    return Part(places=tuple(Place.parse_any(name.strip()) for name in names), required=required)


def header_name(text: str) -> bytes:
    """Return a configured header name as ASGI spells it: lower-case bytes.

    Raises:
        ValueError: not a header name (RFC 9110 section 5.1).
    """
    if not _HEADER.fullmatch(text):
        raise ValueError("is not the name of an HTTP header")
    return text.lower().encode("ascii")


def read_id(where: Where, delivery: Delivery, document: Any, item: Any = None) -> str:
    """Return the event's id.

    Raises:
        Unreadable: there is none, or it can't be used as a key.
    """
    return where.read("id", delivery, document, item)


def read_type(where: Where, delivery: Delivery, document: Any, item: Any = None) -> str:
    """Return the event's type.

    Raises:
        Unreadable: there is none, it can't be used, or it is one of the relay's own.
    """
    found = where.read("type", delivery, document, item)
    if found.startswith(RESERVED):
        raise Unreadable(f"types that begin with {RESERVED} are the relay's own")
    return found


def read_items(path: Sequence[str], document: Any) -> list[Any]:
    """Return the items of a batch: the lists at ``path``, where ``*`` stands for every item on the way.

    Raises:
        Unreadable: something there is no list, or there are too many items.
    """
    nodes = [document]
    for step in path:
        nodes = _flat(nodes) if step == "*" else [walk(node, (step,)) for node in nodes]
    return _flat(nodes)


def _flat(nodes: list[Any]) -> list[Any]:
    if not all(isinstance(node, list) for node in nodes):
        raise Unreadable("a batch without its list of items")
    items = [item for node in nodes for item in node]
    if len(items) > MAX_ITEMS:
        raise Unreadable(f"a batch of {len(items)} items; {MAX_ITEMS} are allowed")
    return items


def _usable(what: str, place: Place, value: str | None) -> str:
    if not value:
        raise Unreadable(f"no {what}: {place} is missing or empty")
    if len(value) > MAX_LENGTH:
        raise Unreadable(f"the {what} has {len(value)} characters; {MAX_LENGTH} are allowed")
    if not value.isprintable():
        raise Unreadable(f"the {what} has control characters")
    return value


def walk(document: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path of names and indexes, None if there is nothing."""
    node = document
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdecimal() and len(step) < 7:  # noqa: PLR2004 - a body has no million items
            node = node[int(step)] if int(step) < len(node) else None
        else:
            return None
    return node
