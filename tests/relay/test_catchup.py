"""What a desktop that comes back is sent: the present state, and nothing that doesn't matter any more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from relay import cases, moves
from relay.catchup import MEMORY, CatchUp, Line
from relay.claims import Move, Verb, Work
from relay.event import (
    EVERYONE,
    Draft,
    Mode,
    Plan,
    Published,
    Routing,
    Rung,
    StoredChange,
    StoredNotification,
)
from relay.people import spoken_name
from relay.protocol import How, Notification, Priority, Stage, Update

MIRA, NOOR = "mira@example.com", "noor@example.com"
AGAIN = Rung(after=1.0, again=True)


def draft(id_: str = "n1", **fields: Any) -> Draft:
    whole: dict[str, Any] = {
        "id": id_, "source": "s", "provider": "p", "type": "t", "priority": Priority.NORMAL, "title": "Title",
        "at": 0.0, "playbook": "p", "audience": (EVERYONE,), "plan": Plan(mode=Mode.BROADCAST),
    }  # fmt: skip
    return Draft(**(whole | fields))


class Story:
    """What was published, and what it has come to."""

    def __init__(self) -> None:
        self.published: list[Published] = []
        self.works: dict[str, Work] = {}

    def publish(self, id_: str = "n1", **fields: Any) -> None:
        seq = len(self.published) + 1
        new = draft(id_, **fields)
        if id_ in self.works:
            self.works[id_], new = cases.follow_up(self.works[id_], new, seq, float(seq))
        else:
            self.works[id_] = cases.begin(new, seq, float(seq))
        self.published.append(StoredNotification(seq=seq, draft=new))

    def move(self, verb: Verb, id_: str = "n1", *, at: float = 1.0, **fields: Any) -> None:
        move = Move(id=id_, verb=verb, keys=(EVERYONE,), **fields)
        moved = moves.apply(self.works[id_], move, at)
        assert moved.ok, moved.refusal
        assert moved.work is not None
        self.works[id_] = moved.work
        for change in moved.changes:
            self.published.append(StoredChange(seq=len(self.published) + 1, change=change))
        if moved.send:
            work = moved.work
            first = next(s.draft for s in self.published if isinstance(s, StoredNotification))
            sent = replace(
                first, audience=moved.send, stage=work.stage, holders=work.holders, until=work.until
            )
            self.published.append(StoredNotification(seq=len(self.published) + 1, draft=sent))

    def lines(self, after: int = 0, *, agent: str = MIRA, now: float = 10.0) -> list[Line]:
        return CatchUp(agent, spoken_name).lines(self.published[after:], self.works, now)

    def told(self, after: int = 0, **options: Any) -> list[Notification | Update]:
        return [line.message for line in self.lines(after, **options) if line.message is not None]


def test_a_notification_comes_as_it_stands_now() -> None:
    """Stage, holder and lease are the present ones, and the changes that led there don't come."""
    story = Story()
    story.publish()
    story.move(Verb.CLAIM, by=NOOR)
    story.move(Verb.RELEASE, by=NOOR)
    story.move(Verb.CLAIM, by=NOOR, at=5.0)
    (message,) = story.told()
    assert isinstance(message, Notification)
    assert (message.stage, message.holder, message.holder_name, message.until) == (
        Stage.CLAIMED, NOOR, "Noor", 605.0,
    )  # fmt: skip


@pytest.mark.parametrize("verb", [Verb.WITHDRAW, Verb.EXPIRE])
def test_what_is_over_does_not_come(verb: Verb) -> None:
    """Neither the notification nor that it is over, even if its escalation had begun."""
    story = Story()
    story.publish(expires=3.0, plan=Plan(mode=Mode.BROADCAST, ladder=(AGAIN,)))
    story.move(Verb.CLIMB, at=2.0)
    story.move(verb, at=4.0)
    assert story.told() == []
    assert [line.seq for line in story.lines()] == [stored.seq for stored in story.published]


def test_what_has_expired_does_not_come_even_before_the_clock_says_so() -> None:
    """The time counts; what is done stays, because somebody may look for it."""
    story = Story()
    story.publish("n1", expires=9.0)
    story.publish("n2", expires=9.0)
    story.publish("n3", expires=11.0)
    story.move(Verb.DONE, "n2", by=NOOR)
    assert [message.id for message in story.told(now=10.0)] == ["n2", "n3"]


