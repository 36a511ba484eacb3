"""The inbox keeps what arrived, exactly once, through whatever happens to the process."""

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.inbox import MOST_TOGETHER, REMEMBER_IDS_SECONDS, Cursor, Gap, Inbox, InboxError
from desktop.inbox_file import LONG_WAL
from relay.protocol import How, Link, Notification, Priority, Script

ROOT = Path(__file__).parents[2]


def note(seq: int, **fields: object) -> Notification:
    """Make a notification."""
    usual: dict[str, object] = {
        "seq": seq,
        "id": f"n-{seq}",
        "source": "billing",
        "provider": "stripe",
        "type": "invoice.payment_failed",
        "priority": Priority.NORMAL,
        "title": f"Number {seq}",
        "at": 50.0,
    }
    return Notification(**(usual | fields))  # type: ignore[arg-type]  # fields of several types


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "inbox.db"


@pytest.fixture
def inbox(path: Path) -> Iterator[Inbox]:
    inbox = Inbox.open(path, clock=lambda: 1000.0)
    yield inbox
    inbox.close()


def put(inbox: Inbox, *messages: Notification) -> list[str]:
    """Put messages of one journal; return the ids that were new."""
    return [entry.id for entry in inbox.put(messages, device="d", epoch="e1").new]


def test_an_entry_comes_back_as_it_was_put(inbox: Inbox) -> None:
    """Every field survives the disk, in any script and with any quote."""
    message = note(
        3,
        priority=Priority.URGENT,
        title="Zahlung „fehlgeschlagen“ 支払い",
        body="line\nline \"quoted\" \\ 'single'",
        scripts=(Script(name="Sorry", text="Hello {name}"), Script(name="2", text="🙂")),
        links=(Link(label="Open", url="https://x.example/?a=1&b=2"),),
        how=How.INBOX,
    )
    (entry,) = inbox.put([message], device="d", epoch="e1").new
    assert inbox.get("n-3") == entry
    assert (entry.title, entry.scripts, entry.links) == (message.title, message.scripts, message.links)
    assert (entry.received_at, entry.at, entry.read, entry.shown) == (1000.0, 50.0, False, False)


def test_the_same_id_is_new_only_once(inbox: Inbox) -> None:
    """However often a notification is delivered, it is one entry, and news once."""
    assert put(inbox, note(1), note(2)) == ["n-1", "n-2"]
    assert put(inbox, note(2), note(3), note(3)) == ["n-3"]
    assert put(inbox, note(9, id="n-1")) == []
    assert inbox.count() == 3


def test_the_cursor_moves_with_what_was_stored(inbox: Inbox) -> None:
    """The cursor is the highest number that was stored, and never falls within one journal."""
    assert inbox.cursor("d") == Cursor()
    put(inbox, note(4), note(7))
    put(inbox, note(5))
    assert inbox.cursor("d") == Cursor(epoch="e1", after=7)


def test_each_device_has_its_own_cursor(inbox: Inbox) -> None:
    """After pairing anew, another device begins without the former one's cursor."""
    put(inbox, note(4))
    assert inbox.cursor("another") == Cursor()


def test_a_new_journal_begins_anew(inbox: Inbox) -> None:
    """In another epoch the numbers count from where that journal says, lower or not."""
    put(inbox, note(40))
    inbox.put([note(2)], device="d", epoch="e2")
    assert inbox.cursor("d") == Cursor(epoch="e2", after=2)
    inbox.reset("d", epoch="e3", after=1)
    assert inbox.cursor("d") == Cursor(epoch="e3", after=1)


def test_a_batch_is_stored_whole_or_not_at_all(inbox: Inbox, path: Path) -> None:
    """If the disk fails in the middle of a batch, neither an entry nor the cursor remains of it."""
    with sqlite3.connect(path) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    other.close()
    with pytest.raises(InboxError, match="full"):
        put(inbox, note(1), note(2), note(3))
    assert (inbox.count(), inbox.cursor("d")) == (0, Cursor())
    assert put(inbox, note(1)) == ["n-1"]


def test_a_gap_is_remembered_with_its_size(inbox: Inbox) -> None:
    """What was missed is on record, and the cursor is behind it."""
    put(inbox, note(1))
    inbox.record_gap("d", epoch="e1", after=30, missed=12)
    assert inbox.gaps() == [Gap(missed=12, at=1000.0)]
    assert inbox.cursor("d") == Cursor(epoch="e1", after=30)


def test_times_are_this_computers(inbox: Inbox) -> None:
    """If this computer's clock is 90 seconds ahead, an entry's age is still right."""
    (entry,) = inbox.put([note(1, at=900.0)], device="d", epoch="e1", ahead=90.0).new
    assert entry.at == 990.0


