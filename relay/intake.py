"""The door for webhooks: ``POST /hooks/{source}``, a plain ASGI application.

It answers 2xx only after ``append`` has returned, which is when the event is on disk. What a
sender did wrong becomes a status by one table, ``_ANSWERS``; a refused sender gets the same bytes
whatever the reason was, and the log learns the reason. Neither bodies nor headers are logged.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, Protocol

import msgspec

from relay.errors import (
    BadSignature,
    BodyIncomplete,
    BodyTooLarge,
    BodyTooSlow,
    MethodNotAllowed,
    RelayError,
    SenderError,
    StorageBroken,
    StorageBusy,
    UnknownSource,
    UnsupportedEncoding,
)
from relay.event import Appended, Delivery, Event
from relay.schemes.prepared import Prepared
from relay.schemes.provider import Reply
from relay.verify import methods, take

PATH = "/hooks/"

BODY_TIMEOUT_SECONDS = 30.0
"""For a whole body. Providers send within a second; a slot may not be held by a trickle."""

LINGER_SECONDS = 2.0
"""How long an unread body is thrown away after a refusal, so that the answer isn't lost to a TCP reset."""

LINGER_BYTES = 16 * 1024 * 1024
"""How much of it at most."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


class Log(Protocol):
    """As much of a structlog logger as is needed here."""

    def info(self, event: str, **fields: Any) -> Any:
        """Record something ordinary."""
        ...

    def warning(self, event: str, **fields: Any) -> Any:
        """Record something that a person may have to look at."""
        ...

    def error(self, event: str, **fields: Any) -> Any:
        """Record something that a person has to look at."""
        ...


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A constant response: made once, sent many times."""

    start: Message
    body: bytes
    closes: bool
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


_CLOSE = (b"connection", b"close")

STORED = Answer.make(200, {"status": "stored"})
DUPLICATE = Answer.make(200, {"status": "duplicate"})
QUARANTINED = Answer.make(202, {"status": "quarantined"})
DRAINING = Answer.make(503, {"error": "restarting"}, (b"retry-after", b"5"), _CLOSE)

_ANSWERS: Mapping[type[RelayError], Answer] = {
    UnknownSource: Answer.make(404, {"error": "not found"}, _CLOSE),
    MethodNotAllowed: Answer.make(405, {"error": "only POST"}, (b"allow", b"POST"), _CLOSE),
    BodyTooSlow: Answer.make(408, {"error": "too slow"}, _CLOSE),
    BodyTooLarge: Answer.make(413, {"error": "too large"}, _CLOSE),
    UnsupportedEncoding: Answer.make(415, {"error": "unsupported content encoding"}, _CLOSE),
    BadSignature: Answer.make(401, {"error": "refused"}),
    StorageBusy: Answer.make(503, {"error": "unavailable"}, (b"retry-after", b"5")),
    StorageBroken: Answer.make(503, {"error": "unavailable"}, (b"retry-after", b"30")),
}
"""What each error says to the sender. ``BodyIncomplete`` isn't here: nobody is left to be told."""


