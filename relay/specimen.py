"""A request such as a provider sends, made from its row of the table alone: id and type where they belong.

For providers of which no realistic sample is at hand, and for tests of every row. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec

from relay.errors import ConfigError, RelayError
from relay.event import QUARANTINED, Delivery
from relay.schemes.keyring import NO_KEYS, KeyRing
from relay.schemes.pipeline import Unsigned
from relay.schemes.place import Part, Place, Where
from relay.schemes.prepared import Prepared
from relay.verify import judge

FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "deskbell-specimen"


class Specimen(msgspec.Struct, frozen=True, kw_only=True):
    """A signed request. ``target`` is path and query; names of ``headers`` are lower case."""

    method: str
    target: bytes
    headers: Mapping[str, str]
    body: bytes

    def delivery(self, source: str, now: float) -> Delivery:
        """Return the request as it arrives at the time ``now`` (Unix seconds)."""
        lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        return Delivery(
            source=source,
            method=self.method,
            target=self.target,
            headers=lines,
            body=self.body,
            received_at=now,
        )


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a specimen is to be: an event's type and id, when it is sent, and to which path and query."""

    type: str
    id: str
    now: float
    target: bytes = b"/"


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A request before it is signed."""

    body: bytes
    content_type: str = "application/json"
    method: str = "POST"
    query: bytes = b""


def make(prepared: Prepared, wanted: Wanted, key: Any = None, ring: KeyRing = NO_KEYS) -> Specimen:
    """Return a request that the source takes; ``key`` is the private key where the provider has one.

    ``ring`` has the public keys of a provider whose keys are fetched.

    Raises:
        ConfigError: nobody but the provider can make one.
    """
    fallback: Specimen | None = None
    if key is None and not prepared.keys:
        key = b""  # some prove nothing but that they know the URL
    for draft in _drafts(prepared, wanted):
        try:
            found = _signed(prepared, wanted, draft, key)
            delivery = found.delivery(prepared.source.name, wanted.now)
            events = judge(delivery, prepared, wanted.now, ring).events
        except (RelayError, ValueError, TypeError, AttributeError, LookupError):
            continue  # not a body of the kind that this provider signs, or not the key
        except NotImplementedError:
            break
        if events and all(event.type != QUARANTINED for event in events):
            return found
        fallback = fallback or found
    if fallback is not None:
        return fallback
    why = "only the provider can sign it"
    if prepared.wiring.scheme.key is None:
        why = "it signs with a key of its own, whose public half the relay fetches from it"
    problem = f"a request of {prepared.provider.title} can't be made here: {why}"
    hint = _hint(prepared, key)
    raise ConfigError(f"sources.{prepared.source.name}", f"{problem}.", hint=hint)


def _hint(prepared: Prepared, key: Any) -> str:
    if not key and prepared.wiring.scheme.key is not None:
        name = prepared.source.provider
        return f"To try it with a key pair of your own: deskbell-relay providers keypair {name} FILE"
    return "Save a real one to a file and judge it: deskbell-relay doctor SOURCE --request FILE"


def _signed(prepared: Prepared, wanted: Wanted, draft: _Draft, key: Any) -> Specimen:
    target = wanted.target
    if draft.query:
        target += (b"&" if b"?" in target else b"?") + draft.query
    request = Unsigned(
        body=draft.body,
        id=wanted.id,
        type=wanted.type,
        now=wanted.now,
        source=prepared.source,
        method=draft.method,
        target=target,
    )
    added = prepared.signed(request, key)
    kind = {"content-type": draft.content_type} if draft.body else {}
    named = {name.lower(): value for name, value in added.headers.items()}
    return Specimen(
        method=draft.method,
        target=target if added.target is None else added.target,
        headers={**kind, **_headers(prepared, wanted), **named},
        body=draft.body if added.body is None else added.body,
    )


def _headers(prepared: Prepared, wanted: Wanted) -> dict[str, str]:
    """Return the headers in which parts of id and type stand."""
    found: dict[str, str] = {}
    for where, text in ((prepared.wiring.id, wanted.id), (prepared.wiring.type, wanted.type)):
        for place, value in _parts(where, text):
            if place.header is not None:
                found[place.header.decode()] = value
    return found


def _drafts(prepared: Prepared, wanted: Wanted) -> Iterator[_Draft]:
    """Yield the request in every form that a body may have, the commonest first."""
    document, query = _document(prepared, wanted)
    methods = prepared.provider.methods
    method = "POST" if "POST" in methods else methods[0]
    yield _Draft(body=msgspec.json.encode(document), method=method, query=query)
    flat = {name: value for name, value in _flat(document) if isinstance(value, str)}
    yield _Draft(body=urlencode(flat).encode(), content_type=FORM, method=method, query=query)
    yield _Draft(body=_xml(document).encode(), content_type="text/xml", method=method, query=query)
    yield _Draft(
        body=_multipart(flat).encode(),
        content_type=f"multipart/form-data; boundary={_BOUNDARY}",
        method=method,
        query=query,
    )
    events = "application/cloudevents-batch+json"
    yield _Draft(body=msgspec.json.encode(document), content_type=events, method=method, query=query)
    joined = b"&".join(filter(None, (query, urlencode(flat).encode())))
    yield _Draft(body=b"", method="GET" if "GET" in methods else method, query=joined)


def _document(prepared: Prepared, wanted: Wanted) -> tuple[Any, bytes]:
    """Return a body with id and type at their places, and the query if they stand there."""
    wiring = prepared.wiring
    whole: dict[str, Any] = {}
    item: dict[str, Any] = {}
    query: dict[str, str] = {}
    for where, text in ((wiring.id, wanted.id), (wiring.type, wanted.type)):
        for place, value in _parts(where, text):
            if place.query is not None:
                query[place.query] = value
            elif place.path:
                _put(item if place.item else whole, place.path, value)
    document = whole if wiring.items is None else _wrapped(whole, wiring.items, item)
    return document, urlencode(query).encode()


def _wrapped(whole: dict[str, Any], path: Sequence[str], item: dict[str, Any]) -> Any:
    """Return the body of a batch of one item; ``*`` stands for every item of a list on the way."""
    inner: Any = [item]
    for step in reversed(path):
        inner = [inner] if step == "*" else {step: inner}
    if isinstance(inner, dict):
        return {**whole, **inner}
    return inner


def _parts(where: Where, text: str) -> Iterator[tuple[Place, str]]:
    """Yield the place of each part of an id or a type, with its share of the text."""
    needed = [part for part in where.parts if part.required]
    optional = [part for part in where.parts if not part.required]
    words = text.split(where.glue) if len(where.parts) > 1 else [text]
    spare = max(len(words) - len(needed), 0)
    used: list[Part] = [part for part in where.parts if part in needed or part in optional[:spare]]
    for number, part in enumerate(used):
        last = number == len(used) - 1
        word = where.glue.join(words[number:]) if last else "".join(words[number : number + 1])
        place = part.places[0]
        if place.text is None and not place.arrival:
            yield place, word or words[0]


def _put(document: dict[str, Any], path: Sequence[str], value: str) -> None:
    """Put a value where a path leads; a step that is a number is the first item of a list."""
    node: Any = document
    for step, following in pairwise(path):
        node = _step(node, step, [] if following.isdecimal() else {})
    if isinstance(node, list):
        node.append(value)
    elif not isinstance(node.get(path[-1]), dict):
        node[path[-1]] = value


def _step(node: Any, step: str, empty: Any) -> Any:
    if isinstance(node, list):
        if not node:
            node.append(empty)
        return node[0]
    if not isinstance(node.get(step), dict | list):
        node[step] = empty
    return node[step]


def _flat(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield name, msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value


def _xml(document: Any) -> str:
    """Return a document as XML; one without a single root gets one."""
    if not isinstance(document, dict):
        return ""
    return "".join(_elements(document if len(document) == 1 else {"xml": document}))


def _elements(document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        for one in value if isinstance(value, list) else [value]:
            inner = "".join(_elements(one)) if isinstance(one, dict) else escape(str(one))
            yield f"<{name}>{inner}</{name}>"


def _multipart(fields: Mapping[str, str]) -> str:
    parts = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return "".join(parts) + f"--{_BOUNDARY}--\r\n"
