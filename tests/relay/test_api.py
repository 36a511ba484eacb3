"""Pairing and health over real HTTP, with a real journal."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn
from structlog.typing import FilteringBoundLogger

from relay import identity
from relay.api import BODY_LIMIT, REFUSED, Api
from relay.errors import StorageBroken, StorageBusy
from relay.identity import Registry, Throttle
from relay.journal.sqlite import SqliteJournal
from relay.peer import network


class Log:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def _add(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    info = warning = error = _add


class House:
    """A served API with everything behind it."""

    def __init__(self, journal: SqliteJournal, url: str, client: httpx.AsyncClient) -> None:
        self.journal, self.url, self.client = journal, url, client
        self.now = 1000.0
        self.registry, self.log = Registry(), Log()
        self.api = Api(
            journal,
            self.registry,
            Throttle(self.clock),
            clock=self.clock,
            random_bytes=secrets.token_bytes,
            log=cast(FilteringBoundLogger, self.log),
            trusted=[network("127.0.0.0/8")],
        )

    def clock(self) -> float:
        return self.now

    async def invite(self) -> str:
        code, record = identity.invite(
            "mira@example.com", ["Billing"], now=self.now, random_bytes=secrets.token_bytes
        )
        await self.journal.add_code(record)
        return str(code)

    async def pair(self, code: str, name: str = "laptop") -> httpx.Response:
        return await self.client.post("/v1/pair", json={"code": code, "name": name})


@contextlib.asynccontextmanager
async def _housed(path: Path) -> AsyncIterator[House]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    journal = await SqliteJournal.open(path / "journal.db", clock=lambda: 0.0)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        house = House(journal, url, client)
        config = uvicorn.Config(
            house.api, lifespan="off", log_config=None, ws="none", server_header=False, proxy_headers=False
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            yield house
        finally:
            server.should_exit = True
            await serving
            await journal.close()


@pytest.fixture
def stage(tmp_path: Path) -> Callable[[Callable[[House], Awaitable[None]]], None]:
    """Give a function that plays a scene in a house of its own."""

    def play(scene: Callable[[House], Awaitable[None]]) -> None:
        async def whole() -> None:
            async with asyncio.timeout(30), _housed(tmp_path) as house:
                await scene(house)

        asyncio.run(whole())

    return play


Stage = Callable[[Callable[[House], Awaitable[None]]], None]


def test_a_code_is_exchanged_for_a_token_once(stage: Stage) -> None:
    """The token works at once, is stored only as a hash, and neither it nor the code is logged."""

    async def scene(house: House) -> None:
        code = await house.invite()
        answer = await house.pair(f" {code.lower()} ", "Mira's\nlaptop")
        paired = answer.json()
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert (paired["agent"], paired["teams"]) == ("mira@example.com", ["Billing"])
        device = house.registry.by_token(paired["token"])
        assert (device.id, device.name) == (paired["device"], "Mira's laptop")
        (stored,) = await house.journal.devices()
        assert stored.token_hash == identity.hash_token(paired["token"])
        again = await house.pair(code)
        assert (again.status_code, again.json()) == (403, {"error": REFUSED})
        assert paired["token"] not in str(house.log.lines)
        assert code.split("-")[1] not in str(house.log.lines)

    stage(scene)


def test_every_refusal_of_a_code_is_the_same(stage: Stage) -> None:
    """Unknown, malformed, wrong, tried too often and expired can't be told apart."""

    async def scene(house: House) -> None:
        code, late = await house.invite(), await house.invite()
        wrong = code[:5] + ("0000-0000" if not code.endswith("0000-0000") else "1111-1111")
        answers = [await house.pair(text) for text in ("0000-0000-0000", "nonsense", *[wrong] * 5, code)]
        house.now += 601
        answers.append(await house.pair(late))
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.content for answer in answers}) == 1
        assert await house.journal.devices() == []

    stage(scene)


