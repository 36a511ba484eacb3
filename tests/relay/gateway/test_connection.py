"""One socket and what may come over it."""

import struct
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from relay.protocol import MAX_CLIENT_FRAME, Ack, Close, Hello, Ping, Pong, encode
from relay.session import FLOOD_MESSAGES

MASK = bytes(4)


def masked(first: int, payload: bytes, length: int | None = None) -> bytes:
    """Return a frame by hand, which a library would refuse to make; the mask is zero."""
    size = len(payload) if length is None else length
    if size < 126:
        return bytes([first, 0x80 | size]) + MASK + payload
    if size < 65536:
        return bytes([first, 0xFE]) + struct.pack("!H", size) + MASK + payload
    return bytes([first, 0xFF]) + struct.pack("!Q", size) + MASK + payload


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (masked(0x81, b"x" * (MAX_CLIENT_FRAME + 1)), 1009),
        (masked(0x81, b"x" * 10, length=1 << 30), 1009),
        (masked(0x01, b"x" * 60_000) + masked(0x80, b"x" * 6_000), 1009),
        (b"\x81\x02{}", 1002),
        (masked(0xC1, b"{}"), 1002),
        (masked(0x83, b"{}"), 1002),
        (masked(0x89, b"x" * 126), 1002),
        (masked(0x09, b"x"), 1002),
        (masked(0x80, b"x"), 1002),
        (masked(0x88, struct.pack("!H", 999)), 1002),
        (masked(0x88, b"\x03"), 1002),
        (masked(0x81, b"\xff\xfe"), 1007),
        (masked(0x82, encode(Ping(latest=0))), Close.PROTOCOL),
    ],
    ids=[
        "oversize", "huge-declared", "oversize-in-parts", "unmasked", "reserved-bit", "unknown-opcode", "long-ping",
        "fragmented-ping", "stray-continuation", "bad-close-code", "short-close", "not-utf-8", "binary",
    ],
)  # fmt: skip
def test_a_bad_frame_ends_its_own_socket_only(stage: Any, raw: bytes, code: int) -> None:
    """RFC 6455's code for it, and the neighbour gets its next notification."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(), await house.pair("noor@example.com")
        async with house.live(mira) as bad, house.live(noor) as good:
            bad.socket.transport.write(raw)
            assert await bad.code() == code
            await house.publish()
            assert await good.notifications(1) == [1]

    stage(scene)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", Close.PROTOCOL),
        (b"not json", Close.PROTOCOL),
        (b"[]", Close.PROTOCOL),
        (b'{"kind":"subscribe","to":"everything"}', Close.PROTOCOL),
        (b'{"kind":"hello","version":1,"device":"x"}', Close.PROTOCOL),
        (b'{"kind":"ack","seq":-1}', Close.PROTOCOL),
        (b'{"kind":"ack","seq":9223372036854775808}', Close.PROTOCOL),
        (b'{"kind":"ack","seq":"1"}', Close.PROTOCOL),
        (b'{"kind":"ack","seq":99}', Close.PROTOCOL),
        (b"[" * 20_000, Close.PROTOCOL),
    ],
)
def test_a_message_of_no_meaning_ends_the_socket_for_good(stage: Any, text: bytes, code: Close) -> None:
    """A desktop that says such things must not come back with them by itself."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            await desk.socket.send(text.decode())
            assert await desk.code() == code

    stage(scene)


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"version": 2}, Close.OLD_VERSION),
        ({"device": "another"}, Close.NOT_ALLOWED),
        ({"after": -1}, Close.PROTOCOL),
        ({"after": 2**63}, Close.PROTOCOL),
        ({"after": "5"}, Close.PROTOCOL),
        ({"device": "x" * 201}, Close.PROTOCOL),
    ],
)
def test_a_bad_hello_says_whether_to_come_back(stage: Any, hello: dict[str, Any], code: Close) -> None:
    """Wrong version, another's device, or a cursor that can't be one."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.dial(mira) as desk:
            fields: dict[str, Any] = {"version": 1, "device": mira.id} | hello
            await desk.say(Hello(**fields))
            assert await desk.code() == code

    stage(scene)


def test_a_message_may_come_in_fragments_with_pings_between(stage: Any) -> None:
    """As RFC 6455 section 5.4 allows, and some proxies do."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            text = encode(Ping(latest=0))
            for byte in text[:-1]:
                desk.socket.transport.write(masked(0x01 if byte == text[0] else 0x00, bytes([byte])))
            desk.socket.transport.write(masked(0x89, b"?") + masked(0x80, text[-1:]))
            assert await desk.hear() == Pong(latest=0)

    stage(scene)


@pytest.mark.parametrize(
    "frame",
    [
        Frame(Opcode.TEXT, encode(Ack(seq=0))),
        Frame(Opcode.TEXT, encode(Ping(latest=0))),
        Frame(Opcode.PING, b""),
    ],
    ids=["ack", "ping", "websocket-ping"],
)
def test_a_flood_is_closed_and_a_repetition_is_not(stage: Any, frame: Frame) -> None:
    """A hundred of the same are idempotent; thousands end the socket, which may come back."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            raw = frame.serialize(mask=True)
            desk.socket.transport.write(raw * 100)
            await desk.say(Ping(latest=0))
            while await desk.hear() != Pong(latest=0):
                pass
            house.pass_time(10)
            desk.socket.transport.write(raw * 20_000)
            async with house.live(await house.pair("noor@example.com")) as other:
                await house.publish()
                assert await other.notifications(1) == [1]
            assert await desk.code() == Close.FLOOD

    stage(scene)


def test_a_million_tiny_fragments_are_a_flood(stage: Any) -> None:
    """Empty fragments grow nothing, and end the socket all the same."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair()) as desk:
            desk.socket.transport.write(masked(0x01, b"") + masked(0x00, b"") * 10 * FLOOD_MESSAGES)
            assert await desk.code() == Close.FLOOD

    stage(scene)
