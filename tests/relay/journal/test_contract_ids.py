"""Ids, conflicts, batches and refused requests: what every engine of the journal has to do."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from relay.event import Appended, Dispatched, Event, EventState
from relay.journal.base import Journal
from relay.refusals import Refusal

Opened = Callable[[], AbstractAsyncContextManager[Journal]]
MakeEvent = Callable[..., Event]

DAY = 86_400.0


async def _settle(journal: Journal) -> None:
    """Dispatch everything, so that it may be pruned."""
    waiting = await journal.pending(1_000)
    await journal.publish([Dispatched(event_seq=one.seq, state=EventState.UNMATCHED) for one in waiting])


def a_refusal(number: int, *, source: str = "shop", reason: str = "mismatch") -> Refusal:
    """Return a refused request that can be told from others by its time."""
    return Refusal(source=source, at=float(number), reason=reason, detail="é\x00", headers=(("a", "b"),))


# Batches


async def test_a_batch_is_stored_in_order(opened: Opened, event: MakeEvent) -> None:
    """Each event of one delivery has its own number and its own answer."""
    async with opened() as journal:
        await journal.append(event("b"))
        answers = await journal.append_all([event("a"), event("b"), event("c"), event("a")])
        stored = [found.event.id for found in await journal.pending(10)]
    a, b, c, again = answers
    assert [answer.duplicate for answer in answers] == [False, True, False, True]
    assert b.seq == 1 < a.seq == again.seq < c.seq
    assert stored == ["b", "a", "c"]


async def test_a_batch_is_stored_whole_or_not_at_all(opened: Opened, event: MakeEvent) -> None:
    """One record that the journal refuses leaves the others of its delivery out, and nobody else's."""
    bad = event("\ud800")  # no UTF-8, so no engine can hold it
    async with opened() as journal:
        answers = await asyncio.gather(
            journal.append(event("x")),
            journal.append_all([event("a"), bad, event("c")]),
            journal.append_all([event("y"), event("z")]),
            return_exceptions=True,
        )
        stored = [found.event.id for found in await journal.pending(10)]
    assert isinstance(answers[1], ValueError)
    assert stored == ["x", "y", "z"]


async def test_batches_and_single_events_may_come_together(opened: Opened, event: MakeEvent) -> None:
    """Whatever shares a transaction, each caller gets the answers to its own events."""
    async with opened() as journal:
        calls = [
            journal.append_all([event(f"{number}-{part}") for part in range(number % 4)])
            for number in range(60)
        ]
        single = [journal.append(event(str(number))) for number in range(60)]
        answers = await asyncio.gather(*calls, *single)
        kept = {found.event.id: found.seq for found in await journal.pending(1_000)}
    for number in range(60):
        batch, one = answers[number], answers[60 + number]
        assert isinstance(batch, list)
        assert [answer.seq for answer in batch] == [kept[f"{number}-{part}"] for part in range(number % 4)]
        assert isinstance(one, Appended)
        assert one.seq == kept[str(number)]


# Conflicts


async def test_s10_a_conflict_is_kept_for_a_person(opened: Opened, event: MakeEvent) -> None:
    """The same id with another body is counted at the event whose body was kept."""
    async with opened() as journal:
        await journal.append(event("a", data=b"first"))
        await journal.append(event("b"))
        for body in (b"second", b"first", b"third"):
            await journal.append(event("a", data=body))
        listed = await journal.events(limit=10)
        (only,) = await journal.events(limit=10, conflicts=True)
    assert [(found.event.id, found.conflicts) for found in listed] == [("b", 0), ("a", 2)]
    assert (only.event.data, only.conflicts) == (b"first", 2)


async def test_a_conflict_goes_with_its_event(opened: Opened, event: MakeEvent, now: list[float]) -> None:
    """A pruned event leaves no report of a conflict behind."""
    async with opened() as journal:
        await journal.append(event("a", data=b"first"))
        await journal.append(event("a", data=b"second"))
        await _settle(journal)
        assert await journal.prune(now[0] + 1) == 1
        assert await journal.events(limit=10, conflicts=True) == []