def test_fifty_tries_at_once_redeem_a_code_once(stage: Stage) -> None:
    """A code has one winner, and tries at the same moment are all counted."""

    async def scene(house: House) -> None:
        code = await house.invite()
        answers = await asyncio.gather(*(house.pair(code) for _ in range(50)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses.count(200) == 1
        assert set(statuses) <= {200, 403, 429}
        assert len(await house.journal.devices()) == 1

    stage(scene)


def test_whoever_guesses_has_to_wait(stage: Stage) -> None:
    """Ten wrong codes in ten minutes; then even a good one, with the time to wait."""

    async def scene(house: House) -> None:
        code = await house.invite()
        for _ in range(10):
            assert (await house.pair("0000-0000-0000")).status_code == 403
        house.now += 500
        answer = await house.pair(code)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "101"
        house.now += 101
        assert (await house.pair(await house.invite())).status_code == 200

    stage(scene)


def test_behind_a_proxy_one_who_guesses_does_not_lock_out_the_others(stage: Stage) -> None:
    """Wrong codes count by the address that the trusted proxy saw, not by the proxy's own."""

    async def scene(house: House) -> None:
        guesses = {"code": "AAAA-AAAA-AAAA", "name": "x"}
        behind = {"X-Forwarded-For": "192.0.2.66"}
        for _ in range(identity.THROTTLE_TRIES):
            await house.client.post("/v1/pair", json=guesses, headers=behind)
        last = await house.client.post("/v1/pair", json=guesses, headers=behind)
        good = {"code": await house.invite(), "name": "x"}
        other = await house.client.post("/v1/pair", json=good, headers={"X-Forwarded-For": "192.0.2.7"})

        assert (last.status_code, other.status_code) == (429, 200)

    stage(scene)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"code": 5}',
        b'{"code": "x", "name": null}',
        b'{"code": "\xff"}',
        b"[" * 4000,
    ],
    ids=["empty", "text", "list", "no-code", "number", "null-name", "not-utf-8", "deep"],
)
def test_what_is_no_request_is_400(stage: Stage, body: bytes) -> None:
    """And it isn't counted as a try."""

    async def scene(house: House) -> None:
        for _ in range(12):
            answer = await house.client.post("/v1/pair", content=body)
            assert answer.status_code == 400
            assert set(answer.json()) == {"error"}

    stage(scene)


def test_a_request_has_a_limit(stage: Stage) -> None:
    """At the limit it is read; one byte more is refused, declared or not."""

    async def scene(house: House) -> None:
        frame = b'{"code": "", "name": "%s"}'
        fits = frame % (b"x" * (BODY_LIMIT - len(frame % b"")))
        assert (await house.client.post("/v1/pair", content=fits)).status_code == 403

        async def chunks() -> AsyncIterator[bytes]:
            yield fits
            yield b" "

        assert (await house.client.post("/v1/pair", content=fits + b" ")).status_code == 413
        assert (await house.client.post("/v1/pair", content=chunks())).status_code == 413

    stage(scene)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/pair", 405),
        ("DELETE", "/livez", 405),
        ("GET", "/livez/", 404),
        ("GET", "/ws", 426),  # a proxy has taken the upgrade out
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("POST", "/v1/devices", 404),
    ],
)
def test_what_does_not_exist_says_so_in_json(stage: Stage, method: str, path: str, status: int) -> None:
    """Without a redirect, a banner or a version."""

    async def scene(house: House) -> None:
        answer = await house.client.request(method, path)
        assert answer.status_code == status
        assert set(answer.json()) == {"error"}
        assert "server" not in answer.headers
        assert status != 405 or answer.headers["allow"]

    stage(scene)


def test_a_live_relay_is_live_even_without_a_journal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Liveness is the event loop alone: a restart doesn't mend a full disk."""

    async def scene(house: House) -> None:
        monkeypatch.setattr(house.journal, "check", _failing(StorageBroken("x")))
        assert (await house.client.get("/livez")).status_code == 200
        assert (await house.client.head("/livez")).status_code == 200

    stage(scene)


def _failing(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: Any) -> None:
        raise error

    return fail


def test_readiness_says_what_is_wrong_in_plain_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing about paths or versions; an answer holds for a second."""

    async def scene(house: House) -> None:
        ready = await house.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
        monkeypatch.setattr(house.journal, "check", _failing(StorageBusy("/var/lib/secret: full")))
        assert (await house.client.get("/readyz")).status_code == 200
        house.now += 1
        busy = await house.client.get("/readyz")
        assert (busy.status_code, busy.json()["ready"]) == (503, False)
        assert "secret" not in busy.text
        house.now += 1
        monkeypatch.setattr(house.journal, "check", _failing(StorageBroken("x")))
        assert "restarted" in (await house.client.get("/readyz")).text
        house.api.drain()
        assert (await house.client.get("/readyz")).json()["reasons"] == ["the relay is stopping"]

    stage(scene)


def test_a_busy_journal_is_not_the_desktops_fault(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, no try counted, and the code still works afterwards."""

    async def scene(house: House) -> None:
        code = await house.invite()
        with monkeypatch.context() as patch:
            patch.setattr(house.journal, "redeem", _failing(StorageBusy("full")))
            for _ in range(12):
                answer = await house.pair(code)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (await house.pair(code)).status_code == 200

    stage(scene)
