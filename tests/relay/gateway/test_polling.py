"""Links by requests: the gateway's end is as of any socket, and what is lost or late ends them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from relay import polling, protocol
from relay.event import Device
from relay.protocol import Close, FromRelay, Hello, Message, Notification, Welcome

PATIENCE = 60.0


class ByRequests:
    """A desktop's end: the WebSocket's protocol without a socket, and requests instead."""

    def __init__(self, house: Any, device: Device) -> None:
        self.device = device
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{house.port}",
            headers={"Authorization": f"Bearer {house.tokens[device.id]}"},
            trust_env=False,
            timeout=PATIENCE,
        )
        self.wire = ClientProtocol(parse_uri(house.url), subprotocols=[Subprotocol(protocol.SUBPROTOCOL)])
        self.house, self.path, self.part = house, "", 0
        self.said: list[FromRelay] = []

    async def begin(self) -> None:
        """Begin a link."""
        answer = await self.client.post(polling.LINK)
        assert answer.status_code == 201
        self.path = f"{polling.LINK}/{answer.json()['link']}"

    async def open(self) -> None:
        """Begin a link and shake hands on it."""
        await self.begin()
        request = self.wire.connect()
        request.headers["Authorization"] = self.client.headers["Authorization"]
        self.wire.send_request(request)
        assert await self.up() == 204
        while not any(isinstance(event, Response) for event in await self.down()):
            pass

    async def up(self, data: bytes | None = None, *, part: int | str | None = None) -> int:
        """Send what there is to say; return the status."""
        said = b"".join(self.wire.data_to_send()) if data is None else data
        number = self.part if part is None else part
        answer = await self.client.post(f"{self.path}/up/{number}", content=said)
        self.part += answer.status_code == 204
        return answer.status_code

    async def down(self) -> list[Any]:
        """Wait for something; return the events of the wire."""
        answer = await self.client.post(f"{self.path}/down")
        assert answer.status_code in {200, 204}
        self.wire.receive_data(answer.content)
        events = self.wire.events_received()
        texts = [event for event in events if isinstance(event, Frame) and event.opcode is Opcode.TEXT]
        self.said += [protocol.decode_from_relay(bytes(frame.data)) for frame in texts]
        return events

    async def say(self, message: Message) -> None:
        """Send a message."""
        self.wire.send_text(protocol.encode(message))
        assert await self.up() == 204

    async def hear(self, kind: type[Message]) -> FromRelay:
        """Wait for a message of a kind."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [one for one in self.said if isinstance(one, kind)]):
                await self.down()
        return found[0]


@contextlib.asynccontextmanager
async def requests(house: Any, device: Device | None = None) -> AsyncIterator[ByRequests]:
    """A desktop that goes by requests."""
    desk = ByRequests(house, device or await house.pair())
    async with desk.client:
        yield desk


def test_a_link_by_requests_is_a_link(stage: Any) -> None:
    """Upgrade, hello, welcome and notifications, as over a WebSocket; its address is known to the log."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.open()
            await desk.say(Hello(version=protocol.VERSION, device=desk.device.id, epoch=None, after=None))
            await desk.hear(Welcome)
            await house.publish()
            await desk.hear(Notification)
            assert house.log.of("device-connected")[0]["peer"] == "127.0.0.1"
            assert house.polling.links == 1
            assert (await desk.client.delete(desk.path)).status_code == 204
            await house.log.wait_for("device-gone")
            assert house.polling.links == 0

    stage(scene)


@pytest.mark.parametrize(
    ("data", "part"), [(b"x", 1), (b"x", "x"), (b"", 0)], ids=["skipped", "no number", "empty"]
)
def test_a_part_that_is_not_the_next_ends_the_link(stage: Any, data: bytes, part: int | str) -> None:
    """Bytes that are missing, or come twice, would be read as something else."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.begin()
            assert await desk.up(data, part=part) == 410
            assert await desk.up(b"x", part=0) == 410
            assert house.polling.links == 0

    stage(scene)


def test_a_part_may_be_so_large_and_no_larger(stage: Any) -> None:
    """One byte more is refused, and says so."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.begin()
            assert await desk.up(b"x" * (polling.MAX_UP + 1)) == 413
            assert await desk.up(b"\r" * polling.MAX_UP) == 204

    stage(scene)


def test_only_one_may_wait(stage: Any) -> None:
    """Two would share the bytes between them: the link ends for both."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.begin()
            waiting = [asyncio.create_task(desk.client.post(f"{desk.path}/down")) for _ in range(2)]
            answers = await asyncio.gather(*waiting)
            assert {answer.status_code for answer in answers} == {410}

    stage(scene)


def test_a_device_has_one_link(stage: Any) -> None:
    """A second one takes the place of the first."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.begin()
            first = desk.path
            await desk.begin()
            assert (await desk.client.post(f"{first}/up/0", content=b"x")).status_code == 410
            assert house.polling.links == 1
            await asyncio.gather(*(desk.begin() for _ in range(10)))
            assert house.polling.links == 1

    stage(scene)


def test_a_link_is_its_devices_own(stage: Any) -> None:
    """Who knows its name, but has another token, gets nothing and ends nothing."""

    async def scene(house: Any) -> None:
        async with requests(house) as mine, requests(house, await house.pair("eve@example.com")) as hers:
            await mine.begin()
            for answer in (
                await hers.client.post(f"{mine.path}/up/0", content=b"x"),
                await hers.client.post(f"{mine.path}/down"),
            ):
                assert answer.status_code == 410
            await hers.client.delete(mine.path)
            assert house.polling.links == 1
            hers.client.headers["Authorization"] = "Bearer dbt_unknown"
            answer = await hers.client.post(polling.LINK)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")

    stage(scene)


def test_who_says_nothing_for_long_is_not_there(stage: Any) -> None:
    """A link without requests ends, and one within its time does not."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.begin()
            house.ticks[0] += polling.SILENT_SECONDS
            house.polling.sweep()
            assert house.polling.links == 1
            house.ticks[0] += 1
            house.polling.sweep()
            assert house.polling.links == 0
            assert (await desk.client.post(f"{desk.path}/down")).status_code == 410

    stage(scene)


def test_who_leaves_while_waiting_has_left_the_link(stage: Any) -> None:
    """A desktop that is killed is known to be away at once."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.open()
            waiting = asyncio.create_task(desk.client.post(f"{desk.path}/down"))
            await house.log.wait_for("device-connected")
            async with asyncio.timeout(PATIENCE):
                while not any(stream.waiting for stream in house.polling._streams.values()):
                    await house.journal.latest()
            waiting.cancel()
            await house.log.wait_for("device-gone")
            assert house.polling.links == 0

    stage(scene)


def test_a_relay_that_stops_tells_its_links(stage: Any) -> None:
    """Who waits gets the close frame, with its code."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            await desk.open()
            house.polling.drain()
            while desk.wire.close_rcvd is None:
                await desk.down()
            assert desk.wire.close_rcvd.code == Close.RESTART

    stage(scene)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/x"), ("POST", "/x/up"), ("PUT", "/x")])
def test_what_is_no_request_of_a_link_is_refused(stage: Any, method: str, path: str) -> None:
    """With a constant answer."""

    async def scene(house: Any) -> None:
        async with requests(house) as desk:
            answer = await desk.client.request(method, polling.LINK + path)
            assert answer.status_code == 405

    stage(scene)
