"""What the journal's tests share: an engine to open, a clock to set, records to store."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from relay.event import EVERYONE, Dispatched, Draft, Event, EventState, Mode, Plan, Rung
from relay.journal.base import Journal
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Link, Priority, Script

LIMIT_SECONDS = 60.0

CLAIMABLE = Plan(mode=Mode.BROADCAST, ladder=(Rung(after=60.0, audience=("lead:billing",), action="page"),))

Clock = Callable[[], float]

ENGINES: dict[str, Callable[[Path, Clock], Awaitable[Journal]]] = {
    "sqlite": lambda folder, clock: SqliteJournal.open(folder / "journal.db", clock=clock),
}
"""Each engine answers the same contract; a second one is a second line here."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine on a loop of its own, with a limit."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(test).parameters}
    asyncio.run(asyncio.wait_for(test(**arguments), LIMIT_SECONDS))
    return True


@pytest.fixture
def now() -> list[float]:
    """Return the time of the journal's clock, to be set by ``now[0] = ...``."""
    return [1_000.0]


@pytest.fixture(params=ENGINES)
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, now: list[float]
) -> Callable[[], AbstractAsyncContextManager[Journal]]:
    """Return how to open the one journal of this test, as often as it likes, one after the other."""
    engine = ENGINES[request.param]

    @asynccontextmanager
    async def open_journal() -> AsyncIterator[Journal]:
        journal = await engine(tmp_path, lambda: now[0])
        try:
            yield journal
        finally:
            await journal.close()

    return open_journal


@pytest.fixture
def event() -> Callable[..., Event]:
    """Return how to make an event; only the id has to be named."""

    def make(id: str, *, source: str = "shop", data: bytes = b"{}", problem: str | None = None) -> Event:  # noqa: A002 - the record's own word
        return Event(
            source=source, provider="stripe", id=id, type="order.paid", time=5.0, data=data, problem=problem
        )

    return make


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """Return how to make a draft; only the id has to be named."""

    def make(id: str, *audience: str) -> Draft:  # noqa: A002 - the record's own word
        return Draft(
            id=id,
            source="shop",
            provider="stripe",
            type="order.paid",
            priority=Priority.HIGH,
            title="Paid ✓",
            body="Thank you",
            scripts=(Script(name="call", text="Good morning"),),
            links=(Link(label="Order", url="https://example.com/1"),),
            at=5.0,
            playbook="paid",
            audience=audience or (EVERYONE,),
        )

    return make


@pytest.fixture
def notified(draft: Callable[..., Draft]) -> Callable[..., Dispatched]:
    """Return how to make the outcome of an event: one notification for each audience given."""

    def make(seq: int, *audiences: str) -> Dispatched:
        drafts = tuple(draft(f"{seq}-{number}", key) for number, key in enumerate(audiences or (EVERYONE,)))
        return Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=drafts)

    return make


@pytest.fixture
def work(draft: Callable[..., Draft]) -> Callable[..., Draft]:
    """Return how to make a draft that somebody has to take; only the id has to be named."""

    def make(id: str, *audience: str, **fields: object) -> Draft:  # noqa: A002 - the record's own word
        return replace(draft(id, *(audience or ("team:billing",))), **{"plan": CLAIMABLE, **fields})

    return make
