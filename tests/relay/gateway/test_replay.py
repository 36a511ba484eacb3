"""Coming back: where a desktop resumes, what it is told, and the switch to live."""

import asyncio
import random
from typing import Any

import pytest

from relay import recent, replay
from relay.event import EVERYONE, team_key
from relay.protocol import Gap, Notification, Ping, Pong, Reset, Welcome


@pytest.mark.parametrize(
    ("epoch", "after"),
    [("another life", 2), (None, 2), ("", 0)],
)
def test_a_cursor_of_another_journal_is_reset(stage: Any, epoch: str | None, after: int) -> None:
    """The desktop is told the new place and gets what comes after it: not nothing, not all history."""

    async def scene(house: Any) -> None:
        await house.publish(5)
        mira = await house.pair()
        await house.publish(2)
        async with house.dial(mira) as desk:
            await desk.greet(epoch, after)
            assert await desk.hear() == Reset(epoch=house.journal.epoch, after=5)
            assert await desk.notifications(2) == [6, 7]

    stage(scene)


@pytest.mark.parametrize("after", [8, 2**63 - 1])
def test_a_cursor_of_the_future_is_reset(stage: Any, after: int) -> None:
    """It would otherwise wait in silence for ever."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(7)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, after)
            assert await desk.hear() == Reset(epoch=house.journal.epoch, after=0)
            assert await desk.until(7) == list(range(1, 8))

    stage(scene)


def test_the_first_connection_begins_at_the_pairing(stage: Any) -> None:
    """And what came before it doesn't look like a hole."""

    async def scene(house: Any) -> None:
        await house.publish(5)
        mira = await house.pair()
        async with house.dial(mira) as desk:
            welcome = await desk.greet()
            assert welcome == Welcome(
                epoch=house.journal.epoch, latest=0, agent="mira@example.com", teams=(), time=0.0
            )
            await desk.say(Ping(latest=0))
            assert await desk.hear() == Pong(latest=0)
            await house.publish()
            assert await desk.notifications(1) == [6]

    stage(scene)


def test_a_desktop_that_lost_its_inbox_goes_on_after_its_last_ack(stage: Any) -> None:
    """The relay remembers what it had, across connections and before the second is over."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira) as desk:
            await house.publish(5)
            await desk.until(5)
            await desk.ack(3)
            await desk.say(Ping(latest=5))
            await desk.hear()
        async with house.dial(mira) as desk:
            assert (await desk.greet()).latest == 5
            assert await desk.notifications(2) == [4, 5]

    stage(scene)


def test_the_same_ack_a_hundred_times_is_one(stage: Any) -> None:
    """After a reconnect as well; the stored cursor only rises."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(9)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            await desk.until(9)
            for seq in [9, *[4] * 50, *[9] * 50]:
                await desk.ack(seq)
            await desk.say(Ping(latest=9))
            assert await desk.hear() == Pong(latest=9)
            await house.gateway.flush()
        assert [device.cursor for device in await house.journal.devices()] == [9]

    stage(scene)


def test_a_hole_is_told_with_its_size(stage: Any) -> None:
    """What was pruned before the desktop came back is counted, for its own audience only."""

    async def scene(house: Any) -> None:
        mira = await house.pair("mira@example.com", "billing")
        async with house.live(mira):
            pass
        await house.publish(3, audience=(team_key("billing"),))
        await house.publish(4, audience=(team_key("other"),))
        await house.journal.prune(10.0)
        await house.publish(2, at=20.0)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            assert await desk.hear() == Gap(missed=3, after=7)
            assert await desk.notifications(2) == [8, 9]

    stage(scene)


def test_a_hole_with_nothing_behind_it_leaves_the_desktop_complete(stage: Any) -> None:
    """After the gap the desktop has everything up to the welcome's latest."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(3)
        await house.journal.prune(10.0)
        async with house.dial(mira) as desk:
            welcome = await desk.greet(house.journal.epoch, 1)
            gap = await desk.hear()
            assert gap == Gap(missed=2, after=3)
            assert isinstance(gap, Gap)
            assert gap.after >= welcome.latest
            await desk.say(Ping(latest=3))
            assert await desk.hear() == Pong(latest=3)

    stage(scene)


def test_what_is_pruned_while_it_is_read_is_told(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages as well a hole is never silent."""
    monkeypatch.setattr(replay, "PAGE", 2)

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(6)
        read, pages = house.journal.notifications_for, []

        async def read_then_prune(*args: Any) -> Any:
            page = await read(*args)
            pages.append(page)
            if len(pages) == 1:
                await house.journal.prune(10.0)
                await house.publish(1, at=20.0)
            return page

        monkeypatch.setattr(house.journal, "notifications_for", read_then_prune)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            heard: list[Any] = []
            while not heard or getattr(heard[-1], "seq", 0) != 7:
                heard.append(await desk.hear())
        got = sum(isinstance(message, Notification) for message in heard)
        missed = sum(message.missed for message in heard if isinstance(message, Gap))
        assert got + missed >= 7
        assert [type(message) for message in heard[-2:]] == [Gap, Notification]

    stage(scene)


