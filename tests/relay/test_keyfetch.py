"""Fetching providers' public keys, from a real server with a certificate of its own."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from relay import keyfetch
from relay.egress import is_public
from relay.errors import KeysUnavailable
from relay.keyfetch import FRESH_SECONDS, MAX_DOCUMENT, NEW_ADDRESSES, RETRY_SECONDS, KeyFetcher
from relay.schemes.keyring import KeyRequest

HOST = "keys.example.com"


class Keys:
    """A provider's server of keys: counts requests, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[bytes, bytes]]] = []
        self.peers: set[object] = set()
        self.status, self.body = 200, b'{"keys": []}'
        self.headers: list[tuple[bytes, bytes]] = []
        self.go = threading.Event()
        self.go.set()
        self.port = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI)."""
        self.asked.append((scope["path"], dict(scope["headers"])))
        self.peers.add(tuple(scope["client"]))
        await asyncio.to_thread(self.go.wait, 10)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    def request(self, path: str = "/keys", host: str = HOST) -> KeyRequest:
        """Return what asks for a document of this server."""
        return KeyRequest(url=f"https://{host}:{self.port}{path}")


@pytest.fixture
def keys(serve: Callable[..., int], certificate: tuple[Path, Path]) -> Keys:
    """Return a running server of keys."""
    server = Keys()
    cert, key = certificate
    server.port = serve(server, ssl_certfile=str(cert), ssl_keyfile=str(key))
    return server


async def _loopback(_: str, __: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture
def fetching(certificate: tuple[Path, Path]) -> Callable[..., None]:
    """Return how to run a coroutine with a fetcher and its clock, which stands still."""

    def run(use: Callable[[KeyFetcher, list[float]], Awaitable[None]], **options: Any) -> None:
        async def inside() -> None:
            now = [1_000.0]
            given: dict[str, Any] = {
                "clock": lambda: now[0],
                "resolver": _loopback,
                "allowed": lambda one: one.is_loopback,
                "context": ssl.create_default_context(cafile=certificate[0]),
            }
            fetcher = KeyFetcher(**(given | options))
            try:
                await asyncio.wait_for(use(fetcher, now), 30)
            finally:
                await fetcher.close()

        asyncio.run(inside())

    return run


async def _refused(fetcher: KeyFetcher, request: KeyRequest, why: str, source: str = "sns") -> None:
    with pytest.raises(KeysUnavailable, match=why):
        await fetcher.fetch(request, source)


def test_a_document_is_fetched_once_and_kept(keys: Keys, fetching: Callable[..., None]) -> None:
    """It is connected to by address, asked for by name, and good for an hour."""

    async def use(fetcher: KeyFetcher, now: list[float]) -> None:
        request = keys.request()
        assert fetcher.find(request) is None
        await fetcher.fetch(request, "sns")
        assert fetcher.find(request) == b'{"keys": []}'
        ((path, headers),) = keys.asked
        assert (path, headers[b"host"]) == ("/keys", f"{HOST}:{keys.port}".encode())
        now[0] += FRESH_SECONDS
        assert fetcher.find(request)
        now[0] += 1
        assert fetcher.find(request) is None
        await fetcher.fetch(request, "sns")
        assert fetcher.find(request)

    fetching(use)
    assert len(keys.asked) == 2


def test_two_names_never_share_a_connection(keys: Keys, fetching: Callable[..., None]) -> None:
    """One is connected to by address: kept open, it would serve another name that leads to the same one."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await fetcher.fetch(keys.request("/one"), "sns")
        await fetcher.fetch(keys.request("/two"), "sns")

    fetching(use)
    assert len(keys.peers) == 2


def test_an_unknown_key_asks_again_every_half_minute(keys: Keys, fetching: Callable[..., None]) -> None:
    """Requests with unknown key ids make us ask at most every 30 seconds, and never wait for it."""

    async def use(fetcher: KeyFetcher, now: list[float]) -> None:
        for _ in range(100):
            await fetcher.fetch(keys.request(), "sns")
        now[0] += RETRY_SECONDS
        for _ in range(100):
            await fetcher.fetch(keys.request(), "sns")

    fetching(use)
    assert len(keys.asked) == 2


def test_requests_share_one_fetch(keys: Keys, fetching: Callable[..., None]) -> None:
    """Fifty requests at once that need one key lead to one fetch."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await asyncio.gather(*(fetcher.fetch(keys.request(), "sns") for _ in range(50)))
        assert fetcher.find(keys.request())

    fetching(use)
    assert len(keys.asked) == 1


def test_a_slow_server_delays_only_its_own(keys: Keys, fetching: Callable[..., None]) -> None:
    """While one document does not come, others do; who waited for it is told to come back."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await fetcher.fetch(keys.request("/quick"), "paypal")
        keys.go.clear()
        waiting = asyncio.create_task(_refused(fetcher, keys.request("/slow"), "did not come within"))
        await asyncio.sleep(0)
        assert fetcher.find(keys.request("/quick"))
        await fetcher.fetch(keys.request("/quick"), "paypal")
        await waiting
        keys.go.set()
        await fetcher.fetch(keys.request("/slow"), "sns")  # what was under way went on
        assert fetcher.find(keys.request("/slow"))

    fetching(use, wait=0.2)
    assert len(keys.asked) == 2


