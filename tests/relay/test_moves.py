"""The rules of work among people, each in a sentence."""

import pytest
from msgspec.structs import replace

from relay.claims import Move, Moved, Refusal, Verb, Work
from relay.event import Plan
from relay.moves import apply
from relay.protocol import Stage
from tests.relay.work_desk import BILLING, BROADCAST, NOW, OFFERING, a_work, by, relay


def made(work: Work, *moves: Move, now: float = NOW) -> Work:
    """Make moves that have to succeed; return the state after them."""
    for move in moves:
        moved = apply(work, move, now)
        assert moved.ok, moved.refusal
        assert moved.work is not None
        work = moved.work
    return work


def told(moved: Moved) -> list[tuple[Stage, tuple[str, ...]]]:
    return [(change.stage, change.audience) for change in moved.changes]


def refusal(work: Work, move: Move) -> Refusal | None:
    return apply(work, move, NOW).refusal


OFFERED = a_work("agent:mira", plan=OFFERING, stage=Stage.OFFERED, holders=("mira",))
CLAIMED = made(a_work(), by("mira", Verb.CLAIM))


# Claiming


def test_a_claim_has_one_winner() -> None:
    """The first gets it with a lease, everybody who has it is told by whom, and the second is refused."""
    first = apply(a_work(), by("mira", Verb.CLAIM), NOW)
    assert first.work is not None
    assert (first.work.stage, first.work.holder, first.work.until) == (Stage.CLAIMED, "mira", NOW + 600)
    (change,) = first.changes
    assert (change.stage, change.by, change.name, change.audience) == (
        Stage.CLAIMED,
        "mira",
        "Mira",
        BILLING,
    )
    second = apply(first.work, by("zoe", Verb.CLAIM), NOW)
    assert second.refusal is Refusal.TAKEN
    assert second.work == first.work
    assert not second.changes


def test_a_claim_again_by_its_holder_renews_the_lease() -> None:
    """It is fine, nobody is told, and the lease counts from now."""
    again = apply(CLAIMED, by("mira", Verb.CLAIM), NOW + 100)
    assert again.ok
    assert again.work is not None
    assert again.work.until == NOW + 700
    assert not again.changes


def test_a_lease_is_never_shortened() -> None:
    """A renewal that comes late, or by a clock that was set back, changes nothing at all."""
    assert apply(CLAIMED, by("mira", Verb.RENEW), NOW - 50).work == CLAIMED


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.RELEASE, Verb.DONE, Verb.PASS, Verb.RENEW])
@pytest.mark.parametrize("work", [a_work(), CLAIMED, made(CLAIMED, by("mira", Verb.DONE))])
def test_somebody_elses_notification_is_not_known(work: Work, verb: Verb) -> None:
    """Whoever isn't addressed learns neither that it exists nor how it stands."""
    assert apply(work, by("sam", verb), NOW) == Moved(work=None, refusal=Refusal.UNKNOWN)


@pytest.mark.parametrize(
    ("work", "verb", "why"),
    [
        (a_work(), Verb.CLAIM, Refusal.NOT_ADDRESSED),
        (a_work(), Verb.DONE, Refusal.NOT_ADDRESSED),
        (a_work(), Verb.PASS, Refusal.NOT_ADDRESSED),
        (a_work(stage=Stage.UNROUTED), Verb.CLAIM, Refusal.NOT_ADDRESSED),
        (a_work(), Verb.RELEASE, Refusal.NOT_YOURS),
        (OFFERED, Verb.CLAIM, Refusal.NOT_OFFERED),
        (CLAIMED, Verb.CLAIM, Refusal.TAKEN),
        (CLAIMED, Verb.DONE, Refusal.TAKEN),
        (CLAIMED, Verb.RELEASE, Refusal.NOT_YOURS),
        (a_work(plan=Plan()), Verb.CLAIM, Refusal.NOT_CLAIMABLE),
        (a_work(plan=Plan()), Verb.DONE, Refusal.FOR_OTHERS),
        (made(CLAIMED, by("mira", Verb.DONE)), Verb.CLAIM, Refusal.OVER),
    ],
)
def test_who_only_sees_it_is_told_why_not(work: Work, verb: Verb, why: Refusal) -> None:
    """A lead who can look at it is never told that it isn't there: it is the state, or it went to others."""
    assert apply(work, by("sam", verb, audience=BILLING, sees=True), NOW) == Moved(work=work, refusal=why)


