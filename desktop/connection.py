"""Keeps the link to the relay: connect, resume, heartbeat, back off. It never gives up by itself.

One worker thread with its own asyncio loop, so that a busy window never costs the link, nor a busy
link a window. What to do is decided by :mod:`desktop.session`; this module owns socket and clocks.
Callbacks are called on the worker thread: :class:`desktop.bridge.Bridge` takes them to Qt.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from websockets.asyncio.client import ClientConnection

from desktop import verdicts
from desktop.address import Account, parse_address
from desktop.dial import Dial, Resolver, dial, drain, explain, hang_up
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Inbox
from desktop.outgoing import Outgoing
from desktop.pace import Pace
from desktop.paths import Paths
from desktop.polling import NotCarried, dial_by_requests
from desktop.proxies import Network
from desktop.pulse import Pulse
from desktop.requests import Answer
from desktop.session import Leave, Lost, Move, Order, Phase, Put, Say, Session, Tell
from desktop.sideloop import end
from desktop.verdicts import Verdict
from relay.protocol import (
    SUBPROTOCOL,
    Availability,
    Close,
    Filters,
    Notification,
    Receipt,
    Request,
    Result,
    Update,
    Welcome,
    encode,
)

STOP_SECONDS = 2.0
"""How long quitting may take; a relay that doesn't answer the close is left without a word."""

PROVEN_SECONDS = 10.0
"""A link that was up for so long starts the back-off anew; a shorter one may be part of a circle."""

CLOCKS_AGREE_SECONDS = 5.0
"""Clocks that differ by less are taken for the same: the way of the message is part of it."""


Told = Welcome | Filters | Answer
"""What the windows are told and nobody stores."""


def _ignore(_what: object) -> None:
    """Tell nobody."""


