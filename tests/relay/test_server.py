"""The limits on the part of a request before its body, over real sockets."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from websockets.sync.client import connect

from relay.server import MAX_HEAD, MAX_HEADERS, MAX_URL, GuardedProtocol

Serve = Callable[..., int]

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


class Impatient(GuardedProtocol):
    """Waits a twentieth of a second for the head of a request."""

    head_seconds = 0.05


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Read the body, answer its length; accept WebSockets and echo one message."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        message = await receive()
        await send({"type": "websocket.send", "text": message["text"]})
        return
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = b"%d" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(serve: Serve) -> int:
    """Give the port of a guarded server."""
    return serve(_app, http=GuardedProtocol)


def _talk(port: int, *pieces: bytes) -> bytes:
    """Send the pieces one after the other; return everything until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _read_until(connection: socket.socket, end: bytes) -> None:
    answer = b""
    while not answer.endswith(end):
        piece = connection.recv(65536)
        assert piece, f"closed after {answer!r}"
        answer += piece


CLOSE = b"Connection: close\r\n\r\n"


def _lines(count: int) -> bytes:
    return b"".join(b"X-%d: 1\r\n" % number for number in range(count))


def test_at_the_limits(port: int) -> None:
    """A request at the limits of address, header count and header bytes is served."""
    address = b"/" + b"a" * (MAX_URL - 1)
    assert _talk(port, b"GET %s HTTP/1.1\r\n" % address + CLOSE).startswith(b"HTTP/1.1 200 ")
    assert _talk(port, HEAD + _lines(MAX_HEADERS - 2) + CLOSE).startswith(b"HTTP/1.1 200 ")
    wide = b"X: " + b"a" * (MAX_HEAD - 100) + b"\r\n"
    assert _talk(port, HEAD + wide + CLOSE).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /%s HTTP/1.1\r\n" % (b"a" * MAX_URL) + CLOSE, b"414"),
        (b"GET /%s" % (b"a" * 32 * 1024), b"414"),
        (HEAD + _lines(MAX_HEADERS - 1) + CLOSE, b"431"),
        (HEAD + _lines(200) + CLOSE, b"431"),
        (HEAD + b"X: " + b"a" * 64 * 1024 + b"\r\n" + CLOSE, b"431"),
        (HEAD + b"X: " + b"a" * 1024 * 1024, b"431"),
        (HEAD + b"X\x00Y: 1\r\n" + CLOSE, b"400"),
    ],
    ids=["long address", "endless address", "one header more", "200 headers", "wide", "endless", "malformed"],
)
def test_over_a_limit(port: int, request_bytes: bytes, status: bytes) -> None:
    """A head over a limit is refused with that limit's status, and the connection ends."""
    assert _talk(port, request_bytes).startswith(b"HTTP/1.1 %s " % status)


def test_many_small_pieces(port: int) -> None:
    """A header that comes in many pieces is limited before it is complete."""
    pieces = [b"a" * 1024] * (MAX_HEAD // 1024 + 1)
    assert _talk(port, HEAD + b"X: ", *pieces).startswith(b"HTTP/1.1 431 ")


def test_large_body_is_not_a_head(port: int) -> None:
    """The limit on headers does not count a body, nor the request that follows it."""
    request = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n"
    answer = _talk(port, request + b"\r\n" + b"a" * 200_000 + request + CLOSE + b"a" * 200_000)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.endswith(b"200000")


def test_head_in_two_packets_after_a_body(port: int) -> None:
    """A head that begins in the packet of another request's body is not charged with that body."""
    first = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000\r\n\r\n" + b"a" * 40_000
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(first + HEAD)
        _read_until(connection, b"40000")
        connection.sendall(CLOSE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("begun", [b"", b"GET", HEAD, b"\r\n"])
def test_head_too_slow(serve: Serve, begun: bytes) -> None:
    """A connection that does not complete a request in time is told 408 and closed."""
    port = serve(_app, http=Impatient, timeout_keep_alive=10)
    assert _talk(port, begun).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("begun", [b"GET", HEAD, b"\r\n"])
def test_second_head_too_slow(serve: Serve, begun: bytes) -> None:
    """The same holds for a later request on a connection that was kept."""
    port = serve(_app, http=Impatient, timeout_keep_alive=100)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(HEAD + b"\r\n")
        _read_until(connection, b"\r\n\r\n0")
        connection.sendall(begun)
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_slow_head_spares_the_body(serve: Serve) -> None:
    """Once the head is complete, its limit no longer applies: the body has one of its own."""
    port = serve(_app, http=Impatient)
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"b")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_websocket_outlives_the_limit(serve: Serve) -> None:
    """A connection that became a WebSocket has no limit on its head any more."""
    port = serve(_app, http=Impatient, ws="websockets-sansio")
    with connect(f"ws://127.0.0.1:{port}/", open_timeout=10) as socket_:
        with pytest.raises(TimeoutError):
            socket_.recv(timeout=0.3)
        socket_.send("still here")
        assert socket_.recv(timeout=10) == "still here"
