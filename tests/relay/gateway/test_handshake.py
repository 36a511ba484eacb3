"""Who may open a socket, and what the others are told."""

import asyncio
import base64
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request

from relay import handshake
from relay.handshake import Refusal

KEY = base64.b64encode(bytes(16)).decode()
GOOD = {
    "Host": "relay",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "deskbell.v1",
}


def request(path: str = "/ws", **headers: str) -> Request:
    return Request(path, Headers({"Authorization": "Bearer dbt_x"} | headers))


async def answer(house: Any, head: bytes) -> bytes:
    """Send the head of a request as it is, and return everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(head)
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said


def head(
    target: str = "/ws", *, version: str = "HTTP/1.1", method: str = "GET", **changes: str | None
) -> bytes:
    """Return the head of an upgrade request; a change to None leaves a header out."""
    fields = GOOD | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {target} {version}", *lines, "", ""]).encode()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://relay.example.evil", "", "https://RELAY.example"]
)
def test_a_foreign_origin_is_refused_before_the_token_is_looked_at(origin: str) -> None:
    """Only the listed spelling passes; a part of it doesn't."""
    assert handshake.judge(request(Origin=origin), {"https://relay.example"}) is handshake.FOREIGN


def test_a_listed_origin_and_no_origin_pass() -> None:
    """A desktop has no origin, a listed page has its own."""
    assert handshake.judge(request(Origin="https://relay.example"), {"https://relay.example"}) == "dbt_x"
    assert handshake.judge(request(), set()) == "dbt_x"


def test_two_origins_are_none() -> None:
    """What is said twice is not believed."""
    doubled = request(Origin="https://relay.example")
    doubled.headers["Origin"] = "https://relay.example"
    assert handshake.judge(doubled, {"https://relay.example"}) is handshake.FOREIGN


@pytest.mark.parametrize("path", ["/", "/ws/", "/WS", "//ws", "/ws/x", "/%77s", "/hooks/ws"])
def test_only_one_path_leads_in(path: str) -> None:
    """Anything else is nothing."""
    assert handshake.judge(request(path), set()) is handshake.NOT_FOUND


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic dbt_x", "dbt_x", "Bearerdbt_x"])
def test_without_a_bearer_token_nobody_is_known(value: str) -> None:
    """No other scheme is tried."""
    assert handshake.judge(request(Authorization=value), set()) is handshake.UNKNOWN


def test_two_tokens_are_none() -> None:
    """A repeated security header is ambiguous."""
    doubled = request()
    doubled.headers["Authorization"] = "Bearer dbt_x"
    assert handshake.judge(doubled, set()) is handshake.UNKNOWN


def test_a_refusal_tells_nothing_of_its_reason() -> None:
    """No token, a bad one and a revoked one get the same bytes."""
    text = handshake.UNKNOWN.response().serialize()
    assert text.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b"dbt_" not in text
    assert isinstance(handshake.judge(request(Authorization=""), set()), Refusal)


def test_a_device_gets_in_with_its_token_only(stage: Any) -> None:
    """No token, an unknown one, one in the URL and a revoked one: 401, and the log never has it."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        token = house.tokens[mira.id]
        async with house.dial(mira) as desk:
            assert desk.socket.subprotocol == "deskbell.v1"
            assert desk.socket.response.headers.get("Sec-WebSocket-Extensions") is None
        answers = {
            await answer(house, head()),
            await answer(house, head(Authorization="Bearer dbt_wrong")),
            await answer(house, head(Authorization=f"Bearer {token}=")),
            await answer(house, head(f"/ws?token={token}")),
            await answer(house, head(f"/ws?token={token}", Authorization=f"Bearer {token}")),
        }
        await house.journal.revoke(mira.id, 1.0)
        await house.gateway.reload()
        answers.add(await answer(house, head(Authorization=f"Bearer {token}")))
        assert len(answers) == 1
        assert answers.pop().startswith(b"HTTP/1.1 401 Unauthorized\r\n")
        assert house.gateway.refused == {"token": 6}
        assert token not in str(house.log.lines)

    stage(scene)


def test_a_page_of_another_origin_is_refused(stage: Any) -> None:
    """403, even with a good token."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        for origin, status in [
            ("https://evil.example", 403),
            ("https://relay.example.evil", 403),
            ("null", 403),
        ]:
            with pytest.raises(InvalidStatus) as caught:
                async with house.dial(mira, origin=origin):
                    pass
            assert caught.value.response.status_code == status
        async with house.dial(mira, origin="https://relay.example"):
            pass

    stage(scene, origins=["https://relay.example"])


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Sec_WebSocket_Version": "12"}, 400),
        ({"Sec_WebSocket_Version": None}, 400),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Protocol": None}, 400),
        ({"Sec_WebSocket_Protocol": "graphql-ws"}, 400),
        ({"version": "HTTP/1.0"}, 400),
        ({"Content_Length": "5"}, 400),
        ({"method": "POST"}, 405),
        ({"target": "/elsewhere"}, 404),
    ],
    ids=str,
)
def test_a_malformed_upgrade_is_answered_and_ended(stage: Any, changes: dict[str, Any], status: int) -> None:
    """Whatever is wrong with it, a good token doesn't help, and no socket stays."""

    async def scene(house: Any) -> None:
        token = house.tokens[(await house.pair()).id]
        said = await answer(house, head(Authorization=f"Bearer {token}", **changes))
        assert said.startswith(f"HTTP/1.1 {status} ".encode()), said
        assert house.gateway.connections == 0

    stage(scene)


def test_compression_is_not_taken(stage: Any) -> None:
    """A desktop that offers it is served without."""

    async def scene(house: Any) -> None:
        mira = await house.pair()
        async with house.live(mira, compression="deflate") as desk:
            await house.publish(body="x" * 5000)
            assert await desk.notifications(1) == [1]

    stage(scene)


def test_a_full_relay_and_a_stopping_one_say_when_to_come_back(stage: Any) -> None:
    """503 with Retry-After; a device that is already connected may replace its own connection."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(), await house.pair("noor@example.com")
        async with house.dial(mira), house.dial(mira):
            with pytest.raises(InvalidStatus) as full:
                async with house.dial(noor):
                    pass
            house.gateway.drain()
            with pytest.raises(InvalidStatus) as draining:
                async with house.dial(mira):
                    pass
        for caught in (full, draining):
            assert caught.value.response.status_code == 503
            assert caught.value.response.headers["Retry-After"] == "5"
        assert house.gateway.refused == {"full": 1, "draining": 1}

    stage(scene, max_connections=1)
