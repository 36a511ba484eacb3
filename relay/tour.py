"""The built-in playbooks at work: what the demonstration shows after its first toast.

Without a display there is nobody to look at them, so that every sample is sent and judged instead.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from relay import samples
from relay.event import EventState, StoredEvent
from relay.journal.sqlite import SqliteJournal
from relay.settings import Config

Sample = tuple[str, str]
"""A source and the name of one of its samples."""

STOPS: Sequence[Sample] = (
    ("aircall", "call_ringing"),
    ("aftership", "exception"),
    ("zendesk", "sla_breached"),
    ("airline", "flight_delayed"),
    ("stripe", "subscription_cancelling"),
    ("reminders", "due"),
    ("shopify", "return_requested"),
    ("intercom", "customer_replied"),
    ("stripe", "payment_paid"),  # takes the first toast away again
)
"""What is shown, in this order: few enough to be read, and each of another kind."""
PAUSE = 12.0
"""Seconds between two of them: as long as it takes to read one and to try its buttons."""
PATIENCE = 30.0
"""Seconds within which every sample should have become what it is to become."""


def show(send: Callable[[Sample], None], left: Callable[[float], bool]) -> None:
    """Send one sample after the other, until ``left`` says that nobody is there any more.

    ``left`` waits so many seconds and returns whether the desktop was quit meanwhile.
    """
    for stop in STOPS:
        if left(PAUSE):
            return
        send(stop)


def all_samples(settings: Config) -> Iterator[Sample]:
    """Yield every sample for which there is a source."""
    for name, source in settings.sources.items():
        yield from ((name, sample) for sample in samples.names_for(source))


def prove(settings: Config, send: Callable[[Sample], None]) -> tuple[int, Sequence[str]]:
    """Send every sample; return how many there were, and what did not become a notification, in words."""
    before = asyncio.run(_newest(settings, 1))
    stops = list(all_samples(settings))
    for stop in stops:
        send(stop)
    last = before[0].seq if before else 0
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        events = [stored for stored in asyncio.run(_newest(settings, len(stops))) if stored.seq > last]
        if len(events) == len(stops) and all(stored.state is not EventState.PENDING for stored in events):
            return len(stops), [_said(stored) for stored in events if stored.state is not EventState.NOTIFIED]
        time.sleep(0.05)
    return len(stops), [f"not every event was dispatched within {PATIENCE:g} s"]


async def _newest(settings: Config, limit: int) -> list[StoredEvent]:
    journal = await SqliteJournal.open(settings.journal.path, checkpointer=False)
    try:
        return await journal.events(limit=limit)
    finally:
        await journal.close()


def _said(stored: StoredEvent) -> str:
    return f"{stored.event.source} {stored.event.type} is {stored.state}: {stored.detail}"
