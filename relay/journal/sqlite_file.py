"""The journal's file: made privately, opened safely, brought to the current schema."""

import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import apsw
import msgspec

from relay.errors import StorageBroken, StorageBusy
from relay.journal.sqlite_faults import named

OLDEST_SQLITE = (3, 51, 3)
"""Before this, a WAL that two connections use could be corrupted (the WAL-reset bug)."""

APPLICATION_ID = 0x4465736B
"""Stands in the file's header ("Desk"), so that ``file`` and we can tell whose database it is."""

BUSY_MILLISECONDS = 5_000
"""How long a connection waits for another process's transaction; ours take a few milliseconds."""

WAL_RETRY_MILLISECONDS = 20
"""How often a new file is asked again for WAL mode while another process is asking, too."""

WAL_BYTES_KEPT = 64 * 1024 * 1024
"""A WAL that grew beyond this in a burst is cut back when it is next reset."""

STATEMENTS_KEPT = 100
"""Prepared statements per connection: above what all verbs together use."""

_ON_MACOS = int(sys.platform == "darwin")

_PRAGMAS = {
    "synchronous": "FULL",
    # macOS's fsync stops at the drive's cache; this goes through it.
    "fullfsync": _ON_MACOS,
    "checkpoint_fullfsync": _ON_MACOS,
    "foreign_keys": 1,
    # What was pruned is a customer's data, and is overwritten.
    "secure_delete": 1,
    "journal_size_limit": WAL_BYTES_KEPT,
    # SQLite's own checkpoint after a commit keeps its errors to itself, a failed fsync too; the
    # writer does it and looks.
    "wal_autocheckpoint": 0,
}


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """A schema's history: ``fresh`` makes a new file at once, ``steps[n]`` lifts version n+1 to n+2."""

    fresh: str
    steps: tuple[Callable[[apsw.Connection], None], ...] = ()

    @property
    def version(self) -> int:
        """The version a file has after ``fresh``, or after the last step."""
        return 1 + len(self.steps)


def _sql(name: str) -> str:
    return resources.files("relay.journal").joinpath(name).read_text("utf-8")


def _to_2(connection: apsw.Connection) -> None:
    connection.execute(_sql("schema_2.sql"))


def _to_3(connection: apsw.Connection) -> None:
    connection.execute(_sql("schema_3.sql"))


def _to_4(connection: apsw.Connection) -> None:
    connection.execute(_sql("schema_4.sql"))


SCHEMA = Ladder(fresh=_sql("schema.sql"), steps=(_to_2, _to_3, _to_4))
"""The journal's schema. A change of ``schema.sql`` needs a step here, and a snapshot in the tests."""


def new_epoch() -> str:
    """Return 128 random bits in hex: the name of a new journal's life."""
    return secrets.token_hex(16)


