"""The journal beside which the commands are typed, with one agent in it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_bytes
from typing import TypeVar

from relay import identity
from relay.event import Dispatched, Draft, Event, EventState, Mode, Plan
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Priority

Result = TypeVar("Result")

MIRA = "mira@example.com"


def with_journal(folder: Path, use: Callable[[SqliteJournal], Awaitable[Result]]) -> Result:
    """Use the journal that the commands use."""

    async def work() -> Result:
        journal = await SqliteJournal.open(folder / "journal.db")
        try:
            return await use(journal)
        finally:
            await journal.close()

    return asyncio.run(work())


async def pair(journal: SqliteJournal) -> None:
    """Let Mira, of Billing, have a laptop."""
    now = time.time()
    code, record = identity.invite(MIRA, ["Billing"], now=now, random_bytes=token_bytes)
    await journal.add_code(record)
    device = identity.new_device("laptop", "t", now=now, random_bytes=token_bytes)
    await journal.redeem(code.id, identity.hash_secret(code.secret), device, now)


async def publish(journal: SqliteJournal) -> None:
    """Let a failed payment come to Billing."""
    now = time.time()
    event = Event(source="shop", provider="x", id="e1", type="payment.failed", time=now, data=b"{}")
    seq = (await journal.append(event)).seq
    draft = Draft(
        id="n1",
        source="shop",
        provider="x",
        type="payment.failed",
        priority=Priority.HIGH,
        title="A payment failed",
        at=now,
        playbook="payment-failed",
        audience=("team:billing",),
        plan=Plan(mode=Mode.BROADCAST),
    )
    await journal.publish([Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=(draft,))])
