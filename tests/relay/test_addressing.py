"""Addressing: what a stream of notifications comes to when it storms, is noisy, or reaches nobody."""

from collections.abc import Iterable

from msgspec.structs import replace

from relay.addressing import UNROUTED_SECONDS, Addressing
from relay.asked import Asked
from relay.event import Device, Dispatched, Draft, EventState, Mode, Plan
from relay.filters import FilterSet, Layer, Lock, Rule
from relay.noise import DIGEST_SECONDS
from relay.notices import DIGEST, STORM, UNROUTED
from relay.people import Directory, People
from relay.playbooks import Audience, Present
from relay.presence import Presence
from relay.protocol import About, Availability, How, Priority, Role, Stage

MIRA, ZOE, LENA = "mira@example.com", "zoe@example.com", "lena@example.com"


def device(agent: str, *teams: str, leads: tuple[str, ...] = ()) -> Device:
    role = Role.LEAD if leads else Role.AGENT
    return Device(
        id=agent, agent=agent, teams=teams, name="d", token_hash=b"", paired_at=0.0, leads=leads, role=role
    )


PEOPLE = Directory(
    People(), [device(MIRA, "Billing"), device(ZOE, "Billing"), device(LENA, leads=("Billing",))], revision=1
)
TEAM = Audience(teams=("Billing",))


def desk(*layers: Layer, present: Iterable[str] = (MIRA, ZOE)) -> Addressing:
    presence = Presence(0.0)
    for agent in present:
        presence.say(agent, "d", Availability.AVAILABLE)
    return Addressing(PEOPLE, presence, FilterSet(revision=1, layers=layers), now=0.0)


def send(addressing: Addressing, now: float, audience: Audience = TEAM, **more: object) -> Draft:
    """Let one notification go out; return how."""
    fields: dict[str, object] = {
        "id": f"n{now}", "source": "s", "provider": "p", "type": "invoice.payment_failed", "title": "t",
        "priority": Priority.NORMAL, "at": now, "playbook": "payment-failed",
        "audience": audience.fixed_keys(), "plan": Plan(mode=audience.mode), **more,
    }  # fmt: skip
    one = Draft(**fields)  # type: ignore[arg-type] # a record with other fields
    result = Dispatched(event_seq=1, state=EventState.NOTIFIED, drafts=(one,))
    (sent,) = addressing.address(result, (Asked(audience=audience),), now).drafts
    return sent


def test_a_storm_is_folded_and_told_once() -> None:
    """From the eleventh on everything goes to the inbox; one notification goes to the team and its lead."""
    quiet = Layer(name=f"agent:{ZOE}", rules=(Rule(types="payment-*", how=How.OFF),))
    addressing = desk(quiet)
    sent = [send(addressing, 0.1 * number, priority=Priority.HIGH) for number in range(30)]

    assert [one.routing.storm for one in sent] == [False] * 10 + [True] * 20
    assert (sent[0].routing.how_for(MIRA), sent[0].routing.how_for(ZOE)) == (How.SOUND, How.OFF)
    assert (sent[-1].routing.how_for(MIRA), sent[-1].routing.how_for(ZOE)) == (How.INBOX, How.OFF)
    (told,) = addressing.news(3.0)
    assert (told.type, told.count, told.audience) == (STORM, 30, ("team:billing", "lead:billing"))
    assert told.title == "30 × payment-failed since 00:00 UTC"
    assert told.about == About(
        playbook="payment-failed", source=sent[0].source, type=sent[0].type, count=30, since=0.0
    )
    assert told.routing.how_for(MIRA) is How.SOUND


def test_what_reaches_nobody_in_masses_is_folded() -> None:
    """The lead sees ten of thirty, one word about all of them, and the alert."""
    addressing = desk(present=())
    there = Audience(teams=("Billing",), present=Present.CONNECTED)
    sent = [send(addressing, 0.1 * number, there, priority=Priority.HIGH) for number in range(30)]

    assert {one.stage for one in sent} == {Stage.UNROUTED}
    assert [one.routing.how_for(LENA) for one in sent] == [How.SOUND] * 10 + [How.INBOX] * 20
    storm, alert = addressing.news(4.0)
    assert (storm.type, storm.count, storm.audience) == (STORM, 30, ("lead:billing",))
    assert (alert.type, alert.title) == (UNROUTED, "30 reached nobody")


def test_a_storm_is_told_in_place() -> None:
    """Each word about it is of the same case, with what came since the last, and the last is quiet."""
    addressing = desk()
    for number in range(15):
        send(addressing, 0.1 * number)
    (first,) = addressing.news(2.0)
    send(addressing, 5.0)
    (second,) = addressing.news(12.0)
    (last,) = addressing.news(5.0 + 60.0)

    assert first.collapse == second.collapse == last.collapse
    assert len({first.id, second.id, last.id}) == 3
    assert [first.count, second.count, last.count] == [15, 1, 1]
    assert (last.priority, last.title) == (Priority.LOW, "16 × payment-failed, 00:00 UTC to 00:01 UTC")
    assert addressing.news(100.0) == []


