"""The inbox keeps what becomes of an entry among people: claims, revisions, updates, expiry."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.inbox import MOST_EXPIRED, Cursor, Inbox, Stored
from desktop.inbox_file import STEPS
from desktop.requests import MOST_RECEIPTS
from relay.protocol import Action, Notification, Receipt, Script, Seen, Stage, Update
from tests.desktop.far_end import note


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "inbox.db"


@pytest.fixture
def inbox(path: Path) -> Iterator[Inbox]:
    inbox = Inbox.open(path, clock=lambda: 1000.0)
    yield inbox
    inbox.close()


def told(stage: Stage, seq: int = 9, **fields: object) -> Update:
    """Make an update of the first note."""
    usual: dict[str, object] = {"seq": seq, "id": "n-1", "stage": stage, "at": 60.0}
    return Update(**(usual | fields))  # type: ignore[arg-type]  # fields of several types


def keep(inbox: Inbox, *messages: Notification | Update) -> Stored:
    """Put messages of one journal on Ana's desktop."""
    return inbox.put(messages, device="d", epoch="e1", agent="ana@example.com")


def test_everything_about_work_survives_the_disk(inbox: Inbox) -> None:
    """The fields of claims, actions and teams come back as they were put."""
    message = note(
        1,
        revision=3,
        count=4,
        actions=(Action(name="refund", label="Refund", confirm="Really?"),),
        playbook="payment-failed",
        scheme="Stripe's signature",
        teams=("billing", "vip"),
        owner="mira@example.com",
        claimable=True,
        stage=Stage.OFFERED,
        holder="ana@example.com",
        holder_name="Ana",
        until=1300.0,
        expires=9000.0,
        scripts=(Script(name="Sorry", text="{{ data.x }}", language="de", missing=("data.x",)),),
    )
    (entry,) = keep(inbox, message).new
    assert inbox.get("n-1") == entry
    for name in ("revision", "count", "actions", "playbook", "scheme", "teams", "owner", "claimable"):
        assert getattr(entry, name) == getattr(message, name)
    for name in ("stage", "holder", "holder_name", "until", "expires", "scripts"):
        assert getattr(entry, name) == getattr(message, name)


def test_an_update_is_stored_with_the_cursor(inbox: Inbox) -> None:
    """What happened to an entry is on disk when its number is."""
    keep(inbox, note(1))
    stored = keep(inbox, told(Stage.CLAIMED, by="mira@example.com", name="Mira", until=900.0))
    assert stored.new == []
    (entry,) = stored.changed
    assert inbox.get("n-1") == entry
    assert (entry.stage, entry.holder_name, entry.until) == (Stage.CLAIMED, "Mira", 900.0)
    assert inbox.cursor("d") == Cursor(epoch="e1", after=9)


def test_an_update_counts_once(inbox: Inbox) -> None:
    """Delivered again after what followed it, it changes nothing."""
    first, second = told(Stage.CLAIMED, 2, by="mira@example.com"), told(Stage.NEW, 3, by="mira@example.com")
    keep(inbox, note(1), first, second)
    assert keep(inbox, first, second) == Stored(new=[], changed=[])
    entry = inbox.get("n-1")
    assert entry is not None
    assert entry.stage is Stage.NEW


def test_an_unknown_id_only_moves_the_cursor(inbox: Inbox) -> None:
    """News of something that this desktop doesn't have is nothing to it."""
    assert keep(inbox, told(Stage.DONE)) == Stored(new=[], changed=[])
    assert (inbox.count(), inbox.cursor("d").after) == (0, 9)


def test_what_arrives_together_is_told_once(inbox: Inbox) -> None:
    """A notification and its claim in one batch are one new entry, as it is after both."""
    stored = keep(inbox, note(1), told(Stage.CLAIMED, 2, by="mira@example.com", name="Mira"))
    assert [(entry.stage, entry.shown) for entry in stored.new] == [(Stage.CLAIMED, True)]
    assert stored.changed == []
    assert inbox.unshown() == []


