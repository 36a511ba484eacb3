"""Journal → playbooks → people → journal: what arrived becomes notifications, in order.

The journal alone remembers how far dispatch has come, so that a crash in the middle neither loses
nor doubles: an event and its notifications are published in one transaction. What is remembered
of storms and noise is not in the journal: after a restart it is counted anew.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec.structs import replace
from structlog.typing import FilteringBoundLogger

from relay import notices
from relay.addressing import Addressing
from relay.drafts import plain_draft
from relay.errors import StorageBusy
from relay.event import EVERYONE, Dispatched, Draft, EventState, StoredEvent
from relay.journal.base import Journal
from relay.people import Directory
from relay.presence import there_before
from relay.render import Rendered
from relay.roster import Roster
from relay.routing import leading

BATCH = 100
"""Events per transaction: rendering them holds the event loop for some milliseconds, not more."""
PAGE = 500
RETRY_SECONDS = 1.0
NEWS_SECONDS = 1.0
"""How often is asked whether the relay itself has something to tell."""
FOLLOWERS_SECONDS = 1.0
"""How old the list of who follows what may be."""


class Renders(Protocol):
    """Whatever decides what becomes of an event."""

    def render(self, stored: StoredEvent) -> Rendered:
        """Return the event's new state with its notifications, and whom they ask for."""
        ...

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Return the same with the audiences as far as they are known without knowing people."""
        ...


class Dispatcher:
    """The one task that turns events into notifications, and the one that tells what the relay has to say."""

    def __init__(
        self,
        journal: Journal,
        renderer: Renders,
        log: FilteringBoundLogger,
        *,
        addressing: Addressing | None = None,
        roster: Roster | None = None,
        automatic: Callable[[StoredEvent, Dispatched], Dispatched] = lambda _, result: result,
        called: Callable[[], None] = lambda: None,
        schemes: Mapping[str, str] = MappingProxyType({}),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Without ``addressing`` and ``roster``, audiences are left as the playbooks give them.

        ``automatic`` adds the calls that an event makes by itself; ``called`` is told when some were stored.
        ``schemes`` are the words for how each source proves its requests, by its name.
        """
        self._journal, self._renderer, self._log = journal, renderer, log
        self._addressing, self._roster = addressing, roster
        self._automatic, self._called, self._schemes = automatic, called, schemes
        self._clock, self._sleep = clock, sleep
        self._woken = asyncio.Event()
        self._followers: Mapping[str, tuple[str, ...]] = {}
        self._followers_at = float("-inf")
        self._unsaid: list[Draft] = []
        self._acquainted = False
        self._written_down = -1
        self._learning = asyncio.Lock()

    def wake(self) -> None:
        """Say that there may be new events."""
        self._woken.set()

    async def run(self) -> None:
        """Dispatch what is pending, then whatever comes, until cancelled.

        Raises:
            StorageBroken: the journal has to be opened anew; the process should stop.
        """
        while True:
            # Cleared first: an event that arrives while we read must wake the next round.
            self._woken.clear()
            try:
                busy = await self._round()
            except StorageBusy as error:
                self._log.warning("dispatch-waits", reason=str(error))
                await self._sleep(RETRY_SECONDS)
                continue
            if not busy:
                await self._woken.wait()

    async def tell(self) -> None:
        """Publish, about once a second, what the relay itself has to tell, until cancelled.

        Raises:
            StorageBroken: as above.
        """
        while True:
            await self._sleep(NEWS_SECONDS)
            try:
                await self.tell_now()
            except StorageBusy as error:
                self._log.warning("news-wait", reason=str(error))

    async def tell_now(self) -> None:
        """Publish what the relay has to tell now: storms, digests, and that something reached nobody."""
        await self.learn()
        if self._addressing is not None:
            self._unsaid += self._addressing.news(self._clock())
        if self._unsaid:
            await self._journal.announce(self._unsaid)
            self._unsaid = []

    async def learn(self) -> None:
        """Take over what has changed of people, filters and followers; at first, read who has a desktop.

        For everybody who decides by them: before a batch, once a second, and before what is sent later.

        Raises:
            StorageError: it is as it was.
        """
        if self._addressing is None or self._roster is None:
            return
        # One at a time: what was read first must not be taken over last.
        async with self._learning:
            if not self._acquainted:
                devices = await self._roster.load(self._journal)
                self._addressing.presence.expect(there_before(devices, self._clock()))
                await self._recall(self._addressing, self._roster.directory)
                self._acquainted = True
            filters = self._addressing.filters
            if await self._journal.filters_revision() != filters.revision:
                filters = await self._journal.filters()
            now = self._clock()
            if abs(now - self._followers_at) >= FOLLOWERS_SECONDS:
                self._followers, self._followers_at = await self._journal.followers(), now
            directory = self._roster.directory
            await self._write_down(directory)
            self._addressing.know(directory, filters, self._followers)

    async def _write_down(self, directory: Directory) -> None:
        """Keep who belongs where from now on, so that it can be told later why somebody got something."""
        if directory.revision != self._written_down:
            await self._journal.keep_belonging({one: directory.keys_of(one) for one in directory.people})
            self._written_down = directory.revision

    async def _round(self) -> bool:
        """Dispatch one batch; say whether there was one."""
        events = await self._journal.pending(BATCH)
        if not events:
            return False
        await self.learn()
        now = self._clock()
        results = [self._decide(stored, now) for stored in events]
        await self._journal.publish(results)
        if any(result.calls for result in results):
            self._called()
        return True

    async def _recall(self, addressing: Addressing, directory: Directory) -> None:
        """Note what reached nobody and was told to nobody yet: the alert waits in memory, and may be lost."""
        after, told, found = 0, dict[tuple[str, ...], float](), list[tuple[str, tuple[str, ...], str]]()
        while works := await self._journal.unrouted(after=after, limit=PAGE):
            after = works[-1].seq
            for work in works:
                audience, sentence = leading(work.plan.chain, directory)
                if audience == (EVERYONE,):
                    continue  # they have it already, and nobody leads them
                if audience not in told:
                    told[audience] = await self._last_alert(audience)
                if work.changed_at > told[audience]:
                    found.append((work.playbook, audience, sentence))
        for one in found:
            addressing.strand(*one)

    async def _last_alert(self, audience: tuple[str, ...]) -> float:
        """Return when these were told last that something reached nobody."""
        before: int | None = None
        while works := await self._journal.works(limit=PAGE, keys=audience, before=before):
            before = works[-1].seq
            for work in works:
                if (work.type, work.audience) == (notices.UNROUTED, audience) and work.expires is not None:
                    return work.expires - notices.KEPT_SECONDS
        return float("-inf")

    def _decide(self, stored: StoredEvent, now: float) -> Dispatched:
        """Decide about one event; a bug of ours becomes a fault of that event and stops no other."""
        try:
            result = self._proven(self._automatic(stored, self._address(stored, now)))
        except Exception as error:  # noqa: BLE001 - the named edge of this task: one event at a time
            self._log.error("dispatch-failed", event_seq=stored.seq, error=type(error).__name__)
            detail = f"could not be dispatched ({type(error).__name__}); please report this"
            draft = plain_draft(stored.event, "dispatch")
            return Dispatched(event_seq=stored.seq, state=EventState.FAULT, detail=detail, drafts=(draft,))
        if result.state in {EventState.FAULT, EventState.UNMATCHED}:
            about = stored.event
            self._log.warning(
                f"event-{result.state}",
                source=about.source,
                type=about.type,
                event_seq=stored.seq,
                detail=result.detail,
            )
        return result

    def _proven(self, result: Dispatched) -> Dispatched:
        """Say on each notification how its source proves its requests."""
        drafts = [replace(draft, scheme=self._schemes.get(draft.source, "")) for draft in result.drafts]
        return replace(result, drafts=tuple(drafts))

    def _address(self, stored: StoredEvent, now: float) -> Dispatched:
        if self._addressing is None:
            return self._renderer.decide(stored)
        rendered = self._renderer.render(stored)
        return self._addressing.address(rendered.dispatched, rendered.asked, now)
