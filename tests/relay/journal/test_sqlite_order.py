"""Any sequence of appends, publications, prunings and restarts, held against a plain model."""

import asyncio
import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from relay.event import EVERYONE, Dispatched, Draft, Event, EventState
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Priority

TEAMS = ("team:a", "team:b", EVERYONE)


class AgainstAModel(RuleBasedStateMachine):
    """A journal beside lists and dictionaries that should say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        self.runner = asyncio.Runner()
        self.time = 1_000.0
        self.names = itertools.count()
        self.ids: dict[str, tuple[int, bytes]] = {}
        self.pending: list[int] = []
        self.published: list[tuple[int, float, tuple[str, ...]]] = []
        self.stored_at: dict[int, float] = {}
        self.open()

    def open(self) -> None:
        self.journal = self.run(SqliteJournal.open(self.path, clock=lambda: self.time, checkpoint_pages=5))

    def run(self, work: Any) -> Any:
        return self.runner.run(asyncio.wait_for(work, 20))

    def teardown(self) -> None:
        self.run(self.journal.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(names=st.lists(st.sampled_from("abcdefghij"), max_size=12), data=st.sampled_from([b"1", b"2"]))
    def append(self, names: list[str], data: bytes) -> None:
        """Hand over several events at once."""

        async def together() -> list[Any]:
            return await asyncio.gather(
                *(
                    self.journal.append(
                        Event(source="s", provider="p", id=name, type="t", time=1.0, data=data)
                    )
                    for name in names
                )
            )

        for name, answer in zip(names, self.run(together()), strict=True):
            known = self.ids.get(name)
            assert answer.duplicate == (known is not None)
            assert answer.conflict == (known is not None and known[1] != data)
            if known is None:
                assert all(answer.seq > seq for seq in self.stored_at)
                self.ids[name] = (answer.seq, data)
                self.stored_at[answer.seq] = self.time
                self.pending.append(answer.seq)
            else:
                assert answer.seq == known[0]

    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        """Publish some events, pending or not, in any order, with any audiences."""
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.stored_at) or [99]), max_size=5))
        results = []
        for seq in chosen:
            audiences = data.draw(st.lists(st.lists(st.sampled_from(TEAMS)).map(tuple), max_size=3))
            drafts = tuple(self.draft(audience, next(self.names)) for audience in audiences)
            results.append(Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=drafts))
            if seq in self.pending:
                self.pending.remove(seq)
                first = len(self.published) + 1
                self.published += [(first + part, self.time, to) for part, to in enumerate(audiences)]
        self.run(self.journal.publish(results))

    @staticmethod
    def draft(audience: tuple[str, ...], name: int) -> Draft:
        return Draft(
            id=str(name),
            source="s",
            provider="p",
            type="t",
            priority=Priority.NORMAL,
            title="",
            at=1.0,
            playbook="x",
            audience=audience,
        )

    @rule(seconds=st.sampled_from([-5.0, 1.0, 10.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass, sometimes backwards."""
        self.time += seconds

    @rule(age=st.sampled_from([0.0, 3.0, 8.0]))
    def prune(self, age: float) -> None:
        """Forget what is older than some age."""
        before = self.time - age
        gone = {seq for seq, at in self.stored_at.items() if at < before and seq not in self.pending}
        self.run(self.journal.prune(before))
        self.ids = {name: kept for name, kept in self.ids.items() if kept[0] not in gone}
        self.published = [(seq, -1.0 if at < before else at, to) for seq, at, to in self.published]

    @rule()
    def restart(self) -> None:
        """Close the journal and open it again."""
        self.run(self.journal.close())
        self.open()

    @invariant()
    def says_the_same(self) -> None:
        """Every question has the model's answer."""
        assert [found.seq for found in self.run(self.journal.pending(1_000))] == self.pending
        assert self.run(self.journal.latest()) == len(self.published)
        there = [seq for seq, at, _ in self.published if at >= 0]
        assert [found.seq for found in self.run(self.journal.notifications_after(0, 1_000))] == there
        for keys in (TEAMS[:1], TEAMS):
            mine = [(seq, at) for seq, at, to in self.published if set(to) & set(keys)]
            kept = [seq for seq, at in mine if at >= 0]
            found = self.run(self.journal.notifications_for(keys, 2, 3))
            assert [one.seq for one in found] == [seq for seq in kept if seq > 2][:3]
            assert self.run(self.journal.missed(keys, 1)) == sum(at < 0 and seq > 1 for seq, at in mine)
            assert self.run(self.journal.latest_for(keys)) == max((seq for seq, _ in mine), default=0)


TestAgainstAModel = AgainstAModel.TestCase
TestAgainstAModel.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
