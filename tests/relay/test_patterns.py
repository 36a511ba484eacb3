"""Patterns: what they match is what fnmatch says, and what is said of two of them holds for every name."""

import fnmatch
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.patterns import covers, matches, overlap

PATTERNS = st.lists(
    st.sampled_from(["a", "b", "-", "*", "?", "[ab]", "[!a]", "[!]a]", "[]]", "[", "]", "!"]), max_size=6
).map("".join)
NAMES = ["".join(letters) for length in range(5) for letters in product("ab-]", repeat=length)]


@given(PATTERNS, PATTERNS)
@settings(max_examples=300, deadline=None)
def test_what_covers_matches_whatever_the_other_matches(wide: str, narrow: str) -> None:
    """A pattern that covers another is about every name that the other is about."""
    if covers(wide, narrow):
        assert [name for name in NAMES if matches(narrow, name) and not matches(wide, name)] == []


@given(PATTERNS, st.sampled_from(NAMES))
@settings(max_examples=300, deadline=None)
def test_a_name_is_covered_by_what_matches_it(wide: str, name: str) -> None:
    """Without a wildcard on the other side there is nothing to be careful about."""
    assert covers(wide, name) is fnmatch.fnmatchcase(name, wide)


@given(PATTERNS, PATTERNS)
@settings(max_examples=300, deadline=None)
def test_patterns_that_do_not_overlap_have_no_name_in_common(one: str, other: str) -> None:
    """Which one is asked first makes no difference."""
    assert overlap(one, other) is overlap(other, one)
    if not overlap(one, other):
        assert [name for name in NAMES if matches(one, name) and matches(other, name)] == []


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("*orm*", "norm", True),
        ("*payment*", "payment-failed", True),
        ("?ayment-*", "payment-failed", True),
        ("payment-*", "payment-failed-*", True),
        ("*", "*", True),
        ("*", "?[ab]*", True),
        ("?", "*", False),
        ("payment-*", "pay*", False),
        ("payment-*", "payments", False),
        ("[ab]x", "?x", False),
    ],
)
def test_one_pattern_covers_another(wide: str, narrow: str, expected: bool) -> None:
    """Stars at both ends, a question mark, and a wider one that isn't covered."""
    assert covers(wide, narrow) is expected


def test_capital_and_small_letters_are_the_same() -> None:
    """A provider writes its types as it likes, and people type them as they like."""
    assert matches("Ticket.*", "ticket.created")
    assert matches("ticket.*", "TICKET.CREATED")
    assert covers("TICKET.*", "ticket.created")
    assert overlap("[A-C]x", "?X")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("nor*", "norm", True), ("*a", "b*", True), ("a*", "b*", False), ("a?", "a", False), ("", "*", True)],
)
def test_patterns_overlap(one: str, other: str, expected: bool) -> None:
    """Whether there is a name that both are about."""
    assert overlap(one, other) is expected


def test_the_longest_patterns_are_compared_at_once() -> None:
    """Many stars take no longer than many letters: two hundred characters each are allowed."""
    assert covers("*a" * 100, "*a" * 100)
    assert not covers("*a" * 100, "a*" * 99 + "b")
    assert overlap("*a" * 100, "*b" * 100) is False
