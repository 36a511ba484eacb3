"""What every engine of the journal has to do, whatever is inside it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import msgspec
import pytest

from relay.errors import StorageBusy
from relay.event import (
    EVERYONE,
    Appended,
    Device,
    Dispatched,
    Draft,
    Event,
    EventState,
    PairingCode,
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


def a_device(name: str = "d1", **changes: object) -> Device:
    device = Device(
        id=name, agent="", teams=(), name="PC 7", token_hash=name.encode().ljust(32), paired_at=50.0
    )
    return msgspec.structs.replace(device, **changes)


def a_code(name: str = "c1", **changes: object) -> PairingCode:
    code = PairingCode(
        id=name,
        secret_hash=b"right".ljust(32),
        agent="mira@example.com",
        teams=("billing", "night"),
        expires_at=1_600.0,
        tries_left=5,
    )
    return msgspec.structs.replace(code, **changes)


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
        assert [found.draft.id for found in await journal.notifications_after(0, 10)] == ["1-0", "2-0"]
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


# Devices


async def test_a_pairing_code_makes_one_device(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """The device gets the invitation's agent and teams, begins at today's end, and the code is used up."""
    async with opened() as journal:
        await journal.append(event("a"))
        await journal.publish([notified(1)])
        await journal.add_code(a_code())
        device = await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_100.0)
        assert device == a_device(agent="mira@example.com", teams=("billing", "night"), cursor=1)
        assert await journal.devices() == [device]
        assert await journal.redeem("c1", b"right".ljust(32), a_device("d2"), at=1_100.0) is None


async def test_a_wrong_secret_costs_a_try(opened: Opened) -> None:
    """After the last try even the right secret is refused."""
    async with opened() as journal:
        await journal.add_code(a_code(tries_left=2))
        for _ in range(2):
            assert await journal.redeem("c1", b"wrong".ljust(32), a_device(), at=1_100.0) is None
        assert await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_100.0) is None
        await journal.add_code(a_code("c2", tries_left=2))
        assert await journal.redeem("c2", b"wrong".ljust(32), a_device(), at=1_100.0) is None
        assert await journal.redeem("c2", b"right".ljust(32), a_device(), at=1_100.0) is not None


async def test_guesses_at_once_get_no_more_than_the_tries(opened: Opened) -> None:
    """Simultaneous guesses don't share a try: the right one after five wrong ones is too late."""
    async with opened() as journal:
        await journal.add_code(a_code(tries_left=5))
        secrets = [b"wrong".ljust(32)] * 5 + [b"right".ljust(32)]
        answers = await asyncio.gather(
            *(journal.redeem("c1", secret, a_device(), at=1_100.0) for secret in secrets)
        )
    assert answers == [None] * 6


async def test_an_expired_or_unknown_code_is_refused(opened: Opened) -> None:
    """A code ends at its time, to the second; an unknown one is no different to the one who asks."""
    async with opened() as journal:
        await journal.add_code(a_code(expires_at=1_600.0))
        assert await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_600.0) is None
        assert await journal.redeem("c9", b"right".ljust(32), a_device(), at=1_100.0) is None
        assert await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_599.0) is not None


async def test_two_codes_of_one_id_are_refused(opened: Opened, now: list[float]) -> None:
    """A second invitation must not replace one that somebody holds, unless that one has expired."""
    async with opened() as journal:
        await journal.add_code(a_code(expires_at=1_600.0))
        with pytest.raises(ValueError, match="refuses this record"):
            await journal.add_code(a_code(expires_at=1_600.0))
        now[0] = 1_600.0
        await journal.add_code(a_code(expires_at=2_600.0))


async def test_a_code_survives_a_device_that_cannot_be_stored(opened: Opened) -> None:
    """If the new device's id is taken, the invitation can be used again."""
    async with opened() as journal:
        await journal.add_code(a_code("c1"))
        await journal.add_code(a_code("c2"))
        assert await journal.redeem("c1", b"right".ljust(32), a_device("d1"), at=1_100.0)
        with pytest.raises(ValueError, match="refuses this record"):
            await journal.redeem("c2", b"right".ljust(32), a_device("d1"), at=1_100.0)
        assert await journal.redeem("c2", b"right".ljust(32), a_device("d2"), at=1_100.0)


async def test_cursors_only_rise(opened: Opened) -> None:
    """An older acknowledgement changes no cursor, and an unknown device is no error."""
    async with opened() as journal:
        for name in ("1", "2"):
            await journal.add_code(a_code(name))
            await journal.redeem(name, b"right".ljust(32), a_device(name), at=1_100.0)
        await journal.ack({"1": 7, "2": 3, "nobody": 9}, seen_at=60.0)
        await journal.ack({"1": 4}, seen_at=55.0)
        await journal.ack({}, seen_at=70.0)
        found = await journal.devices()
    assert [(device.id, device.cursor, device.seen_at) for device in found] == [
        ("1", 7, 60.0),
        ("2", 3, 60.0),
    ]


