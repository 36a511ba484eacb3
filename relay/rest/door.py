"""What everybody meets who asks with a device's token: who is it, how much comes, and the refusals."""

import asyncio
from collections.abc import Iterable

from relay.answers import Answer
from relay.asgi import Receive, Scope, Send, read_body, refuse
from relay.errors import BadToken, BodyIncomplete, BodyTooLarge
from relay.event import Device
from relay.identity import Registry
from relay.rest.problems import RESTARTING, SIGN_IN, TOO_LARGE, TOO_SLOW

BODY_SECONDS = 10.0
"""How long a body may take."""
RETRY_SECONDS = 5

NO_STORE = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")
_BEARER = b"bearer "


def refusal(status: int, error: str, *headers: tuple[bytes, bytes]) -> Answer:
    """Return a constant answer to a request whose body isn't read."""
    return Answer.make(status, {"error": error}, NO_STORE, *headers, _CLOSE)


NOT_READY = refusal(503, RESTARTING, (b"retry-after", b"%d" % RETRY_SECONDS))
UNKNOWN = refusal(401, SIGN_IN, (b"www-authenticate", b"Bearer"))
_LARGE = refusal(413, TOO_LARGE)
_SLOW = refusal(408, TOO_SLOW)


def find_device(headers: Iterable[tuple[bytes, bytes]], registry: Registry) -> Device | None:
    """Return the device whose token a request shows, None if it shows none that is good.

    Only the Authorization header counts: a token in the address would end up in the logs of proxies.
    """
    shown = [value for name, value in headers if name == b"authorization"]
    if len(shown) != 1 or shown[0][: len(_BEARER)].lower() != _BEARER:
        return None
    try:
        return registry.by_token(shown[0][len(_BEARER) :].strip().decode("latin-1"))
    except BadToken:
        return None


async def take_body(scope: Scope, receive: Receive, send: Send, limit: int) -> bytes | None:
    """Return the body of at most ``limit`` bytes; None if whoever sent it was refused, or has left."""
    try:
        _check_length(scope, limit)
        async with asyncio.timeout(BODY_SECONDS):
            return await read_body(receive, limit)
    except BodyTooLarge:
        await refuse(_LARGE, receive, send)
    except TimeoutError:
        await refuse(_SLOW, receive, send)
    except BodyIncomplete:
        pass  # nobody is left to be told
    return None


def _check_length(scope: Scope, limit: int) -> None:
    """Refuse a body before it comes, if it says that it is too large.

    Raises:
        BodyTooLarge: it does. The HTTP parser lets only digits through.
    """
    if any(name == b"content-length" and int(value) > limit for name, value in scope["headers"]):
        raise BodyTooLarge(limit)
