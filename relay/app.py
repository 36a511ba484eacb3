"""Builds the relay: the only place that constructs its parts and connects them.

.. code-block:: text

    provider ──HTTP──▶ intake ─▶ journal ─▶ dispatch ─▶ journal ─▶ gateway ──WebSocket──▶ desktop
"""

import asyncio
import contextlib
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import uvicorn
from structlog.typing import FilteringBoundLogger

from relay.actionplan import check as check_actions
from relay.addressing import Addressing
from relay.api import PAIR, Api
from relay.config import warnings
from relay.desk import Desk
from relay.dispatch import Dispatcher
from relay.errors import StorageBusy
from relay.filters import FilterSet
from relay.gateway import Gateway
from relay.identity import Registry, Throttle
from relay.intake import PATH as HOOKS
from relay.intake import Intake
from relay.journal.sqlite import SqliteJournal
from relay.keyfetch import KeyFetcher
from relay.listening import listen
from relay.onlyone import only_one
from relay.outgoing import Outgoing, way_out
from relay.people import Directory
from relay.places import playbook_folder
from relay.polling import LINK, Polling
from relay.presence import Presence
from relay.provider_pages import primitive_text
from relay.refusal_buffer import RefusalBuffer
from relay.resends import Resends
from relay.rest.gate import PREFIX, Gate
from relay.rest.parts import Parts
from relay.roster import Roster
from relay.schemes.prepared import check_source
from relay.server import GuardedProtocol
from relay.settings import Config
from relay.shelf import Shelf
from relay.steadyclock import SteadyClock
from relay.timekeeper import Timekeeper

DRAIN_SECONDS = 0.3
"""How long a stopping relay still answers 503 before it closes its door, for whoever asks meanwhile."""
PRUNE_SECONDS = 3600.0
PEOPLE_SECONDS = 1.0
"""How often is looked whether the people's file has changed."""
_HOOKS, _REST, _PAIR, _LINK = HOOKS.encode(), f"{PREFIX}/".encode(), PAIR.encode(), LINK.encode()


