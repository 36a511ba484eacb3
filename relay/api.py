"""What the relay answers without a token: pairing, and health for whoever watches the process.

``POST /v1/pair`` exchanges a pairing code for a token, ``/livez`` says that the event loop runs and
``/readyz`` that the journal can be written. Every refusal of a code is one constant answer; the log
knows more.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger

from relay import identity
from relay.errors import BadPairingCode, StorageBusy, StorageError, TooManyTries
from relay.event import Device
from relay.identity import RandomBytes, Registry, Throttle
from relay.journal.base import Journal
from relay.peer import X_FORWARDED_FOR, Network, sender
from relay.protocol import PATH as SOCKET
from relay.protocol import Role

PAIR = "/v1/pair"

BODY_LIMIT = 4096
"""Bytes of a pairing request, which has about a hundred."""

READY_SECONDS = 1.0
"""How long an answer about the journal is good for: a stranger must not make it write all day."""

STORAGE_RETRY_SECONDS = 5

REFUSED = "This pairing code is not valid. Ask for a new one."
"""Whether it is wrong, used, expired or was tried too often: nothing to learn for who guesses."""


class PairRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a desktop sends to be paired."""

    code: str
    name: str = ""


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. The token is shown here once and never again."""

    token: str
    device: str
    agent: str
    teams: tuple[str, ...]
    role: Role
    leads: tuple[str, ...]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Every answer that is not a success."""

    error: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether webhooks and desktops can be served, and if not, why, in plain words."""

    ready: bool
    reasons: tuple[str, ...] = ()


def _json(content: msgspec.Struct, status: int = HTTPStatus.OK, **headers: str) -> Response:
    """Return a JSON answer that nobody may keep."""
    fields = {"Cache-Control": "no-store", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Response(msgspec.json.encode(content), status, fields, media_type="application/json")


def _problem(status: HTTPStatus, error: str, **headers: str) -> Response:
    return _json(Problem(error=error), status, **headers)


class Api:
    """An ASGI application."""

    def __init__(
        self,
        journal: Journal,
        registry: Registry,
        throttle: Throttle,
        *,
        clock: Callable[[], float],
        random_bytes: RandomBytes,
        log: FilteringBoundLogger,
        trusted: Sequence[Network] = (),
        forwarded: str = X_FORWARDED_FOR,
    ) -> None:
        """``clock`` gives Unix seconds; ``trusted`` are the proxies that write the header ``forwarded``."""
        self._journal, self._registry, self._throttle = journal, registry, throttle
        self._clock, self._random_bytes, self._log = clock, random_bytes, log
        self._trusted, self._forwarded = trusted, forwarded
        self._draining = False
        self._checked_at: float | None = None
        self._trouble: tuple[str, ...] = ()
        routes = [
            Route(PAIR, self._pair, methods=["POST"]),
            Route("/livez", self._live, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
            Route(SOCKET, _not_upgraded, methods=["GET"]),
        ]
        self._app = Starlette(routes=routes, exception_handlers={HTTPException: _unknown})
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request (ASGI)."""
        await self._app(scope, receive, send)

    def drain(self) -> None:
        """Say that the relay isn't ready any more: it is about to stop."""
        self._draining = True

    async def _live(self, _: Request) -> Response:
        """Say that the event loop runs: whoever reads this has the proof."""
        return Response("ok\n", headers={"Cache-Control": "no-store"}, media_type="text/plain")

    async def _ready(self, _: Request) -> Response:
        """Say whether the relay can do its work."""
        reasons = ("the relay is stopping",) if self._draining else await self._journal_trouble()
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return _json(Readiness(ready=not reasons, reasons=reasons), status)

    async def _journal_trouble(self) -> tuple[str, ...]:
        """Return what is wrong with the journal, at most ``READY_SECONDS`` old."""
        now = self._clock()
        if self._checked_at is None or not 0 <= now - self._checked_at < READY_SECONDS:
            self._checked_at = now
            try:
                await self._journal.check()
                self._trouble = ()
            except StorageBusy:
                self._trouble = ("the journal can't be written at the moment",)
            except StorageError:
                self._trouble = ("the journal is broken, and the relay has to be restarted",)
        return self._trouble

    async def _pair(self, request: Request) -> Response:
        """Exchange a pairing code for a token."""
        asked = await _read(request)
        if isinstance(asked, Response):
            return asked
        connection = request.client.host if request.client else ""
        address = str(sender(connection, request.scope["headers"], self._trusted, self._forwarded) or "")
        try:
            self._throttle.take(address)
            paired = await self._redeem(asked)
        except TooManyTries as error:
            self._log.warning("pairing-throttled", peer=address)
            wait = str(int(error.retry_after) + 1)
            return _problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many tries. Wait a while.", Retry_After=wait)
        except BadPairingCode as error:
            self._log.warning("pairing-refused", peer=address, reason=str(error))
            return _problem(HTTPStatus.FORBIDDEN, REFUSED)
        except StorageError as error:
            self._throttle.forgive(address)
            self._log.error("pairing-failed", reason=str(error))
            wait = str(STORAGE_RETRY_SECONDS)
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.", Retry_After=wait)
        self._throttle.forgive(address)
        return _json(paired)

    async def _redeem(self, asked: PairRequest) -> Paired:
        """Use up the invitation.

        Raises:
            BadPairingCode: there is none, or not any more.
            StorageError: nothing was changed.
        """
        code = identity.parse_code(asked.code)
        token = identity.new_token(self._random_bytes)
        now = self._clock()
        wanted = identity.new_device(asked.name, token, now=now, random_bytes=self._random_bytes)
        device: Device | None = await self._journal.redeem(
            code.id, identity.hash_secret(code.secret), wanted, now
        )
        if device is None:
            raise BadPairingCode("wrong, used, expired, or tried too often")
        self._registry.add(device)
        self._log.info("device-paired", device=device.id, agent=device.agent)
        return Paired(
            token=token,
            device=device.id,
            agent=device.agent,
            teams=device.teams,
            role=device.role,
            leads=device.leads,
        )


async def _read(request: Request) -> PairRequest | Response:
    """Return the request's content, or what to answer if it can't be one."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                text = f"A request has at most {BODY_LIMIT} bytes."
                return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text, Connection="close")
        return msgspec.json.decode(body, type=PairRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, ClientDisconnect):
        return _problem(HTTPStatus.BAD_REQUEST, "A request is a JSON object with a code and a name.")


async def _not_upgraded(_: Request) -> Response:
    """Answer a request for the WebSocket that came as a plain one: a proxy took the upgrade out of it.

    RFC 9110 section 15.5.22; the desktop tells people what it means.
    """
    said = "This is the desktops' WebSocket. Something on the way does not let the upgrade through."
    return _problem(HTTPStatus.UPGRADE_REQUIRED, said, Upgrade="websocket", Connection="Upgrade")


async def _unknown(_: Request, error: Exception) -> Response:
    """Answer what no route answers, in JSON like everything else."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    allow = (error.headers or {}).get("Allow") if isinstance(error, HTTPException) else None
    headers = {"Allow": allow} if allow else {}
    return _problem(status, f"{status.phrase}.", **headers)
