"""What the journal does when its disk is slow, full, failing, damaged or taken away."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from relay.errors import StorageBroken, StorageBusy
from relay.event import EVERYONE, Dispatched, Event
from relay.journal import sqlite_file, sqlite_writer
from relay.journal.sqlite import SqliteJournal

MakeEvent = Callable[..., Event]
MakeNotified = Callable[..., Dispatched]


class FsyncError(apsw.IOError):
    """What SQLite's own disk raises when fsync fails."""

    result = apsw.SQLITE_IOERR
    extendedresult = apsw.SQLITE_IOERR_FSYNC


class FaultyFile(apsw.VFSFile):
    """A file of SQLite whose writes and syncs its disk may spoil."""

    def __init__(self, disk: "FaultyDisk", name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        self._is_wal = path.endswith("-wal")

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - apsw's name
        if self._disk.full:
            raise apsw.FullError("no space left")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        if self._is_wal:
            self._disk.syncing.set()
            assert self._disk.go_on.wait(30)
        if self._disk.fails_wal_sync if self._is_wal else self._disk.fails_file_sync:
            raise FsyncError("fsync failed")
        super().xSync(flags)


class FaultyDisk(apsw.VFS):
    """A disk that fills up, fails or holds its breath when told to."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.full = self.fails_wal_sync = self.fails_file_sync = False
        self.syncing, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> FaultyFile:  # noqa: N802 - apsw's name
        return FaultyFile(self, name, flags)

    def hold(self) -> None:
        """Let the next sync of the WAL wait until ``go_on`` is set."""
        self.syncing.clear()
        self.go_on.clear()

    async def held(self) -> None:
        """Wait until a sync of the WAL waits."""
        assert await asyncio.to_thread(self.syncing.wait, 30)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FaultyDisk]:
    """Return a disk of this test's own."""
    disk = FaultyDisk(f"faulty-{tmp_path}")
    yield disk
    disk.go_on.set()
    disk.unregister()


@pytest.fixture
def on(tmp_path: Path) -> Callable[..., Any]:
    """Return how to open this test's journal, on a disk if one is given."""

    @asynccontextmanager
    async def open_journal(disk: FaultyDisk | None = None, **options: Any) -> AsyncIterator[SqliteJournal]:
        vfs = disk.name if disk else None
        journal = await SqliteJournal.open(tmp_path / "journal.db", clock=lambda: 1.0, vfs=vfs, **options)
        try:
            yield journal
        finally:
            await journal.close()

    return open_journal


def count_commits(journal: SqliteJournal) -> list[int]:
    """Return a list that gets one item for each transaction that is committed from now on."""
    commits: list[int] = []

    def hook() -> bool:
        commits.append(1)
        return False

    journal._writer._connection.set_commit_hook(hook)
    return commits


async def names(journal: SqliteJournal) -> list[str]:
    return [found.event.id for found in await journal.pending(10_000)]


# Group commit


async def test_what_arrives_during_a_commit_shares_the_next(
    on: Any, disk: FaultyDisk, event: MakeEvent
) -> None:
    """Three hundred appends and a change that wait for one fsync need one more transaction."""
    async with on(disk) as journal:
        await journal.append(event("warm-up"))
        commits = count_commits(journal)
        disk.hold()
        first = asyncio.create_task(journal.append(event("first")))
        await disk.held()
        others = [asyncio.create_task(journal.append(event(str(number)))) for number in range(300)]
        change = asyncio.create_task(journal.revoke("nobody", 1.0))
        await asyncio.sleep(0)
        disk.go_on.set()
        answers = await asyncio.gather(first, *others)
        await change
        assert [answer.seq for answer in answers] == list(range(2, 303))
        assert len(commits) == 2


async def test_many_appends_need_few_transactions(on: Any, event: MakeEvent) -> None:
    """A thousand simultaneous appends cost a small part of a thousand commits."""
    async with on() as journal:
        commits = count_commits(journal)
        await asyncio.gather(*(journal.append(event(str(number))) for number in range(1_000)))
        assert len(commits) <= 50


async def test_nothing_is_acknowledged_before_the_sync(on: Any, disk: FaultyDisk, event: MakeEvent) -> None:
    """While the fsync runs the append has no answer, and readers don't see the event."""
    async with on(disk) as journal:
        await journal.append(event("a"))
        disk.hold()
        call = asyncio.create_task(journal.append(event("b")))
        await disk.held()
        assert await names(journal) == ["a"]
        assert not call.done()
        disk.go_on.set()
        assert (await call).seq == 2


# Limits


async def test_a_full_queue_is_refused(
    on: Any, disk: FaultyDisk, event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many requests as the limit may wait, one more is busy; when the disk goes on, all is well."""
    monkeypatch.setattr(sqlite_writer, "MAX_WAITING", 5)
    async with on(disk) as journal:
        disk.hold()
        calls = [asyncio.create_task(journal.append(event(str(number)))) for number in range(5)]
        await disk.held()
        with pytest.raises(StorageBusy, match="5 requests wait"):
            await journal.append(event("late"))
        disk.go_on.set()
        await asyncio.gather(*calls)
        assert not (await journal.append(event("late"))).duplicate


async def test_too_many_waiting_bytes_are_refused(
    on: Any, disk: FaultyDisk, event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bodies up to the limit may wait in memory, one byte more is busy; a large one alone may pass."""
    monkeypatch.setattr(sqlite_writer, "MAX_WAITING_BYTES", 100)
    async with on(disk) as journal:
        assert (await journal.append(event("large", data=b"x" * 1_000))).seq == 1
        disk.hold()
        calls = [asyncio.create_task(journal.append(event(name, data=b"x" * 50))) for name in "ab"]
        await disk.held()
        with pytest.raises(StorageBusy, match="100 bytes wait"):
            await journal.append(event("c", data=b"x"))
        disk.go_on.set()
        await asyncio.gather(*calls)
        await journal.append(event("c", data=b"x"))


# A full disk


async def test_r4_a_full_disk_is_busy_and_heals(
    on: Any, disk: FaultyDisk, event: MakeEvent, notified: MakeNotified
) -> None:
    """Nothing is acknowledged on a full disk, reading goes on, and with space again all works."""
    async with on(disk) as journal:
        await journal.append(event("a"))
        disk.full = True
        refused = await asyncio.gather(
            *(journal.append(event(name)) for name in "bcd"),
            journal.publish([notified(1)]),
            return_exceptions=True,
        )
        assert [type(error) for error in refused] == [StorageBusy] * 4
        with pytest.raises(StorageBusy, match=r"journal\.db: .*for now"):
            await journal.check()
        assert await names(journal) == ["a"]
        assert await journal.latest_for([EVERYONE]) == 0
        assert journal.broken is None
        disk.full = False
        assert (await journal.append(event("b"))).seq == 2
        await journal.check()
        assert await names(journal) == ["a", "b"]


async def test_a_full_disk_at_the_checkpoint_costs_nothing(
    on: Any, disk: FaultyDisk, event: MakeEvent
) -> None:
    """If the WAL cannot be copied for now, everything acknowledged stays in it."""
    async with on(disk) as journal:
        await journal.append(event("a"))
        disk.full = True
    disk.full = False
    async with on() as journal:
        assert await names(journal) == ["a"]


async def test_r4_a_lock_held_too_long_is_busy(
    on: Any, tmp_path: Path, event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process in a long transaction makes us busy, and its end makes us well."""
    monkeypatch.setattr(sqlite_file, "BUSY_MILLISECONDS", 1)
    async with on() as journal:
        other = apsw.Connection(str(tmp_path / "journal.db"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="locked"):
            await journal.append(event("a"))
        assert await names(journal) == []
        other.close()
        assert not (await journal.append(event("a"))).duplicate


# Broken for good


async def test_a_failed_sync_ends_the_journal(on: Any, disk: FaultyDisk, event: MakeEvent) -> None:
    """After an fsync error nothing is acknowledged, not even when the next sync would succeed."""
    async with on(disk) as journal:
        await journal.append(event("a"))
        told: asyncio.Queue[StorageBroken] = asyncio.Queue()
        journal.watch_broken(told.put_nowait)
        disk.fails_wal_sync = True
        errors = await asyncio.gather(
            *(journal.append(event(name)) for name in "bcd"), return_exceptions=True
        )
        assert [type(error) for error in errors] == [StorageBroken] * 3
        assert isinstance(journal.broken, StorageBroken)
        assert await told.get() is journal.broken
        disk.fails_wal_sync = False
        for call in (journal.append(event("e")), journal.pending(1), journal.check(), journal.devices()):
            with pytest.raises(StorageBroken, match=r"journal\.db: .*cannot be trusted"):
                await call
        assert told.empty()
    async with on() as journal:
        assert "a" in await names(journal)
        assert "e" not in await names(journal)


async def test_a_failed_sync_of_the_file_is_not_overlooked(
    on: Any, disk: FaultyDisk, event: MakeEvent
) -> None:
    """An fsync error of a checkpoint breaks the journal, and what was acknowledged stays in the WAL."""
    async with on(disk, checkpoint_pages=1) as journal:
        await journal.append(event("a"))
        broken = asyncio.Event()
        journal.watch_broken(lambda _error: broken.set())
        await journal.foreign_change()  # the writer answers this after its first checkpoint
        disk.fails_file_sync = True
        assert (await journal.append(event("b"))).seq == 2
        await asyncio.wait_for(broken.wait(), 10)
        disk.fails_file_sync = False
        with pytest.raises(StorageBroken):
            await journal.append(event("c"))
    async with on() as journal:
        assert await names(journal) == ["a", "b"]


async def test_a_damaged_file_ends_the_journal(on: Any, tmp_path: Path, event: MakeEvent) -> None:
    """A file whose pages are garbage is broken when one of them is read, and stays so."""
    async with on() as journal:
        await asyncio.gather(
            *(journal.append(event(str(number), data=b"x" * 5_000)) for number in range(200))
        )
    with (tmp_path / "journal.db").open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(size // 2)
        file.write(b"\xa5" * (size - size // 2))
    async with on() as journal:
        with pytest.raises(StorageBroken, match="malformed"):
            await journal.pending(1_000)
        with pytest.raises(StorageBroken):
            await journal.append(event("new"))


async def test_a_file_that_was_removed_is_noticed(on: Any, tmp_path: Path, event: MakeEvent) -> None:
    """A journal whose file is gone would forget everything at the next start: the check says so."""
    async with on() as journal:
        await journal.append(event("a"))
        await journal.check()
        (tmp_path / "journal.db").unlink()
        with pytest.raises(StorageBroken, match="removed or replaced"):
            await journal.check()
        with pytest.raises(StorageBroken):
            await journal.append(event("b"))
