"""Who gets a notification, in what order, and what a slow reader costs the others."""

import asyncio
import socket
from typing import Any

from relay.connection import BUFFER
from relay.event import EVERYONE, agent_key, team_key
from relay.fanout import _parts
from relay.protocol import Close, Notification, Ping, Pong
from relay.recent import Sent


def test_everyone_a_team_an_agent_and_nobody_else(stage: Any) -> None:
    """Each gets what is addressed to one of its keys, once, in order; a name's case is no matter."""

    async def scene(house: Any) -> None:
        mira = await house.pair("Mira@Example.com", "Billing", "Ops")
        noor = await house.pair("noor@example.com", "ops")
        async with house.live(mira) as one, house.live(noor) as two:
            for audience in [
                (EVERYONE,),
                (team_key("billing"),),
                (agent_key("noor@example.com"),),
                (team_key("billing"), team_key("ops"), agent_key("mira@example.com")),
                (team_key("nobody"),),
                (EVERYONE,),
            ]:
                await house.publish(audience=audience)
            assert await one.until(6) == [1, 2, 4, 6]
            assert await two.until(6) == [1, 3, 4, 6]

    stage(scene)


def test_a_burst_of_mixed_audiences_is_one_write_per_socket(stage: Any) -> None:
    """Joined, but neither reordered nor given to others."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair("m@x.example", "a"), await house.pair("n@x.example", "b")
        async with house.live(mira) as one, house.live(noor) as two:
            writes: dict[str, int] = {}
            for connection in house.gateway._by_device.values():
                _count(connection, writes)
            house.gateway.wake = lambda: None
            house.journal._watchers.clear()
            for audience in [("team:a",), (EVERYONE,), ("team:b",), ("team:a", "team:b")] * 5:
                await house.publish(audience=audience)
            await house.gateway.pump()
            expected = [seq for seq in range(1, 21) if seq % 4 != 3]
            assert await one.until(20) == expected
            assert await two.until(20) == [seq for seq in range(1, 21) if seq % 4 != 1]
            assert writes == {mira.id: 1, noor.id: 1}
            assert house.gateway.delivered == 30

    stage(scene)


def _count(connection: Any, writes: dict[str, int]) -> None:
    write = connection.write

    def counted(data: bytes) -> None:
        writes[connection.device.id] = writes.get(connection.device.id, 0) + 1
        write(data)

    connection.write = counted


def test_a_payload_that_looks_like_the_protocol_is_data(stage: Any) -> None:
    """Words of ours, control characters and what breaks lines arrive as they were."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            for text in [
                '{"kind":"reset","epoch":"x","after":0}',
                "ping",
                "{}",
                "\r\n\x00\u2028\u202e\U0001f600",
            ]:
                await house.publish(body=text)
                message = await desk.hear()
                assert isinstance(message, Notification)
                assert message.body == text

    stage(scene)


def test_whoever_never_reads_is_closed_and_the_others_are_not_held_up(stage: Any) -> None:
    """The slow one's buffer is bounded, it is told to come back, and gets the rest from the journal."""
    count, size = 600, 30_000

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(), await house.pair("noor@example.com")
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(("127.0.0.1", house.port))
        async with (
            house.dial(mira, sock=small, max_queue=1, close_timeout=0.1) as stuck,
            house.live(noor) as reader,
        ):
            await stuck.greet(house.journal.epoch, 0)
            held = house.connection(mira).transport
            seen = []
            for _ in range(count // 20):
                await house.publish(20, body="x" * size)
                seen += await reader.notifications(20)
                assert held.get_write_buffer_size() <= 2 * BUFFER
            assert seen == list(range(1, count + 1))
            house.pass_time(3)
            gone = await house.log.wait_for("device-gone")
            assert gone == {"device": mira.id, "code": Close.SLOW}
        async with house.dial(mira) as back:
            await back.greet(house.journal.epoch, 0)
            assert await back.until(count) == list(range(1, count + 1))
            await back.say(Ping(latest=count))
            assert await back.hear() == Pong(latest=count)

    stage(scene)


def test_whoever_does_not_read_its_history_gets_no_more_of_it(stage: Any) -> None:
    """Catching up is paced by the reader: one page waits, not all of them; then it goes on."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        await house.publish(400, body="x" * 30_000)
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(("127.0.0.1", house.port))
        async with house.dial(mira, sock=small, max_queue=1) as desk:
            await desk.greet(house.journal.epoch, 0)
            connection = house.connection(mira)
            async with asyncio.timeout(10):
                while not connection.paused:
                    await house.journal.latest()
            assert house.gateway.delivered < 400
            assert connection.transport.get_write_buffer_size() <= 2 * BUFFER
            assert await desk.until(400) == list(range(1, 401))

    stage(scene)


def test_a_burst_larger_than_a_buffer_is_cut() -> None:
    """No single write is larger than what may wait for one desktop."""
    frames = [Sent(seq, ("everyone",), b"x" * 700) for seq in range(1, 8)]
    assert [[sent.seq for sent in part] for part in _parts(frames, 2100)] == [[1, 2, 3], [4, 5, 6], [7]]
    assert [len(part) for part in _parts(frames, 100)] == [1] * 7


def test_the_buffer_is_as_large_as_it_was_set(stage: Any) -> None:
    """The socket of a desktop takes the configured number of bytes, and bursts are cut to it."""

    async def scene(house: Any) -> None:
        device = await house.pair()
        async with house.live(device) as desk:
            assert house.connection(device).transport.get_write_buffer_limits()[1] == 70_000
            await house.publish(50, body="x" * 5000)
            assert await desk.until(50) == list(range(1, 51))

    stage(scene, buffer=70_000)