def test_a_toast_is_claimed_once(inbox: Inbox) -> None:
    """Only the first who asks may paint; an unknown id may not be painted at all."""
    put(inbox, note(1))
    assert [inbox.claim_to_show("n-1") for _ in range(3)] == [True, False, False]
    assert inbox.claim_to_show("unknown") is False
    shown = inbox.get("n-1")
    assert shown is not None
    assert shown.shown


def test_a_digest_claims_many(inbox: Inbox) -> None:
    """Of several, those that were not shown yet are claimed together."""
    put(inbox, note(1), note(2), note(3))
    inbox.claim_to_show("n-2")
    assert inbox.claim_many(["n-1", "n-2", "n-3"]) == ["n-1", "n-3"]


def test_two_threads_never_claim_the_same(inbox: Inbox) -> None:
    """Of two threads that claim everything, each entry goes to exactly one."""
    put(inbox, *(note(seq) for seq in range(100)))
    won: list[list[str]] = [[], []]
    start = threading.Barrier(2)

    def claim(mine: list[str]) -> None:
        start.wait(10)
        mine += [f"n-{seq}" for seq in range(100) if inbox.claim_to_show(f"n-{seq}")]
        inbox.release()

    threads = [threading.Thread(target=claim, args=(mine,)) for mine in won]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won[0] + won[1]) == sorted(f"n-{seq}" for seq in range(100))


def test_what_was_never_shown_is_found_again(inbox: Inbox) -> None:
    """After a crash the entries that wait for a toast are listed oldest first; quiet ones are not."""
    put(inbox, note(1), note(2, how=How.INBOX), note(3), note(4))
    inbox.claim_to_show("n-3")
    assert [entry.id for entry in inbox.unshown()] == ["n-1", "n-4"]


def test_unread_is_counted_and_marked(inbox: Inbox) -> None:
    """Reading lowers the count, once per entry; marking all leaves none."""
    put(inbox, *(note(seq) for seq in range(5)))
    assert inbox.unread_count() == 5
    assert inbox.mark_ids(["n-1", "n-2", "n-1", "unknown"], read=True) == ["n-1", "n-2"]
    assert inbox.unread_count() == 3
    assert (inbox.mark_all_read(), inbox.unread_count()) == (3, 0)


def test_history_comes_in_pages_newest_first(inbox: Inbox) -> None:
    """Going on from the last entry of a page shows every entry once, while new ones arrive."""
    put(inbox, *(note(seq) for seq in range(1, 8)))
    seen = inbox.search(limit=3)
    put(inbox, note(8))
    while page := inbox.search(limit=3, before=seen[-1].id):
        seen += page
    assert [entry.seq for entry in seen] == [7, 6, 5, 4, 3, 2, 1]


def test_order_is_of_arrival_also_across_journals(inbox: Inbox) -> None:
    """A new journal's low numbers are still the newest."""
    put(inbox, note(500))
    inbox.put([note(1)], device="d", epoch="e2")
    assert [entry.seq for entry in inbox.search()] == [1, 500]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [4, 3, 2, 1]),
        ("straße", [1]),
        ("STRASSE", [1]),
        ("refund 100%", [2]),
        ("100_", []),
        ("_", [4]),
        ("%", [2]),
        ("apologise", [3]),
        ("müller PAYMENT", [1]),
        ("  müller  ", [1]),
        ("' OR 1=1 --", []),
        ("nothing like it", []),
    ],
)
def test_search_finds_words_anywhere(inbox: Inbox, text: str, found: list[int]) -> None:
    """Every word counts, in title, body or script, in any case; signs mean themselves."""
    put(
        inbox,
        note(1, title="Payment failed", body="Müller, Lange Straße 4"),
        note(2, title="Refund of 100%"),
        note(3, scripts=(Script(name="Sorry", text="I apologise for the delay"),)),
        note(4, title="snake_case"),
    )
    assert [entry.seq for entry in inbox.search(text)] == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1))
def test_any_text_is_found_by_itself(inbox: Inbox, text: str) -> None:
    """Whatever a title consists of, searching for it finds it."""
    title = text.encode("utf-8", "replace").decode().replace("\0", "")
    seq = inbox.count() + 1
    put(inbox, note(seq, title=title))
    assert [entry.seq for entry in inbox.search(title, limit=1)] == [seq]


