"""The door for webhooks: ``/hooks/{source}``, a plain ASGI application.

It answers 2xx only after ``append`` has returned, which is when the event is on disk. What a
sender did wrong becomes a status by one table, ``relay.answers``; a refused sender gets the same
bytes whatever the reason was, and the log learns the reason. Neither bodies nor headers are logged.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from relay.answers import DRAINING, Answer, answer_to
from relay.asgi import Receive, Scope, Send, answer, read_body, refuse, target_of
from relay.door import Door
from relay.errors import (
    BadSignature,
    BodyIncomplete,
    BodyTooSlow,
    KeysUnavailable,
    MethodNotAllowed,
    RelayError,
    SenderError,
    TooManyRequests,
    UnknownSource,
)
from relay.event import Appended, Delivery, Event
from relay.inflate import inflate
from relay.keyfetch import KeyFetcher
from relay.peer import X_FORWARDED_FOR, Network
from relay.peer import sender as find_sender
from relay.refusal_buffer import RefusalBuffer
from relay.refusals import Request, describe
from relay.schemes.keyring import NO_KEYS, KeyNeeded
from relay.schemes.prepared import Prepared
from relay.source import SIGNED_DECODED
from relay.verify import Taken, take

PATH = "/hooks/"

BODY_TIMEOUT_SECONDS = 30.0
"""For a whole body. Providers send within a second; a slot may not be held by a trickle."""

_NOT_KEPT = (BodyIncomplete, MethodNotAllowed, TooManyRequests)
"""Refused for reasons that the request itself says nothing about."""


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


class Intake:
    """The ASGI application.

    ``append`` returns when the event is on disk, ``append_all`` when all events of a batch are; they
    raise :class:`relay.errors.StorageError` if that could not be. ``clock`` gives Unix seconds,
    ``ticks`` seconds that only go forward. ``trusted`` are the proxies in front, which name the
    sender in ``forwarded``. ``keys`` fetches public keys, ``refusals`` keeps refused requests.
    """

    def __init__(
        self,
        *,
        sources: Mapping[str, Prepared],
        append: Callable[[Event], Awaitable[Appended]],
        clock: Callable[[], float],
        log: Log,
        append_all: Callable[[Sequence[Event]], Awaitable[list[Appended]]] | None = None,
        ticks: Callable[[], float] = time.monotonic,
        body_timeout: float = BODY_TIMEOUT_SECONDS,
        trusted: Sequence[Network] = (),
        forwarded: str = X_FORWARDED_FOR,
        keys: KeyFetcher | None = None,
        refusals: RefusalBuffer | None = None,
    ) -> None:
        self._doors = {f"{PATH}{name}".encode("ascii"): Door(source) for name, source in sources.items()}
        self._append, self._append_all = append, append_all
        self._clock, self._ticks = clock, ticks
        self._log = log
        self._body_timeout = body_timeout
        self._trusted, self._forwarded = trusted, forwarded
        self._keys, self._refusals = keys, refusals
        self._draining = False
        self.outcomes: Counter[str] = Counter()
        """How many requests ended how: stored, duplicate, quarantined, or the reason of a refusal."""

    def drain(self) -> None:
        """Answer every request that comes from now on with 503; those under way are finished."""
        self._draining = True

    def remembered(self, now: float) -> dict[str, float]:
        """Return for each source since when its ids have to be known at ``now``; for pruning."""
        return {door.name: now - door.remembers() for door in self._doors.values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if self._draining:
            self.outcomes["draining"] += 1
            await refuse(DRAINING, receive, send)
            return
        # As it was sent: what %2e or a doubled slash may stand for is never looked up.
        door = self._doors.get(scope["raw_path"])
        body: bytes | None = None
        try:
            if door is None:
                raise UnknownSource("no source has this path")
            packed = self._admit(door, scope)
            body = await self._read(receive, door.source.body_limit)
            response = await self._take(door, scope, body, packed)
        except RelayError as error:
            self._note(error, door, scope, body)
            await _fail(error, door, send, receive if body is None else None)
        else:
            await answer(response, send)

    def _admit(self, door: Door, scope: Scope) -> bytes:
        """Decide whether the body will be read; return how it is packed."""
        if door.guarded or scope["method"] not in door.methods:
            # Parsing an address costs as much as checking a signature: only where it decides something.
            sender = self._sender(scope) if door.source.allow_networks else None
            door.admit(scope["method"], sender, self._ticks())
        return door.packing(scope["headers"])

    def _sender(self, scope: Scope) -> Any:
        connection = (scope.get("client") or ("",))[0]
        return find_sender(connection, scope["headers"], self._trusted, self._forwarded)

    async def _take(self, door: Door, scope: Scope, body: bytes, packed: bytes) -> Answer:
        """Verify and store one delivery, or answer a handshake."""
        # Only now, so that its answer is that to a bad signature to the last byte.
        door.check_token(scope["query_string"])
        now = self._clock()
        if packed and door.source.encoding == SIGNED_DECODED:
            body, packed = inflate(body, packed, door.decoded_limit), b""
        delivery = Delivery(
            source=door.name,
            method=scope["method"],
            target=target_of(scope),
            headers=scope["headers"],
            body=body,
            received_at=now,
            packed=packed,
            unpacked_limit=door.decoded_limit,
        )
        try:
            taken = take(delivery, door.prepared, now, self._keys or NO_KEYS)
        except KeyNeeded as needed:
            taken = await self._take_with_key(needed, delivery, door)
        if taken.reply is not None or taken.verdict is None:
            self.outcomes["handshake"] += 1
            return Answer.spoken(taken.reply) if taken.reply else door.answers["stored"]
        return await self._store(door, taken.verdict.events)

    async def _take_with_key(self, needed: KeyNeeded, delivery: Delivery, door: Door) -> Taken:
        """Judge again with a key that had to be fetched first."""
        if self._keys is None:
            raise KeysUnavailable("this relay fetches no keys")
        await self._keys.fetch(needed.request, door.name)
        try:
            return take(delivery, door.prepared, self._clock(), self._keys)
        except KeyNeeded:
            raise BadSignature(
                "unknown-key", "the provider's keys don't have the one that is named"
            ) from None

    async def _store(self, door: Door, events: Sequence[Event]) -> Answer:
        """Store the events of a delivery, all or none, and choose the answer."""
        if len(events) == 1:
            outcome = self._outcome(events[0], await self._append(events[0]))
        elif not events:
            outcome = "stored"
            self.outcomes["empty"] += 1
        elif self._append_all is None:
            raise KeysUnavailable("this relay stores no batches")
        else:
            stored = await self._append_all(events)
            found = {self._outcome(*pair) for pair in zip(events, stored, strict=True)}
            outcome = next(one for one in ("quarantined", "stored", "duplicate") if one in found)
        return door.answers[outcome]

    async def _read(self, receive: Receive, limit: int) -> bytes:
        try:
            async with asyncio.timeout(self._body_timeout):
                return await read_body(receive, limit)
        except TimeoutError:
            raise BodyTooSlow(f"not complete after {self._body_timeout:.0f} s") from None

    def _outcome(self, event: Event, appended: Appended) -> str:
        """Tell log and counters what became of an event that is on disk."""
        if appended.conflict:
            self._log.warning("delivery conflict", source=event.source, id=event.id, seq=appended.seq)
        outcome = "stored"
        if appended.duplicate:
            outcome = "duplicate"
        elif event.problem is not None:
            fields = {"source": event.source, "seq": appended.seq, "problem": event.problem}
            self._log.warning("delivery quarantined", **fields)
            outcome = "quarantined"
        self.outcomes[outcome] += 1
        return outcome

    def _note(self, error: RelayError, door: Door | None, scope: Scope, body: bytes | None) -> None:
        """Tell the log, the counters and whoever keeps refused requests why one was not stored."""
        reason = error.reason if isinstance(error, BadSignature) else type(error).__name__
        self.outcomes[reason] += 1
        record = self._log.info if isinstance(error, SenderError) else self._log.error
        name = door.name if door else _shown(scope["raw_path"])
        peer = str(self._sender(scope) or "")
        record("delivery refused", source=name, reason=reason, detail=str(error), peer=peer)
        kept = door and isinstance(error, SenderError) and not isinstance(error, _NOT_KEPT)
        if door and kept and self._refusals and self._refusals.wants(name, reason):
            request = Request(
                source=name,
                at=self._clock(),
                peer=peer,
                method=scope["method"],
                target=target_of(scope),
                headers=scope["headers"],
                body=body,
            )
            whole = door.source.keep_refused
            self._refusals.add(describe(request, reason=reason, detail=str(error), whole=whole))


async def _fail(error: RelayError, door: Door | None, send: Send, unread: Receive | None) -> None:
    """Tell the sender what there is to tell; ``unread`` is where the rest of its request comes from."""
    if isinstance(error, BodyIncomplete):
        return
    if isinstance(error, BadSignature) and door:
        response = door.answers["refused"]
    else:
        response = answer_to(error, door.methods if door else ())
    if response.closes and unread:
        await refuse(response, unread, send)
    else:
        await answer(response, send)


def _shown(path: bytes) -> str:
    """Return the source in a stranger's path as a log may show it: clipped, without control characters."""
    return ascii(path.removeprefix(PATH.encode())[:64].decode("latin-1"))[1:-1]
