"""What every engine does with work among people: begun, moved, told, answered once."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from msgspec.structs import replace

from relay.calls import Call, CallState
from relay.claims import Move, Refusal, Verb
from relay.event import (
    EVERYONE,
    Draft,
    Routing,
    StoredChange,
    StoredNotification,
)
from relay.journal.base import Journal
from relay.protocol import How, Stage
from tests.relay.journal.work_steps import BILLING, SUPPORT, by, one, publish

Opened = Callable[[], AbstractAsyncContextManager[Journal]]
MakeDraft = Callable[..., Draft]


async def published(journal: Journal) -> list[tuple[int, str, str]]:
    """Return everything that was published: number, id, and the stage if it is a change."""
    found = await journal.notifications_after(0, 100)
    return [
        (item.seq, item.change.id, item.change.stage.value)
        if isinstance(item, StoredChange)
        else (item.seq, item.draft.id, "")
        for item in found
    ]


# Publishing


async def test_each_notification_has_work(opened: Opened, work: MakeDraft) -> None:
    """Its state is there as soon as it is published, with the number of that, and in its history."""
    async with opened() as journal:
        await publish(journal, work("a"), work("b", SUPPORT))
        states = await journal.work(["a", "b", "nobody"])
        assert {id_: (state.seq, state.stage, state.audience) for id_, state in states.items()} == {
            "a": (1, Stage.NEW, (BILLING,)),
            "b": (2, Stage.NEW, (SUPPORT,)),
        }
        assert [(step.verb, step.at, step.seq) for step in await journal.history("b")] == [
            ("published", 1_000.0, 2)
        ]
        assert await journal.history("nobody") == []


async def test_a_case_goes_on_under_its_first_id(opened: Opened, work: MakeDraft) -> None:
    """A later event of an open case takes its place for both audiences, under a new number."""
    async with opened() as journal:
        await publish(journal, work("a", collapse="case"))
        await one(journal, by("mira", Verb.CLAIM))
        event = await publish(journal, work("b", SUPPORT, collapse="case", title="Again"))
        assert await published(journal) == [(1, "a", ""), (2, "a", "claimed"), (3, "a", "")]
        (state,) = (await journal.work(["a", "b"])).values()
        assert (state.id, state.seq, state.revision, state.count, state.holder) == ("a", 3, 2, 2, "mira")
        assert state.audience == (BILLING, SUPPORT)
        stored = await journal.notification("a")
        assert stored is not None
        assert (stored.seq, stored.draft.title, stored.draft.stage, stored.draft.holders) == (
            3,
            "Again",
            Stage.CLAIMED,
            ("mira",),
        )
        assert [found.draft.title for found in await journal.notifications_of(event)] == ["Again"]
        assert [found.seq for found in await journal.notifications_for([SUPPORT], 0, 10)] == [3]


async def test_events_of_one_case_in_one_transaction(opened: Opened, work: MakeDraft) -> None:
    """What is published together counts together, and a case that is over begins anew."""
    async with opened() as journal:
        await publish(journal, work("a", collapse="case"), work("b", collapse="case"))
        await publish(
            journal, work("c", collapse="case", resolves=("case",)), work("d", collapse="case"), work("e")
        )
        states = await journal.work(["a", "b", "c", "d", "e"])
        assert {id_: (state.stage, state.count) for id_, state in states.items()} == {
            "a": (Stage.WITHDRAWN, 2),
            "c": (Stage.NEW, 2),
            "e": (Stage.NEW, 1),
        }
        assert await published(journal) == [
            (1, "a", ""),
            (2, "a", ""),
            (3, "a", "withdrawn"),
            (4, "c", ""),
            (5, "c", ""),
            (6, "e", ""),
        ]


async def test_an_event_that_only_resolves_shows_nothing(opened: Opened, work: MakeDraft) -> None:
    """Open work of its cases is withdrawn for everybody who has it; work that is over is left alone."""
    async with opened() as journal:
        await publish(journal, work("a", collapse="x"), work("b", SUPPORT, collapse="y"), work("c"))
        await one(journal, by("mira", Verb.DONE))
        event = await publish(
            journal, work("d", EVERYONE, resolves=("x", "y", "z"), silent=True, title="Paid")
        )
        assert await published(journal) == [
            (1, "a", ""),
            (2, "b", ""),
            (3, "c", ""),
            (4, "a", "done"),
            (5, "b", "withdrawn"),
        ]
        (_, withdrawn) = await journal.notifications_after(3, 10)
        assert isinstance(withdrawn, StoredChange)
        assert (withdrawn.audience, withdrawn.change.reason) == ((SUPPORT,), "Paid")
        assert await journal.notifications_of(event) == []
        assert (await journal.events(limit=1))[0].notifications == 0


async def test_the_relays_own_notifications_need_no_event(opened: Opened, work: MakeDraft) -> None:
    """They are numbered, collapsed and found like others, and the same id is published once."""
    async with opened() as journal:
        assert await journal.announce([work("storm", collapse="s"), work("digest")]) == ["storm", "digest"]
        assert await journal.announce([work("storm-2", collapse="s"), work("digest")]) == ["storm", "digest"]
        assert await published(journal) == [(1, "storm", ""), (2, "digest", ""), (3, "storm", "")]
        assert await journal.pending(10) == []


async def test_what_an_event_led_to_is_found_by_it(opened: Opened, work: MakeDraft) -> None:
    """Each event knows its own notifications, in order, and no others."""
    async with opened() as journal:
        first = await publish(journal, work("a"), work("b"))
        second = await publish(journal, work("c"))
        assert [found.draft.id for found in await journal.notifications_of(first)] == ["a", "b"]
        assert [found.draft.id for found in await journal.notifications_of(second)] == ["c"]
        assert await journal.notifications_of(99) == []


# Moving


async def test_p6_simultaneous_claims_have_one_winner(opened: Opened, work: MakeDraft) -> None:
    """Of fifty claims at once one is made, all others are refused, and the change is told once."""
    async with opened() as journal:
        await publish(journal, work("a"))
        claims = [one(journal, by(f"agent{number}", Verb.CLAIM)) for number in range(50)]
        answers = await asyncio.gather(*claims)
        winners = [answer for answer in answers if answer.ok]
        assert len(winners) == 1
        assert {answer.refusal for answer in answers} == {None, Refusal.TAKEN}
        (state,) = (await journal.work(["a"])).values()
        assert winners[0].work == state
        assert await published(journal) == [(1, "a", ""), (2, "a", "claimed")]


async def test_a_repeated_request_has_the_same_answer(opened: Opened, work: MakeDraft) -> None:
    """Winner and loser are told the same again, also after a restart and after the state has changed."""
    async with opened() as journal:
        await publish(journal, work("a"))
        won = await one(journal, by("mira", Verb.CLAIM), request="r1")
        lost = await one(journal, by("zoe", Verb.CLAIM), request="r1")
        await one(journal, by("mira", Verb.RELEASE))
    async with opened() as journal:
        assert await one(journal, by("mira", Verb.CLAIM), request="r1") == won
        assert await one(journal, by("zoe", Verb.CLAIM), request="r1") == lost
        assert (won.ok, lost.refusal) == (True, Refusal.TAKEN)
        (state,) = (await journal.work(["a"])).values()
        assert state.stage is Stage.NEW
        assert (await one(journal, by("zoe", Verb.CLAIM), request="r2")).ok


async def test_the_same_request_for_something_else_is_another(opened: Opened, work: MakeDraft) -> None:
    """Neither another verb nor another notification gets the first one's answer: it is done."""
    async with opened() as journal:
        await publish(journal, work("a"), work("b"))
        assert (await one(journal, by("mira", Verb.CLAIM), request="r1")).ok
        assert (await one(journal, by("mira", Verb.CLAIM, "b"), request="r1")).ok
        assert (await one(journal, by("mira", Verb.DONE), request="r1")).ok
        states = await journal.work(["a", "b"])
        assert (states["a"].stage, states["b"].holder) == (Stage.DONE, "mira")


