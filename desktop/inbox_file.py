"""The inbox's file (SQLite): opened privately, brought to the current schema, set aside when damaged."""

import hashlib
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from desktop import search

SMALL_BYTES = 4 << 20
"""A file that is looked through whenever it is opened: some hundredths of a second."""

BUSY_SECONDS = 5.0
"""How long a writer waits for another program that reads the file, a backup for example."""

LONG_WAL = 4 << 20
"""Bytes from which the WAL is brought into the file by a thread that nobody waits for."""

LONGEST_WAL = 64 << 20
"""Bytes from which whoever writes next does it, because no such thread has written for very long."""

_PAGE = 4096

_FIRST = """
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
"""

_WORK_AMONG_PEOPLE = """
ALTER TABLE entry ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entry ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entry ADD COLUMN actions BLOB NOT NULL DEFAULT x'5b5d';  -- JSON
ALTER TABLE entry ADD COLUMN playbook TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN scheme TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN teams BLOB NOT NULL DEFAULT x'5b5d';    -- JSON
ALTER TABLE entry ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN claimable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN stage TEXT NOT NULL DEFAULT 'new';
ALTER TABLE entry ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN holder_name TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN until REAL;
ALTER TABLE entry ADD COLUMN expires REAL;
ALTER TABLE entry ADD COLUMN quiet TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN done_at REAL;
ALTER TABLE entry ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE forgotten ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
DROP INDEX entry_unshown;
CREATE INDEX entry_unshown ON entry (row) WHERE shown = 0 AND how <> 'inbox';
CREATE INDEX entry_expires ON entry (expires) WHERE expires IS NOT NULL AND done_at IS NULL;
"""

_WAYS_TO_FILTER = """
-- What the history filters by, all in one narrow index: no filter has to read the texts.
CREATE INDEX entry_facets ON entry (row, at, type, stage, holder, teams, read);
"""

