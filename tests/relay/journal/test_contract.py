"""What every engine of the journal has to do, whatever is inside it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import msgspec
import pytest

from relay.event import (
    EVERYONE,
    Appended,
    Dispatched,
    Draft,
    Event,
    EventState,
    StoredEvent,
    StoredNotification,
    agent_key,
    team_key,
)
from relay.journal.base import Journal

Opened = Callable[[], AbstractAsyncContextManager[Journal]]
MakeEvent = Callable[..., Event]
MakeDraft = Callable[..., Draft]
MakeNotified = Callable[..., Dispatched]

BILLING = team_key("billing")
MIRA = agent_key("mira@example.com")


async def numbers(journal: Journal, *keys: str, after: int = 0, limit: int = 100) -> list[int]:
    return [found.seq for found in await journal.notifications_for(keys, after, limit)]


# Events


async def test_events_are_numbered_in_order_of_arrival(opened: Opened, event: MakeEvent) -> None:
    """The first event is number 1, and each later one has a higher number."""
    async with opened() as journal:
        answers = [await journal.append(event(name)) for name in ("a", "b", "c")]
    assert answers == [Appended(seq=1), Appended(seq=2), Appended(seq=3)]


async def test_concurrent_events_keep_the_order_of_the_calls(opened: Opened, event: MakeEvent) -> None:
    """Events handed over together are stored in the order in which they were handed over."""
    async with opened() as journal:
        answers = await asyncio.gather(*(journal.append(event(str(number))) for number in range(200)))
        stored = await journal.pending(500)
    assert [answer.seq for answer in answers] == list(range(1, 201))
    assert [found.event.id for found in stored] == [str(number) for number in range(200)]


async def test_an_event_comes_back_as_it_was_given(opened: Opened) -> None:
    """Every field survives, also bytes that are no text and a type in another script."""
    given = Event(
        source="søk",
        provider="generic",
        id="ид-1\n",
        type="заказ.оплачен",
        time=1.25,
        data=bytes(range(256)) * 40,
    )
    broken = msgspec.structs.replace(given, id="2", problem="not JSON", data=b"")
    async with opened() as journal:
        await journal.append(given)
        await journal.append(broken)
        stored = await journal.pending(10)
    assert stored == [
        StoredEvent(seq=1, event=given, state=EventState.PENDING),
        StoredEvent(seq=2, event=broken, state=EventState.PENDING),
    ]


async def test_the_same_event_again_is_a_duplicate(opened: Opened, event: MakeEvent) -> None:
    """A second delivery gets the number of the first and stores nothing."""
    async with opened() as journal:
        await journal.append(event("a"))
        again = await journal.append(event("a"))
        stored = await journal.pending(10)
    assert again == Appended(seq=1, duplicate=True)
    assert len(stored) == 1


async def test_the_same_id_with_another_body_is_a_conflict(opened: Opened, event: MakeEvent) -> None:
    """The first body is kept, and the second delivery is told that it differs."""
    async with opened() as journal:
        await journal.append(event("a", data=b"first"))
        again = await journal.append(event("a", data=b"second"))
        stored = await journal.pending(10)
    assert again == Appended(seq=1, duplicate=True, conflict=True)
    assert [found.event.data for found in stored] == [b"first"]


async def test_an_id_counts_for_its_source_only(opened: Opened, event: MakeEvent) -> None:
    """Two sources may use the same id for different events."""
    async with opened() as journal:
        one = await journal.append(event("a", source="shop"))
        other = await journal.append(event("a", source="bank"))
    assert not one.duplicate
    assert not other.duplicate
    assert one.seq != other.seq


async def test_fifty_identical_events_at_once_are_stored_once(opened: Opened, event: MakeEvent) -> None:
    """One of fifty simultaneous deliveries is new, the others are its duplicates."""
    async with opened() as journal:
        answers = await asyncio.gather(*(journal.append(event("a")) for _ in range(50)))
        stored = await journal.pending(100)
    assert [answer.duplicate for answer in answers].count(False) == 1
    assert {answer.seq for answer in answers} == {stored[0].seq}
    assert len(stored) == 1


async def test_old_and_new_and_repeated_events_in_one_go(opened: Opened, event: MakeEvent) -> None:
    """Each of a mixed crowd gets its own true answer."""
    async with opened() as journal:
        await journal.append(event("old", data=b"1"))
        names = [
            ("x", b"1"),
            ("old", b"1"),
            ("x", b"1"),
            ("y", b"1"),
            ("old", b"2"),
            ("x", b"2"),
            ("z", b"1"),
        ]
        answers = await asyncio.gather(*(journal.append(event(name, data=data)) for name, data in names))
        stored = {found.event.id: found.seq for found in await journal.pending(100)}
    assert [answer.seq for answer in answers] == [stored[name] for name, _ in names]
    assert [answer.duplicate for answer in answers] == [False, True, True, False, True, True, False]
    assert [answer.conflict for answer in answers] == [False, False, False, False, True, True, False]


async def test_a_record_that_cannot_be_stored_fails_alone(opened: Opened, event: MakeEvent) -> None:
    """A lone surrogate in an id is refused as a value, and its neighbours are stored."""
    async with opened() as journal:
        calls = [journal.append(event(name)) for name in ("a", "\ud800", "b")]
        good, bad, other = await asyncio.gather(*calls, return_exceptions=True)
        stored = [found.event.id for found in await journal.pending(10)]
    assert isinstance(bad, ValueError)
    assert isinstance(good, Appended)
    assert isinstance(other, Appended)
    assert stored == ["a", "b"]


# Dispatch


async def test_pending_gives_the_oldest_first_and_no_more_than_asked(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """What was dispatched is pending no longer, whatever the order of dispatch."""
    async with opened() as journal:
        for name in "abcde":
            await journal.append(event(name))
        await journal.publish([notified(2), notified(4)])
        assert [found.seq for found in await journal.pending(2)] == [1, 3]
        await journal.publish([notified(1)])
        await journal.publish([notified(3), notified(5)])
        assert await journal.pending(10) == []
        await journal.append(event("f"))
        assert [found.seq for found in await journal.pending(10)] == [6]


async def test_notifications_are_numbered_in_the_order_given(
    opened: Opened, event: MakeEvent, draft: MakeDraft, notified: MakeNotified
) -> None:
    """Numbers rise without holes over all results, and the content is what was published."""
    async with opened() as journal:
        for name in "abc":
            await journal.append(event(name))
        second = Dispatched(event_seq=2, state=EventState.UNMATCHED, detail="no playbook")
        await journal.publish([notified(3, EVERYONE, BILLING), second, notified(1)])
        found = await journal.notifications_after(0, 10)
        assert found == [
            StoredNotification(seq=1, draft=draft("3-0", EVERYONE)),
            StoredNotification(seq=2, draft=draft("3-1", BILLING)),
            StoredNotification(seq=3, draft=draft("1-0", EVERYONE)),
        ]
        assert await journal.notifications_after(1, 1) == found[1:2]
        assert await journal.latest() == 3


async def test_publishing_again_changes_nothing(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """A result for an event that is not pending, or not known, is left alone."""
    async with opened() as journal:
        await journal.append(event("a"))
        await journal.append(event("b"))
        await journal.publish([notified(1), notified(1)])
        await journal.publish([notified(1), notified(99), notified(2)])
        found = await journal.notifications_after(0, 10)
        assert [one.draft.id for one in found if isinstance(one, StoredNotification)] == ["1-0", "2-0"]
        assert await journal.latest() == 2


async def test_publishing_is_all_or_nothing(opened: Opened, event: MakeEvent, notified: MakeNotified) -> None:
    """If one result of several cannot be stored, none is, and no number is used up."""
    async with opened() as journal:
        await journal.append(event("a"))
        await journal.append(event("b"))
        with pytest.raises(ValueError, match="refuses this record"):
            await journal.publish([notified(1), Dispatched(event_seq=2, state=EventState.PENDING)])
        assert len(await journal.pending(10)) == 2
        assert await journal.latest() == 0
        await journal.publish([notified(1)])
        assert [found.seq for found in await journal.notifications_after(0, 10)] == [1]


async def test_events_tell_what_became_of_them(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """State, detail and count of notifications stand with the event, newest first."""
    async with opened() as journal:
        for name in "abc":
            await journal.append(event(name))
        fault = Dispatched(event_seq=2, state=EventState.FAULT, detail="amount is missing")
        await journal.publish([notified(1, EVERYONE, BILLING), fault])
        stored = await journal.events(limit=10)
    assert [(found.seq, found.state, found.detail, found.notifications) for found in stored] == [
        (3, EventState.PENDING, "", 0),
        (2, EventState.FAULT, "amount is missing", 0),
        (1, EventState.NOTIFIED, "", 2),
    ]


async def test_events_can_be_picked_and_paged(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """Source, state and the number to begin below can be combined."""
    async with opened() as journal:
        for number in range(1, 9):
            await journal.append(event(str(number), source="bank" if number % 2 else "shop"))
        await journal.publish([notified(number) for number in range(1, 5)])

        async def seqs(**asked: object) -> list[int]:
            return [found.seq for found in await journal.events(**{"limit": 10, **asked})]  # type: ignore[arg-type] # the fields of one call, by name

        assert await seqs(limit=3) == [8, 7, 6]
        assert await seqs(limit=3, before=6) == [5, 4, 3]
        assert await seqs(source="bank") == [7, 5, 3, 1]
        assert await seqs(state=EventState.PENDING) == [8, 7, 6, 5]
        assert await seqs(state=EventState.NOTIFIED, source="bank") == [3, 1]
        assert await seqs(state=EventState.PENDING, source="shop", before=8) == [6]
        assert await seqs(state=EventState.FAULT) == []
        assert await seqs(source="nobody") == []


# Addressing


async def test_a_device_gets_what_one_of_its_keys_is_named_in(
    opened: Opened, event: MakeEvent, draft: MakeDraft
) -> None:
    """Each notification comes once, in order, however many of the keys it names."""
    async with opened() as journal:
        await journal.append(event("a"))
        audiences = [(EVERYONE,), (BILLING,), (MIRA,), ("team:other",), (BILLING, MIRA, BILLING), ()]
        drafts = tuple(
            msgspec.structs.replace(draft(str(number)), audience=audience)
            for number, audience in enumerate(audiences)
        )
        await journal.publish([Dispatched(event_seq=1, state=EventState.NOTIFIED, drafts=drafts)])
        assert await numbers(journal, EVERYONE, BILLING, MIRA) == [1, 2, 3, 5]
        assert await numbers(journal, EVERYONE, BILLING, MIRA, after=1, limit=2) == [2, 3]
        assert await numbers(journal, MIRA) == [3, 5]
        assert await numbers(journal) == []
        assert await journal.latest_for([EVERYONE, MIRA]) == 5
        assert await journal.latest_for([EVERYONE]) == 1
        assert await journal.latest_for(["team:none"]) == 0
        assert await journal.latest() == 6


async def test_an_empty_journal_has_no_latest(opened: Opened) -> None:
    """Before the first notification every highest number is 0, and nothing was missed."""
    async with opened() as journal:
        assert await journal.latest() == 0
        assert await journal.latest_for([EVERYONE]) == 0
        assert await journal.missed([EVERYONE], 0) == 0
        assert await journal.notifications_after(0, 10) == []
        assert await journal.events(limit=10) == []


# Pruning


async def test_pruning_removes_what_is_old_and_done(
    opened: Opened, event: MakeEvent, notified: MakeNotified, now: list[float]
) -> None:
    """Age is counted from storing and publishing by our clock; pending events stay."""
    async with opened() as journal:
        for name in "abc":
            await journal.append(event(name))
        await journal.publish([notified(1)])
        now[0] = 2_000.0
        await journal.publish([notified(2)])
        await journal.append(event("d"))
        assert await journal.prune(1_000.0) == 0
        assert await journal.prune(2_000.0) == 3
        assert [found.seq for found in await journal.events(limit=10)] == [4, 3]
        assert [found.seq for found in await journal.pending(10)] == [3, 4]
        assert [found.seq for found in await journal.notifications_after(0, 10)] == [2]


async def test_numbers_are_never_used_again(
    opened: Opened, event: MakeEvent, notified: MakeNotified, now: list[float]
) -> None:
    """After everything was pruned, and after a restart, counting goes on where it was."""
    async with opened() as journal:
        for name in "ab":
            await journal.append(event(name))
        await journal.publish([notified(1), notified(2)])
        assert await journal.prune(now[0] + 1) == 4
        assert await journal.latest() == 2
        assert await journal.latest_for([EVERYONE]) == 2
    async with opened() as journal:
        again = await journal.append(event("a"))
        assert again == Appended(seq=3)
        await journal.publish([notified(again.seq)])
        assert [found.seq for found in await journal.notifications_after(0, 10)] == [3]


async def test_what_was_pruned_can_be_counted(
    opened: Opened, event: MakeEvent, notified: MakeNotified, now: list[float]
) -> None:
    """A device that comes back late learns how many of its own notifications are gone."""
    async with opened() as journal:
        await journal.append(event("a"))
        await journal.publish([notified(1, EVERYONE, BILLING, "team:other", BILLING)])
        now[0] = 2_000.0
        await journal.append(event("b"))
        await journal.publish([notified(2, EVERYONE)])
        assert await journal.missed([EVERYONE, BILLING], 0) == 0
        await journal.prune(1_500.0)
        assert await journal.missed([EVERYONE, BILLING], 0) == 3
        assert await journal.missed([EVERYONE, BILLING], 1) == 2
        assert await journal.missed([EVERYONE, BILLING], 5) == 0
        assert await numbers(journal, EVERYONE, BILLING) == [5]


async def test_pruning_more_than_one_portion(
    opened: Opened, event: MakeEvent, notified: MakeNotified, now: list[float]
) -> None:
    """Thousands of old rows go in one call."""
    async with opened() as journal:
        await asyncio.gather(*(journal.append(event(str(number))) for number in range(1_200)))
        await journal.publish([notified(number) for number in range(1, 1_201)])
        assert await journal.prune(now[0] + 1) == 2_400
        assert await journal.missed([EVERYONE], 0) == 1_200
