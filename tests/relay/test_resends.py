"""What is sent later than it was published: by the filters of those to whom it goes then."""

from typing import Any

import pytest

from relay.addressing import Addressing
from relay.cases import begin
from relay.claims import Move, Verb, Work
from relay.event import LEADS, Draft, Mode, Plan, Reach, Routing, Rung
from relay.filters import FilterSet, Layer, Rule
from relay.people import Directory, People, Person, Team
from relay.presence import Presence
from relay.protocol import Availability, How, Priority, Stage
from relay.resends import Resends
from relay.routing import next_offer, reoffer

NOW = 1_000_000.0
MIRA, NOOR, ZOE = "mira@example.com", "noor@example.com", "zoe@example.com"
PEOPLE = Directory(
    People(
        agents={
            agent: Person(agent=agent, name=agent[:4], teams=("billing",)) for agent in (MIRA, NOOR, ZOE)
        },
        teams={"billing": Team(name="billing", title="Billing", leads=(ZOE,))},
    )
)
OFF_FOR_NOOR = FilterSet(
    revision=7,
    layers=(Layer(name=f"agent:{NOOR}", rules=(Rule(types="payment", how=How.OFF),)),),
)


@pytest.fixture
def addressing() -> Addressing:
    """Return a memory in which Noor has switched off what is about payments; everybody is there."""
    presence = Presence(NOW)
    for agent in (MIRA, NOOR, ZOE):
        presence.say(agent, f"{agent}/1", Availability.AVAILABLE)
    return Addressing(PEOPLE, presence, OFF_FOR_NOOR, now=NOW)


def work(**fields: Any) -> Work:
    """Return the state of a notification that has just been published."""
    whole: dict[str, Any] = {
        "id": "n1", "source": "s", "provider": "p", "type": "payment.failed", "priority": Priority.NORMAL,
        "title": "T", "at": NOW, "playbook": "payment", "audience": (f"agent:{MIRA}",), "plan": Plan(),
    }  # fmt: skip
    return begin(Draft(**(whole | fields)), 1, NOW)


def test_the_filters_of_the_next_one_decide(addressing: Addressing) -> None:
    """What was a toast for the first is off for the next who has switched it off."""
    resends = Resends(addressing)
    move = Move(id="n1", verb=Verb.OFFER, holders=(NOOR,), reason="not taken")

    routing = resends.routed(work(), move, NOW).routing

    assert routing is not None
    assert (routing.how_for(NOOR), routing.revision, routing.story) == (How.OFF, 7, ("not taken",))
    assert not resends.hears(work(), NOOR, NOW)
    assert resends.hears(work(), MIRA, NOW)


def test_an_offer_skips_who_would_not_hear_of_it(addressing: Addressing) -> None:
    """It goes to the next who would; nobody left but the deaf is nobody left."""
    plan = Plan(mode=Mode.OFFER, chain=(Reach(keys=("team:billing",)),))
    hears = Resends(addressing).hears
    state = work(plan=plan, holders=(MIRA,))

    move = next_offer(state, PEOPLE, addressing.presence, NOW, hears=hears)
    alone = next_offer(work(plan=plan, holders=(MIRA, ZOE)), PEOPLE, addressing.presence, NOW, hears=hears)

    assert (move.verb, move.holders) == (Verb.OFFER, (ZOE,))
    assert alone.verb is Verb.STRAND


def test_nobody_is_asked_again_who_would_not_hear_of_it(addressing: Addressing) -> None:
    """The same for what had reached nobody, when somebody comes."""
    plan = Plan(mode=Mode.OFFER, chain=(Reach(keys=(f"agent:{NOOR}",)),))
    state = work(plan=plan, stage=Stage.UNROUTED)

    assert reoffer([state], PEOPLE, addressing.presence, NOW, hears=Resends(addressing).hears) == []


def test_a_rung_brings_in_whoever_wants_to_hear(addressing: Addressing) -> None:
    """Those whom a step of the ladder adds get it as their own filters say, each in their way."""
    state = work(
        plan=Plan(ladder=(Rung(after=60.0, audience=("team:billing",)),)), routing=Routing(owner=MIRA)
    )

    routing = Resends(addressing).routed(state, Move(id="n1", verb=Verb.CLIMB), NOW).routing

    assert routing is not None
    assert routing.owner == MIRA
    assert routing.how_for(NOOR) is How.OFF
    assert routing.how_for(ZOE) is not How.OFF


def test_a_move_that_brings_nobody_new_stays(addressing: Addressing) -> None:
    """A reminder, a lease that ends, and a colleague who was named are decided already."""
    resends, named = Resends(addressing), Routing(how=How.TOAST)
    state = work(plan=Plan(ladder=(Rung(after=60.0, again=True),)))

    for move in (
        Move(id="n1", verb=Verb.CLIMB),
        Move(id="n1", verb=Verb.RELEASE),
        Move(id="n1", verb=Verb.PASS, holders=(NOOR,), routing=named),
    ):
        assert resends.routed(state, move, NOW) is move


def test_a_team_gets_what_is_passed_to_it_by_its_filters(addressing: Addressing) -> None:
    """Passed on to a team, it stays off for the one who has switched it off."""
    move = Move(id="n1", verb=Verb.PASS, by=MIRA, audience=("team:billing",))

    routing = Resends(addressing).routed(work(), move, NOW).routing

    assert routing is not None
    assert (routing.how_for(NOOR), routing.how_for(ZOE)) == (How.OFF, routing.how)


def test_the_leads_are_told_when_nobody_is_left(addressing: Addressing) -> None:
    """What runs out of people later is in the same alert as what had nobody from the beginning."""
    Resends(addressing).strand(
        work(), Move(id="n1", verb=Verb.STRAND, audience=(LEADS,), reason="Nobody is left.")
    )

    (alert,) = addressing.news(NOW)

    assert alert.playbook == "unrouted"
    assert "Nobody is left." in alert.body