class Connection:
    """The link of one account, from :meth:`start` to :meth:`stop`. It is not started twice.

    Raises:
        desktop.address.BadAddress: the account's relay cannot be used.
    """

    def __init__(
        self,
        *,
        account: Account,
        token: str,
        inbox: Inbox,
        on_entries: Callable[[list[Entry]], None],
        on_status: Callable[[Status], None],
        on_gap: Callable[[int], None],
        on_changes: Callable[[list[Entry]], None] = _ignore,
        on_told: Callable[[Told], None] = _ignore,
        presence: Availability = Availability.AVAILABLE,
        pace: Pace | None = None,
        network: Network | None = None,
    ) -> None:
        self._network = network or Network(environ=os.environ)
        self.pulse = Pulse()
        """Read from any thread."""
        self._address = parse_address(account.relay)
        self._device, self._agent, self._token, self._inbox = account.device, account.agent, token, inbox
        self._on_entries, self._on_status, self._on_gap = on_entries, on_status, on_gap
        self._on_changes, self._on_told = on_changes, on_told
        self._pace = pace or Pace()
        self._outgoing = Outgoing(on_told, inbox, limit=self._pace.answer_limit, presence=presence)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._nudge, self._probe = asyncio.Event(), asyncio.Event()
        self._main: asyncio.Task[None] | None = None
        self._status: Status | None = None
        self._welcomed: float | None = None
        self._relay_clock = 0.0
        self._paths: Paths = ()

    # From any thread

    def start(self) -> None:
        """Begin, on the worker thread."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="connection", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the socket and end the thread, within 2 seconds. A second call does nothing."""
        self._stopping = True
        self._call(self._cancel)
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join(STOP_SECONDS)

    def retry_now(self) -> None:
        """Don't wait any longer for the next try; also after the relay said not to come back."""
        self._call(self._nudge.set)

    def reroute(self, network: Network) -> None:
        """Go another way from the next link on; who waits for one tries at once."""
        self._network = network
        self.retry_now()

    def probe(self) -> None:
        """See at once whether the link still works; to be called when the network may have changed."""
        self._call(self._probe.set)

    def ask(self, request: Request) -> None:
        """Ask the relay; exactly one :class:`Answer` follows, unless the link is stopped."""
        self._call(lambda: self._outgoing.ask(request))

    def note(self, receipt: Receipt) -> None:
        """Tell the relay what a person did, as soon as there is a link."""
        self._call(lambda: self._outgoing.note(receipt))

    def be(self, presence: Availability) -> None:
        """Tell the relay whether somebody is there; also at each hello from now on."""
        self._call(lambda: self._outgoing.be(presence))

    def _call(self, callback: Callable[[], object]) -> None:
        """Run ``callback`` on the worker's loop, if that still runs."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it was closed
                self._loop.call_soon_threadsafe(callback)

    # On the worker thread

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run the loop until the main task ends."""
        try:
            loop.set_default_executor(Resolver())
            self._main = loop.create_task(self._keep(), name="link")
            if self._stopping:
                self._main.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(self._main)
        finally:
            self._inbox.release()
            loop.run_until_complete(end(*asyncio.all_tasks(loop)))  # what a library has left behind
            loop.close()

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    async def _keep(self) -> None:
        """Open one link after the other, for ever."""
        delays = verdicts.back_off(self._pace.chance)
        self._show(LinkState.CONNECTING)
        while True:
            self._welcomed = None
            verdict = await self._try()
            worked = self._up_for()
            if worked is not None and worked >= PROVEN_SECONDS:
                delays = verdicts.back_off(self._pace.chance)
            await self._wait(verdict, delays, first=worked is not None)

    def _up_for(self) -> float | None:
        """Return for how long the last link was up, None if it was never welcomed."""
        return None if self._welcomed is None else self._pace.monotonic() - self._welcomed

    async def _wait(self, verdict: Verdict, delays: Iterator[float], *, first: bool) -> None:
        """Wait for the next try: for its time, for somebody who asks for it, or for waking up."""
        clocks = self._clocks()
        seconds = verdicts.delay(verdict, delays, self._pace.chance, first=first)
        retry_at = self._pace.clock() + seconds if verdict.retry else None
        self._show(verdict.state, verdict.reason, retry_at)
        self._nudge.clear()
        asleep = asyncio.create_task(self._watch_clocks(clocks), name="clocks")
        nudged = asyncio.create_task(self._nudge.wait(), name="nudge")
        moved = asyncio.create_task(self._watch_paths(self._nudge), name="paths")
        try:
            wakers = [asleep, nudged] if verdict.retry else [nudged]
            await asyncio.wait(
                wakers, timeout=seconds if verdict.retry else None, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            await end(asleep, nudged, moved)
        if self._status is not None:
            state = LinkState.CONNECTING if not verdict.retry else self._status.state
            self._show(state, verdict.reason if verdict.retry else "")

    async def _try(self) -> Verdict:
        """Open a link and live with it until it ends; say what its end means.

        Where WebSockets may not be let through, it goes by requests. The next try begins anew.
        """
        self._paths = self._pace.paths()
        verdict = await self._link(dial)
        if verdict.blocked:
            try:
                return await self._link(dial_by_requests)
            except NotCarried as error:
                if error.status:
                    return verdicts.after_refusal(error.status)
        return verdict

    async def _link(self, prepare: Callable[..., Dial]) -> Verdict:
        try:
            way = prepare(
                self._address,
                self._token,
                open_limit=self._pace.open_limit,
                close_limit=self._pace.close_limit,
                network=self._network,
            )
            async with way as socket:
                self.pulse = Pulse(route=str(way.route), by_requests=prepare is dial_by_requests)
                if socket.subprotocol != SUBPROTOCOL:
                    return verdicts.NOT_A_RELAY
                return await self._converse(socket)
        except NotCarried:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, retrying must not stop (promise P9)
            return await explain(error, self._address, self._network)

    async def _converse(self, socket: ClientConnection) -> Verdict:
        """Say hello, and go on until one of the watchers finds a reason to end the link."""
        clocks = self._clocks()
        cursor = self._inbox.cursor(self._device)
        session = Session(
            device=self._device, epoch=cursor.epoch, after=cursor.after, presence=self._outgoing.presence
        )
        await socket.send(encode(session.hello()), text=True)
        greeted, answered = asyncio.Event(), asyncio.Event()
        watchers = [
            asyncio.create_task(self._listen(socket, session, greeted, answered), name="listen"),
            asyncio.create_task(self._beat(session, greeted, answered), name="beat"),
            asyncio.create_task(self._outgoing.speak(socket, greeted), name="speak"),
            asyncio.create_task(self._watch_clocks(clocks), name="clocks"),
            asyncio.create_task(self._watch_paths(self._probe), name="paths"),
        ]
        try:
            done, _ = await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
            verdict = done.pop().result()
        except asyncio.CancelledError:
            await hang_up(socket, Close.GOING_AWAY, STOP_SECONDS / 2)
            raise
        finally:
            await end(*watchers)
        if verdict in (verdicts.SILENT, verdicts.WOKEN, verdicts.NO_ANSWER, verdicts.NETWORK_CHANGED):
            socket.transport.abort()  # nobody is there to answer a close
        else:
            await hang_up(socket, Close.NORMAL, self._pace.close_limit)
        return verdict

    async def _listen(
        self, socket: ClientConnection, session: Session, greeted: asyncio.Event, answered: asyncio.Event
    ) -> Verdict:
        """Take what arrives, as much at a time as is there."""
        while True:
            orders = session.receive(await drain(socket))
            if not greeted.is_set() and session.phase is not Phase.GREETING:
                self._greet(session)
                greeted.set()
            for order in orders:
                if isinstance(order, Leave):
                    return order.verdict
                await self._carry_out(order, socket)
            if session.answered:
                self._outgoing.ponged()
                answered.set()
            if greeted.is_set():
                self._show(LinkState.LIVE if session.phase is Phase.LIVE else LinkState.CATCHING_UP)

    async def _carry_out(self, order: Order, socket: ClientConnection) -> None:
        """Do what the session decided, before anything that follows: stored is stored when the ack leaves."""
        match order:
            case Put(messages=messages, epoch=epoch):
                self._put(messages, epoch)
            case Lost(missed=missed, epoch=epoch, after=after):
                self._inbox.record_gap(self._device, epoch=epoch, after=after, missed=missed)
                if missed:
                    self._on_gap(missed)
            case Move(epoch=epoch, after=after):
                self._inbox.reset(self._device, epoch=epoch, after=after)
            case Say(message=message):
                await socket.send(encode(message), text=True)
            case Tell(message=Result() as result):
                self._outgoing.answer(result)
            case Tell(message=Filters() as filters):
                self._on_told(filters)

    def _put(self, messages: Sequence[Notification | Update], epoch: str) -> None:
        stored = self._inbox.put(
            messages, device=self._device, epoch=epoch, agent=self._agent, ahead=self._ahead()
        )
        if stored.new:
            self._on_entries(stored.new)
        if stored.changed:
            self._on_changes(stored.changed)
        self._inbox.settle()

    async def _beat(self, session: Session, greeted: asyncio.Event, answered: asyncio.Event) -> Verdict:
        """Ask for a sign of life again and again; return when there is none."""
        changed = False
        try:
            async with asyncio.timeout(self._pace.heartbeat_limit):
                await greeted.wait()
            while True:
                changed = await self._rest()
                answered.clear()
                asked = self._pace.monotonic()
                self._outgoing.ping(session.ping())
                async with asyncio.timeout(self._pace.probe_limit if changed else self._pace.heartbeat_limit):
                    await answered.wait()
                self.pulse = replace(self.pulse, answered=self._pace.monotonic() - asked)
        except TimeoutError:
            if changed:
                return verdicts.NETWORK_CHANGED
            return verdicts.SILENT if greeted.is_set() else verdicts.NO_ANSWER

    async def _rest(self) -> bool:
        """Wait for the next ping; say whether it is due early, because the network has changed."""
        self._probe.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.heartbeat):
                return await self._probe.wait()
        return False

    def _clocks(self) -> tuple[float, float, float]:
        """Read all clocks."""
        return self._pace.clock(), self._pace.elapsed(), self._pace.monotonic()

    async def _watch_clocks(self, before: tuple[float, float, float]) -> Verdict:
        """Return when this computer has slept since ``before``: what the socket says then means nothing."""
        while True:
            await asyncio.sleep(self._pace.clock_check)
            now = self._clocks()
            wall, elapsed, monotonic = (new - old for new, old in zip(now, before, strict=True))
            if verdicts.has_slept(elapsed, monotonic, late=monotonic - self._pace.clock_check):
                return verdicts.WOKEN
            if abs(wall - elapsed) > CLOCKS_AGREE_SECONDS:
                self.pulse = replace(self.pulse, ahead=self._difference())
            before = now

    async def _watch_paths(self, changed: asyncio.Event) -> Verdict:
        """Set ``changed`` whenever another network, or none, leads to the outside."""
        while True:
            await asyncio.sleep(self._pace.clock_check)
            now = self._pace.paths()
            if now != self._paths:
                changed.set()
            self._paths = now

    def _greet(self, session: Session) -> None:
        """Note the welcome: the link is up, and what the relay's clock says is known."""
        self._welcomed = self._pace.monotonic()
        if session.welcome is not None:
            self._relay_clock = session.welcome.time - self._pace.elapsed()
            self.pulse = replace(self.pulse, ahead=self._difference())
            self._on_told(session.welcome)

    def _difference(self) -> float:
        """Return by how many seconds this computer's clock is ahead of the relay's, also if just set."""
        return self._pace.clock() - self._pace.elapsed() - self._relay_clock

    def _ahead(self) -> float:
        """Return the difference as it counts."""
        ahead = self._difference()
        return ahead if abs(ahead) > CLOCKS_AGREE_SECONDS else 0.0

    def _show(self, state: LinkState, reason: str = "", retry_at: float | None = None) -> None:
        """Tell the agent, if it is news. ``since`` changes only when the link goes up or down."""
        old, up = self._status, (LinkState.CATCHING_UP, LinkState.LIVE)
        same_side = old is not None and (old.state in up) == (state in up)
        since = old.since if old is not None and same_side else self._pace.clock()
        status = Status(state=state, since=since, reason=reason, retry_at=retry_at)
        if status != old:
            self._status = status
            self._on_status(status)