class Front:
    """One port: webhooks for the intake, what has a token for the API, and pairing and health beside it."""

    def __init__(self, intake: Intake, api: Api, rest: Gate, polling: Polling) -> None:
        self._intake, self._api, self._rest, self._polling = intake, api, rest, polling

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request (ASGI)."""
        # As it was sent, so that %2e or a doubled slash leads nowhere else.
        path = scope["raw_path"]
        if path.startswith(_HOOKS):
            await self._intake(scope, receive, send)
        elif path == _LINK or path.startswith(_LINK + b"/"):
            await self._polling(scope, receive, send)
        elif path.startswith(_REST) and path != _PAIR:
            await self._rest(scope, receive, send)
        else:
            await self._api(scope, receive, send)


class Relay:
    """A relay with all its parts, not yet listening. Made by :meth:`open`."""

    def __init__(
        self, settings: Config, journal: SqliteJournal, log: FilteringBoundLogger, clock: SteadyClock
    ) -> None:
        """Connect the parts. ``clock`` is the journal's, which the timekeeper follows and sets.

        Raises:
            ConfigError: a source cannot be used.
            PlaybookError: a playbook cannot be used.
        """
        self.settings, self.journal, self.log = settings, journal, log
        registry = Registry()
        self.shelf = Shelf(
            playbook_folder(settings),
            log,
            zone=settings.playbooks.time_zone,
            link_hosts=settings.playbooks.link_hosts,
            check=partial(check_actions, actions=settings.actions),
        )
        self.outgoing = Outgoing(
            journal,
            lambda: self.shelf.renderer,
            way_out(settings.actions).send,
            settings.actions,
            log,
            people=self._people,
            clock=clock,
        )
        self.roster = Roster(registry, settings.people.file, log)
        self.presence = Presence(clock())
        self.addressing = Addressing(self.roster.directory, self.presence, FilterSet(), now=clock())
        sources = {name: check_source(source) for name, source in settings.sources.items()}
        self.dispatcher = Dispatcher(
            journal,
            self.shelf,
            log,
            addressing=self.addressing,
            roster=self.roster,
            automatic=self.outgoing.automatic,
            called=self.outgoing.wake,
            schemes={name: primitive_text(one.wiring.scheme.primitive) for name, one in sources.items()},
            clock=clock,
        )
        resends = Resends(self.addressing)
        self.timekeeper = Timekeeper(
            journal,
            self.presence,
            log,
            clock=clock,
            people=self._people,
            signed_in=registry.agents,
            resends=resends,
            build=self.outgoing.build,
            called=self.outgoing.wake,
            learn=self.dispatcher.learn,
        )
        desk = Desk(
            journal,
            log,
            clock=clock,
            people=self._people,
            presence=self.presence,
            moved=self.timekeeper.people_moved,
            press=self.outgoing.press,
            routed=resends.routed,
        )
        self.gateway = Gateway(
            journal,
            registry,
            desk,
            log,
            clock=clock,
            names=lambda agent: self._people().name_of(agent),
            origins=settings.server.allowed_origins,
            max_connections=settings.server.max_connections,
            buffer=settings.gateway.buffer_kib * 1024,
            foreign=self._foreign,
        )
        self.keys = KeyFetcher(clock=time.monotonic)
        self.refusals = RefusalBuffer(journal.keep_refusals, keep=settings.journal.refused_requests)
        self.intake = Intake(
            sources=sources,
            append=journal.append,
            append_all=journal.append_all,
            clock=time.time,
            log=log,
            trusted=settings.server.trusted_proxies,
            forwarded=settings.server.forwarded_header,
            keys=self.keys,
            refusals=self.refusals,
        )
        self.api = Api(
            journal,
            registry,
            Throttle(time.monotonic),
            clock=time.time,
            random_bytes=secrets.token_bytes,
            log=log,
            trusted=settings.server.trusted_proxies,
            forwarded=settings.server.forwarded_header,
        )
        self.gate = Gate(self._parts(registry, resends, clock), _rest)
        self.polling = Polling(self.gateway.protocol, registry, lambda: self.gateway.accepting)
        self.front = Front(self.intake, self.api, self.gate, self.polling)
        journal.watch(self.dispatcher.wake)

    def drain(self) -> None:
        """Take nothing new: webhooks and desktops are told to come back."""
        self.intake.drain()
        self.gateway.drain()
        self.api.drain()
        self.polling.drain()

    async def work(self) -> None:
        """Dispatch, push and prune until cancelled; whatever ends one of them ends all."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.dispatcher.run(), name="dispatch")
            tasks.create_task(self.shelf.run(), name="playbooks")
            tasks.create_task(self.dispatcher.tell(), name="news")
            tasks.create_task(self._meet_people_for_ever(), name="people")
            tasks.create_task(self.gateway.run(), name="gateway")
            tasks.create_task(self.timekeeper.run(), name="timekeeper")
            tasks.create_task(self.outgoing.run(), name="actions")
            tasks.create_task(self._prune_for_ever(), name="prune")
            tasks.create_task(self.refusals.run(), name="refusals")
            tasks.create_task(self.gate.warm_up(), name="api")
            tasks.create_task(self.polling.run(), name="polling")

    def _parts(self, registry: Registry, resends: Resends, clock: SteadyClock) -> Parts:
        """Return what the API answers from."""
        return Parts(
            journal=self.journal,
            registry=registry,
            presence=self.presence,
            accepting=lambda: self.gateway.accepting,
            directory=self._people,
            playbooks=lambda: self.shelf.playbooks,
            renderer=lambda: self.shelf.renderer,
            compile=self.shelf.candidate,
            link_hosts=self.settings.playbooks.link_hosts,
            faults=lambda: self.shelf.faults,
            given_back=self.timekeeper.place,
            routed=resends.routed,
            devices_changed=self.gateway.reload,
            filters_changed=self.gateway.tell_filters,
            calls_added=self.outgoing.wake,
            clock=clock,
            ticks=time.monotonic,
            log=self.log,
        )

    def _people(self) -> Directory:
        return self.roster.directory

    def _foreign(self) -> None:
        """Tell whoever watches the journal that another process wrote to it."""
        self.dispatcher.wake()
        self.timekeeper.wake()
        self.outgoing.wake()

    async def finish(self) -> None:
        """Store what is only held, and give up what is only asked for, once nothing new is taken."""
        self.polling.close()
        await self.keys.close()
        await self.refusals.flush()

    async def _meet_people_for_ever(self) -> None:
        """Let the desktops have what the people's file says now."""
        changed = False
        while True:
            await asyncio.sleep(PEOPLE_SECONDS)
            changed = await self.roster.look() or changed
            with contextlib.suppress(StorageBusy):  # the next time will do
                if changed:
                    await self.gateway.reload()
                    changed = False

    async def _prune_for_ever(self) -> None:
        while True:
            try:
                await self._prune()
            except StorageBusy as error:
                # A full disk is no reason to end: there may be room the next time.
                self.log.warning("not pruned", detail=str(error))
            await asyncio.sleep(PRUNE_SECONDS)

    async def _prune(self) -> None:
        now = time.time()
        before = now - self.settings.journal.retention_days * 86_400
        removed = await self.journal.prune(before, self.intake.remembered(now))
        if removed:
            self.log.info("pruned", count=removed)


