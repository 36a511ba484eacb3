"""What this desktop has received (SQLite), and how far; :mod:`desktop.archive` reads it for the history.

The GUI thread reads and marks; the connection's thread puts.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from desktop import changes
from desktop.entry import Entry
from desktop.inbox_rows import COLUMNS, INSERT, REPLACE, find, from_row, to_row
from desktop.inbox_store import InboxError, Store
from desktop.requests import MOST_RECEIPTS
from relay.protocol import Notification, Receipt, Seen, Update

__all__ = ["Cursor", "Gap", "Inbox", "InboxError", "Stored"]

REMEMBER_IDS_SECONDS = 400 * 86400.0
"""How long the id of a pruned entry is kept, so that a late redelivery is still known (promise P3)."""

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

MOST_RECIPIENTS = 20
"""To whom something was passed on lately: more would not be looked through."""

_FORGET_RECIPIENTS = """
DELETE FROM recipient WHERE name NOT IN (SELECT name FROM recipient ORDER BY at DESC, name LIMIT ?)
"""

# Of a kind the relay counts the first. Our own entries are in no inbox, and nobody else's in this one.
_KEEP_RECEIPT = """
INSERT OR IGNORE INTO receipt (id, what, at) SELECT id, ?, ? FROM entry WHERE id = ?
"""

_FORGET_RECEIPTS = """
DELETE FROM receipt WHERE row <= (SELECT row FROM receipt ORDER BY row DESC LIMIT 1 OFFSET ?)
"""

MOST_TOGETHER = 500
"""Rows that are changed in one transaction: the claim of a toast may be waiting for its turn."""

MOST_EXPIRED = 100
"""Entries whose end is written in one transaction, on the GUI thread: after a night it may be thousands."""

_AMONG = "row IN (SELECT value FROM json_each(?))"

_MARK = "UPDATE entry SET read = :read WHERE read <> :read AND row IN (SELECT value FROM json_each(:rows))"

_REMEMBER = """
INSERT OR REPLACE INTO forgotten (id, received_at, revision) SELECT id, received_at, revision FROM entry
"""

_CLAIM = "UPDATE entry SET shown = 1, quiet = ? WHERE id = ? AND shown = 0"

_OVERDUE = f"""
SELECT {COLUMNS} FROM entry
WHERE expires IS NOT NULL AND done_at IS NULL AND expires <= ? AND stage <> 'claimed'
ORDER BY expires, row LIMIT {MOST_EXPIRED}
"""  # noqa: S608 - a constant

_NEXT_EXPIRY = """
SELECT min(expires) FROM entry WHERE expires IS NOT NULL AND done_at IS NULL AND stage <> 'claimed'
"""

_NEWEST = """
SELECT title FROM entry WHERE row > (SELECT max(row) FROM entry) - 5000 AND playbook = ? AND at >= ?
ORDER BY row DESC LIMIT ?
"""

_MOVE_EXPIRY = """
UPDATE entry SET expires = expires + :by, until = until + :by
WHERE expires IS NOT NULL AND done_at IS NULL
"""
CLOCK_SET_SECONDS = 5.0
"""A clock that differs by more from where it should be was set, and not only corrected a little."""

_DUE = f"SELECT {COLUMNS} FROM entry WHERE id IN (SELECT id FROM snooze WHERE until <= ?) ORDER BY row"  # noqa: S608 - a constant


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a device has stored: both None if nothing is known yet."""

    epoch: str | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What messages came to: each entry once, as it is after all of them, in the order of arrival."""

    new: list[Entry]
    """Entries that were not there before."""
    changed: list[Entry]
    """Entries with a new revision, or of which something was told."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """``missed`` notifications had been removed from the relay before this desktop came back."""

    missed: int
    at: float


class Inbox(Store):
    """The entries of one profile, newest first for people, in order of arrival on disk."""

    # The connection's verbs

    def cursor(self, device: str) -> Cursor:
        """Return where ``device`` has to resume."""
        rows = self._read("SELECT epoch, after FROM cursor WHERE device = ?", device)
        return Cursor(epoch=rows[0]["epoch"], after=rows[0]["after"]) if rows else Cursor()

    def put(
        self,
        messages: Sequence[Notification | Update],
        *,
        device: str,
        epoch: str,
        agent: str = "",
        ahead: float = 0.0,
    ) -> Stored:
        """Store messages in their order and move the cursor, in one transaction; return what is news.

        An id that was ever put before is not new, even if it was pruned since (promise P3); a higher
        revision of it is a change. What was stored before changes nothing, and an update of an unknown
        id only moves the cursor. Nothing is to be acknowledged before :meth:`settle`. ``agent`` is whose
        desktop this is. ``ahead`` is by how many seconds this computer's clock is ahead of the relay's:
        entries carry this computer's time, so that "a minute ago" is right here.
        """
        if not messages:
            return Stored(new=[], changed=[])
        self._follow_clock()
        new, changed = dict[str, Entry](), dict[str, Entry]()
        highest = max(message.seq for message in messages)
        with self._write() as db:
            row = db.execute("SELECT after FROM cursor WHERE device = ? AND epoch = ?", (device, epoch))
            after = next((int(each[0]) for each in row), -1)
            for message in messages:
                old = find(db, message.id)
                entry = self._changed(old, message, agent, ahead, known=message.seq <= after)
                if entry is None or entry == old:
                    continue
                if old is not None:
                    db.execute(REPLACE, to_row(entry))
                    (new if old.id in new else changed)[old.id] = entry
                elif db.execute(INSERT, to_row(entry)).rowcount == 1:
                    new[entry.id] = entry
            db.execute(_ADVANCE, {"device": device, "epoch": epoch, "after": highest})
        return Stored(new=list(new.values()), changed=list(changed.values()))

    def _changed(
        self, old: Entry | None, message: Notification | Update, agent: str, ahead: float, *, known: bool
    ) -> Entry | None:
        """Return the entry as it is after a message; None if there is nothing to store."""
        message = changes.on_our_clock(message, ahead)
        if isinstance(message, Update):
            return None if old is None or known else changes.updated(old, message, agent)
        if old is None:
            return changes.arrived(Entry.from_notification(message, self._clock()), agent)
        return None if known else changes.revised(old, message, self._clock(), agent)

    def reset(self, device: str, *, epoch: str, after: int) -> None:
        """Take the relay's word for where to go on; entries stay."""
        with self._write() as db:
            db.execute(_MOVE, {"device": device, "epoch": epoch, "after": after})
        self.settle()

    def record_gap(self, device: str, *, epoch: str, after: int, missed: int) -> None:
        """Remember that something is missing, and go on after ``after``, in one transaction.

        If nothing is (``missed`` is 0), there is nothing to remember.
        """
        with self._write() as db:
            if missed:
                db.execute("INSERT INTO gap (missed, at) VALUES (?, ?)", (missed, self._clock()))
            db.execute(_ADVANCE, {"device": device, "epoch": epoch, "after": after})
        self.settle()

    def keep_receipt(self, receipt: Receipt) -> None:
        """Keep what a person did until the relay has it, also through the end of the desktop.

        Of many, the oldest are dropped; what isn't about an entry of this inbox is not kept.
        """
        with self._write() as db:
            db.execute(_KEEP_RECEIPT, (receipt.what.value, receipt.at, receipt.id))
            db.execute(_FORGET_RECEIPTS, (MOST_RECEIPTS,))

    def kept_receipts(self) -> list[Receipt]:
        """Return what the relay may not have yet, oldest first."""
        rows = self._read("SELECT id, what, at FROM receipt ORDER BY row")
        return [Receipt(id=row["id"], what=Seen(row["what"]), at=row["at"]) for row in rows]

    def drop_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Forget what the relay has."""
        with self._write() as db:
            told = [(each.id, each.what.value) for each in receipts]
            db.executemany("DELETE FROM receipt WHERE id = ? AND what = ?", told)

    # The windows' verbs

    def get(self, entry_id: str) -> Entry | None:
        """Return one entry, None if it isn't there."""
        rows = self._read(f"SELECT {COLUMNS} FROM entry WHERE id = ?", entry_id)  # noqa: S608 - a constant
        return from_row(rows[0]) if rows else None

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
        sql = f"SELECT {COLUMNS} FROM entry WHERE {' AND '.join(conditions)} ORDER BY row DESC LIMIT ?"  # noqa: S608 - constants
        return [from_row(row) for row in self._read(sql, *values, limit)]

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._read("SELECT count(*) FROM entry")[0][0])

    def unread_count(self) -> int:
        """Return how many entries are unread."""
        return int(self._read("SELECT count(*) FROM entry WHERE read = 0")[0][0])

    def unshown(self) -> list[Entry]:
        """Return the unread entries that asked for a toast and never had one, oldest first.

        They are left over when the desktop was quit or killed between storing and painting.
        """
        sql = f"SELECT {COLUMNS} FROM entry WHERE shown = 0 AND how <> 'inbox' AND read = 0 ORDER BY row"  # noqa: S608 - a constant
        return [from_row(row) for row in self._read(sql)]

    def claim_to_show(self, entry_id: str) -> bool:
        """Mark an entry as shown and say whether it wasn't before: paint only after True.

        The mark is committed before the first pixel, so that a killed desktop shows nothing twice.
        """
        return bool(self.claim_many([entry_id]))

    def claim_many(self, entry_ids: Sequence[str], quiet: str = "") -> list[str]:
        """Claim several in one transaction; return the ids that were not shown before.

        ``quiet`` says why they don't get a toast of their own: they are in a digest, for example.
        """
        with self._write() as db:
            return [each for each in entry_ids if db.execute(_CLAIM, (quiet, each)).rowcount == 1]

    def expire(self) -> list[Entry]:
        """Mark entries whose time is over, unless somebody is on them; return them as they are now.

        Of more than :data:`MOST_EXPIRED` the first ones: :meth:`next_expiry` is then in the past.
        """
        now, due = self._clock(), self.next_expiry()
        if due is None or due > now:
            return []
        with self._write() as db:
            over = [changes.expired(from_row(row), now) for row in db.execute(_OVERDUE, (now,))]
            for entry in over:
                db.execute(REPLACE, to_row(entry))
        return over

    def _follow_clock(self) -> None:
        """Move what has yet to expire along with a clock that was set: it stays as far away."""
        if abs(self._set_by()) <= CLOCK_SET_SECONDS:
            return  # and nobody waits for who writes
        with self._write() as db:
            db.execute(_MOVE_EXPIRY, {"by": self._set_by()})
            self._looked = self._clock(), self._elapsed()

    def _set_by(self) -> float:
        """Return by how many seconds the clock was set since that was last taken in."""
        wall, elapsed = self._looked
        return self._clock() - wall - (self._elapsed() - elapsed)

    def next_expiry(self) -> float | None:
        """Return when :meth:`expire` has something to do next (Unix seconds), None if never."""
        self._follow_clock()
        found: float | None = self._read(_NEXT_EXPIRY)[0][0]
        return found

    def snooze(self, entry_id: str, until: float) -> None:
        """Put an entry off until a Unix time: :meth:`wake` returns it then, also after a restart."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO snooze (id, until) VALUES (?, ?)", (entry_id, until))

    def wake(self, agent: str) -> list[Entry]:
        """Return what was put off until now, to be shown once more, unless it needs nobody any more."""
        now = self._clock()
        with self._write() as db:
            due = [from_row(row) for row in db.execute(_DUE, (now,)).fetchall()]
            db.execute("DELETE FROM snooze WHERE until <= ?", (now,))
            awake = [changes.woken(entry) for entry in due if changes.may_wake(entry, agent)]
            for entry in awake:
                db.execute(REPLACE, to_row(entry))
        return awake

    def next_wake(self) -> float | None:
        """Return when :meth:`wake` has something to do next (Unix seconds), None if never."""
        found: float | None = self._read("SELECT min(until) FROM snooze")[0][0]
        return found

    def mark_ids(self, entry_ids: Sequence[str], *, read: bool) -> list[str]:
        """Mark entries as read or unread in one transaction; return the ids of those that were not."""
        sql = "UPDATE entry SET read = ? WHERE id = ? AND read <> ?"
        with self._write() as db:
            return [each for each in entry_ids if db.execute(sql, (read, each, read)).rowcount == 1]

    def newest_titles(self, playbook: str, since: float, limit: int) -> list[str]:
        """Return the titles of the newest entries of a playbook, the newest first.

        Only the last thousands are looked through: what a storm is made of is new.
        """
        return [row["title"] for row in self._read(_NEWEST, playbook, since, limit)]

    def mark_all_read(self) -> int:
        """Mark every entry as read; return how many were unread."""
        return self.mark([row for (row,) in self._read("SELECT row FROM entry WHERE read = 0")], read=True)

    def mark(self, rows: Iterable[int], *, read: bool) -> int:
        """Mark entries, given by the numbers of their rows, as read or unread; return how many were not."""
        marked = 0
        for chosen in _batches(rows):
            with self._write() as db:
                marked += db.execute(_MARK, {"read": read, "rows": chosen}).rowcount
            self._tidy()
        return marked

    def remove(self, rows: Iterable[int]) -> int:
        """Remove entries, given by the numbers of their rows, for good; return how many there were.

        Their ids are remembered as those of pruned entries are.
        """
        removed = 0
        for chosen in _batches(rows):
            with self._write() as db:
                db.execute(f"{_REMEMBER} WHERE {_AMONG}", (chosen,))
                removed += db.execute(f"DELETE FROM entry WHERE {_AMONG}", (chosen,)).rowcount  # noqa: S608 - constants
            self._tidy()
        return removed

    def note_recipient(self, to: str) -> None:
        """Remember to whom something was passed on: an address or a team, as the relay was told."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO recipient (name, at) VALUES (?, ?)", (to, self._clock()))
            db.execute(_FORGET_RECIPIENTS, (MOST_RECIPIENTS,))

    def recipients(self) -> list[str]:
        """Return to whom something was passed on, the last one first."""
        return [row["name"] for row in self._read("SELECT name FROM recipient ORDER BY at DESC, name")]

    def gaps(self) -> list[Gap]:
        """Return the recorded gaps, newest first."""
        rows = self._read("SELECT missed, at FROM gap ORDER BY row DESC")
        return [Gap(missed=row["missed"], at=row["at"]) for row in rows]

    def prune(self, older_than: float) -> int:
        """Remove entries received before ``older_than`` (Unix seconds); return how many.

        What other agents have left on this computer goes when nothing in it is newer.
        """
        self.clear_shelf(older_than)
        with self._write() as db:
            db.execute("DELETE FROM forgotten WHERE received_at < ?", (older_than - REMEMBER_IDS_SECONDS,))
            db.execute("DELETE FROM gap WHERE at < ?", (older_than,))
        rows = self._read("SELECT row FROM entry WHERE received_at < ?", older_than)
        return self.remove(row["row"] for row in rows)


def _batches(rows: Iterable[int]) -> Iterator[str]:
    """Return numbers of rows as JSON, so many at a time as may be changed together."""
    left = iter(rows)
    while batch := list(islice(left, MOST_TOGETHER)):
        yield json.dumps(batch)
