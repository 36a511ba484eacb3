"""Journals with a long history, and dispatch in front of them.

The first thousand notifications are made as the relay makes them, of short playbooks; the rest are
copies of their rows, each with a number, an id and a case of its own: a million in the proper way
would take minutes.
"""

import asyncio
import itertools
import shutil
import time
from pathlib import Path

import apsw
import uvloop
from msgspec.structs import replace

from bench import office
from relay import log
from relay.addressing import Addressing
from relay.dispatch import BATCH, Dispatcher
from relay.event import Event
from relay.filters import FilterSet
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.people import Directory
from relay.roster import Roster

MADE = 1_000
EVENTS = 1_000
"""Dispatched in one round."""
BEYOND = 10_000_000
"""Numbers of what is dispatched begin here, beyond those of any history."""

_COPIES = "WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :copies)"
_COPY = (
    """INSERT INTO event (seq, source, id, provider, type, time, problem, stored_at, data)
       SELECT seq + n * :made, source, id || '-' || n, provider, type, time, problem, stored_at, data
       FROM copy, event WHERE seq <= :made ORDER BY n, seq""",
    """INSERT INTO outcome (event, state, detail, notifications)
       SELECT event + n * :made, state, detail, notifications
       FROM copy, outcome WHERE event <= :made ORDER BY n, event""",
    """INSERT INTO published (seq, published_at, event, kind, body)
       SELECT seq + n * :made, published_at, event + n * :made, kind, body
       FROM copy, published WHERE seq <= :made ORDER BY n, seq""",
    """INSERT INTO recipient (key, seq, first)
       SELECT key, seq + n * :made, first FROM recipient, copy WHERE seq <= :made ORDER BY key, n, seq""",
    """INSERT INTO work (id, seq, stage, holder, collapse, due, changed_at, state)
       SELECT id || '-' || n, seq + n * :made, stage, holder, collapse || '-' || n, due, changed_at, state
       FROM copy, work WHERE seq <= :made ORDER BY n, seq""",
    """INSERT INTO work_key (key, stage, seq)
       SELECT key, stage, seq + n * :made
       FROM work_key, copy WHERE seq <= :made ORDER BY key, stage, n, seq""",
    """INSERT INTO step (work, step)
       SELECT work || '-' || n, step FROM copy, step WHERE number <= :made ORDER BY n, number""",
)
_GROWN = "UPDATE life SET latest = latest * (:copies + 1), settled = settled * (:copies + 1)"


def fill(folder: Path, count: int, agents: int) -> float:
    """Make a journal with ``count`` notifications, a multiple of :data:`MADE`; return its GB."""
    folder.mkdir(parents=True)
    file = folder / "journal.db"
    asyncio.run(_make(file, agents))
    connection = apsw.Connection(str(file))
    connection.execute(
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA foreign_keys = OFF; BEGIN"
    )
    asked = {"made": MADE, "copies": count // MADE - 1}
    for statement in _COPY:
        connection.execute(f"{_COPIES} {statement}", asked)
    connection.execute(_GROWN, {"copies": asked["copies"]})
    connection.pragma("journal_mode", "WAL")
    known = connection.execute("SELECT count(*) FROM published").get
    connection.close()
    if known != count:
        raise RuntimeError(f"the journal has {known} notifications")
    return file.stat().st_size / 1e9


async def _make(file: Path, agents: int) -> None:
    journal = await SqliteJournal.open(file)
    try:
        for layer in office.filters(agents).layers:
            await journal.keep_layer(layer, by="measure", at=office.NOW)
        renderer = office.library(len(office.SITUATIONS), short=True)
        addressing = Addressing(
            office.directory(agents), office.presence(agents), FilterSet(), now=office.NOW
        )
        small = [replace(event, data=b'{"data":{"id":"%d"}}' % n) for n, event in enumerate(_events(0, MADE))]
        await journal.append_all(small)
        while pending := await journal.pending(BATCH):
            rendered = [renderer.render(stored) for stored in pending]
            await journal.publish(
                [addressing.address(one.dispatched, one.asked, office.NOW) for one in rendered]
            )
    finally:
        await journal.close()


def measure(folder: Path, rounds: int, playbooks: int, agents: int) -> list[tuple[float, float]]:
    """Dispatch from and to a journal; return for each round events a second, and µs of all threads for each.

    The time between batches is that of a calm day: nothing storms.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(folder / "journal.db", rounds, playbooks, agents))


async def _measure(file: Path, rounds: int, playbooks: int, agents: int) -> list[tuple[float, float]]:
    journal = await SqliteJournal.open(file)
    try:
        dispatcher = _dispatcher(journal, playbooks, agents)
        taken = []
        for number in range(rounds + 1):
            await journal.append_all(_events(BEYOND + number * EVENTS, EVENTS))
            begun, busy = time.monotonic(), time.process_time()
            while await dispatcher._round():  # noqa: SLF001 - the part of its task that ends
                pass
            seconds, busy = time.monotonic() - begun, time.process_time() - busy
            taken.append((EVENTS / seconds, 1e6 * busy / EVENTS))
        return taken[1:]
    finally:
        await journal.close()


def _dispatcher(journal: SqliteJournal, playbooks: int, agents: int) -> Dispatcher:
    registry, batches = Registry(), itertools.count()
    registry.load(office.devices(agents))
    logger = log.get_logger()
    roster = Roster(registry, None, logger)
    presence = office.presence(agents)
    addressing = Addressing(Directory(roster.people), presence, FilterSet(), now=office.NOW)
    return Dispatcher(
        journal,
        office.library(playbooks),
        logger,
        addressing=addressing,
        roster=roster,
        # Asked two or three times a batch of a hundred events.
        clock=lambda: office.NOW + 500.0 * next(batches),
    )


def _events(first: int, count: int) -> list[Event]:
    return [stored.event for stored in office.events(count, first=first)]


def remove(folder: Path) -> None:
    """Give back the disk's room."""
    shutil.rmtree(folder, ignore_errors=True)
