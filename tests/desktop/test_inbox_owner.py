"""Several agents on one computer: each has an inbox of their own, and sees nobody else's."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.inbox import Inbox
from desktop.records import Records
from desktop.search import Query
from relay.protocol import Notification, Receipt, Seen

MakeMessage = Callable[..., Notification]
MIRA, JONAS = "https://relay.example mira@example.com", "https://relay.example jonas@example.com"


def titles(inbox: Inbox) -> list[str]:
    """Return what can be read."""
    return [entry.title for entry in inbox.search()]


@pytest.fixture
def miras(inbox: Inbox, make_message: MakeMessage) -> Inbox:
    """An inbox in which Mira has one entry."""
    assert inbox.belong_to(MIRA) is False
    inbox.put([make_message(1, title="Mira's")], device="d1", epoch="e")
    return inbox


def test_another_agent_starts_with_nothing(miras: Inbox, make_message: MakeMessage) -> None:
    """What the former one had is put aside, and comes back with her."""
    miras.note_recipient("team:billing")
    assert miras.belong_to(JONAS) is True
    assert titles(miras) == []
    assert miras.recipients() == []
    miras.put([make_message(2, title="Jonas's")], device="d2", epoch="e")
    assert miras.belong_to(MIRA) is True
    assert titles(miras) == ["Mira's"]
    assert miras.recipients() == ["team:billing"]
    assert miras.belong_to(JONAS) is True
    assert titles(miras) == ["Jonas's"]


def test_what_one_has_done_is_not_told_by_the_next(miras: Inbox) -> None:
    """What the relay has yet to be told waits for her who did it; of others' entries nothing is kept."""
    receipt = Receipt(id=miras.search()[0].id, what=Seen.COPIED, at=7.0)
    miras.keep_receipt(receipt)
    miras.belong_to(JONAS)
    miras.keep_receipt(receipt)
    assert miras.kept_receipts() == []
    miras.belong_to(MIRA)
    assert miras.kept_receipts() == [receipt]
    miras.leave(keep=False)
    miras.belong_to(MIRA)
    assert miras.kept_receipts() == []


def test_the_same_agent_goes_on(miras: Inbox) -> None:
    """Signing in again, as after a restart, changes nothing."""
    assert miras.belong_to(MIRA) is False
    assert titles(miras) == ["Mira's"]


def test_what_is_kept_at_leaving_is_seen_by_nobody_meanwhile(miras: Inbox) -> None:
    """While nobody is signed in the history is empty; the owner has it again."""
    miras.leave(keep=True)
    assert titles(miras) == []
    assert miras.owner() == ""
    miras.belong_to(MIRA)
    assert titles(miras) == ["Mira's"]


def test_the_owner_has_it_back_after_somebody_else(miras: Inbox) -> None:
    """Whoever signs in between leaves it alone."""
    miras.leave(keep=True)
    miras.belong_to(JONAS)
    miras.leave(keep=True)
    miras.belong_to(MIRA)
    assert titles(miras) == ["Mira's"]


def test_what_is_not_kept_is_gone(miras: Inbox, tmp_path: Path) -> None:
    """No file of it is left on the disk."""
    miras.leave(keep=False)
    miras.belong_to(MIRA)
    assert titles(miras) == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("inbox-")]


def test_a_file_from_before_belongs_to_whose_device_stored_it(
    inbox: Inbox, make_message: MakeMessage
) -> None:
    """An older version didn't say whose it is: the device does; for anybody else it is put aside."""
    inbox.put([make_message(1)], device="d1", epoch="e")
    assert inbox.belong_to(JONAS, device="d9") is True
    assert inbox.count() == 0
    inbox.leave(keep=False)
    inbox.put([make_message(2)], device="d1", epoch="e")
    assert inbox.belong_to(MIRA, device="d1") is False
    assert inbox.count() == 1


def test_what_was_put_aside_does_not_outlive_its_time(miras: Inbox, tmp_path: Path) -> None:
    """A former agent's file goes with the age of its newest entry; the one in use stays."""
    miras.belong_to(JONAS)
    (kept,) = tmp_path.glob("inbox-*.db")
    os.utime(kept, (time.time() - 1000, time.time() - 1000))
    miras.prune(time.time() - 2000)
    assert kept.exists()
    miras.prune(time.time() - 500)
    assert not kept.exists()
    assert (tmp_path / "inbox.db").exists()


def test_the_readers_follow(miras: Inbox, records: Records, qtbot: QtBot) -> None:
    """The history's own connection reads the file of whoever is signed in now."""
    found: list[list[int]] = []
    records.model.search(Query())
    records._archivist.ask(lambda archive: archive.keys(Query()), found.append)
    qtbot.waitUntil(lambda: found == [[1]], timeout=5_000)
    records.exchange(lambda: miras.belong_to(JONAS))
    records._archivist.ask(lambda archive: archive.keys(Query()), found.append)
    qtbot.waitUntil(lambda: found == [[1], []], timeout=5_000)
    assert records.model.rowCount() == 0


def test_the_last_recipient_comes_first_and_there_is_an_end(tmp_path: Path) -> None:
    """Twenty are remembered: those of the last passings on."""
    now = [0.0]
    inbox = Inbox.open(tmp_path / "own.db", clock=lambda: now[0])
    for number in range(25):
        now[0] += 1
        inbox.note_recipient(f"agent{number}@example.com")
    now[0] += 1
    inbox.note_recipient("agent7@example.com")
    assert inbox.recipients()[:2] == ["agent7@example.com", "agent24@example.com"]
    assert len(inbox.recipients()) == 20
    inbox.close()
