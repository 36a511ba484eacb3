"""The inbox's file in use: a connection for each thread, transactions in turn, and whose it is.

Several agents may sign in on one computer, one after the other. The file that is in use belongs to
one of them; what the others chose to keep lies beside it, on a shelf of files, and is read by nobody.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import desktop.elapsed
from desktop import inbox_file
from desktop.i18n import mark, tr
from desktop.inbox_file import connect, is_for_now, prepare
from desktop.turn import Turn

_SENTENCES = {
    "FULL": mark("The disk is full: nothing can be stored on this computer ({error})."),
    "READONLY": mark("The inbox on this computer cannot be written ({error})."),
    "CORRUPT": mark("The inbox on this computer is damaged ({error})."),
}
"""By SQLite's result code without its details."""

_FOR_NOW = mark("The inbox cannot be used at the moment ({error}).")


class InboxError(Exception):
    """The inbox could not be read or written: the disk is full, or the file is locked or damaged.

    The text is a sentence for the agent.
    """


class Store:
    """The file of one profile, private to this user of the computer.

    It may be used from several threads: each gets its own connection, and writers take turns.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float], elapsed: Callable[[], float] | None = None
    ) -> None:
        # A clock that was given is a test's own; the system's is one that people set.
        self._elapsed = elapsed or (desktop.elapsed.elapsed if clock is time.time else clock)
        self._path, self._clock = path, clock
        self._looked = (clock(), self._elapsed())
        self._connections: dict[int, sqlite3.Connection] = {}
        self._closed = False
        # Writers and checkpoints take turns: before SQLite 3.51.3 two connections that reset the WAL
        # at the same instant could damage it, and Python brings whatever SQLite the system has.
        self._turn = Turn()
        self._opening = threading.Lock()
        self.set_aside: Path | None = None
        """Where a damaged file was moved to when this inbox was opened: tell the agent. Else None."""
        self.unproven = False
        """The file is large and was not closed by whoever used it last: somebody should look through it."""
        self.on_damage: Callable[[], None] = lambda: None
        """Called, on any thread, when the file turns out to be damaged: see :meth:`begin_anew`."""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] | None = None,
    ) -> Self:
        """Open or create the inbox at ``path`` (mode 0600); a damaged file is set aside, and a new one begun.

        ``elapsed`` counts like ``clock``, but nobody sets it (:mod:`desktop.elapsed`).

        Raises:
            InboxError: the folder cannot be written, or another program holds the file.
        """
        inbox = cls(path, clock, elapsed)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            inbox._prepare()
        except OSError as error:
            raise InboxError(f"{path} cannot be written: {error}") from error
        return inbox

    # Whose it is

    def owner(self) -> str:
        """Return whose file it is, as :meth:`belong_to` was told; empty: nobody's yet."""
        rows = self._read("SELECT name FROM owner")
        return str(rows[0]["name"]) if rows else ""

    def belong_to(self, owner: str, *, device: str = "") -> bool:
        """Use the file of ``owner`` from now on; say whether that is another than before.

        A file that is nobody's becomes the owner's if it is empty or ``device`` has stored in it; else
        it is put on the shelf, as the file of whoever was here before. No other thread may use the
        inbox meanwhile.

        Raises:
            InboxError: a file cannot be moved or opened.
        """
        before = self.owner()
        if before == owner:
            return False
        swaps = bool(before) or not self._may_adopt(owner, device)
        if swaps:
            self._swap(before, owner)
        with self._write() as db:
            db.execute("DELETE FROM owner")
            db.execute("INSERT INTO owner (name) VALUES (?)", (owner,))
        return swaps

    def leave(self, *, keep: bool) -> None:
        """Begin an empty file that is nobody's; what was there is kept for its owner, or removed.

        Raises:
            InboxError: a file cannot be moved, removed or opened.
        """
        owner = self.owner()
        if keep and owner:
            self._swap(owner, "")
        else:
            self._exchange(lambda: inbox_file.remove(self._path))

    def begin_anew(self) -> None:
        """Set the file aside, because it is damaged, and begin an empty one that is nobody's.

        No other thread may use the inbox meanwhile.

        Raises:
            InboxError: the file cannot be moved, or no other be opened.
        """

        def move() -> None:
            self.set_aside = inbox_file.move_away(self._path, self._clock())

        self._exchange(move)

    def clear_shelf(self, older_than: float) -> None:
        """Remove what others have left if they wrote to it last before ``older_than`` (Unix seconds).

        Raises:
            InboxError: a file cannot be removed.
        """
        try:
            for path in inbox_file.shelf(self._path):
                if path.stat().st_mtime < older_than:
                    inbox_file.remove(path)
        except OSError as error:
            raise InboxError(str(error)) from error

    def _may_adopt(self, owner: str, device: str) -> bool:
        if self._read("SELECT 1 FROM entry LIMIT 1"):
            return bool(self._read("SELECT 1 FROM cursor WHERE device = ?", device))
        return not inbox_file.place_of(self._path, owner).exists()

    def _swap(self, before: str, after: str) -> None:
        """Put the file on the shelf as the one of ``before``, and take that of ``after`` from there."""
        empty = not before and not self._read("SELECT 1 FROM entry LIMIT 1")

        def move() -> None:
            if empty:
                inbox_file.remove(self._path)
            inbox_file.move(self._path, inbox_file.place_of(self._path, before))
            if after:
                inbox_file.move(inbox_file.place_of(self._path, after), self._path)

        self._exchange(move)

    def _exchange(self, work: Callable[[], None]) -> None:
        with self._turn:
            with self._opening:
                self._let_go()
                try:
                    work()
                except OSError as error:
                    raise InboxError(str(error)) from error
            self._prepare()

    # Connections and transactions

    def release(self) -> None:
        """Close the calling thread's connection, because the thread is about to end."""
        with self._turn, self._opening:
            connection = self._connections.pop(threading.get_ident(), None)
            if connection is not None:
                connection.close()

    def close(self) -> None:
        """Close every thread's connection. A second call does nothing."""
        with self._turn, self._opening:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection, made at its first use."""
        thread = threading.get_ident()
        connection = self._connections.get(thread)
        if connection is None:
            with self._opening:  # not the writers' turn: a window's first look doesn't wait for them
                if self._closed:
                    raise InboxError("the inbox is closed")
                connection = self._connections[thread] = connect(self._path)
        return connection

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run a query. WAL: it doesn't wait for a writer."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self.failure(error) from error

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction, alone. It survives a killed process; a power cut, after :meth:`settle`."""
        try:
            with self._turn:
                db = self._connection()
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise self.failure(error) from error

    def settle(self) -> None:
        """Bring to the disk what this thread has written; for threads that nobody waits for.

        Others may write meanwhile, except once in some hundred times, when the WAL has become long.

        Raises:
            InboxError: it isn't on the disk, as far as can be told.
        """
        try:
            inbox_file.sync(self._path)
        except OSError as error:
            raise InboxError(tr(_FOR_NOW, error=error)) from error
        self._tidy()

    def _tidy(self) -> None:
        """Shorten the WAL if it has become long."""
        if not inbox_file.is_long(self._path):
            return
        try:
            with self._turn:
                inbox_file.checkpoint(self._connection())
        except sqlite3.Error as error:
            raise self.failure(error) from error

    def failure(self, error: sqlite3.Error) -> InboxError:
        """Return what to raise for an error of SQLite; a damaged file is told to ``on_damage``."""
        if inbox_file.is_damage(error):
            self.on_damage()
        name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").split("_")[0]
        words = _SENTENCES.get(name, _FOR_NOW)
        return InboxError(tr(words, error=error))

    # The file

    def _prepare(self) -> None:
        """Make the file fit for use; a damaged one is set aside, and a new one begun."""
        large = inbox_file.is_large(self._path)
        self.unproven = large and inbox_file.was_left_open(self._path)
        if not self._sound(thorough=not large):
            self.set_aside = self._move_away()
            self._sound(thorough=False)
            self.unproven = False
        inbox_file.sync_folder(self._path)

    def _sound(self, *, thorough: bool) -> bool:
        """Create the tables if the file is new; say whether the file can be used.

        Raises:
            InboxError: the file cannot be opened for now; it may be sound.
        """
        try:
            return prepare(self._connection(), thorough=thorough)
        except sqlite3.DatabaseError as error:
            if is_for_now(error):
                raise InboxError(f"{self._path} cannot be opened: {error}") from error
            return False

    def _move_away(self) -> Path:
        """Keep the file for a person to look at; return its new name."""
        self._let_go()
        return inbox_file.move_away(self._path, self._clock())
