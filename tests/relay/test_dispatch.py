"""Dispatch on a real journal: everything pending becomes something, once, in order, and it can be resumed."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from relay.addressing import Addressing
from relay.dispatch import BATCH, Dispatcher
from relay.errors import StorageBroken, StorageBusy
from relay.event import (
    LEADS,
    Device,
    Dispatched,
    Draft,
    Event,
    EventState,
    PairingCode,
    Published,
    StoredEvent,
    StoredNotification,
)
from relay.filters import FilterSet, Layer, Rule
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.playbooks import parse
from relay.presence import GRACE_SECONDS, Presence
from relay.protocol import How, Role, Stage
from relay.render import Rendered, Renderer
from relay.roster import Roster

RENDERER = Renderer([parse("hello", 'title = "Hello {{ data.name }}"\n[when]\ntypes = ["greeting"]\n')])
PATIENCE = 20.0
"""Seconds after which something that should have happened counts as failed."""


def event(number: int, kind: str = "greeting", **data: object) -> Event:
    """Return the event of that number."""
    body = json.dumps({"name": str(number), **data}).encode()
    return Event(source="s", provider="p", id=str(number), type=kind, time=float(number), data=body)


def titles(published: Sequence[Published]) -> list[str]:
    """Return the titles of the notifications among what was published."""
    return [one.draft.title for one in published if isinstance(one, StoredNotification)]


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
        assert titles(published) == [f"Hello {n}" for n in range(count)]
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


def test_a_notification_says_how_its_source_proves_itself(tmp_path: Path) -> None:
    """The agent may ask; what the relay doesn't know it doesn't say."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await journal.append(event(1))
        known = {event(1).source: "HMAC-SHA256 (hex)"}
        await settled(journal, Dispatcher(journal, RENDERER, get_logger(), schemes=known))

        (stored,) = await journal.notifications_after(0, limit=10)
        assert isinstance(stored, StoredNotification)
        assert stored.draft.scheme == "HMAC-SHA256 (hex)"
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

        assert titles(await journal.notifications_after(0, 10)) == ["Hello 1", "greeting from s", "Hello 3"]
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
        assert titles(await again.notifications_after(0, 10)) == [f"Hello {number}" for number in range(5)]
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


# With people


def people(registry: Registry, *layers: Layer) -> tuple[Roster, Addressing]:
    """Return the people of a registry, and what addresses them; nobody is connected."""
    roster = Roster(registry, None, get_logger())
    return roster, Addressing(roster.directory, Presence(0.0), FilterSet(layers=layers), now=0.0)


async def pair(journal: SqliteJournal, agent: str, *teams: str, leads: tuple[str, ...] = ()) -> None:
    """Let an agent's desktop be known to the journal only."""
    code = PairingCode(
        id=agent, secret_hash=b"x", agent=agent, teams=teams, leads=leads, expires_at=2e9, tries_left=1,
        role=Role.LEAD if leads else Role.AGENT,
    )  # fmt: skip
    await journal.add_code(code)
    device = Device(id=agent, agent="", teams=(), name="d", token_hash=agent.encode(), paired_at=0.0)
    assert await journal.redeem(agent, b"x", device, 1.0)


OWNED = Renderer(
    [
        parse(
            "owned",
            """
            title = "Yours"
            [when]
            types = ["greeting"]
            [audience]
            owner = "data.owner"
            mode = "offer"
            """,
        )
    ]
)


def test_the_people_are_known_before_the_first_event(tmp_path: Path) -> None:
    """What waits since before a restart is routed to who is paired, although nobody has connected yet."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "lena@example.com", leads=("Billing",))
        await pair(journal, "mira@example.com", "Billing")
        await journal.append(event(1, owner="mira@example.com"))
        roster, addressing = people(Registry())
        dispatcher = Dispatcher(
            journal, OWNED, get_logger(), addressing=addressing, roster=roster, clock=lambda: 100.0
        )
        await settled(journal, dispatcher)

        (published,) = await journal.notifications_after(0, 10)
        assert isinstance(published, StoredNotification)
        assert published.draft.routing.owner == "mira@example.com"
        assert (published.draft.stage, published.audience) == (Stage.UNROUTED, (LEADS,))
        await dispatcher.tell_now()
        alarm = (await journal.notifications_after(1, 10))[0]
        assert isinstance(alarm, StoredNotification)
        assert (alarm.draft.type, alarm.audience) == ("deskbell.unrouted", (LEADS,))
        await dispatcher.tell_now()
        assert await journal.latest() == 2
        await journal.close()

    asyncio.run(run())


def test_who_belongs_where_is_written_down_before_anything_goes_out(tmp_path: Path) -> None:
    """And as soon as it changes, so that it can be told later who had what."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "mira@example.com", "Billing")
        await journal.append(event(1))
        registry = Registry()
        roster = Roster(registry, None, get_logger())
        addressing = Addressing(roster.directory, Presence(0.0), FilterSet(), now=0.0)
        dispatcher = Dispatcher(journal, CONNECTED, get_logger(), addressing=addressing, roster=roster)
        await settled(journal, dispatcher)
        own = ("everyone", "agent:mira@example.com", "team:billing")
        assert await journal.belonging("mira@example.com") == [(0, own)]
        latest = await journal.latest()
        (device,) = await journal.devices()
        registry.add(replace(device, revoked_at=1.0))
        await dispatcher.tell_now()
        assert await journal.belonging("mira@example.com") == [(0, own), (latest, ())]
        await journal.close()

    asyncio.run(run())


CONNECTED = Renderer(
    [
        parse(
            "connected",
            """
            title = "Now"
            [when]
            types = ["greeting"]
            [audience]
            teams = ["billing"]
            present = "connected"
            """,
        )
    ]
)


