"""Where an entry stands for the agent, and its last words."""

from collections.abc import Callable

import pytest

from desktop.entry import Entry
from desktop.standing import Standing, farewell, standing
from relay.protocol import Stage

ME, MIRA = "ana@example.com", "mira@example.com"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Standing.PLAIN),
        ({"claimable": True}, Standing.OPEN),
        ({"claimable": True, "stage": Stage.UNROUTED}, Standing.OPEN),
        ({"claimable": True, "stage": Stage.OFFERED, "holder": ME}, Standing.OFFERED),
        ({"claimable": True, "stage": Stage.OFFERED, "holder": MIRA}, Standing.GONE),
        ({"claimable": True, "stage": Stage.CLAIMED, "holder": ME.upper()}, Standing.MINE),
        ({"claimable": True, "stage": Stage.CLAIMED, "holder": MIRA}, Standing.GONE),
        ({"claimable": True, "stage": Stage.PASSED}, Standing.GONE),
        ({"stage": Stage.WITHDRAWN}, Standing.GONE),
    ],
)
def test_an_entry_stands_where_its_stage_says(
    make_entry: Callable[..., Entry], fields: dict[str, object], expected: Standing
) -> None:
    """The same entry is one agent's to take and another's to forget."""
    assert standing(make_entry(1, **fields), ME) is expected


@pytest.mark.parametrize(
    ("stage", "name", "words"),
    [
        (Stage.CLAIMED, "Mira", "Claimed by Mira"),
        (Stage.CLAIMED, "", "Claimed by mira@example.com"),
        (Stage.DONE, "Mira\n<b>", "Done by Mira <b>"),
        (Stage.PASSED, "Billing", "Passed on to Billing"),
        (Stage.EXPIRED, "", "Its time is over"),
        (Stage.WITHDRAWN, "", "Not needed any more"),
    ],
)
def test_a_toast_leaves_with_a_word(
    make_entry: Callable[..., Entry], stage: Stage, name: str, words: str
) -> None:
    """It says who took it, in one line; a name from outside is plain text."""
    assert farewell(make_entry(1, stage=stage, holder=MIRA, holder_name=name)) == words


def test_nobody_is_named_who_is_not_known(make_entry: Callable[..., Entry]) -> None:
    """Without a name the words are whole all the same."""
    assert farewell(make_entry(1, stage=Stage.CLAIMED)) == "Claimed by somebody else"
    assert farewell(make_entry(1, stage=Stage.DONE)) == "Done"
