"""Claims at the wire: one winner, an answer for everybody, and nothing told to strangers."""

import asyncio
from functools import partial
from typing import Any

import pytest

from relay.errors import StorageBusy
from relay.event import EVERYONE, Mode, Plan, Routing, agent_key, team_key
from relay.people import spoken_name
from relay.protocol import (
    Act,
    Availability,
    Claim,
    Done,
    How,
    Notification,
    Pass,
    Presence,
    Receipt,
    Release,
    Result,
    Role,
    Seen,
    Stage,
    Update,
)

ANYBODY = Plan(mode=Mode.BROADCAST, lease=600.0)
MIRA, NOOR, ZOE = "mira@example.com", "noor@example.com", "zoe@example.com"


@pytest.mark.parametrize("racers", [2, 3])
def test_two_hundred_races_have_one_winner_each(stage: Any, racers: int) -> None:
    """Whoever claims at the same moment: one gets it, every other one is told who was faster, twice."""

    async def scene(house: Any) -> None:
        names = [MIRA, NOOR, ZOE][:racers]
        devices = [await house.pair(name) for name in names]
        async with (
            house.live(devices[0]) as one,
            house.live(devices[1]) as two,
            house.live(devices[-1]) as three,
        ):
            desks = [one, two, three] if racers == 3 else [one, three]
            if racers == 2:
                assert await two.code() == 4002  # the same device twice
            for number in range(200):
                if number % 100 == 99:
                    house.pass_time(10)  # a desktop may say 120 things in 10 seconds
                (id_,) = await house.publish(plan=ANYBODY)
                for desk in desks:
                    assert (await desk.next(Notification)).id == id_
                claims = [desk.say(Claim(id=id_, request=f"r{number}")) for desk in desks]
                await asyncio.gather(*claims)
                both = await asyncio.gather(*map(_outcome, desks))
                winners = {
                    desk.device.agent for desk, (result, _) in zip(desks, both, strict=True) if result.ok
                }
                assert len(winners) == 1
                (winner,) = winners
                for result, update in both:
                    assert (update.id, update.stage, update.by) == (id_, Stage.CLAIMED, winner)
                    assert result.ok or (result.by, result.error) == (winner, f"{update.name} was faster.")

    stage(scene)


async def _outcome(desk: Any) -> tuple[Result, Update]:
    """Return a desktop's answer and the change that everybody gets, in whichever order they come."""
    found: dict[type, Any] = {}
    while len(found) < 2:
        message = await desk.hear()
        found[type(message)] = message
    return found[Result], found[Update]


def test_a_claim_is_told_to_everybody_and_done_ends_it(stage: Any) -> None:
    """The winner knows until when it holds, the others who has it, and all when it is done."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA), await house.pair(NOOR)
        async with house.live(mira) as one, house.live(noor) as two:
            (id_,) = await house.publish(plan=ANYBODY)
            assert (await two.next(Notification)).claimable
            assert await one.ask(Claim(id=id_, request="1")) == Result(request="1", ok=True, until=600.0)
            claimed = await two.next(Update)
            assert (claimed.stage, claimed.by, claimed.name, claimed.until) == (
                Stage.CLAIMED,
                MIRA,
                "Mira",
                600.0,
            )
            lost = await two.ask(Claim(id=id_, request="1"))
            assert lost == Result(request="1", ok=False, error="Mira was faster.", by=MIRA, name="Mira")
            assert (await two.ask(Done(id=id_, request="2"))).error == "Mira was faster."
            assert (await two.ask(Release(id=id_, request="3"))).error == "You have not claimed this."
            assert (await one.ask(Done(id=id_, request="2"))).ok
            done = await two.next(Update)
            assert (done.stage, done.by) == (Stage.DONE, MIRA)
            assert (await two.ask(Claim(id=id_, request="4"))).error == "This is over already."

    stage(scene)


def test_the_same_request_gets_the_same_answer(stage: Any) -> None:
    """Also on a new connection, and although the state has changed: nothing is done twice."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA), await house.pair(NOOR)
        async with house.live(noor) as two:
            async with house.live(mira) as one:
                (id_,) = await house.publish(plan=ANYBODY)
                won = await one.ask(Claim(id=id_, request="claim"))
                lost = await two.ask(Claim(id=id_, request="claim"))
                assert (won.ok, lost.ok) == (True, False)
                assert (await one.ask(Release(id=id_, request="back", reason="lunch"))).ok
            async with house.live(mira) as one:
                assert await one.ask(Claim(id=id_, request="claim")) == won
            assert await two.ask(Claim(id=id_, request="claim")) == lost
            assert (await house.journal.work([id_]))[id_].stage is Stage.NEW

    stage(scene)


