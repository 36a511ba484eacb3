"""Opening and ending a socket: who gets the token, and what every refusal and close means."""

import asyncio
import gc
import logging
import socket
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.address import BadAddress, parse_address
from desktop.dial import Resolver, dial
from desktop.entry import LinkState
from desktop.proxies import Network, Route, parse_proxy
from relay.protocol import Close, Message, Pong
from tests.desktop.desk import EAGER, TOKEN, Desk
from tests.desktop.far_end import FarEnd


def test_the_token_travels_in_its_header_only(
    relay: FarEnd, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """The token is in the Authorization header, and never in a log, whatever its level."""
    caplog.set_level(logging.DEBUG)
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.close_all(Close.RESTART)
    relay.wait(lambda: len(relay.hellos) == 2)
    assert relay.upgrades[0]["Authorization"] == f"Bearer {TOKEN}"
    assert relay.upgrades[0]["Sec-WebSocket-Protocol"] == "deskbell.v1"
    assert "Sec-WebSocket-Extensions" not in relay.upgrades[0]
    # The far end runs in this process too, and its own library logs what it receives.
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")
    ]
    assert not [line for line in ours if TOKEN in line]


def test_a_port_that_accepts_and_says_nothing_is_left(tmp_path: Path) -> None:
    """A server that doesn't even finish the upgrade is given up after the opening limit."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = Desk(
            tmp_path / "inbox.db",
            f"http://127.0.0.1:{silent.getsockname()[1]}",
            replace(EAGER, open_limit=0.2),
        )
        desk.link.start()
        desk.wait_for(LinkState.OFFLINE, "did not answer in time")
        desk.close()


@pytest.mark.parametrize("code", [Close.BAD_TOKEN, Close.OLD_VERSION, Close.NOT_ALLOWED, Close.PROTOCOL])
def test_a_final_close_code_stops_the_retrying(relay: FarEnd, desk: Desk, code: Close) -> None:
    """From 4500 on the desktop stays away, says why, and comes back when a person asks it to."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.close_all(code)
    status = desk.wait_for(LinkState.REFUSED)
    assert status.reason
    assert status.retry_at is None
    assert len(relay.hellos) == 1
    desk.link.retry_now()
    desk.wait_for(LinkState.LIVE)


def test_a_revoked_token_is_refused_at_the_door(relay: FarEnd, desk: Desk) -> None:
    """A 401 to the upgrade means to pair again, and one question is enough."""
    relay.refusal = (401, {"Content-Type": "application/json"}, b"{}")
    desk.link.start()
    desk.wait_for(LinkState.REFUSED, "pair it again")
    assert len(relay.upgrades) == 1


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>Welcome to our hotel"), "sign-in page"),
        ((302, {"Location": "https://portal.example/"}, b""), "sign-in page"),
        ((404, {}, b""), "no Deskbell relay"),
        ((403, {}, b""), "refused the connection"),
        ((502, {}, b""), "HTTP 502"),
    ],
)
def test_whatever_stands_before_the_relay_is_named(
    relay: FarEnd, desk: Desk, refusal: tuple[int, dict[str, str], bytes], sentence: str
) -> None:
    """A hotel's page, a wrong address, a firewall: each has its sentence, and is tried again."""
    relay.refusal = refusal
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, sentence)
    relay.refusal = None
    assert status.retry_at is not None or status.reason
    desk.link.retry_now()
    desk.wait_for(LinkState.LIVE)


def test_the_token_follows_no_redirect(relay: FarEnd, desk: Desk) -> None:
    """Whoever answers with a redirect, even to itself, isn't given the token a second time by it."""
    relay.refusal = (307, {"Location": "/elsewhere"}, b"")
    desk.link.start()
    desk.wait(lambda: any(status.retry_at is not None for status in desk.statuses))
    tries = [status for status in desk.statuses if status.retry_at is not None]
    relay.refusal = None
    desk.wait_for(LinkState.LIVE)
    assert len(tries) <= len(relay.upgrades) <= len(tries) + 2


def test_a_503_is_answered_with_patience(relay: FarEnd, desk: Desk) -> None:
    """Retry-After counts, and the agent is told until when."""
    relay.refusal = (503, {"Retry-After": "120"}, b"")
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, "not ready")
    assert status.retry_at is not None
    assert 110.0 < status.retry_at - time.time() < 130.0
    relay.refusal = None
    desk.link.retry_now()
    desk.wait_for(LinkState.LIVE)


def test_a_superseded_link_stays_away_for_half_a_minute(relay: FarEnd, desk: Desk) -> None:
    """If the sign-in is in use elsewhere, the two don't fight."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.close_all(Close.SUPERSEDED)
    status = desk.wait_for(LinkState.OFFLINE, "another computer")
    assert status.retry_at is not None
    assert status.retry_at - time.time() > 25.0


@pytest.mark.parametrize("frame", [b"hello", b'{"kind":"dance"}', Pong(latest=0)])
def test_nonsense_ends_the_link_and_not_the_desktop(
    relay: FarEnd, desk: Desk, frame: Message | bytes
) -> None:
    """A peer that doesn't speak the protocol is left, explained, and tried again."""
    relay.greeting = lambda _: [frame]
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "does not understand")
    relay.greeting = relay.usual_greeting
    desk.wait_for(LinkState.LIVE)