def test_a_higher_revision_takes_the_place(inbox: Inbox) -> None:
    """The same id with a higher revision is one entry, unread, in its old place, found by its new words."""
    keep(inbox, note(1, title="First words"), note(2))
    inbox.claim_to_show("n-1")
    inbox.mark_ids(["n-1"], read=True)
    stored = keep(inbox, note(3, id="n-1", revision=2, count=2, title="Second words"))
    assert (stored.new, [entry.id for entry in stored.changed]) == ([], ["n-1"])
    assert (inbox.count(), inbox.unread_count()) == (2, 2)
    assert [entry.id for entry in inbox.search()] == ["n-2", "n-1"]
    assert [entry.id for entry in inbox.search("second")] == ["n-1"]
    assert inbox.search("first") == []
    assert inbox.claim_to_show("n-1")
    assert not inbox.claim_to_show("n-1")


@pytest.mark.parametrize(("seq", "revision"), [(9, 1), (9, 2), (2, 3)], ids=["lower", "same", "known number"])
def test_other_revisions_change_nothing(inbox: Inbox, seq: int, revision: int) -> None:
    """A lower or the same revision, or a number that was stored before, is no news (promise P3)."""
    keep(inbox, note(3, id="n-1", revision=2, title="Stays"))
    before = inbox.get("n-1")
    assert keep(inbox, note(seq, id="n-1", revision=revision, title="Not this")) == Stored(new=[], changed=[])
    assert inbox.get("n-1") == before


def test_a_pruned_case_comes_back_with_a_new_revision(path: Path) -> None:
    """What was pruned is no news again, but what follows in its case is."""
    now = [1000.0]
    inbox = Inbox.open(path, clock=lambda: now[0])
    keep(inbox, note(1, revision=2))
    now[0] = 2000.0
    assert inbox.prune(1500.0) == 1
    assert keep(inbox, note(2, id="n-1", revision=2)).new == []
    assert [entry.revision for entry in keep(inbox, note(3, id="n-1", revision=3)).new] == [3]
    inbox.close()


@pytest.mark.parametrize("set_by", [3600.0, -3600.0])
def test_a_clock_that_is_set_expires_nothing(path: Path, set_by: float) -> None:
    """What had two minutes left has them still; what comes afterwards brings times of the new clock."""
    clock = {"wall": 1000.0, "elapsed": 5.0}
    inbox = Inbox.open(path, clock=lambda: clock["wall"], elapsed=lambda: clock["elapsed"])
    keep(inbox, note(1, expires=1120.0))
    clock["wall"] += set_by
    assert (inbox.expire(), inbox.next_expiry()) == ([], 1120.0 + set_by)
    inbox.put([note(2, expires=1060.0)], device="d", epoch="e1", ahead=set_by)
    assert inbox.next_expiry() == 1060.0 + set_by
    clock = {"wall": clock["wall"] + 60.0, "elapsed": clock["elapsed"] + 60.0}
    assert [entry.id for entry in inbox.expire()] == ["n-2"]
    inbox.close()


def test_entries_expire(path: Path) -> None:
    """What is of no use any more is marked once, unless somebody is on it; the next time is known."""
    now = [1000.0]
    inbox = Inbox.open(path, clock=lambda: now[0])
    claimed = {"stage": Stage.CLAIMED, "holder": "ana@example.com", "expires": 1100.0}
    keep(inbox, note(1, expires=1200.0), note(2, expires=1300.0), note(3), note(4, **claimed))
    assert (inbox.expire(), inbox.next_expiry()) == ([], 1200.0)
    now[0] = 1200.0
    (entry,) = inbox.expire()
    assert (entry.id, entry.stage, entry.done_at, entry.read) == ("n-1", Stage.EXPIRED, 1200.0, True)
    assert (inbox.expire(), inbox.next_expiry()) == ([], 1300.0)
    inbox.close()


def test_after_a_night_they_expire_by_the_hundred(path: Path) -> None:
    """A toast's claim waits for no more than that; what ended first comes first, and the rest is due."""
    now = [1000.0]
    inbox = Inbox.open(path, clock=lambda: now[0])
    keep(inbox, *(note(seq, expires=1200.0 - seq) for seq in range(1, MOST_EXPIRED + 2)))
    now[0] = 2000.0
    assert [entry.seq for entry in inbox.expire()] == list(range(MOST_EXPIRED + 1, 1, -1))
    assert inbox.next_expiry() == 1199.0
    assert [entry.seq for entry in inbox.expire()] == [1]
    assert inbox.next_expiry() is None
    inbox.close()