def test_what_is_off_does_not_come_with_its_changes() -> None:
    """For this agent; the others get it as their filters say."""
    story = Story()
    story.publish(routing=Routing(how=How.OFF, others={NOOR: How.INBOX}))
    story.move(Verb.CLAIM, by=NOOR)
    assert story.told() == []
    (message,) = story.told(agent=NOOR)
    assert isinstance(message, Notification)
    assert message.how is How.INBOX


def test_only_the_newest_revision_comes() -> None:
    """And if that is on a later page, it comes from there."""
    story = Story()
    story.publish(title="one")
    story.publish("other")
    story.publish(title="two")
    assert [message.seq for message in story.told()] == [2, 3]
    first = CatchUp(MIRA).lines(story.published[:2], story.works, 10.0)
    assert [line.message is not None for line in first] == [False, True]


def test_of_what_the_desktop_has_the_last_change_comes() -> None:
    """Once, with its words; it isn't shown again if somebody has it by now."""
    story = Story()
    story.publish(plan=Plan(mode=Mode.BROADCAST, ladder=(AGAIN,)))
    story.move(Verb.CLIMB, at=3.0)
    story.move(Verb.CLAIM, by=NOOR, name="Noor", at=4.0)
    (message,) = story.told(after=1)
    assert isinstance(message, Update)
    assert (message.stage, message.name, message.until, message.again) == (
        Stage.CLAIMED,
        "Noor",
        604.0,
        False,
    )


def test_the_end_of_what_the_desktop_has_is_told() -> None:
    """Even if a newer revision came meanwhile, that isn't shown any more."""
    story = Story()
    story.publish()
    story.publish()
    story.move(Verb.WITHDRAW)
    (message,) = story.told(after=1)
    assert isinstance(message, Update)
    assert message.stage is Stage.WITHDRAWN


def test_the_end_of_what_came_back_is_told() -> None:
    """A desktop that had it before it was passed on and back must not keep it for open."""
    story = Story()
    story.publish(audience=(f"agent:{MIRA}",))
    story.move(Verb.PASS, by=MIRA, overrule=True, holders=(NOOR,), until=99.0)
    story.move(Verb.PASS, by=NOOR, holders=(MIRA,), until=99.0)
    story.move(Verb.WITHDRAW)
    (message,) = story.told(after=1)
    assert isinstance(message, Update)
    assert message.stage is Stage.WITHDRAWN


def test_an_earlier_change_is_told_although_a_newer_revision_is_off() -> None:
    """The desktop has what came before the filter was set."""
    story = Story()
    story.publish()
    story.move(Verb.CLAIM, by=NOOR)
    story.publish(routing=Routing(how=How.OFF))
    (message,) = story.told(after=1)
    assert isinstance(message, Update)
    assert message.stage is Stage.CLAIMED


def test_what_was_passed_on_is_not_offered_to_those_who_lost_it() -> None:
    """They see where it went; the one to whom it went sees it as offered."""
    story = Story()
    story.publish()
    story.move(
        Verb.PASS, by=NOOR, holders=("zoe@example.com",), audience=("agent:zoe@example.com",), until=99.0
    )
    (message,) = CatchUp(MIRA).lines(story.published[:2], story.works, 10.0)[:1]
    assert isinstance(message.message, Notification)
    assert (message.message.stage, message.message.holder) == (Stage.PASSED, "zoe@example.com")


def test_a_later_event_does_not_bring_back_what_was_passed_on() -> None:
    """Whoever lost it sees it as passed on, although that was told before what comes now."""
    story = Story()
    story.publish(audience=("team:billing",))
    story.move(Verb.PASS, audience=("team:support",), to="Support")
    story.publish(audience=("team:billing",))
    page = [stored for stored in story.published if isinstance(stored, StoredNotification)][-1:]

    stages = [
        line.message.stage
        for keys in (("team:billing",), ("team:billing", "team:support"))
        for line in CatchUp(MIRA, spoken_name, keys).lines(page, story.works, 10.0)
        if isinstance(line.message, Notification)
    ]

    assert stages == [Stage.PASSED, Stage.NEW]


