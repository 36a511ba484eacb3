"""Outgoing calls to other systems' APIs: bounded in time and size, repeated only where that is safe.

A credential travels to the address that was configured and nowhere else: redirects are not
followed, and a next page is fetched only from the same origin. What the other side says about an
error is quoted on one line, clipped, and without our secrets.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from relay.calls import retry_after
from relay.errors import CallFailed, ConfigError
from relay.kinds import MAX_PORT
from relay.log import escape
from relay.source import Secret

CALL_SECONDS = 20.0
"""For connecting, and for each silence; an API that takes longer is taken for dead."""

ANSWER_LIMIT = 5 * 2**20
"""Bytes of one answer. A page of a hundred webhooks has some dozens of kB."""

TRIES = 4
"""How often a call is made in all."""

BACKOFF_SECONDS = 1.0
"""Before the second try; twice as long before each further one."""

MAX_WAIT_SECONDS = 60.0
"""A longer wait than this is left to the person who typed the command."""

DETAIL_LIMIT = 300
"""Characters that are quoted of what the other side says."""

Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")

_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
# Repeating these changes nothing (RFC 9110, section 9.2.2).
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_TOO_MANY = 429
_SERVER_FAULT = 500
_UNSURE = " It may have been done all the same; see --list."
_ABOUT_RIGHTS = {
    401: "does not accept the credential: it is wrong, expired or revoked",
    403: "knows the credential but does not allow this",
    404: "has no {what}, or hides it from this credential",
    410: "has no {what} any more",
}
_SAID = ("message", "detail", "description", "title", "error", "errors", "error_description")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is neither an error nor a redirect. ``document`` is its JSON, None if it is empty.

    ``next`` is the address of the next page from the ``Link`` header (RFC 8288), or empty.
    """

    status: int
    document: Any = None
    next: str = ""
    title: str = ""

    def read(self, shape: type[T]) -> T:
        """Return the document as a record.

        Raises:
            CallFailed: it has another shape than the API's documentation says.
        """
        try:
            return msgspec.convert(self.document, shape)
        except msgspec.ValidationError as error:
            problem = f"{self.title} answered otherwise than its documentation says: {error}."
            raise CallFailed(problem, status=self.status) from None


