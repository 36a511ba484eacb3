"""A notification as it was and as it would be: what differs is named, and nothing else."""

from msgspec.structs import replace

from relay.compared import differences, pairs, people, teams
from relay.event import Device, Draft, Routing
from relay.people import Directory, People
from relay.protocol import How, Priority, Stage

PEOPLE = Directory(
    People(),
    [
        Device(id=name, agent=f"{name}@example.com", teams=(team,), name="d", token_hash=b"", paired_at=0.0)
        for name, team in (("mira", "Billing"), ("zoe", "Billing"), ("tom", "Sales"))
    ],
)
PAID = Draft(
    id="1",
    source="shop",
    provider="p",
    type="payment.done",
    priority=Priority.NORMAL,
    title="Paid",
    at=0.0,
    playbook="paid",
    audience=("team:billing",),
)


def test_the_same_differs_in_nothing() -> None:
    """Its id, number and time are no difference: nobody sees them."""
    assert differences(PAID, replace(PAID, id="2", at=1.0, revision=2), PEOPLE) == []


def test_each_kind_of_difference_has_its_sentence() -> None:
    """Priority, words, people, and who of them is disturbed: as many sentences as there are differences."""
    quiet = Routing(how=How.INBOX, others={"zoe@example.com": How.OFF})
    other = replace(PAID, priority=Priority.LOW, title="All paid", body="Now.", routing=quiet)
    assert differences(PAID, other, PEOPLE) == [
        "paid was normal, and would be low.",
        "paid would have other words: title, body.",
        "paid was toast for mira@example.com, and would be inbox.",
        "paid was toast for zoe@example.com, and would be off.",
    ]
    assert differences(PAID, replace(PAID, audience=("everyone",)), PEOPLE) == [
        "paid went to Billing, and would go to everyone.",
        "paid was off for tom@example.com, and would be toast.",
    ]


def test_what_is_new_or_gone_is_said() -> None:
    """One side alone is a difference of its own."""
    assert differences(None, PAID, PEOPLE) == ["paid would be new."]
    assert differences(PAID, None, PEOPLE) == ["paid would be gone."]


def test_a_case_that_goes_on_keeps_its_people_without_a_difference() -> None:
    """A later event of a case went to those of the earlier one, too; no playbook knows them."""
    wider = replace(PAID, audience=("team:billing", "team:sales"))
    assert differences(replace(wider, revision=2), PAID, PEOPLE) == []
    assert differences(wider, PAID, PEOPLE) != []


def test_pairs_are_of_one_playbook() -> None:
    """Each is compared with what the same playbook said, and the relay's own with what the same people got."""
    owned = replace(PAID, playbook="owned")
    assert list(pairs([PAID], [owned, PAID])) == [(PAID, PAID), (None, owned)]
    own = replace(PAID, source="deskbell", playbook="storm")
    elsewhere = replace(own, audience=("team:sales",))
    assert list(pairs([own], [elsewhere])) == [(own, None), (None, elsewhere)]


def test_many_are_counted_and_not_named() -> None:
    """A sentence names three agents at most."""
    assert [people(("a", "b", "c")[:number]) for number in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert people(("a", "b", "c", "d")) == "4 agents"


def test_a_draft_counts_under_its_teams() -> None:
    """Those addressed, those of the agents addressed, everyone, or nobody."""
    keys = ("agent:tom@example.com",)
    found = [
        teams(replace(PAID, audience=who), PEOPLE) for who in (("team:billing",), keys, ("everyone",), ())
    ]
    assert found == [("Billing",), ("Sales",), ("everyone",), ("unrouted",)]
    assert teams(replace(PAID, stage=Stage.UNROUTED), PEOPLE) == ("unrouted",)