def test_pruned_entries_are_gone_but_not_forgotten(path: Path) -> None:
    """An old entry leaves the inbox; delivered once more it is still no news, until a year later."""
    now = [1000.0]
    inbox = Inbox.open(path, clock=lambda: now[0])
    put(inbox, note(1))
    inbox.record_gap("d", epoch="e1", after=1, missed=1)
    now[0] = 2000.0
    put(inbox, note(2))
    assert inbox.prune(1500.0) == 1
    assert [entry.id for entry in inbox.search()] == ["n-2"]
    assert inbox.gaps() == []
    assert put(inbox, note(1)) == []
    inbox.prune(1001.0 + REMEMBER_IDS_SECONDS)
    assert put(inbox, note(1)) == ["n-1"]
    inbox.close()


def test_an_inbox_survives_a_restart(inbox: Inbox, path: Path) -> None:
    """Closing and opening loses nothing; closing twice is harmless."""
    put(inbox, note(1))
    inbox.claim_to_show("n-1")
    inbox.close()
    inbox.close()
    with pytest.raises(InboxError, match="closed"):
        inbox.count()
    again = Inbox.open(path)
    assert (again.cursor("d").after, again.count(), again.unshown(), again.set_aside) == (1, 1, [], None)
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the profile folder by its ACL")
def test_only_the_owner_can_read_it(inbox: Inbox, path: Path) -> None:
    """The file, its companions and its folder are private."""
    put(inbox, note(1))
    modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def damage(path: Path, how: str) -> None:
    """Make a sound inbox unusable."""
    if how == "not a database":
        path.write_bytes(b"this is a text file, and a long one" * 100)
    elif how == "a page overwritten":
        data = bytearray(path.read_bytes())
        data[4096:12288] = b"\xa5" * 8192
        path.write_bytes(bytes(data))
    elif how == "cut short":
        path.write_bytes(path.read_bytes()[:6000])
    else:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
        db.close()


@pytest.mark.parametrize("how", ["not a database", "a page overwritten", "cut short", "of a newer version"])
def test_a_damaged_inbox_is_set_aside(path: Path, how: str) -> None:
    """A file that cannot be used is kept under another name, a new one begins, and the agent can be told."""
    inbox = Inbox.open(path)
    put(inbox, *(note(seq, body="x" * 500) for seq in range(100)))
    inbox.close()
    damage(path, how)
    inbox = Inbox.open(path, clock=lambda: 0.0)
    assert inbox.set_aside == path.with_name("inbox.corrupt-19700101-000000.db")
    assert inbox.set_aside.exists()
    assert (inbox.count(), inbox.cursor("d")) == (0, Cursor())
    assert put(inbox, note(1)) == ["n-1"]
    inbox.close()


def test_a_folder_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """A file where the folder should be is said at once, not at the first notification."""
    (tmp_path / "profile").write_text("in the way")
    with pytest.raises(InboxError, match="profile"):
        Inbox.open(tmp_path / "profile" / "inbox.db")


@pytest.mark.parametrize("verb", ["mark", "remove"])
def test_a_toast_neednt_wait_for_all_that_is_changed(inbox: Inbox, verb: str) -> None:
    """While thousands are marked or deleted, what has just come can be claimed in between."""
    many = 2 * MOST_TOGETHER
    put(inbox, *(note(seq) for seq in range(1, many + 2)))
    in_between, claimed = threading.Event(), threading.Event()

    def rows() -> Iterator[int]:
        yield from range(1, many)
        in_between.set()
        assert claimed.wait(10)
        yield many

    def change() -> None:
        work = {"mark": lambda: inbox.mark(rows(), read=True), "remove": lambda: inbox.remove(rows())}
        changed.append(work[verb]())
        inbox.release()

    changed = list[int]()
    thread = threading.Thread(target=change)
    thread.start()
    assert in_between.wait(10)
    assert inbox.unread_count() == many + 1 - MOST_TOGETHER
    assert inbox.claim_to_show(f"n-{many + 1}")
    claimed.set()
    thread.join(10)
    assert changed == [many]
    assert inbox.unread_count() == 1


class SlowDisk:
    """A disk that is busy until it is let go on; it says which files it was asked to keep."""

    def __init__(self) -> None:
        self.asked, self.free = threading.Event(), threading.Event()
        self.files: list[int] = []

    def fsync(self, descriptor: int) -> None:
        """Take the place of the system's call."""
        self.files.append(os.fstat(descriptor).st_ino)
        self.asked.set()
        assert self.free.wait(20)


def test_nobody_waits_for_the_disk_of_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a slow disk takes in what the link has stored, a toast is claimed and an entry marked as read."""
    inbox, disk = Inbox.open(path), SlowDisk()
    monkeypatch.setattr(os, "fsync", disk.fsync)

    def store() -> None:
        put(inbox, note(1))
        inbox.settle()
        inbox.release()

    thread = threading.Thread(target=store)
    thread.start()
    assert disk.asked.wait(20)
    assert inbox.claim_to_show("n-1")
    assert inbox.mark_ids(["n-1"], read=True) == ["n-1"]
    disk.free.set()
    thread.join(20)
    assert not thread.is_alive()
    assert disk.files == [Path(f"{path}-wal").stat().st_ino]
    inbox.close()


def test_a_disk_that_fails_is_told(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may not be on the disk is not taken for stored."""

    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    put(inbox, note(1))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InboxError, match="Input/output error"):
        inbox.settle()


