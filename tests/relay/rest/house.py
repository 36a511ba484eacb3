"""A served API with a real journal behind it, and five people who call it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import httpx
import uvicorn
from structlog.typing import FilteringBoundLogger

from relay import identity
from relay.claims import Work
from relay.errors import PlaybookError
from relay.event import Device, Dispatched, Draft, Event, EventState, Mode, Plan
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.people import Directory, People
from relay.playbooks import Playbook, parse
from relay.presence import Presence
from relay.protocol import Link, Priority, Role, Script
from relay.render import Renderer, compiled
from relay.rest.front import rest
from relay.rest.gate import Gate
from relay.rest.parts import Parts

AGENT, COLLEAGUE, LEAD = "mira@example.com", "zoe@example.com", "lena@example.com"
STRANGER, ADMIN = "omar@example.com", "ada@example.com"

PEOPLE: Mapping[str, tuple[Role, tuple[str, ...], tuple[str, ...]]] = {
    AGENT: (Role.AGENT, ("Billing",), ()),
    COLLEAGUE: (Role.AGENT, ("Billing",), ()),
    LEAD: (Role.LEAD, ("Leads",), ("Billing",)),
    STRANGER: (Role.AGENT, ("Support",), ()),
    ADMIN: (Role.ADMIN, (), ()),
}
"""Address → role, teams, led teams."""

PLAYBOOK = """
title = "Payment of {{ data.name }} failed"
priority = "high"
[when]
types = ["payment.failed"]
[audience]
teams = ["Billing"]
[[scripts]]
name = "Call"
text = "Hello {{ data.name }}"
"""


class Log:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def _add(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    info = warning = error = _add


class House:
    """The API with everything behind it."""

    def __init__(self, journal: SqliteJournal, client: httpx.AsyncClient) -> None:
        self.journal, self.client = journal, client
        self.now, self.ticks = 1_700_000_000.0, 1000.0
        self.registry, self.log, self.presence = Registry(), Log(), Presence(self.now)
        self.playbooks: tuple[Playbook, ...] = (parse("payment-failed", PLAYBOOK),)
        self.faults: list[PlaybookError] = []
        self.hurry = False
        """Let a second pass with each request, so that nobody is too fast."""
        self.accepting = True
        self.reloads = 0
        self.told_filters = 0
        self.woken: list[int] = []
        self.moved: list[Work] = []
        self.tokens: dict[str, str] = {}
        self.parts = Parts(
            journal=journal,
            registry=self.registry,
            presence=self.presence,
            accepting=lambda: self.accepting,
            directory=lambda: Directory(People(), self.registry.all_entitled()),
            playbooks=lambda: self.playbooks,
            renderer=lambda: Renderer(self.playbooks),
            compile=lambda name, text: compiled([(name, text)]),
            devices_changed=self.reload,
            filters_changed=self.tell_filters,
            given_back=self.given_back,
            routed=lambda _work, move, _now: move,
            calls_added=lambda: self.woken.append(1),
            faults=lambda: self.faults,
            clock=lambda: self.now,
            ticks=self.tick,
            log=cast(FilteringBoundLogger, self.log),
        )
        self.gate = Gate(self.parts, rest)

    def tick(self) -> float:
        """Return the time by which the pace is measured."""
        self.ticks += self.hurry
        return self.ticks

    async def tell_filters(self) -> None:
        """Count that the desktops were to be told of filters."""
        self.told_filters += 1

    async def reload(self) -> None:
        """Count what the gateway would be told."""
        self.reloads += 1

    async def given_back(self, work: Work) -> None:
        """Keep what the clock would be told."""
        self.moved.append(work)

    async def pair(self, agent: str, name: str = "laptop", *more: str) -> str:
        """Pair a device of one of the five, in more teams than usual; return its token."""
        role, teams, leads = PEOPLE[agent]
        random_bytes = _rolling(f"{agent}{name}")
        code, record = identity.invite(
            agent, (*teams, *more), now=self.now, random_bytes=random_bytes, role=role, leads=leads
        )
        await self.journal.add_code(record)
        token = identity.new_token(random_bytes)
        wanted = identity.new_device(name, token, now=self.now, random_bytes=random_bytes)
        device = await self.journal.redeem(code.id, identity.hash_secret(code.secret), wanted, self.now)
        assert isinstance(device, Device)
        self.registry.add(device)
        self.tokens.setdefault(agent, token)
        return token

    async def ask(self, agent: str, method: str, path: str, *, key: str = "", **more: Any) -> httpx.Response:
        """Send a request with an agent's token."""
        headers = {"Authorization": f"Bearer {self.tokens[agent]}", **more.pop("headers", {})}
        if key:
            headers["Idempotency-Key"] = key
        # A test is one person with many hands; how fast one may ask has a test of its own.
        self.ticks += 1
        return await self.client.request(method, f"/v1{path}", headers=headers, **more)

    async def receive(self, type_: str = "payment.failed", name: str = "Ann Lee") -> int:
        """Let an event arrive; return its number."""
        event = Event(
            source="shop",
            provider="generic-hmac",
            id=f"evt-{type_}-{name}",
            type=type_,
            time=self.now,
            data=b'{"name": "%s"}' % name.encode(),
        )
        return (await self.journal.append(event)).seq

    async def publish(self, id_: str, *audience: str, mode: Mode = Mode.BROADCAST, **more: Any) -> int:
        """Publish a notification of an event of its own; return the event's number."""
        seq = await self.receive(name=id_)
        draft = Draft(
            id=id_,
            source="shop",
            provider="generic-hmac",
            type="payment.failed",
            priority=Priority.HIGH,
            title=f"About {id_}",
            body="Words",
            scripts=(Script(name="Call", text="Hello", missing=("phone",)),),
            links=(Link(label="Open", url="https://example.com/1"),),
            at=self.now,
            playbook="payment-failed",
            audience=audience,
            plan=Plan(mode=mode),
            **more,
        )
        await self.journal.publish([Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=(draft,))])
        return seq


def _rolling(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that differ from device to device."""
    import hashlib

    calls = iter(range(1000))
    return lambda count: hashlib.shake_128(f"{seed}{next(calls)}".encode()).digest(count)


@contextlib.asynccontextmanager
async def housed(path: Path) -> AsyncIterator[House]:
    """Serve a house over real HTTP, with a device of each of the five."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    journal = await SqliteJournal.open(path / "journal.db", clock=lambda: 0.0)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        house = House(journal, client)
        for agent in PEOPLE:
            await house.pair(agent)
        config = uvicorn.Config(
            house.gate, lifespan="off", log_config=None, ws="none", server_header=False, proxy_headers=False
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            yield house
        finally:
            server.should_exit = True
            await serving
            await journal.close()


Scene = Callable[[House], Awaitable[None]]
Stage = Callable[[Scene], None]
