"""The door for webhooks, over real sockets and a real server."""

import contextlib
import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from relay.errors import StorageBroken, StorageBusy, StorageError
from relay.event import QUARANTINED, Appended, Event
from relay.intake import Intake
from relay.schemes.prepared import Prepared, check_source
from relay.server import GuardedProtocol
from relay.source import Secret, Source

NOW = 1_760_000_000.0
LIMIT = 10_000
BODY = b'{"id": "evt_1", "type": "invoice.payment_failed", "data": {"customer": "canary-4711"}}'
OPENED = b'{"action": "opened", "issue": {"title": "canary-4711"}}'

Answer = tuple[int, dict[str, str], dict[str, str]]


class Lines:
    """A log that keeps its lines."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, dict[str, Any]]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.all.append(("info", event, fields))

    def warning(self, event: str, **fields: Any) -> None:
        self.all.append(("warning", event, fields))

    def error(self, event: str, **fields: Any) -> None:
        self.all.append(("error", event, fields))

    def reasons(self) -> list[str]:
        """Return why requests were refused."""
        return [fields["reason"] for _, event, fields in self.all if event == "delivery refused"]


class Shelf:
    """The simplest thing that stores once per source and id."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], Event] = {}
        self.failure: StorageError | None = None

    async def append(self, event: Event) -> Appended:
        """Store an event, or fail as told."""
        if self.failure:
            raise self.failure
        kept = self.events.setdefault((event.source, event.id), event)
        seq = list(self.events).index((event.source, event.id)) + 1
        return Appended(seq=seq, duplicate=kept is not event, conflict=kept.data != event.data)


class Door:
    """A running intake with what a test wants to know of it."""

    def __init__(self, port: int, intake: Intake, shelf: Shelf, log: Lines) -> None:
        self.port, self.intake, self.shelf, self.log = port, intake, shelf, log

    def send(
        self,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
    ) -> Answer:
        """Send one request on a connection of its own; return status, headers and content."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            return _answer(connection)

    def post(self, source: str, body: bytes, event_id: str = "d-1", **more: str) -> Answer:
        """Send a correctly signed delivery."""
        return self.send(f"/hooks/{source}", body, _signed(source, body, event_id) | more)

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are; return everything until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            return _until_closed(connection)


def _answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), json.loads(response.read() or b"{}")


def _until_closed(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def _source(name: str, provider: str, **options: Any) -> Prepared:
    secret = Secret(f"key-of-{name}-canary-4712")
    return check_source(Source(name=name, provider=provider, secrets=(secret,), body_limit=LIMIT, **options))


SOURCES = {
    "stripe": _source("stripe", "stripe"),
    "stripe-two": _source("stripe-two", "stripe"),
    "github": _source("github", "github"),
}


def _signed(source: str, body: bytes, event_id: str = "d-1") -> dict[str, str]:
    return SOURCES[source].sign(body=body, now=NOW, event_id=event_id, event_type="issues.opened")


OpenDoor = Callable[..., Door]


@pytest.fixture
def open_door(serve: Callable[..., int]) -> OpenDoor:
    """Give a function that starts an intake; its clock stands still."""

    def start(**options: Any) -> Door:
        shelf, log = Shelf(), Lines()
        settings: dict[str, Any] = {"append": shelf.append, "clock": lambda: NOW, "log": log}
        intake = Intake(sources=SOURCES, **(settings | options))
        return Door(serve(intake, http=GuardedProtocol), intake, shelf, log)

    return start


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    """Give a running intake."""
    return open_door()


def test_stored(door: Door) -> None:
    """A correctly signed delivery is stored as it came and answered 200."""
    status, _, content = door.post("stripe", BODY)
    assert (status, content) == (200, {"status": "stored"})
    event = door.shelf.events["stripe", "evt_1"]
    assert (event.type, event.data, event.time, event.provider) == (
        "invoice.payment_failed",
        BODY,
        NOW,
        "stripe",
    )


def test_github_type_has_the_action(door: Door) -> None:
    """GitHub's event type is the event's name and the action; its id is the delivery's."""
    assert door.post("github", OPENED, "guid-1")[0] == 200
    assert door.shelf.events["github", "guid-1"].type == "issues.opened"


def test_duplicate(door: Door) -> None:
    """The same delivery again is answered 200 as a duplicate and stored once."""
    door.post("stripe", BODY)
    assert door.post("stripe", BODY)[::2] == (200, {"status": "duplicate"})
    assert len(door.shelf.events) == 1


