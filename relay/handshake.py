"""Who may open a WebSocket: decided from the upgrade request alone. Pure.

Everything that the request's sender learns is a status and a constant sentence.
"""

from collections.abc import Set as AbstractSet
from http import HTTPStatus

import msgspec
from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request, Response

from relay import protocol

RETRY_AFTER_SECONDS = 5
"""What a desktop is told to wait when the relay is full or about to stop; it adds its own jitter."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no WebSocket: what the sender is told, and ``reason``, a word for log and metrics."""

    status: HTTPStatus
    text: str
    reason: str
    headers: tuple[tuple[str, str], ...] = ()

    def response(self) -> Response:
        """Return the whole HTTP answer, which ends the connection."""
        body = f"{self.text}\n".encode()
        fields = [
            ("Connection", "close"),
            ("Content-Length", str(len(body))),
            ("Content-Type", "text/plain; charset=utf-8"),
            *self.headers,
        ]
        return Response(self.status.value, self.status.phrase, Headers(fields), body)


_RETRY = (("Retry-After", str(RETRY_AFTER_SECONDS)),)

MALFORMED = Refusal(
    status=HTTPStatus.BAD_REQUEST, text="This is not a WebSocket upgrade.", reason="malformed"
)
NOT_FOUND = Refusal(status=HTTPStatus.NOT_FOUND, text="There is nothing here.", reason="path")
FOREIGN = Refusal(status=HTTPStatus.FORBIDDEN, text="This origin may not connect.", reason="origin")
UNKNOWN = Refusal(
    status=HTTPStatus.UNAUTHORIZED,
    text="A valid device token is needed.",
    reason="token",
    headers=(("WWW-Authenticate", "Bearer"),),
)
DRAINING = Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE, text="The relay is restarting.", reason="draining", headers=_RETRY
)
FULL = Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE, text="The relay is full.", reason="full", headers=_RETRY
)


def judge(request: Request, origins: AbstractSet[str]) -> str | Refusal:
    """Return the token that an upgrade request presents, or why it is refused whoever sent it.

    A browser's page always says its origin and is refused unless it is listed in ``origins``; a
    desktop has none. The token is taken from the Authorization header only: one in the URL would end
    up in the logs of proxies, and must not be rewarded by working.
    """
    path, question_mark, _ = request.path.partition("?")
    if path != protocol.PATH:
        return NOT_FOUND
    said = request.headers.get_all("Origin")
    if said and (len(said) > 1 or said[0] not in origins):
        return FOREIGN
    if question_mark:
        return UNKNOWN
    try:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    except MultipleValuesError:
        return UNKNOWN
    return token.strip() if scheme.lower() == "bearer" and token.strip() else UNKNOWN