def test_all_times_of_work_are_this_computers(inbox: Inbox) -> None:
    """Leases and ends are moved to this computer's clock, like the rest."""
    (entry,) = inbox.put([note(1, until=900.0, expires=950.0)], device="d", epoch="e1", ahead=90.0).new
    assert (entry.until, entry.expires) == (990.0, 1040.0)
    (entry,) = inbox.put([told(Stage.DONE, at=980.0)], device="d", epoch="e1", ahead=90.0).changed
    assert entry.done_at == 1070.0


def test_why_there_was_no_toast_is_kept(inbox: Inbox) -> None:
    """An entry that went into a digest says so; one that had its toast says nothing."""
    keep(inbox, note(1), note(2))
    inbox.claim_to_show("n-1")
    inbox.claim_many(["n-1", "n-2"], "It was told as a number.")
    assert [entry.quiet for entry in inbox.search()] == ["It was told as a number.", ""]


def receipt(number: int, what: Seen = Seen.SHOWN, at: float = 7.0) -> Receipt:
    """Make a receipt."""
    return Receipt(id=f"n-{number}", what=what, at=at)


def test_receipts_are_kept_in_their_order_until_they_are_told(path: Path) -> None:
    """Of a kind the first counts, as at the relay; a restart takes nothing away."""
    inbox = Inbox.open(path)
    keep(inbox, note(1), note(2))
    kept = [receipt(2), receipt(1), receipt(2, Seen.COPIED)]
    for each in [*kept, receipt(2, at=9.0)]:
        inbox.keep_receipt(each)
    inbox.close()
    inbox = Inbox.open(path)
    assert inbox.kept_receipts() == kept
    inbox.drop_receipts(kept[:2])
    assert inbox.kept_receipts() == kept[2:]
    inbox.close()


def test_only_so_many_receipts_are_kept(inbox: Inbox) -> None:
    """The oldest are dropped; what isn't in the inbox, as what Deskbell tells by itself, is not kept."""
    keep(inbox, *(note(number) for number in range(1, MOST_RECEIPTS + 3)))
    inbox.keep_receipt(receipt(MOST_RECEIPTS + 3))
    assert inbox.kept_receipts() == []
    for number in range(1, MOST_RECEIPTS + 3):
        inbox.keep_receipt(receipt(number))
    kept = inbox.kept_receipts()
    assert (len(kept), kept[0], kept[-1]) == (MOST_RECEIPTS, receipt(3), receipt(MOST_RECEIPTS + 2))


def test_nothing_missed_is_no_gap(inbox: Inbox) -> None:
    """A gap of none only moves the cursor."""
    inbox.record_gap("d", epoch="e1", after=30, missed=0)
    assert (inbox.gaps(), inbox.cursor("d").after) == ([], 30)


def test_a_file_of_the_first_version_is_lifted(path: Path) -> None:
    """An inbox from before claims keeps its entries and its cursor, and has the tables of a new one."""
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as db:
        db.executescript(STEPS[0] + "PRAGMA user_version = 1;")
        db.execute(
            "INSERT INTO entry (id, seq, source, provider, type, priority, title, body, scripts, links, how, at,"
            " received_at, words) VALUES ('n-1', 1, 's', 'p', 't', 'high', 'Old', '', '[]', '[]', 'toast', 1, 2, 'old')"
        )
        db.execute("INSERT INTO cursor VALUES ('d', 'e1', 1)")
    db.close()
    fresh = Inbox.open(path.with_name("fresh.db"))
    lifted = Inbox.open(path)
    assert lifted.set_aside is None
    assert lifted.cursor("d") == Cursor(epoch="e1", after=1)
    entry = lifted.get("n-1")
    assert entry is not None
    assert (entry.title, entry.revision, entry.stage, entry.teams) == ("Old", 1, Stage.NEW, ())
    assert lifted.unshown() == [entry]
    schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    assert [tuple(row) for row in lifted._read(schema)] == [tuple(row) for row in fresh._read(schema)]
    keep(lifted, told(Stage.DONE))
    lifted.close()
    fresh.close()
