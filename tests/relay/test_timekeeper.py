"""The durable clock: on time, once, by the present state, whatever happens to the system's clock."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.typing import FilteringBoundLogger

from relay.addressing import Addressing
from relay.calls import Call
from relay.claims import Move, Moved, Verb, Work
from relay.dispatch import Dispatcher
from relay.errors import StorageBusy
from relay.event import (
    EVERYONE,
    Device,
    Dispatched,
    Draft,
    Event,
    EventState,
    Mode,
    PairingCode,
    Plan,
    Reach,
    Rung,
    StoredChange,
    StoredNotification,
    agent_key,
)
from relay.filters import FilterSet, Layer, Rule
from relay.hours import Hours, read_hours
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.people import Directory, People, Person
from relay.presence import Presence
from relay.protocol import Availability, How, Priority, Stage
from relay.render import Renderer
from relay.resends import Resends
from relay.roster import Roster
from relay.steadyclock import SteadyClock
from relay.timekeeper import ABSENT_SECONDS, PAGE, ROUND_SECONDS, Timekeeper

BEGAN = 1_000_000.0
MIRA, NOOR, ZOE = "mira@example.com", "noor@example.com", "zoe@example.com"
LADDER = (
    Rung(after=60.0, again=True),
    Rung(after=120.0, audience=("team:leads",)),
    Rung(after=180.0, action="ring"),
)


class Log:
    """What the clock logs."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Mapping[str, Any]]] = []

    def _add(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    info = warning = error = _add


class Office:
    """A journal, a clock that stands still until it is told, and people."""

    def __init__(self, journal: SqliteJournal, machine: list[float], clock: SteadyClock) -> None:
        self.journal, self.machine, self.clock, self.log = journal, machine, clock, Log()
        self.presence = Presence(clock())
        self.signed_in: set[str] | None = {MIRA, NOOR, ZOE}
        agents = {agent: Person(agent=agent, name=agent[:4]) for agent in (MIRA, NOOR, ZOE)}
        self.directory = Directory(People(agents=agents))
        self.called = 0
        self.keeper = self.new_keeper()

    def new_keeper(self, **options: Any) -> Timekeeper:
        """Make a timekeeper, as after a restart."""
        settings: dict[str, Any] = {"build": _call, "called": self.note_call}
        return Timekeeper(
            self.journal,
            self.presence,
            cast(FilteringBoundLogger, self.log),
            clock=self.clock,
            people=lambda: self.directory,
            signed_in=lambda: self.signed_in,
            **(settings | options),
        )

    def note_call(self) -> None:
        self.called += 1

    def come(self, *agents: str) -> None:
        for agent in agents:
            self.presence.say(agent, f"{agent}/1", Availability.AVAILABLE)

    def pass_time(self, seconds: float) -> None:
        """Let both clocks go on."""
        self.machine[0] += seconds
        self.machine[1] += seconds

    def set_clock(self, seconds: float) -> None:
        """Set the wall clock."""
        self.machine[0] += seconds

    async def publish(self, id_: str = "n1", **fields: Any) -> None:
        event = Event(source="s", provider="p", id=id_, type="t", time=0.0, data=b"{}")
        stored = await self.journal.append(event)
        whole: dict[str, Any] = {
            "id": id_, "source": "s", "provider": "p", "type": "t", "priority": Priority.NORMAL, "title": "T",
            "at": 0.0, "playbook": "p", "audience": (EVERYONE,), "plan": Plan(mode=Mode.BROADCAST),
        }  # fmt: skip
        draft = Draft(**(whole | fields))
        await self.journal.publish(
            [Dispatched(event_seq=stored.seq, state=EventState.NOTIFIED, drafts=(draft,))]
        )

    async def move(self, verb: Verb, by: str, id_: str = "n1") -> Moved:
        (moved,) = await self.journal.move([Move(id=id_, verb=verb, by=by, keys=(EVERYONE,))], self.clock())
        return moved

    async def work(self, id_: str = "n1") -> Work:
        return (await self.journal.work([id_]))[id_]

    async def changes(self) -> list[tuple[Stage, bool, str]]:
        """Return what was told: stage, whether it is to be shown again, and the reason."""
        found = await self.journal.notifications_after(0, 100)
        told = [stored.change for stored in found if isinstance(stored, StoredChange)]
        return [(change.stage, change.again, change.reason) for change in told]


async def _call(work: Work, action: str, request: str) -> Call | None:
    return Call(
        id=f"{work.id}/{action}/{request}", notification=work.id, playbook="p", action=action, label="Ring",
        url="https://example.com", created_at=0.0, due=0.0,
    )  # fmt: skip


Scene = Callable[[Office], Awaitable[None]]


@pytest.fixture
def office(tmp_path: Path) -> Callable[[Scene], None]:
    """Give a function that plays a scene in an office of its own."""

    def play(scene: Scene) -> None:
        async def whole() -> None:
            machine = [BEGAN, 5.0]
            clock = SteadyClock(lambda: machine[0], lambda: machine[1])
            journal = await SqliteJournal.open(tmp_path / "journal.db", clock=clock)
            try:
                async with asyncio.timeout(60):
                    await scene(Office(journal, machine, clock))
            finally:
                await journal.close()

        asyncio.run(whole())

    return play


def test_the_ladder_is_climbed_to_the_second(office: Callable[[Scene], None]) -> None:
    """Shown again, then to the leads, then an action: each at its time, and none before."""

    async def scene(desk: Office) -> None:
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        assert await desk.keeper.look() == BEGAN + 10.0  # the round about people comes first
        for step, seconds in enumerate((60.0, 120.0, 180.0)):
            desk.pass_time(seconds - 0.5 - (desk.clock() - BEGAN))
            await desk.keeper.look()
            assert (await desk.work()).step == step
            desk.pass_time(0.5)
            await desk.keeper.look()
            assert (await desk.work()).step == step + 1
        assert (await desk.changes())[0] == (Stage.NEW, True, "")
        assert "team:leads" in (await desk.work()).audience
        (call,) = await desk.journal.calls(limit=10)
        assert (call.action, desk.called) == ("ring", 1)

    office(scene)


def test_it_is_skipped_when_somebody_has_acted(office: Callable[[Scene], None]) -> None:
    """And begins anew when they give it back."""

    async def scene(desk: Office) -> None:
        desk.come(MIRA)
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        desk.pass_time(50.0)
        await desk.move(Verb.CLAIM, MIRA)
        desk.pass_time(200.0)
        await desk.keeper.look()
        assert (await desk.work()).step == 0
        await desk.move(Verb.RELEASE, MIRA)
        desk.pass_time(59.0)
        await desk.keeper.look()
        assert (await desk.work()).step == 0
        desk.pass_time(1.0)
        await desk.keeper.look()
        assert (await desk.work()).step == 1

    office(scene)


def test_what_came_due_while_the_relay_was_down_is_done_once(office: Callable[[Scene], None]) -> None:
    """All rungs whose time has come, in order, and a second timekeeper does none of them again."""

    async def scene(desk: Office) -> None:
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        desk.pass_time(1000.0)
        await desk.new_keeper().look()
        await desk.new_keeper().look()
        assert (await desk.work()).step == 3
        assert len(await desk.changes()) == 1
        assert len(await desk.journal.calls(limit=10)) == 1

    office(scene)


def test_a_lease_ends_and_expiry_comes(office: Callable[[Scene], None]) -> None:
    """A claim without activity goes back to everybody; what is of no use any more goes."""

    async def scene(desk: Office) -> None:
        desk.come(MIRA)
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, lease=600.0), expires=BEGAN + 700.0)
        await desk.move(Verb.CLAIM, MIRA)
        desk.pass_time(599.0)
        await desk.keeper.look()
        assert (await desk.work()).holder == MIRA
        desk.pass_time(1.0)
        await desk.keeper.look()
        desk.pass_time(100.0)
        await desk.keeper.look()
        assert [(stage, reason) for stage, _, reason in await desk.changes()] == [
            (Stage.CLAIMED, ""),
            (Stage.NEW, "lease"),
            (Stage.EXPIRED, ""),
        ]

    office(scene)