def test_s9_fifty_at_once(door: Door) -> None:
    """Fifty identical requests at once are all acknowledged, and one is stored."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: door.post("stripe", BODY), range(50)))
    assert {status for status, _, _ in answers} == {200}
    assert sorted(content["status"] for _, _, content in answers) == ["duplicate"] * 49 + ["stored"]


def test_conflict_is_logged(door: Door) -> None:
    """The same id with another body is a duplicate to the sender and a warning in the log."""
    door.post("github", OPENED, "guid-1")
    answer = door.post("github", OPENED + b" ", "guid-1")
    assert answer[::2] == (200, {"status": "duplicate"})
    assert [(level, event) for level, event, _ in door.log.all] == [("warning", "delivery conflict")]
    assert door.shelf.events["github", "guid-1"].data == OPENED


def test_s11_same_id_at_two_sources(door: Door) -> None:
    """An id belongs to its source: another source may use it too."""
    assert door.post("stripe", BODY)[2] == door.post("stripe-two", BODY)[2] == {"status": "stored"}
    assert len(door.shelf.events) == 2


def test_s12_unsigned_does_not_use_up_an_id(door: Door) -> None:
    """A forged request with a real event's id does not make the real one a duplicate."""
    assert door.send("/hooks/stripe", BODY)[0] == 401
    assert door.post("stripe", BODY)[2] == {"status": "stored"}


def test_quarantine(door: Door) -> None:
    """A genuine body that isn't JSON is kept for a person and answered 202."""
    assert door.post("stripe", b"payment failed")[::2] == (202, {"status": "quarantined"})
    (event,) = door.shelf.events.values()
    assert (event.type, event.data) == (QUARANTINED, b"payment failed")
    assert door.log.all[0][1] == "delivery quarantined"


def _refusals() -> dict[str, tuple[bytes, dict[str, str]]]:
    """Return requests to the GitHub source that must all get the same answer."""
    good = _signed("github", OPENED)
    name = "x-hub-signature-256"
    changed = {
        "missing": "",
        "blank": "   ",
        "truncated": good[name][:-1],
        "longer": good[name] + "0",
        "no prefix": good[name].removeprefix("sha256="),
        "upper case": good[name].upper().replace("SHA256", "sha256"),
        "sha1": "sha1=" + "0" * 40,
        "non-ascii": "sha256=é",
        "ten thousand": "sha256=0," * 1000,
    }
    cases = {case: (OPENED, good | {name: value}) for case, value in changed.items()}
    cases["one byte altered"] = (OPENED.replace(b"opened", b"openee"), good)
    cases["stripe's header"] = (OPENED, _signed("stripe", OPENED))
    return cases


@pytest.mark.parametrize("case", _refusals())
def test_refused_alike(door: Door, case: str) -> None:
    """Whatever is wrong with a signature, the sender reads one constant answer and nothing is stored."""
    status, headers, content = door.send("/hooks/github", *_refusals()[case])
    assert (status, content, headers["content-length"]) == (401, {"error": "refused"}, "19")
    assert (door.shelf.events, len(door.log.reasons())) == ({}, 1)


def test_repeated_signature_header(door: Door) -> None:
    """Two signature headers are refused, even if both are right."""
    signature = _signed("github", OPENED)["x-hub-signature-256"]
    line = f"X-Hub-Signature-256: {signature}\r\n".encode()
    answer = door.raw(_request(b"/hooks/github", OPENED, line * 2 + b"Connection: close\r\n"))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert door.log.reasons() == ["repeated-header"]


@pytest.mark.parametrize(("age", "status"), [(300, 200), (-300, 200), (301, 401), (-301, 401)])
def test_age(door: Door, age: float, status: int) -> None:
    """A signed time may be five minutes away, into the past or the future, and no second more."""
    headers = SOURCES["stripe"].sign(body=BODY, now=NOW - age, event_id="", event_type="")
    assert door.send("/hooks/stripe", BODY, headers)[0] == status


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "br, gzip", "identity;q=0", ""])
def test_compressed(door: Door, encoding: str) -> None:
    """A compressed body is answered 415, whoever signed it."""
    packed = gzip.compress(BODY)
    assert door.post("stripe", packed, **{"Content-Encoding": encoding})[0] == 415
    assert door.post("stripe", BODY, **{"Content-Encoding": "Identity"})[0] == 200


PATHS = [
    "/hooks/unknown", "/hooks/", "/hooks", "/", "//hooks/stripe", "/hooks//stripe", "/hooks/stripe/",
    "/hooks/%73tripe", "/hooks%2Fstripe", "/hooks/../hooks/stripe", "/hooks/%2e%2e/hooks/stripe",
    "/hooks/stripe%00", "/hooks/stripe.", "/hooks/Stripe", "/HOOKS/stripe", "/hooks/stripe%20", "/hooks/stripe;a",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_paths_are_exact(door: Door, path: str) -> None:
    """Only a source's own path, letter for letter, is a door."""
    assert door.send(path, BODY, _signed("stripe", BODY))[0] == 404
    assert door.shelf.events == {}


def test_unknown_source_in_the_log(door: Door) -> None:
    """A stranger's path is clipped and escaped before it is logged."""
    name = b"\x1b[31m" + b"a" * 200
    answer = door.raw(_request(b"/hooks/%0d%0a" + name[5:], b"", b""))
    assert answer.startswith(b"HTTP/1.1 404 ")
    shown = door.log.all[0][2]["source"]
    assert shown == "%0d%0a" + "a" * 58


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"])
def test_method(door: Door, method: str) -> None:
    """Any method but POST is answered 405 and told which one is right."""
    status, headers, _ = door.send("/hooks/stripe", method=method)
    assert (status, headers["allow"], headers["connection"]) == (405, "POST", "close")


def _request(path: bytes, body: bytes, headers: bytes) -> bytes:
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s" % (
        path,
        headers,
        len(body),
        body,
    )