@pytest.mark.parametrize(("after", "stage"), [(2.0, Stage.NEW), (GRACE_SECONDS, Stage.UNROUTED)])
def test_who_was_there_before_a_restart_still_counts(tmp_path: Path, after: float, stage: Stage) -> None:
    """What comes in the seconds until the desktops are back goes to those who were there, and not past them."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "mira@example.com", "Billing")
        await pair(journal, "omar@example.com", "Billing")
        await journal.ack({"mira@example.com": 0}, 95.0)
        await journal.append(event(1))
        roster = Roster(Registry(), None, get_logger())
        addressing = Addressing(roster.directory, Presence(100.0), FilterSet(), now=100.0)
        dispatcher = Dispatcher(
            journal,
            CONNECTED,
            get_logger(),
            addressing=addressing,
            roster=roster,
            clock=lambda: 100.0 + after,
        )
        await settled(journal, dispatcher)

        (published,) = await journal.notifications_after(0, 10)
        assert isinstance(published, StoredNotification)
        assert published.draft.stage is stage
        assert (published.audience == ("agent:mira@example.com",)) == (stage is Stage.NEW)
        await journal.close()

    asyncio.run(run())


def test_an_alert_that_a_crash_swallowed_is_told_at_the_start(tmp_path: Path) -> None:
    """Only of what reached nobody since the last alert, and once: at the next start there is nothing to tell."""

    async def alerts(at: float, *numbers: int) -> list[str]:
        """Live from a start to a crash in which so many events come; return all alerts so far."""
        journal = await SqliteJournal.open(tmp_path / "j.db", clock=lambda: at)
        for number in numbers:
            await journal.append(event(number))
        roster = Roster(Registry(), None, get_logger())
        addressing = Addressing(roster.directory, Presence(0.0), FilterSet(), now=at)
        dispatcher = Dispatcher(
            journal, CONNECTED, get_logger(), addressing=addressing, roster=roster, clock=lambda: at + 0.1
        )
        await settled(journal, dispatcher)
        if not numbers:
            await dispatcher.tell_now()
        published = await journal.notifications_for(["lead:billing"], 0, 100)
        await journal.close()
        drafts = [one.draft for one in published if isinstance(one, StoredNotification)]
        return [draft.title for draft in drafts if draft.type == "deskbell.unrouted"]

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "lena@example.com", leads=("Billing",))
        await journal.close()
        assert await alerts(100.0, 1) == []
        assert await alerts(110.0) == ["One notification reached nobody"]
        assert await alerts(120.0, 2, 3) == ["One notification reached nobody"]
        said = ["One notification reached nobody", "2 reached nobody"]
        assert await alerts(130.0) == said
        assert await alerts(140.0) == said

    asyncio.run(run())


def test_changed_filters_hold_for_the_next_event(tmp_path: Path) -> None:
    """What somebody has stored a moment ago decides about what comes a moment later."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "mira@example.com", "Billing")
        roster, addressing = people(Registry())
        dispatcher = Dispatcher(journal, RENDERER, get_logger(), addressing=addressing, roster=roster)
        hows = []
        for number, how in enumerate((How.OFF, How.SOUND, How.INBOX)):
            rule = Rule(types="hello", how=how)
            await journal.keep_layer(Layer(name="organisation", rules=(rule,)), by="ada", at=0.0)
            await journal.append(event(number))
            await settled(journal, dispatcher)
        for stored in await journal.notifications_after(0, 10):
            assert isinstance(stored, StoredNotification)
            hows.append((stored.draft.routing.how, stored.draft.routing.revision))

        assert hows == [(How.OFF, 1), (How.SOUND, 2), (How.INBOX, 3)]
        await journal.close()

    asyncio.run(run())


def test_changed_filters_are_known_without_an_event(tmp_path: Path) -> None:
    """Within a second, for whatever is sent later than it was published."""

    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "j.db")
        await pair(journal, "mira@example.com", "Billing")
        roster, addressing = people(Registry())
        dispatcher = Dispatcher(journal, RENDERER, get_logger(), addressing=addressing, roster=roster)
        await dispatcher.tell_now()
        assert list(addressing.directory.people) == ["mira@example.com"]
        rule = Rule(types="hello", how=How.OFF)
        await journal.keep_layer(Layer(name="organisation", rules=(rule,)), by="ada", at=0.0)
        await dispatcher.tell_now()
        assert addressing.filters.revision == 1
        await journal.close()

    asyncio.run(run())


class SaysLater(SqliteJournal):
    """A journal whose disk is full when the relay first has something to tell."""

    failures = 1

    async def announce(self, drafts: Sequence[Draft]) -> list[str]:
        """Fail once, then work."""
        if self.failures:
            self.failures -= 1
            raise StorageBusy("the disk is full")
        return await super().announce(drafts)


def test_what_the_relay_has_to_tell_is_not_lost(tmp_path: Path) -> None:
    """A storm that could not be told for a full disk is told as soon as there is room."""

    async def run() -> None:
        journal = await SaysLater.open(tmp_path / "j.db")
        await pair(journal, "mira@example.com", "Billing")
        roster, addressing = people(Registry())
        dispatcher = Dispatcher(
            journal, RENDERER, get_logger(), addressing=addressing, roster=roster, clock=lambda: 100.0
        )
        for number in range(12):
            await journal.append(event(number))
        await settled(journal, dispatcher)
        with pytest.raises(StorageBusy):
            await dispatcher.tell_now()
        await dispatcher.tell_now()

        published = await journal.notifications_after(12, 10)
        assert titles(published) == ["12 × hello since 00:01 UTC"]
        await journal.close()

    asyncio.run(run())