def test_a_request_id_used_for_two_things_hides_neither(stage: Any) -> None:
    """Claimed and done under one id: both are made, and each has its own answer."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(MIRA)) as one:
            (id_,) = await house.publish(plan=ANYBODY)
            assert (await one.ask(Claim(id=id_, request="1"))).until is not None
            assert await one.ask(Done(id=id_, request="1")) == Result(request="1", ok=True)
            assert (await house.journal.work([id_]))[id_].stage is Stage.DONE

    stage(scene)


def test_what_is_for_others_is_not_known(stage: Any) -> None:
    """Whatever is asked of it, and whatever became of it: the answer is that of an id that never was."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA, "billing"), await house.pair(NOOR, "support")
        async with house.live(mira) as one, house.live(noor) as stranger:
            (id_,) = await house.publish(plan=ANYBODY, audience=(team_key("billing"),))
            for round_, act in enumerate([None, Claim, Done]):
                if act is not None:
                    assert (await one.ask(act(id=id_, request=f"o{round_}"))).ok
                for number, kind in enumerate([Claim, Release, Done]):
                    for wanted in (id_, "never"):
                        request = f"{round_}{number}{wanted}"
                        answer = await stranger.ask(kind(id=wanted, request=request))
                        expected = "This notification is not known any more."
                        assert answer == Result(request=request, ok=False, error=expected)
            await stranger.say(Receipt(id=id_, what=Seen.OPENED, at=0.0))
            assert not (await stranger.ask(Claim(id="never", request="last"))).ok
            assert await house.journal.receipts_of(id_) == []

    stage(scene)


def test_passing_on_gives_it_to_somebody_else(stage: Any) -> None:
    """The new one gets the notification, the others learn to whom it went and why."""

    async def scene(house: Any) -> None:
        mira, zoe = await house.pair(MIRA, "Billing"), await house.pair(ZOE, "Support")
        async with house.live(mira) as one, house.live(zoe) as two:
            (id_,) = await house.publish(plan=ANYBODY, audience=(team_key("billing"),))
            for to, sentence in [
                ("nobody@example.com", "Nobody is known as nobody@example.com."),
                ("team:nowhere", "There is no team called nowhere."),
                ("", "Nobody is known as ."),
            ]:
                refused = await one.ask(Pass(id=id_, request=f"p{to}", to=to))
                assert (refused.ok, refused.error) == (False, sentence)
            assert (await one.ask(Pass(id=id_, request="1", to=" Zoe@Example.com", reason="speaks Dutch"))).ok
            gone = [message for message in one.seen if isinstance(message, Update)] or [
                await one.next(Update)
            ]
            assert (gone[0].stage, gone[0].to, gone[0].reason) == (Stage.PASSED, "Zoe", "speaks Dutch")
            got = await two.next(Notification)
            assert (got.id, got.stage, got.holder, got.holder_name) == (id_, Stage.OFFERED, ZOE, "Zoe")
            assert (await one.ask(Claim(id=id_, request="2"))).error.startswith("This is offered to somebody")
            assert (await two.ask(Claim(id=id_, request="2"))).ok
            assert (await two.ask(Pass(id=id_, request="3", to="team:billing"))).ok
            assert (await one.ask(Claim(id=id_, request="4"))).ok

    stage(scene, names=spoken_name)


def test_what_a_colleague_passes_on_is_heard(stage: Any) -> None:
    """Although the filters keep what is others' away from the one to whom it goes."""

    async def scene(house: Any) -> None:
        mira, zoe = await house.pair(MIRA), await house.pair(ZOE)
        async with house.live(mira) as one, house.live(zoe) as two:
            (id_,) = await house.publish(plan=ANYBODY, routing=Routing(others={ZOE: How.OFF}))
            await one.next(Notification)
            assert (await one.ask(Pass(id=id_, request="1", to=ZOE))).ok
            assert (await two.next(Notification)).how is How.TOAST

    stage(scene)


