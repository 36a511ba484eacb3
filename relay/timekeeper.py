"""The durable clock: leases and offers that end, escalation, expiry, and people who have left.

What is to happen when stands in the journal; this task sleeps until the next of it is due, decides
and moves. So it goes on where it was after a restart, and what somebody has done meanwhile counts:
each move names the state by which it was decided, and is not made on another one.

When the system's clock is set, the journal's timers are moved by as much, before anything fires.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from structlog.typing import FilteringBoundLogger

from relay.calls import Call
from relay.claims import Move, Moved, Verb, Work, judge
from relay.errors import StorageBusy, StorageError
from relay.journal.base import Journal
from relay.people import Directory
from relay.presence import SEEN_SECONDS, Presence
from relay.protocol import Stage
from relay.resends import Resends
from relay.routing import everybody, next_offer, reoffer
from relay.steadyclock import SteadyClock

TICK_SECONDS = 1.0
"""So often the system's clock is looked at."""
COALESCE_SECONDS = 0.02
"""What the journal gains in this time is looked at together."""
RETRY_SECONDS = 1.0
BATCH = 100
ABSENT_SECONDS = 120.0
"""Whoever has no desktop connected for so long since they claimed something loses it."""
ROUND_SECONDS = 10.0
"""So often it is asked whose claims those are, and whether somebody is there for what had nobody."""
PAGE = 500

Build = Callable[[Work, str, str], Awaitable[Call | None]]
"""Makes the call of an action for a notification; the text makes it one, however often it is asked for."""


async def _no_call(_work: Work, _action: str, _request: str) -> Call | None:
    return None


async def _nothing_new() -> None:
    return None


