"""Questions about the past, asked of a journal in which something was sent on to others."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from relay.claims import Move, Verb
from relay.event import Device, Dispatched, Draft, Event, EventState, Mode, Plan, Reach, Routing, StoredEvent
from relay.filters import Layer, Rule
from relay.inquiry import event_at, why_event, why_notification
from relay.journal.sqlite import SqliteJournal
from relay.people import Directory, People
from relay.protocol import How, Priority, Stage
from relay.why import Code

MIRA, ZOE, OMAR = "mira@example.com", "zoe@example.com", "omar@example.com"
PEOPLE = Directory(
    People(),
    [
        Device(id=agent, agent=agent, teams=("Billing",), name="d", token_hash=b"", paired_at=0.0)
        for agent in (MIRA, ZOE, OMAR)
    ],
)
OFFER = Draft(
    id="n",
    source="shop",
    provider="stripe",
    type="payment.failed",
    priority=Priority.HIGH,
    title="A payment failed",
    at=0.0,
    playbook="payment-failed",
    audience=(f"agent:{MIRA}",),
    plan=Plan(mode=Mode.OFFER, chain=(Reach(keys=("team:billing",)),)),
    stage=Stage.OFFERED,
    holders=(MIRA,),
    until=30.0,
    routing=Routing(how=How.SOUND, addressed=(f"agent:{MIRA}",)),
    collapse="case/1",
)
OWN = Layer(name=f"agent:{ZOE}", rules=(Rule(types="payment-*", how=How.INBOX),))


def play(folder: Path, scene: Callable[[SqliteJournal], Awaitable[None]]) -> None:
    """Play a scene with a journal."""

    async def whole() -> None:
        journal = await SqliteJournal.open(folder / "journal.db")
        try:
            await scene(journal)
        finally:
            await journal.close()

    asyncio.run(whole())


async def arrive(journal: SqliteJournal, number: int, draft: Draft) -> StoredEvent:
    """Let an event come that leads to a notification."""
    event = Event(source="shop", provider="stripe", id=f"e{number}", type=draft.type, time=0.0, data=b"{}")
    seq = (await journal.append(event)).seq
    await journal.publish([Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=(draft,))])
    stored = await event_at(journal, seq)
    assert stored is not None
    return stored


async def offer_to_zoe(journal: SqliteJournal) -> None:
    """Let the offer go on to Zoe, whose filters say that she has it in the inbox."""
    revision = await journal.keep_layer(OWN, by=ZOE, at=0.0)
    assert revision
    work = (await journal.work(["n"]))["n"]
    routing = Routing(how=How.INBOX, revision=revision, addressed=(f"agent:{ZOE}",))
    move = Move(id="n", verb=Verb.OFFER, version=work.version, holders=(ZOE,), until=60.0, routing=routing)
    (moved,) = await journal.move([move], 30.0)
    assert moved.ok


def test_the_second_who_is_offered_it_is_told_of_the_second_time(tmp_path: Path) -> None:
    """What was decided when it came to her, by her own filters; the first keeps what was decided then."""

    async def scene(journal: SqliteJournal) -> None:
        event = await arrive(journal, 1, OFFER)
        await offer_to_zoe(journal)
        (found,) = await why_event(journal, event, ZOE, directory=PEOPLE, playbooks=())
        assert (found.code, found.how, found.layer) == (Code.INBOX, How.INBOX, f"agent:{ZOE}")
        (same,) = await why_notification(journal, "n", ZOE, directory=PEOPLE)
        assert same == found
        (first,) = await why_notification(journal, "n", MIRA, directory=PEOPLE)
        assert (first.code, first.how) == (Code.TOAST, How.SOUND)
        (last,) = await why_notification(journal, "n", OMAR, directory=PEOPLE)
        assert last.because[-1].endswith("so far to Mira, Zoe, not yet to Omar.")

    play(tmp_path, scene)


def test_an_offer_that_nobody_took_names_who_had_it(tmp_path: Path) -> None:
    """After it was stranded nobody is offered it any more; the history knows who was."""

    async def scene(journal: SqliteJournal) -> None:
        await arrive(journal, 1, OFFER)
        await offer_to_zoe(journal)
        work = (await journal.work(["n"]))["n"]
        move = Move(
            id="n",
            verb=Verb.STRAND,
            version=work.version,
            audience=("lead:billing",),
            reason="Nobody is left.",
        )
        await journal.move([move], 60.0)
        (found,) = await why_notification(journal, "n", OMAR, directory=PEOPLE)
        assert found.code is Code.OFFERED
        assert found.because[-2:] == (
            "It was offered to Mira, Zoe, one after the other, and not to Omar.",
            "Nobody is left.",
        )
        assert (await why_notification(journal, "n", ZOE, directory=PEOPLE))[0].how is How.INBOX

    play(tmp_path, scene)


def test_each_event_of_a_case_has_its_own_story(tmp_path: Path) -> None:
    """What was sent on after the first event is no answer to why the second one came."""

    async def scene(journal: SqliteJournal) -> None:
        first = await arrive(journal, 1, OFFER)
        await offer_to_zoe(journal)
        again = await arrive(journal, 2, OFFER)
        (then,) = await why_event(journal, first, ZOE, directory=PEOPLE, playbooks=())
        (now,) = await why_event(journal, again, ZOE, directory=PEOPLE, playbooks=())
        assert (then.how, now.how) == (How.INBOX, How.SOUND)

    play(tmp_path, scene)
