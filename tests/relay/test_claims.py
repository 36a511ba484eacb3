"""What the clock has to do to work among people, and when."""

import pytest
from msgspec.structs import replace

from relay.claims import SENTENCES, Refusal, Verb, Work, judge, shifted
from relay.event import Mode, Plan, Rung
from relay.protocol import OVER, Priority, Stage

LADDER = (Rung(after=60.0, again=True), Rung(after=120.0, audience=("lead:billing",)))

WORK = Work(
    id="n1",
    seq=1,
    playbook="refund",
    source="shop",
    type="refund.requested",
    priority=Priority.HIGH,
    title="Refund",
    audience=("team:billing",),
    plan=Plan(mode=Mode.BROADCAST, ladder=LADDER),
    since=1_000.0,
    opened_at=1_000.0,
    changed_at=1_000.0,
)
CLAIMED = replace(WORK, stage=Stage.CLAIMED, holders=("mira",), until=1_600.0)
OFFERED = replace(WORK, stage=Stage.OFFERED, holders=("mira", "zoe"), until=1_030.0)


def verb(work: Work, now: float) -> Verb | None:
    move = judge(work, now)
    return None if move is None else move.verb


def test_the_clock_looks_at_what_comes_first() -> None:
    """Of lease, rung and expiry the earliest counts; work that is over is looked at no more."""
    assert WORK.due() == 1_060.0
    assert replace(WORK, step=1).due() == 1_120.0
    assert replace(WORK, step=2).due() is None
    assert replace(WORK, expires=1_010.0).due() == 1_010.0
    assert CLAIMED.due() == 1_600.0
    assert OFFERED.due() == 1_030.0
    assert all(replace(CLAIMED, stage=stage, expires=1.0).due() is None for stage in OVER)


def test_a_lease_that_ended_is_taken_back() -> None:
    """At its end, not before, the claim is released for the one who has it."""
    assert judge(CLAIMED, 1_599.9) is None
    move = judge(CLAIMED, 1_600.0)
    assert move is not None
    assert (move.verb, move.overrule, move.reason, move.by) == (Verb.RELEASE, True, "lease", "")
    assert move.version == CLAIMED.version


def test_a_rung_waits_for_its_time_and_for_nobody_having_it() -> None:
    """The ladder counts from the assignment's beginning, and rests while somebody is on it."""
    assert verb(WORK, 1_059.9) is None
    assert verb(WORK, 1_060.0) is Verb.CLIMB
    assert verb(replace(WORK, stage=Stage.UNROUTED), 1_060.0) is Verb.CLIMB
    assert verb(CLAIMED, 1_060.0) is None
    assert verb(replace(WORK, step=2), 9_000.0) is None


def test_what_has_expired_is_not_escalated_any_more() -> None:
    """Expiry comes before everything else that is due."""
    late = replace(CLAIMED, expires=1_500.0)
    assert verb(late, 1_499.0) is None
    assert verb(late, 2_000.0) is Verb.EXPIRE


def test_an_offer_that_ended_is_for_the_router() -> None:
    """Who comes next isn't known here: the clock only sees that the offer is over."""
    assert judge(OFFERED, 1_030.0) is None
    assert OFFERED.offer_over(1_030.0)
    assert not OFFERED.offer_over(1_029.9)
    given_back = replace(WORK, until=1_010.0)
    assert given_back.offer_over(1_010.0)
    assert given_back.due() == 1_010.0
    assert not CLAIMED.offer_over(9_000.0)


@pytest.mark.parametrize("stage", sorted(OVER))
def test_nothing_is_due_once_it_is_over(stage: Stage) -> None:
    """Done, expired and withdrawn work is left alone by the clock."""
    over = replace(WORK, stage=stage, expires=1.0)
    assert judge(over, 9_000.0) is None
    assert not over.open


def test_a_clock_that_was_set_moves_timers_but_not_times_of_day() -> None:
    """Leases, offers and ladders move along, expiry doesn't; what waits for nothing stays as it is."""
    moved = shifted(replace(CLAIMED, expires=5_000.0), 3_600.0)
    assert (moved.since, moved.until, moved.expires) == (4_600.0, 5_200.0, 5_000.0)
    assert moved.version == CLAIMED.version + 1
    assert shifted(WORK, -60.0).next_rung() == 1_000.0
    idle = replace(WORK, plan=Plan())
    assert shifted(idle, 3_600.0) is idle
    over = replace(CLAIMED, stage=Stage.DONE)
    assert shifted(over, 3_600.0) is over


def test_every_refusal_has_a_sentence() -> None:
    """Whoever is refused can be told why in words."""
    assert SENTENCES.keys() == set(Refusal)
