"""What senders are told: constant responses, one table from errors to statuses, and providers' own words."""

from collections.abc import Mapping, MutableMapping
from typing import Any

import msgspec

from relay.errors import (
    AddressRefused,
    BadSignature,
    BodyTooLarge,
    BodyTooSlow,
    KeysUnavailable,
    MalformedBody,
    MethodNotAllowed,
    RelayError,
    StorageBroken,
    StorageBusy,
    TooManyRequests,
    UnknownSource,
    UnsupportedEncoding,
)
from relay.schemes.provider import Reply

Message = MutableMapping[str, Any]

_CLOSE = (b"connection", b"close")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A constant response: made once, sent many times."""

    start: Message
    body: bytes
    closes: bool = False
    """The connection ends after it, since the request's body was not read."""

    @classmethod
    def make(cls, status: int, content: Mapping[str, str], *headers: tuple[bytes, bytes]) -> "Answer":
        """Return a response with a JSON body."""
        body = msgspec.json.encode(content)
        fields = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            *headers,
        ]
        start = {"type": "http.response.start", "status": status, "headers": fields}
        return cls(start=start, body=body, closes=_CLOSE in headers)

    @classmethod
    def spoken(cls, reply: Reply) -> "Answer":
        """Return a provider's own answer as a response."""
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        if reply.content_type:
            fields.append((b"content-type", reply.content_type.encode("ascii")))
        fields.append((b"content-length", b"%d" % len(reply.body)))
        start = {"type": "http.response.start", "status": reply.status, "headers": fields}
        return cls(start=start, body=reply.body)


STORED = Answer.make(200, {"status": "stored"})
DUPLICATE = Answer.make(200, {"status": "duplicate"})
QUARANTINED = Answer.make(202, {"status": "quarantined"})
REFUSED = Answer.make(401, {"error": "refused"})
DRAINING = Answer.make(503, {"error": "restarting"}, (b"retry-after", b"5"), _CLOSE)

_UNAVAILABLE = {"error": "unavailable"}
_BUSY = Answer.make(503, _UNAVAILABLE, (b"retry-after", b"5"))

_ANSWERS: Mapping[type[RelayError], Answer] = {
    UnknownSource: Answer.make(404, {"error": "not found"}, _CLOSE),
    MalformedBody: Answer.make(400, {"error": "malformed body"}),
    AddressRefused: Answer.make(403, {"error": "forbidden"}, _CLOSE),
    BodyTooSlow: Answer.make(408, {"error": "too slow"}, _CLOSE),
    BodyTooLarge: Answer.make(413, {"error": "too large"}, _CLOSE),
    UnsupportedEncoding: Answer.make(415, {"error": "unsupported content encoding"}, _CLOSE),
    BadSignature: REFUSED,
    KeysUnavailable: Answer.make(503, _UNAVAILABLE, (b"retry-after", b"30")),
    StorageBusy: _BUSY,
    StorageBroken: Answer.make(503, _UNAVAILABLE, (b"retry-after", b"30")),
}
"""What each error says to the sender. ``BodyIncomplete`` isn't here: nobody is left to be told."""


def answer_to(error: RelayError, methods: tuple[str, ...] = ()) -> Answer:
    """Return what a sender is told about an error; ``methods`` are those that its source takes."""
    if isinstance(error, TooManyRequests):
        seconds = b"%d" % max(1, -int(-error.retry_after // 1))
        return Answer.make(429, {"error": "too many requests"}, (b"retry-after", seconds), _CLOSE)
    if isinstance(error, MethodNotAllowed):
        listed = ", ".join(methods)
        return Answer.make(405, {"error": f"only {listed}"}, (b"allow", listed.encode()), _CLOSE)
    return _ANSWERS.get(type(error), _BUSY)
