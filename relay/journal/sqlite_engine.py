"""The journal's SQLite file while it is open: who reads, who writes, who is told, and how it ends.

``sqlite.py`` has the verbs. How writing is made safe is one file further down: ``sqlite_file.py``
opens, ``sqlite_writer.py`` commits in groups.
"""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

import apsw

from relay.errors import StorageBroken
from relay.journal import sqlite_change as change
from relay.journal import sqlite_read as read
from relay.journal.sqlite_file import climb, connect, connect_reader, new_epoch
from relay.journal.sqlite_writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

CHECKPOINT_PAGES = 1_000
"""Pages of 4 KiB in the WAL before it is copied into the file: longer ones gain little and cost at p99."""


class SqliteEngine:
    """A journal's file, open. Made by :meth:`open`.

    Everything is called on the event loop on which it was opened; nothing here blocks it.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._watchers: list[Callable[[], None]] = []
        self._broken_watchers: list[Callable[[StorageBroken], None]] = []
        self._closing: asyncio.Task[None] | None = None
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-reader")
        self._epoch = ""
        self._data_version = 0
        self._identity = (0, 0)
        self._writer: Writer
        self._reading: apsw.Connection

    @classmethod
    async def open(
        cls,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], float] = time.time,
        create: bool = True,
        checkpointer: bool = True,
        checkpoint_pages: int = CHECKPOINT_PAGES,
        epoch: Callable[[], str] = new_epoch,
        vfs: str | None = None,
    ) -> Self:
        """Open the journal at ``path``, and make it if it is missing and ``create`` is set.

        ``checkpointer`` is for the one process that serves. ``vfs`` names another of SQLite's
        views of the disk, with which tests let it fail.

        Raises:
            StorageBroken: the path or the file can't be used; the text names it and says why.
            StorageBusy: the file is locked, or the disk is full.
        """
        self = cls(Path(path), clock)
        connection, self._reading = await asyncio.to_thread(
            _connect_both, self._path, create, checkpointer, epoch, vfs
        )
        self._epoch = read.epoch(self._reading)
        self._data_version = _data_version(connection)
        self._identity = _identity(self._path)
        self._writer = Writer(
            connection,
            self._path,
            clock=clock,
            checkpoint_pages=checkpoint_pages if checkpointer else None,
            added=self._wake,
            broke=self._tell_broken,
        )
        self._writer.start()
        return self

    @property
    def epoch(self) -> str:
        """Return the name of this journal's life."""
        return self._epoch

    @property
    def broken(self) -> StorageBroken | None:
        """Return why the journal refuses everything from now on, None while all is well."""
        return self._writer.broken

    def watch(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` on the event loop whenever this process added events or notifications."""
        self._watchers.append(wake)

    def watch_broken(self, tell: Callable[[StorageBroken], None]) -> None:
        """Call ``tell`` once on the event loop when the journal breaks: the process should end."""
        self._broken_watchers.append(tell)

    def _wake(self) -> None:
        # By the loop, so that one watcher's mistake is not the next one's.
        loop = asyncio.get_running_loop()
        for wake in self._watchers:
            loop.call_soon(wake)

    def _tell_broken(self, error: StorageBroken) -> None:
        loop = asyncio.get_running_loop()
        for tell in self._broken_watchers:
            loop.call_soon(tell, error)

    # Life

    async def foreign_change(self) -> bool:
        """Say whether another process wrote to the journal since this was last asked."""
        # Asked of the writing connection, for which only other processes are others.
        before, self._data_version = self._data_version, await self._writer.ask(_data_version)
        return self._data_version != before

    async def check(self) -> None:
        """Write a row and read one; raise :class:`relay.errors.StorageError` if that can't be done."""
        now = self._clock()
        await self._writer.change(lambda base: change.probe(base, now))
        await self._read(read.epoch)
        # A file that was deleted or replaced still takes writes, and gives nothing back at the
        # next start.
        if await asyncio.to_thread(_identity, self._path) != self._identity:
            error = StorageBroken(f"{self._path}: the journal's file was removed or replaced while in use")
            self._writer.break_off(error)
            raise error

    async def close(self) -> None:
        """Finish what was begun, and let go of the files. A second call does nothing."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="journal-close")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._writer.refuse_more()
        # Readers first: the last checkpoint can only empty the WAL when nobody reads it.
        await asyncio.to_thread(self._reader.shutdown)
        await asyncio.to_thread(self._reading.close)
        await self._writer.stop()

    async def _read(
        self, question: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        self._writer.refuse_if_gone()
        ask = partial(self._ask, partial(question, self._reading, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._reader, ask)

    def _ask(self, question: Callable[[], T]) -> T:
        """Answer in the reader's thread, from one state of the journal."""
        try:
            self._reading.execute("BEGIN")
            try:
                return question()
            finally:
                self._reading.execute("ROLLBACK")
        except apsw.Error as error:
            raise self._writer.named(error) from error

    async def _in_portions(self, prune: Callable[[apsw.Connection], int]) -> int:
        removed = 0
        while count := await self._writer.change(prune):
            removed += count
        return removed


def _connect_both(
    path: Path, create: bool, checkpointer: bool, epoch: Callable[[], str], vfs: str | None
) -> tuple[apsw.Connection, apsw.Connection]:
    writing = connect(path, create=create, checkpointer=checkpointer, vfs=vfs)
    try:
        climb(writing, path, epoch=epoch)
        return writing, connect_reader(path, vfs=vfs)
    except BaseException:
        writing.close()
        raise


def _data_version(connection: apsw.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").get)


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
