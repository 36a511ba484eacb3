"""What a change of the filters would have done, per team and agent."""

from relay.event import EVERYONE, Device, Draft, StoredNotification
from relay.filters import FilterSet, Layer, Rule
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


def sent(number: int, playbook: str, audience: tuple[str, ...]) -> StoredNotification:
    one = Draft(
        id=f"n{number}", source="s", provider="p", type="t", priority=Priority.NORMAL, title="t", at=0.0,
        playbook=playbook, audience=audience,
    )  # fmt: skip
    return StoredNotification(seq=number, draft=one)


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
