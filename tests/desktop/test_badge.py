"""A row says at a glance where its entry stands, by a glyph and words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.badge import badge
from desktop.entry import Entry
from relay.protocol import How, Stage

ME = "mira@example.com"
MakeEntry = Callable[..., Entry]


@pytest.mark.parametrize(
    ("stage", "holder", "name", "words", "glyph"),
    [
        (Stage.NEW, "", "", "", ""),
        (Stage.CLAIMED, "Mira@Example.com", "Mira", "Claimed by me", "person"),
        (Stage.CLAIMED, "jonas@example.com", "Jonas", "Claimed by Jonas", "person"),
        (Stage.CLAIMED, "", "", "Claimed by somebody else", "person"),
        (Stage.OFFERED, ME, "Mira", "Offered to me", "high"),
        (Stage.OFFERED, "jonas@example.com", "Jonas", "Offered to Jonas", "person"),
        (Stage.DONE, ME, "Mira", "Done by me", "check"),
        (Stage.DONE, "jonas@example.com", "", "Done by jonas@example.com", "check"),
        (Stage.PASSED, ME, "Second Line", "Passed on to Second Line", "passed"),
        (Stage.EXPIRED, "", "", "Expired", "clock"),
        (Stage.WITHDRAWN, "", "", "Not needed any more", "close"),
        (Stage.UNROUTED, "", "", "Nobody has it", "high"),
    ],
)
def test_every_state_has_words(  # noqa: PLR0917 - one case in a line
    make_entry: MakeEntry, stage: Stage, holder: str, name: str, words: str, glyph: str
) -> None:
    """One's own work is told from others', and colour is never all there is."""
    entry = replace(make_entry(1), stage=stage, holder=holder, holder_name=name)
    found = badge(entry, ME)
    told = ("", "") if found is None else (found.words, found.glyph)
    assert told == (words, glyph)


def test_missed_is_what_nobody_was_shown(make_entry: MakeEntry) -> None:
    """Until it is read; what was meant for the history only was not missed."""
    entry = replace(make_entry(1), quiet="You were away.", shown=True)
    missed = badge(entry, ME)
    assert missed is not None
    assert missed.words == "Missed"
    assert badge(replace(entry, read=True), ME) is None
    assert badge(replace(entry, how=How.INBOX), ME) is None
    assert badge(replace(entry, quiet=""), ME) is None


def test_a_name_from_outside_is_cleaned(make_entry: MakeEntry) -> None:
    """It can neither turn the row around nor fill it."""
    entry = replace(make_entry(1), stage=Stage.DONE, holder="x", holder_name="\u202eevil\n" + "y" * 500)
    found = badge(entry, ME)
    assert found is not None
    assert "\u202e" not in found.words
    assert len(found.words) < 60
