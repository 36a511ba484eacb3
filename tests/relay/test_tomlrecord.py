"""Where in a TOML text something stands, and what is wrong with it."""

import pytest

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