class Timekeeper:
    """The one task that acts when nobody does."""

    def __init__(
        self,
        journal: Journal,
        presence: Presence,
        log: FilteringBoundLogger,
        *,
        clock: SteadyClock,
        people: Callable[[], Directory],
        signed_in: Callable[[], Collection[str] | None] = lambda: None,
        resends: Resends | None = None,
        build: Build = _no_call,
        called: Callable[[], None] = lambda: None,
        learn: Callable[[], Awaitable[None]] = _nothing_new,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """``signed_in`` returns the agents who have a device, None as long as that isn't known.

        ``called`` is told when calls were stored; ``learn`` is awaited before anything is decided, so that it
        is by the people and filters of the moment. Without ``resends`` everybody gets whatever is sent later
        as it was decided when it was published.
        """
        self._journal, self._presence, self._log = journal, presence, log
        self._clock, self._people, self._signed_in = clock, people, signed_in
        self._build, self._called, self._learn, self._sleep = build, called, learn, sleep
        self._resends, self._hears = resends, resends.hears if resends else everybody
        self._woken = asyncio.Event()
        self._moved = False
        self._noted: dict[str, float] = {}
        self._next_round = clock()

    def wake(self) -> None:
        """Say that the journal may have something new."""
        self._woken.set()

    def people_moved(self) -> None:
        """Say that somebody has come, left or signed out."""
        self._moved = True
        self._woken.set()

    async def run(self) -> None:
        """Keep the time until cancelled.

        Raises:
            StorageBroken: the journal has to be opened anew; the process should stop.
        """
        self._journal.watch(self.wake)
        while True:
            # Cleared first: what is stored while we look must wake the next round.
            self._woken.clear()
            try:
                due = await self.look()
            except StorageBusy as error:
                self._log.warning("clock-waits", reason=str(error))
                await self._sleep(RETRY_SECONDS)
                continue
            await self._rest(due)

    async def look(self) -> float:
        """Do everything that is due; return when to look again, in Unix seconds."""
        await self._follow_clock()
        if self._moved or self._clock() >= self._next_round:
            moved, self._moved = self._moved, False
            await self._learn()
            await self._see_to_people(arrivals=moved)
        # Most looks are because something was stored that isn't due: they are to cost next to nothing.
        while (due := await self._journal.next_due()) is not None and due <= self._clock():
            await self._learn()
            if not await self._settle(await self._journal.due(self._clock(), BATCH)):
                return self._clock() + RETRY_SECONDS
        return self._next_round if due is None else min(due, self._next_round)

    async def place(self, work: Work) -> None:
        """Offer work that somebody has given back to whoever comes next, without waiting for the clock."""
        await self._learn()
        now = self._clock()
        await self._move([self._next(work, now)], now)

    # Inside

    async def _follow_clock(self) -> None:
        """Move the timers with the system's clock, if that was set.

        Nothing is awaited between taking the new time and handing the change to the journal: what is
        stored before it is moved with the rest, and what comes after it is by the new time.
        """
        seconds = self._clock.jump()
        if not seconds:
            return
        self._clock.accept(seconds)
        try:
            count = await self._journal.shift(seconds)
        except BaseException:
            self._clock.accept(-seconds)
            raise
        self._presence.shift(seconds)
        self._next_round = self._clock()
        self._log.warning("clock-was-set", seconds=round(seconds, 1), timers=count)

    async def _settle(self, works: Sequence[Work]) -> bool:
        """Decide about due work and do it; say whether anything came of it."""
        now = self._clock()
        moves: list[Move] = []
        calls: list[Call] = []
        for work in works:
            try:
                move = self._decide(work, now)
                call = await self._rung(work) if move is not None and move.verb is Verb.CLIMB else None
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - the named edge of this task: one work must not stop the clock
                self._log.error("clock-failed", id=work.id, error=type(error).__name__)
                continue
            moves += [] if move is None else [move]
            calls += [] if call is None else [call]
        made = await self._move(moves, now, calls)
        return any(moved.ok for moved in made)

    def _decide(self, work: Work, now: float) -> Move | None:
        """Return what is to be done with work that is due."""
        move = judge(work, now)
        if move is not None:
            return self._routed(work, move, now)
        return self._next(work, now) if work.offer_over(now) else None

    def _next(self, work: Work, now: float) -> Move:
        """Decide to whom it goes next."""
        move = next_offer(work, self._people(), self._presence, now, hears=self._hears)
        return self._routed(work, move, now)

    def _routed(self, work: Work, move: Move, now: float) -> Move:
        """Let the filters of those decide to whom it goes; note an offer, so that the next is another's."""
        if move.verb is Verb.OFFER:
            self._presence.offered(move.holders, now)
        return move if self._resends is None else self._resends.routed(work, move, now)

    async def _rung(self, work: Work) -> Call | None:
        """Make the call of the rung that is due, if it has one."""
        action = work.plan.ladder[work.step].action
        return await self._build(work, action, f"climb/{work.version}") if action else None

    async def _move(self, moves: Sequence[Move], now: float, calls: Sequence[Call] = ()) -> list[Moved]:
        made = await self._journal.move(moves, now, calls=calls) if moves else []
        for move, moved in zip(moves, made, strict=True):
            if moved.ok and moved.work is not None:
                self._log.info(f"clock-{move.verb}", id=move.id, stage=moved.work.stage, reason=move.reason)
                if move.verb is Verb.STRAND and self._resends is not None:
                    self._resends.strand(moved.work, move)
        if calls:
            self._called()
        return made

    # People who come and go

    async def _see_to_people(self, *, arrivals: bool) -> None:
        """Take claims from those who have left, and find somebody for what had nobody."""
        now = self._clock()
        self._next_round = now + ROUND_SECONDS
        await self._note_who_is_there(now)
        await self._take_from_the_absent(now)
        await self._find_somebody(now, again=arrivals)

    async def _note_who_is_there(self, now: float) -> None:
        """Write down whose desktops are connected, for the first moments after a restart."""
        last = {device: self._noted.get(device, float("-inf")) for device in self._presence.devices()}
        due = [device for device, noted in last.items() if abs(now - noted) >= SEEN_SECONDS]
        if due:
            await self._journal.ack(dict.fromkeys(due, 0), now)
        self._noted = last | dict.fromkeys(due, now)

    async def _find_somebody(self, now: float, *, again: bool) -> None:
        """Look for somebody for what had nobody, the oldest first: a shift may have begun, or an offer ended.

        ``again``: somebody has come, and may be offered what was let pass before.
        """
        after, busy = 0, set[str]()
        while works := await self._journal.unrouted(after=after, limit=PAGE):
            if not after:
                offered = await self._journal.works(limit=PAGE, stages=(Stage.OFFERED,))
                busy = {holder for work in offered for holder in work.holders}
            after = works[-1].seq
            by_id = {work.id: work for work in works}
            moves = reoffer(
                works, self._people(), self._presence, now, hears=self._hears, busy=busy, again=again
            )
            busy |= {holder for move in moves for holder in move.holders}
            await self._move([self._routed(by_id[move.id], move, now) for move in moves], now)

    async def _take_from_the_absent(self, now: float) -> None:
        signed_in = self._signed_in()
        before: int | None = None
        while works := await self._journal.works(limit=PAGE, stages=(Stage.CLAIMED,), before=before):
            before = min(work.seq for work in works)
            left = [(work, self._left(work, signed_in, now)) for work in works]
            await self._move([_taken(work, reason) for work, reason in left if reason], now)

    def _left(self, work: Work, signed_in: Collection[str] | None, now: float) -> str:
        """Return why a holder can't be at work on it; empty if they can.

        Who claims without a desktop, over the API, was there when they did: absence counts from then.
        """
        if signed_in is not None and work.holder not in signed_in:
            return "signed-out"
        left = self._presence.absent_since(work.holder)
        away = left is not None and now - max(left, work.claimed_at) >= ABSENT_SECONDS
        return "absent" if away else ""

    async def _rest(self, due: float) -> None:
        """Wait until something is due, or said, or the system's clock was set."""
        while not self._woken.is_set() and (left := due - self._clock()) > 0 and not self._clock.jump():
            try:
                async with asyncio.timeout(min(left, TICK_SECONDS)):
                    await self._woken.wait()
            except TimeoutError:
                continue
        if self._woken.is_set():
            await self._sleep(COALESCE_SECONDS)


def _taken(work: Work, reason: str) -> Move:
    """Return the move that takes a claim from whoever has it."""
    return Move(id=work.id, verb=Verb.RELEASE, version=work.version, overrule=True, reason=reason)
