"""Ways of presenting, and coming back to where things stand now, over real sockets."""

from typing import Any

import pytest

from relay.claims import Move, Verb
from relay.event import EVERYONE, Mode, Plan, Published, Routing, team_key
from relay.filters import ORGANISATION, Layer, Rule
from relay.journal.sqlite import SqliteJournal
from relay.people import spoken_name
from relay.protocol import Filters, Gap, How, Notification, Ping, Pong, Role, Stage, Update, Welcome
from relay.session import Names, to_wire

ANYBODY = Plan(mode=Mode.BROADCAST)
MIRA, NOOR, ZOE = "mira@example.com", "noor@example.com", "zoe@example.com"


def test_each_gets_it_as_the_filters_say(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Toast, inbox or not at all; encoded once for each way, however many desktops there are."""
    encoded: list[How] = []

    async def scene(house: Any) -> None:
        def noted(stored: Published, how: How, names: Names) -> Any:
            encoded.append(how)
            return to_wire(stored, how, names)

        monkeypatch.setattr("relay.fanout.to_wire", noted)
        devices = [
            await house.pair(name) for name in ("Mira@Example.com", NOOR, ZOE, "a@x.example", "b@x.example")
        ]
        async with (
            house.live(devices[0]) as mira,
            house.live(devices[1]) as noor,
            house.live(devices[2]) as zoe,
            house.live(devices[3]) as one,
            house.live(devices[4]) as two,
        ):
            others = {MIRA: How.SOUND, NOOR: How.INBOX, ZOE: How.OFF}
            await house.publish(routing=Routing(how=How.TOAST, others=others))
            await house.publish()
            hows = [(await desk.next(Notification)).how for desk in (mira, noor, one, two)]
            assert hows == [How.SOUND, How.INBOX, How.TOAST, How.TOAST]
            assert (await zoe.next(Notification)).seq == 2
            await house.publish(routing=Routing(how=How.OFF, others={ZOE: How.TOAST}))
            await house.publish()
            assert await zoe.notifications(2) == [3, 4]
            assert (await one.notifications(2), await mira.notifications(2)) == ([2, 4], [2, 4])
        assert sorted(encoded[:3]) == sorted([How.SOUND, How.INBOX, How.TOAST])

    stage(scene)


def test_why_nobody_is_disturbed_is_told(stage: Any) -> None:
    """A used up noise budget and a storm, live and afterwards; nothing, if the filters want it so."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA), await house.pair(NOOR)
        others = dict.fromkeys((MIRA, NOOR), How.INBOX)
        async with house.live(mira) as ms, house.live(noor) as ns:
            await house.publish(routing=Routing(others=others, over=(MIRA,)))
            await house.publish(routing=Routing(how=How.INBOX, storm=True))
            await house.publish(routing=Routing())
            live = [[(await desk.next(Notification)).why for _ in range(3)] for desk in (ms, ns)]
        assert live == [["noise", "storm", ""], ["", "storm", ""]]
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 0)
            assert [(await desk.next(Notification)).why for _ in range(3)] == live[0]

    stage(scene)


def test_coming_back_to_what_is_off_or_over_ends_live(stage: Any) -> None:
    """What is left out at the end is a gap of none: the desktop's cursor moves, and it takes itself for live."""

    async def scene(house: Any) -> None:
        mira = await house.pair(MIRA)
        await house.publish(routing=Routing(how=How.INBOX))
        (over,) = await house.publish(plan=ANYBODY)
        await house.journal.move([Move(id=over, verb=Verb.WITHDRAW)], 0.0)
        await house.publish(routing=Routing(how=How.OFF))
        await house.publish(expires=-1.0)
        async with house.dial(mira) as desk:
            welcome = await desk.greet(house.journal.epoch, 0)
            first = await desk.hear()
            assert isinstance(first, Notification)
            assert (first.seq, first.how) == (1, How.INBOX)
            assert await desk.hear() == Gap(missed=0, after=5)
            assert welcome.latest == 5
            await desk.ack(5)
            await desk.say(Ping(latest=5))
            assert await desk.hear() == Pong(latest=5)
            await house.publish()
            assert await desk.notifications(1) == [6]

    stage(scene)