OFFER = Plan(mode=Mode.OFFER, offer=30.0, chain=(Reach(keys=(EVERYONE,), present="connected"),))


def test_an_offer_goes_from_one_to_the_next(office: Callable[[Scene], None]) -> None:
    """Whoever doesn't take it, or gives it back, isn't asked again; at the end the leads are told."""

    async def scene(desk: Office) -> None:
        desk.come(MIRA, NOOR, ZOE)
        await desk.publish(
            audience=(agent_key(MIRA),), plan=OFFER, stage=Stage.OFFERED, holders=(MIRA,), until=BEGAN + 30.0
        )
        desk.pass_time(30.0)
        await desk.keeper.look()
        second = (await desk.work()).holders
        assert second in {(NOOR,), (ZOE,)}
        await desk.move(Verb.RELEASE, second[0])
        await desk.keeper.look()
        (third,) = (await desk.work()).holders
        assert {MIRA, *second, third} == {MIRA, NOOR, ZOE}
        await desk.move(Verb.CLAIM, third)
        desk.pass_time(600.0)
        await desk.keeper.look()
        assert (await desk.work()).stage is Stage.UNROUTED

    office(scene)


def test_the_next_offer_is_by_the_filters_of_its_moment(
    office: Callable[[Scene], None], tmp_path: Path
) -> None:
    """Whoever has switched it off since the last event isn't offered it."""
    file = tmp_path / "people.toml"
    file.write_text("".join(f'[agents."{agent}"]\n' for agent in (MIRA, NOOR)))

    async def scene(desk: Office) -> None:
        roster = Roster(Registry(), file, get_logger())
        addressing = Addressing(roster.directory, desk.presence, FilterSet(), now=desk.clock())
        dispatcher = Dispatcher(
            desk.journal, Renderer([]), get_logger(), addressing=addressing, roster=roster, clock=desk.clock
        )
        keeper = desk.new_keeper(resends=Resends(addressing), learn=dispatcher.learn)
        desk.come(MIRA, NOOR)
        await desk.publish(
            audience=(agent_key(MIRA),), plan=OFFER, stage=Stage.OFFERED, holders=(MIRA,), until=BEGAN + 30.0
        )
        off = Layer(name=f"agent:{NOOR}", rules=(Rule(types="*", how=How.OFF),))
        await desk.journal.keep_layer(off, by=NOOR, at=0.0)
        desk.pass_time(30.0)
        await keeper.look()
        assert ((await desk.work()).stage, (await desk.work()).holders) == (Stage.UNROUTED, ())

    office(scene)