_PUT_OFF = """
CREATE TABLE snooze (id TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""

_WHOSE = """
CREATE TABLE owner (name TEXT NOT NULL);    -- one row, or none while it is nobody's
CREATE TABLE recipient (name TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""

_ABOUT_WHOM = """
ALTER TABLE entry ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN subject_name TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN about BLOB NOT NULL DEFAULT x'6e756c6c';  -- JSON
CREATE INDEX entry_subject ON entry (subject) WHERE subject <> '';
"""

_NOT_YET_TOLD = """
CREATE TABLE receipt (
    row INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they were made
    id TEXT NOT NULL,
    what TEXT NOT NULL,
    at REAL NOT NULL,
    UNIQUE (id, what)
);
"""

STEPS = (_FIRST, _WORK_AMONG_PEOPLE, _WAYS_TO_FILTER, _PUT_OFF, _WHOSE, _ABOUT_WHOM, _NOT_YET_TOLD)
"""Step n lifts a file from version n to n + 1; a new file takes all of them. Steps are never changed."""

_PARTS = ("-wal", "-shm", "")
_LETTERS = 16

_FOR_NOW = {"BUSY", "CANTOPEN", "FULL", "IOERR", "LOCKED", "PERM", "READONLY"}
"""Result codes of SQLite, without their prefix and details, that say nothing about the file itself."""

_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX", "SQLITE_NOTADB"}


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, private to its owner; SQLite gives its companions the same mode."""
    with suppress(FileExistsError):
        # Exclusively: to open and close a file that is in use would give up the locks that this process
        # has on it (sqlite.org/howtocorrupt.html, 2.2), and another program could take away the WAL.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    # Only its own thread uses a connection, until the inbox closes all of them.
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        _configure(db)
    except BaseException:
        db.close()
        raise
    return db


def _configure(db: sqlite3.Connection) -> None:
    """Let nobody wait for the disk at a commit: :func:`sync` and :func:`checkpoint` do that work.

    Where there can be no WAL, on some shared folders, each commit has to be on the disk by itself.
    """
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    db.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
    db.execute(f"PRAGMA wal_autocheckpoint = {LONGEST_WAL // _PAGE}")
    db.execute(f"PRAGMA journal_size_limit = {LONG_WAL}")  # it shrinks to that once it begins anew


def sync(path: Path) -> None:
    """Bring to the disk what was committed, so that it survives a power cut.

    SQLite would do it at the commit, and every other writer would have to wait for the disk. What isn't
    in the WAL any more was brought further by a checkpoint, which syncs by itself. SQLite has no locks
    on the WAL that closing it could give up.

    Raises:
        OSError: it isn't on the disk, as far as can be told.
    """
    with suppress(FileNotFoundError):
        wal = os.open(f"{path}-wal", os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            os.fsync(wal)
        finally:
            os.close(wal)


def sync_folder(path: Path) -> None:
    """Bring to the disk that the file and its companions are there, where a folder is asked for that."""
    if os.name == "posix":
        with suppress(OSError):  # shared folders may not know it
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def is_long(path: Path) -> bool:
    """Say whether a checkpoint is due."""
    try:
        return Path(f"{path}-wal").stat().st_size > LONG_WAL
    except OSError:
        return False


def checkpoint(db: sqlite3.Connection) -> None:
    """Bring what is in the WAL to where it belongs, as far as no reader needs it where it is."""
    db.execute("PRAGMA wal_checkpoint(PASSIVE)")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open the file beside its writers. What cannot write never resets the WAL beneath their connections."""
    place = f"{path.absolute().as_uri()}?mode=ro"
    # One thread after the other: the archive is closed by another than reads.
    db = sqlite3.connect(place, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


def was_left_open(path: Path) -> bool:
    """Say whether whoever used the file last did not close it: killed, or without power."""
    try:
        return Path(f"{path}-wal").stat().st_size > 0
    except OSError:
        return False


def is_large(path: Path) -> bool:
    """Say whether looking through the whole file takes longer than somebody should wait for."""
    return path.exists() and path.stat().st_size > SMALL_BYTES


def is_sound(path: Path) -> bool:
    """Look through the whole file, by a connection of its own; this may take seconds.

    A file that cannot be read for now is taken for sound.
    """
    try:
        with closing(connect_to_read(path)) as db:
            return is_whole(db)
    except sqlite3.DatabaseError as error:
        return is_for_now(error)


def is_whole(db: sqlite3.Connection) -> bool:
    """Say whether every page of the file fits to the others."""
    return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def prepare(db: sqlite3.Connection, *, thorough: bool) -> bool:
    """Bring the file to the current schema; False if it cannot be used: damaged, or of a newer version.

    ``thorough``: look through all of it first.

    Raises:
        sqlite3.Error: it could not be read or written; :func:`is_for_now` says whether it may be sound.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    fresh = version == 0 and not db.execute("SELECT 1 FROM sqlite_schema").fetchall()
    if not fresh and not (0 < version <= len(STEPS) and (not thorough or is_whole(db))):
        return False
    if version < len(STEPS):
        steps = "".join(STEPS[version:])
        try:
            db.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {len(STEPS)}; COMMIT;")
        except sqlite3.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    _keep_index(db)
    return True


def has_index(db: sqlite3.Connection) -> bool:
    """Say whether the entries' words have an index, which is kept in step with them."""
    kept = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'entry_words_added'"
    return bool(db.execute(kept).fetchall()) and _can_index(db)


def _can_index(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchall())


def _keep_index(db: sqlite3.Connection) -> None:
    """Make the index of words if this SQLite can; if it cannot, let entries be stored without it.

    It is no step: the same file may be opened by one SQLite that has FTS5, and by one that has not.
    """
    if has_index(db):
        return
    sql = search.NO_INDEX
    if _can_index(db):
        sql += f"DROP TABLE IF EXISTS entry_words; {search.INDEX}"
    try:
        db.executescript(f"BEGIN IMMEDIATE; {sql} COMMIT;")
    except sqlite3.Error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def is_for_now(error: sqlite3.DatabaseError) -> bool:
    """Say whether an error is about the moment, a lock or a full disk, and not about the file."""
    return error.sqlite_errorname.split("_")[1] in _FOR_NOW


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether an error means that the file is damaged, and not only the index of its words."""
    return getattr(error, "sqlite_errorname", "") in _DAMAGED


def move_away(path: Path, now: float) -> Path:
    """Keep the file for a person to look at, under another name, with its companions; return the name."""
    name = f"{path.stem}.corrupt-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}"
    target = path.with_name(f"{name}{path.suffix}")
    move(path, target)
    return target


def place_of(path: Path, owner: str) -> Path:
    """Return where the file of somebody else lies meanwhile; the name doesn't tell whose it is."""
    letters = hashlib.sha256(owner.encode()).hexdigest()[:_LETTERS]
    return path.with_name(f"{path.stem}-{letters}{path.suffix}")


def shelf(path: Path) -> list[Path]:
    """Return the files that others have left beside the one in use."""
    return sorted(path.parent.glob(f"{path.stem}-{'[0-9a-f]' * _LETTERS}{path.suffix}"))


def move(path: Path, target: Path) -> None:
    """Move a file with its companions, in the place of what was there; nothing if there is none."""
    if not path.exists():
        return
    remove(target)
    for tail in _PARTS:
        part = Path(f"{path}{tail}")
        if part.exists():
            part.replace(f"{target}{tail}")


def remove(path: Path) -> None:
    """Remove a file with its companions."""
    for tail in _PARTS:
        Path(f"{path}{tail}").unlink(missing_ok=True)
