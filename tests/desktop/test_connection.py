"""The link comes back whatever happens to it, stores before it acknowledges, and ends when told."""

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.address import Account, BadAddress
from desktop.connection import Connection, Pace
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Cursor, Inbox
from relay.protocol import Close, Gap, Hello, Message, Pong, Reset
from tests.desktop.far_end import FarEnd, Watched, note

TOKEN = "dbt_a-secret-token-of-this-test"

EAGER = Pace(chance=lambda: 0.001)
"""Next to no waiting between tries; everything else as shipped."""


class Clock:
    """A clock that a test can set; it runs on by itself."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


class Desk(Watched):
    """A link with its inbox, and everything it has said."""

    def __init__(self, path: Path, url: str, pace: Pace = EAGER) -> None:
        super().__init__()
        self.inbox = Inbox.open(path, clock=pace.clock)
        self.entries: list[Entry] = []
        self.statuses: list[Status] = []
        self.gaps: list[int] = []
        self.link = Connection(
            account=Account(relay=url, device="d", agent="mira@example.com", teams=()),
            token=TOKEN,
            inbox=self.inbox,
            on_entries=lambda entries: self.tell(lambda: self.entries.extend(entries)),
            on_status=lambda status: self.tell(lambda: self.statuses.append(status)),
            on_gap=lambda missed: self.tell(lambda: self.gaps.append(missed)),
            pace=pace,
        )

    @property
    def ids(self) -> list[str]:
        """Return the ids that were news, in order."""
        return [entry.id for entry in self.entries]

    def wait_for(self, state: LinkState, reason: str = "") -> Status:
        """Wait until the newest status has ``state``, and ``reason`` in its sentence."""
        self.wait(
            lambda: (
                bool(self.statuses)
                and self.statuses[-1].state is state
                and reason in self.statuses[-1].reason
            )
        )
        return self.statuses[-1]

    def close(self) -> None:
        """Stop, and close the inbox."""
        self.link.stop()
        assert self.link._thread is None or not self.link._thread.is_alive()
        self.inbox.close()


@pytest.fixture
def relay() -> Iterator[FarEnd]:
    relay = FarEnd()
    relay.start()
    yield relay
    relay.finish()


@pytest.fixture
def desk(relay: FarEnd, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "inbox.db", relay.url)
    yield desk
    desk.close()


def paced(relay: FarEnd, tmp_path: Path, pace: Pace) -> Desk:
    """Make a desk with its own sense of time."""
    return Desk(tmp_path / "inbox.db", relay.url, pace)


def test_what_was_missed_and_what_is_new_arrives_in_order(relay: FarEnd, desk: Desk) -> None:
    """A new desktop gets everything that waits, then what happens, and acknowledges all of it."""
    relay.notes = [note(seq) for seq in range(1, 501)]
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.publish(note(501), note(502))
    desk.wait(lambda: len(desk.entries) == 502)
    relay.wait(lambda: bool(relay.acks) and relay.acks[-1] == 502)
    assert desk.ids == [f"n-{seq}" for seq in range(1, 503)]
    assert relay.acks == sorted(set(relay.acks))
    assert desk.inbox.cursor("d") == Cursor(epoch="e1", after=502)


def test_states_follow_the_link(relay: FarEnd, desk: Desk) -> None:
    """The agent sees connecting, catching up, live; and no reason while all is well."""
    relay.notes = [note(1)]
    usual = relay.usual_greeting
    relay.greeting = lambda hello: usual(hello)[:1]
    desk.link.start()
    desk.wait_for(LinkState.CATCHING_UP)
    relay.publish(note(1))
    desk.wait_for(LinkState.LIVE)
    states = [status.state for status in desk.statuses]
    assert states == [LinkState.CONNECTING, LinkState.CATCHING_UP, LinkState.LIVE]
    assert {status.reason for status in desk.statuses} == {""}


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


def test_it_resumes_at_what_is_on_disk(relay: FarEnd, tmp_path: Path) -> None:
    """After a restart of the app the cursor of the inbox is what the relay is told."""
    relay.notes = [note(1), note(2)]
    news = []
    for _ in range(2):
        desk = Desk(tmp_path / "inbox.db", relay.url)
        desk.link.start()
        desk.wait_for(LinkState.LIVE)
        desk.close()
        news.append(desk.ids)
    assert [(hello.epoch, hello.after) for hello in relay.hellos] == [(None, None), ("e1", 2)]
    assert news == [["n-1", "n-2"], []]


def test_stored_is_stored_before_it_is_acknowledged(relay: FarEnd, desk: Desk, tmp_path: Path) -> None:
    """At the moment an ack arrives, another program can read the entry from the disk."""
    seen: list[bool] = []
    other = Inbox.open(tmp_path / "inbox.db")
    original = relay.tell

    def look(change: object) -> None:
        before = len(relay.acks)
        original(change)  # type: ignore[arg-type]  # passed on as it came
        if len(relay.acks) > before:
            seen.append(other.get(f"n-{relay.acks[-1]}") is not None)

    relay.tell = look  # type: ignore[method-assign]  # a look over the far end's shoulder
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    for seq in range(1, 20):
        relay.publish(note(seq))
    relay.wait(lambda: 19 in relay.acks)
    desk.link.stop()
    relay.kill()
    other.close()
    assert seen
    assert all(seen)


def test_a_relay_killed_twenty_times_is_found_again(relay: FarEnd, desk: Desk) -> None:
    """However often the relay vanishes, the link comes back, without a loss and without a repeat."""
    desk.link.start()
    for seq in range(1, 21):
        desk.wait_for(LinkState.LIVE)
        relay.publish(note(seq))
        relay.kill()
        desk.wait_for(LinkState.OFFLINE)
        relay.start()
    desk.wait(lambda: len(desk.entries) == 20)
    assert desk.ids == [f"n-{seq}" for seq in range(1, 21)]


def test_the_time_of_the_loss_stays_while_tries_fail(relay: FarEnd, desk: Desk) -> None:
    """While the relay is away, each try has its time, and "offline since" doesn't move."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.kill()
    desk.wait(lambda: len({status.retry_at for status in desk.statuses if status.retry_at}) >= 5)
    lost = [status for status in desk.statuses if status.state is LinkState.OFFLINE]
    assert len({status.since for status in lost}) == 1
    assert "cannot be reached" in lost[-1].reason


