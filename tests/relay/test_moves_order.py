"""The rules of work among people in any order, held against what everybody has on the screen."""

from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from relay.cases import follow_up
from relay.claims import Move, Moved, Verb, judge
from relay.event import Change, Plan, agent_key
from relay.moves import apply
from relay.protocol import OVER, Stage
from tests.relay.work_desk import (
    BILLING,
    BROADCAST,
    KEYS,
    LADDER,
    NOW,
    OFFERING,
    a_draft,
    a_work,
    by,
    relay,
)


class AnyOrder(RuleBasedStateMachine):
    """Anybody does anything at any time, and what each has on the screen follows."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.seq = NOW, 1
        self.work = a_work(plan=OFFERING, stage=Stage.OFFERED, holders=("mira",), expires=NOW + 5_000)
        self.seen: dict[str, Stage] = {}
        self.passed = False
        self.show(self.work.audience)

    def show(self, keys: Sequence[str], *, revised: bool = False) -> None:
        """Send the notification as it stands; a desktop that has this revision doesn't take it again."""
        for agent, mine in KEYS.items():
            if not set(keys).isdisjoint(mine) and (revised or agent not in self.seen):
                self.seen[agent] = self.truth(agent)

    def truth(self, agent: str) -> Stage:
        others = self.work.stage is Stage.OFFERED and agent not in self.work.holders
        return Stage.PASSED if others else self.work.stage

    def hear(self, change: Change) -> None:
        for agent, mine in KEYS.items():
            if agent in self.seen and not set(change.audience).isdisjoint(mine):
                self.seen[agent] = change.stage

    def make(self, move: Move) -> Moved:
        before = self.work
        moved = apply(before, move, self.now)
        if not moved.ok:
            assert moved.work in {None, before}
            assert (moved.changes, moved.send, moved.call) == ((), (), "")
            return moved
        assert moved.work is not None
        self.work = moved.work
        changed = replace(self.work, version=0) != replace(before, version=0)
        assert self.work.version - before.version in ({1} if changed else {0, 1})
        assert set(before.audience) <= set(self.work.audience)
        assert before.open or (self.work == before)
        for change in moved.changes:
            assert change.audience
            self.hear(change)
        self.show(moved.send)
        return moved

    @rule(
        agent=st.sampled_from(sorted(KEYS)),
        verb=st.sampled_from([Verb.CLAIM, Verb.RELEASE, Verb.DONE, Verb.PASS, Verb.RENEW]),
        overrule=st.sampled_from([False, False, True]),
        to=st.sampled_from([*sorted(KEYS), "team:support", "team:billing"]),
        timed=st.booleans(),
        sees=st.booleans(),
    )
    def person(self, agent: str, verb: Verb, to: str, *, overrule: bool, timed: bool, sees: bool) -> None:
        """Somebody asks for something."""
        holder = self.work.holder
        move = by(agent, verb, overrule=overrule, sees=sees)
        if verb is Verb.PASS:
            one = to in KEYS
            move = replace(move, holders=(to,) if one else (), audience=(agent_key(to) if one else to,))
            move = replace(move, until=self.now + 100 if timed and one else None)
        moved = self.make(move)
        self.passed |= verb is Verb.PASS and moved.ok
        if verb is Verb.CLAIM and holder not in {"", agent} and not overrule:
            assert not moved.ok
        if verb is Verb.CLAIM and moved.ok and self.work.open:
            assert self.work.holder == agent

    @rule(
        verb=st.sampled_from([Verb.OFFER, Verb.OFFER, Verb.OPEN, Verb.STRAND, Verb.NOTE, Verb.CLIMB]),
        holders=st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=2, unique=True),
        audience=st.sampled_from([(), BILLING, ("team:support",), ("lead:billing",)]),
        version=st.sampled_from([None, 0, 0, -1]),
    )
    def router(self, verb: Verb, holders: list[str], audience: tuple[str, ...], version: int | None) -> None:
        """The relay decides, sometimes from a state that has changed meanwhile."""
        holder = self.work.holder
        at = None if version is None else self.work.version + version
        fields: dict[str, object] = {"version": at, "audience": audience}
        if verb is Verb.OFFER:
            fields = {"version": at, "holders": tuple(holders), "until": self.now + 30}
        moved = self.make(relay(verb, **fields))
        assert not moved.ok or version != -1
        if holder and version is None:
            assert self.work.holder == holder

    @rule(seconds=st.sampled_from([1.0, 31.0, 61.0, 601.0]))
    def clock(self, seconds: float) -> None:
        """Time passes; whatever is due is done, and then nothing is due that nobody can do."""
        self.now += seconds
        for _ in range(len(LADDER) + 2):
            move = judge(self.work, self.now)
            if move is None:
                break
            assert self.make(move).ok
        assert judge(self.work, self.now) is None
        due = self.work.due()
        assert due is None or due > self.now or self.work.offer_over(self.now)

    @rule(
        mode=st.sampled_from([Plan(), BROADCAST, OFFERING]),
        audience=st.sampled_from([BILLING, ("team:support",)]),
        playbook=st.sampled_from(["refund", "dispute"]),
    )
    def goes_on(self, mode: Plan, audience: tuple[str, ...], playbook: str) -> None:
        """The case has another event."""
        if self.work.open:
            self.seq += 1
            before = self.work
            later = a_draft(*audience, plan=mode, playbook=playbook, expires=self.now + 5_000)
            self.work, published = follow_up(before, later, self.seq, self.now)
            assert self.work.holder == before.holder
            assert set(before.audience) | set(audience) == set(published.audience)
            self.show(published.audience, revised=True)

    @invariant()
    def stands_as_it_should(self) -> None:
        """One holder when claimed, an end to each offer, nobody left holding what is over."""
        match self.work.stage:
            case Stage.CLAIMED:
                assert len(self.work.holders) == 1
                assert self.work.until is not None
            case Stage.OFFERED:
                assert self.work.holders
                assert self.work.until is not None
                assert set(self.work.holders) <= set(self.work.offered)
            case _:
                assert not self.work.holders
        assert self.work.stage is not Stage.PASSED
        assert self.work.stage not in OVER or self.work.due() is None

    @invariant()
    def all_know(self) -> None:
        """What each has on the screen is how it stands; what was passed on shows as that to those before."""
        # An offer to the one it was passed on to may lapse or be widened; those before have seen it go.
        self.passed &= self.work.stage in {Stage.NEW, Stage.OFFERED}
        given_on = self.passed or (self.work.stage is Stage.NEW and self.work.until is not None)
        for agent, stage in self.seen.items():
            # Whoever has it now may claim it and give it back; it isn't open to those before all the same.
            lost = bool(self.work.open_to) and set(self.work.open_to).isdisjoint(KEYS[agent])
            others = lost and self.work.stage is Stage.NEW and stage is Stage.PASSED
            assert stage is self.truth(agent) or given_on or others, agent


TestInAnyOrder = AnyOrder.TestCase
TestInAnyOrder.settings = settings(max_examples=80, stateful_step_count=25, deadline=None, database=None)
