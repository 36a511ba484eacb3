"""Sockets over time: limits, heartbeat, revocation, shutdown."""

import asyncio
from functools import partial
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from relay.errors import BadToken, DeviceError, ProtocolViolation, StorageBroken, StorageBusy
from relay.event import EVERYONE, Draft, StoredNotification, team_key
from relay.gateway import close_code
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Close, MalformedMessage, Ping, Pong, Priority
from relay.session import State


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProtocolViolation(Close.FLOOD, ""), Close.FLOOD),
        (MalformedMessage(), Close.PROTOCOL),
        (BadToken(), Close.BAD_TOKEN),
        (DeviceError(), Close.NOT_ALLOWED),
        (StorageBusy(), Close.RESTART),
        (StorageBroken(), Close.RESTART),
    ],
)
def test_every_error_has_its_close_code(error: Exception, code: Close) -> None:
    """What is our fault never tells a desktop to stay away."""
    assert close_code(error) is code


def test_silence_after_the_upgrade_ends_the_socket_in_ten_seconds(stage: Any) -> None:
    """A socket without a hello is not kept, and not cut too early."""

    async def scene(house: Any) -> None:
        async with house.dial(await house.pair()) as desk:
            house.pass_time(9)
            assert house.connection(desk.device).session.state.value == "hello"
            house.pass_time(1)
            assert await desk.code() == Close.SILENT

    stage(scene)


def test_a_message_that_never_ends_does_not_keep_the_socket(stage: Any) -> None:
    """Ten seconds from the first fragment to the last."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            desk.socket.transport.write(Frame(Opcode.TEXT, b"{", fin=False).serialize(mask=True))
            desk.socket.transport.write(Frame(Opcode.PING, b"here").serialize(mask=True))
            connection = house.connection(desk.device)
            async with asyncio.timeout(10):
                while connection.part_since is None:
                    await house.journal.latest()
            house.pass_time(10)
            assert await desk.code() == Close.SILENT

    stage(scene)


def test_an_idle_desktop_that_answers_stays_for_hours(stage: Any) -> None:
    """The WebSocket ping of the relay is enough to prove a sign of life."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            connection = house.connection(desk.device)
            for _ in range(20):
                house.pass_time(21)
                async with asyncio.timeout(10):
                    while connection.heard != house.gateway.now:
                        await house.journal.latest()
            await house.publish()
            assert await desk.notifications(1) == [1]

    stage(scene)


def test_a_desktop_that_shows_no_life_is_closed(stage: Any) -> None:
    """Forty-five seconds, whatever the socket says; a peer that doesn't close is cut two seconds later."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira, close_timeout=0.1) as desk:
            desk.socket.transport.pause_reading()
            house.pass_time(45)
            assert house.connection(mira).session.state.value == "live"
            house.pass_time(3)
            assert await house.log.wait_for("device-gone") == {"device": mira.id, "code": Close.SILENT}
            assert house.gateway.connections == 0

    stage(scene)


def test_pings_are_spread_over_the_wheel(stage: Any) -> None:
    """Desktops that connect in the same second are not pinged in the same second."""
    spread = iter([0.0, 0.5, 0.99])

    async def scene(house: Any) -> None:
        devices = [await house.pair(f"a{n}@x.example") for n in range(3)]
        async with house.live(devices[0]), house.live(devices[1]), house.live(devices[2]):
            pinged: dict[int, int] = {}
            for turn in range(1, 21):
                before = {item for items in house.gateway._wheel._slots for item in items}
                places = dict(house.gateway._wheel._place)
                house.pass_time(1)
                moved = [c for c in before if house.gateway._wheel._place.get(c) != places[c]]
                if moved:
                    pinged[turn] = len(moved)
        assert pinged == {1: 1, 10: 1, 19: 1}

    stage(scene, chance=lambda: next(spread))


def test_a_newer_connection_takes_the_place_of_the_older(stage: Any) -> None:
    """One device, one socket; the newer one gets everything."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira) as older, house.live(mira) as newer:
            assert await older.code() == Close.SUPERSEDED
            await house.publish()
            assert await newer.notifications(1) == [1]
            assert house.gateway.connections == 1

    stage(scene)


def test_a_revoked_device_hears_nothing_more(stage: Any) -> None:
    """Revoked by another process: closed at the next second, and nothing is sent in between."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(), await house.pair("noor@example.com")
        async with house.live(mira) as gone, house.live(noor) as stays:
            other = await SqliteJournal.open(house.journal._path, checkpointer=False)
            await other.revoke(mira.id, 1.0)
            await other.close()
            await house.gateway.flush()
            # Straight on, while the closing handshake of the revoked one is still under way.
            assert house.connection(mira).session.state is State.CLOSING
            house.gateway._fanout.send([_notification(1)])
            assert await stays.notifications(1) == [1]
            assert await gone.code() == Close.BAD_TOKEN
            with pytest.raises(InvalidStatus) as refused:
                async with house.dial(mira):
                    pass
            assert refused.value.response.status_code == 401
        assert house.gateway.delivered == 1

    stage(scene)


def test_a_revoked_device_that_never_reads_is_cut_within_five_seconds(stage: Any) -> None:
    """It needn't agree: flush, close, two seconds, cut."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira, close_timeout=0.1) as desk:
            desk.socket.transport.pause_reading()
            await house.journal.revoke(mira.id, 1.0)
            await house.gateway.reload()
            house.pass_time(2)
            assert (await house.log.wait_for("device-gone"))["code"] == Close.BAD_TOKEN

    stage(scene)


