"""Whether providers reach the relay under an address, and what of a request arrives through proxies.

The probe is a delivery without a signature: the relay refuses it like any stranger's, tells it
nothing, and keeps what it looked like in its journal, where only the operator can read it. So there
is no door for this that anyone else could use.
"""

import asyncio
import hashlib
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from urllib.parse import urlsplit

import httpx
import msgspec

from relay.errors import ConfigError
from relay.journal.base import Journal
from relay.log import escape
from relay.refusals import Refusal
from relay.source import Source

ANSWER_SECONDS = 10.0
"""Providers wait from 3 to 30 seconds; a tunnel that needs longer than this is no good."""

KEPT_SECONDS = 5.0
"""The relay stores what it refused once a second."""

ASK_SECONDS = 0.1

LOOKED_AT = 50
"""Refused requests among which the probe is looked for."""

AGENT = "deskbell-tunnel-check"

QUERY = "a=%7E%2fb&a=c+d&probe"
"""Escapes in both cases, a name twice, a plus, a name without a value: what proxies tend to tidy up."""

BODY = b'{"probe": "\xc3\xa4\\u00e4", "b":1.0,\r\n "a" : [ ]}\n'
"""Both spellings of one character, two kinds of line ends, blanks, a float: likewise."""

_HOPS = frozenset({"connection", "keep-alive", "te", "transfer-encoding", "content-length", "host"})
"""Headers that belong to each connection and may change on the way."""

