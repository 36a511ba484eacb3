"""How the journal's file is made, opened, refused and brought to a newer schema."""

import asyncio
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from relay.errors import StorageBroken, StorageBusy
from relay.event import Event
from relay.journal import sqlite_file
from relay.journal.sqlite import SqliteJournal
from relay.journal.sqlite_file import SCHEMA, Ladder, climb, connect

SNAPSHOTS = Path(__file__).parent / "schemas"

MakeEvent = Callable[..., Event]
Shape = dict[str, object]


def shape(base: apsw.Connection) -> Shape:
    """Return what a schema consists of, without its wording."""
    found: Shape = {}
    rows = base.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall()
    for kind, name, sql in ([str(value) for value in row] for row in rows):
        if kind == "table":
            found[name] = (
                sorted(
                    base.execute(
                        'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)', (name,)
                    )
                ),
                base.execute("SELECT wr, strict FROM pragma_table_list(?)", (name,)).get,
                base.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)).fetchall(),
            )
        elif kind == "index":
            found[name] = base.execute("SELECT * FROM pragma_index_xinfo(?)", (name,)).fetchall()
        else:
            found[name] = re.sub(r"\s+", " ", sql)
    return found


def climbed(path: Path, ladder: Ladder) -> Shape:
    base = connect(path, create=True, checkpointer=True)
    try:
        climb(base, path, ladder=ladder)
        assert base.execute("PRAGMA user_version").get == ladder.version
        return shape(base)
    finally:
        base.close()


# Making


async def test_a_new_journal_is_private(tmp_path: Path) -> None:
    """Folders are made for the owner alone, and so are the file, its WAL and its index."""
    path = tmp_path / "deskbell" / "relay" / "journal.db"
    journal = await SqliteJournal.open(path)
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    folders = [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)]
    await journal.close()
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert folders == [0o700, 0o700]


