"""The timeline says in words what happened to an entry."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.entry import Entry
from desktop.own import own_entry
from desktop.timeline import timeline
from relay.protocol import How, Stage

MakeEntry = Callable[..., Entry]


def words(entry: Entry, agent: str = "mira@example.com") -> list[str]:
    """Return the steps' words."""
    return [step.words for step in timeline(entry, agent)]


def test_the_whole_way_of_an_entry(make_entry: MakeEntry) -> None:
    """From the provider to whoever ended it, every step that is known has a line."""
    entry = make_entry(1, scheme="HMAC-SHA256", playbook="payment-failed", teams=("billing", "vip"), count=3)
    entry = replace(
        entry, received_at=entry.at + 60, quiet="You were presenting.", stage=Stage.DONE, holder="tom@example.com",
        holder_name="Tom", done_at=entry.at + 90, note="E-mail sent",
    )  # fmt: skip
    assert words(entry) == [
        "Received from Stripe as invoice.payment_failed; 3 events so far",
        "Verified by HMAC-SHA256",
        "Matched by the playbook payment-failed",
        "For the teams billing, vip",
        "Reached this computer",
        "No toast: You were presenting.",
        "Done by Tom",
        "E-mail sent",
    ]
    assert [bool(step.at) for step in timeline(entry, "")] == [
        True,
        False,
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_plain_entry_has_a_short_way(make_entry: MakeEntry) -> None:
    """What isn't known has no line; nothing arrives that the relay has not verified, if only that is known."""
    assert words(replace(make_entry(1), shown=True)) == [
        "Received from Stripe as invoice.payment_failed",
        "Verified by the relay",
        "Shown as a toast",
    ]
    assert "No toast: your filters send this type to the inbox only." in words(make_entry(1, how=How.INBOX))
    assert "Not shown yet" in words(make_entry(1))
    assert "For Tom Berg, whose case it is" in words(make_entry(1, owner="Tom Berg", teams=("x",)))
    assert not [each for each in words(own_entry("Test", "", ())) if "erified" in each or "relay" in each]


@pytest.mark.parametrize(
    ("stage", "holder", "said"),
    [
        (Stage.CLAIMED, "Mira@example.com", "Claimed by you"),
        (Stage.CLAIMED, "tom@example.com", "Claimed by tom@example.com"),
        (Stage.CLAIMED, "", "Claimed by somebody else"),
        (Stage.DONE, "mira@example.com", "Done by you"),
        (Stage.OFFERED, "mira@example.com", "Offered to you"),
        (Stage.OFFERED, "tom@example.com", "Offered to tom@example.com now"),
        (Stage.PASSED, "", "Passed on"),
        (Stage.EXPIRED, "", "Its time is over"),
        (Stage.WITHDRAWN, "", "Not needed any more"),
        (Stage.UNROUTED, "", "Nobody was there to take it"),
    ],
)
def test_who_has_it_is_said(make_entry: MakeEntry, stage: Stage, holder: str, said: str) -> None:
    """Every stage has its words, from the agent's own point of view."""
    assert words(make_entry(1, stage=stage, holder=holder))[-1] == said


def test_foreign_text_is_cleaned(make_entry: MakeEntry) -> None:
    """A playbook's or a colleague's name cannot turn the line around or break it."""
    entry = make_entry(1, playbook="a\u202eb\nc", scheme="x\x00y", stage=Stage.DONE, holder_name="T\u202eom")
    assert {"Matched by the playbook ab c", "Verified by xy", "Done by Tom"} <= set(words(entry))
