"""A table that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Callable

import pytest

from desktop import export
from desktop.entry import Entry
from relay.protocol import Link, Stage

MakeEntry = Callable[..., Entry]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "  =", "\xa0@"]
)
def test_no_cell_is_a_formula(start: str) -> None:
    """What a spreadsheet would run gets an apostrophe in front; everything else stays as it is."""
    assert export.cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert export.cell(f"a{start}b") == f"a{start}b"


def test_a_line_says_everything_once(make_entry: MakeEntry) -> None:
    """Every column has its value, cleaned: several lines, quotes and commas come back as they were."""
    entry = make_entry(
        1,
        title='@SUM(A1) "quoted", with comma',
        body="one\ntwo\x00\u202e",
        teams=("-x", "y"),
        stage=Stage.CLAIMED,
        holder="tom@example.com",
        holder_name="Tom",
        links=(Link(label="a", url="=https://x.example"),),
    )
    file = io.StringIO(newline="")
    assert export.write(file, [entry, entry]) == 2
    lines = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert len(lines) == 2
    line = lines[0]
    assert tuple(line) == export.HEAD
    assert line["title"] == '\'@SUM(A1) "quoted", with comma'
    assert line["text"] == "one\ntwo"
    assert (line["teams"], line["state"], line["by"], line["read"]) == ("'-x, y", "claimed", "Tom", "no")
    assert line["link"].startswith("'=")
    assert line["received"].startswith("2027-01-1")
    assert (line["priority"], line["over"], line["id"]) == ("normal", "", "event-1")


def test_no_cell_of_any_entry_is_a_formula(make_entry: MakeEntry) -> None:
    """Also a name, a type or an id from outside cannot begin one."""
    bad = "=1+1"
    entry = make_entry(
        1, id=bad, type=bad, title=bad, body=bad, source=bad, provider="x", holder=bad, teams=(bad,)
    )
    assert not [cell for cell in export.line(entry) if cell.startswith("=")]
