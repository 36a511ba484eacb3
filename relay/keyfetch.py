"""The one fetcher for providers' public keys: bounded in every direction, and never in another source's way.

Which host may be asked is pinned by the scheme that needs the key. Here: https only, no redirect, no
proxy, a public address (checked after the name was resolved, and then connected to, so that a name
cannot change its mind), limits for size, time and the number of requests that may wait.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import httpx
import msgspec

from relay.egress import Resolve, is_public, resolve
from relay.errors import KeysUnavailable
from relay.pace import Pace
from relay.peer import Address
from relay.schemes.keyring import KeyRequest

FRESH_SECONDS = 3600.0
"""How long a document counts. A key that a provider withdraws is good for so long at most."""

RETRY_SECONDS = 30.0
"""A document is asked for again at most so often, for an unknown key in it or after a failure."""

FETCH_SECONDS = 5.0
"""For one fetch, from resolving the name to the last byte."""

WAIT_SECONDS = 4.0
"""How long a request waits for its key; providers want an answer within five to ten seconds."""

MAX_DOCUMENT = 256 * 1024
"""Bytes. A certificate has 2 KiB, a large key set 30."""

MAX_DOCUMENTS = 64
"""Documents that are kept, the last used ones."""

MAX_WAITING = 64
"""Requests that may wait for one document; each holds its body meanwhile."""

NEW_ADDRESSES = 10
"""Addresses not seen before that one source may have fetched within ``RETRY_SECONDS``.

Where the request itself names the address, a stranger could else make us knock as often as he does.
"""

_HTTPS_PORT = 443
_OK = 200


class _Held(msgspec.Struct):
    """One address: its document if there is one, and when it was last asked for."""

    tried_at: float
    document: bytes | None = None
    fetched_at: float = 0.0


class KeyFetcher:
    """A ring of keys (:class:`relay.schemes.keyring.KeyRing`) that can be filled.

    ``clock`` gives seconds that only go forward. ``allowed``, ``resolver`` and ``context`` are for
    tests with a server of their own.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        resolver: Resolve = resolve,
        allowed: Callable[[Address], bool] = is_public,
        context: ssl.SSLContext | None = None,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._clock, self._resolve, self._allowed = clock, resolver, allowed
        self._context, self._wait = context, wait
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self._waiting: dict[str, int] = {}
        self._paces: dict[str, Pace] = {}
        self._client: httpx.AsyncClient | None = None

    def find(self, request: KeyRequest) -> bytes | None:
        """Return a document if it is at hand and fresh."""
        held = self._held.get(request.url)
        if held is None or held.document is None or self._clock() - held.fetched_at > FRESH_SECONDS:
            return None
        return held.document

    async def fetch(self, request: KeyRequest, source: str) -> None:
        """Get a document for a request of ``source``, or leave it as it is if it was just got.

        Whoever asks while it is under way shares the one fetch.

        Raises:
            KeysUnavailable: it can't be had now; the text says why, for the log.
        """
        url = request.url
        task = self._under_way.get(url)
        if task is None:
            if not self._worth_fetching(request, source):
                return
            task = asyncio.create_task(self._refresh(url), name="keyfetch")
            # If everybody has gone meanwhile, its error is nobody's.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._under_way[url] = task
        await self._join(url, task)

    async def close(self) -> None:
        """Give up what is under way, and let go of the connections."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _worth_fetching(self, request: KeyRequest, source: str) -> bool:
        """Say whether to ask; False if what is at hand has just been got, so that asking gives no more."""
        now = self._clock()
        held = self._held.get(request.url)
        if held is None:
            pace = self._paces.setdefault(source, Pace(NEW_ADDRESSES / RETRY_SECONDS, NEW_ADDRESSES))
            if pace.wait(now):
                raise KeysUnavailable(f"{source} names too many new addresses of keys")
            return True
        if now - held.tried_at >= RETRY_SECONDS:
            return True
        if self.find(request) is None:
            raise KeysUnavailable(f"{request.url} could not be had a moment ago")
        return False

    async def _join(self, url: str, task: asyncio.Task[bytes]) -> None:
        """Wait for a fetch with others, for a limited time."""
        if self._waiting.get(url, 0) >= MAX_WAITING:
            raise KeysUnavailable(f"{MAX_WAITING} requests wait for {url} already")
        self._waiting[url] = self._waiting.get(url, 0) + 1
        try:
            async with asyncio.timeout(self._wait):
                await asyncio.shield(task)
        except TimeoutError:
            raise KeysUnavailable(f"{url} did not come within {self._wait:g} s") from None
        finally:
            self._waiting[url] -= 1
            if not self._waiting[url]:
                del self._waiting[url]

    async def _refresh(self, url: str) -> bytes:
        held = self._held.setdefault(url, _Held(tried_at=0.0))
        held.tried_at = self._clock()
        self._held.move_to_end(url)
        while len(self._held) > MAX_DOCUMENTS:
            self._held.popitem(last=False)
        try:
            held.document = await self._get(url)
            held.fetched_at = self._clock()
            return held.document
        finally:
            del self._under_way[url]

    async def _get(self, url: str) -> bytes:
        """Return the document at an address.

        Raises:
            KeysUnavailable: whatever goes wrong.
        """
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                return await self._download(httpx.URL(url))
        except TimeoutError:
            raise KeysUnavailable(f"{url} did not answer within {FETCH_SECONDS:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise KeysUnavailable(f"{url}: {error}") from None

    async def _download(self, url: httpx.URL) -> bytes:
        if url.scheme != "https" or url.userinfo or not url.host:
            raise KeysUnavailable(f"{url} is not an https address without a user")
        address = await self._public_address(url.host, url.port or _HTTPS_PORT)
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._context or ssl.create_default_context(),
                trust_env=False,
                follow_redirects=False,
                timeout=FETCH_SECONDS,
                headers={"accept-encoding": "identity"},
                # Connected by address: a connection kept would serve another name at the same address.
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        # Connected by address, known by name: certificate and Host are the name's.
        request = self._client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            return await _content(response, url)
        finally:
            await response.aclose()

    async def _public_address(self, host: str, port: int) -> str:
        """Return an address of the host; all of them have to be allowed."""
        found = await self._resolve(host, port)
        parsed = [ip_address(one.partition("%")[0]) for one in found]
        if not parsed or not all(self._allowed(one) for one in parsed):
            raise KeysUnavailable(f"{host} is not on the public internet: {', '.join(found)}")
        # Where the network has no IPv6, a name often has an address of it all the same.
        return str(min(parsed, key=lambda one: isinstance(one, IPv6Address)))


async def _content(response: httpx.Response, url: httpx.URL) -> bytes:
    if response.status_code != _OK:
        raise KeysUnavailable(f"{url} answered {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise KeysUnavailable(f"{url} is packed, although it was asked not to be")
    content = b""
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > MAX_DOCUMENT:
            raise KeysUnavailable(f"{url} is larger than {MAX_DOCUMENT} bytes")
    return content
