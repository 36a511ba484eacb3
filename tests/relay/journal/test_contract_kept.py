"""How every engine finds work among people, what it keeps beside it, and when it lets it go."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from msgspec.structs import replace

from relay.claims import Refusal, Verb
from relay.event import (
    Draft,
    Plan,
)
from relay.journal.base import Journal
from relay.protocol import Receipt, Seen, Stage
from tests.relay.journal.work_steps import BILLING, SUPPORT, by, one, publish

Opened = Callable[[], AbstractAsyncContextManager[Journal]]
MakeDraft = Callable[..., Draft]


# Finding


async def test_work_is_found_newest_first(opened: Opened, work: MakeDraft) -> None:
    """By stage, by whom it is for, by who holds it, each with the others, and in pages."""
    async with opened() as journal:
        for number in range(6):
            await publish(journal, work(f"n{number}", SUPPORT if number % 2 else BILLING))
        await one(journal, by("mira", Verb.CLAIM, "n0"))
        await one(journal, by("mira", Verb.DONE, "n2"))

        async def ids(**asked: object) -> list[str]:
            return [found.id for found in await journal.works(**{"limit": 10, **asked})]  # type: ignore[arg-type] # the fields of one call, by name

        assert await ids() == ["n5", "n4", "n3", "n2", "n1", "n0"]
        assert await ids(limit=2, before=5) == ["n3", "n2"]
        assert await ids(stages=[Stage.NEW]) == ["n5", "n4", "n3", "n1"]
        assert await ids(stages=[Stage.NEW, Stage.DONE], keys=[BILLING]) == ["n4", "n2"]
        assert await ids(keys=[SUPPORT, BILLING], limit=2, before=5) == ["n3", "n2"]
        assert await ids(holder="mira") == ["n0"]
        assert await ids(holder="mira", keys=[SUPPORT]) == []
        assert await ids(holder="mira", stages=[Stage.DONE]) == []
        assert await ids(stages=[Stage.EXPIRED]) == []


async def test_what_reached_nobody_is_found_oldest_first(opened: Opened, work: MakeDraft) -> None:
    """In pages, so that what has waited longest is looked at first, however much there is."""
    async with opened() as journal:
        drafts = [work(f"n{number}", stage=Stage.UNROUTED) for number in range(5)]
        await publish(journal, *drafts, work("new"))
        await one(journal, by("mira", Verb.CLAIM, "n1"))

        first = await journal.unrouted(after=0, limit=3)
        assert [found.id for found in first] == ["n0", "n2", "n3"]
        assert [found.id for found in await journal.unrouted(after=first[-1].seq, limit=3)] == ["n4"]
        assert await journal.unrouted(after=10, limit=3) == []


async def test_work_is_found_where_it_went(opened: Opened, work: MakeDraft) -> None:
    """After it was sent again it stands under its new number, for those who had it and those who got it."""
    async with opened() as journal:
        await publish(journal, work("a"), work("b"))
        await one(journal, by("mira", Verb.PASS, audience=(SUPPORT,)))
        assert [found.id for found in await journal.works(limit=10, keys=[SUPPORT])] == ["a"]
        assert [found.id for found in await journal.works(limit=10, keys=[BILLING])] == ["a", "b"]
        assert await journal.works(limit=10, keys=[BILLING], stages=[Stage.NEW], before=2) == []


async def test_the_clock_finds_what_is_due(opened: Opened, work: MakeDraft) -> None:
    """The earliest first, whatever it waits for; what waits for nothing is never due."""
    async with opened() as journal:
        assert await journal.next_due() is None
        await publish(journal, work("idle", plan=Plan()), work("a"), work("b", expires=1_030.0))
        assert await journal.next_due() == 1_030.0
        assert [found.id for found in await journal.due(1_060.0, 10)] == ["b", "a"]
        assert [found.id for found in await journal.due(1_059.0, 10)] == ["b"]
        assert [found.id for found in await journal.due(1_060.0, 1)] == ["b"]
        await one(journal, by("mira", Verb.DONE, "b"))
        await one(journal, by("mira", Verb.CLAIM))
        assert await journal.next_due() == 1_600.0


async def test_a_clock_that_was_set_moves_the_timers(opened: Opened, work: MakeDraft) -> None:
    """Leases and ladders move along and are found by their new times; expiry and idle work stay."""
    async with opened() as journal:
        await publish(journal, work("idle", plan=Plan()), work("a", expires=9_000.0), work("b"))
        await one(journal, by("mira", Verb.CLAIM, "b"))
        assert await journal.shift(3_600.0) == 2
        assert [(found.id, found.due()) for found in await journal.due(10_000.0, 10)] == [
            ("a", 4_660.0),
            ("b", 5_200.0),
        ]
        assert (await journal.work(["a"]))["a"].expires == 9_000.0


# What people do


async def test_the_first_receipt_of_a_kind_counts(opened: Opened, work: MakeDraft) -> None:
    """Each device tells once what was shown, opened or copied there; of unknown notifications nothing is kept."""
    shown, opened_it = Receipt(id="a", what=Seen.SHOWN, at=5.0), Receipt(id="a", what=Seen.OPENED, at=4.0)
    async with opened() as journal:
        await publish(journal, work("a"))
        later = replace(shown, at=9.0)
        nowhere = replace(shown, id="?")
        await journal.receipts([("mira", "d1", shown), ("mira", "d1", later), ("zoe", "d2", nowhere)])
        await journal.receipts([("mira", "d1", later), ("mira", "d2", later), ("mira", "d1", opened_it)])
        assert await journal.receipts_of("a") == [
            ("mira", "d1", opened_it),
            ("mira", "d1", shown),
            ("mira", "d2", later),
        ]
        assert await journal.receipts_of("?") == []


async def test_cases_can_be_followed(opened: Opened) -> None:
    """Following twice is following once, and who stops doesn't stop others."""
    async with opened() as journal:
        for agent in ("zoe", "mira", "mira"):
            await journal.follow(agent, "case", on=True)
        await journal.follow("mira", "other", on=True)
        assert await journal.followers() == {"case": ("mira", "zoe"), "other": ("mira",)}
        await journal.follow("mira", "case", on=False)
        await journal.follow("mira", "never", on=False)
        assert await journal.followers() == {"case": ("zoe",), "other": ("mira",)}