def _chunked(path: bytes, body: bytes, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\n%sTransfer-Encoding: chunked\r\n\r\n" % (path, lines)
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def _padded(size: int) -> bytes:
    return BODY + b" " * (size - len(BODY))


def test_b1_declared_length(door: Door) -> None:
    """A body at the limit is taken; one byte more is answered 413 before any of it was sent."""
    assert door.post("stripe", _padded(LIMIT))[0] == 200
    head = b"POST /hooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (LIMIT + 1)
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(head)
        answer = connection.recv(65536)
        connection.shutdown(socket.SHUT_WR)
        answer += _until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


def test_large_body_still_reads_the_answer(door: Door) -> None:
    """A sender that goes on sending an oversize body still gets to read why it was refused."""
    body = b" " * 3_000_000
    assert door.post("stripe", body)[0] == 413


def test_b2_chunked_length(door: Door) -> None:
    """A chunked body is refused at the limit, never cut and taken."""
    fits, over = _padded(LIMIT), _padded(LIMIT + 1)
    closing = {"Connection": "close"}
    request = _chunked(b"/hooks/stripe", fits, _signed("stripe", fits) | closing) + b"0\r\n\r\n"
    assert door.raw(request).startswith(b"HTTP/1.1 200 ")
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(_chunked(b"/hooks/stripe", over, _signed("stripe", over)))  # no last chunk
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_expect_continue(door: Door) -> None:
    """A sender that asks first is refused without being told to go on."""
    head = b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(b"POST /hooks/stripe HTTP/1.1\r\nHost: localhost\r\n" + head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_slow_body(open_door: OpenDoor) -> None:
    """A body that does not come in time is answered 408 and the connection closed."""
    door = open_door(body_timeout=0.05)
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(_request(b"/hooks/stripe", BODY, b"")[:-5])
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")
    assert door.log.reasons() == ["BodyTooSlow"]


class Noticing(Lines):
    """A log that tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def info(self, event: str, **fields: Any) -> None:
        super().info(event, **fields)
        self.written.set()


def test_sender_gone(open_door: OpenDoor) -> None:
    """A sender that leaves in the middle of a body leaves only a line in the log."""
    log = Noticing()
    door = open_door(log=log)
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(_request(b"/hooks/stripe", BODY, b"")[:-5])
    assert log.written.wait(10)
    assert (log.reasons(), door.shelf.events) == (["BodyIncomplete"], {})


@pytest.mark.parametrize("failure", [StorageBusy("disk full"), StorageBroken("fsync"), StorageError("?")])
def test_r4_storage_fails(door: Door, failure: StorageError) -> None:
    """What could not be stored is answered 503 with a time to come back, and works when the store does."""
    door.shelf.failure = failure
    status, headers, _ = door.post("stripe", BODY)
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert door.log.all[0][0] == "error"
    door.shelf.failure = None
    assert door.post("stripe", BODY)[2] == {"status": "stored"}


def test_draining(door: Door) -> None:
    """A relay that is about to stop sends new deliveries away for a moment."""
    door.intake.drain()
    status, headers, _ = door.post("stripe", BODY)
    assert (status, headers["retry-after"], headers["connection"]) == (503, "5", "close")
    assert door.shelf.events == {}


def test_keeps_the_connection(door: Door) -> None:
    """Good and refused deliveries may follow one another on one connection."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)) as connection:
        for headers, status in [(_signed("stripe", BODY), 200), ({}, 401), (_signed("stripe", BODY), 200)]:
            connection.request("POST", "/hooks/stripe", BODY, headers)
            assert _answer(connection)[0] == status


def test_nothing_private_in_the_log(door: Door) -> None:
    """Neither bodies nor signatures nor secrets appear in the log, whatever happens."""
    door.post("stripe", BODY)
    door.post("stripe", BODY + b"canary-4711")
    door.post("stripe", BODY + b" ")
    door.send("/hooks/stripe", BODY, {"Stripe-Signature": "t=1,v1=canary-4713"})
    door.send("/hooks/github", OPENED, {"X-Hub-Signature-256": "canary-4713"})
    door.send("/hooks/nowhere", BODY, {"Authorization": "canary-4713"})
    assert len(door.log.all) == 5
    assert "canary" not in repr(door.log.all)


def test_counts(door: Door) -> None:
    """Every request is counted by how it ended."""
    door.post("stripe", BODY)
    door.post("stripe", BODY)
    door.send("/hooks/stripe", BODY)
    door.send("/hooks/none", BODY)
    assert door.intake.outcomes == {
        "stored": 1,
        "duplicate": 1,
        "missing-header": 1,
        "UnknownSource": 1,
    }


def test_b7_parse_budget(door: Door) -> None:
    """A signed body made to be slow to read is kept in quarantine, and the next one still passes."""
    deep = b"[" * 4000 + b"]" * 4000
    begun = time.perf_counter()
    assert door.post("stripe", deep)[0] == 202
    assert time.perf_counter() - begun < 5
    assert door.post("stripe", BODY)[0] == 200
