"""Exchange a pairing code for a token, over the relay's REST; every failure is a sentence for the agent.

httpx is imported by the first exchange: an app that is paired doesn't need its 10 MiB.
"""

import math
import os
import ssl
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from desktop.address import Account, RelayAddress
from desktop.i18n import tr
from desktop.proxies import BadProxy, Network, Route
from desktop.trust import BadAuthority, tls_context
from desktop.tunnel import HTTP_AUTHENTICATION_REQUIRED
from desktop.verdicts import PROXY_SIGN_IN

if TYPE_CHECKING:
    import httpx

LIMIT_SECONDS = 15.0
"""For the whole exchange: a person is waiting."""

MAX_ANSWER = 64 * 1024
"""Bytes; an answer has some hundred. More is a web page."""


class PairingFailed(Exception):
    """The exchange did not work. The text is a sentence for the agent, free of technical words.

    ``address`` says that the relay's address may be the mistake, rather than the code.
    """

    def __init__(self, sentence: str, *, address: bool = False) -> None:
        super().__init__(sentence)
        self.address = address


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The relay's answer to a good code."""

    account: Account
    token: str = field(repr=False)


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a 200."""

    token: Annotated[str, msgspec.Meta(min_length=16, max_length=1024, pattern=r"^[!-~]+\Z")]
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    agent: Annotated[str, msgspec.Meta(max_length=320)]
    teams: tuple[str, ...] = ()


def exchange(
    address: RelayAddress,
    code: str,
    name: str,
    *,
    network: Network | None = None,
) -> Paired:
    """Exchange ``code`` for a token; ``name`` is what IT will see as this computer's name.

    Blocks up to some 15 seconds: run it by :class:`desktop.bridge.Errand`.

    Raises:
        PairingFailed: with the sentence to show.
    """
    import httpx

    if not code.strip():
        raise PairingFailed(tr("Please enter the pairing code."))
    try:
        way = network or Network(environ=os.environ)
        client = http_client(way.route(address), tls_context(way.authority))
        status, headers, body = _post(client, address, {"code": code.strip(), "name": name})
    except (BadProxy, BadAuthority) as problem:
        raise PairingFailed(str(problem)) from problem
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise PairingFailed(_why(error, address), address=True) from error
    if status != HTTPStatus.OK:
        raise _refusal(status, headers, address)
    return _read(body, address)


def http_client(route: Route, trust: ssl.SSLContext) -> "httpx.Client":
    """Make a client that goes the same way as the link will."""
    import httpx

    return httpx.Client(
        verify=trust,
        proxy=None if route.proxy is None else route.proxy.url,
        trust_env=False,  # the route has asked the environment
        timeout=httpx.Timeout(LIMIT_SECONDS / 3, connect=LIMIT_SECONDS / 1.5),
        follow_redirects=False,  # the code goes to whom it was meant for, or nowhere
    )


def _post(
    client: "httpx.Client", address: RelayAddress, message: dict[str, str]
) -> tuple[int, "httpx.Headers", bytes]:
    """Send the message; return status, headers and the beginning of the body."""
    with client, client.stream("POST", address.pair, json=message) as response:
        return response.status_code, response.headers, _first_bytes(response)


def _first_bytes(response: "httpx.Response") -> bytes:
    """Read no more than a little beyond the limit."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER:
            break
    return body


def _why(error: Exception, address: RelayAddress) -> str:
    """Return the sentence for an exchange that did not get an answer."""
    import httpx

    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLCertVerificationError):
            return tr(
                "The certificate of {base} is not trusted by this computer ({verify_message}). "
                "Please ask your IT.",
                base=address.base,
                verify_message=chain.verify_message,
            )
        if isinstance(chain, ssl.SSLError):
            return tr(
                "No protected connection to {base} could be made. Please ask your IT.", base=address.base
            )
        chain = chain.__cause__ or chain.__context__
    if isinstance(error, httpx.TimeoutException):
        return tr("{base} did not answer in time. Please try again.", base=address.base)
    if isinstance(error, httpx.ProxyError) and str(error).startswith(str(HTTP_AUTHENTICATION_REQUIRED)):
        return tr(PROXY_SIGN_IN.reason)
    if isinstance(error, httpx.ProxyError):
        return tr("The proxy of this network did not let the connection through. Please ask your IT.")
    return tr("{base} could not be reached. Please check the address and your network.", base=address.base)


def _refusal(status: int, headers: "httpx.Headers", address: RelayAddress) -> PairingFailed:
    """Return the failure for a status other than 200."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = _seconds(headers.get("retry-after"), 600.0)
        minutes = max(1, math.ceil(wait / 60))
        said = tr("%n minutes", one="%n minute", n=minutes)
        return PairingFailed(
            tr("Too many wrong codes were tried. Please wait {said}, then try again.", said=said)
        )
    if _is_page(status, headers):
        return PairingFailed(_captive(address), address=True)
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        return PairingFailed(
            tr(
                "This code was not accepted. It may be mistyped, used already, or older than ten minutes. "
                "Please ask for a new one."
            )
        )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return PairingFailed(tr("The relay is not ready at the moment. Please try again."))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PairingFailed(tr("The relay has a problem at the moment. Please try again, or ask your IT."))
    return PairingFailed(_not_ours(address), address=True)


def _read(body: bytes, address: RelayAddress) -> Paired:
    """Read the answer to a good code."""
    if body.lstrip()[:1] == b"<":
        raise PairingFailed(_captive(address), address=True)
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise PairingFailed(_not_ours(address), address=True) from None
    account = Account(relay=address.base, device=answer.device, agent=answer.agent, teams=answer.teams)
    return Paired(account=account, token=answer.token)


def _is_page(status: int, headers: "httpx.Headers") -> bool:
    """Say whether a page for people was sent instead of an answer: a hotel's, a proxy's, a sign-in."""
    if 300 <= status < 400 or status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:  # noqa: PLR2004 - RFC 9110
        return True
    html = headers.get("content-type", "").startswith("text/html")
    return html and status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}


def _captive(address: RelayAddress) -> str:
    return tr(
        "Instead of {base} a web page answered. "
        "This network may want you to sign in first: please open a browser, or check the address.",
        base=address.base,
    )


def _not_ours(address: RelayAddress) -> str:
    return tr("There is no Deskbell relay at {base}. Please check the address.", base=address.base)


def _seconds(value: str | None, otherwise: float) -> float:
    """Read a Retry-After of seconds (RFC 9110 section 10.2.3); its other form, a date, isn't used by us."""
    return min(float(value), 86400.0) if value and value.isascii() and value.isdigit() else otherwise


def save_account(path: Path, account: Account) -> None:
    """Write the account to ``path`` (JSON, mode 0600), all or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(asdict(account))))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def load_account(path: Path) -> Account | None:
    """Return the account of an earlier pairing; None if there is none, or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Account)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
