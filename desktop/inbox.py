"""What this desktop has received (SQLite), and how far: the only SQL of the desktop.

One :class:`Inbox` may be used from several threads: each gets its own connection, and writers take
turns. The GUI thread reads and marks; the connection's thread puts.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import msgspec

from desktop.entry import Entry
from relay.protocol import How, Link, Notification, Priority, Script

SCHEMA_VERSION = 1

BUSY_SECONDS = 5.0
"""How long a writer waits for another program that reads the file, a backup for example."""

REMEMBER_IDS_SECONDS = 400 * 86400.0
"""How long the id of a pruned entry is kept, so that a late redelivery is still known (promise P3)."""

_SCHEMA = f"""
CREATE TABLE entry (
    row INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of arrival
    id TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    priority TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    scripts BLOB NOT NULL,                  -- JSON
    links BLOB NOT NULL,                    -- JSON
    how TEXT NOT NULL,
    at REAL NOT NULL,
    received_at REAL NOT NULL,
    read INTEGER NOT NULL DEFAULT 0,
    shown INTEGER NOT NULL DEFAULT 0,
    words TEXT NOT NULL                     -- what is searched, case folded
);
CREATE INDEX entry_unread ON entry (row) WHERE read = 0;
CREATE INDEX entry_unshown ON entry (row) WHERE shown = 0 AND how = 'toast';
CREATE INDEX entry_received ON entry (received_at);
CREATE TABLE forgotten (id TEXT PRIMARY KEY, received_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE cursor (device TEXT PRIMARY KEY, epoch TEXT NOT NULL, after INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE gap (row INTEGER PRIMARY KEY, missed INTEGER NOT NULL, at REAL NOT NULL);
PRAGMA user_version = {SCHEMA_VERSION};
"""

_COLUMNS = (
    "id, seq, source, provider, type, priority, title, body, scripts, links, "
    "how, at, received_at, read, shown"
)

_INSERT = f"""
INSERT INTO entry ({_COLUMNS}, words)
SELECT :id, :seq, :source, :provider, :type, :priority, :title, :body, :scripts, :links, :how, :at,
       :received_at, 0, 0, :words
WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE id = :id)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - only the constant above is inserted

# Within one epoch the cursor only rises.
_ADVANCE = """
INSERT INTO cursor (device, epoch, after) VALUES (:device, :epoch, :after)
ON CONFLICT (device) DO UPDATE SET
    after = CASE WHEN epoch = excluded.epoch THEN max(after, excluded.after) ELSE excluded.after END,
    epoch = excluded.epoch
"""

_MOVE = """
INSERT INTO cursor (device, epoch, after) VALUES (:device, :epoch, :after)
ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch, after = excluded.after
"""

_CLAIM = "UPDATE entry SET shown = 1 WHERE id = ? AND shown = 0"

_FOR_NOW = {"BUSY", "CANTOPEN", "FULL", "IOERR", "LOCKED", "PERM", "READONLY"}
"""Result codes of SQLite, without their prefix and details, that say nothing about the file itself."""

_encode = msgspec.json.Encoder().encode
_read_scripts = msgspec.json.Decoder(tuple[Script, ...]).decode
_read_links = msgspec.json.Decoder(tuple[Link, ...]).decode


class InboxError(Exception):
    """The inbox could not be read or written: the disk is full, or the file is locked or damaged."""


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a device has stored: both None if nothing is known yet."""

    epoch: str | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """``missed`` notifications had been removed from the relay before this desktop came back."""

    missed: int
    at: float


class Inbox:
    """The entries of one profile, newest first for people, in order of arrival on disk."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._connections: dict[int, sqlite3.Connection] = {}
        self._closed = False
        # Writers and checkpoints take turns: before SQLite 3.51.3 two connections that reset the WAL
        # at the same instant could damage it, and Python brings whatever SQLite the system has.
        self._turn = threading.RLock()
        self._opening = threading.Lock()
        self.set_aside: Path | None = None
        """Where a damaged file was moved to when this inbox was opened: tell the agent. Else None."""

    @classmethod
    def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> Self:
        """Open or create the inbox at ``path`` (mode 0600); a damaged file is set aside, and a new one begun.

        Raises:
            InboxError: the folder cannot be written, or another program holds the file.
        """
        inbox = cls(path, clock)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not inbox._sound():
                inbox.set_aside = inbox._move_away()
                inbox._sound()
        except OSError as error:
            raise InboxError(f"{path} cannot be written: {error}") from error
        return inbox

    # The connection's verbs

    def cursor(self, device: str) -> Cursor:
        """Return where ``device`` has to resume."""
        rows = self._read("SELECT epoch, after FROM cursor WHERE device = ?", device)
        return Cursor(epoch=rows[0]["epoch"], after=rows[0]["after"]) if rows else Cursor()

    def put(
        self, messages: Sequence[Notification], *, device: str, epoch: str, ahead: float = 0.0
    ) -> list[Entry]:
        """Store notifications and move the cursor, in one transaction; return those that are new.

        An id that was ever put before is not new, even if it was pruned since (promise P3). ``ahead``
        is by how many seconds this computer's clock is ahead of the relay's: entries carry this
        computer's time, so that "a minute ago" is right here.
        """
        if not messages:
            return []
        now = self._clock()
        entries = [
            replace(Entry.from_notification(message, now), at=message.at + ahead) for message in messages
        ]
        highest = max(entry.seq for entry in entries)
        with self._write(durable=True) as db:
            new = [entry for entry in entries if db.execute(_INSERT, _row(entry)).rowcount == 1]
            db.execute(_ADVANCE, {"device": device, "epoch": epoch, "after": highest})
        return new

    def reset(self, device: str, *, epoch: str, after: int) -> None:
        """Take the relay's word for where to go on; entries stay."""
        with self._write(durable=True) as db:
            db.execute(_MOVE, {"device": device, "epoch": epoch, "after": after})

    def record_gap(self, device: str, *, epoch: str, after: int, missed: int) -> None:
        """Remember that something is missing, and go on after ``after``, in one transaction."""
        with self._write(durable=True) as db:
            db.execute("INSERT INTO gap (missed, at) VALUES (?, ?)", (missed, self._clock()))
            db.execute(_ADVANCE, {"device": device, "epoch": epoch, "after": after})

    # The windows' verbs

    def get(self, entry_id: str) -> Entry | None:
        """Return one entry, None if it isn't there."""
        rows = self._read(f"SELECT {_COLUMNS} FROM entry WHERE id = ?", entry_id)  # noqa: S608 - a constant
        return _entry(rows[0]) if rows else None

    def search(self, text: str = "", *, limit: int = 50, before: str | None = None) -> list[Entry]:
        """Return entries, newest first, that contain every word of ``text`` in title, body or scripts.

        Upper and lower case are the same. ``before`` is the id of the last entry of the page before.
        """
        conditions, values = ["1"], list[object]()
        # Not LIKE: it would have to be escaped, and folds only the letters of ASCII.
        for word in text.casefold().split():
            conditions.append("instr(words, ?) > 0")
            values.append(word)
        if before is not None:
            conditions.append("row < (SELECT row FROM entry WHERE id = ?)")
            values.append(before)
        sql = f"SELECT {_COLUMNS} FROM entry WHERE {' AND '.join(conditions)} ORDER BY row DESC LIMIT ?"  # noqa: S608 - constants
        return [_entry(row) for row in self._read(sql, *values, limit)]

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._read("SELECT count(*) FROM entry")[0][0])

    def unread_count(self) -> int:
        """Return how many entries are unread."""
        return int(self._read("SELECT count(*) FROM entry WHERE read = 0")[0][0])

    def unshown(self) -> list[Entry]:
        """Return the entries that asked for a toast and never had one, oldest first.

        They are left over when the desktop was quit or killed between storing and painting.
        """
        sql = f"SELECT {_COLUMNS} FROM entry WHERE shown = 0 AND how = 'toast' ORDER BY row"  # noqa: S608 - a constant
        return [_entry(row) for row in self._read(sql)]

    def claim_to_show(self, entry_id: str) -> bool:
        """Mark an entry as shown and say whether it wasn't before: paint only after True.

        The mark is committed before the first pixel, so that a killed desktop shows nothing twice.
        """
        return bool(self.claim_many([entry_id]))

    def claim_many(self, entry_ids: Sequence[str]) -> list[str]:
        """Claim several, for a digest, in one transaction; return the ids that were not shown before."""
        with self._write() as db:
            return [each for each in entry_ids if db.execute(_CLAIM, (each,)).rowcount == 1]

    def mark_read(self, *entry_ids: str) -> int:
        """Mark entries as read; return how many were unread."""
        with self._write() as db:
            sql = "UPDATE entry SET read = 1 WHERE id = ? AND read = 0"
            return sum(db.execute(sql, (each,)).rowcount for each in entry_ids)

    def mark_all_read(self) -> int:
        """Mark every entry as read; return how many were unread."""
        with self._write() as db:
            return db.execute("UPDATE entry SET read = 1 WHERE read = 0").rowcount

    def gaps(self) -> list[Gap]:
        """Return the recorded gaps, newest first."""
        rows = self._read("SELECT missed, at FROM gap ORDER BY row DESC")
        return [Gap(missed=row["missed"], at=row["at"]) for row in rows]

    def prune(self, older_than: float) -> int:
        """Remove entries received before ``older_than`` (Unix seconds); return how many."""
        with self._write() as db:
            db.execute(
                "INSERT OR IGNORE INTO forgotten SELECT id, received_at FROM entry WHERE received_at < ?",
                (older_than,),
            )
            db.execute("DELETE FROM forgotten WHERE received_at < ?", (older_than - REMEMBER_IDS_SECONDS,))
            db.execute("DELETE FROM gap WHERE at < ?", (older_than,))
            return db.execute("DELETE FROM entry WHERE received_at < ?", (older_than,)).rowcount

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
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    # The file

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection, made at its first use."""
        thread = threading.get_ident()
        connection = self._connections.get(thread)
        if connection is None:
            with self._opening:  # not the writers' turn: a window's first look doesn't wait for them
                if self._closed:
                    raise InboxError("the inbox is closed")
                connection = self._connections[thread] = _connect(self._path)
        return connection

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run a query. WAL: it doesn't wait for a writer."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise InboxError(str(error)) from error

    @contextmanager
    def _write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Run a transaction, alone.

        What was acknowledged to the relay must survive a power cut (``durable``); what the agent did
        must survive a killed process, which a commit without an fsync does.
        """
        try:
            with self._turn:
                db = self._connection()
                db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise InboxError(str(error)) from error

    def _sound(self) -> bool:
        """Create the tables if the file is new; say whether the file can be used.

        Raises:
            InboxError: the file cannot be opened for now; it may be sound.
        """
        try:
            db = self._connection()
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and not db.execute("SELECT 1 FROM sqlite_schema").fetchall():
                db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
                return True
            verdict: str = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.split("_")[1] in _FOR_NOW:
                raise InboxError(f"{self._path} cannot be opened: {error}") from error
            return False
        return version == SCHEMA_VERSION and verdict == "ok"

    def _move_away(self) -> Path:
        """Keep the file for a person to look at, under another name, with its companions."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        name = f"{self._path.stem}.corrupt-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(self._clock()))}"
        target = self._path.with_name(f"{name}{self._path.suffix}")
        for tail in ("-wal", "-shm", ""):
            part = Path(f"{self._path}{tail}")
            if part.exists():
                part.replace(f"{target}{tail}")
        return target


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file, private to its owner; SQLite gives its companions the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    # Only its own thread uses a connection, until close() closes all of them.
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        db.close()
        raise
    return db


def _row(entry: Entry) -> dict[str, object]:
    """Return an entry as the values of ``_INSERT``."""
    words = [entry.title, entry.body, *(script.text for script in entry.scripts)]
    return {
        "id": entry.id,
        "seq": entry.seq,
        "source": entry.source,
        "provider": entry.provider,
        "type": entry.type,
        "priority": entry.priority.value,
        "title": entry.title,
        "body": entry.body,
        "scripts": _encode(entry.scripts),
        "links": _encode(entry.links),
        "how": entry.how.value,
        "at": entry.at,
        "received_at": entry.received_at,
        "words": "\n".join(words).casefold(),
    }


def _entry(row: sqlite3.Row) -> Entry:
    """Read an entry from the columns of ``_COLUMNS``."""
    fields = dict(row)
    fields |= {
        "priority": Priority(row["priority"]),
        "how": How(row["how"]),
        "scripts": _read_scripts(row["scripts"]),
        "links": _read_links(row["links"]),
        "read": bool(row["read"]),
        "shown": bool(row["shown"]),
    }
    return Entry(**fields)
