"""Routing: owners, skills, languages, presence, offers, fallbacks, and nobody at all; told in sentences."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from relay.asked import Asked
from relay.cases import begin
from relay.claims import Verb, Work
from relay.event import EVERYONE, LEADS, Device, Draft, Mode, Plan, agent_key, lead_key, team_key
from relay.filters import FilterSet, Layer, Rule
from relay.moves import apply
from relay.people import Directory, People, Team
from relay.peoplefile import read_people
from relay.playbooks import Audience, Circle, Present
from relay.presence import Presence
from relay.protocol import Availability, How, Priority, Role, Stage
from relay.routing import Router, next_offer, reoffer

MIRA, OMAR, ZOE, LENA = "mira@example.com", "omar@example.com", "zoe@example.com", "lena@example.com"

FILE = read_people(
    """
[teams.billing]
title = "Billing"
leads = ["lena@example.com"]
[teams.support]
title = "Support"
[agents."mira@example.com"]
teams = ["billing"]
skills = ["refunds"]
languages = ["en", "de"]
ids = { zendesk = "38122" }
[agents."omar@example.com"]
teams = ["billing"]
languages = ["en", "ar"]
shift = "mon-fri 08:00-18:00"
[agents."zoe@example.com"]
teams = ["support"]
languages = ["en"]
[agents."lena@example.com"]
"""
)
PEOPLE = Directory(FILE)
FRIDAY_NOON = 1_795_176_000.0
"""2026-11-20 12:00 UTC."""


def draft(mode: Mode = Mode.BROADCAST, **more: object) -> Draft:
    """Return a notification before it is routed."""
    fields: dict[str, object] = {
        "id": "n1", "source": "s", "provider": "zendesk", "type": "ticket.created", "at": 0.0,
        "priority": Priority.NORMAL, "title": "t", "playbook": "ticket-new", "audience": ("team:billing",),
        "plan": Plan(mode=mode, offer=30.0), **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type] # a record with other fields


def here(*agents: str, **states: Availability) -> Presence:
    """Return the presence of those who are connected and available, or as is said."""
    presence = Presence(0.0)
    for agent in agents:
        presence.say(agent, "desk", Availability.AVAILABLE)
    for name, state in states.items():
        presence.say(f"{name}@example.com", "desk", state)
    return presence


def routed(
    audience: Audience,
    presence: Presence | None = None,
    *,
    people: Directory = PEOPLE,
    one: Draft | None = None,
    owners: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
    now: float = FRIDAY_NOON,
    followers: Mapping[str, tuple[str, ...]] | None = None,
    filters: FilterSet | None = None,
) -> Draft:
    """Return the notification as it goes out."""
    router = Router(people, presence or here(), filters or FilterSet(), followers)
    asked = Asked(audience=audience, owners=owners, languages=languages)
    return router.route(one or draft(audience.mode), asked, now)


# The audience


def test_a_team_stays_a_team() -> None:
    """Whoever comes later belongs to it; nobody is looked up."""
    found = routed(Audience(teams=("Billing",)))
    assert (found.audience, found.stage, found.routing.story) == (("team:billing",), Stage.NEW, ())


@pytest.mark.parametrize("said", ["38122", "MIRA@example.com "])
def test_an_owner_is_found_and_named(said: str) -> None:
    """By the provider's id or the address: it is the owner's case, and the others of the circle see it too."""
    found = routed(Audience(owner="data.owner", teams=("Billing",)), owners=(said,))

    assert found.audience == (agent_key(MIRA), "team:billing")
    assert found.routing.owner == MIRA
    assert (found.routing.how_for(MIRA), found.routing.how_for(OMAR)) == (How.TOAST, How.INBOX)


def test_an_owner_whom_nobody_knows_is_told() -> None:
    """The rest of the circle gets it as nobody's case, and the story says why."""
    found = routed(Audience(owner="data.owner", teams=("Billing",)), owners=("gone@example.com",))

    assert (found.audience, found.routing.owner) == (("team:billing",), "")
    assert found.routing.story == ("The owner gone@example.com is not known.",)
    assert found.routing.how_for(OMAR) is How.TOAST


def test_without_an_owner_the_fallback_gets_it() -> None:
    """An audience of the owner only goes on if the event names none."""
    found = routed(Audience(owner="data.owner", fallback=(Circle(teams=("Support",)),)), owners=("",))

    assert found.audience == ("team:support",)
    assert found.routing.story == (
        "The event names no owner.",
        "Went on to fallback 1: Support.",
    )


