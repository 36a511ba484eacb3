"""The reading half of the inbox: what a search finds, pages of it, and counts.

It has a connection of its own, which can only read, for one thread that may take its time while the
GUI thread draws and the link stores.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from desktop import search
from desktop.entry import Entry
from desktop.inbox import InboxError
from desktop.inbox_file import connect_to_read, has_index
from desktop.inbox_rows import COLUMNS, from_row
from desktop.search import Query, Statement

MOST_CHOICES = 200
"""Types or teams that a filter offers: more than a menu can hold anyway."""

_PAGE = f"SELECT row, {COLUMNS} FROM entry WHERE row IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants

_FREE = """
SELECT row FROM entry WHERE row IN (SELECT value FROM json_each(?))
AND NOT (stage = 'claimed' AND holder = ? COLLATE NOCASE)
"""

_read_keys = msgspec.json.Decoder(list[int]).decode
_read_names = msgspec.json.Decoder(list[str]).decode


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What filters can offer, the most frequent first."""

    types: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    indexed: bool = True
    """There is an index of words; without one, searching reads every text."""


class Archive:
    """The entries of one inbox; a key is the number of an entry's row, higher for what came later.

    All methods are for one thread, and raise :class:`desktop.inbox.InboxError` if the file cannot be
    read. The inbox must have been opened before: it makes the file and its tables.
    """

    def __init__(self, path: Path, failure: Callable[[sqlite3.Error], InboxError] | None = None) -> None:
        """Take note of the inbox's file; it is opened at the first question.

        ``failure`` returns what to raise for an error of SQLite, as :meth:`desktop.inbox.Inbox.failure`.
        """
        self._path, self._failure = path, failure or (lambda error: InboxError(str(error)))
        self._db: sqlite3.Connection | None = None
        self._indexed = False
        self._closed = False

    def keys(self, query: Query) -> list[int]:
        """Return the keys of everything that a query finds, newest first."""
        with self._reading() as db:
            return _list(db, search.keys(query, indexed=self._indexed))

    def news(self, query: Query, above: int) -> list[int]:
        """Return the keys above ``above`` that a query finds, newest first."""
        with self._reading() as db:
            return _list(db, search.keys(query, indexed=self._indexed, extra="row > ?", values=(above,)))

    def entries(self, keys: Iterable[int]) -> dict[int, Entry]:
        """Return the entries of some keys; those that are gone are left out."""
        with self._reading() as db:
            rows = db.execute(_PAGE, (json.dumps(list(keys)),)).fetchall()
        found = (dict(row) for row in rows)
        return {values.pop("row"): from_row(values) for values in found}

    def standing(self, query: Query, entry_ids: Sequence[str]) -> dict[int, bool]:
        """Return the keys of some entries, and whether a query finds them as they are now."""
        among = "id IN (SELECT value FROM json_each(?))"
        ids = (json.dumps(entry_ids),)
        with self._reading() as db:
            there = _list(db, search.keys(Query(), indexed=False, extra=among, values=ids))
            fits = set(_list(db, search.keys(query, indexed=self._indexed, extra=among, values=ids)))
        return {key: key in fits for key in there}

    def key(self, entry_id: str) -> int | None:
        """Return the key of an entry, None if it isn't there."""
        with self._reading() as db:
            rows = db.execute("SELECT row FROM entry WHERE id = ?", (entry_id,)).fetchall()
        return int(rows[0][0]) if rows else None

    def free(self, keys: Iterable[int], agent: str) -> list[int]:
        """Return those of some keys whose entries ``agent`` is not on: the others are still work."""
        with self._reading() as db:
            return [row[0] for row in db.execute(_FREE, (json.dumps(list(keys)), agent.strip()))]

    def choices(self) -> Choices:
        """Return by which types and teams the entries can be told apart."""
        types, teams = Counter[str](), Counter[str]()
        with self._reading() as db:
            for kind, names, count in db.execute(
                "SELECT type, teams, count(*) FROM entry GROUP BY type, teams"
            ):
                types[kind] += count
                for name in _read_names(names):
                    teams[name] += count
        return Choices(types=_most(types), teams=_most(teams), indexed=self._indexed)

    def rest(self) -> None:
        """Let go of the file, because another is about to take its place; the next question opens that."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def close(self) -> None:
        """Close the connection. A second call does nothing."""
        self._closed = True
        self.rest()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise InboxError("the inbox is closed")
        try:
            if self._db is None:
                self._db = connect_to_read(self._path)
                self._indexed = has_index(self._db)
            yield self._db
        except sqlite3.Error as error:
            raise self._failure(error) from error


def _list(db: sqlite3.Connection, statement: Statement) -> list[int]:
    # As one text: a hundred thousand rows of one number each would take three times as long.
    sql = f"SELECT json_group_array(row) FROM ({statement.sql})"  # noqa: S608 - constants
    return _read_keys(db.execute(sql, statement.values).fetchone()[0])


def _most(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(name for name, _count in counted.most_common(MOST_CHOICES) if name)