async def test_each_journal_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    """The name of a journal's life is 128 random bits, or what was asked for."""
    journals = [await SqliteJournal.open(tmp_path / name) for name in ("a.db", "b.db")]
    asked = await SqliteJournal.open(tmp_path / "c.db", epoch=lambda: "cafe")
    epochs = [journal.epoch for journal in journals]
    for journal in (*journals, asked):
        await journal.close()
    assert all(re.fullmatch("[0-9a-f]{32}", epoch) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert asked.epoch == "cafe"


async def test_the_file_is_as_durable_as_promised(tmp_path: Path) -> None:
    """Every commit is synced, the journal is a WAL, and no checkpoint runs behind our back."""
    base = connect(tmp_path / "j.db", create=True, checkpointer=True)
    asked = (
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "wal_autocheckpoint",
        "secure_delete",
        "mmap_size",
    )
    found = {name: base.pragma(name) for name in asked}
    base.close()
    assert found == dict(zip(asked, ("wal", 2, 1, 0, 1, 0), strict=True))


# Refusing


async def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    """A path that is a folder is refused by name."""
    with pytest.raises(StorageBroken, match=re.escape(f"{tmp_path}: the journal must be a file")):
        await SqliteJournal.open(tmp_path)


async def test_a_file_on_the_way_is_named(tmp_path: Path) -> None:
    """If a folder of the path is a file, the sentence names it."""
    (tmp_path / "data").write_text("hello")
    with pytest.raises(StorageBroken, match=r"journal\.db: the journal cannot be made: .*data: "):
        await SqliteJournal.open(tmp_path / "data" / "journal.db")


def test_a_missing_journal_is_not_made_unasked(tmp_path: Path) -> None:
    """Without leave to create, neither file nor folder appears."""
    with pytest.raises(StorageBroken, match="there is no journal here"):
        asyncio.run(SqliteJournal.open(tmp_path / "data" / "journal.db", create=False))
    assert list(tmp_path.iterdir()) == []


async def test_something_else_is_not_a_journal(tmp_path: Path) -> None:
    """A file that is no database is refused, and stays as it was."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StorageBroken, match=r"letter\.txt: .*not a database"):
        await SqliteJournal.open(path)
    assert path.read_text().startswith("Dear Sir")


async def test_another_programs_database_is_not_a_journal(tmp_path: Path) -> None:
    """A database with tables of another program is refused, and gets none of ours."""
    path = tmp_path / "browser.db"
    base = apsw.Connection(str(path))
    base.execute("CREATE TABLE bookmark (url)")
    with pytest.raises(StorageBroken, match="another program's database"):
        await SqliteJournal.open(path)
    assert base.execute("SELECT count(*) FROM sqlite_schema").get == 1
    base.close()


AS_NOBODY = """
import asyncio, os, sys
from pathlib import Path
from relay.errors import StorageBroken
from relay.journal.sqlite import SqliteJournal
path = Path(sys.argv[1])
path.parent.chmod(0o500)
if os.geteuid() == 0:
    os.chown(path.parent, 65534, 65534)
    os.setgid(65534)
    os.setuid(65534)
try:
    asyncio.run(SqliteJournal.open(path))
except StorageBroken as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permission there")
def test_a_read_only_folder_is_named() -> None:
    """A folder without permission to write is refused by name, also by a process that began as root."""
    # Below pytest's own folder nobody else may look.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "read-only" / "journal.db"
        path.parent.mkdir()
        Path(folder).chmod(0o755)
        run = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert re.search(r"journal\.db: the journal cannot be", run.stdout), run.stdout
        assert not path.exists()
        path.parent.chmod(0o700)


async def test_no_permission_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the system says that the file may not be written, the sentence names the place."""
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path)
    with pytest.raises(StorageBroken, match=re.escape(f"no permission to write {tmp_path}")):
        await SqliteJournal.open(tmp_path / "journal.db")


async def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    """A file of a later version is left alone, and the sentence says what made it."""
    path = tmp_path / "journal.db"
    await (await SqliteJournal.open(path)).close()
    base = apsw.Connection(str(path))
    base.pragma("user_version", SCHEMA.version + 6)
    base.close()
    with pytest.raises(
        StorageBroken, match=rf"newer Deskbell \(its schema is {SCHEMA.version + 6}, .* {SCHEMA.version}\)"
    ):
        await SqliteJournal.open(path)


async def test_a_locked_journal_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another process holds for longer than we wait is a reason to come back."""
    path = tmp_path / "journal.db"
    await (await SqliteJournal.open(path)).close()
    other = apsw.Connection(str(path))
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(sqlite_file, "BUSY_MILLISECONDS", 1)
    with pytest.raises(StorageBusy, match="locked"):
        await SqliteJournal.open(path)
    other.close()


def test_a_journal_being_made_by_another_is_waited_for(tmp_path: Path) -> None:
    """While another process holds the new file we ask again, and go on as soon as it lets go."""
    path = tmp_path / "journal.db"
    other = apsw.Connection(str(path))
    other.execute("BEGIN EXCLUSIVE")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            other.close()

    connect(path, create=True, checkpointer=True, sleep=sleep).close()
    assert len(slept) == 3


@pytest.mark.parametrize(("version", "good"), [((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True)])
def test_a_sqlite_that_corrupts_is_refused(tmp_path: Path, version: tuple[int, ...], good: bool) -> None:
    """Versions before the mended one don't get to write a journal."""
    if good:
        connect(tmp_path / "j.db", create=True, checkpointer=True, sqlite=version).close()
    else:
        with pytest.raises(StorageBroken, match=r"SQLite 3\.51\.2 can corrupt"):
            connect(tmp_path / "j.db", create=True, checkpointer=True, sqlite=version)


# Climbing


def test_a_fresh_schema_is_where_every_release_climbs_to(tmp_path: Path) -> None:
    """Each released schema, lifted step by step, ends as a new file begins, with its rows."""
    fresh = climbed(tmp_path / "fresh.db", SCHEMA)
    snapshots = sorted(SNAPSHOTS.glob("*.sql"), key=lambda found: int(found.stem))
    assert [int(found.stem) for found in snapshots] == list(range(1, SCHEMA.version + 1))
    for snapshot in snapshots:
        path = tmp_path / f"{snapshot.stem}.db"
        base = apsw.Connection(str(path))
        base.execute(snapshot.read_text("utf-8"))
        base.close()
        assert climbed(path, SCHEMA) == fresh
        journal = asyncio.run(_events_of(path))
        assert journal == ("cafe", ["a"])


async def _events_of(path: Path) -> tuple[str, list[str]]:
    journal = await SqliteJournal.open(path)
    found = [stored.event.id for stored in await journal.pending(10)]
    await journal.close()
    return journal.epoch, found


LIFE = "CREATE TABLE life (only INTEGER PRIMARY KEY, epoch TEXT)"


def _add_column(base: apsw.Connection) -> None:
    base.execute("ALTER TABLE life ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'")


def _add_table(base: apsw.Connection) -> None:
    base.execute("CREATE TABLE claim (id TEXT PRIMARY KEY) STRICT")


def test_a_file_climbs_each_step_once(tmp_path: Path) -> None:
    """Two steps lead from the first schema to the third, which a new file gets at once."""
    third = (
        "CREATE TABLE life (only INTEGER PRIMARY KEY, epoch TEXT, mood TEXT NOT NULL DEFAULT 'good');"
        "CREATE TABLE claim (id TEXT PRIMARY KEY) STRICT"
    )
    ladder = Ladder(fresh=third, steps=(_add_column, _add_table))
    old = tmp_path / "old.db"
    climbed(old, Ladder(fresh=LIFE))
    assert climbed(old, ladder) == climbed(tmp_path / "new.db", ladder)
    assert climbed(old, ladder) == climbed(tmp_path / "new.db", ladder)


def test_a_step_that_fails_leaves_the_step_before(tmp_path: Path) -> None:
    """A step and its number are one transaction: after a failure the next start tries it again."""

    def fail(base: apsw.Connection) -> None:
        _add_table(base)
        raise RuntimeError("power cut")

    path = tmp_path / "j.db"
    first = climbed(path, Ladder(fresh=LIFE))
    assert "mood" not in str(first)
    with pytest.raises(RuntimeError, match="power cut"):
        climbed(path, Ladder(fresh=LIFE, steps=(_add_column, fail)))
    base = apsw.Connection(str(path))
    assert base.pragma("user_version") == 2
    assert set(shape(base)) == set(first)
    base.close()
    assert "claim" in climbed(path, Ladder(fresh=LIFE, steps=(_add_column, _add_table)))


# Life beside another process


async def test_a_second_process_leaves_the_wal_alone(tmp_path: Path, event: MakeEvent) -> None:
    """Without the right to checkpoint, even the last to close keeps the WAL; the next start reads it."""
    path = tmp_path / "journal.db"
    await (await SqliteJournal.open(path)).close()
    guest = await SqliteJournal.open(path, checkpointer=False, checkpoint_pages=1)
    for name in "abc":
        await guest.append(event(name))
    await guest.close()
    wal = path.with_name("journal.db-wal")
    assert wal.stat().st_size > 0
    owner = await SqliteJournal.open(path)
    assert len(await owner.pending(10)) == 3
    await owner.close()
    assert not wal.exists()


async def test_the_wal_is_kept_short(tmp_path: Path, event: MakeEvent) -> None:
    """A WAL that reached its length is copied into the file, and begins anew."""
    path = tmp_path / "journal.db"
    journal = await SqliteJournal.open(path, checkpoint_pages=20)
    for number in range(100):
        await journal.append(event(str(number), data=b"x" * 3_000))
    wal = path.with_name("journal.db-wal").stat().st_size
    await journal.close()
    # The schema alone takes about fifty pages; a hundred appends would take three hundred more.
    assert wal < 80 * 4_120


async def test_a_guest_sees_and_is_seen(tmp_path: Path, event: MakeEvent) -> None:
    """What one of two open journals writes, the other reads at once and knows to be foreign."""
    owner = await SqliteJournal.open(tmp_path / "journal.db")
    guest = await SqliteJournal.open(tmp_path / "journal.db", checkpointer=False)
    assert owner.epoch == guest.epoch
    assert not await owner.foreign_change()
    await guest.append(event("a"))
    assert await owner.foreign_change()
    assert not await owner.foreign_change()
    assert [found.event.id for found in await owner.pending(10)] == ["a"]
    assert (await owner.append(event("a"))).duplicate
    assert not await owner.foreign_change()
    await guest.close()
    await owner.close()