class Server(uvicorn.Server):
    """uvicorn, with our order of leaving: refuse, finish, close the desktops, then the journal.

    Everything is done before uvicorn raises the captured signal again, so that the exit status
    says honestly why the process ended.
    """

    def __init__(self, config: uvicorn.Config, relay: Relay) -> None:
        super().__init__(config)
        self._relay = relay
        self._work: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the tasks behind the door, then open it."""
        self._relay.journal.watch_broken(self._fail)
        self._work = asyncio.create_task(self._relay.work(), name="relay")
        self._work.add_done_callback(self._ended)
        await super().startup(sockets)

    def _ended(self, work: asyncio.Task[None]) -> None:
        """Stop the process when one of its tasks ends by itself: half a relay is none."""
        if not work.cancelled():
            self._fail(work.exception() or RuntimeError("the relay's work ended"))

    def _fail(self, error: BaseException) -> None:
        """Stop, and remember why: after a failed fsync only a restart can say what is on disk."""
        self.failure = self.failure or error
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave in order. A second call, or a second Ctrl-C, does not wait."""
        relay = self._relay
        relay.drain()
        relay.log.info("stopping", desktops=relay.gateway.connections)
        await asyncio.sleep(0 if self.force_exit else DRAIN_SECONDS)
        limit = 0.0 if self.force_exit else relay.settings.server.shutdown_seconds
        await super().shutdown(sockets)
        await relay.gateway.close_all(limit=limit)
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        await relay.finish()
        await relay.journal.close()
        relay.log.info("stopped")


@contextlib.asynccontextmanager
async def opened(settings: Config, log: FilteringBoundLogger) -> AsyncIterator[Relay]:
    """Open the journal, build the relay on it, and close the journal at the end.

    Raises:
        ConfigError: another relay has it.
    """
    clock = SteadyClock()
    with only_one(settings.journal.path):
        journal = await SqliteJournal.open(settings.journal.path, clock=clock)
        try:
            yield Relay(settings, journal, log, clock)
        finally:
            await journal.close()


async def serve(
    settings: Config, log: FilteringBoundLogger, *, ready: Callable[[int], None] = lambda _: None
) -> None:
    """Serve until a signal; ``ready`` is told the port once the door is open.

    Raises:
        RelayError: the relay cannot start, or had to stop.
    """
    with contextlib.closing(listen(settings)) as door:
        async with opened(settings, log) as relay:
            server = Server(_uvicorn_config(relay), relay)
            port = door.getsockname()[1]
            for sentence in warnings(settings, time.time()):
                log.warning("secret expires", detail=sentence)
            log.info("listening", host=settings.server.host, port=port, sources=len(settings.sources))
            ready(port)
            await server.serve(sockets=[door])
    if server.failure is not None:
        raise _first(server.failure)


def _rest(parts: Parts) -> Any:
    from relay.rest.front import rest

    return rest(parts)


def _uvicorn_config(relay: Relay) -> uvicorn.Config:
    return uvicorn.Config(
        relay.front,
        http=GuardedProtocol,
        ws=relay.gateway.protocol,  # type: ignore[arg-type] # a factory is what uvicorn calls it as
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        # Addresses in X-Forwarded-For are a stranger's claim unless the operator lists the proxy.
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(relay.settings.server.shutdown_seconds)),
    )


def _first(failure: BaseException) -> BaseException:
    """Return the error inside a task group's bundle that says what happened."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def run(settings: Config, log: FilteringBoundLogger) -> None:
    """Serve on the fastest event loop there is for this system."""
    if sys.platform == "win32":
        asyncio.run(serve(settings, log))
        return
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, log))
