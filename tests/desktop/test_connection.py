"""The link comes back whatever happens to it, stores before it acknowledges, and ends when told."""

import asyncio
import os
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.entry import LinkState
from desktop.inbox import Cursor, Inbox
from desktop.pace import Pace
from relay.protocol import Close, Gap, Hello, Message, Reset
from tests.desktop.desk import EAGER, Clock, Desk
from tests.desktop.far_end import FarEnd, note


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


def test_a_dead_link_is_noticed_within_35_seconds() -> None:
    """As shipped, the longest rest between two pings and the wait for an answer stay below it (promise P9)."""
    shipped = Pace()
    assert shipped.heartbeat + shipped.heartbeat_limit <= 35
    assert shipped.open_limit <= 35


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
    """If the clocks ran on without us, the socket is replaced at once, whatever it says of its state."""
    clock = Clock()
    desk = paced(relay, tmp_path, replace(EAGER, clock=clock, elapsed=clock, clock_check=0.02))
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


@pytest.mark.parametrize("set_by", [3600.0, -3600.0])
def test_a_clock_that_is_set_leaves_the_link_alone(relay: FarEnd, tmp_path: Path, set_by: float) -> None:
    """Nobody slept: the link stays, and what comes from then on carries the time of the new clock."""
    clock = Clock()
    desk = paced(relay, tmp_path, replace(EAGER, clock=clock, clock_check=0.02))
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    before = desk.link.pulse.ahead
    assert before is not None
    clock.offset = set_by
    desk.wait(lambda: abs((desk.link.pulse.ahead or 0.0) - before - set_by) < 5)
    relay.publish(note(1))
    desk.wait(lambda: len(desk.entries) == 1)
    assert desk.entries[0].at - note(1).at == pytest.approx(before + set_by, abs=5)
    assert len(relay.hellos) == 1
    desk.close()


def test_a_slow_disk_delays_the_ack_and_not_the_toast(
    relay: FarEnd, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The windows are told at once; the relay, when the entry would survive a power cut."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    asked, free = threading.Event(), threading.Event()

    def fsync(_descriptor: int) -> None:
        asked.set()
        assert free.wait(20)

    monkeypatch.setattr(os, "fsync", fsync)
    relay.publish(note(1))
    assert asked.wait(20)
    assert (desk.ids, relay.acks) == (["n-1"], [])
    free.set()
    relay.wait(lambda: relay.acks == [1])


def test_after_sleep_nobody_waits_for_the_back_off(relay: FarEnd, tmp_path: Path) -> None:
    """A computer that wakes up in the middle of a long wait tries at once."""
    clock = Clock()
    desk = paced(relay, tmp_path, replace(EAGER, clock=clock, elapsed=clock, clock_check=0.02))
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "not ready")
    relay.refusal = None
    clock.offset = 3600.0
    desk.wait_for(LinkState.LIVE)
    desk.close()


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
    # What arrives in two pieces is acknowledged twice; the last word is what counts.
    relay.wait(lambda: relay.acks[-1:] == [14])


def test_an_unreadable_notification_doesnt_stop_the_others(relay: FarEnd, desk: Desk) -> None:
    """One that only a newer version understands is counted as missed; those behind it arrive."""

    def greeting(hello: Hello) -> list[Message | bytes]:
        from_the_future = b'{"kind":"notification","seq":1,"id":"n-1","priority":"cosmic"}'
        return [relay.usual_greeting(hello)[0], from_the_future, note(2)]

    relay.notes, relay.greeting = [note(2)], greeting
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    assert (desk.gaps, desk.ids) == ([1], ["n-2"])


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


def test_quitting_between_two_tries_is_immediate(relay: FarEnd, desk: Desk) -> None:
    """A desktop that waits for its next try ends at once."""
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "not ready")
    before = time.monotonic()
    desk.link.stop()
    assert time.monotonic() - before < 1.0


def test_quitting_leaves_no_task_behind(relay: FarEnd, desk: Desk) -> None:
    """Whatever still runs on the link's loop, a library's included, has ended when the loop is closed."""
    left: list[asyncio.Task[bool]] = []

    def begin_something() -> None:
        left.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))

    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    desk.link._call(begin_something)
    desk.close()
    assert [each.cancelled() for each in left] == [True]


def test_a_link_that_was_never_started_can_be_stopped(desk: Desk) -> None:
    """Quitting in the middle of starting is harmless."""
    desk.link.stop()


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