# Pruning


async def test_work_goes_with_its_notification(opened: Opened, work: MakeDraft, now: list[float]) -> None:
    """State, history, receipts and followers are kept as long as the notification is, and not longer."""
    async with opened() as journal:
        await publish(journal, work("a", collapse="case"), work("b"))
        await one(journal, by("mira", Verb.CLAIM), request="r1")
        await journal.receipts([("mira", "d1", Receipt(id="a", what=Seen.SHOWN, at=5.0))])
        await journal.follow("mira", "case", on=True)
        now[0] = 2_000.0
        await publish(journal, work("c", collapse="case"))
        await journal.prune(1_500.0)
        assert (await journal.work(["a", "b"])).keys() == {"a"}
        assert len(await journal.history("a")) == 3
        assert len(await journal.receipts_of("a")) == 1
        assert await journal.followers() == {"case": ("mira",)}
        assert [found.id for found in await journal.works(limit=10, keys=[BILLING])] == ["a"]
        now[0] = 200_000.0
        await journal.prune(100_000.0)
        assert await journal.work(["a"]) == {}
        assert await journal.history("a") == []
        assert await journal.receipts_of("a") == []
        assert await journal.followers() == {}
        assert await journal.works(limit=10, keys=[BILLING]) == []
        assert await journal.next_due() is None
        assert await journal.notification("a") is None
        answer = await one(journal, by("mira", Verb.CLAIM), request="r1")
        assert answer.refusal is Refusal.UNKNOWN


async def test_only_notifications_can_be_missed(opened: Opened, work: MakeDraft, now: list[float]) -> None:
    """Neither changes nor later revisions count, except for those who had nothing of it before."""
    async with opened() as journal:
        await publish(journal, work("a", collapse="case"))
        await one(journal, by("mira", Verb.CLAIM))
        await publish(journal, work("b", SUPPORT, collapse="case"))
        now[0] = 2_000.0
        await journal.prune(1_500.0)
        assert await journal.missed([BILLING], 0) == 1
        assert await journal.missed([BILLING], 1) == 0
        assert await journal.missed([SUPPORT], 0) == 1
        assert await journal.latest() == 3