def test_what_only_informs_can_be_done_but_not_claimed() -> None:
    """There is nothing to claim or to pass on; the only one who has it can close it."""
    inform = a_work(plan=Plan())
    assert refusal(inform, by("mira", Verb.CLAIM)) is Refusal.NOT_CLAIMABLE
    assert refusal(inform, by("mira", Verb.PASS, audience=("team:support",))) is Refusal.NOT_CLAIMABLE
    assert made(replace(inform, audience=("agent:mira",)), by("mira", Verb.DONE)).stage is Stage.DONE


def test_what_informs_several_is_closed_by_who_leads_them() -> None:
    """One person's "done" would take it from everybody's inbox; that is for a lead of theirs, or the relay."""
    inform = a_work(plan=Plan())
    lead = replace(by("lea", Verb.DONE), keys=("everyone", "agent:lea", "team:billing", "lead:billing"))
    other = replace(lead, keys=("everyone", "agent:lea", "team:billing", "lead:support"))
    assert refusal(inform, by("mira", Verb.DONE)) is Refusal.FOR_OTHERS
    assert refusal(inform, other) is Refusal.FOR_OTHERS
    assert made(inform, lead).stage is Stage.DONE
    assert made(replace(inform, audience=("everyone",)), other).stage is Stage.DONE
    assert made(inform, relay(Verb.DONE)).stage is Stage.DONE


def test_who_has_passed_it_on_cannot_take_it_back() -> None:
    """Only those to whom it went may claim it, close it or pass it on; the others stay told that it is gone."""
    to_support = by("mira", Verb.PASS, audience=("team:support",))
    passed = made(a_work(plan=BROADCAST), to_support)
    zoe = replace(by("zoe", Verb.CLAIM), keys=("agent:zoe", "team:support"))

    for verb in (Verb.CLAIM, Verb.DONE, Verb.PASS):
        assert refusal(passed, by("mira", verb, audience=("team:billing",))) is Refusal.NOT_OFFERED
    claimed = made(passed, zoe)
    released = apply(claimed, replace(zoe, verb=Verb.RELEASE), NOW)
    assert told(released) == [(Stage.PASSED, BILLING), (Stage.NEW, ("team:support",))]
    assert told(apply(passed, relay(Verb.NOTE, note="sent"), NOW)) == told(released)
    assert made(passed, replace(by("lea", Verb.PASS, audience=("team:billing",)), overrule=True)).open_to == (
        "team:billing",
    )


def test_what_one_person_gives_back_is_everybodys_again() -> None:
    """Passed on to Zoe alone, and not taken or given back, it must not be left to nobody."""
    passed = made(a_work(plan=BROADCAST), by("mira", Verb.PASS, holders=("zoe",), until=NOW + 60))
    zoe = replace(by("zoe", Verb.CLAIM), keys=("agent:zoe",))
    assert refusal(passed, by("mira", Verb.CLAIM)) is Refusal.NOT_OFFERED

    for state in (passed, made(passed, zoe)):
        assert made(state, replace(zoe, verb=Verb.RELEASE), by("mira", Verb.CLAIM)).holder == "mira"
    assert made(passed, relay(Verb.OPEN), by("mira", Verb.CLAIM)).holder == "mira"


def test_nobody_has_no_hands() -> None:
    """A claim or a renewal without a name is nobody's."""
    assert refusal(a_work(), relay(Verb.CLAIM)) is Refusal.UNKNOWN
    assert refusal(a_work(), relay(Verb.RENEW)) is Refusal.UNKNOWN


def test_a_holder_who_changed_teams_keeps_it() -> None:
    """What somebody has claimed stays theirs to finish, whatever their teams are now."""
    assert made(CLAIMED, by("mira", Verb.DONE, keys=("everyone",))).stage is Stage.DONE