async def test_an_answer_can_be_looked_up(opened: Opened, work: MakeDraft) -> None:
    """By agent, verb, notification and request; what was never asked has none."""
    async with opened() as journal:
        await publish(journal, work("a"))
        won = await one(journal, by("mira", Verb.CLAIM), request="r1")
        assert await journal.answered(by("mira", Verb.CLAIM), "r1") == won
        for move, request in [
            (by("mira", Verb.CLAIM), "r2"),
            (by("zoe", Verb.CLAIM), "r1"),
            (by("mira", Verb.DONE), "r1"),
            (by("mira", Verb.CLAIM, "b"), "r1"),
        ]:
            assert await journal.answered(move, request) is None


async def test_moves_together_see_each_other(opened: Opened, work: MakeDraft) -> None:
    """The second of two moves is judged by what the first has done, and one that fails fails alone."""
    async with opened() as journal:
        await publish(journal, work("a"), work("b"))
        moves = [
            by("mira", Verb.CLAIM),
            by("zoe", Verb.CLAIM),
            by("mira", Verb.DONE),
            by("zoe", Verb.CLAIM, "b"),
            by("zoe", Verb.CLAIM, "?"),
        ]
        answers = await journal.move(moves, 1_001.0)
        assert [answer.refusal for answer in answers] == [None, Refusal.TAKEN, None, None, Refusal.UNKNOWN]
        assert [found[1:] for found in await published(journal)][2:] == [
            ("a", "claimed"),
            ("a", "done"),
            ("b", "claimed"),
        ]