def test_what_an_action_came_to_is_always_told() -> None:
    """A note is news, whatever else is folded."""
    story = Story()
    story.publish()
    story.move(Verb.NOTE, note="e-mail sent")
    story.move(Verb.DONE, by=NOOR)
    first, note = story.told()
    assert isinstance(first, Notification)
    assert isinstance(note, Update)
    assert (first.stage, note.note) == (Stage.DONE, "e-mail sent")


def test_a_later_page_knows_what_an_earlier_one_told() -> None:
    """A change that the notification had in it already doesn't come on the next page; a newer one does."""
    story = Story()
    story.publish()
    story.move(Verb.CLAIM, by=NOOR)
    way = CatchUp(MIRA)
    way.sent(way.lines(story.published[:1], story.works, 10.0))
    (second,) = way.lines(story.published[1:], story.works, 10.0)
    assert second.message is None
    story.move(Verb.DONE, by=NOOR)
    assert [line.message is not None for line in way.lines(story.published[1:], story.works, 10.0)] == [
        False,
        True,
    ]


def test_what_was_not_sent_is_not_remembered() -> None:
    """A page is cut where it is too long: the rest is decided anew."""
    story = Story()
    story.publish()
    story.move(Verb.CLAIM, by=NOOR)
    way = CatchUp(MIRA)
    way.lines(story.published, story.works, 10.0)
    assert [line.message is not None for line in way.lines(story.published[1:], story.works, 10.0)] == [True]


def test_what_is_remembered_has_a_limit() -> None:
    """A desktop that was away for a year costs no more than one that was away for a week."""
    way = CatchUp(MIRA)
    way.sent(Line(seq, f"n{seq}", state=1) for seq in range(MEMORY + 50))
    assert len(way._told) == MEMORY


def test_what_the_journal_has_no_state_of_comes_as_it_was_published() -> None:
    """Notifications of before there was work among people, and changes of what was pruned."""
    story = Story()
    story.publish("old", expires=20.0)
    story.publish("older", expires=5.0)
    story.move(Verb.CLAIM, "old", by=NOOR)
    story.works.clear()
    assert [(type(message).__name__, message.id) for message in story.told()] == [
        ("Notification", "old"),
        ("Update", "old"),
    ]


steps = st.lists(
    st.tuples(
        st.sampled_from(["publish", Verb.CLAIM, Verb.RELEASE, Verb.DONE, Verb.WITHDRAW, Verb.NOTE]),
        st.sampled_from(["a", "b"]),
        st.sampled_from([MIRA, NOOR]),
    ),
    max_size=14,
)


@given(steps, st.integers(0, 14), st.integers(1, 5))
def test_whatever_happened_the_desktop_ends_where_things_stand(
    said: list[tuple[Any, str, str]], after: int, size: int
) -> None:
    """By pages of any size and from any place on: the last word on each open notification is its state."""
    story = _lived(said)
    known: dict[str, Stage] = {}
    for stored in story.published[:after]:  # what it had, live
        known[_id(stored)] = _stage(stored)
    way = CatchUp(MIRA)
    for start in range(after, len(story.published), size):
        lines = way.lines(story.published[start : start + size], story.works, 10.0)
        way.sent(lines)
        for line in lines:
            if isinstance(line.message, Notification) or (line.message and line.id in known):
                known[line.id] = line.message.stage
    for id_, work in story.works.items():
        if work.stage is not Stage.WITHDRAWN or id_ in known:
            assert known[id_] is work.stage


def _lived(said: list[tuple[Any, str, str]]) -> Story:
    """Return a story of those steps that can be made."""
    story = Story()
    for verb, id_, by in said:
        work = story.works.get(id_)
        if verb == "publish" and (work is None or work.open):
            story.publish(id_)
        elif verb != "publish" and work is not None:
            move = Move(id=id_, verb=verb, by=by, keys=(EVERYONE,))
            if moves.apply(work, move, 1.0).ok:
                story.move(verb, id_, by=by)
    return story


def _id(stored: Published) -> str:
    return stored.change.id if isinstance(stored, StoredChange) else stored.draft.id


def _stage(stored: Published) -> Stage:
    return stored.change.stage if isinstance(stored, StoredChange) else stored.draft.stage
