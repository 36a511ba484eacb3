"""Dispatch on a real journal: everything pending becomes something, once, in order, and it can be resumed."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from relay.dispatch import BATCH, Dispatcher
from relay.errors import StorageBroken, StorageBusy
from relay.event import Dispatched, Event, EventState, StoredEvent
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.playbooks import parse
from relay.render import Rendered, Renderer

RENDERER = Renderer([parse("hello", 'title = "Hello {{ data.name }}"\n[when]\ntypes = ["greeting"]\n')])
PATIENCE = 20.0
"""Seconds after which something that should have happened counts as failed."""


def event(number: int, kind: str = "greeting", **data: object) -> Event:
    """Return the event of that number."""
    body = json.dumps({"name": str(number), **data}).encode()
    return Event(source="s", provider="p", id=str(number), type=kind, time=float(number), data=body)


async def settled(journal: SqliteJournal, dispatcher: Dispatcher) -> None:
    """Run the dispatcher until nothing is pending."""
    journal.watch(dispatcher.wake)
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(PATIENCE):
        # The journal tells when there is something, not when there is nothing left.
        while await journal.pending(1):  # noqa: ASYNC110
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_every_event_becomes_a_notification_in_order(tmp_path: Path) -> None:
    """More events than one batch come out once each and in the order of arrival."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        count = BATCH * 2 + 7
        for start in range(0, count, 50):
            await asyncio.gather(*(journal.append(event(n)) for n in range(start, min(start + 50, count))))
        await settled(journal, Dispatcher(journal, RENDERER, get_logger()))

        published = await journal.notifications_after(0, count + 1)
        assert [item.seq for item in published] == list(range(1, count + 1))
        assert [item.draft.title for item in published] == [f"Hello {n}" for n in range(count)]
        await journal.close()

    asyncio.run(run())


def test_an_event_that_arrives_later_wakes_it(tmp_path: Path) -> None:
    """Dispatch sleeps without polling and wakes for each new event."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        dispatcher = Dispatcher(journal, RENDERER, get_logger())
        await settled(journal, dispatcher)
        await journal.append(event(1))
        await settled(journal, dispatcher)

        assert await journal.latest() == 1
        await journal.close()

    asyncio.run(run())


def test_what_nobody_wants_is_kept_as_unmatched(tmp_path: Path) -> None:
    """An event without a playbook stays visible with its state."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await journal.append(event(1, kind="other"))
        await settled(journal, Dispatcher(journal, RENDERER, get_logger()))

        (listed,) = await journal.events(limit=10, state=EventState.UNMATCHED)
        assert listed.event.type == "other"
        await journal.close()

    asyncio.run(run())


class Crashes:
    """A renderer with a bug that shows on one event only."""

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Fail on event 2."""
        if stored.event.id == "2":
            raise ZeroDivisionError("a customer's name")
        return RENDERER.decide(stored)

    def render(self, stored: StoredEvent) -> Rendered:
        """Fail likewise."""
        self.decide(stored)
        return RENDERER.render(stored)


def test_a_bug_in_one_event_stops_no_other(tmp_path: Path) -> None:
    """The event becomes a fault with a plain notification, and the ones behind it go on."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        for number in (1, 2, 3):
            await journal.append(event(number))
        await settled(journal, Dispatcher(journal, Crashes(), get_logger()))

        titles = [item.draft.title for item in await journal.notifications_after(0, 10)]
        assert titles == ["Hello 1", "greeting from s", "Hello 3"]
        (fault,) = await journal.events(limit=10, state=EventState.FAULT)
        assert "ZeroDivisionError" in fault.detail
        assert "customer" not in fault.detail
        await journal.close()

    asyncio.run(run())


def test_a_crash_between_deciding_and_publishing_neither_loses_nor_doubles(tmp_path: Path) -> None:
    """The journal alone knows how far dispatch was, so that a second life goes on exactly there."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        for number in range(5):
            await journal.append(event(number))
        pending = await journal.pending(2)
        await journal.publish([RENDERER.decide(stored) for stored in pending])
        for stored in await journal.pending(2):
            RENDERER.decide(stored)  # decided, and then the process is gone
        await journal.close()

        again = await SqliteJournal.open(tmp_path / "j.db")
        await settled(again, Dispatcher(again, RENDERER, get_logger()))
        titles = [item.draft.title for item in await again.notifications_after(0, 10)]
        assert titles == [f"Hello {number}" for number in range(5)]
        await again.close()

    asyncio.run(run())


class FlakyJournal(SqliteJournal):
    """A journal whose disk is full for the first two times."""

    failures = 2

    async def publish(self, results: Sequence[Dispatched]) -> None:
        """Fail twice, then work."""
        if self.failures:
            self.failures -= 1
            raise StorageBusy("the disk is full")
        await super().publish(results)


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    """While the journal cannot store, dispatch waits and tries again; nothing is lost."""

    async def run() -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        journal = await FlakyJournal.open(tmp_path / "j.db")
        await journal.append(event(1))
        await settled(journal, Dispatcher(journal, RENDERER, get_logger(), sleep=sleep))

        assert waits == [1.0, 1.0]
        assert await journal.latest() == 1
        await journal.close()

    asyncio.run(run())


class BrokenJournal(SqliteJournal):
    """A journal whose disk has failed."""

    async def pending(self, limit: int) -> list[StoredEvent]:
        """Say that only a restart helps."""
        raise StorageBroken("fsync failed")


def test_a_broken_journal_ends_the_task(tmp_path: Path) -> None:
    """After a failed fsync nothing more can be promised, so that the task ends and the process with it."""

    async def run() -> None:
        journal = await BrokenJournal.open(tmp_path / "j.db")
        with pytest.raises(StorageBroken):
            await Dispatcher(journal, RENDERER, get_logger()).run()
        await journal.close()

    asyncio.run(run())