async def test_what_is_new_to_somebody_is_sent_after_the_change(opened: Opened, work: MakeDraft) -> None:
    """It is the notification as last published, for them alone, as it stands now and as they get it."""
    async with opened() as journal:
        await publish(journal, work("a", title="Refund"))
        routing = Routing(how=How.SOUND)
        move = by(
            "mira",
            Verb.PASS,
            audience=("agent:sam",),
            holders=("sam",),
            until=2_000.0,
            routing=routing,
            to="Sam",
        )
        moved = await one(journal, move)
        lost, offered, sent = await journal.notifications_after(1, 10)
        assert isinstance(lost, StoredChange)
        assert isinstance(offered, StoredChange)
        assert isinstance(sent, StoredNotification)
        assert (lost.change.stage, lost.audience) == (Stage.PASSED, (BILLING,))
        assert (offered.change.stage, offered.audience) == (Stage.OFFERED, ("agent:sam",))
        assert (sent.draft.id, sent.draft.title, sent.audience) == ("a", "Refund", ("agent:sam",))
        assert (sent.draft.stage, sent.draft.holders, sent.draft.until) == (Stage.OFFERED, ("sam",), 2_000.0)
        assert sent.draft.routing == routing
        assert moved.work is not None
        assert moved.work.seq == sent.seq == 4
        stored = await journal.notification("a")
        assert stored is not None
        assert stored.audience == (BILLING, "agent:sam")


async def test_a_move_that_changes_nothing_leaves_no_trace(opened: Opened, work: MakeDraft) -> None:
    """Neither a refusal nor a renewal is published or written to the history."""
    async with opened() as journal:
        await publish(journal, work("a"))
        await one(journal, by("mira", Verb.CLAIM, reason="me"))
        await one(journal, by("zoe", Verb.CLAIM))
        await one(journal, by("mira", Verb.RENEW), at=1_100.0)
        steps = await journal.history("a")
        assert [(step.verb, step.by, step.reason, step.seq) for step in steps] == [
            ("published", "", "", 1),
            ("claim", "mira", "me", 2),
        ]
        assert (await journal.work(["a"]))["a"].until == 1_700.0
        assert await journal.latest() == 2


def a_call(*, due: float) -> Call:
    """Return a call of an action of ``a``."""
    return Call(
        id="c1",
        notification="a",
        playbook="p",
        action="page",
        label="",
        url="https://x.example",
        created_at=1.0,
        due=due,
    )


async def test_a_call_is_stored_with_its_move_or_not_at_all(opened: Opened, work: MakeDraft) -> None:
    """The rung that asks for it brings it in; the same rung taken by another state doesn't."""
    call = a_call(due=1_060.0)
    climb = Move(id="a", verb=Verb.CLIMB, version=1)
    async with opened() as journal:
        await publish(journal, work("a"))
        other = replace(call, id="c2", action="other")
        await journal.move([replace(climb, version=7)], 1_060.0, calls=[call])
        assert await journal.calls(limit=10) == []
        (moved,) = await journal.move([climb], 1_060.0, calls=[call, other])
        assert moved.call == "page"
        assert await journal.calls(limit=10) == [call]
        assert [found.seq for found in await journal.notifications_for(["lead:billing"], 0, 10)] == [2]


async def test_what_is_told_of_a_call_is_stored_with_it(opened: Opened, work: MakeDraft) -> None:
    """Both or neither: of a call that isn't there (any more) nobody is told anything."""
    call = a_call(due=1.0)
    told = Move(id="a", verb=Verb.NOTE, by="mira", note="e-mail sent")
    async with opened() as journal:
        await publish(journal, work("a"))
        assert not await journal.keep_call(call, {CallState.WAITING}, told)
        assert await journal.latest() == 1
        await journal.add_calls([call])
        done = replace(call, state=CallState.DONE)
        assert await journal.keep_call(done, {CallState.WAITING}, told)
        assert await journal.call("c1") == done
        (change,) = await journal.notifications_after(1, 10)
        assert isinstance(change, StoredChange)
        assert (change.change.note, change.change.by) == ("e-mail sent", "mira")
