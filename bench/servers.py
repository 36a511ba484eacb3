"""The servers that are compared, each a process of its own on one core.

Every one answers questions about itself on a second port, a JSON line for each line: ``cpu`` gives
its processor seconds and memory, ``send`` lets it send one message to everybody, at once.
"""

import asyncio
import gc
import json
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
import websockets.asyncio.server as ws

from bench import machine, webhooks
from relay import app, filters, log, noise, storms
from relay.connection import text_frame
from relay.event import EVERYONE, Appended, Draft, Event, StoredNotification
from relay.intake import Intake
from relay.journal import sqlite_writer
from relay.journal.sqlite import SqliteJournal
from relay.listening import listen
from relay.protocol import Link, Priority, Script
from relay.schemes.prepared import check_source
from relay.server import GuardedProtocol
from relay.session import to_wire
from relay.settings import Config, JournalSettings, Log, Server

Send = Callable[[], object]
Ready = Callable[[int, Send], Awaitable[None]]
Variant = Callable[[Path, Ready], Coroutine[Any, Any, None]]

MOST = 1_000_000
"""More than is ever sent to the desktops that are measured."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server listens, on 127.0.0.1."""

    port: int
    control: int


def settings(folder: Path) -> Config:
    """Return the configuration of a relay with one source and its journal in ``folder``."""
    return Config(
        server=Server(port=0),
        journal=JournalSettings(path=folder / "journal.db"),
        sources={webhooks.SOURCE: webhooks.source()},
        log=Log(level="error"),
    )


# The variants


async def whole_relay(folder: Path, ready: Ready) -> None:
    """Serve as ``deskbell-relay serve`` does: intake, journal, dispatch and gateway."""
    await _whole(settings(folder), ready)


async def telling(folder: Path, ready: Ready) -> None:
    """Serve as the whole relay, but let everything be shown: neither storm nor noise is too much.

    It has as many sources as the desktop needs to show each message on a toast of its own.
    """
    storms.RATE = filters.BUDGET = MOST
    noise.BUDGET = MOST  # type: ignore[attr-defined] # where it is read
    sources = {name: webhooks.source(name) for name in webhooks.NAMES}
    await _whole(replace(settings(folder), sources=sources), ready)


async def _whole(config: Config, ready: Ready) -> None:
    with listen(config) as door:
        async with app.opened(config, log.get_logger()) as relay:
            server = app.Server(app._uvicorn_config(relay), relay)  # noqa: SLF001 - the product's own
            fanout = relay.gateway._fanout  # noqa: SLF001 - this part is measured alone
            recent = relay.gateway._recent  # noqa: SLF001 - as above

            def send() -> object:
                return fanout.send([StoredNotification(seq=max(1, recent.head), draft=message())])

            await ready(door.getsockname()[1], send)
            await server.serve(sockets=[door])
    if server.failure is not None:
        raise server.failure


async def storing(folder: Path, ready: Ready) -> None:
    """Verify and store; nothing else."""
    journal = await SqliteJournal.open(settings(folder).journal.path)
    try:
        await _intake(folder, journal.append, ready)
    finally:
        await journal.close()


async def storing_singly(folder: Path, ready: Ready) -> None:
    """Verify and store, with one commit per request."""
    sqlite_writer.MAX_TOGETHER = 1
    await storing(folder, ready)


async def answering(folder: Path, ready: Ready) -> None:
    """Verify, and answer at once."""
    stored = Appended(seq=1)

    async def append(_: Event) -> Appended:
        return stored

    await _intake(folder, append, ready)


async def broadcasting(_: Path, ready: Ready) -> None:
    """Hold WebSockets as the documentation of ``websockets`` shows it, and ``broadcast()`` to them."""
    clients: set[ws.ServerConnection] = set()

    async def hold(client: ws.ServerConnection) -> None:
        clients.add(client)
        try:
            await client.wait_closed()
        finally:
            clients.discard(client)

    # What goes over the wire is the same text as the relay's; encoding it is not counted here.
    text = text_frame(to_wire(StoredNotification(seq=1, draft=message())))[4:].decode()
    async with ws.serve(hold, "127.0.0.1", 0, compression=None, backlog=2048) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await ready(port, lambda: ws.broadcast(clients, text))
        await asyncio.Event().wait()


async def _intake(folder: Path, append: Callable[[Event], Awaitable[Appended]], ready: Ready) -> None:
    config = settings(folder)
    sources = {name: check_source(source) for name, source in config.sources.items()}
    intake = Intake(sources=sources, append=append, clock=time.time, log=log.get_logger())
    with listen(config) as door:
        server = uvicorn.Server(
            uvicorn.Config(
                intake,
                http=GuardedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
            )
        )
        await ready(door.getsockname()[1], lambda: None)
        await server.serve(sockets=[door])


def message() -> Draft:
    """Return a notification whose frame is 1 KB."""
    return Draft(
        id="evt_1PgafmB7WZ01zgkW6dKueIc5",
        source="stripe",
        provider="stripe",
        type="invoice.payment_failed",
        priority=Priority.HIGH,
        title="Payment failed: Maya Lindqvist, €49.00",
        body="Attempt 2 for invoice 9F3C1A7B-0042 failed. Stripe tries again on 24 November.",
        scripts=(Script(name="Call", text="Hello Maya, your payment did not go through. " * 11),),
        links=(Link(label="Open invoice", url="https://invoice.stripe.com/i/acct_1/live_42"),),
        at=time.time(),
        playbook="payment-failed",
        audience=(EVERYONE,),
    )


# A process


@contextmanager
def running(variant: Variant, folder: Path) -> Iterator[Address]:
    """Run a server beside us, from when it listens until we leave."""
    folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(variant, folder, theirs), name=variant.__name__)
    process.start()
    try:
        if not ours.poll(60):
            raise TimeoutError(f"{variant.__name__} did not start")
        yield ours.recv()
    finally:
        process.terminate()
        process.join(20)
        if process.is_alive():
            process.kill()
            process.join()


def _run(variant: Variant, folder: Path, parent: Connection) -> None:
    machine.pin(machine.SERVER_CORE)
    machine.raise_open_files()
    log.configure("error", "json", sys.stderr)

    async def ready(port: int, send: Send) -> None:
        control = await asyncio.start_server(_Control(send), "127.0.0.1", 0)
        tasks.add(asyncio.create_task(control.serve_forever()))
        parent.send(Address(port=port, control=control.sockets[0].getsockname()[1]))

    tasks: set[asyncio.Task[None]] = set()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(variant(folder, ready))


class _Control:
    """Answers questions, one line each."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            answer = {"cpu": time.process_time(), "began": time.monotonic()}
            if line == b"send\n":
                self._send()
            if line == b"memory\n":
                gc.collect()
                answer["memory"] = machine.resident()
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()
