"""Refused requests on their way to the journal: so few that a flood of them writes next to nothing."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from relay.errors import StorageError
from relay.refusals import Refusal

FLUSH_SECONDS = 1.0
"""How often they are stored. What comes meanwhile beyond the number that is kept is not even looked at."""

MAX_BYTES = 8 * 1024 * 1024
"""Bodies that wait to be stored, where sources keep them."""


class RefusalBuffer:
    """Keeps at most ``keep`` refused requests of each source and reason, and stores them now and then."""

    def __init__(
        self,
        store: Callable[[Sequence[Refusal], int], Awaitable[None]],
        *,
        keep: int,
        seconds: float = FLUSH_SECONDS,
    ) -> None:
        self._store, self._keep, self._seconds = store, keep, seconds
        self._waiting: list[Refusal] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._bytes = 0
        self._added = asyncio.Event()

    def wants(self, source: str, reason: str) -> bool:
        """Say whether one more is worth describing."""
        return self._counts[source, reason] < self._keep and self._bytes < MAX_BYTES

    def add(self, refusal: Refusal) -> None:
        """Take one that was wanted."""
        self._waiting.append(refusal)
        self._counts[refusal.source, refusal.reason] += 1
        self._bytes += len(refusal.body or b"")
        self._added.set()

    async def run(self) -> None:
        """Store what there is, again and again, until cancelled."""
        while True:
            await self._added.wait()
            await self.flush()
            await asyncio.sleep(self._seconds)

    async def flush(self) -> None:
        """Store what there is. If the journal can't, it is lost: the log has its reason."""
        waiting, self._waiting = self._waiting, []
        self._counts.clear()
        self._bytes = 0
        self._added.clear()
        if waiting:
            # Whoever wants to accept something now learns of the failure by a 503, and so does the log.
            with suppress(StorageError):
                await self._store(waiting, self._keep)
