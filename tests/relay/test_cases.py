"""How a case goes on when it has another event, each rule in a sentence."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from relay.cases import begin, follow_up
from relay.claims import Verb, Work, judge
from relay.event import Draft, Event, EventState, Mode, Plan, Routing, Rung, StoredEvent
from relay.moves import apply
from relay.playbooks import parse
from relay.protocol import Priority, Stage
from relay.render import Renderer
from tests.relay.work_desk import BROADCAST, NOW, OFFERING, a_draft, a_work, by, relay

RESOURCES = Path(__file__).parents[2] / "resources"
LATER = NOW + 50.0
WORSE = Plan(mode=Mode.BROADCAST, lease=300.0, ladder=(Rung(after=30.0, audience=("everyone",)),))
"""What another playbook has planned for the worse event."""


def a_claim() -> Work:
    """Return work that Mira has claimed."""
    work = apply(a_work(), by("mira", Verb.CLAIM), NOW).work
    assert work is not None
    return work


def test_a_later_event_takes_the_place_of_the_earlier() -> None:
    """The holder keeps it, the words are the new ones, everybody has the new revision under the old id."""
    later = a_draft("team:support", id="n2", title="Refund again", priority=Priority.URGENT)
    state, published = follow_up(a_claim(), later, 7, NOW + 50)
    assert (state.id, state.seq, state.title, state.revision, state.count) == ("n1", 7, "Refund again", 2, 2)
    assert (state.stage, state.holder, state.since) == (Stage.CLAIMED, "mira", NOW)
    assert state.audience == ("team:billing", "team:support")
    assert (published.id, published.title, published.revision, published.count) == (
        "n1",
        "Refund again",
        2,
        2,
    )
    assert (published.audience, published.stage, published.holders, published.until) == (
        state.audience,
        Stage.CLAIMED,
        ("mira",),
        state.until,
    )


def test_what_only_informed_becomes_work_when_somebody_has_to_act() -> None:
    """The plan of the event that needs somebody holds from then on, also on the wire."""
    state, published = follow_up(a_work(plan=Plan()), a_draft(), 2, NOW + 50)
    assert (state.plan, state.since) == (BROADCAST, NOW + 50)
    inform, published = follow_up(a_work(), a_draft(plan=Plan()), 2, NOW + 50)
    assert inform.plan == published.plan == BROADCAST


def test_a_later_event_may_find_somebody_for_what_had_nobody() -> None:
    """Unrouted work takes the way of the event that found one."""
    stranded = a_work("lead:billing", stage=Stage.UNROUTED)
    state, published = follow_up(
        stranded, a_draft(routing=Routing(owner="zoe"), stage=Stage.OFFERED, holders=("zoe",)), 2, NOW
    )
    assert (state.stage, state.holders, state.owner) == (Stage.OFFERED, ("zoe",), "zoe")
    assert published.stage is Stage.OFFERED


@pytest.mark.parametrize(
    "before",
    [
        a_work(),
        replace(a_work(), step=2),
        a_work("agent:mira", plan=OFFERING, stage=Stage.OFFERED, holders=("mira",), until=NOW + 500),
    ],
)
def test_a_worse_event_brings_its_own_ladder(before: Work) -> None:
    """Of another playbook: its steps count from now and from the first; to whom it is offered stays."""
    worse = a_draft(id="n2", playbook="breached", plan=WORSE, priority=Priority.URGENT)
    state, published = follow_up(before, worse, 2, LATER)
    assert (state.playbook, state.plan, published.plan) == ("breached", WORSE, WORSE)
    assert (state.since, state.step, state.next_rung()) == (LATER, 0, LATER + 30.0)
    assert (state.stage, state.holders, state.until) == (before.stage, before.holders, before.until)
    climbed = apply(state, relay(Verb.CLIMB), LATER + 30.0)
    assert climbed.send == ("everyone",)


def test_whoever_is_on_it_stays_on_it_when_it_gets_worse() -> None:
    """The lease runs on; the worse event's ladder begins when the claim ends."""
    worse = a_draft(playbook="breached", plan=WORSE, priority=Priority.URGENT)
    state, _ = follow_up(a_claim(), worse, 2, LATER)
    assert (state.stage, state.holder, state.until, state.due()) == (
        Stage.CLAIMED,
        "mira",
        NOW + 600.0,
        NOW + 600.0,
    )
    given_back = apply(state, by("mira", Verb.RELEASE), NOW + 100.0).work
    assert given_back is not None
    assert given_back.due() == NOW + 130.0