def test_an_offer_is_for_those_to_whom_it_is_made() -> None:
    """Others can't take it, finish it or pass it on; a lead who overrules can."""
    work = replace(OFFERED, audience=("agent:mira", *BILLING))
    for verb in (Verb.CLAIM, Verb.DONE, Verb.PASS):
        assert refusal(work, by("zoe", verb)) is Refusal.NOT_OFFERED
    assert made(work, by("lea", Verb.CLAIM, overrule=True)).holder == "lea"
    assert made(work, by("mira", Verb.CLAIM)).holder == "mira"


# Giving back


def test_a_released_claim_is_everybodys_again() -> None:
    """All are told who gave it back and why, the ladder begins anew, and it isn't offered to the same again."""
    moved = apply(replace(CLAIMED, step=2), by("mira", Verb.RELEASE, reason="lunch"), NOW + 300)
    assert moved.work is not None
    assert (moved.work.stage, moved.work.holders, moved.work.until) == (Stage.NEW, (), None)
    assert (moved.work.since, moved.work.step, moved.work.offered) == (NOW + 300, 0, ("mira",))
    (change,) = moved.changes
    assert (change.stage, change.again, change.by, change.reason) == (Stage.NEW, False, "mira", "lunch")
    assert made(moved.work, by("mira", Verb.CLAIM)).holder == "mira"


def test_only_a_holder_gives_back() -> None:
    """Neither a colleague nor the relay without overruling can release what somebody has."""
    assert refusal(CLAIMED, by("zoe", Verb.RELEASE)) is Refusal.NOT_YOURS
    assert refusal(CLAIMED, relay(Verb.RELEASE)) is Refusal.NOT_YOURS
    assert refusal(a_work(), by("mira", Verb.RELEASE)) is Refusal.NOT_YOURS
    assert made(CLAIMED, relay(Verb.RELEASE, overrule=True)).stage is Stage.NEW


def test_a_declined_offer_is_due_for_the_next_at_once() -> None:
    """The one who declined loses it, and the clock finds it even if the relay is killed before the next offer."""
    moved = apply(OFFERED, by("mira", Verb.RELEASE), NOW + 5)
    assert moved.work is not None
    assert moved.work.due() == NOW + 5
    assert moved.work.offer_over(NOW + 5)
    assert moved.work.since == NOW
    assert told(moved) == [(Stage.PASSED, ("agent:mira",))]


def test_one_of_a_pool_who_declines_leaves_it_to_the_others() -> None:
    """The offer goes on for those who are left, and only the one who declined is told."""
    pool = replace(OFFERED, holders=("mira", "zoe"), audience=("agent:mira", "agent:zoe"))
    moved = apply(pool, by("mira", Verb.RELEASE), NOW)
    assert moved.work is not None
    assert (moved.work.holders, moved.work.until) == (("zoe",), OFFERED.until)
    assert "mira" in moved.work.offered
    assert told(moved) == [(Stage.PASSED, ("agent:mira",))]


# Passing on


def test_passing_on_begins_a_new_assignment() -> None:
    """The next has a time of their own, those who had it are told to whom it went, and the ladder restarts."""
    move = by(
        "mira", Verb.PASS, audience=("agent:sam",), holders=("sam",), until=NOW + 500, to="Sam", reason="his"
    )
    moved = apply(replace(CLAIMED, step=1), move, NOW + 400)
    assert moved.work is not None
    assert (moved.work.stage, moved.work.holders, moved.work.until) == (Stage.OFFERED, ("sam",), NOW + 500)
    assert (moved.work.since, moved.work.step) == (NOW + 400, 0)
    assert told(moved) == [(Stage.PASSED, BILLING), (Stage.OFFERED, ("agent:sam",))]
    assert [(change.to, change.reason) for change in moved.changes] == [("Sam", "his")] * 2
    assert moved.send == ("agent:sam",)
    assert {"mira", "sam"} <= set(moved.work.offered)


def test_passing_to_a_team_lets_all_of_it_claim() -> None:
    """Whoever of the team is first gets it; those who had it before can't be surprised by it."""
    work = made(CLAIMED, by("mira", Verb.PASS, audience=("team:support",), to="Support"))
    assert (work.stage, work.holders, work.until) == (Stage.NEW, (), None)
    assert made(work, by("sam", Verb.CLAIM)).holder == "sam"


