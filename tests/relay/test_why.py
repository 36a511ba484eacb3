"""Why: each way to a notification, and each way past one, has a code and sentences."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from relay.cases import begin
from relay.claims import Step
from relay.event import Device, Draft, Event, EventState, Mode, Plan, Routing, StoredEvent, StoredNotification
from relay.filters import FilterSet, Layer, Lock, Relation, Rule
from relay.people import Directory, People
from relay.protocol import How, Priority, Receipt, Seen, Stage
from relay.why import Code, Why, why

MIRA, ZOE, OMAR = "mira@example.com", "zoe@example.com", "omar@example.com"
PEOPLE = Directory(
    People(),
    [
        Device(id=agent, agent=agent, teams=teams, name="d", token_hash=b"", paired_at=0.0)
        for agent, teams in ((MIRA, ("Billing",)), (ZOE, ("Billing",)), (OMAR, ("Support",)))
    ],
)
LOCK = Lock(by="lena@example.com", why="Too many.", at=0.0)
FILTERS = {
    0: FilterSet(),
    3: FilterSet(
        revision=3,
        layers=(Layer(name="team:billing", rules=(Rule(types="payment-*", how=How.OFF, lock=LOCK),)),),
    ),
}
EVENT = StoredEvent(
    seq=1,
    event=Event(
        source="shop", provider="stripe", id="e", type="invoice.payment_failed", time=0.0, data=b"{}"
    ),
    state=EventState.NOTIFIED,
)


def draft(**more: object) -> Draft:
    """Return a published notification."""
    fields: dict[str, object] = {
        "id": "n", "source": "shop", "provider": "stripe", "type": "invoice.payment_failed", "at": 0.0,
        "priority": Priority.NORMAL, "title": "t", "playbook": "payment-failed", "audience": ("team:billing",),
        **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type] # a record with other fields


def asked(one: Draft, agent: str = MIRA, *, receipts: tuple[Receipt, ...] = (), **state: object) -> Why:
    """Return why an agent got a notification, whose state has changed as said."""
    work = replace(begin(one, 1, 0.0), **state)
    published = [StoredNotification(seq=1, draft=one)]
    told = [(agent, "desk", receipt) for receipt in receipts]
    (found,) = why(
        EVENT, published, {one.id: work}, agent=agent, directory=PEOPLE, filters=FILTERS, receipts=told
    )
    return found


def test_a_toast_is_explained_from_the_audience_to_the_eyes() -> None:
    """Whom it was for, what the filters said, and what the desktop answered."""
    found = asked(
        draft(),
        receipts=(Receipt(id="n", what=Seen.SHOWN, at=60.0), Receipt(id="x", what=Seen.OPENED, at=61.0)),
    )

    assert (found.code, found.how, found.playbook) == (Code.TOAST, How.TOAST, "payment-failed")
    assert found.because == (
        "It went to Billing.",
        "By default, what is normal and nobody's yet is a toast.",
        "So it was a toast.",
        "It was shown at 1970-01-01 00:01:00 UTC.",
    )
    assert (found.relation, found.layer, found.locked_by) == (Relation.UNASSIGNED, "product", "")


def test_a_filter_is_named_with_its_lock() -> None:
    """What was off says which layer, which rule, who has locked it and why."""
    found = asked(draft(routing=Routing(revision=3, how=How.OFF)))

    assert (found.code, found.how) == (Code.FILTER, None)
    assert found.because[-3:] == (
        "The team Billing says: payment-* is off. Locked by lena@example.com: Too many.",
        "lena@example.com has locked this.",
        "So it was not sent.",
    )
    assert (found.layer, found.locked_by) == ("team:billing", "lena@example.com")


@pytest.mark.parametrize(
    ("routing", "code"),
    [
        (Routing(how=How.INBOX), Code.INBOX),
        (Routing(how=How.INBOX, storm=True), Code.STORM),
        (Routing(others={MIRA: How.INBOX}, over=(MIRA,)), Code.NOISE),
        (Routing(how=How.SOUND), Code.TOAST),
    ],
)
def test_how_it_came_has_a_reason(routing: Routing, code: Code) -> None:
    """The filters, a storm, or the noise budget."""
    assert asked(draft(routing=routing)).code is code


def test_who_is_not_in_the_audience_is_told_who_is() -> None:
    """The circle is named, and the way to it."""
    found = asked(draft(routing=Routing(story=("The event names no owner.",))), OMAR)

    assert (found.code, found.how) == (Code.NOT_ADDRESSED, None)
    assert found.because == ("The event names no owner.", "It went to Billing.", "Omar is not among them.")


def test_an_offer_to_others_names_them() -> None:
    """Whoever wasn't asked yet learns who was."""
    one = draft(plan=Plan(mode=Mode.OFFER), audience=(f"agent:{ZOE}",), holders=(ZOE,), stage=Stage.OFFERED)
    found = asked(one)

    assert found.code is Code.OFFERED
    assert found.because[-1] == "It is offered to one after the other: so far to Zoe, not yet to Mira."