async def test_a_device_is_revoked_once(opened: Opened) -> None:
    """Revoking says whether it changed anything, and keeps the first time."""
    async with opened() as journal:
        await journal.add_code(a_code())
        await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_100.0)
        assert await journal.revoke("d1", 1_200.0)
        assert not await journal.revoke("d1", 1_300.0)
        assert not await journal.revoke("nobody", 1_300.0)
        assert [device.revoked_at for device in await journal.devices()] == [1_200.0]


# Life


async def test_watchers_are_woken_by_what_is_new(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """A new event and a publication wake on the loop, once stored; duplicates and devices don't."""
    async with opened() as journal:
        woken: asyncio.Queue[int] = asyncio.Queue()
        journal.watch(lambda: woken.put_nowait(1))
        await journal.append(event("a"))
        await woken.get()
        await journal.append(event("a"))
        await journal.revoke("nobody", 1.0)
        await journal.publish([Dispatched(event_seq=1, state=EventState.UNMATCHED)])
        await journal.check()
        assert woken.empty()
        await journal.append(event("b"))
        await woken.get()
        await journal.publish([notified(2)])
        await woken.get()
        assert woken.empty()


async def test_a_watcher_that_fails_stops_nobody(opened: Opened, event: MakeEvent) -> None:
    """The answer to append and the other watchers don't depend on the first one's mistakes."""
    async with opened() as journal:
        faults: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
        woken = asyncio.Event()

        def fail() -> None:
            raise RuntimeError("a watcher's mistake")

        journal.watch(fail)
        journal.watch(woken.set)
        assert (await journal.append(event("a"))).seq == 1
        await woken.wait()
        assert len(faults) == 1


async def test_an_abandoned_append_harms_nobody(opened: Opened, event: MakeEvent) -> None:
    """A caller that goes away leaves the others their answers; its event may be stored."""
    async with opened() as journal:
        gone = asyncio.create_task(journal.append(event("a")))
        stays = asyncio.create_task(journal.append(event("b")))
        await asyncio.sleep(0)
        gone.cancel()
        assert not (await stays).duplicate
        assert (await asyncio.gather(gone, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_own_writes_are_not_foreign(opened: Opened, event: MakeEvent) -> None:
    """What this process wrote is no news from another one."""
    async with opened() as journal:
        assert not await journal.foreign_change()
        await journal.append(event("a"))
        await journal.pending(1)
        assert not await journal.foreign_change()


async def test_everything_is_there_after_a_restart(
    opened: Opened, event: MakeEvent, notified: MakeNotified
) -> None:
    """Events, outcomes, notifications, devices, codes and the epoch outlive the process."""
    async with opened() as journal:
        for name in "abc":
            await journal.append(event(name))
        await journal.publish([notified(1, EVERYONE, BILLING)])
        await journal.add_code(a_code("c1"))
        await journal.add_code(a_code("c2"))
        await journal.redeem("c1", b"right".ljust(32), a_device(), at=1_100.0)
        before = (
            journal.epoch,
            await journal.events(limit=10),
            await journal.notifications_after(0, 10),
            await journal.devices(),
        )
    async with opened() as journal:
        assert before == (
            journal.epoch,
            await journal.events(limit=10),
            await journal.notifications_after(0, 10),
            await journal.devices(),
        )
        assert await numbers(journal, BILLING) == [2]
        assert (await journal.append(event("a"))).duplicate
        assert await journal.redeem("c2", b"right".ljust(32), a_device("d2"), at=1_100.0)


async def test_closing_finishes_what_was_begun(opened: Opened, event: MakeEvent) -> None:
    """Appends that were handed over before the close are answered and on disk."""
    async with opened() as journal:
        calls = [asyncio.create_task(journal.append(event(str(number)))) for number in range(100)]
        await asyncio.sleep(0)
        await journal.close()
        assert [answer.seq for answer in await asyncio.gather(*calls)] == list(range(1, 101))
    async with opened() as journal:
        assert len(await journal.pending(200)) == 100


async def test_a_closed_journal_refuses(opened: Opened, event: MakeEvent) -> None:
    """After a close, which may be called twice, every verb says so."""
    async with opened() as journal:
        await asyncio.gather(journal.close(), journal.close())
        await journal.close()
        for call in (
            journal.append(event("a")),
            journal.pending(1),
            journal.publish([]),
            journal.devices(),
            journal.prune(0.0),
            journal.check(),
            journal.foreign_change(),
        ):
            with pytest.raises(StorageBusy, match="closed"):
                await call


async def test_checking_a_good_journal(opened: Opened) -> None:
    """A journal that can be read and written passes its check, as often as asked."""
    async with opened() as journal:
        await asyncio.gather(*(journal.check() for _ in range(5)))