def test_a_lead_decides_about_what_others_have(stage: Any) -> None:
    """For the teams that are led; a claim is never taken by claiming."""

    async def scene(house: Any) -> None:
        mira = await house.pair(MIRA, "billing")
        lead = await house.pair(NOOR, "billing", role=Role.LEAD, leads=("Billing",))
        other = await house.pair(ZOE, "billing", role=Role.LEAD, leads=("support",))
        async with house.live(mira) as one, house.live(lead) as two, house.live(other) as three:
            (id_,) = await house.publish(plan=ANYBODY, audience=(team_key("billing"),))
            assert (await one.ask(Claim(id=id_, request="1"))).ok
            assert (await three.ask(Release(id=id_, request="1"))).error == "You have not claimed this."
            assert (await two.ask(Claim(id=id_, request="1"))).error == "Mira was faster."
            assert (await two.ask(Release(id=id_, request="2"))).ok
            assert (await three.ask(Claim(id=id_, request="2"))).ok

    stage(scene)


@pytest.mark.parametrize("audience", [agent_key(MIRA), EVERYONE, team_key("support")])
@pytest.mark.parametrize("act", [Done, Release, partial(Pass, to="team:support")])
def test_a_lead_decides_about_what_the_teams_people_hold(stage: Any, audience: str, act: Any) -> None:
    """However it came to them, and the same request again has the same answer; for other leads it isn't so."""

    async def scene(house: Any) -> None:
        mira = await house.pair(MIRA, "billing", "support")
        lead = await house.pair(NOOR, role=Role.LEAD, leads=("billing",))
        other = await house.pair(ZOE, role=Role.LEAD, leads=("sales",))
        async with house.live(mira) as one, house.live(lead) as two, house.live(other) as three:
            (id_,) = await house.publish(plan=ANYBODY, audience=(audience,))
            assert (await one.ask(Claim(id=id_, request="1"))).ok
            assert not (await three.ask(act(id=id_, request="1"))).ok
            answers = [await two.ask(act(id=id_, request="1")) for _ in range(2)]
            assert answers == [Result(request="1", ok=True)] * 2
            assert (await house.journal.work([id_]))[id_].holder == ""

    stage(scene)


def test_a_lead_is_told_that_it_went_to_others(stage: Any) -> None:
    """What nobody has is for those to whom it went; a lead of other teams doesn't even learn of it."""

    async def scene(house: Any) -> None:
        await house.pair(MIRA, "billing")
        lead = await house.pair(NOOR, role=Role.LEAD, leads=("billing",))
        other = await house.pair(ZOE, role=Role.LEAD, leads=("sales",))
        async with house.live(lead) as two, house.live(other) as three:
            (id_,) = await house.publish(plan=ANYBODY, audience=(agent_key(MIRA),))
            (news,) = await house.publish(plan=Plan(), audience=(team_key("billing"),))
            asked = [
                Claim(id=id_, request="1"),
                Done(id=id_, request="2"),
                Pass(id=id_, request="3", to=MIRA),
            ]
            for ask in asked:
                assert (await two.ask(ask)).error == "This went to others, and not to you."
                assert (await three.ask(ask)).error == "This notification is not known any more."
            assert (await two.ask(Release(id=id_, request="4"))).error == "You have not claimed this."
            assert (await two.ask(Done(id=news, request="5"))).ok

    stage(scene)


def test_a_button_is_pressed_and_answered(stage: Any) -> None:
    """The answer is what the one who makes the calls says; a claim's lease begins anew."""
    pressed: list[Act] = []
    now = [0.0]

    async def press(device: Any, message: Act) -> str:
        pressed.append(message)
        return "" if message.action == "refund" else "There is no such button."

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(MIRA)) as one:
            (id_,) = await house.publish(plan=ANYBODY)
            assert (await one.ask(Claim(id=id_, request="1"))).until == 600.0
            now[0] = 300.0
            assert (await one.ask(Act(id=id_, request="2", action="refund"))).ok
            assert (await one.ask(Act(id=id_, request="3", action="x"))).error == "There is no such button."
            assert [message.request for message in pressed] == ["2", "3"]
            assert (await house.journal.work([id_]))[id_].until == 900.0

    stage(scene, press=press, clock=lambda: now[0])