class Intake:
    """The ASGI application.

    ``append`` returns when the event is on disk, and raises :class:`relay.errors.StorageError` if it
    could not be stored. ``clock`` gives Unix seconds.
    """

    def __init__(
        self,
        *,
        sources: Mapping[str, Prepared],
        append: Callable[[Event], Awaitable[Appended]],
        clock: Callable[[], float],
        log: Log,
        body_timeout: float = BODY_TIMEOUT_SECONDS,
    ) -> None:
        self._doors = {f"{PATH}{name}".encode("ascii"): source for name, source in sources.items()}
        self._append = append
        self._clock = clock
        self._log = log
        self._body_timeout = body_timeout
        self._draining = False
        self.outcomes: Counter[str] = Counter()
        """How many requests ended how: stored, duplicate, quarantined, or the reason of a refusal."""

    def drain(self) -> None:
        """Answer every request that comes from now on with 503; those under way are finished."""
        self._draining = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if self._draining:
            self.outcomes["draining"] += 1
            await _refuse(DRAINING, receive, send)
            return
        try:
            answer = await self._take(self._admit(scope), scope, receive)
        except RelayError as error:
            self._note(error, scope)
            await _fail(error, receive, send)
        else:
            await _send(answer, send)

    def _admit(self, scope: Scope) -> Prepared:
        """Decide by path, method and headers whether the body will be read.

        The path is taken as it was sent: what %2e or a doubled slash may stand for is never looked up.
        """
        prepared = self._doors.get(scope["raw_path"])
        if prepared is None:
            raise UnknownSource("no source has this path")
        if scope["method"] not in methods(prepared):
            raise MethodNotAllowed(f"{scope['method']} brings no events")
        _check_head(scope["headers"], prepared.source.body_limit)
        return prepared

    async def _take(self, prepared: Prepared, scope: Scope, receive: Receive) -> Answer:
        """Read, verify and store one delivery."""
        body = await self._read(receive, prepared.source.body_limit)
        now = self._clock()
        delivery = Delivery(
            source=prepared.source.name,
            method=scope["method"],
            target=_target(scope),
            headers=scope["headers"],
            body=body,
            received_at=now,
        )
        taken = take(delivery, prepared, now)
        if taken.reply is not None or taken.verdict is None:
            self.outcomes["handshake"] += 1
            return _spoken(taken.reply or Reply())
        answer = STORED
        for event in taken.verdict.events:
            answer = self._answer(event, await self._append(event))
        return answer

    async def _read(self, receive: Receive, limit: int) -> bytes:
        try:
            async with asyncio.timeout(self._body_timeout):
                return await _read_body(receive, limit)
        except TimeoutError:
            raise BodyTooSlow(f"not complete after {self._body_timeout:.0f} s") from None

    def _answer(self, event: Event, appended: Appended) -> Answer:
        """Choose the answer to an event that is on disk."""
        if appended.conflict:
            self._log.warning("delivery conflict", source=event.source, id=event.id, seq=appended.seq)
        if appended.duplicate:
            self.outcomes["duplicate"] += 1
            return DUPLICATE
        if event.problem is not None:
            fields = {"source": event.source, "seq": appended.seq, "problem": event.problem}
            self._log.warning("delivery quarantined", **fields)
            self.outcomes["quarantined"] += 1
            return QUARANTINED
        self.outcomes["stored"] += 1
        return STORED

    def _note(self, error: RelayError, scope: Scope) -> None:
        """Tell the log and the counters why a request was not stored."""
        reason = error.reason if isinstance(error, BadSignature) else type(error).__name__
        self.outcomes[reason] += 1
        record = self._log.info if isinstance(error, SenderError) else self._log.error
        peer = (scope.get("client") or ("",))[0]
        name = _shown(scope["raw_path"])
        record("delivery refused", source=name, reason=reason, detail=str(error), peer=peer)


def _target(scope: Scope) -> bytes:
    """Return path and query as they were sent."""
    path: bytes = scope["raw_path"]
    query: bytes = scope.get("query_string", b"")
    return path + b"?" + query if query else path


def _spoken(reply: Reply) -> Answer:
    """Return a provider's own answer as a response."""
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    if reply.content_type:
        fields.append((b"content-type", reply.content_type.encode("ascii")))
    fields.append((b"content-length", b"%d" % len(reply.body)))
    start = {"type": "http.response.start", "status": reply.status, "headers": fields}
    return Answer(start=start, body=reply.body, closes=False)


def _check_head(headers: Headers, limit: int) -> None:
    """Refuse what the headers already show to be unacceptable.

    Raises:
        BodyTooLarge: the declared length is over the limit.
        UnsupportedEncoding: the body is compressed: signatures cover bytes, and bytes can swell.
    """
    for name, value in headers:
        if name == b"content-length" and int(value) > limit:  # the HTTP parser lets only digits through
            raise BodyTooLarge(limit)
        if name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedEncoding("a body has to come as it was signed, not compressed")


async def _read_body(receive: Receive, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLarge: as soon as more than ``limit`` bytes have come.
        BodyIncomplete: the sender went away.
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyIncomplete(f"the sender left after {size} bytes")
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(limit)
        if not message.get("more_body", False):
            return b"".join([*pieces, piece]) if pieces else piece
        pieces.append(piece)


async def _send(answer: Answer, send: Send) -> None:
    await send(answer.start)
    await send({"type": "http.response.body", "body": answer.body})


async def _fail(error: RelayError, receive: Receive, send: Send) -> None:
    """Tell the sender what there is to tell."""
    if isinstance(error, BodyIncomplete):
        return
    answer = _ANSWERS.get(type(error), _ANSWERS[StorageBusy])
    if answer.closes:
        await _refuse(answer, receive, send)
    else:
        await _send(answer, send)


async def _refuse(answer: Answer, receive: Receive, send: Send) -> None:
    """Answer before the body was read, then close.

    Closing a socket with unread bytes makes the kernel send a reset, which can destroy the answer
    on its way (RFC 9112 section 9.6): so the rest of the body is thrown away first, within limits.
    """
    await send(answer.start)
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    left = LINGER_BYTES
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0 and (message := await receive())["type"] == "http.request":
                if not message.get("more_body", False):
                    break
                left -= len(message["body"])
    except TimeoutError:
        pass  # a sender that neither finishes nor leaves is cut off
    await send({"type": "http.response.body", "body": b""})


def _shown(path: bytes) -> str:
    """Return the source in a stranger's path as a log may show it: clipped, without control characters."""
    return ascii(path.removeprefix(PATH.encode())[:64].decode("latin-1"))[1:-1]