def test_the_log_of_writes_stays_short(path: Path) -> None:
    """It is brought into the file again and again by whoever stores, and never grows without end."""
    inbox = Inbox.open(path)
    longest = 0
    for first in range(1, 4001, 200):
        put(inbox, *(note(seq, body="x" * 3000) for seq in range(first, first + 200)))
        inbox.settle()
        longest = max(longest, Path(f"{path}-wal").stat().st_size)
    assert path.stat().st_size > 2 * LONG_WAL
    assert longest < 2 * LONG_WAL
    inbox.close()


def test_reading_doesnt_wait_for_a_writer(inbox: Inbox) -> None:
    """The history can be read while the connection's thread is in the middle of a transaction."""
    put(inbox, note(1))
    counted = threading.Event()

    def read() -> None:
        if inbox.count() == 1:
            counted.set()
        inbox.release()

    with inbox._write() as db:
        db.execute("DELETE FROM entry")
        thread = threading.Thread(target=read)
        thread.start()
        assert counted.wait(10)
    thread.join(10)


CHILD = """
import sys
from pathlib import Path
from desktop.inbox import Inbox
from tests_note import note

inbox = Inbox.open(Path(sys.argv[1]))
after = inbox.cursor("d").after or 0
for entry in inbox.unshown():
    if inbox.claim_to_show(entry.id):
        print("shown", entry.id, flush=True)
while True:
    batch = [note(seq) for seq in range(after + 1, after + 4)]
    new = inbox.put(batch, device="d", epoch="e1")
    after += 3
    print("acked", after, flush=True)
    for entry in new.new:
        if inbox.claim_to_show(entry.id):
            print("shown", entry.id, flush=True)
"""


def run_and_kill(script: Path, path: Path, lines: int) -> list[list[str]]:
    """Run the child until it printed ``lines`` lines, kill it, and return all it had printed."""
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(script.parent)])}
    child = subprocess.Popen([sys.executable, script, path], stdout=subprocess.PIPE, text=True, env=environ)
    assert child.stdout is not None
    with child.stdout:
        printed = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        printed += child.stdout.readlines()
    child.wait(30)
    return [line.split() for line in printed if line.endswith("\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_desktop_shows_nothing_twice_and_loses_nothing(tmp_path: Path, path: Path) -> None:
    """Killed ten times while it stores and shows, a desktop has every acknowledged entry and repeats no toast."""
    note_module = (
        "from relay.protocol import Notification, Priority\n"
        "def note(seq):\n"
        "    return Notification(seq=seq, id=f'n-{seq}', source='s', provider='p', type='t',\n"
        "        priority=Priority.NORMAL, title='T', at=1.0)\n"
    )
    (tmp_path / "tests_note.py").write_text(note_module)
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    printed = [line for round_ in range(10) for line in run_and_kill(script, path, 5 + 7 * round_)]
    shown = [what for verb, what in printed if verb == "shown"]
    acked = max(int(what) for verb, what in printed if verb == "acked")
    inbox = Inbox.open(path)
    assert inbox.set_aside is None
    assert len(shown) == len(set(shown))
    stored = {entry.seq for entry in inbox.search(limit=100_000)}
    assert stored == set(range(1, (inbox.cursor("d").after or 0) + 1))
    assert stored >= set(range(1, acked + 1))
    inbox.close()


READ_BY_ANOTHER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("SELECT count(*) FROM entry").fetchone()[0])
db.close()
"""


def test_another_program_that_reads_the_file_takes_nothing_away(path: Path) -> None:
    """A backup that closes the file must not take itself for its last user, and the WAL with it.

    SQLite's locks are the process's: closing any other descriptor of the file gives them up
    (https://www.sqlite.org/howtocorrupt.html section 2.2).
    """

    def count() -> int:
        words = [sys.executable, "-c", READ_BY_ANOTHER, str(path)]
        return int(subprocess.run(words, capture_output=True, check=True, text=True).stdout)

    inbox = Inbox.open(path)
    inbox.put([note(1)], device="d", epoch="e")
    thread = threading.Thread(target=inbox.unread_count)
    thread.start()
    thread.join()
    assert count() == 1
    inbox.put([note(2)], device="d", epoch="e")
    assert count() == 2
    inbox.close()