def test_what_is_not_due_is_not_decided_about(office: Callable[[Scene], None]) -> None:
    """The clock looks after each thing that is stored: people and filters are read when they are needed."""

    async def scene(desk: Office) -> None:
        learnt: list[float] = []

        async def learn() -> None:
            learnt.append(desk.clock() - BEGAN)

        keeper = desk.new_keeper(learn=learn)
        await keeper.look()
        assert learnt == [0.0]  # its first round
        desk.pass_time(1.0)
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=(Rung(after=5.0, again=True),)))
        await keeper.look()
        assert learnt == [0.0]
        desk.pass_time(5.0)
        await keeper.look()
        assert learnt == [0.0, 6.0]

    office(scene)


def test_whoever_comes_gets_what_had_nobody(office: Callable[[Scene], None]) -> None:
    """As soon as the clock hears of it."""

    async def scene(desk: Office) -> None:
        await desk.publish(plan=OFFER, stage=Stage.UNROUTED)
        await desk.keeper.look()
        assert (await desk.work()).stage is Stage.UNROUTED
        desk.come(NOOR)
        desk.keeper.people_moved()
        await desk.keeper.look()
        assert (await desk.work()).holders == (NOOR,)

    office(scene)


def test_who_is_done_with_one_gets_the_next_that_had_nobody(office: Callable[[Scene], None]) -> None:
    """One at a time and the oldest first, without anybody having to come or go."""

    async def scene(desk: Office) -> None:
        for number in range(3):
            await desk.publish(f"n{number}", plan=OFFER, stage=Stage.UNROUTED)
        desk.come(NOOR)
        desk.keeper.people_moved()
        for number in range(3):
            desk.pass_time(ROUND_SECONDS)
            await desk.keeper.look()
            held = [(await desk.work(f"n{one}")).holders for one in range(3)]
            assert held == [(NOOR,) if one == number else () for one in range(3)]
            await desk.move(Verb.CLAIM, NOOR, f"n{number}")
            await desk.move(Verb.DONE, NOOR, f"n{number}")

    office(scene)