@pytest.mark.parametrize(
    ("audience", "languages", "agents"),
    [
        (Audience(teams=("Billing",), skills=("Refunds",)), (), [MIRA]),
        (Audience(teams=("Billing",), languages=("ar", "fr")), (), [OMAR]),
        (Audience(teams=("Billing", "Support"), language="data.language"), ("de-AT",), [MIRA]),
        (Audience(teams=("Billing", "Support"), language="data.language"), ("",), None),
        (Audience(everyone=True, language="data.language", languages=("ar",)), ("en",), [MIRA, OMAR, ZOE]),
        (Audience(everyone=True, language="data.language", languages=("ar",)), ("",), [OMAR]),
    ],
)
def test_skills_and_languages_narrow_it_down(
    audience: Audience, languages: tuple[str, ...], agents: list[str] | None
) -> None:
    """Only those who can, by name; the customer's language goes before the list."""
    found = routed(audience, languages=languages)
    assert found.audience == (audience.fixed_keys() if agents is None else tuple(map(agent_key, agents)))


@pytest.mark.parametrize(
    ("present", "now", "agents"),
    [
        (Present.CONNECTED, FRIDAY_NOON, [MIRA, OMAR]),
        (Present.AVAILABLE, FRIDAY_NOON, [OMAR]),
        (Present.ON_SHIFT, FRIDAY_NOON, [OMAR]),
        (Present.ON_SHIFT, FRIDAY_NOON + 8 * 3600, []),
    ],
)
def test_presence_narrows_it_down(present: Present, now: float, agents: list[str]) -> None:
    """Connected, available, or on shift: each asks for more; in the evening Omar is off."""
    presence = here(OMAR, mira=Availability.BUSY)
    found = routed(Audience(teams=("Billing",), present=present), presence, now=now)

    if agents:
        assert found.audience == tuple(map(agent_key, agents))
    else:
        assert found.stage is Stage.UNROUTED


# Nobody


@pytest.mark.parametrize(
    "audience",
    [
        Audience(teams=("Biling",), fallback=(Circle(teams=("Support",)),)),
        Audience(teams=("Night",), fallback=(Circle(teams=("Support",)),)),
        Audience(agents=("gone@example.com",), fallback=(Circle(teams=("Support",)),)),
    ],
)
def test_where_nobody_belongs_nobody_is(audience: Audience) -> None:
    """A misspelt team, one without members, an agent who has left: the fallback gets it, and it is said."""
    people = Directory(
        People(teams={**FILE.teams, "night": Team(name="night", title="Night")}, agents=FILE.agents)
    )
    found = routed(audience, people=people, one=draft(audience=audience.fixed_keys()))

    assert (found.audience, found.stage) == (("team:support",), Stage.NEW)
    assert found.routing.story[0].startswith("Nobody belongs to it: ")
    assert found.routing.story[1] == "Went on to fallback 1: Support."


def test_where_nobody_belongs_at_the_end_it_is_unrouted() -> None:
    """Without a fallback the leads have it, and it is offered again when the team has somebody."""
    audience = Audience(teams=("Biling",))
    found = routed(audience, one=draft(audience=audience.fixed_keys()))

    assert (found.stage, found.audience) == (Stage.UNROUTED, (LEADS,))
    assert found.plan.chain[0].keys == ("team:biling",)


OFF_FOR_BILLING = FilterSet(
    revision=3,
    layers=tuple(Layer(name=f"agent:{one}", rules=(Rule(types="*", how=How.OFF),)) for one in (MIRA, OMAR)),
)


@pytest.mark.parametrize("present", [Present.ANY, Present.CONNECTED])
@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.URGENT])
def test_what_is_pressing_and_off_for_all_goes_on(priority: Priority, present: Present) -> None:
    """To the fallback, and after the last one to the leads: somebody has to hear of it."""
    presence = here(MIRA, OMAR, ZOE)
    alone = Audience(teams=("Billing",), present=present)
    wider = Audience(teams=("Billing",), present=present, fallback=(Circle(teams=("Support",)),))
    one = draft(priority=priority)
    gone_on = routed(wider, presence, one=one, filters=OFF_FOR_BILLING)
    unrouted = routed(alone, presence, one=one, filters=OFF_FOR_BILLING)

    assert gone_on.audience == ("team:support",)
    assert gone_on.routing.story[0].startswith("Everybody has it off: Billing")
    assert (unrouted.stage, unrouted.audience) == (Stage.UNROUTED, (lead_key("billing"),))
    deaf = reoffer([work(unrouted)], PEOPLE, presence, FRIDAY_NOON, hears=lambda *_: False)
    assert deaf == []