def test_an_event_without_a_ladder_leaves_the_other_one() -> None:
    """Of another playbook or of the same: what was to happen if nobody acts goes on where it was."""
    before = replace(a_work(), step=1)
    quiet = a_draft(playbook="noted", plan=replace(WORSE, ladder=()))
    same = a_draft(plan=replace(BROADCAST, ladder=WORSE.ladder))
    for later in (quiet, same, a_draft(playbook="noted", plan=Plan(ladder=WORSE.ladder))):
        state, published = follow_up(before, later, 2, LATER)
        assert (state.playbook, state.plan, state.since, state.step) == ("refund", BROADCAST, NOW, 1)
        assert published.plan == BROADCAST


def test_playbooks_that_take_turns_do_not_hold_up_an_escalation() -> None:
    """What is no more pressing leaves the ladder that runs; when that has come to its end, it brings its own."""
    other = a_draft(playbook="replied", plan=WORSE)
    running, _ = follow_up(a_work(), other, 2, LATER)
    assert (running.playbook, running.plan, running.since) == ("refund", BROADCAST, NOW)
    ended = replace(a_work(), step=len(BROADCAST.ladder))
    state, _ = follow_up(ended, other, 2, LATER)
    assert (state.playbook, state.plan, state.since, state.step) == ("replied", WORSE, LATER, 0)
    urgent = a_draft(playbook="breached", plan=WORSE, priority=Priority.URGENT)
    for later in (urgent, other, urgent, other):
        state, _ = follow_up(state, later, state.seq + 1, LATER + state.seq)
    assert (state.playbook, state.since) == ("breached", LATER + 2)


def test_what_nobody_was_found_for_takes_the_worse_events_way() -> None:
    """With its ladder, and its audience from the first circle on."""
    stranded = replace(a_work("lead:billing", plan=OFFERING, stage=Stage.UNROUTED), route=1, step=1)
    worse = a_draft(
        playbook="breached",
        plan=replace(OFFERING, offer=20.0),
        priority=Priority.URGENT,
        stage=Stage.OFFERED,
        holders=("zoe",),
    )
    state, _ = follow_up(stranded, worse, 2, LATER)
    assert (state.stage, state.holders, state.until) == (Stage.OFFERED, ("zoe",), LATER + 20.0)
    assert (state.route, state.step, state.since) == (0, 0, LATER)
    assert judge(state, LATER) is None


def a_deadline(sample: str, playbook: str) -> Draft:
    """Return what a playbook of the library makes of a help desk's word about a ticket's deadline."""
    data = (RESOURCES / f"samples/zendesk/{sample}.json").read_bytes()
    event = Event(source="desk", provider="zendesk", id=sample, type=f"ticket.{sample}", time=NOW, data=data)
    rules = parse(playbook, (RESOURCES / f"playbooks/{playbook}.toml").read_text(encoding="utf-8"))
    (draft,) = Renderer([rules]).decide(StoredEvent(seq=1, event=event, state=EventState.PENDING)).drafts
    return draft


def test_an_overdue_ticket_is_escalated_as_overdue() -> None:
    """By the library's own playbooks: after the breach the steps are the breach's, not the warning's."""
    near = begin(a_deadline("sla_warning", "sla-near"), 1, NOW)
    assert [rung.after for rung in near.plan.ladder] == [900.0, 2400.0]
    state, _ = follow_up(near, a_deadline("sla_breached", "sla-breached"), 2, LATER)
    assert state.title.startswith("Overdue")
    assert [rung.after for rung in state.plan.ladder] == [300.0, 900.0, 1800.0]
    assert state.next_rung() == LATER + 300.0
