"""Buttons and events that call another system, from the desktop's socket on, while the relay is killed."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from relay.calls import Call, CallState
from relay.event import StoredChange
from relay.protocol import SUBPROTOCOL, VERSION, Act, Hello, Result, decode_from_relay, encode
from tests.relay_process import PATIENCE, Paired, RelayProcess

EVENTS = 12

PLAYBOOK = """
title = "Parcel"
[when]
providers = ["generic-hmac"]
types = ["*"]
[audience]
teams = ["billing"]
[[actions]]
name = "track"
label = "Track"
url = "http://127.0.0.1:{port}/track"
body = '{"event": "{{ event.id }}"}'
auto = true
said = "tracked"
[[actions]]
name = "mail"
label = "Send e-mail"
url = "http://127.0.0.1:{port}/mail"
body = '{"event": "{{ event.id }}"}'
said = "e-mail sent"
"""


class Far:
    """A system that is called. It remembers each call's key and body, and can hold its answers back."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str]] = []
        self.open = threading.Event()
        self.open.set()
        self.arrived = threading.Semaphore(0)

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Serve on a free port."""
        far = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                far.seen.append((self.path, self.headers["idempotency-key"], body))
                far.arrived.release()
                far.open.wait(PATIENCE)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            self.open.set()
            server.shutdown()
            thread.join(PATIENCE)
            server.server_close()


def configure(relay: RelayProcess, folder: Path, port: int) -> None:
    """Let the relay call loopback, by a playbook of our own."""
    (folder / "rules").mkdir()
    (folder / "rules" / "parcel.toml").write_text(PLAYBOOK.replace("{port}", str(port)))
    settings = '\n[playbooks]\nfolder = "rules"\n[actions]\nprivate_networks = ["127.0.0.1"]\nat_once = 4\n'
    relay.config.write_text(relay.config.read_text() + settings)


def calls(relay: RelayProcess) -> list[Call]:
    """Return every call that the journal has."""

    async def read() -> list[Call]:
        async with relay.journal() as journal:
            return await journal.calls(limit=1000)

    return asyncio.run(read())


def notes(relay: RelayProcess) -> list[str]:
    """Return everything that was told about actions."""

    async def read() -> list[str]:
        async with relay.journal() as journal:
            found = await journal.notifications_after(0, 1000)
            return [one.change.note for one in found if isinstance(one, StoredChange) and one.change.note]

    return asyncio.run(read())


def press(relay: RelayProcess, paired: Paired, notification: str, request: str) -> Result:
    """Press the button at a desktop's own socket."""

    async def work() -> Result:
        async with connect(
            relay.url.replace("http", "ws") + "/ws",
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers={"Authorization": f"Bearer {paired.token}"},
            proxy=None,
        ) as socket:
            await socket.send(encode(Hello(version=VERSION, device=paired.device)).decode())
            await socket.send(encode(Act(id=notification, request=request, action="mail")).decode())
            while True:
                frame = await asyncio.wait_for(socket.recv(), PATIENCE)
                message = decode_from_relay(frame.encode() if isinstance(frame, str) else frame)
                if isinstance(message, Result):
                    return message

    return asyncio.run(work())


def test_a_killed_relay_goes_on_where_the_queue_of_calls_was(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    """Killed with calls under way and others waiting: each is made, under one id, and told once."""
    far = Far()
    with far.serving() as port:
        configure(relay_process, tmp_path, port)
        relay_process.start()
        paired = relay_process.pair()
        far.open.clear()
        for _ in range(EVENTS):
            headers, body = relay_process.request()
            answer = httpx.post(
                relay_process.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False
            )
            assert answer.status_code == 200
        relay_process.wait_until(lambda: len(calls(relay_process)) == EVENTS)
        # Half of four slots for one host: two are under way, and nobody has answered them.
        assert all(far.arrived.acquire(timeout=PATIENCE) for _ in range(2))
        notification = calls(relay_process)[0].notification
        assert press(relay_process, paired, notification, "r1").ok
        relay_process.kill()
        assert all(call.state is CallState.WAITING for call in calls(relay_process))
        far.open.set()
        relay_process.start()
        # Asked again after the reconnect, as a desktop does that had no answer.
        assert press(relay_process, paired, notification, "r1").ok
        relay_process.wait_until(lambda: all(call.state is CallState.DONE for call in calls(relay_process)))
        relay_process.terminate()
    made = calls(relay_process)
    assert len(made) == EVENTS + 1
    assert {key for _, key, _ in far.seen} == {call.id for call in made}
    # The two that were under way came twice, each under its own id, which is how their receiver can tell.
    assert len(far.seen) == EVENTS + 1 + 2
    assert len({(path, json.loads(body)["event"]) for path, _, body in far.seen}) == EVENTS + 1
    assert sorted(notes(relay_process)) == ["e-mail sent"] + ["tracked"] * EVENTS
