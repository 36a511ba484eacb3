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


ESCALATING = Plan(mode=Mode.BROADCAST, ladder=(Rung(after=60.0, again=True, audience=("lead:billing",)),))


def climbs(
    addressing: Addressing, count: int, plan: Plan = ESCALATING, priority: Priority = Priority.HIGH
) -> list[Move]:
    """Let the first rung of so many notifications come due within a second."""
    resends = Resends(addressing)
    works = [
        work(id=f"n{number}", plan=plan, priority=priority, audience=("team:billing",))
        for number in range(count)
    ]
    return [resends.routed(one, Move(id=one.id, verb=Verb.CLIMB), NOW) for one in works]


def test_a_storm_is_escalated_in_one_piece(addressing: Addressing) -> None:
    """From the eleventh on nobody is reminded, the leads have it in the inbox, and one word says how many."""
    moves = climbs(addressing, 30)

    hows = [move.routing.how_for(ZOE) for move in moves if move.routing]
    assert [move.quiet for move in moves] == [False] * 10 + [True] * 20
    assert hows == [How.SOUND] * 10 + [How.INBOX] * 20
    assert moves[-1].routing is not None
    assert moves[-1].routing.storm
    (told,) = addressing.news(NOW + 1.0)
    assert told.title == "30 × payment wait since 13:46 UTC"
    assert told.audience == ("lead:billing", "team:billing")


def test_reminders_of_very_many_are_quiet(addressing: Addressing) -> None:
    """A rung that only shows it again does so ten times, and one word says how many there are."""
    plan = Plan(mode=Mode.BROADCAST, ladder=(Rung(after=60.0, again=True),))
    assert [move.quiet for move in climbs(addressing, 12, plan)] == [False] * 10 + [True] * 2
    assert addressing.news(NOW)[0].count == 12


def test_the_urgent_is_escalated_one_by_one(addressing: Addressing) -> None:
    """It is exempt, as when it comes."""
    moves = climbs(addressing, 30, priority=Priority.URGENT)
    assert not any(move.quiet for move in moves)
    assert addressing.news(NOW) == []


def test_what_is_stranded_or_opened_in_masses_is_folded(addressing: Addressing) -> None:
    """The leads of thirty offers that nobody took see ten of them, and one word about all."""
    resends = Resends(addressing)
    moves = [
        resends.routed(
            work(id=f"n{number}", priority=Priority.HIGH),
            Move(id=f"n{number}", verb=Verb.STRAND, audience=("lead:billing",)),
            NOW,
        )
        for number in range(30)
    ]

    hows = [move.routing.how_for(ZOE) for move in moves if move.routing]
    assert hows == [How.SOUND] * 10 + [How.INBOX] * 20


def test_what_is_escalated_counts_as_a_toast() -> None:
    """Whoever has had enough within the hour finds it in the inbox, if it isn't pressing."""
    presence = Presence(NOW)
    addressing = Addressing(
        PEOPLE, presence, FilterSet(layers=(Layer(name=f"agent:{ZOE}", budget=2),)), now=NOW
    )
    moves = climbs(addressing, 4, priority=Priority.NORMAL)
    assert [move.routing.how_for(ZOE) for move in moves if move.routing] == [How.TOAST] * 2 + [How.INBOX] * 2


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
