"""The API: FastAPI with all routes, and one shape for whatever goes wrong.

FastAPI is for what people and programs ask now and then. Webhooks and the WebSocket don't pass here.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from relay.errors import StorageError
from relay.rest import actions, broadcast, devices, events, filters, notifications, people, playbooks
from relay.rest.door import RETRY_SECONDS
from relay.rest.gate import OPENAPI, PREFIX
from relay.rest.parts import Parts
from relay.rest.problems import BROKEN, BUSY, Refused
from relay.rest.shapes import Problem

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

MAX_SENTENCE = 500


def rest(parts: Parts) -> FastAPI:
    """Build the API; :class:`relay.rest.gate.Gate` stands before it."""
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
    return app


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
