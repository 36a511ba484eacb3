"""How an entry stands in the inbox's table, and how it is read from there."""

import sqlite3
from dataclasses import fields
from typing import Any

import msgspec

from desktop.entry import Entry
from relay.protocol import About, Action, How, Link, Priority, Script, Stage

_NAMES = tuple(field.name for field in fields(Entry))

COLUMNS = ", ".join(_NAMES)
"""The columns of an entry, to be read by :func:`from_row`."""

INSERT = f"""
INSERT INTO entry ({COLUMNS}, words)
SELECT {", ".join(f":{name}" for name in _NAMES)}, :words
WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE id = :id AND revision >= :revision)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - only the names of our own fields are inserted
"""Store the values of :func:`to_row`, unless the id is there, or was there and is forgotten."""

REPLACE = f"UPDATE entry SET {', '.join(f'{name} = :{name}' for name in (*_NAMES, 'words'))} WHERE id = :id"  # noqa: S608 - names of our own fields
"""Put the values of :func:`to_row` in the place of what the id had; its place in the order stays."""

_encode = msgspec.json.Encoder().encode
_read_scripts = msgspec.json.Decoder(tuple[Script, ...]).decode
_read_links = msgspec.json.Decoder(tuple[Link, ...]).decode
_read_actions = msgspec.json.Decoder(tuple[Action, ...]).decode
_read_about = msgspec.json.Decoder(About | None).decode
_read_teams = msgspec.json.Decoder(tuple[str, ...]).decode


def to_row(entry: Entry) -> dict[str, object]:
    """Return an entry as the values of ``INSERT`` and ``REPLACE``."""
    words = [entry.title, entry.body, *(script.text for script in entry.scripts)]
    values: dict[str, object] = {name: getattr(entry, name) for name in _NAMES}
    return values | {
        "priority": entry.priority.value,
        "scripts": _encode(entry.scripts),
        "links": _encode(entry.links),
        "actions": _encode(entry.actions),
        "teams": _encode(entry.teams),
        "about": _encode(entry.about),
        "how": entry.how.value,
        "stage": entry.stage.value,
        "words": "\n".join(words).casefold(),
    }


def from_row(row: sqlite3.Row | dict[str, Any]) -> Entry:
    """Read an entry from ``COLUMNS``."""
    values = dict(row)
    return Entry(
        **values
        | {
            "priority": Priority(row["priority"]),
            "how": How(row["how"]),
            "stage": Stage(row["stage"]),
            "scripts": _read_scripts(row["scripts"]),
            "links": _read_links(row["links"]),
            "actions": _read_actions(row["actions"]),
            "teams": _read_teams(row["teams"]),
            "about": _read_about(row["about"]),
            "read": bool(row["read"]),
            "shown": bool(row["shown"]),
            "claimable": bool(row["claimable"]),
        }
    )


def find(db: sqlite3.Connection, entry_id: str) -> Entry | None:
    """Return one entry, None if it isn't there."""
    rows = db.execute(f"SELECT {COLUMNS} FROM entry WHERE id = ?", (entry_id,)).fetchall()  # noqa: S608 - a constant
    return from_row(rows[0]) if rows else None
