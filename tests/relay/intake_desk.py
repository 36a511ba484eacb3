"""A running intake for the tests of what surrounds verification."""

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import structlog

from relay.event import Appended, Event
from relay.intake import Intake
from relay.refusal_buffer import RefusalBuffer
from relay.refusals import Refusal
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared, check_source
from relay.server import GuardedProtocol
from relay.source import Secret, Source

NOW = 1_760_000_000.0
BODY = b'{"id": "evt_1", "type": "order.paid", "filling": "' + b"0123456789" * 30 + b'"}'
LIMIT = 10_000


class Shelf:
    """The simplest thing that stores once per source and id."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.batches: list[int] = []

    async def append(self, event: Event) -> Appended:
        """Store one event."""
        kept = self.events.setdefault(event.id, event)
        return Appended(seq=1, duplicate=kept is not event, conflict=kept.data != event.data)

    async def append_all(self, events: Sequence[Event]) -> list[Appended]:
        """Store the events of one delivery."""
        self.batches.append(len(events))
        return [await self.append(event) for event in events]


class Desk:
    """A running intake, with what a test wants to know of it."""

    def __init__(self, serve: Callable[..., int], sources: dict[str, Prepared], **options: Any) -> None:
        self.sources, self.shelf, self.ticks, self.now = sources, Shelf(), [0.0], [NOW]
        self.refused: list[Refusal] = []
        self.buffer = RefusalBuffer(self._keep, keep=2)
        self.intake = Intake(
            sources=sources,
            append=self.shelf.append,
            append_all=self.shelf.append_all,
            clock=lambda: self.now[0],
            ticks=lambda: self.ticks[0],
            log=structlog.get_logger(),
            refusals=self.buffer,
            **options,
        )
        self.port = serve(self.intake, http=GuardedProtocol, proxy_headers=False)

    async def _keep(self, refusals: Sequence[Refusal], _: int) -> None:
        self.refused += refusals

    def send(
        self, name: str, body: bytes = BODY, *, packed: bytes | None = None, query: str = "", **headers: str
    ) -> httpx.Response:
        """Send ``body`` as signed by the source's provider, or ``packed`` in its place."""
        request = Unsigned(
            body=body,
            id="evt_1",
            type="x",
            now=NOW,
            source=self.sources[name].source,
            target=f"/hooks/{name}".encode(),
        )
        signed = dict(self.sources[name].signed(request).headers)
        return self.ask("POST", name, body if packed is None else packed, query=query, **(signed | headers))

    def ask(
        self, method: str, name: str, body: bytes = b"", *, query: str = "", **headers: str
    ) -> httpx.Response:
        """Send any request."""
        url = f"http://127.0.0.1:{self.port}/hooks/{name}{query}"
        with httpx.Client(trust_env=False, timeout=10) as client:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            return client.send(client.build_request(method, url, content=body, headers=given))


def source(name: str, provider: str = "stripe", **options: Any) -> dict[str, Prepared]:
    """Return one source, made ready."""
    given: dict[str, Any] = {"secrets": (Secret(f"key-of-{name}"),), "body_limit": LIMIT} | options
    return {name: check_source(Source(name=name, provider=provider, **given))}
