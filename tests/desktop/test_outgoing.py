"""Requests, receipts and presence reach the relay, through a broken link too, and are answered once."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.entry import LinkState
from desktop.inbox import Inbox
from relay.protocol import (
    Availability,
    Claim,
    Filters,
    Gap,
    Message,
    Receipt,
    Request,
    Result,
    Seen,
    Stage,
    Update,
    Welcome,
)
from tests.desktop.desk import EAGER, Desk
from tests.desktop.far_end import FarEnd, note

CLAIM = Claim(id="n-1", request="r-1")


def live(desk: Desk) -> None:
    """Start, and wait until the link is live."""
    desk.link.start()
    desk.wait_for(LinkState.LIVE)


def test_a_claim_is_answered_and_the_update_is_stored(relay: FarEnd, desk: Desk) -> None:
    """The agent hears the result, and what everybody hears is in the inbox and acknowledged."""
    relay.notes = [note(1)]
    update = Update(seq=2, id="n-1", stage=Stage.CLAIMED, at=60.0, by="mira@example.com", name="Mira")
    relay.answer = lambda request: [Result(request=request.request, ok=True, until=99.0), update]
    live(desk)
    desk.link.ask(CLAIM)
    desk.wait(lambda: bool(desk.answers) and bool(desk.changes))
    assert (desk.answers[0].request, desk.answers[0].ok, desk.answers[0].until) == (CLAIM, True, 99.0)
    entry = desk.inbox.get("n-1")
    assert entry == desk.changes[0]
    assert entry is not None
    assert entry.held_by("mira@example.com")
    relay.wait(lambda: relay.acks[-1:] == [2])


def test_a_lost_race_names_the_winner(relay: FarEnd, desk: Desk) -> None:
    """The relay's sentence reaches the agent as it is."""
    relay.answer = lambda request: [
        Result(request=request.request, ok=False, error="Bo was faster.", by="bo@example.com", name="Bo")
    ]
    live(desk)
    desk.link.ask(CLAIM)
    desk.wait(lambda: bool(desk.answers))
    assert (desk.answers[0].ok, desk.answers[0].error, desk.answers[0].name) == (
        False,
        "Bo was faster.",
        "Bo",
    )


def test_a_link_lost_before_the_answer_asks_again(relay: FarEnd, desk: Desk) -> None:
    """On the next link the same request is said under the same number, and its result counts once."""
    silent: list[Message] = []
    relay.answer = lambda _request: silent
    live(desk)
    desk.link.ask(CLAIM)
    relay.wait(lambda: relay.requests == [CLAIM])
    relay.answer = lambda request: [Result(request=request.request, ok=True)] * 2
    relay.close_all(1012)
    desk.wait(lambda: bool(desk.answers))
    assert relay.requests == [CLAIM, CLAIM]
    relay.say(Filters(revision=2, layer="team:billing", by="lead@example.com"))
    desk.wait(lambda: any(isinstance(told, Filters) for told in desk.told))
    assert [answer.ok for answer in desk.answers] == [True]


def test_offline_the_answer_is_no(relay: FarEnd, desk: Desk) -> None:
    """Without a link a press is refused at once, in words, and never said later."""
    relay.kill()
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE)
    desk.link.ask(CLAIM)
    desk.wait(lambda: bool(desk.answers))
    assert desk.answers[0].error == "You are offline; not claimed."
    relay.start()
    desk.wait_for(LinkState.LIVE)
    relay.publish(note(1))
    desk.wait(lambda: desk.ids == ["n-1"])
    assert relay.requests == []


def test_a_relay_that_does_not_answer_is_not_waited_for(relay: FarEnd, tmp_path: Path) -> None:
    """After a while the agent reads that there was no answer."""
    silent: list[Message] = []
    relay.answer = lambda _request: silent
    desk = Desk(tmp_path / "inbox.db", relay.url, replace(EAGER, answer_limit=0.05))
    live(desk)
    desk.link.ask(CLAIM)
    desk.wait(lambda: bool(desk.answers))
    assert "has not answered" in desk.answers[0].error
    desk.close()


def test_receipts_made_offline_are_sent_later(relay: FarEnd, desk: Desk) -> None:
    """What was read on the train is told when there is a network."""
    receipt = Receipt(id="n-1", what=Seen.COPIED, at=7.0)
    relay.kill()
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE)
    desk.link.note(receipt)
    relay.start()
    relay.wait(lambda: relay.receipts == [receipt])


def test_a_receipt_without_proof_is_sent_again(relay: FarEnd, tmp_path: Path) -> None:
    """What a pong has not confirmed is told once more on the next link; what it has, is not."""
    receipts = [Receipt(id=f"n-{number}", what=Seen.SHOWN, at=7.0) for number in range(2)]
    desk = Desk(tmp_path / "inbox.db", relay.url, replace(EAGER, heartbeat=0.05))
    live(desk)
    desk.link.note(receipts[0])
    relay.wait(lambda: relay.receipts == receipts[:1])
    relay.wait(lambda: relay.pings >= 2, limit=10)
    pings = relay.pings
    relay.wait(lambda: relay.pings >= pings + 2, limit=10)  # the pong of the first of them has come
    relay.deaf = True
    desk.link.note(receipts[1])
    relay.wait(lambda: len(relay.receipts) == 2)
    relay.close_all(1012)
    relay.wait(lambda: len(relay.receipts) == 3)
    assert relay.receipts == [*receipts, receipts[1]]
    desk.close()


