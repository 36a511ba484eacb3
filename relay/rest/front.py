"""The API's door: FastAPI behind a gate that finds the device, keeps the pace and the size.

FastAPI is for what people and programs ask now and then. Webhooks and the WebSocket don't pass here.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from relay.answers import Answer
from relay.asgi import Message, Receive, Scope, Send, read_body, refuse
from relay.errors import BodyIncomplete, BodyTooLarge, StorageError
from relay.event import Device
from relay.pace import Pace
from relay.rest import actions, broadcast, devices, events, filters, notifications, people, playbooks
from relay.rest.caller import find_device
from relay.rest.parts import Parts
from relay.rest.problems import BROKEN, BUSY, RESTARTING, SIGN_IN, TOO_LARGE, TOO_MANY, TOO_SLOW, Refused
from relay.rest.shapes import Problem

PREFIX = "/v1"
OPENAPI = "/v1/openapi.json"
"""The API's own description. It is the same for everybody and says nothing of this relay: no token needed."""

ROUTERS = (
    devices.router,
    notifications.router,
    events.router,
    playbooks.router,
    actions.router,
    people.router,
    filters.router,
    broadcast.router,
)

BODY_LIMIT = 256 * 1024
"""Bytes of a request: a playbook with every script it may have, twice over."""
BODY_SECONDS = 10.0
"""How long a body may take."""
RATE = 10.0
BURST = 60
"""Requests of one device a second, and at once: a window full of lists asks for a dozen."""
RETRY_SECONDS = 5
MAX_SENTENCE = 500

_NO_STORE = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")


def _constant(status: int, error: str, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer.make(status, {"error": error}, _NO_STORE, *headers)


_UNKNOWN = _constant(401, SIGN_IN, (b"www-authenticate", b"Bearer"), _CLOSE)
_RESTARTING = _constant(503, RESTARTING, (b"retry-after", b"%d" % RETRY_SECONDS), _CLOSE)
_LARGE = _constant(413, TOO_LARGE, _CLOSE)
_SLOW = _constant(408, TOO_SLOW, _CLOSE)


class Gate:
    """ASGI around the API: whoever isn't known, is too fast or says too much doesn't get in."""

    def __init__(self, app: Any, parts: Parts) -> None:
        self._app, self._parts = app, parts
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
            await self._app(scope, _replayed(body, receive), told)
        except Exception as error:  # noqa: BLE001 - the named edge of one request
            self._report(error, scope)

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


def rest(parts: Parts) -> Gate:
    """Build the API."""
    app = FastAPI(
        title="Deskbell",
        summary="What a relay knows, for desktops, team leads and IT.",
        version="1",
        openapi_url=OPENAPI,
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        responses=_PROBLEMS,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.parts = parts
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    handlers: dict[Any, Callable[..., Any]] = {
        Refused: _refused,
        HTTPException: _unknown,
        RequestValidationError: _invalid,
        StorageError: _busy,
        Exception: _broken,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    return Gate(app, parts)


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        401: "No token, or one that is not good.",
        403: "The caller's role does not allow it.",
        404: "There is nothing, or nothing for the caller.",
        408: "The request came too slowly.",
        413: "The request is too large.",
        422: "The request can be read, but not be meant.",
        429: "Too many requests of this device.",
        503: "The relay restarts, or its journal can't be reached at the moment.",
    }.items()
}


async def _refused(_: Request, error: Refused) -> JSONResponse:
    return JSONResponse(error.content(), error.status, error.headers)


async def _unknown(_: Request, error: HTTPException) -> JSONResponse:
    """Answer what no route answers, in JSON like everything else."""
    sentence = f"{HTTPStatus(error.status_code).phrase}."
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """Say which fields are wrong, and never what was in them."""
    return JSONResponse({"error": sentence_of(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _busy(_: Request, __: StorageError) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return JSONResponse({"error": BUSY}, HTTPStatus.SERVICE_UNAVAILABLE, headers)


async def _broken(_: Request, __: Exception) -> JSONResponse:
    """Answer for a bug of ours; the gate writes it down."""
    return JSONResponse({"error": BROKEN}, HTTPStatus.INTERNAL_SERVER_ERROR)


def sentence_of(error: RequestValidationError) -> str:
    """Put what is wrong with a request into one sentence: ``days: Input should be …``."""
    found = [
        f"{'.'.join(str(part) for part in one['loc'][1:]) or str(one['loc'][0])}: {one['msg']}."
        for one in error.errors()
    ]
    return " ".join(found).encode("utf-8", "replace").decode()[:MAX_SENTENCE]
