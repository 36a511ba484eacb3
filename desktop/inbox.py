"""What this desktop has received (SQLite), and how far: the only SQL of the desktop.

One :class:`Inbox` may be used from several threads: each gets its own connection, and writers take
turns. The GUI thread reads and marks; the connection's thread puts.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.entry import Entry
from relay.protocol import Notification


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

    set_aside: Path | None
    """Where a damaged file was moved to when this inbox was opened: tell the agent. Else None."""

    @classmethod
    def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> "Inbox":
        """Open or create the inbox at ``path`` (mode 0600); a damaged file is set aside, and a new one begun.

        Raises:
            InboxError: the folder cannot be written, or another program holds the file.
        """
        raise NotImplementedError

    # The connection's verbs

    def cursor(self, device: str) -> Cursor:
        """Return where ``device`` has to resume."""
        raise NotImplementedError

    def put(self, messages: Sequence[Notification], *, device: str, epoch: str) -> list[Entry]:
        """Store notifications and move the cursor, in one transaction; return those that are new.

        An id that was ever put before is not new, even if it was pruned since (promise P3).
        """
        raise NotImplementedError

    def reset(self, device: str, *, epoch: str, after: int) -> None:
        """Take the relay's word for where to go on; entries stay."""
        raise NotImplementedError

    def record_gap(self, device: str, *, epoch: str, after: int, missed: int) -> None:
        """Remember that something is missing, and go on after ``after``, in one transaction."""
        raise NotImplementedError

    # The windows' verbs

    def get(self, entry_id: str) -> Entry | None:
        """Return one entry, None if it isn't there."""
        raise NotImplementedError

    def search(self, text: str = "", *, limit: int = 50, before: str | None = None) -> list[Entry]:
        """Return entries, newest first, that contain every word of ``text`` in title, body or scripts.

        Upper and lower case are the same. ``before`` is the id of the last entry of the page before.
        """
        raise NotImplementedError

    def count(self) -> int:
        """Return how many entries there are."""
        raise NotImplementedError

    def unread_count(self) -> int:
        """Return how many entries are unread."""
        raise NotImplementedError

    def unshown(self) -> list[Entry]:
        """Return the entries that asked for a toast and never had one, oldest first.

        They are left over when the desktop was quit or killed between storing and painting.
        """
        raise NotImplementedError

    def claim_to_show(self, entry_id: str) -> bool:
        """Mark an entry as shown and say whether it wasn't before: paint only after True.

        The mark is committed before the first pixel, so that a killed desktop shows nothing twice.
        """
        raise NotImplementedError

    def claim_many(self, entry_ids: Sequence[str]) -> list[str]:
        """Claim several, for a digest, in one transaction; return the ids that were not shown before."""
        raise NotImplementedError

    def mark_read(self, *entry_ids: str) -> int:
        """Mark entries as read; return how many were unread."""
        raise NotImplementedError

    def mark_all_read(self) -> int:
        """Mark every entry as read; return how many were unread."""
        raise NotImplementedError

    def gaps(self) -> list[Gap]:
        """Return the recorded gaps, newest first."""
        raise NotImplementedError

    def prune(self, older_than: float) -> int:
        """Remove entries received before ``older_than`` (Unix seconds); return how many."""
        raise NotImplementedError

    def close(self) -> None:
        """Close every thread's connection. A second call does nothing."""
        raise NotImplementedError
