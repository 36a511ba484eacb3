"""The archive finds what the inbox stored, and never writes."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop import inbox_file, search
from desktop.archive import Archive
from desktop.inbox import Inbox, InboxError
from desktop.search import Query, State
from relay.protocol import Notification, Script, Stage

MakeMessage = Callable[..., Notification]


@pytest.fixture
def archive(inbox: Inbox, tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path / "inbox.db")
    yield made
    made.close()


def put(inbox: Inbox, *messages: Notification) -> None:
    """Store messages as the link does."""
    inbox.put(messages, device="d", epoch="e")


def found(archive: Archive, **wanted: object) -> list[str]:
    """Return the ids of what a query finds."""
    keys = archive.keys(Query(**wanted))  # type: ignore[arg-type]  # fields of several types
    entries = archive.entries(keys)
    return [entries[key].id for key in keys]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("müll PAY", ["event-1"]),
        ("muller", ["event-1"]),
        ("straße", ["event-1"]),
        ("ord-77", ["event-2"]),
        ("apolog", ["event-3"]),
        ("払い", ["event-4"]),
        ("lange", ["event-1"]),
        ("ange", []),
        ('" OR 1=1 --', []),
        ("words:payment", []),
        ("NEAR(payment)", []),
        ("\0payment\0 müll", ["event-1"]),
    ],
)
def test_words_are_found(
    inbox: Inbox, archive: Archive, make_message: MakeMessage, text: str, ids: list[str]
) -> None:
    """Beginnings of words in title, body and scripts are found in any case; nothing typed is a command."""
    put(
        inbox,
        make_message(1, title="Payment failed", body="Müller, Lange Straße 4", scripts=()),
        make_message(2, title="Refund of ORD-7788", scripts=()),
        make_message(3, title="Parcel", scripts=(Script(name="Sorry", text="I apologise for it"),)),
        make_message(4, title="支払い", scripts=()),
    )
    assert found(archive, text=text) == ids


def test_the_index_follows_the_entries(inbox: Inbox, archive: Archive, make_message: MakeMessage) -> None:
    """Revised words replace the old ones; what is removed, or pruned, isn't found any more."""
    put(
        inbox, make_message(1, title="first"), make_message(2, title="second"), make_message(3, title="third")
    )
    put(inbox, make_message(4, id="event-1", revision=2, title="changed"))
    assert (found(archive, text="first"), found(archive, text="changed")) == ([], ["event-1"])
    inbox.remove(archive.keys(Query(text="second")))
    assert found(archive, text="second") == []
    inbox.prune(4_000_000_000.0)
    assert found(archive) == []
    with sqlite3.connect(inbox._path) as db:
        db.execute("INSERT INTO entry_words (entry_words) VALUES ('integrity-check')")
    db.close()


def test_every_filter_finds_its_own(inbox: Inbox, archive: Archive, make_message: MakeMessage) -> None:
    """Type, team, state, time and unread each leave out what isn't theirs."""
    mine, tom = "mira@example.com", "tom@example.com"
    put(
        inbox,
        make_message(1, type="a.b", at=100.0, teams=("billing",)),
        make_message(2, stage=Stage.CLAIMED, holder="Mira@example.com", at=200.0, teams=("bill", "x")),
        make_message(3, stage=Stage.CLAIMED, holder=tom, at=300.0),
        make_message(4, stage=Stage.DONE, holder=tom, at=400.0),
        make_message(5, stage=Stage.EXPIRED, at=500.0),
        make_message(6, stage=Stage.PASSED, holder=tom, at=600.0),
        make_message(7, stage=Stage.WITHDRAWN, at=700.0),
        make_message(8, at=800.0),
    )
    inbox.claim_many(["event-8"], "You were away.")
    assert found(archive, type="a.b") == ["event-1"]
    assert found(archive, team="bill") == ["event-2"]
    assert found(archive, since=200.0, until=400.0) == ["event-3", "event-2"]
    assert found(archive, unread=True) == ["event-8", "event-1"]
    states = {state: found(archive, state=state, agent=f" {mine}") for state in State}
    assert states == {
        State.ANY: [f"event-{number}" for number in range(8, 0, -1)],
        State.NEW: ["event-8", "event-1"],
        State.MISSED: ["event-8"],
        State.PASSED: ["event-6"],
        State.WITHDRAWN: ["event-7"],
        State.MINE: ["event-2"],
        State.OTHERS: ["event-3"],
        State.DONE: ["event-4"],
        State.EXPIRED: ["event-5"],
    }
    assert found(archive, text="payment", state=State.DONE) == ["event-4"]


def test_no_filter_reads_the_texts(inbox: Inbox, archive: Archive, make_message: MakeMessage) -> None:
    """The index of what is filtered by answers alone; a scan of the table would read every script."""
    put(inbox, make_message(1))
    archive.keys(Query())
    query = Query(type="a", team="b", state=State.MINE, since=1.0, until=2.0, agent="m")
    sql, values = search.keys(query, indexed=True)
    assert archive._db is not None
    plan = [row["detail"] for row in archive._db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert plan == ["SCAN entry USING COVERING INDEX entry_facets"]


def test_choices_are_what_there_is(inbox: Inbox, archive: Archive, make_message: MakeMessage) -> None:
    """Types and teams are offered, the most frequent first."""
    put(
        inbox,
        make_message(1, type="rare", teams=("a", "b")),
        make_message(2, type="often", teams=("b",)),
        make_message(3, type="often"),
    )
    choices = archive.choices()
    assert (choices.types, choices.teams, choices.indexed) == (("often", "rare"), ("b", "a"), True)


def test_what_one_is_on_isnt_free(inbox: Inbox, archive: Archive, make_message: MakeMessage) -> None:
    """Of some rows those are free that the agent has not claimed."""
    put(inbox, make_message(1), make_message(2, stage=Stage.CLAIMED, holder="mira@example.com"))
    assert archive.free(archive.keys(Query()), "Mira@example.com") == [1]


def test_it_cannot_write(inbox: Inbox, archive: Archive) -> None:
    """The connection is for reading only, so that it can never be in a writer's way."""
    archive.keys(Query())
    assert archive._db is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        archive._db.execute("DELETE FROM entry")


def test_without_fts_everything_goes_on(
    tmp_path: Path, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SQLite without the index stores and finds all the same; one that has it catches up."""
    path = tmp_path / "profile" / "inbox.db"
    with monkeypatch.context() as patch:
        patch.setattr(inbox_file, "_can_index", lambda _db: False)
        for seq in (1, 2):  # the second time an index of the first is already without its feed
            inbox, archive = Inbox.open(path), Archive(path)
            put(inbox, make_message(seq))
            assert len(archive.keys(Query(text="payment"))) == seq
            assert not archive.choices().indexed
            archive.close()
            inbox.close()
    inbox, archive = Inbox.open(path), Archive(path)
    assert len(archive.keys(Query(text="pay"))) == 2
    assert archive.choices().indexed
    archive.close()
    inbox.close()


def test_a_closed_archive_says_so(inbox: Inbox, archive: Archive) -> None:
    """After closing, and before there is a file, there is an error that the windows know."""
    archive.close()
    with pytest.raises(InboxError, match="closed"):
        archive.keys(Query())
    with pytest.raises(InboxError, match="unable to open"):
        Archive(Path("/nowhere/inbox.db")).keys(Query())