def test_a_relay_that_isnt_there_yet_is_found(relay: FarEnd, desk: Desk) -> None:
    """A desktop that is started before the network is there gets its link as soon as it is."""
    relay.kill()
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE)
    relay.start()
    desk.wait_for(LinkState.LIVE)


def test_a_half_open_link_is_noticed(relay: FarEnd, tmp_path: Path) -> None:
    """A relay that takes everything and answers nothing is left for a new socket, which works."""
    desk = paced(relay, tmp_path, replace(EAGER, heartbeat=0.05, heartbeat_limit=0.3))
    relay.deaf = True
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "does not answer")
    relay.deaf = False
    desk.wait_for(LinkState.LIVE)
    count = len(relay.hellos)
    relay.wait(lambda: len(relay.closes) == count - 1)
    desk.close()


def test_a_relay_that_never_greets_is_left(relay: FarEnd, tmp_path: Path) -> None:
    """A socket that opens and then stays silent is no link."""
    desk = paced(relay, tmp_path, replace(EAGER, heartbeat_limit=0.2))
    relay.greeting = lambda _: []
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "did not answer in time")
    relay.greeting = relay.usual_greeting
    desk.wait_for(LinkState.LIVE)
    desk.close()


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


def test_a_hole_behind_a_living_socket_is_found(relay: FarEnd, tmp_path: Path) -> None:
    """If the heartbeat says that more was sent than arrived, the missing is fetched by a new link."""
    desk = paced(relay, tmp_path, replace(EAGER, heartbeat=0.05))
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.extra_latest = 1
    desk.wait_for(LinkState.OFFLINE, "hole")
    relay.notes.append(note(1))
    relay.extra_latest = 0
    desk.wait(lambda: desk.ids == ["n-1"])
    desk.close()


def test_after_sleep_the_link_is_replaced(relay: FarEnd, tmp_path: Path) -> None:
    """If the wall clock ran on without us, the socket is replaced at once, whatever it says of its state."""
    clock = Clock()
    desk = paced(relay, tmp_path, replace(EAGER, clock=clock, clock_check=0.02))
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    clock.offset = 3600.0
    relay.wait(lambda: len(relay.hellos) == 2)
    desk.wait_for(LinkState.LIVE)
    assert any("asleep" in status.reason for status in desk.statuses)
    clock.offset = 0.0
    relay.publish(note(1))
    desk.wait(lambda: len(desk.entries) == 1)
    assert len(relay.hellos) == 2
    desk.close()