def test_many_pages_come_in_order_and_large_ones_are_cut(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand missed notifications, of which only some fit into one write."""
    monkeypatch.setattr(replay, "PAGE_BYTES", 20_000)

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(1000, body="x" * 300)
        async with house.dial(mira) as desk:
            assert (await desk.greet(house.journal.epoch, 0)).latest == 1000
            assert await desk.until(1000) == list(range(1, 1001))
            assert house.gateway.delivered == 1000

    stage(scene)


def test_a_desktop_has_one_turn_at_a_time(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that begins to read again while its page is being fetched doesn't get the page twice."""
    monkeypatch.setattr(replay, "PAGE", 2)

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(9)
        read = house.journal.notifications_for

        async def read_while_it_resumes(*args: Any) -> Any:
            connection = house.connection(mira)
            connection.pause_writing()
            connection.resume_writing()
            return await read(*args)

        monkeypatch.setattr(house.journal, "notifications_for", read_while_it_resumes)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            assert await desk.until(9) == list(range(1, 10))
            await desk.say(Ping(latest=9))
            assert await desk.hear() == Pong(latest=9)

    stage(scene)


@pytest.mark.parametrize("seed", range(4))
def test_no_hole_and_no_double_whatever_happens_meanwhile(
    stage: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Desktops come, go and come back while bursts for changing audiences are published."""
    chance = random.Random(seed)
    monkeypatch.setattr(replay, "PAGE", chance.choice([1, 3, 200]))
    teams = ["a", "b", "c"]

    async def agent(house: Any, device: Any, rounds: list[int], done: asyncio.Event, got: list[int]) -> None:
        for wanted in rounds:
            async with house.dial(device) as desk:
                await desk.greet(house.journal.epoch, got[-1])
                for _ in range(wanted):
                    got += await desk.notifications(1)
        await done.wait()
        async with house.dial(device) as desk:
            welcome = await desk.greet(house.journal.epoch, got[-1])
            if welcome.latest > got[-1]:
                got += await desk.until(welcome.latest)

    async def scene(house: Any) -> None:
        house.gateway._recent._frames = chance.choice([1, 5, 1000])
        devices = [await house.pair(f"agent{n}@example.com", *chance.sample(teams, n % 4)) for n in range(8)]
        addressed: list[tuple[str, ...]] = []
        done = asyncio.Event()
        got: list[list[int]] = [[0] for _ in devices]
        async with asyncio.TaskGroup() as tasks:
            for number, device in enumerate(devices):
                # Everybody gets at least the 60 for everyone, so that these rounds come to an end.
                rounds = [chance.randint(0, 12) for _ in range(5)]
                tasks.create_task(agent(house, device, rounds, done, got[number]))
            for _ in range(60):
                keys = [team_key(team) for team in chance.sample(teams, chance.randint(1, 3))]
                for audience in ((EVERYONE,), tuple(keys)):
                    count = chance.randint(1, 6) if audience != (EVERYONE,) else 1
                    addressed += [audience] * count
                    await house.publish(count, audience=audience)
            done.set()
        for device, seen in zip(devices, got, strict=True):
            mine = set(device.audience_keys())
            assert seen[1:] == [seq for seq, audience in enumerate(addressed, 1) if mine & set(audience)]

    stage(scene)


def test_the_newest_frames_are_kept_by_number_and_size() -> None:
    """What doesn't fit is forgotten from the oldest on, and said so."""
    kept = recent.Recent(frames=3, size=100)
    kept.restart(10)
    assert kept.reaches(10)
    assert not kept.reaches(9)
    for seq in range(11, 16):
        kept.add(recent.Sent(seq, (EVERYONE,), b"x" * 10))
    assert [sent.seq for sent in kept.after(12)] == [13, 14, 15]
    assert (kept.reaches(12), kept.reaches(11), kept.head) == (True, False, 15)
    kept.add(recent.Sent(16, (EVERYONE,), b"x" * 95))
    assert [sent.frame for sent in kept.after(15)] == [b"x" * 95]
    assert (len(kept), kept.reaches(14)) == (1, False)