def test_what_is_not_pressing_may_be_off_for_all() -> None:
    """So is what one of them still hears: it stays where the playbook sent it."""
    for_nobody = routed(Audience(teams=("Billing",)), filters=OFF_FOR_BILLING)
    only_mira = FilterSet(revision=3, layers=OFF_FOR_BILLING.layers[:1])
    for_omar = routed(Audience(teams=("Billing",)), one=draft(priority=Priority.URGENT), filters=only_mira)

    assert (for_nobody.stage, for_nobody.audience) == (Stage.NEW, ("team:billing",))
    assert (for_omar.stage, for_omar.audience) == (Stage.NEW, ("team:billing",))


def test_before_the_first_desktop_what_is_for_a_team_waits_for_it() -> None:
    """What is for everyone is everyone's who comes; what is for a team is opened to its first member."""
    nobody = Directory(People())
    everyone, team = Audience(everyone=True), Audience(teams=("Billing",))
    for_all = routed(everyone, people=nobody, one=draft(audience=everyone.fixed_keys()))
    for_team = routed(team, people=nobody)

    assert (for_all.stage, for_all.audience) == (Stage.NEW, (EVERYONE,))
    assert for_team.stage is Stage.UNROUTED
    (move,) = reoffer([work(for_team)], PEOPLE, here(), FRIDAY_NOON)
    assert (move.verb, move.audience) == (Verb.OPEN, ("team:billing",))


def test_nobody_there_goes_to_the_leads() -> None:
    """After the last fallback it is unrouted, and goes to those who lead the teams concerned."""
    audience = Audience(
        teams=("Billing",),
        present=Present.CONNECTED,
        fallback=(Circle(teams=("Support",), skills=("magic",)),),
    )
    found = routed(audience)

    assert (found.stage, found.audience) == (Stage.UNROUTED, (lead_key("billing"),))
    assert found.routing.story == (
        "Nobody is there: Billing, who are connected.",
        "Nobody is there: Support, who can do magic.",
        "It went to the leads of Billing.",
    )
    assert len(found.plan.chain) == 2


@pytest.mark.parametrize(
    ("devices", "audience"),
    [
        ((Role.AGENT, ()), (EVERYONE,)),
        ((Role.ADMIN, ()), (LEADS,)),
        ((Role.LEAD, ("Other",)), (LEADS,)),
        ((Role.LEAD, ("Billing",)), (lead_key("billing"),)),
    ],
)
def test_somebody_always_gets_it(devices: tuple[Role, tuple[str, ...]], audience: tuple[str, ...]) -> None:
    """The team's leads, else any lead or admin, else everyone: a notification is never nobody's."""
    role, leads = devices
    device = Device(
        id="d", agent=LENA, teams=(), name="d", token_hash=b"", paired_at=0.0, role=role, leads=leads
    )
    people = Directory(People(), [device])
    found = routed(Audience(teams=("Billing",), present=Present.CONNECTED), people=people)

    assert (found.stage, found.audience) == (Stage.UNROUTED, audience)
    assert set(device.audience_keys()) & set(found.audience)


# Offers


def test_an_offer_goes_to_one_at_a_time() -> None:
    """The first is told who it is and until when; the others of the team don't see it yet."""
    found = routed(Audience(teams=("Billing",), mode=Mode.OFFER), here(MIRA))

    assert (found.stage, found.holders, found.until) == (Stage.OFFERED, (MIRA,), FRIDAY_NOON + 30)
    assert found.audience == (agent_key(MIRA),)
    assert found.plan.chain


def test_an_offer_needs_somebody_who_can_see_it() -> None:
    """Who is away isn't asked, even if the playbook doesn't ask for presence."""
    found = routed(Audience(teams=("Billing",), mode=Mode.OFFER), here(mira=Availability.AWAY))
    assert found.stage is Stage.UNROUTED


def test_offers_take_turns() -> None:
    """Of two, whoever had fewer offers within the hour is asked; the owner is asked first."""
    presence, audience = here(MIRA, OMAR), Audience(teams=("Billing",), owner="x", mode=Mode.OFFER)
    asked = [
        routed(audience, presence, one=draft(Mode.OFFER, id=f"n{number}")).holders[0] for number in range(10)
    ]

    assert (asked.count(MIRA), asked.count(OMAR)) == (5, 5)
    presence.offered([MIRA] * 3, FRIDAY_NOON)
    assert routed(audience, presence).holders == (OMAR,)
    assert routed(audience, presence, owners=(MIRA,)).holders == (MIRA,)


def test_among_equals_the_notification_decides() -> None:
    """The same notification asks the same agent, whenever it is routed; another one may ask another."""
    audience = Audience(teams=("Billing",), mode=Mode.OFFER)
    firsts = {
        number: {
            routed(audience, here(MIRA, OMAR), one=draft(Mode.OFFER, id=f"n{number}")).holders
            for _ in range(3)
        }
        for number in range(20)
    }
    assert all(len(found) == 1 for found in firsts.values())
    assert set().union(*firsts.values()) == {(MIRA,), (OMAR,)}