def test_after_sleep_nobody_waits_for_the_back_off(relay: FarEnd, tmp_path: Path) -> None:
    """A computer that wakes up in the middle of a long wait tries at once."""
    clock = Clock()
    desk = paced(relay, tmp_path, replace(EAGER, clock=clock, clock_check=0.02))
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "not ready")
    relay.refusal = None
    clock.offset = 3600.0
    desk.wait_for(LinkState.LIVE)
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


def test_a_gap_and_a_reset_are_taken_to_the_inbox(relay: FarEnd, desk: Desk) -> None:
    """A hole is told and recorded; after a reset the relay's place counts."""

    def greeting(hello: Hello) -> list[Message | bytes]:
        welcome = relay.usual_greeting(hello)[0]
        return [welcome, Reset(epoch="e2", after=10), Gap(missed=3, after=13), note(14)]

    relay.notes, relay.epoch, relay.greeting = [note(14)], "e2", greeting
    desk.inbox.reset("d", epoch="old", after=900)
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    assert desk.gaps == [3]
    assert [gap.missed for gap in desk.inbox.gaps()] == [3]
    assert desk.inbox.cursor("d") == Cursor(epoch="e2", after=14)
    relay.wait(lambda: relay.acks == [14])


def test_an_unreadable_notification_doesnt_stop_the_others(relay: FarEnd, desk: Desk) -> None:
    """One that only a newer version understands is counted as missed; those behind it arrive."""

    def greeting(hello: Hello) -> list[Message | bytes]:
        from_the_future = b'{"kind":"notification","seq":1,"id":"n-1","priority":"cosmic"}'
        return [relay.usual_greeting(hello)[0], from_the_future, note(2)]

    relay.notes, relay.greeting = [note(2)], greeting
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    assert (desk.gaps, desk.ids) == ([1], ["n-2"])


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


def test_a_clock_that_is_wrong_doesnt_make_news_old(relay: FarEnd, desk: Desk) -> None:
    """The relay's clock and ours may differ by an hour: an event of a minute ago is a minute old."""
    relay.time = an_hour_ago = time.time() - 3600.0
    relay.notes = [note(1, at=an_hour_ago - 60.0)]
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    assert time.time() - desk.entries[0].at == pytest.approx(60.0, abs=15.0)


def test_a_full_disk_is_said_and_survived(relay: FarEnd, desk: Desk) -> None:
    """If nothing can be stored nothing is acknowledged, the agent is told, and it goes on when it can."""
    with desk.inbox._write() as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END")
    relay.notes = [note(1)]
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "disk")
    assert (relay.acks, desk.ids) == ([], [])
    with desk.inbox._write() as db:
        db.execute("DROP TRIGGER full")
    desk.link.retry_now()
    relay.wait(lambda: relay.acks == [1])


def test_quitting_closes_the_socket_politely(relay: FarEnd, desk: Desk) -> None:
    """Stopping says 1001 to the relay, and stopping twice is harmless."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    desk.link.stop()
    desk.link.stop()
    relay.wait(lambda: relay.closes == [Close.GOING_AWAY])
    desk.link.retry_now()


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


def test_quitting_between_two_tries_is_immediate(relay: FarEnd, desk: Desk) -> None:
    """A desktop that waits for its next try ends at once."""
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "not ready")
    before = time.monotonic()
    desk.link.stop()
    assert time.monotonic() - before < 1.0


def test_a_link_that_was_never_started_can_be_stopped(desk: Desk) -> None:
    """Quitting in the middle of starting is harmless."""
    desk.link.stop()


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


def test_a_storm_is_stored_in_few_steps(relay: FarEnd, desk: Desk) -> None:
    """A thousand notifications at once cost tens of transactions, not a thousand, and as few acks."""
    relay.notes = [note(seq) for seq in range(1, 1001)]
    desk.link.start()
    relay.wait(lambda: 1000 in relay.acks)
    assert len(relay.acks) < 500
    assert desk.ids == [f"n-{seq}" for seq in range(1, 1001)]


def test_the_reasons_are_sentences(relay: FarEnd, desk: Desk) -> None:
    """What the agent reads begins with a capital letter and ends with a full stop or question mark."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.kill()
    desk.wait(lambda: len(desk.statuses) > 8)
    reasons = {status.reason for status in desk.statuses} - {""}
    assert reasons
    assert all(re.fullmatch(r"[A-Z].*[.?]", reason) for reason in reasons)
