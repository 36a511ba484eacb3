"""Journal → playbooks → journal: what arrived becomes notifications, in order.

The journal alone remembers how far dispatch has come, so that a crash in the middle neither loses
nor doubles: an event and its notifications are published in one transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from relay.drafts import plain_draft
from relay.errors import StorageBusy
from relay.event import Dispatched, EventState, StoredEvent
from relay.journal.base import Journal

BATCH = 100
"""Events per transaction: rendering them holds the event loop for some milliseconds, not more."""
RETRY_SECONDS = 1.0


class Renders(Protocol):
    """Whatever decides what becomes of an event."""

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Return the event's new state with its notifications."""
        ...


class Dispatcher:
    """The one task that turns events into notifications."""

    def __init__(
        self,
        journal: Journal,
        renderer: Renders,
        log: FilteringBoundLogger,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._journal = journal
        self._renderer = renderer
        self._log = log
        self._sleep = sleep
        self._woken = asyncio.Event()

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

    async def _round(self) -> bool:
        """Dispatch one batch; say whether there was one."""
        events = await self._journal.pending(BATCH)
        if not events:
            return False
        results = [self._decide(stored) for stored in events]
        await self._journal.publish(results)
        return True

    def _decide(self, stored: StoredEvent) -> Dispatched:
        """Decide about one event; a bug of ours becomes a fault of that event and stops no other."""
        try:
            result = self._renderer.decide(stored)
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
