"""The little of ASGI that the door for webhooks needs: a body within limits, an answer, and a refusal."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from relay.answers import Answer
from relay.errors import BodyIncomplete, BodyTooLarge

LINGER_SECONDS = 2.0
"""How long an unread body is thrown away after a refusal, so that the answer isn't lost to a TCP reset."""

LINGER_BYTES = 16 * 1024 * 1024
"""How much of it at most."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def read_body(receive: Receive, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLarge: as soon as more than ``limit`` bytes have come.
        BodyIncomplete: the sender went away.
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyIncomplete(f"the sender left after {size} bytes")
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(limit)
        if not message.get("more_body", False):
            return b"".join([*pieces, piece]) if pieces else piece
        pieces.append(piece)


def target_of(scope: Scope) -> bytes:
    """Return path and query as they were sent."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


async def answer(response: Answer, send: Send) -> None:
    """Send a response to a request whose body was read."""
    await send(response.start)
    await send({"type": "http.response.body", "body": response.body})


async def refuse(response: Answer, receive: Receive, send: Send) -> None:
    """Answer before the body was read, then close.

    Closing a socket with unread bytes makes the kernel send a reset, which can destroy the answer
    on its way (RFC 9112 section 9.6): so the rest of the body is thrown away first, within limits.
    """
    await send(response.start)
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    left = LINGER_BYTES
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0 and (message := await receive())["type"] == "http.request":
                if not message.get("more_body", False):
                    break
                left -= len(message["body"])
    except TimeoutError:
        pass  # a sender that neither finishes nor leaves is cut off
    await send({"type": "http.response.body", "body": b""})
