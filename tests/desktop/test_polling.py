"""Behind something that takes WebSockets apart the link goes by requests, and nothing else changes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from desktop.entry import LinkState
from desktop.polling import MAX_ANSWER, NotCarried, post
from relay.protocol import Receipt, Seen
from tests.desktop.desk import Desk
from tests.desktop.middlemen import Stripper
from tests.relay_process import PATIENCE, Paired, RelayProcess


@pytest.fixture
def relay(relay_process: RelayProcess) -> RelayProcess:
    """A relay that serves."""
    relay_process.start()
    return relay_process


@pytest.fixture
def stripper(relay: RelayProcess) -> Iterator[Stripper]:
    """A proxy before it that knows nothing of WebSockets."""
    made = Stripper(relay.port)
    yield made
    made.close()


@pytest.fixture
def paired(relay: RelayProcess) -> Paired:
    """Mira's sign-in."""
    return relay.pair("mira@example.com")


@pytest.fixture
def desk(relay: RelayProcess, stripper: Stripper, paired: Paired, tmp_path: Path) -> Iterator[Desk]:
    """Her desktop behind that proxy, connected."""
    url = f"http://127.0.0.1:{stripper.port}"
    made = Desk(tmp_path / "inbox.db", url, device=paired.device, token=paired.token)
    made.link.start()
    made.wait_for(LinkState.LIVE)
    yield made
    made.close()


def send(relay: RelayProcess, number: int) -> None:
    """Let a provider send webhooks."""
    for _ in range(number):
        headers, body = relay.request()
        answer = httpx.post(
            relay.hook(), content=body, headers=dict(headers), timeout=PATIENCE, trust_env=False
        )
        assert answer.status_code == 200


def test_news_comes_by_requests(desk: Desk, relay: RelayProcess) -> None:
    """Everything arrives, once and in order, and is told to be stored."""
    send(relay, 30)
    desk.wait(lambda: len(desk.entries) == 30)
    assert [entry.seq for entry in desk.entries] == sorted(entry.seq for entry in desk.entries)
    assert desk.link.pulse.by_requests


def test_what_is_done_goes_up_by_requests(desk: Desk, relay: RelayProcess, paired: Paired) -> None:
    """The relay knows who has read what."""
    send(relay, 1)
    desk.wait(lambda: len(desk.entries) == 1)
    desk.link.note(Receipt(id=desk.entries[0].id, what=Seen.OPENED, at=1.0))

    async def opened() -> bool:
        async with relay.journal() as journal:
            receipts = await journal.receipts_of(desk.entries[0].id)
            return any(receipt.what is Seen.OPENED for *_, receipt in receipts)

    relay.wait_until(lambda: asyncio.run(opened()))


def test_a_relay_that_was_killed_is_found_again(desk: Desk, relay: RelayProcess) -> None:
    """What came meanwhile is fetched, as over a WebSocket."""
    relay.kill()
    desk.wait_for(LinkState.OFFLINE)
    relay.start()
    send(relay, 3)
    desk.wait(lambda: len(desk.entries) == 3)
    desk.wait_for(LinkState.LIVE)


def test_a_relay_that_stops_says_so(desk: Desk, relay: RelayProcess) -> None:
    """The close code comes through: the desktop knows that it is no fault of the network."""
    relay.terminate()
    desk.wait(lambda: any(status.reason == "The relay restarts." for status in desk.statuses))


def test_a_sign_in_that_was_revoked_ends_for_good(
    relay: RelayProcess, stripper: Stripper, tmp_path: Path
) -> None:
    """The relay's own refusal counts, and not that WebSockets are not let through."""
    desk = Desk(tmp_path / "inbox.db", f"http://127.0.0.1:{stripper.port}", token="dbt_void")
    desk.link.start()
    desk.wait_for(LinkState.REFUSED, "pair it again")
    desk.close()


def test_the_websocket_comes_first(desk: Desk, relay: RelayProcess, stripper: Stripper) -> None:
    """Each new link tries it: where it is let through again, no requests are made any more."""
    assert desk.link.pulse.by_requests
    stripper.strips = False
    desk.statuses.clear()
    relay.kill()
    desk.wait_for(LinkState.OFFLINE)
    relay.start()
    desk.wait_for(LinkState.LIVE)
    assert not desk.link.pulse.by_requests


async def parts(length: int) -> AsyncIterator[bytes]:
    """Yield so many bytes."""
    yield b"x" * length


@pytest.mark.parametrize(("length", "taken"), [(MAX_ANSWER, True), (MAX_ANSWER + 1, False)])
def test_an_answer_may_be_so_long_and_no_longer(length: int, taken: bool) -> None:
    """Whoever answers in the relay's place can't fill this computer's memory."""

    async def ask() -> int:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=parts(length)))
        async with httpx.AsyncClient(transport=transport) as client:
            return len((await post(client, "https://relay.example/v1/link"))[2])

    if taken:
        assert asyncio.run(ask()) == length
    else:
        with pytest.raises(NotCarried):
            asyncio.run(ask())
