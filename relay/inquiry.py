"""Questions about the past: why somebody got something or didn't, and what other filters would have done.

Gathers from the journal what :mod:`relay.why` and :mod:`relay.preview` decide from; for the API and the
command line alike.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from relay.claims import Step
from relay.event import StoredEvent, StoredNotification
from relay.filters import Layer
from relay.journal.base import Journal
from relay.people import Directory
from relay.playbooks import Playbook
from relay.preview import Preview, preview
from relay.protocol import Receipt
from relay.why import Why, why

MOST_COMPARED = 20_000
"""Notifications of the past that a preview looks at: some seconds of reading."""
PAGE = 500
TOLD_AT_ONCE = 8
"""At most so many numbers one move of a notification takes."""
DAY = 86_400.0


async def event_at(journal: Journal, seq: int) -> StoredEvent | None:
    """Return an event by its number."""
    found = await journal.events(limit=1, before=seq + 1)
    return found[0] if found and found[0].seq == seq else None


async def why_event(
    journal: Journal,
    event: StoredEvent,
    agent: str,
    *,
    directory: Directory,
    playbooks: Sequence[Playbook],
) -> list[Why]:
    """Say what an event came to for an agent: for each notification, or why there is none."""
    published = await journal.notifications_of(event.seq)
    return await _why(journal, event, published, agent, directory=directory, playbooks=playbooks)


async def why_notification(journal: Journal, id_: str, agent: str, *, directory: Directory) -> list[Why]:
    """Say what a notification came to for an agent; nothing if it is unknown or was pruned."""
    stored = await journal.notification(id_)
    if stored is None:
        return []
    event = await journal.event_of(id_)
    led_to = await journal.notifications_of(event.seq) if event else []
    published = [one for one in led_to if one.draft.id == id_] or [stored]
    return await _why(journal, event, published, agent, directory=directory, playbooks=())


async def _why(
    journal: Journal,
    event: StoredEvent | None,
    published: Sequence[StoredNotification],
    agent: str,
    *,
    directory: Directory,
    playbooks: Sequence[Playbook],
) -> list[Why]:
    sent, history = list(published), dict[str, Sequence[Step]]()
    receipts: list[tuple[str, str, Receipt]] = []
    for first in {one.draft.id: one for one in reversed(published)}.values():
        id_ = first.draft.id
        history[id_] = _since(first, await journal.history(id_))
        sent += await _sent_on(journal, first, history[id_])
        receipts += await journal.receipts_of(id_)
    revisions = {one.draft.routing.revision for one in sent}
    about = event.event if event else None
    wanting = [one.name for one in playbooks if about and one.wants(about.type, about.provider, about.source)]
    return why(
        event,
        sent,
        await journal.work(list(history)),
        agent=agent,
        directory=directory,
        filters={revision: await journal.filters(revision) for revision in revisions},
        history=history,
        belonging=await journal.belonging(agent.strip().casefold()),
        receipts=receipts,
        wanting=wanting,
    )


def _since(first: StoredNotification, steps: Sequence[Step]) -> Sequence[Step]:
    """Return what was done to a notification after an event led to it, until the next event did."""
    began = [number for number, step in enumerate(steps) if step.verb == "published"]
    start = max((number for number in began if steps[number].seq <= first.seq), default=-1) + 1
    return steps[start : next((number for number in began if number >= start), len(steps))]


async def _sent_on(
    journal: Journal, first: StoredNotification, steps: Sequence[Step]
) -> list[StoredNotification]:
    """Return the times that a notification went on to others, as it went then."""
    found: dict[int, StoredNotification] = {}
    for step in steps:
        # What was told of a step follows its first number: some changes, and then the notification.
        told = await journal.notifications_after(step.seq - 1, TOLD_AT_ONCE) if step.seq else []
        found |= {
            one.seq: one
            for one in told
            if isinstance(one, StoredNotification)
            and (one.draft.id, one.draft.revision) == (first.draft.id, first.draft.revision)
        }
    return [found[seq] for seq in sorted(found)]


async def preview_filters(
    journal: Journal, layer: Layer, *, directory: Directory, days: float, now: float
) -> Preview:
    """Say what a layer would have done to the notifications of the last days, at most the newest of them."""
    filters, followers = await journal.filters(), await journal.followers()
    recent, whole = await _compared(journal, now - days * DAY)
    found = await asyncio.to_thread(preview, filters, layer, recent, directory, now, followers=followers)
    if whole:
        return found
    since = datetime.fromtimestamp(min((one.draft.at for one in recent), default=now), UTC)
    said = f"Only what came since {since:%Y-%m-%d %H:%M} UTC was compared: before, there is too much."
    return replace(found, sentences=(*found.sentences, said))


async def recent_notifications(journal: Journal, since: float) -> list[StoredNotification]:
    """Return what was published since a time, at most the newest ``MOST_COMPARED`` numbers."""
    found, _ = await _compared(journal, since)
    return found


async def _compared(journal: Journal, since: float) -> tuple[list[StoredNotification], bool]:
    """Return the newest that was published since a time, and whether that is all of it."""
    at = max(0, await journal.latest() - MOST_COMPARED)
    found: list[StoredNotification] = []
    whole = at == 0
    while page := await journal.notifications_after(at, PAGE):
        notifications = [one for one in page if isinstance(one, StoredNotification)]
        recent = [one for one in notifications if one.draft.at >= since]
        whole = whole or len(recent) < len(notifications)
        found += recent
        at = page[-1].seq
    return found, whole