def test_beyond_the_budget_the_less_pressing_wait() -> None:
    """Normal ones go to the inbox of whoever had enough, high ones don't, and a digest tells it."""
    addressing = desk(Layer(name=f"agent:{MIRA}", budget=3))
    sent = [send(addressing, 61.0 * number) for number in range(6)]
    pressing = send(addressing, 380.0, priority=Priority.HIGH, playbook="other")

    assert [one.routing.how_for(MIRA) for one in sent] == [How.TOAST] * 3 + [How.INBOX] * 3
    assert {one.routing.how_for(ZOE) for one in sent} == {How.TOAST}
    assert sent[-1].routing.over == (MIRA,)
    assert pressing.routing.how_for(MIRA) is How.SOUND
    assert addressing.news(400.0) == []
    (digest,) = addressing.news(DIGEST_SECONDS)
    assert (digest.type, digest.audience, digest.title) == (
        DIGEST,
        (f"agent:{MIRA}",),
        "3 more in your inbox",
    )
    assert (
        digest.body == "More than 3 toasts within an hour: the less pressing ones waited. 3 × payment-failed."
    )
    assert digest.routing.how_for(MIRA) is How.TOAST


def test_a_budget_folds_nothing_that_is_locked_above_it() -> None:
    """What the organisation wants seen is seen, whatever budget a team or an agent has; its own one counts."""
    rule = Rule(types="payment-*", how=How.TOAST, lock=Lock(by="ada@example.com", why="", at=0.0))
    own, team = Layer(name=f"agent:{MIRA}", budget=0), Layer(name="team:billing", budget=0)
    by_all, by_team = Layer(name="organisation", rules=(rule,)), Layer(name="team:billing", rules=(rule,))

    def hows(*layers: Layer) -> tuple[How, How]:
        one = send(desk(*layers), 0.0)
        return one.routing.how_for(MIRA), one.routing.how_for(ZOE)

    assert hows(own) == (How.INBOX, How.TOAST)
    assert hows(by_all, own, team) == (How.TOAST, How.TOAST)
    assert hows(by_team, own) == (How.TOAST, How.TOAST)
    assert hows(replace(by_team, budget=0), own) == (How.INBOX, How.INBOX)
    assert hows(replace(by_all, budget=0), own) == (How.INBOX, How.INBOX)


def test_an_offer_is_shown_whatever_the_budget() -> None:
    """Whoever is asked has to see it before its time is over."""
    addressing = desk(Layer(name="organisation", budget=0))
    offered = send(addressing, 0.0, Audience(teams=("Billing",), mode=Mode.OFFER))

    assert offered.stage is Stage.OFFERED
    assert offered.routing.how_for(offered.holders[0]) is How.TOAST


def test_leads_are_told_what_reached_nobody() -> None:
    """At once, and then at most once a minute, with what and why."""
    addressing = desk(present=())
    there = Audience(teams=("Billing",), present=Present.CONNECTED)
    unrouted = send(addressing, 0.0, there)
    (alarm,) = addressing.news(1.0)
    send(addressing, 2.0, there)
    send(addressing, 3.0, there, playbook="ticket-new")

    assert (unrouted.stage, unrouted.audience) == (Stage.UNROUTED, ("lead:billing",))
    assert (alarm.type, alarm.audience, alarm.priority) == (UNROUTED, ("lead:billing",), Priority.HIGH)
    assert alarm.title == "One notification reached nobody"
    assert alarm.body == "1 × payment-failed. Nobody is there: Billing, who are connected."
    assert addressing.news(UNROUTED_SECONDS) == []
    (again,) = addressing.news(1.0 + UNROUTED_SECONDS)
    assert (again.title, again.collapse) == ("2 reached nobody", alarm.collapse)
    assert again.body.startswith("1 × payment-failed, 1 × ticket-new.")


def test_changed_filters_hold_from_the_next_on() -> None:
    """New filters, people and followers are taken over; what was counted stays."""
    addressing = desk(Layer(name=f"agent:{MIRA}", budget=1))
    send(addressing, 0.0)
    rule = Rule(types="payment-*", how=How.OFF)
    layers = (Layer(name=f"agent:{MIRA}", budget=1), Layer(name=f"agent:{ZOE}", rules=(rule,)))
    addressing.know(PEOPLE, FilterSet(revision=2, layers=layers), {})
    sent = send(addressing, 1.0)

    assert sent.routing.revision == 2
    assert (sent.routing.how_for(ZOE), sent.routing.how_for(MIRA)) == (How.OFF, How.INBOX)
    addressing.know(PEOPLE, addressing.filters, {"case": (LENA,)})
    assert f"agent:{LENA}" in send(addressing, 2.0, collapse="case").audience


def test_what_only_closes_cases_counts_for_nothing() -> None:
    """Silent drafts make neither noise nor storm."""
    addressing = desk()
    for number in range(30):
        assert send(addressing, 0.1 * number, silent=True).routing.how is How.TOAST
    assert addressing.news(4.0) == []
