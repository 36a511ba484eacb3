"""Entries as a table for a spreadsheet (CSV, RFC 4180), in which nothing is ever a formula. Pure."""

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TextIO

from desktop.entry import Entry
from desktop.text import MAX_BODY, MAX_TITLE, clean_block, clean_line, source_name

HEAD: Final = (
    "received",
    "priority",
    "source",
    "type",
    "title",
    "text",
    "teams",
    "state",
    "by",
    "over",
    "read",
    "link",
    "id",
)
"""The columns. They stay in English and in this order: other programs read them."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Some programs take the full-width forms for the plain ones."""


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe in front says so (CWE-1236)."""
    # Blanks in front are dropped by some before they look.
    return f"'{text}" if text.lstrip(" \xa0").startswith(_FORMULA) else text


def line(entry: Entry) -> list[str]:
    """Return an entry's cells, in the order of :data:`HEAD`."""
    cells = (
        _time(entry.at),
        entry.priority.value,
        source_name(entry),
        clean_line(entry.type, MAX_TITLE),
        clean_line(entry.title, MAX_TITLE),
        clean_block(entry.body, MAX_BODY),
        ", ".join(clean_line(team, MAX_TITLE) for team in entry.teams),
        entry.stage.value,
        clean_line(entry.holder_name or entry.holder, MAX_TITLE),
        "" if entry.done_at is None else _time(entry.done_at),
        "yes" if entry.read else "no",
        entry.links[0].url if entry.links else "",
        entry.id,
    )
    return [cell(each) for each in cells]


def write(file: TextIO, entries: Iterable[Entry], *, head: bool = True) -> int:
    """Write entries to a file that was opened with ``newline=""``; return how many lines."""
    writer = csv.writer(file)
    if head:
        writer.writerow(HEAD)
    number = 0
    for number, entry in enumerate(entries, start=1):  # noqa: B007 - the number is the answer
        writer.writerow(line(entry))
    return number


def _time(at: float) -> str:
    # With the zone: a table is read elsewhere, too.
    return datetime.fromtimestamp(at).astimezone().isoformat(sep=" ", timespec="seconds")
