"""What a change of the filters would have done, per team and agent."""

from relay.event import EVERYONE, Device, Draft, Routing, StoredNotification
from relay.filters import FilterSet, Layer, Relation, Rule
from relay.people import Directory, People
from relay.preview import Effect, preview
from relay.protocol import How, Priority

MIRA, OMAR, ZOE = "mira@example.com", "omar@example.com", "zoe@example.com"
PEOPLE = Directory(
    People(),
    [
        Device(id=agent, agent=agent, teams=teams, name="d", token_hash=b"", paired_at=0.0)
        for agent, teams in ((MIRA, ("Billing",)), (OMAR, ("Billing", "VIP")), (ZOE, ("Support",)))
    ],
)


def sent(number: int, playbook: str, audience: tuple[str, ...], **more: object) -> StoredNotification:
    """Return a notification, one every two minutes."""
    fields: dict[str, object] = {
        "id": f"n{number}", "source": "s", "provider": "p", "type": "t", "priority": Priority.NORMAL,
        "title": "t", "at": 120.0 * number, "playbook": playbook, "audience": audience, **more,
    }  # fmt: skip
    return StoredNotification(seq=number, draft=Draft(**fields))  # type: ignore[arg-type] # a record's fields


RECORDED = [
    *(sent(number, "payment-failed", ("team:billing",)) for number in range(41)),
    *(sent(number, "payment-paid", ("team:billing",)) for number in range(41, 300)),
    *(sent(number, "news", (EVERYONE,)) for number in range(300, 310)),
]


def test_a_teams_change_is_counted() -> None:
    """Forty-one of what Billing had would not have come; others are not concerned."""
    layer = Layer(name="team:billing", rules=(Rule(types="payment-failed", how=How.OFF),))
    found = preview(FilterSet(), layer, RECORDED, PEOPLE, 0.0)

    assert found.teams["billing"] == Effect(total=310, hidden=41)
    assert found.sentences == ("It would have hidden 41 of 310 for Billing.",)
    assert found.agents == {MIRA: Effect(total=310, hidden=41), OMAR: Effect(total=310, hidden=41)}


def test_a_member_who_still_gets_it_keeps_it_for_the_team() -> None:
    """What one of another team's loudness still gets isn't hidden from the team."""
    held = FilterSet(layers=(Layer(name="team:vip", rules=(Rule(types="*", how=How.TOAST),)),))
    layer = Layer(name="team:billing", rules=(Rule(types="payment-failed", how=How.OFF),))
    found = preview(held, layer, RECORDED, PEOPLE, 0.0)

    assert found.agents[MIRA].hidden == 41
    assert found.agents[OMAR].hidden == 0
    assert found.teams["billing"].hidden == 0


def test_an_agents_change_is_the_agents() -> None:
    """Louder, quieter and shown again are counted, and told of the agent by name."""
    off = Rule(types="payment-paid", how=How.OFF)
    held = FilterSet(layers=(Layer(name=f"agent:{MIRA}", rules=(off,)),))
    layer = Layer(
        name=f"agent:{MIRA}",
        rules=(Rule(types="payment-failed", how=How.SOUND), Rule(types="news", how=How.INBOX)),
    )
    found = preview(held, layer, RECORDED, PEOPLE, 0.0)

    assert found.agents == {MIRA: Effect(total=310, quieter=10, louder=41, shown=259)}
    assert found.sentences == (
        "It would have quietened 10 of 310, made louder 41 of 310, shown 259 of 310 for Mira.",
    )


def test_the_organisations_change_is_counted_for_each_team() -> None:
    """A change that nobody would notice says so."""
    layer = Layer(name="organisation", rules=(Rule(types="payment-*", how=How.TOAST),))
    found = preview(FilterSet(), layer, RECORDED, PEOPLE, 0.0)

    assert found.sentences == (
        "It would have changed none of 310 for Billing.",
        "It would have changed none of 10 for Support.",
        "It would have changed none of 310 for VIP.",
    )


def test_nothing_recorded_is_nothing_changed() -> None:
    """A new team has no last days."""
    found = preview(FilterSet(), Layer(name="team:support"), [], PEOPLE, 0.0)
    assert found.sentences == ("It would have changed none of 0 for Support.",)


def test_what_is_offered_to_several_counts_once() -> None:
    """One event that went to one after the other is one for each of them, and one for their team."""
    first = sent(1, "offer", (f"agent:{MIRA}",))
    again = sent(2, "offer", (f"agent:{OMAR}",), id="n1")
    once_more = sent(3, "offer", (f"agent:{MIRA}",), id="n1")
    layer = Layer(name="team:billing", rules=(Rule(types="*", how=How.OFF),))
    found = preview(FilterSet(), layer, [first, again, once_more], PEOPLE, 0.0)

    assert found.sentences == ("It would have hidden 1 of 1 for Billing.",)
    assert found.agents == {MIRA: Effect(total=1, hidden=1), OMAR: Effect(total=1, hidden=1)}


def test_what_was_sent_again_counts_as_it_was_sent_last() -> None:
    """It was urgent at first and quiet in the end: the end is what they have."""
    first = sent(1, "call", ("team:billing",), priority=Priority.URGENT)
    second = sent(2, "call", ("team:billing",), id="n1", priority=Priority.LOW, revision=2)
    layer = Layer(name="team:billing", rules=(Rule(types="*", how=How.TOAST),))
    found = preview(FilterSet(), layer, [first, second], PEOPLE, 0.0)

    assert found.teams["billing"] == Effect(total=1, louder=1)


def test_whoever_follows_a_case_is_judged_as_a_follower() -> None:
    """A rule for what is followed hides it from the one who follows it."""
    recorded = [sent(1, "call", ("team:billing",), collapse="case/1"), sent(2, "call", ("team:billing",))]
    rule = Rule(types="call", relation=Relation.FOLLOWED, how=How.OFF)
    layer = Layer(name=f"agent:{MIRA}", rules=(rule,))

    def said(*cases: str) -> tuple[str, ...]:
        followers = dict.fromkeys(cases, (MIRA,))
        return preview(FilterSet(), layer, recorded, PEOPLE, 0.0, followers=followers).sentences

    assert said() == ("It would have changed none of 2 for Mira.",)
    assert said("case/1", "case/2") == ("It would have hidden 1 of 2 for Mira.",)
    assert said("case/1", "n2") == ("It would have hidden 2 of 2 for Mira.",)


def test_a_budget_is_counted_by_the_hour() -> None:
    """Of seven within the hour, a budget of two lets five wait; what is high doesn't wait."""
    recorded = [sent(number, "call", ("team:billing",)) for number in range(7)]
    recorded.append(sent(8, "call", ("team:billing",), priority=Priority.HIGH))
    for most, quieter in ((60, 0), (2, 5), (0, 7)):
        found = preview(FilterSet(), Layer(name="team:billing", budget=most), recorded, PEOPLE, 0.0)
        assert found.teams["billing"] == Effect(total=8, quieter=quieter)


def test_what_was_folded_in_a_storm_does_not_count_for_a_budget() -> None:
    """It was no toast then, so it uses nothing up."""
    recorded = [
        sent(1, "call", (f"agent:{MIRA}",)),
        sent(2, "storm", (f"agent:{MIRA}",), routing=Routing(storm=True)),
        sent(3, "call", (f"agent:{MIRA}",)),
    ]
    found = preview(FilterSet(), Layer(name=f"agent:{MIRA}", budget=2), recorded, PEOPLE, 0.0)
    assert found.agents[MIRA] == Effect(total=3)