def test_what_was_let_pass_is_not_offered_in_turns(office: Callable[[Scene], None]) -> None:
    """Whoever doesn't take it isn't asked every ten seconds; when somebody comes, all are asked again."""

    async def scene(desk: Office) -> None:
        desk.come(NOOR)
        await desk.publish(
            audience=(agent_key(NOOR),), plan=OFFER, stage=Stage.OFFERED, holders=(NOOR,), until=BEGAN + 30.0
        )
        for _ in range(9):
            desk.pass_time(ROUND_SECONDS)
            await desk.keeper.look()
        assert (await desk.work()).stage is Stage.UNROUTED
        assert len(await desk.changes()) == 1
        desk.come(ZOE)
        await desk.keeper.look()
        desk.pass_time(ROUND_SECONDS)
        await desk.keeper.look()
        assert (await desk.work()).holders == (ZOE,)
        desk.pass_time(30.0)
        await desk.keeper.look()
        assert (await desk.work()).holders == (NOOR,)

    office(scene)


@pytest.mark.parametrize("what", ["shift", "skill"])
def test_a_shift_that_begins_and_a_new_skill_find_what_waits(
    office: Callable[[Scene], None], what: str
) -> None:
    """Within ten seconds, although nobody has come or gone."""

    async def scene(desk: Office) -> None:
        hours = read_hours("daily 00:00-24:00", "UTC")
        before = Person(agent=NOOR, name="Noor", hours=Hours(spans=()) if what == "shift" else hours)
        after = Person(agent=NOOR, name="Noor", hours=hours, skills=frozenset({"dutch"}))
        desk.directory = Directory(People(agents={NOOR: before}))
        desk.come(NOOR)
        asks = Reach(
            keys=(EVERYONE,),
            skills=("Dutch",) if what == "skill" else (),
            present="on-shift" if what == "shift" else "any",
        )
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, chain=(asks,)), stage=Stage.UNROUTED)
        desk.keeper.people_moved()
        await desk.keeper.look()
        assert (await desk.work()).stage is Stage.UNROUTED
        desk.directory = Directory(People(agents={NOOR: after}))
        desk.pass_time(ROUND_SECONDS)
        await desk.keeper.look()
        assert ((await desk.work()).stage, (await desk.work()).route) == (Stage.NEW, 0)

    office(scene)