def connect(
    path: Path,
    *,
    create: bool,
    checkpointer: bool,
    vfs: str | None = None,
    sqlite: Sequence[int] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> apsw.Connection:
    """Open the file for writing, in WAL mode, every commit on disk before it returns.

    It may block for some seconds, in ``sleep``, if another process makes the same file. ``sqlite``
    is the version of SQLite, if not the loaded one. Without ``checkpointer`` the
    connection leaves the WAL alone, also when it is the last to close.

    Raises:
        StorageBroken: the path is unusable, is no database, or SQLite is too old.
        StorageBusy: the file is locked, or the disk is full.
    """
    refuse_old_sqlite(sqlite or [int(part) for part in apsw.sqlite_lib_version().split(".")])
    make_file(path, create=create)
    connection = open_connection(path, apsw.SQLITE_OPEN_READWRITE, vfs)
    try:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(not checkpointer))
        _use_wal(connection, path, sleep)
        connection.create_scalar_function("sha256", _sha256, 1, deterministic=True)
        for name, value in _PRAGMAS.items():
            connection.pragma(name, value)
    except apsw.Error as error:
        connection.close()
        raise named(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _sha256(*data: Any) -> bytes:
    return hashlib.sha256(data[0]).digest()


def _use_wal(connection: apsw.Connection, path: Path, sleep: Callable[[float], None]) -> None:
    mode = _ask_for_wal(connection)
    # Two processes that make the journal at once get in each other's way here, and for this one
    # statement SQLite does not wait by itself.
    for _ in range(BUSY_MILLISECONDS // WAL_RETRY_MILLISECONDS):
        if mode is not None:
            break
        sleep(WAL_RETRY_MILLISECONDS / 1_000)
        mode = _ask_for_wal(connection)
    if mode is None:
        raise StorageBusy(f"{path}: the journal is locked by another process")
    if mode != "wal":
        raise StorageBroken(f"{path}: no WAL mode on this file system (only {mode!r}); use a local disk")


def _ask_for_wal(connection: apsw.Connection) -> str | None:
    try:
        return str(connection.execute("PRAGMA journal_mode = WAL").get)
    except apsw.BusyError:
        return None


def connect_reader(path: Path, *, vfs: str | None = None) -> apsw.Connection:
    """Open the file, which exists, for reading.

    Raises:
        StorageBroken, StorageBusy: as :func:`connect`.
    """
    connection = open_connection(path, apsw.SQLITE_OPEN_READWRITE, vfs)
    try:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        # Not opened read-only: the first reader after a crash has to rebuild the WAL's index.
        connection.pragma("query_only", 1)
        connection.pragma("wal_autocheckpoint", 0)
    except apsw.Error as error:
        connection.close()
        raise named(error, path) from error
    return connection


def open_connection(path: Path, flags: int, vfs: str | None) -> apsw.Connection:
    """Open the file as it is, with the waiting time set.

    Raises:
        StorageBroken: it cannot be opened, and says why in words.
    """
    try:
        connection = apsw.Connection(str(path), flags=flags, vfs=vfs, statementcachesize=STATEMENTS_KEPT)
    except apsw.Error as error:
        raise StorageBroken(f"{path}: the journal cannot be opened: {error}") from error
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    return connection


def refuse_old_sqlite(version: Sequence[int]) -> None:
    """Raise StorageBroken if the loaded SQLite could corrupt the journal."""
    if tuple(version) < OLDEST_SQLITE:
        have, need = (".".join(map(str, parts)) for parts in (version, OLDEST_SQLITE))
        raise StorageBroken(f"SQLite {have} can corrupt a journal; {need} or newer is needed")


def make_file(path: Path, *, create: bool) -> None:
    """Make the file (mode 0600) and the folders above it (0700) if they are missing and ``create`` is set.

    Raises:
        StorageBroken: the path is a folder, or something on the way cannot be made or written.
    """
    if path.is_dir():
        raise StorageBroken(f"{path}: the journal must be a file, and this is a folder")
    if not create and not path.exists():
        raise StorageBroken(f"{path}: there is no journal here")
    try:
        _make_folder(path.parent)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageBroken(
            f"{path}: the journal cannot be made: {error.filename}: {error.strerror}"
        ) from error
    for place in (path, path.parent):
        if not os.access(place, os.R_OK | os.W_OK):
            raise StorageBroken(f"{path}: the journal cannot be written: no permission to write {place}")


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(20, "not a folder", str(folder))
    # SQLite syncs the folder of its files, but not the one in which that folder was made.
    if os.name != "nt":
        handle = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def climb(
    connection: apsw.Connection, path: Path, *, ladder: Ladder = SCHEMA, epoch: Callable[[], str] = new_epoch
) -> None:
    """Bring the file to the newest schema; each step and its version number are one transaction.

    Raises:
        StorageBroken: the file is another program's, damaged, or of a newer Deskbell.
        StorageBusy: it is locked, or the disk is full.
    """
    try:
        while not _step(connection, path, ladder, epoch):
            pass
    except apsw.Error as error:
        raise named(error, path) from error


def _step(connection: apsw.Connection, path: Path, ladder: Ladder, epoch: Callable[[], str]) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").get
        done = _at_the_top(connection, path, ladder, version)
        if not done and version == 0:
            _make_fresh(connection, ladder, epoch())
        elif not done:
            ladder.steps[version - 1](connection)
            connection.pragma("user_version", version + 1)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return done


def _at_the_top(connection: apsw.Connection, path: Path, ladder: Ladder, version: int) -> bool:
    application = connection.execute("PRAGMA application_id").get
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if application != APPLICATION_ID and (version or tables):
        raise StorageBroken(f"{path}: this is another program's database, not a journal of Deskbell")
    if version > ladder.version:
        raise StorageBroken(
            f"{path}: this journal was made by a newer Deskbell"
            f" (its schema is {version}, this program knows up to {ladder.version})"
        )
    return version == ladder.version


def _make_fresh(connection: apsw.Connection, ladder: Ladder, epoch: str) -> None:
    connection.execute(ladder.fresh)
    connection.execute("INSERT INTO life (only, epoch) VALUES (1, ?)", (epoch,))
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", ladder.version)
