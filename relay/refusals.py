"""Refused requests as they are kept for a person: without what could be used again. Pure.

A header's value is kept only if its name says that it is ordinary; of anything else, a signature or
a token, the length and the first characters are left, which is enough to see what was sent.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from relay.event import Delivery

KEPT_BODY = 256 * 1024
"""Bytes. A larger body of a refused request is not kept, even if bodies are."""

SHOWN = 4
"""Characters of a masked value that stay, if it has at least four times as many."""

MAX_TARGET = 1024
"""Characters of the path and query that are kept."""

_TOKEN = "token"  # noqa: S105 - the name of the field, not what stands there
"""The field of the query in which a source's ``url_token`` stands."""

_ORDINARY = frozenset(
    b"host user-agent content-type content-length content-encoding content-language date accept "
    b"accept-encoding accept-language connection transfer-encoding expect via forwarded x-forwarded-for "
    b"x-forwarded-host x-forwarded-proto x-forwarded-port x-real-ip traceparent".split()
)
_ORDINARY_ENDS = (
    b"timestamp",
    b"-time",
    b"-date",
    b"-event",
    b"-event-type",
    b"-topic",
    b"-type",
    b"-version",
    b"-algorithm",
    b"-delivery",
    b"-attempt",
    b"-retry-num",
    b"-retry-reason",
)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One refused request. ``at`` is Unix seconds, ``peer`` the sender's address as it was judged.

    ``headers`` are in the order of arrival, values masked unless ``whole``. ``body`` is there only
    if the source keeps whole requests; size and SHA-256 always are, if the body was read.
    """

    source: str
    at: float
    reason: str
    detail: str
    peer: str = ""
    method: str = "POST"
    target: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    size: int | None = None
    digest: str = ""
    body: bytes | None = None
    whole: bool = False


class StoredRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refused request as the journal has it. ``seq`` is its place in the order of refusing."""

    seq: int
    refusal: Refusal


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request of which the body may not have been read (``None``)."""

    source: str
    at: float
    peer: str
    method: str
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes | None


def describe(request: Request, *, reason: str, detail: str, whole: bool) -> Refusal:
    """Return what is kept of a refused request; ``whole`` keeps header values and a body of usual size.

    A token in the query is masked in any case: unlike a signature it is good for other requests.
    """
    body = request.body
    return Refusal(
        source=request.source,
        at=request.at,
        reason=reason,
        detail=detail,
        peer=request.peer,
        method=request.method,
        target=_target(request.target, whole=whole),
        headers=tuple((_text(name), _value(name, value, whole=whole)) for name, value in request.headers),
        size=None if body is None else len(body),
        digest="" if body is None else hashlib.sha256(body).hexdigest(),
        body=body if whole and body is not None and len(body) <= KEPT_BODY else None,
        whole=whole,
    )


def replayed(refusal: Refusal) -> Delivery | None:
    """Return a refused request as it arrived, to judge it again; None if it was not kept whole.

    A token in its query stays masked.
    """
    if not refusal.whole or refusal.body is None:
        return None
    return Delivery(
        source=refusal.source,
        method=refusal.method,
        target=_bytes(refusal.target),
        headers=[(_bytes(name), _bytes(value)) for name, value in refusal.headers],
        body=refusal.body,
        received_at=refusal.at,
    )


def masked(value: str) -> str:
    """Return a value's length, and its first characters if there are many more.

    >>> masked("sha256=0123456789abcdef")
    'sha2… (23 characters)'
    """
    shown = f"{value[:SHOWN]}… " if len(value) >= 4 * SHOWN else ""
    return f"{shown}({len(value)} characters)"


def _value(name: bytes, value: bytes, *, whole: bool) -> str:
    text = _text(value)
    return text if whole or name in _ORDINARY or name.endswith(_ORDINARY_ENDS) else masked(text)


def _target(target: bytes, *, whole: bool) -> str:
    """Return path and query with masked values; ``whole`` masks a token only."""
    path, mark, query = _text(target[:MAX_TARGET]).partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")] if mark else []
    shown = [
        f"{name}{sign}{value if whole and name != _TOKEN else masked(value)}" if sign else name
        for name, sign, value in pairs
    ]
    return path + mark + "&".join(shown)


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _bytes(value: str) -> bytes:
    return value.encode("latin-1")