def test_passing_to_those_who_had_it_is_told_and_sent_to_them() -> None:
    """Nobody loses it: they learn that it is to be taken again, and have it as it stands."""
    moved = apply(CLAIMED, by("mira", Verb.PASS, audience=BILLING), NOW)
    assert (told(moved), moved.send) == ([(Stage.NEW, BILLING)], BILLING)


def test_an_offer_always_ends() -> None:
    """Passed on without a time, the plan's holds: nothing waits for ever for one person."""
    work = made(CLAIMED, by("mira", Verb.PASS, holders=("zoe",)))
    assert work.until == NOW + BROADCAST.offer
    assert a_work(plan=OFFERING, stage=Stage.OFFERED, holders=("mira",)).until == NOW + 30


# By the relay


def test_the_next_offer_is_told_to_who_lost_it_and_who_got_it() -> None:
    """Customers who wait go on waiting: the ladder isn't restarted by the next offer."""
    moved = apply(OFFERED, relay(Verb.OFFER, holders=("zoe",), until=NOW + 60, route=1), NOW + 30)
    assert moved.work is not None
    assert (moved.work.holders, moved.work.until, moved.work.route) == (("zoe",), NOW + 60, 1)
    assert (moved.work.since, moved.work.offered) == (NOW, ("mira", "zoe"))
    assert told(moved) == [(Stage.PASSED, ("agent:mira",)), (Stage.OFFERED, ("agent:zoe",))]
    assert moved.send == ("agent:zoe",)


@pytest.mark.parametrize("verb", [Verb.OFFER, Verb.OPEN, Verb.STRAND])
def test_the_relay_takes_nothing_from_a_holder_unseen(verb: Verb) -> None:
    """Work that was claimed meanwhile is only given to others by the very state that was decided from."""
    fields = {"holders": ("zoe",)} if verb is Verb.OFFER else {}
    assert refusal(CLAIMED, relay(verb, **fields)) is Refusal.TAKEN
    assert refusal(CLAIMED, relay(verb, version=CLAIMED.version - 1, **fields)) is Refusal.STALE
    taken = made(CLAIMED, relay(verb, version=CLAIMED.version, **fields), now=NOW + 9)
    assert taken.holder == ""
    assert taken.since == NOW + 9


def test_what_is_open_can_be_claimed_by_all_who_have_it() -> None:
    """It is sent to whom it is new, and the others are told."""
    moved = apply(OFFERED, relay(Verb.OPEN, audience=("team:support", "agent:mira")), NOW)
    assert moved.send == ("team:support",)
    assert told(moved) == [(Stage.NEW, ("agent:mira", "team:support"))]
    assert moved.work is not None
    assert made(moved.work, by("sam", Verb.CLAIM)).holder == "sam"


def test_stranded_work_goes_to_those_who_lead() -> None:
    """They are sent it and can take it; who was asked is remembered until somebody comes: then all are asked."""
    moved = apply(OFFERED, relay(Verb.STRAND, audience=("lead:billing",), reason="nobody"), NOW)
    assert moved.work is not None
    assert (moved.work.stage, moved.work.until, moved.work.offered) == (Stage.UNROUTED, None, ("mira",))
    anew = apply(moved.work, relay(Verb.OFFER, holders=("zoe",)), NOW).work
    assert anew is not None
    assert anew.offered == ("zoe",)
    assert moved.send == ("lead:billing",)
    assert made(moved.work, by("lea", Verb.CLAIM)).holder == "lea"


def test_a_quiet_rung_reminds_nobody() -> None:
    """The step is taken, and what it brings in or calls still is."""
    quiet = apply(a_work(), relay(Verb.CLIMB, quiet=True), NOW + 60)
    assert quiet.work is not None
    assert (quiet.work.step, quiet.changes) == (1, ())
    assert apply(quiet.work, relay(Verb.CLIMB, quiet=True), NOW + 120).send == ("lead:billing",)