_SHOWN = frozenset(
    {"host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "forwarded"}
    | {"x-real-ip", "via"}
)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out, for a person; ``reached`` if a provider's request would arrive."""

    reached: bool
    lines: tuple[str, ...]


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent. ``path`` is that under which the relay takes deliveries."""

    nonce: str
    path: str
    headers: tuple[str, ...]


Sleep = Callable[[float], Awaitable[None]]


async def check(
    url: str, source: Source, journal: Journal, *, sleep: Sleep = asyncio.sleep, nonce: str = ""
) -> Report:
    """Knock at the relay from outside, and look into its journal for what arrived.

    Raises:
        ConfigError: ``url`` is no address.
    """
    base = _base(url, source.name)
    nonce = nonce or secrets.token_hex(8)
    lines = list(_about_address(base, source))
    async with _client(base) as client:
        living = await _living(client, base)
        lines.append(living.sentence)
        if not living.good:
            return Report(reached=False, lines=tuple(lines))
        probe, answered = await _knock(client, base, source.name, nonce)
    lines.append(answered)
    seen = await _seen(journal, source.name, nonce, sleep)
    if seen is None:
        lines.append(
            "The relay whose journal is configured here did not get it: another relay may stand there."
        )
        return Report(reached=False, lines=tuple(lines))
    lines += ["", "What the relay sees of a provider's request:", *compare(probe, seen)]
    return Report(reached=True, lines=tuple(lines))


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    good: bool
    sentence: str


def _base(url: str, source: str) -> str:
    """Return the address before ``/hooks/``."""
    try:
        address = httpx.URL(url)
        urlsplit(url).port  # noqa: B018 - raises if the address has an impossible one
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigError("URL", f"{url!r} is no address: {error}.") from None
    if address.scheme not in {"http", "https"} or not address.host or address.query:
        raise ConfigError("URL", f"{url!r} is no address such as https://hooks.example.com")
    return url.rstrip("/").removesuffix(f"/hooks/{source}").rstrip("/")


def _client(base: str) -> httpx.AsyncClient:
    local = httpx.URL(base).host in {"127.0.0.1", "::1", "localhost"}
    return httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=False, trust_env=not local)


def _about_address(base: str, source: Source) -> Iterator[str]:
    address = httpx.URL(base)
    if address.scheme == "http" and not _is_local(address.host):
        yield "Note: it is http; nearly all providers send to https only, and a token would be readable."
    if address.port is not None:
        yield f"Note: it has the port {address.port}; some providers send to 443 only."
    if source.public_url and source.public_url.rstrip("/") != base:
        yield (
            f"Note: public_url of {source.name} is {source.public_url}; providers that sign the address "
            f"need {base} there."
        )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _living(client: httpx.AsyncClient, base: str) -> _Step:
    try:
        response = await client.get(f"{base}/livez")
    except httpx.TransportError as error:
        return _Step(good=False, sentence=f"{base}/livez: {reason(error)}.")
    status = response.status_code
    if response.is_redirect:
        where = escape(response.headers.get("location", "somewhere else"), 200)
        sentence = f"{base}/livez redirects to {where}; providers do not follow. Use that address instead."
        return _Step(good=False, sentence=sentence)
    if status != httpx.codes.OK or response.content.strip() != b"ok":
        return _Step(good=False, sentence=f"{base}/livez: {_stranger(response)}")
    server = response.headers.get("server", "")
    through = f", through {escape(server, 60)}" if server and "uvicorn" not in server else ""
    return _Step(good=True, sentence=f"{base}/livez: the relay answers{through}.")


def _stranger(response: httpx.Response) -> str:
    """Say what something that is not the relay answered."""
    status, page = response.status_code, "html" in response.headers.get("content-type", "")
    if status in {httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT}:
        return f"a proxy answers {status}: it does not reach the relay. Is it running, and on that port?"
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return f"something in front answers {status}: it wants people to sign in; let /hooks/ through."
    if status == httpx.codes.OK and page:
        return "a web page answers, not the relay: a tunnel's warning, or another site."
    return f"something answers {status} that is not the relay: the path's prefix may be wrong."


def reason(error: httpx.TransportError) -> str:
    """Return what went wrong on the way, in plain words."""
    causes = list(_causes(error))
    text = " ".join(str(cause) for cause in causes)
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {ANSWER_SECONDS:g} s; a firewall may swallow it"
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate" in text.lower():
        return "the certificate is not one that providers trust (expired, self-signed, or for another name)"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "the connection was refused; nothing listens there"
    if "Name or service not known" in text or "getaddrinfo" in text or "name resolution" in text:
        return "the name is not known in the DNS"
    return str(error).rstrip(".") or type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    below: BaseException | None = error
    while below is not None:
        yield below
        below = below.__cause__ or below.__context__


async def _knock(client: httpx.AsyncClient, base: str, source: str, nonce: str) -> tuple[Probe, str]:
    path = f"/hooks/{source}"
    headers = {"user-agent": f"{AGENT}/{nonce}", "content-type": "application/json", "x-probe-time": nonce}
    plain = httpx.URL(f"{base}{path}")
    address = plain.copy_with(raw_path=plain.raw_path + b"?" + QUERY.encode())  # as it stands, not tidied up
    request = client.build_request("POST", address, content=BODY, headers=headers)
    probe = Probe(nonce=nonce, path=path, headers=tuple(name.lower() for name in request.headers))
    try:
        response = await client.send(request)
    except httpx.TransportError as error:
        return probe, f"{base}{path}: {reason(error)}."
    status = response.status_code
    if status == httpx.codes.NOT_FOUND:
        return probe, f"{base}{path}: answers 404. Is this source configured in the relay that runs?"
    return probe, f"{base}{path}: refuses a stranger with {status}, as it should."


async def _seen(journal: Journal, source: str, nonce: str, sleep: Sleep) -> Refusal | None:
    """Return the probe as it arrived, None if it did not within ``KEPT_SECONDS``."""
    for _ in range(int(KEPT_SECONDS / ASK_SECONDS)):
        for kept in await journal.refusals(limit=LOOKED_AT, source=source):
            if any(name == "user-agent" and nonce in value for name, value in kept.refusal.headers):
                return kept.refusal
        await sleep(ASK_SECONDS)
    return None


def compare(probe: Probe, seen: Refusal) -> Iterator[str]:
    """Yield what became of the probe on its way: address, path, headers, body."""
    headers = dict(seen.headers)
    yield f"  host           {escape(headers.get('host', 'none'), 200)}"
    yield f"  sender         {seen.peer or 'not known'}{_sender_note(seen, headers)}"
    for name in sorted(_SHOWN & headers.keys() - {"host"}):
        yield f"  {name.ljust(14)} {escape(headers[name], 200)}"
    yield f"  path           {_path_note(probe, seen)}"
    yield f"  headers added  {_listed(set(headers) - set(probe.headers) - _HOPS)}"
    yield f"  headers lost   {_listed(set(probe.headers) - set(headers) - _HOPS)}"
    yield f"  body           {_body_note(seen)}"


def _sender_note(seen: Refusal, headers: dict[str, str]) -> str:
    forwarded = {"x-forwarded-for", "forwarded"} & headers.keys()
    if forwarded and _is_private(seen.peer):
        return " (a proxy's; name it in server.trusted_proxies, or allow_networks can't tell senders apart)"
    return ""


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def _path_note(probe: Probe, seen: Refusal) -> str:
    path, _, query = seen.target.partition("?")
    names = [part.partition("=")[0] for part in query.split("&")]
    wanted = [part.partition("=")[0] for part in QUERY.split("&")]
    if path != probe.path:
        return f"{escape(path, 200)}, not {probe.path}: something rewrites it"
    if names[: len(wanted)] != wanted:
        return f"{path}; its query was rewritten, so that signatures of the URL will not fit"
    return f"{path}, with its query as it was sent"


def _body_note(seen: Refusal) -> str:
    if seen.size is None:
        return "was not read: the request was refused before"
    if seen.digest != hashlib.sha256(BODY).hexdigest():
        return "was CHANGED on the way: no signature of a body will fit"
    return "arrived as it was sent, to the last byte"


def _listed(names: Sequence[str] | set[str]) -> str:
    return escape(", ".join(sorted(names)), 400) or "none"