@pytest.mark.parametrize(("what", "until"), [(Seen.OPENED, 900.0), (Seen.COPIED, 900.0), (Seen.SHOWN, 600.0)])
def test_activity_renews_a_claim(stage: Any, what: Seen, until: float) -> None:
    """Opening and copying show that somebody is at work; that a toast was painted doesn't. Nobody acts in the future."""
    now = [0.0]

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(MIRA)) as one, house.live(await house.pair(NOOR)) as two:
            (id_,) = await house.publish(plan=ANYBODY)
            assert (await one.ask(Claim(id=id_, request="1"))).ok
            now[0] = 300.0
            for desk in (one, two):
                await desk.say(Receipt(id=id_, what=what, at=9e9))
                assert not (await desk.ask(Claim(id="never", request="2"))).ok
            async with asyncio.timeout(10):
                while len(found := await house.journal.receipts_of(id_)) < 2:
                    pass
                while (work := (await house.journal.work([id_]))[id_]).until != until:
                    pass
            assert {(agent, receipt.what, receipt.at) for agent, _, receipt in found} == {
                (MIRA, what, 300.0),
                (NOOR, what, 300.0),
            }
            assert work.holder == MIRA

    stage(scene, clock=lambda: now[0])


def test_a_journal_that_is_busy_is_said_so(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request gets its answer; and the next one is served."""

    async def busy(*_: Any, **__: Any) -> Any:
        raise StorageBusy("for the test")

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(MIRA)) as one:
            (id_,) = await house.publish(plan=ANYBODY)
            with monkeypatch.context() as patch:
                patch.setattr(house.journal, "move", busy)
                answer = await one.ask(Claim(id=id_, request="1"))
                assert (answer.ok, "try again" in answer.error) == (False, True)
            with monkeypatch.context() as patch:
                patch.setattr(house.journal, "move", lambda *_, **__: 1 / 0)
                assert not (await one.ask(Claim(id=id_, request="2"))).ok
            assert house.log.of("request-failed")[0]["error"] == "ZeroDivisionError"
            assert (await one.ask(Claim(id=id_, request="1"))).ok

    stage(scene)


def test_a_full_queue_refuses_at_once(stage: Any) -> None:
    """Nothing is held without a limit, and nobody is left without an answer."""

    async def scene(house: Any) -> None:
        async with house.live(await house.pair(MIRA)) as one:
            (id_,) = await house.publish(plan=ANYBODY)
            for number in range(50):
                await one.say(Claim(id=id_, request=f"r{number}"))
            answers = [await one.next(Result) for _ in range(50)]
            assert {answer.request for answer in answers} == {f"r{number}" for number in range(50)}
            assert any(answer.ok for answer in answers)

    stage(scene, limit=2)


def test_presence_is_what_the_desktops_say(stage: Any) -> None:
    """By hello and presence; whoever closes the last socket is absent, a second desktop counts."""
    told: list[int] = []

    async def scene(house: Any) -> None:
        mira, other = await house.pair("Mira@Example.com"), await house.pair(MIRA)
        async with house.dial(mira) as one:
            await one.hello(presence=Availability.BUSY)
            await one.hear()
            assert house.presence.of(MIRA) is Availability.BUSY
            await one.say(Presence(state=Availability.AWAY))
            assert not (await one.ask(Claim(id="never", request="1"))).ok
            assert house.presence.of(MIRA) is Availability.AWAY
            async with house.live(other):
                assert house.presence.of(MIRA) is Availability.AVAILABLE
            await house.log.wait_for("device-gone")
            assert house.presence.of(MIRA) is Availability.AWAY
        await house.log.wait_for("device-gone", 2)
        assert house.presence.absent_since(MIRA) is not None
        assert len(told) == 5

    stage(scene, moved=lambda: told.append(1))


def test_a_claim_is_taken_while_a_desktop_catches_up(stage: Any) -> None:
    """The first word after hello may be a request from before the connection broke."""

    async def scene(house: Any) -> None:
        mira = await house.pair(MIRA)
        (id_,) = await house.publish(plan=ANYBODY, audience=(agent_key(MIRA), EVERYONE))
        async with house.dial(mira) as one:
            await one.hello(house.journal.epoch, 0)
            assert (await one.ask(Claim(id=id_, request="1"))).ok

    stage(scene)