def test_only_so_many_wait(
    keys: Keys, fetching: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests beyond the limit are sent away at once."""
    monkeypatch.setattr(keyfetch, "MAX_WAITING", 3)

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        keys.go.clear()
        calls = [asyncio.create_task(fetcher.fetch(keys.request(), "sns")) for _ in range(5)]
        done, _pending = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) == 2
        assert all("wait for" in str(one.exception()) for one in done)
        keys.go.set()
        await asyncio.gather(*calls, return_exceptions=True)
        assert fetcher.find(keys.request())

    fetching(use)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((302, [(b"location", b"https://keys.example.com/other")], b""), "answered 302"),
        ((404, [], b"{}"), "answered 404"),
        ((500, [], b""), "answered 500"),
        ((200, [(b"content-encoding", b"gzip")], b"x"), "is packed"),
        ((200, [], b"x" * (MAX_DOCUMENT + 1)), "larger than"),
    ],
)
def test_s19_what_is_no_document_is_refused(
    keys: Keys, fetching: Callable[..., None], answer: Any, why: str
) -> None:
    """A redirect is not followed; errors, packed and huge answers are no keys, and not asked for again at once."""
    keys.status, keys.headers, keys.body = answer

    async def use(fetcher: KeyFetcher, now: list[float]) -> None:
        await _refused(fetcher, keys.request(), why)
        await _refused(fetcher, keys.request(), "a moment ago")
        assert len(keys.asked) == 1
        keys.status, keys.headers, keys.body = 200, [], b"good"
        now[0] += RETRY_SECONDS
        await fetcher.fetch(keys.request(), "sns")
        assert fetcher.find(keys.request()) == b"good"

    fetching(use)


def test_a_document_at_the_limit_is_taken(keys: Keys, fetching: Callable[..., None]) -> None:
    """The limit itself is still good."""
    keys.body = b"x" * MAX_DOCUMENT

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await fetcher.fetch(keys.request(), "sns")

    fetching(use)


@pytest.mark.parametrize(
    "url",
    [
        "http://keys.example.com/",
        "https://user@keys.example.com/",
        "https://:pass@x.example/",
        "ftp://x/",
        "https:///",
        "/x",
    ],
)
def test_s19_only_plain_https_addresses(fetching: Callable[..., None], url: str) -> None:
    """Anything but https without a user is refused without looking the name up."""

    async def never(host: str, _: int) -> Sequence[str]:
        pytest.fail(f"{host} was looked up")

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await _refused(fetcher, KeyRequest(url=url), ".")

    fetching(use, resolver=never)


def test_s19_a_name_that_leads_inside_is_refused(keys: Keys, fetching: Callable[..., None]) -> None:
    """A public name with a private address, be it one of several, is not connected to."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await _refused(fetcher, keys.request(), "not on the public internet: 127.0.0.1")

    async def both(_: str, __: int) -> Sequence[str]:
        return ["93.184.215.14", "10.0.0.1"]

    async def none(_: str, __: int) -> Sequence[str]:
        return []

    async def mixed(fetcher: KeyFetcher, _: list[float]) -> None:
        await _refused(fetcher, keys.request(), "not on the public internet")

    fetching(use, allowed=is_public)
    fetching(mixed, allowed=is_public, resolver=both)
    fetching(mixed, allowed=is_public, resolver=none)
    assert keys.asked == []


def test_a_certificate_for_another_name_is_refused(keys: Keys, fetching: Callable[..., None]) -> None:
    """Connecting by address does not weaken the check of the name."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await _refused(fetcher, keys.request(host="keys.example.org"), "(?i)certificate")

    fetching(use)
    assert keys.asked == []


def test_an_unknown_authority_is_refused(keys: Keys, fetching: Callable[..., None]) -> None:
    """Certificates are checked unless somebody says which to trust."""

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        await _refused(fetcher, keys.request(), "(?i)certificate")

    fetching(use, context=None)


def test_a_source_may_name_only_so_many_addresses(keys: Keys, fetching: Callable[..., None]) -> None:
    """Made-up addresses of keys don't make us knock without end, and another source is not held up."""

    async def use(fetcher: KeyFetcher, now: list[float]) -> None:
        for number in range(NEW_ADDRESSES):
            await fetcher.fetch(keys.request(f"/{number}"), "sns")
        await _refused(fetcher, keys.request("/more"), "too many new addresses")
        await fetcher.fetch(keys.request("/more"), "paypal")
        assert fetcher.find(keys.request("/0"))
        now[0] += RETRY_SECONDS
        await fetcher.fetch(keys.request("/again"), "sns")

    fetching(use)


def test_the_store_of_keys_is_bounded(
    keys: Keys, fetching: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document that was not asked for the longest makes room."""
    monkeypatch.setattr(keyfetch, "MAX_DOCUMENTS", 3)

    async def use(fetcher: KeyFetcher, _: list[float]) -> None:
        for number in range(5):
            await fetcher.fetch(keys.request(f"/{number}"), "sns")
        found = [bool(fetcher.find(keys.request(f"/{number}"))) for number in range(5)]
        assert found == [False, False, True, True, True]

    fetching(use)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:4700::1", True), ("64:ff9b::5db8:d70e", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("100.64.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1", False), ("fd00:ec2::254", False),
        ("::ffff:93.184.215.14", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False), ("2002:7f00:1::", False), ("2002:5db8:d70e::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False), ("ff02::1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_c5_which_addresses_are_public(address: str, public: bool) -> None:
    """Private, local, shared, multicast and tunnelled addresses are not, in any spelling."""
    assert is_public(ip_address(address)) == public