def test_a_frame_beyond_the_limit_is_not_read(relay: FarEnd, desk: Desk) -> None:
    """More than a mebibyte isn't a notification; the link ends with 1009 and is opened anew."""
    relay.greeting = lambda hello: [relay.usual_greeting(hello)[0], b"x" * (1024 * 1024 + 1)]
    desk.link.start()
    relay.wait(lambda: 1009 in relay.closes)
    relay.greeting = relay.usual_greeting
    desk.wait_for(LinkState.LIVE)


def test_quitting_doesnt_wait_for_a_relay_that_is_stuck(tmp_path: Path) -> None:
    """If nobody answers the close, the thread ends within its two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = Desk(tmp_path / "inbox.db", f"http://127.0.0.1:{silent.getsockname()[1]}")
        desk.link.start()
        connection, _ = silent.accept()
        before = time.monotonic()
        desk.close()
        assert time.monotonic() - before < 2.0
        connection.close()


def test_an_unprotected_relay_elsewhere_is_refused(tmp_path: Path) -> None:
    """Without TLS the token goes to this computer only."""
    with pytest.raises(BadAddress, match="https"):
        Desk(tmp_path / "inbox.db", "http://relay.example")


def test_a_server_without_a_certificate_gets_no_token(tmp_path: Path) -> None:
    """If TLS fails, nothing is sent in the clear instead."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            connection, _ = plain.accept()
            with connection:
                received.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        desk = Desk(tmp_path / "inbox.db", f"https://127.0.0.1:{plain.getsockname()[1]}")
        desk.link.start()
        desk.wait_for(LinkState.OFFLINE, "No protected connection")
        desk.close()
        thread.join(10)
    assert received
    assert TOKEN.encode() not in received[0]
    assert received[0][:1] == b"\x16"  # a TLS handshake record, RFC 8446 section 5.1


class Hasty(asyncio.SelectorEventLoop):
    """A loop that ends the task called "dial" as soon as a socket of it is connected."""

    def __init__(self) -> None:
        super().__init__()
        self.connected: list[socket.socket] = []

    async def sock_connect(self, sock: socket.socket, address: object) -> None:
        """Connect, and cancel who wanted it."""
        await super().sock_connect(sock, address)  # type: ignore[arg-type] # whatever asyncio passes
        self.connected.append(sock)
        for task in asyncio.all_tasks(self):
            if task.get_name() == "dial":
                task.cancel()


def test_a_socket_that_is_not_wanted_any_more_is_closed() -> None:
    """If quitting comes just after the connect, the socket isn't left to the garbage collector."""
    with socket.create_server(("127.0.0.1", 0)) as silent, asyncio.Runner(loop_factory=Hasty) as runner:
        address = parse_address(f"http://127.0.0.1:{silent.getsockname()[1]}")

        async def open_and_leave() -> None:
            way = dial(address, TOKEN, open_limit=10.0, close_limit=1.0)
            opening = asyncio.create_task(way.connect(), name="dial")
            await asyncio.wait([opening], timeout=10.0)
            assert opening.cancelled()

        runner.run(open_and_leave())
        loop = runner.get_loop()
        assert isinstance(loop, Hasty)
        assert [each.fileno() for each in loop.connected] == [-1]


def test_a_tunnel_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If quitting comes while a SOCKS proxy is asked, what it gives afterwards is closed, not kept."""
    near, far = socket.socketpair()
    asked, go_on = threading.Event(), threading.Event()

    def open_slowly(*_: object) -> socket.socket:
        asked.set()
        assert go_on.wait(10.0)
        return near

    monkeypatch.setattr("desktop.dial.open_tunnel", open_slowly)
    route = Route(proxy=parse_proxy("socks5h://127.0.0.1:9"), origin="")

    async def ask_and_leave() -> None:
        network = Network(system=lambda _: route)
        address = parse_address("https://relay.test")
        way = dial(address, TOKEN, open_limit=10.0, close_limit=1.0, network=network)
        opening = asyncio.create_task(way.connect())
        assert await asyncio.get_running_loop().run_in_executor(None, asked.wait, 10.0)
        opening.cancel()
        await asyncio.wait([opening], timeout=10.0)
        assert opening.cancelled()

    asyncio.run(ask_and_leave())
    go_on.set()
    with far:
        far.settimeout(10.0)
        assert far.recv(1) == b""


def test_a_failure_in_a_thread_holds_itself_in_no_circle() -> None:
    """What a failed look-up had in its hands is let go when its failure is, without the collector."""

    class Refusal(OSError):
        pass

    def fail() -> None:
        raise Refusal

    gc.disable()
    try:
        future = Resolver().submit(fail)
        error = future.exception(10.0)
        for thread in threading.enumerate():
            if thread.name == "resolver":
                thread.join(10.0)
        assert isinstance(error, Refusal)
        left = weakref.ref(error)
        del error, future
        assert left() is None
    finally:
        gc.enable()