# Ids of pruned events


async def test_s20_an_id_outlives_its_event(opened: Opened, event: MakeEvent, now: list[float]) -> None:
    """Within the source's window a redelivery is a duplicate even after the event was pruned, and after a restart."""
    begun = now[0]
    async with opened() as journal:
        await journal.append(event("a", data=b"first"))
        await _settle(journal)
        now[0] += DAY
        assert await journal.prune(now[0], {"shop": now[0] - 3 * DAY}) == 1
        assert await journal.append(event("a", data=b"first")) == Appended(seq=1, duplicate=True)
    async with opened() as journal:
        now[0] = begun + 3 * DAY
        await journal.prune(now[0], {"shop": now[0] - 3 * DAY})
        again = await journal.append_all([event("a", data=b"other"), event("b")])
        assert again == [Appended(seq=1, duplicate=True, conflict=True), Appended(seq=2)]
        assert [found.event.id for found in await journal.pending(10)] == ["b"]
        now[0] += 1
        await journal.prune(now[0] - DAY, {"shop": now[0] - 3 * DAY})
        assert await journal.append(event("a")) == Appended(seq=3)


async def test_ids_are_remembered_for_their_source(
    opened: Opened, event: MakeEvent, now: list[float]
) -> None:
    """One source's window is not another's, and a source that is gone has none."""
    async with opened() as journal:
        for source in ("long", "short", "gone"):
            await journal.append(event("a", source=source))
        await _settle(journal)
        now[0] += 2 * DAY
        await journal.prune(now[0], {"long": 0.0, "short": now[0] - DAY})
        answers = [await journal.append(event("a", source=source)) for source in ("long", "short", "gone")]
        assert [answer.duplicate for answer in answers] == [True, False, False]
        await journal.prune(now[0], {})
        assert not (await journal.append(event("a", source="long"))).duplicate


# Refused requests


async def test_refused_requests_are_kept_for_a_person(opened: Opened) -> None:
    """They come back as they were given, the newest first, of one source if asked."""
    body = a_refusal(3, source="other")
    async with opened() as journal:
        await journal.keep_refusals([a_refusal(1), a_refusal(2)], 20)
        await journal.keep_refusals([body], 20)
        everything = await journal.refusals(limit=10)
        mine = await journal.refusals(limit=1, source="shop")
    assert [found.refusal for found in everything] == [body, a_refusal(2), a_refusal(1)]
    assert [found.refusal for found in mine] == [a_refusal(2)]


async def test_only_the_last_refused_requests_are_kept(opened: Opened) -> None:
    """A flood of one reason pushes out neither another reason's requests nor another source's."""
    async with opened() as journal:
        await journal.keep_refusals([a_refusal(0, reason="stale"), a_refusal(1, source="other")], 3)
        await journal.keep_refusals([a_refusal(number) for number in range(2, 50)], 3)
        kept = [found.refusal.at for found in await journal.refusals(limit=100)]
    assert kept == [49.0, 48.0, 47.0, 1.0, 0.0]


async def test_refused_requests_are_pruned(opened: Opened) -> None:
    """Old ones go when old events go."""
    async with opened() as journal:
        await journal.keep_refusals([a_refusal(number) for number in range(10)], 20)
        await journal.prune(8.0)
        assert [found.refusal.at for found in await journal.refusals(limit=100)] == [9.0, 8.0]


@pytest.mark.parametrize("keep", [0, 1])
async def test_the_number_of_refused_requests_is_exact(opened: Opened, keep: int) -> None:
    """As many as asked for stay, also if that is none."""
    async with opened() as journal:
        await journal.keep_refusals([a_refusal(number) for number in range(5)], keep)
        assert len(await journal.refusals(limit=100)) == keep
