"""How rows go into the journal: many with one statement."""

from collections.abc import Iterator, Sequence
from functools import cache

import apsw
import msgspec

Rows = Sequence[tuple[str | bytes | int | float | None, ...]]
"""What an insert takes: one tuple per row, all of one length."""

PRUNED_AT_ONCE = 500
"""Rows per transaction when pruning: a few milliseconds, so that appends don't wait for it."""

LARGEST_INSERT = 64
"""Rows per statement. Sizes are powers of two up to this, so that few statements stay prepared."""


def json_text(value: object) -> str:
    """Return a value as JSON, for SQLite's own functions or a column of text."""
    return msgspec.json.encode(value).decode()


def portions(rows: Sequence[object]) -> Iterator[slice]:
    """Cut rows into portions of the sizes for which statements are kept."""
    begin, left, size = 0, len(rows), LARGEST_INSERT
    while left:
        while size > left:
            size //= 2
        yield slice(begin, begin + size)
        begin, left = begin + size, left - size


def insert_portion(connection: apsw.Connection, head: str, rows: Rows) -> None:
    """Insert rows whose number is one of the sizes; those that are there already are left out."""
    # One statement for many rows: each call into SQLite gives up the interpreter's lock, and
    # taking it back costs more than the insert when the event loop is busy.
    values = [value for row in rows for value in row]
    connection.execute(_insert(head, len(rows[0]), len(rows)), values)


def insert_all(connection: apsw.Connection, head: str, rows: Rows) -> None:
    """Insert rows; ``head`` is the statement up to the column names."""
    for portion in portions(rows):
        insert_portion(connection, head, rows[portion])


@cache
def _insert(head: str, columns: int, rows: int) -> str:
    row = f"({','.join('?' * columns)})"
    return f"{head} VALUES {','.join([row] * rows)} ON CONFLICT DO NOTHING"
