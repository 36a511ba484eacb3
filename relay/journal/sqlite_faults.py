"""What an error of SQLite means for the journal: for now, for good, or the caller's own mistake."""

from pathlib import Path

import apsw

from relay.errors import StorageBroken, StorageBusy

_FOR_GOOD = (apsw.CorruptError, apsw.NotADBError)

_FOR_NOW = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.FullError,
    apsw.InterruptError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.PermissionsError,
    apsw.ProtocolError,
    apsw.ReadOnlyError,
)

_CALLERS_MISTAKE = (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError)

# After a failed fsync the kernel may have dropped the pages and report success the next time, so
# that nothing the process believes about the file can be trusted (the "fsyncgate" of 2018).
_UNTRUSTWORTHY = {
    apsw.SQLITE_IOERR_FSYNC,
    apsw.SQLITE_IOERR_DIR_FSYNC,
    apsw.SQLITE_IOERR_CORRUPTFS,
    apsw.SQLITE_IOERR_DATA,
}


def named(error: apsw.Error, path: Path) -> Exception:
    """Return the error of ours that an error of SQLite on the journal at ``path`` stands for.

    ``StorageBusy`` or ``StorageBroken`` for the disk's sake, ``ValueError`` for a record that the
    schema refuses; what is left is a bug of ours and comes back as it is.
    """
    if isinstance(error, _FOR_GOOD) or getattr(error, "extendedresult", None) in _UNTRUSTWORTHY:
        return StorageBroken(f"{path}: the journal cannot be trusted any more: {error}")
    if isinstance(error, _FOR_NOW):
        return StorageBusy(f"{path}: the journal cannot be used for now: {error}")
    if isinstance(error, _CALLERS_MISTAKE):
        return ValueError(f"the journal refuses this record: {error}")
    return error