def test_what_becomes_off_while_a_desktop_goes_live_does_not_keep_it_waiting(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The welcome promised a number that the pump has not sent yet, and that is off for this agent."""

    async def scene(house: Any) -> None:
        mira = await house.pair(MIRA)
        house.journal._watchers.clear()
        await house.publish(routing=Routing(how=How.OFF))
        async with house.dial(mira) as desk:
            assert (await desk.greet(house.journal.epoch, 0)).latest == 1
            await desk.say(Ping(latest=0))
            assert await desk.hear() == Pong(latest=0)
            while house.connection(mira).session.state.value != "live":
                await house.journal.latest()
            await house.gateway.pump()
            assert await desk.hear() == Gap(missed=0, after=1)

    stage(scene)


def test_coming_back_shows_who_has_it(stage: Any) -> None:
    """By name; and of what the desktop had, the last word."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA), await house.pair(NOOR)
        (had,) = await house.publish(plan=ANYBODY)
        async with house.live(mira) as desk:
            pass
        (new,) = await house.publish(plan=ANYBODY)
        for id_ in (had, new):
            move = Move(id=id_, verb=Verb.CLAIM, by=NOOR, name="Noor", keys=noor.audience_keys())
            await house.journal.move([move], 0.0)
        async with house.dial(mira) as desk:
            await desk.greet(house.journal.epoch, 1)
            first, second = await desk.hear(), await desk.hear()
            assert isinstance(first, Notification)
            assert (first.id, first.stage, first.holder, first.holder_name) == (
                new,
                Stage.CLAIMED,
                NOOR,
                "Noor",
            )
            assert isinstance(second, Update)
            assert (second.id, second.stage, second.name) == (had, Stage.CLAIMED, "Noor")
            assert await desk.hear() == Gap(missed=0, after=4)

    stage(scene, names=spoken_name)


def test_the_welcome_says_who_one_is(stage: Any) -> None:
    """Name, role, teams that are led, and the revision of the filters."""

    async def scene(house: Any) -> None:
        lead = await house.pair(NOOR, "billing", role=Role.LEAD, leads=("billing",))
        await house.journal.keep_layer(_layer(ORGANISATION), by="y", at=0.0)
        await house.gateway.flush()
        async with house.dial(lead) as desk:
            assert await desk.greet(house.journal.epoch, 0) == Welcome(
                epoch=house.journal.epoch,
                latest=0,
                agent=NOOR,
                teams=("billing",),
                time=0.0,
                name="Noor",
                role=Role.LEAD,
                leads=("billing",),
                filters=1,
            )

    stage(scene, names=spoken_name)


def test_a_change_of_filters_is_told_to_those_whom_it_concerns(stage: Any) -> None:
    """Whoever made it, in this process or another, at the next second."""

    async def scene(house: Any) -> None:
        mira, noor = await house.pair(MIRA, "Billing"), await house.pair(NOOR)
        async with house.live(mira) as one, house.live(noor) as two:
            await house.journal.keep_layer(_layer(team_key("billing")), by="x", at=0.0)
            await house.gateway.flush()
            assert await one.hear() == Filters(revision=1, layer="team:billing", by="x")
            other = await SqliteJournal.open(house.journal._path, checkpointer=False)
            await other.keep_layer(_layer(ORGANISATION), by="y", at=0.0)
            await other.keep_layer(_layer(f"agent:{MIRA}"), by="x", at=0.0)
            await other.close()
            await house.gateway.flush()
            await house.gateway.flush()
            layers = [(await one.next(Filters)).layer for _ in range(2)]
            assert sorted(layers) == [f"agent:{MIRA}", ORGANISATION]
            assert await two.hear() == Filters(revision=3, layer=ORGANISATION, by="y")
            await house.publish(audience=(EVERYONE,))
            assert await two.notifications(1) == [1]

    stage(scene)


def _layer(name: str) -> Layer:
    return Layer(name=name, rules=(Rule(types="*", how=How.INBOX),))