class Api:
    """One system's API under a base address, with one credential. Use it as ``async with``.

    ``title`` names the system in sentences; ``needs`` says what the credential must be allowed to
    do; ``query`` goes with each call; ``hidden`` are secrets that must not be quoted back.
    """

    def __init__(
        self,
        *,
        title: str,
        base: str,
        needs: str = "",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        hidden: Sequence[Secret] = (),
        sleep: Sleep = asyncio.sleep,
        seconds: float = CALL_SECONDS,
    ) -> None:
        """Prepare the calls; nothing is sent yet.

        Raises:
            ConfigError: the base is no https address. Loopback may be http: nobody else hears it.
        """
        self.title, self._needs, self._sleep, self._seconds = title, needs, sleep, seconds
        self._hidden = [secret.reveal() for secret in hidden]
        self._base, self._query = _base(base), dict(query or {})
        self._client = httpx.AsyncClient(
            headers={"user-agent": "deskbell-relay", "accept-encoding": "identity", **(headers or {})},
            auth=auth,
            timeout=seconds,
            # A proxy from the environment is for the way out; something on this machine is not behind it.
            trust_env=self._base.host not in _LOCAL,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    def hide(self, secret: Secret) -> None:
        """Never quote this secret."""
        self._hidden.append(secret.reveal())

    async def call(
        self,
        method: str,
        path: str,
        *,
        what: str,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        missing_ok: bool = False,
    ) -> Answer:
        """Make a call; ``path`` counts from the base, or is a whole address of the same origin.

        ``what`` names the thing that was asked for, for sentences. ``repeatable`` says that making
        the call twice does no harm, although its method doesn't promise that. With ``missing_ok``
        a 404 is an answer.

        Raises:
            CallFailed: everything else than success; the sentence says what to do.
        """
        address = self._address(path, query)
        safe = repeatable or method in _IDEMPOTENT
        content: dict[str, Any] = {"headers": dict(headers or {})}
        if json is not None:
            content["json"] = json
        if form is not None:
            content["data"] = dict(form)
        for tried in range(1, TRIES + 1):
            try:
                response = await self._once(method, address, content)
            except httpx.RequestError as error:
                if tried == TRIES or not _try_again(error, safe=safe):
                    raise CallFailed(self._no_answer(error, safe=safe)) from None
                await self._sleep(BACKOFF_SECONDS * 2 ** (tried - 1))
                continue
            wait = _wait(response, tried, safe=safe)
            if wait is None or wait > MAX_WAIT_SECONDS or tried == TRIES:
                return self._judge(response, what, wait, missing_ok=missing_ok)
            await self._sleep(wait)
        raise AssertionError("the last try returns or raises")  # pragma: no cover

    async def _once(self, method: str, address: httpx.URL, content: Mapping[str, Any]) -> httpx.Response:
        """Send a request and read its answer, up to the limit."""
        async with self._client.stream(method, address, **content) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > ANSWER_LIMIT:
                    problem = f"{self.title}'s answer is larger than {ANSWER_LIMIT} bytes; is --api right?"
                    raise CallFailed(problem, status=response.status_code)
        headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
        return httpx.Response(
            response.status_code, headers=headers, content=bytes(body), request=response.request
        )

    def _address(self, path: str, query: Mapping[str, str] | None) -> httpx.URL:
        whole = path if "://" in path else f"{str(self._base).rstrip('/')}{path}"
        try:
            address = httpx.URL(whole)
        except httpx.InvalidURL:
            address = httpx.URL()
        # Joined to the base, a page such as ".evil.example" or "@evil.example" would change the host.
        if _origin(address) != _origin(self._base) or address.userinfo:
            raise CallFailed(f"{self.title} names a next page at another place; it was not followed.")
        return address.copy_merge_params({**self._query, **(query or {})})

    def _judge(self, response: httpx.Response, what: str, wait: float | None, *, missing_ok: bool) -> Answer:
        status = response.status_code
        if response.is_success or (missing_ok and status == httpx.codes.NOT_FOUND):
            return Answer(
                status=status,
                document=self._document(response) if response.is_success else None,
                next=response.links.get("next", {}).get("url", ""),
                title=self.title,
            )
        raise CallFailed(self._complaint(response, what, wait), status=status)

    def _document(self, response: httpx.Response) -> Any:
        if not response.content.strip():
            return None
        try:
            return msgspec.json.decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = (
                f"{self.title} answered {response.status_code} with something else than JSON; is --api right?"
            )
            raise CallFailed(problem, status=response.status_code) from None

    def _complaint(self, response: httpx.Response, what: str, wait: float | None) -> str:
        """Return the sentence for an error status."""
        status, title = response.status_code, self.title
        said = self._said(response)
        if wait is not None and status < _SERVER_FAULT:
            return f"{title} gets too many requests ({status}). Try again in {max(wait, 1.0):.0f} s.{said}"
        if response.is_redirect:
            target = escape(response.headers.get("location", "").partition("?")[0], 200)
            return f"{title} has moved ({status}) to {target}; check --at and --api."
        if status >= _SERVER_FAULT:
            done = "" if response.request.method == "GET" else _UNSURE
            return f"{title} has a fault of its own ({status}). Try again later.{done}{said}"
        if status not in _ABOUT_RIGHTS:
            return f"{title} refused the request ({status}).{said or ' It gave no reason.'}"
        needs = f" It needs: {self._needs}." if self._needs else ""
        return f"{title} {_ABOUT_RIGHTS[status].format(what=what)} ({status}).{needs}{said}"

    def _said(self, response: httpx.Response) -> str:
        """Return what the other side says about an error: one line, clipped, without our secrets."""
        try:
            document = msgspec.json.decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        text = "; ".join(dict.fromkeys(_sentences(document)))
        for secret in self._hidden:
            text = text.replace(secret, "…")
        return f" It says: {escape(text, DETAIL_LIMIT)}" if text else ""

    def _no_answer(self, error: httpx.RequestError, *, safe: bool) -> str:
        """Return the sentence for a call that got no answer."""
        host = self._base.host
        sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        unsure = _UNSURE if sent and not safe else ""
        for cause in _causes(error):
            match cause:
                case ssl.SSLCertVerificationError():
                    return (
                        f"{host}'s certificate is not trusted: {escape(cause.verify_message, 200)}. "
                        "Behind TLS inspection, set SSL_CERT_FILE to the company's root certificates."
                    )
                case ssl.SSLError():
                    return f"{host} does not speak TLS as it should; is --api right?{unsure}"
                case socket.gaierror():
                    return f"The name {host} is not known to DNS; check --at, --api and the network."
                case ConnectionRefusedError():
                    return f"{host} refused the connection; check --api, the firewall and HTTPS_PROXY."
        if isinstance(error, httpx.TimeoutException):
            return f"{host} did not answer within {self._seconds:g} seconds.{unsure}"
        return f"The connection to {host} broke: {escape(str(error) or type(error).__name__, 200)}.{unsure}"


def _base(text: str) -> httpx.URL:
    try:
        base = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ConfigError("--api", f"{text!r} is no address: {error}.") from None
    in_range = base.port is None or 0 < base.port <= MAX_PORT
    if base.userinfo or base.query or base.fragment or not base.host or not in_range:
        raise ConfigError("--api", "must be a plain address such as https://api.example.com.")
    if base.scheme != "https" and not (base.scheme == "http" and base.host in _LOCAL):
        raise ConfigError("--api", "must begin with https://: the credential is sent there.")
    return base


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what is behind it; the telling one stands at the bottom."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _try_again(error: httpx.RequestError, *, safe: bool) -> bool:
    """Say whether a call without an answer may be made again: never sent, or harmless twice."""
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return False
    return safe or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)


def _wait(response: httpx.Response, tried: int, *, safe: bool) -> float | None:
    """Return how many seconds to wait before trying again, or None if that is no use."""
    headers = response.headers
    asked = retry_after(headers.get("retry-after", ""), headers.get("date", ""), time.time())
    status = response.status_code
    # GitHub says "too many" by a 403 as well: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    limited = status == httpx.codes.FORBIDDEN and (
        asked is not None or headers.get("x-ratelimit-remaining") == "0"
    )
    if status == _TOO_MANY or limited or (status >= _SERVER_FAULT and safe):
        return BACKOFF_SECONDS * 2 ** (tried - 1) if asked is None else asked
    return None


def _sentences(document: object, depth: int = 0) -> Iterator[str]:
    """Yield the texts of an error document, wherever the usual names hold them."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list) and depth < len(_SAID):
        for item in document[:3]:
            yield from _sentences(item, depth + 1)
    elif isinstance(document, dict) and depth < len(_SAID):
        for name in _SAID:
            yield from _sentences(document.get(name), depth + 1)