def test_a_pool_is_asked_together() -> None:
    """A pool of two has two holders."""
    one = draft(plan=Plan(mode=Mode.OFFER, pool=2))
    found = routed(Audience(teams=("Billing",), mode=Mode.OFFER, pool=2), here(MIRA, OMAR, ZOE), one=one)
    assert set(found.holders) == {MIRA, OMAR}


def work(found: Draft) -> Work:
    """Return the state of a routed notification, once published."""
    return begin(found, 1, FRIDAY_NOON)


def test_an_offer_that_ends_goes_on_until_nobody_is_left() -> None:
    """The next of the circle, then the fallback, then nobody: each once, and it is stranded with the leads."""
    presence = here(MIRA, OMAR, ZOE)
    audience = Audience(teams=("Billing",), mode=Mode.OFFER, fallback=(Circle(teams=("Support",)),))
    state = work(routed(audience, presence))
    holders = [state.holders]
    while (move := next_offer(state, PEOPLE, presence, FRIDAY_NOON)).verb is Verb.OFFER:
        assert move.until == FRIDAY_NOON + 30
        moved = apply(state, move, FRIDAY_NOON)
        assert moved.work is not None
        state = moved.work
        holders.append(state.holders)

    assert sorted(holders) == [(MIRA,), (OMAR,), (ZOE,)]
    assert holders[-1] == (ZOE,)
    assert (move.verb, move.audience) == (Verb.STRAND, (lead_key("billing"),))
    assert move.reason == "Nobody is left to whom it could be offered. It went to the leads of Billing."
    assert move.version == state.version


def test_what_was_never_to_be_offered_is_open_again() -> None:
    """A broadcast that was passed on to somebody who doesn't take it is anybody's again."""
    move = next_offer(work(routed(Audience(teams=("Billing",)))), PEOPLE, here(), FRIDAY_NOON)
    assert (move.verb, move.audience) == (Verb.OPEN, ())


def test_who_comes_is_offered_what_nobody_had() -> None:
    """Of two stranded offers one goes to the one agent who came; the other waits for the next."""
    audience = Audience(teams=("Billing",), mode=Mode.OFFER)
    first, second = (work(routed(audience, one=draft(Mode.OFFER, id=name))) for name in ("n1", "n2"))

    assert reoffer([first, second], PEOPLE, here(ZOE), FRIDAY_NOON) == []
    (move,) = reoffer([first, second], PEOPLE, here(MIRA), FRIDAY_NOON)
    assert (move.id, move.verb, move.holders) == ("n1", Verb.OFFER, (MIRA,))


def test_who_comes_may_take_what_nobody_had() -> None:
    """What was unrouted because nobody was connected is opened to who is now; claimed work is left alone."""
    state = work(routed(Audience(teams=("Billing",), present=Present.CONNECTED)))
    (move,) = reoffer([state, replace(state, stage=Stage.CLAIMED)], PEOPLE, here(OMAR), FRIDAY_NOON)

    assert (move.verb, move.audience) == (Verb.OPEN, (agent_key(OMAR),))


# How


def test_followers_get_it_too() -> None:
    """Who follows the case is added, and disturbed as followers are."""
    one = draft(collapse="ticket/7", priority=Priority.HIGH)
    found = routed(Audience(teams=("Billing",)), one=one, followers={"ticket/7": (ZOE,)})

    assert found.audience == ("team:billing", agent_key(ZOE))
    assert (found.routing.how_for(ZOE), found.routing.how_for(MIRA)) == (How.TOAST, How.SOUND)


def test_the_filters_decide_how() -> None:
    """The revision that decided is kept with what it came to."""
    filters = FilterSet(
        revision=7, layers=(Layer(name=f"agent:{OMAR}", rules=(Rule(types="ticket-*", how=How.OFF),)),)
    )
    found = routed(Audience(teams=("Billing",)), filters=filters)

    assert found.routing.revision == 7
    assert (found.routing.how_for(MIRA), found.routing.how_for(OMAR)) == (How.TOAST, How.OFF)


def test_what_only_closes_cases_is_left_as_it_is() -> None:
    """A silent draft has no audience to find."""
    one = draft(silent=True)
    assert Router(PEOPLE, here(), FilterSet()).route(one, None, 0.0) is one


def test_a_plain_notification_keeps_its_audience() -> None:
    """What stands in for a playbook that failed is for those whom the renderer says."""
    one = draft(audience=(team_key("Support"),))
    assert Router(PEOPLE, here(), FilterSet()).route(one, None, 0.0).audience == ("team:support",)