def test_however_much_had_nobody_none_of_it_is_left(office: Callable[[Scene], None]) -> None:
    """More than a page of it is opened to whoever comes, in the order in which it has waited."""

    async def scene(desk: Office) -> None:
        plan = Plan(mode=Mode.BROADCAST, chain=OFFER.chain)
        count = PAGE + 30
        for number in range(count):
            await desk.publish(f"n{number}", plan=plan, stage=Stage.UNROUTED, audience=("lead:*",))
        desk.come(MIRA)
        desk.keeper.people_moved()
        await desk.keeper.look()
        assert await desk.journal.unrouted(after=0, limit=1) == []
        sent = await desk.journal.notifications_for([agent_key(MIRA)], 0, 3 * count)
        ids = [stored.draft.id for stored in sent if isinstance(stored, StoredNotification)]
        assert ids == [f"n{number}" for number in range(count)]

    office(scene)


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_clock_that_is_set_neither_fires_nor_delays_anything(
    office: Callable[[Scene], None], seconds: float
) -> None:
    """Ladder, lease and absence go on as if nothing had happened; a line in the log says that it did."""

    async def scene(desk: Office) -> None:
        desk.come(MIRA)
        await desk.publish("n1", plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        await desk.publish("n2")
        await desk.move(Verb.CLAIM, MIRA, "n2")
        desk.presence.leave(MIRA, f"{MIRA}/1", desk.clock())
        desk.pass_time(50.0)
        desk.set_clock(seconds)
        await desk.keeper.look()
        assert (await desk.work("n1")).step == 0
        desk.pass_time(9.0)
        await desk.keeper.look()
        assert (await desk.work("n1")).step == 0
        desk.pass_time(1.0)
        await desk.keeper.look()
        assert (await desk.work("n1")).step == 1
        desk.pass_time(ABSENT_SECONDS - 60.5)
        await desk.keeper.look()
        assert (await desk.work("n2")).holder == MIRA
        desk.pass_time(10.5)
        await desk.keeper.look()
        assert (await desk.work("n2")).stage is Stage.NEW
        told = [fields for event, fields in desk.log.lines if event == "clock-was-set"]
        assert told == [{"seconds": seconds, "timers": 2}]

    office(scene)


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_clock_that_is_set_neither_hurries_nor_stalls_a_call(
    office: Callable[[Scene], None], seconds: float
) -> None:
    """What is to be tried again in five seconds is due in five seconds by the new time, too."""

    async def scene(desk: Office) -> None:
        due = desk.clock() + 5.0
        call = Call(
            id="c1",
            notification="n1",
            playbook="p",
            action="mail",
            label="",
            url="https://x.example",
            created_at=desk.clock(),
            tries=1,
            due=due,
        )
        await desk.journal.add_calls([call])
        desk.set_clock(seconds)
        await desk.keeper.look()
        desk.pass_time(4.0)
        assert await desk.journal.calls_due(desk.clock(), 10) == []
        desk.pass_time(1.0)
        assert [one.due for one in await desk.journal.calls_due(desk.clock(), 10)] == [due + seconds]

    office(scene)


def test_a_suspended_computer_has_not_had_its_clock_set(office: Callable[[Scene], None]) -> None:
    """Time has passed, and what was due in it is done."""

    async def scene(desk: Office) -> None:
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        await desk.keeper.look()
        desk.pass_time(8 * 3600.0)
        await desk.keeper.look()
        assert (await desk.work()).step == 3
        assert not [event for event, _ in desk.log.lines if event == "clock-was-set"]

    office(scene)


def test_a_busy_journal_leaves_the_clock_where_it_was(
    office: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next look moves the timers."""

    async def busy(_: float) -> int:
        raise StorageBusy("for the test")

    async def scene(desk: Office) -> None:
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=LADDER))
        desk.set_clock(3600.0)
        with monkeypatch.context() as patch:
            patch.setattr(desk.journal, "shift", busy)
            with pytest.raises(StorageBusy):
                await desk.keeper.look()
        assert desk.clock() == BEGAN
        await desk.keeper.look()
        assert ((await desk.work()).step, desk.clock()) == (0, BEGAN + 3600.0)

    office(scene)


def test_absence_and_sign_out_give_claims_back(office: Callable[[Scene], None]) -> None:
    """After two minutes, or at once; whoever comes back in time keeps them; offers have their own time."""

    async def scene(desk: Office) -> None:
        desk.come(MIRA, NOOR, ZOE)
        for id_, agent in (("n1", MIRA), ("n2", NOOR), ("n3", ZOE)):
            await desk.publish(id_)
            await desk.move(Verb.CLAIM, agent, id_)
        desk.presence.leave(MIRA, f"{MIRA}/1", desk.clock())
        desk.presence.leave(NOOR, f"{NOOR}/1", desk.clock())
        desk.signed_in = {MIRA, NOOR}
        desk.keeper.people_moved()
        await desk.keeper.look()
        desk.pass_time(100.0)
        desk.come(NOOR)
        await desk.keeper.look()
        desk.pass_time(21.0)
        await desk.keeper.look()
        stages = {id_: (await desk.work(id_)).stage for id_ in ("n1", "n2", "n3")}
        assert stages == {"n1": Stage.NEW, "n2": Stage.CLAIMED, "n3": Stage.NEW}
        reasons = [reason for stage, _, reason in await desk.changes() if stage is Stage.NEW]
        assert reasons == ["signed-out", "absent"]

    office(scene)


def test_whoever_claims_without_a_desktop_is_absent_from_then_on(office: Callable[[Scene], None]) -> None:
    """Over the API, hours after the last desktop left: two minutes, counted anew when they claim it again."""

    async def scene(desk: Office) -> None:
        desk.pass_time(9000.0)
        await desk.publish()
        await desk.move(Verb.CLAIM, MIRA)
        for seconds in (ABSENT_SECONDS - 1.0, ABSENT_SECONDS - 1.0):
            desk.pass_time(seconds)
            await desk.keeper.look()
            assert (await desk.work()).holder == MIRA
            await desk.move(Verb.CLAIM, MIRA)
        desk.pass_time(1.0)
        desk.set_clock(3600.0)
        await desk.keeper.look()
        assert (await desk.work()).holder == MIRA
        desk.pass_time(ABSENT_SECONDS - 1.0)
        await desk.keeper.look()
        assert (await desk.work()).stage is Stage.NEW

    office(scene)


def test_who_is_connected_is_written_down(office: Callable[[Scene], None]) -> None:
    """When they come and once a minute, so that a relay that starts again knows who was there."""

    async def scene(desk: Office) -> None:
        code = PairingCode(id="c", secret_hash=b"x", agent=MIRA, teams=(), expires_at=2 * BEGAN, tries_left=1)
        await desk.journal.add_code(code)
        device = Device(id=f"{MIRA}/1", agent="", teams=(), name="d", token_hash=b"t", paired_at=0.0)
        await desk.journal.redeem("c", b"x", device, BEGAN)
        desk.come(MIRA)
        seen = []
        for _ in range(8):
            await desk.keeper.look()
            (known,) = await desk.journal.devices()
            seen.append((known.seen_at or 0.0) - BEGAN)
            desk.pass_time(ROUND_SECONDS)
        assert seen == [0.0] * 6 + [60.0] * 2

    office(scene)


def test_nobody_has_signed_out_before_the_devices_are_known(office: Callable[[Scene], None]) -> None:
    """A relay that starts takes nothing from those whom it hasn't heard of yet."""

    async def scene(desk: Office) -> None:
        await desk.publish()
        await desk.move(Verb.CLAIM, MIRA)
        desk.signed_in = None
        await desk.keeper.look()
        assert (await desk.work()).holder == MIRA

    office(scene)


def test_one_that_cannot_be_decided_holds_up_no_other(office: Callable[[Scene], None]) -> None:
    """A mistake of ours is told in the log; the clock goes on and asks again later."""

    async def broken(work: Work, action: str, request: str) -> Call | None:
        raise ZeroDivisionError

    async def scene(desk: Office) -> None:
        await desk.publish("n1", plan=Plan(mode=Mode.BROADCAST, ladder=(Rung(after=1.0, action="ring"),)))
        await desk.publish("n2", plan=Plan(mode=Mode.BROADCAST, ladder=(Rung(after=2.0, again=True),)))
        desk.pass_time(5.0)
        keeper = desk.new_keeper(build=broken)
        assert await keeper.look() == desk.clock() + 1.0
        assert ((await desk.work("n1")).step, (await desk.work("n2")).step) == (0, 1)
        assert ("clock-failed", {"id": "n1", "error": "ZeroDivisionError"}) in desk.log.lines

    office(scene)


def test_it_sleeps_until_something_is_due_and_wakes_when_told(tmp_path: Path) -> None:
    """By real clocks: within the second of its time, without looking at the journal meanwhile."""

    async def whole() -> None:
        journal = await SqliteJournal.open(tmp_path / "journal.db")
        clock = SteadyClock()
        desk = Office(journal, [], clock)
        running = asyncio.create_task(desk.keeper.run())
        climbed = asyncio.Event()
        journal.watch(climbed.set)
        await desk.publish(plan=Plan(mode=Mode.BROADCAST, ladder=(Rung(after=1.5, again=True),)))
        async with asyncio.timeout(20):
            while (work := await desk.work()).step == 0:
                climbed.clear()
                await climbed.wait()
        assert 1.5 <= work.changed_at - work.opened_at < 2.5
        running.cancel()
        await asyncio.wait([running])
        await journal.close()

    asyncio.run(whole())
