"""What every engine of the journal has to do for devices, watchers, restarts and its own end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import msgspec
import pytest

from relay.errors import StorageBusy
from relay.event import (
    EVERYONE,
    Device,
    Dispatched,
    Event,
    EventState,
    PairingCode,
    team_key,
)
from relay.journal.base import Journal

Opened = Callable[[], AbstractAsyncContextManager[Journal]]
MakeEvent = Callable[..., Event]
MakeNotified = Callable[..., Dispatched]

BILLING = team_key("billing")


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
        assert [found.seq for found in await journal.notifications_for([BILLING], 0, 9)] == [2]
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