def test_who_was_brought_in_later_is_told_so() -> None:
    """The ladder, or a colleague, has widened the audience."""
    found = asked(draft(), OMAR, audience=("team:billing", "team:support"))
    assert found.code is Code.TOAST
    assert "It was widened, or passed on, to this agent later." in found.because


@pytest.mark.parametrize(
    ("stage", "code", "words"),
    [
        (
            Stage.WITHDRAWN,
            Code.WITHDRAWN,
            "The case was closed at 1970-01-01 00:01:40 UTC, and it was withdrawn.",
        ),
        (Stage.EXPIRED, Code.EXPIRED, "Its time was over at 1970-01-01 00:01:40 UTC."),
    ],
)
def test_what_was_over_before_anybody_looked_is_told(stage: Stage, code: Code, words: str) -> None:
    """Without a sign of its having been seen, the end is the reason; with one, it is the last sentence but one."""
    unseen = asked(draft(), stage=stage, changed_at=100.0)
    seen = asked(draft(), stage=stage, changed_at=100.0, receipts=(Receipt(id="n", what=Seen.SHOWN, at=1.0),))

    assert (unseen.code, unseen.because[-1]) == (code, words)
    assert seen.code is Code.TOAST


def test_a_follower_is_explained_as_one() -> None:
    """A colleague's case is quiet, unless one follows it."""
    found = asked(draft(routing=Routing(owner=ZOE, how=How.TOAST, followers=(MIRA,))))
    assert "By default, what is normal and followed is a toast." in found.because
    assert found.relation is Relation.FOLLOWED


def test_a_follower_is_one_whatever_the_outcome() -> None:
    """What is nobody's would have been a toast, too: it is still told that the agent follows it."""
    assert asked(draft(routing=Routing(followers=(MIRA,)))).relation is Relation.FOLLOWED
    assert asked(draft(routing=Routing(followers=(ZOE,)))).relation is Relation.UNASSIGNED


def test_whoever_is_asked_for_help_is_judged_so() -> None:
    """A rung of the ladder brought the agent in: it is not a colleague's affair any more."""
    helped = draft(routing=Routing(owner=ZOE, how=How.TOAST, addressed=()))
    assert asked(helped).relation is Relation.UNASSIGNED
    colleague = draft(routing=Routing(owner=ZOE, how=How.INBOX, addressed=("team:billing",)))
    assert asked(colleague).relation is Relation.TEAM


def test_what_a_colleague_sent_is_no_filters_doing() -> None:
    """What a person has passed on is a toast although the filters would have it in the inbox."""
    found = asked(draft(priority=Priority.LOW, routing=Routing(how=How.TOAST)))
    assert found.because[-2:] == ("It was decided without asking the filters.", "So it was a toast.")


OFFER = draft(
    plan=Plan(mode=Mode.OFFER), audience=(f"agent:{ZOE}",), holders=(ZOE,), stage=Stage.OFFERED,
    routing=Routing(others={ZOE: How.SOUND}),
)  # fmt: skip


def step(verb: str, stage: Stage, holders: tuple[str, ...] = (), reason: str = "", seq: int = 0) -> Step:
    """Return a line of a history."""
    return Step(at=0.0, verb=verb, stage=stage, holders=holders, reason=reason, seq=seq)


def test_the_last_time_it_was_sent_to_the_agent_counts() -> None:
    """The second in turn got it by filters of their own, which were asked when the turn came."""
    to_mira = replace(
        OFFER, audience=(f"agent:{MIRA}",), holders=(MIRA,), routing=Routing(how=How.INBOX, revision=4)
    )
    published = [StoredNotification(seq=1, draft=OFFER), StoredNotification(seq=3, draft=to_mira)]
    own = Layer(name=f"agent:{MIRA}", rules=(Rule(types="*", how=How.INBOX),))
    filters = {0: FilterSet(), 4: FilterSet(revision=4, layers=(own,))}
    work = replace(begin(OFFER, 1, 0.0), audience=(f"agent:{ZOE}", f"agent:{MIRA}"))

    (found,) = why(EVENT, published, {"n": work}, agent=MIRA, directory=PEOPLE, filters=filters)
    assert (found.code, found.how, found.layer) == (Code.INBOX, How.INBOX, f"agent:{MIRA}")
    assert found.because[:2] == (
        f"It went to {ZOE}.",
        "It was widened, or passed on, to this agent later.",
    )
    (found,) = why(EVENT, published, {"n": work}, agent=ZOE, directory=PEOPLE, filters=filters)
    assert (found.code, found.how) == (Code.TOAST, How.SOUND)