def test_a_ladder_is_climbed_rung_by_rung() -> None:
    """The first rung shows it again, the second brings in the lead and calls; then there is none."""
    first = apply(a_work(), relay(Verb.CLIMB), NOW + 60)
    assert [(change.again, change.audience) for change in first.changes] == [(True, BILLING)]
    assert first.work is not None
    assert refusal(first.work, relay(Verb.CLIMB)) is Refusal.STALE
    second = apply(first.work, relay(Verb.CLIMB), NOW + 120)
    assert (second.send, second.call, second.changes) == (("lead:billing",), "page", ())
    assert second.work is not None
    assert apply(second.work, relay(Verb.CLIMB), NOW + 999).refusal is Refusal.STALE


def test_a_rung_is_skipped_when_somebody_acted() -> None:
    """A claim that came first leaves the clock's move without effect."""
    assert apply(CLAIMED, relay(Verb.CLIMB), NOW + 60).refusal is Refusal.STALE


def test_a_rung_that_widens_ends_the_offer() -> None:
    """Whoever is brought in may take it; the one to whom it was offered still can, and isn't reminded."""
    work = replace(OFFERED, step=1, until=NOW + 999)
    moved = apply(work, relay(Verb.CLIMB), NOW + 120)
    assert moved.work is not None
    assert not moved.changes[0].again
    assert told(moved) == [(Stage.NEW, ("agent:mira",))]
    assert made(moved.work, by("lea", Verb.CLAIM)).holder == "lea"
    assert made(moved.work, by("mira", Verb.CLAIM)).holder == "mira"


def test_a_rung_during_an_offer_reminds_its_holder_only() -> None:
    """Those who declined aren't asked again by a reminder."""
    work = replace(OFFERED, audience=("agent:zoe", "agent:mira"), until=NOW + 999)
    assert told(apply(work, relay(Verb.CLIMB), NOW + 60)) == [(Stage.OFFERED, ("agent:mira",))]


# The end


@pytest.mark.parametrize(
    ("verb", "stage"),
    [(Verb.DONE, Stage.DONE), (Verb.EXPIRE, Stage.EXPIRED), (Verb.WITHDRAW, Stage.WITHDRAWN)],
)
def test_what_is_over_stays_over(verb: Verb, stage: Stage) -> None:
    """Everybody is told; the same once more is fine and changes nothing, anything else is refused."""
    work = replace(CLAIMED, expires=NOW)
    moved = apply(work, relay(verb, overrule=True), NOW)
    assert told(moved) == [(stage, BILLING)]
    over = moved.work
    assert over is not None
    assert over.due() is None
    assert apply(over, relay(verb), NOW) == Moved(work=over)
    assert refusal(over, by("zoe", Verb.CLAIM)) is Refusal.OVER


def test_only_the_holder_or_a_lead_finishes_what_is_claimed() -> None:
    """A colleague's work can't be put away from under them."""
    assert refusal(CLAIMED, by("zoe", Verb.DONE)) is Refusal.TAKEN
    assert refusal(CLAIMED, relay(Verb.DONE)) is None
    assert made(CLAIMED, by("lea", Verb.DONE, overrule=True)).stage is Stage.DONE


def test_nothing_expires_before_its_time() -> None:
    """Without a time of expiry, or before it, the clock's move has no effect."""
    assert refusal(a_work(), relay(Verb.EXPIRE)) is Refusal.STALE
    assert refusal(a_work(expires=NOW + 1), relay(Verb.EXPIRE)) is Refusal.STALE


def test_what_an_action_came_to_is_told_even_when_it_is_over() -> None:
    """A note changes nothing but reaches everybody who has it."""
    over = made(CLAIMED, by("mira", Verb.DONE))
    moved = apply(over, relay(Verb.NOTE, note="e-mail sent"), NOW)
    assert moved.work == over
    assert [(change.note, change.stage, change.audience) for change in moved.changes] == [
        ("e-mail sent", Stage.DONE, BILLING)
    ]


def test_what_is_not_known_cannot_be_moved() -> None:
    """A notification that was pruned, or never was, is unknown to everybody."""
    assert apply(None, by("mira", Verb.CLAIM), NOW) == Moved(work=None, refusal=Refusal.UNKNOWN)