OFFLINE = """
import sys, time
from pathlib import Path
from desktop.entry import LinkState
from relay.protocol import Receipt, Seen
from tests.desktop.desk import Desk

desk = Desk(Path(sys.argv[1]), "http://127.0.0.1:9")  # nobody listens there
desk.link.start()
desk.wait_for(LinkState.OFFLINE)
for what in Seen.SHOWN, Seen.COPIED, Seen.DISMISSED:
    desk.link.note(Receipt(id="n-1", what=what, at=7.0))
limit = time.monotonic() + 20
while len(desk.inbox.kept_receipts()) < 3:
    assert time.monotonic() < limit
print("kept", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_receipts_made_offline_survive_a_killed_desktop(relay: FarEnd, tmp_path: Path) -> None:
    """What was done without a network is told, in its order, by the desktop that is started next."""
    path = tmp_path / "inbox.db"
    with closing(Inbox.open(path)) as inbox:
        inbox.put([note(1)], device="d", epoch="e1")
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    run = [sys.executable, "-c", OFFLINE, str(path)]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"kept\n"
        killed.kill()
    relay.notes = [note(1)]
    desk = Desk(path, relay.url, replace(EAGER, heartbeat=0.05))
    live(desk)
    relay.wait(lambda: len(relay.receipts) == 3)
    assert [receipt.what for receipt in relay.receipts] == [Seen.SHOWN, Seen.COPIED, Seen.DISMISSED]
    pings = relay.pings
    relay.wait(lambda: relay.pings >= pings + 2)  # the pong of the first of them has come
    desk.close()
    with closing(Inbox.open(path)) as inbox:
        assert inbox.kept_receipts() == []


def test_receipts_without_proof_survive_the_end_of_the_desktop(relay: FarEnd, tmp_path: Path) -> None:
    """What was sent into a link that may have been dead is told again by the desktop that is started next."""
    path, receipt = tmp_path / "inbox.db", Receipt(id="n-1", what=Seen.OPENED, at=7.0)
    relay.notes, relay.deaf = [note(1)], True
    desk = Desk(path, relay.url)
    live(desk)
    desk.link.note(receipt)
    relay.wait(lambda: relay.receipts == [receipt])
    desk.close()
    desk = Desk(path, relay.url)
    live(desk)
    relay.wait(lambda: relay.receipts == [receipt, receipt])
    desk.close()


def test_receipts_are_told_though_the_inbox_cannot_be_written(
    relay: FarEnd, desk: Desk, tmp_path: Path
) -> None:
    """A full disk costs the memory of them, not the telling."""
    relay.notes = [note(1)]
    live(desk)
    with closing(sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)) as other:
        other.execute("DROP TABLE receipt")
    receipt = Receipt(id="n-1", what=Seen.OPENED, at=7.0)
    desk.link.note(receipt)
    relay.wait(lambda: relay.receipts == [receipt])
    relay.close_all(1012)
    relay.wait(lambda: relay.receipts == [receipt, receipt])


def test_presence_is_said_at_hello_and_when_it_changes(relay: FarEnd, desk: Desk) -> None:
    """The relay knows whether somebody is there, and is not told twice."""
    live(desk)
    desk.link.be(Availability.AWAY)
    desk.link.be(Availability.AWAY)
    relay.wait(lambda: bool(relay.presences))
    relay.close_all(1012)
    relay.wait(lambda: len(relay.hellos) == 2)
    assert [hello.presence for hello in relay.hellos] == [Availability.AVAILABLE, Availability.AWAY]
    assert [presence.state for presence in relay.presences] == [Availability.AWAY]


def test_who_the_relay_takes_this_for_is_told(relay: FarEnd, desk: Desk) -> None:
    """Each welcome reaches the windows."""
    live(desk)
    desk.wait(lambda: any(isinstance(told, Welcome) for told in desk.told))


def test_a_gap_of_none_is_silent(relay: FarEnd, desk: Desk) -> None:
    """What is over or filtered moves the cursor, and the agent isn't told of a loss."""
    relay.notes = [note(5)]
    usual = relay.usual_greeting
    relay.greeting = lambda hello: [usual(hello)[0], Gap(missed=0, after=5)]
    live(desk)
    relay.wait(lambda: relay.acks == [5])
    assert (desk.gaps, desk.inbox.gaps()) == ([], [])


def test_a_request_during_catching_up_is_said(relay: FarEnd, desk: Desk) -> None:
    """An agent needn't wait until everything that was missed is there."""
    relay.notes = [note(1)]
    usual = relay.usual_greeting
    relay.greeting = lambda hello: usual(hello)[:1]
    asked: list[Request] = [CLAIM]
    desk.link.start()
    desk.wait_for(LinkState.CATCHING_UP)
    desk.link.ask(CLAIM)
    desk.wait(lambda: bool(desk.answers))
    assert relay.requests == asked