def test_an_offer_that_nobody_took_is_told_from_its_history() -> None:
    """Who was offered it, and what became of it, although nobody is offered it any more."""
    history = [
        step("offer", Stage.OFFERED, (MIRA,), seq=3),
        step("strand", Stage.UNROUTED, reason="Nobody is left to whom it could be offered.", seq=5),
    ]
    work = replace(begin(OFFER, 1, 0.0), stage=Stage.UNROUTED, audience=("lead:billing",), offered=())
    (found,) = why(
        EVENT,
        [StoredNotification(seq=1, draft=OFFER)],
        {"n": work},
        agent=OMAR,
        directory=PEOPLE,
        filters=FILTERS,
        history={"n": history},
    )
    assert found.code is Code.OFFERED
    assert found.because[-2:] == (
        "It was offered to Zoe, Mira, one after the other, and not to Omar.",
        "Nobody is left to whom it could be offered.",
    )


def test_filters_that_are_gone_are_no_error() -> None:
    """What decided then may have been pruned."""
    found = asked(draft(routing=Routing(revision=99)))
    assert "The filters of that time are not known any more." in found.because


@pytest.mark.parametrize(
    ("event", "wanting", "code", "words"),
    [
        (None, (), Code.NO_PLAYBOOK, "The event is not known any more."),
        (replace(EVENT, state=EventState.PENDING), (), Code.PENDING, "about to be dispatched"),
        (
            replace(EVENT, state=EventState.QUARANTINED, detail="not JSON"),
            (),
            Code.QUARANTINED,
            "read: not JSON.",
        ),
        (EVENT, (), Code.CLOSED, "The event only closed cases"),
        (
            replace(EVENT, state=EventState.UNMATCHED),
            (),
            Code.NO_PLAYBOOK,
            "invoice.payment_failed from shop",
        ),
        (replace(EVENT, state=EventState.UNMATCHED), ("a", "b"), Code.CONDITION, "no condition of a and b."),
    ],
)
def test_silence_is_explained(
    event: StoredEvent | None, wanting: tuple[str, ...], code: Code, words: str
) -> None:
    """An event that led to nothing says why."""
    (found,) = why(event, [], {}, agent=MIRA, directory=PEOPLE, filters={}, wanting=wanting)
    assert (found.code, found.notification, found.how) == (code, "", None)
    assert words in found.because[0]


BILLING, SUPPORT = (
    ("everyone", f"agent:{OMAR}", "team:billing"),
    ("everyone", f"agent:{OMAR}", "team:support"),
)


def of_number_5(
    one: Draft,
    agent: str,
    belonging: Sequence[tuple[int, tuple[str, ...]]],
    *receipts: tuple[str, str, Receipt],
) -> Why:
    """Return what a notification came to that was published under 5, for somebody who belonged elsewhere too."""
    (found,) = why(
        EVENT,
        [StoredNotification(seq=5, draft=one)],
        {"n": begin(one, 5, 0.0)},
        agent=agent,
        directory=PEOPLE,
        filters=FILTERS,
        belonging=belonging,
        receipts=receipts,
    )
    return found


@pytest.mark.parametrize(
    ("belonging", "code", "last"),
    [
        ([], Code.NOT_ADDRESSED, "Omar is not among them."),
        ([(0, BILLING), (6, SUPPORT)], Code.TOAST, "So it was a toast."),
        ([(0, BILLING), (5, SUPPORT)], Code.TOAST, "So it was a toast."),
        ([(0, BILLING), (4, SUPPORT)], Code.NOT_ADDRESSED, "Omar is not among them."),
        ([(5, BILLING)], Code.NOT_ADDRESSED, "Omar is not among them."),
    ],
)
def test_where_the_agent_belonged_then_counts(
    belonging: list[tuple[int, tuple[str, ...]]], code: Code, last: str
) -> None:
    """Whoever has left the team since has still got what went to it, and is told so."""
    found = of_number_5(draft(), OMAR, belonging)
    assert (found.code, found.because[-1]) == (code, last)


def test_whoever_came_later_was_not_among_them_then() -> None:
    """Mira is of Billing now; when it went there, she was of Support."""
    receipt = Receipt(id="n", what=Seen.OPENED, at=60.0)
    belonging = [(0, ("everyone", f"agent:{MIRA}", "team:support")), (9, PEOPLE.keys_of(MIRA))]

    assert of_number_5(draft(), MIRA, belonging).because[-1] == "Mira was not among them then."
    opened = of_number_5(draft(), MIRA, belonging, (MIRA, "desk", receipt))
    assert opened.code is Code.TOAST


def test_the_filters_of_the_team_of_then_decide() -> None:
    """Whoever was in the team then is told what that team's filters said then."""
    one = draft(routing=Routing(revision=3, how=How.OFF))
    found = of_number_5(one, OMAR, [(0, BILLING), (6, SUPPORT)])
    assert (found.code, found.layer, found.locked_by) == (Code.FILTER, "team:billing", "lena@example.com")
