"""The API's gate: it finds the device, keeps pace and size, and has the API built when there is time.

Loading FastAPI takes longer than everything else that a relay loads. A relay that starts again has
webhooks and desktops waiting, and mostly nobody at the API.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from relay.asgi import Message, Receive, Scope, Send, refuse
from relay.event import Device
from relay.pace import Pace
from relay.rest.door import NO_STORE, NOT_READY, UNKNOWN, find_device, refusal, take_body
from relay.rest.parts import Parts
from relay.rest.problems import TOO_MANY

PREFIX = "/v1"
OPENAPI = "/v1/openapi.json"
"""The API's own description. It is the same for everybody and says nothing of this relay: no token needed."""

BODY_LIMIT = 256 * 1024
"""Bytes of a request: a playbook with every script it may have, twice over."""
RATE = 10.0
BURST = 60
"""Requests of one device a second, and at once: a window full of lists asks for a dozen."""
WARM_SECONDS = 5.0
"""After so long the API is built, if nobody has asked: by then most desktops are back."""


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
            await refuse(NOT_READY, receive, send)
            return
        device = find_device(scope["headers"], self._parts.registry)
        if device is None and not open_to_all:
            await refuse(UNKNOWN, receive, send)
            return
        if device is not None and (wait := self._pace(device).wait(self._parts.ticks())):
            seconds = b"%d" % (int(wait) + 1)
            await refuse(refusal(429, TOO_MANY, (b"retry-after", seconds)), receive, send)
            return
        body = await take_body(scope, receive, send, BODY_LIMIT)
        if body is not None:
            await self._serve({**scope, "state": {"device": device}}, body, receive, send)

    async def _serve(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Let the API answer; a bug of ours is one constant answer and a line in the log."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], NO_STORE]}
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
