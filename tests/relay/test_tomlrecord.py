"""Where in a TOML text something stands, and what is wrong with it."""

import pytest

from relay.errors import PlaybookError, every_problem
from relay.playbooks import parse
from relay.tomlrecord import line_of

TEXT = """title = "x"

[when]
types = ["a"]

[[scripts]]
name = "one"
text = \"\"\"
title = not a key
\"\"\"

[[scripts]]
name = "two"
text = "t"

[audience]
teams = ["a"]

[[audience.fallback]]
teams = ["b"]

[[audience.fallback]]
everyone = true
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("title", 1),
        ("when", 3),
        ("when.types", 4),
        ("scripts.0", 6),
        ("scripts.0.text", 8),
        ("scripts.1.name", 13),
        ("scripts.1.text", 14),
        ("scripts.1.gone", 12),
        ("audience.fallback.1", 22),
        ("audience.fallback.1.everyone", 23),
        ("audience.teams", 17),
        ("nothing", 0),
        ("", 0),
    ],
)
def test_a_place_has_its_line(place: str, line: int) -> None:
    """The line of a key, or of the table in which it should be, is found by its name and number."""
    assert line_of(TEXT, place) == line


def test_what_is_missing_hides_nothing_behind_it() -> None:
    """Every mistake of a file is told at once, whatever else lacks a key."""
    text = """title = 7
[when]
[[scripts]]
name = "one"
[[links]]
url = "https://a.example/"
[[escalation]]
again = "yes"
[audience]
mode = "brodcast"
"""
    with pytest.raises(PlaybookError) as caught:
        parse("test", text)

    assert {(one.field, one.line) for one in every_problem(caught.value)} == {
        ("title", 1),
        ("when.types", 2),
        ("scripts.0.text", 3),
        ("links.0.label", 5),
        ("escalation.0.after", 7),
        ("escalation.0.again", 8),
        ("audience.mode", 10),
    }


def test_a_table_that_is_missing_is_told_after_all_else() -> None:
    """Nothing is made up in its place, such as a second complaint about what it lacks."""
    with pytest.raises(PlaybookError) as caught:
        parse("test", 'title = "x"\n[audience]\nmode = "brodcast"\n')

    assert [one.field for one in every_problem(caught.value)] == ["audience.mode", "when"]
