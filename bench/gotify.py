"""The far end that gotify-tray wants: of a Gotify server's interface just what the program asks for.

See https://gotify.net/api-docs: ``GET /application``, ``GET /message``, an application's picture, and
messages as JSON over the WebSocket ``/stream``. Nothing is stored and nothing is checked.
"""

import asyncio
import json
import threading
import time
from http import HTTPStatus
from types import TracebackType
from typing import Self

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from bench.client import HOST

TOKEN = "CpeerBesideOurs"
PRIORITY = 8
"""gotify-tray shows messages from 5 on."""

_APPLICATION = {
    "id": 1,
    "token": "ApeerBesideOurs",
    "name": "Tickets",
    "description": "",
    "internal": False,
    "image": "image/1.png",
}
_ANSWERS: dict[str, object] = {
    "/application": [_APPLICATION],
    "/message": {"messages": [], "paging": {"size": 0, "limit": 100, "since": 0}},
}


class Gotify:
    """The server, on a thread of its own. A context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gotify", daemon=True)
        self._listening, self._stop = threading.Event(), asyncio.Event()
        self._streams: set[ServerConnection] = set()
        self.connected = threading.Event()
        """Set by each new stream; whoever waits for the next one clears it."""
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def send(self, number: int) -> None:
        """Send a message to every stream, from any thread."""
        self._loop.call_soon_threadsafe(self._broadcast, message(number))

    def _broadcast(self, text: str) -> None:
        for stream in self._streams:
            self._loop.create_task(stream.send(text))

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with serve(self._stream, HOST, 0, process_request=_answer, ping_interval=None) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._listening.set()
            await self._stop.wait()

    async def _stream(self, stream: ServerConnection) -> None:
        self._streams.add(stream)
        self.connected.set()
        try:
            await stream.wait_closed()
        finally:
            self._streams.discard(stream)


def message(number: int) -> str:
    """Return a message as a Gotify server sends it, about as long as our toasts' words."""
    fields = {
        "id": number,
        "appid": 1,
        "title": f"New ticket #{number}",
        "message": "The invoice shows the wrong amount\nI was charged twice this month. "
        "Please have a look at both invoices.",
        "priority": PRIORITY,
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    return json.dumps(fields)


def _answer(connection: ServerConnection, request: Request) -> Response | None:
    path = request.path.partition("?")[0]
    if path == "/stream":
        return None
    found = _ANSWERS.get(path)
    if found is None:
        return connection.respond(HTTPStatus.NOT_FOUND, "")
    body = json.dumps(found).encode()
    headers = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return Response(HTTPStatus.OK, HTTPStatus.OK.phrase, headers, body)