def test_a_failed_reload_is_not_forgotten(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal tells only once that something changed; the revocation holds all the same."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira) as desk:
            other = await SqliteJournal.open(house.journal._path, checkpointer=False)
            await other.revoke(mira.id, 1.0)
            await other.close()
            with monkeypatch.context() as patch:
                patch.setattr(house.journal, "devices", _busy)
                with pytest.raises(StorageBusy):
                    await house.gateway.flush()
            await house.gateway.flush()
            assert await desk.code() == Close.BAD_TOKEN

    stage(scene)


def _notification(seq: int) -> StoredNotification:
    draft = Draft(
        id=f"n{seq}", source="s", provider="p", type="t", priority=Priority.NORMAL, title="Title", at=0.0,
        playbook="p", audience=(EVERYONE,),
    )  # fmt: skip
    return StoredNotification(seq=seq, draft=draft)


async def _answer(answer: Any, *_: Any) -> Any:
    return answer


async def _busy(*_: Any) -> Any:
    raise StorageBusy("for the test")


def test_another_process_wakes_everybody(stage: Any) -> None:
    """What another process published is sent, and whoever else has to know is told."""
    told: list[str] = []

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            house.journal._watchers.clear()
            await house.publish()
            await (other := await SqliteJournal.open(house.journal._path, checkpointer=False)).check()
            await other.close()
            await house.gateway.flush()
            assert await desk.notifications(1) == [1]
        assert told == ["now"]

    stage(scene, foreign=lambda: told.append("now"))


def test_a_device_that_changes_teams_is_addressed_anew(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment that the relay knows of it."""

    async def scene(house: Any) -> None:
        mira = await house.pair("mira@example.com", "old")
        async with house.live(mira) as desk:
            moved = msgspec.structs.replace(mira, teams=("new",))
            with monkeypatch.context() as patch:
                patch.setattr(house.journal, "devices", partial(_answer, [moved]))
                await house.gateway.reload()
            await house.publish(audience=(team_key("old"),))
            await house.publish(audience=(team_key("new"),))
            assert await desk.notifications(1) == [2]

    stage(scene)


def test_acks_survive_a_journal_that_is_busy(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are stored the next second."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            await house.publish(3)
            await desk.until(3)
            await desk.ack(3)
            await desk.say(Ping(latest=3))
            await desk.hear()
            with monkeypatch.context() as patch:
                patch.setattr(house.journal, "ack", _busy)
                with pytest.raises(StorageBusy):
                    await house.gateway.flush()
            await house.gateway.flush()
            assert [device.cursor for device in await house.journal.devices()] == [3]

    stage(scene)


def test_a_busy_journal_asks_a_returning_desktop_to_come_back(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits on a socket that has nothing to say."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        with monkeypatch.context() as patch:
            patch.setattr(house.journal, "notifications_for", _busy)
            async with house.dial(mira) as desk:
                await desk.hello()
                assert await desk.code() == Close.RESTART
        async with house.live(mira) as desk:
            await desk.say(Ping(latest=0))
            assert await desk.hear() == Pong(latest=0)

    stage(scene)


def test_a_hole_in_the_journal_sends_the_live_ones_back_to_it(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the pump never saw is told by resuming, as a gap."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira) as desk:
            house.journal._watchers.clear()
            await house.publish(3)
            await house.journal.prune(10.0)
            await house.publish(1, at=20.0)
            await house.gateway.pump()
            assert await desk.code() == Close.SLOW
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            assert (await desk.hear()).missed == 3
            assert await desk.notifications(1) == [4]

    stage(scene)


def test_a_stopping_relay_tells_everybody_to_come_back(stage: Any) -> None:
    """1012 for each, the last acks stored, and nobody let in meanwhile; a second call is harmless."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(), await house.pair("noor@example.com")
        async with house.live(mira) as one, house.dial(noor) as two:
            await house.publish(2)
            await one.until(2)
            await one.ack(2)
            await one.say(Ping(latest=2))
            await one.hear()
            house.gateway.drain()
            await house.gateway.close_all()
            assert (await one.code(), await two.code()) == (Close.RESTART, Close.RESTART)
            await house.gateway.close_all()
        assert {device.id: device.cursor for device in await house.journal.devices()} == {
            mira.id: 2,
            noor.id: 0,
        }
        assert house.gateway.connections == 0

    stage(scene)


def test_a_stopping_relay_does_not_wait_for_a_desktop_that_is_gone(stage: Any) -> None:
    """At the limit the socket is cut."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(), close_timeout=0.1) as desk:
            desk.socket.transport.pause_reading()
            await house.gateway.close_all(limit=0.05)
            assert house.gateway.connections == 0

    stage(scene)


def test_closing_is_polite_when_the_desktop_begins(stage: Any) -> None:
    """Its own code comes back, and the place is free."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            await desk.socket.close(1000)
            assert desk.socket.close_code == 1000
        await house.log.wait_for("device-gone")
        assert house.gateway.connections == 0
        assert house.gateway.closed[1000] == 1

    stage(scene)
