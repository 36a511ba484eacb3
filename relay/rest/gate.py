"""The API's gate: it finds the device, keeps pace and size, and has the API built when there is time.

Loading FastAPI takes longer than everything else that a relay loads. A relay that starts again has
webhooks and desktops waiting, and mostly nobody at the API.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from relay.answers import Answer
from relay.asgi import Message, Receive, Scope, Send, read_body, refuse
from relay.errors import BadToken, BodyIncomplete, BodyTooLarge
from relay.event import Device
from relay.identity import Registry
from relay.pace import Pace
from relay.rest.parts import Parts
from relay.rest.problems import RESTARTING, SIGN_IN, TOO_LARGE, TOO_MANY, TOO_SLOW

PREFIX = "/v1"
OPENAPI = "/v1/openapi.json"
"""The API's own description. It is the same for everybody and says nothing of this relay: no token needed."""

BODY_LIMIT = 256 * 1024
"""Bytes of a request: a playbook with every script it may have, twice over."""
BODY_SECONDS = 10.0
"""How long a body may take."""
RATE = 10.0
BURST = 60
"""Requests of one device a second, and at once: a window full of lists asks for a dozen."""
RETRY_SECONDS = 5
WARM_SECONDS = 5.0
"""After so long the API is built, if nobody has asked: by then most desktops are back."""

_NO_STORE = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")


def _constant(status: int, error: str, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer.make(status, {"error": error}, _NO_STORE, *headers)


_UNKNOWN = _constant(401, SIGN_IN, (b"www-authenticate", b"Bearer"), _CLOSE)
_RESTARTING = _constant(503, RESTARTING, (b"retry-after", b"%d" % RETRY_SECONDS), _CLOSE)
_LARGE = _constant(413, TOO_LARGE, _CLOSE)
_SLOW = _constant(408, TOO_SLOW, _CLOSE)
_BEARER = b"bearer "


class Gate:
    """ASGI around the API: whoever isn't known, is too fast or says too much doesn't get in."""

    def __init__(self, parts: Parts, build: Callable[[Parts], Any]) -> None:
        """``build`` makes the API (ASGI). It is called once, in a thread.

        Who calls it is :meth:`warm_up`, or the first who may ask.
        """
        self._parts, self._build = parts, build
        self._app: Any = None
        self._building = asyncio.Lock()
        self._paces: dict[str, Pace] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        open_to_all = scope["path"] == OPENAPI
        if not (open_to_all or self._parts.accepting()):
            # Before the devices were read, a good token must not look like one that was revoked.
            await refuse(_RESTARTING, receive, send)
            return
        device = find_device(scope["headers"], self._parts.registry)
        if device is None and not open_to_all:
            await refuse(_UNKNOWN, receive, send)
            return
        if device is not None and (wait := self._pace(device).wait(self._parts.ticks())):
            seconds = b"%d" % (int(wait) + 1)
            await refuse(_constant(429, TOO_MANY, (b"retry-after", seconds), _CLOSE), receive, send)
            return
        try:
            _check_length(scope)
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, BODY_LIMIT)
        except BodyTooLarge:
            await refuse(_LARGE, receive, send)
        except TimeoutError:
            await refuse(_SLOW, receive, send)
        except BodyIncomplete:
            pass  # nobody is left to be told
        else:
            await self._serve({**scope, "state": {"device": device}}, body, receive, send)

    async def _serve(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Let the API answer; a bug of ours is one constant answer and a line in the log."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], _NO_STORE]}
            await send(message)

        try:
            app = self._app or await self._built()
            await app(scope, _replayed(body, receive), told)
        except Exception as error:  # noqa: BLE001 - the named edge of one request
            self._report(error, scope)

    async def warm_up(self) -> None:
        """Have the API built before somebody waits for it."""
        await asyncio.sleep(WARM_SECONDS)
        await self._built()

    async def _built(self) -> Any:
        async with self._building:
            if self._app is None:
                self._app = await asyncio.to_thread(self._build, self._parts)
        return self._app

    def _report(self, error: Exception, scope: Scope) -> None:
        """Log a bug of ours; never in the error's own words, which may quote what the request said."""
        self._parts.log.error("rest-failed", path=_route(scope), error=type(error).__name__)

    def _pace(self, device: Device) -> Pace:
        """Return a device's pace; there are no more of them than devices."""
        if device.id not in self._paces:
            self._paces[device.id] = Pace(RATE, BURST)
        return self._paces[device.id]


def _check_length(scope: Scope) -> None:
    """Refuse a body before it comes, if it says that it is too large.

    Raises:
        BodyTooLarge: it does. The HTTP parser lets only digits through.
    """
    if any(name == b"content-length" and int(value) > BODY_LIMIT for name, value in scope["headers"]):
        raise BodyTooLarge(BODY_LIMIT)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a way to receive a body that was read before, and then what follows."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        message = next(messages, None)
        return await receive() if message is None else message

    return again


def _route(scope: Scope) -> str:
    """Return the pattern of the address, which has no names in it."""
    return str(getattr(scope.get("route"), "path", ""))


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
