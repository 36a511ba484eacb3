"""What the relay keeps against what the desktop keeps, and what the providers were told, at the end."""

import asyncio
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from relay.event import EventState, StoredNotification
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Stage
from relay.settings import Config

ALL = 1_000_000
_OVER = {Stage.WITHDRAWN, Stage.EXPIRED}
_ARRIVAL = re.compile(r"^\d{10}\.\d{6}-")


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """Numbers, and what doesn't add up, in sentences."""

    answers: Counter[str]
    """Of the relay to the providers."""
    events: int
    entries: int
    shown: int
    """Entries that were on the screen, or are told as a number."""
    gaps: int
    """Notifications that the desktop was told it would never get."""
    over: int
    """Notifications that were over before they could be fetched: they don't come any more."""
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """What the relay keeps."""

    events: set[tuple[str, str]]
    pending: int
    stages: dict[str, str]
    latest: int


def reckon(settings: Config, sent: Path, inbox: Path) -> Reckoning:
    """Compare."""
    answers, accepted = _sent(sent)
    journal = asyncio.run(_journal(settings))
    rows, gaps, after = _inbox(inbox)
    stages = {str(row["id"]): str(row["stage"]) for row in rows}
    lost = journal.stages.keys() - stages.keys()
    over = {id_ for id_ in lost if journal.stages[id_] in _OVER}
    return Reckoning(
        answers=answers,
        events=len(journal.events),
        entries=len(rows),
        shown=sum(int(row["shown"]) for row in rows),
        gaps=gaps,
        over=len(over),
        problems=differences(journal, stages, accepted=accepted, gaps=gaps, after=after),
    )


def differences(
    journal: Journal,
    stages: Mapping[str, str],
    *,
    accepted: AbstractSet[tuple[str, str]],
    gaps: int,
    after: int,
) -> list[str]:
    """Say in sentences what differs; ``stages`` are the desktop's, ``gaps`` how many it was told to have missed."""
    lost, extra = journal.stages.keys() - stages.keys(), stages.keys() - journal.stages.keys()
    lost = {id_ for id_ in lost if journal.stages[id_] not in _OVER}
    other = [id_ for id_ in stages.keys() & journal.stages.keys() if stages[id_] != journal.stages[id_]]
    counted = {
        "accepted events are not in the journal": len(accepted - journal.events),
        "events were not dispatched": journal.pending,
        "notifications are at the relay and not in the inbox": max(0, len(lost) - gaps),
        "entries are in the inbox and not in the journal": len(extra),
        "entries have another stage than at the relay": len(other),
        "numbers of the journal have not been stored": max(0, journal.latest - after),
    }
    examples = {id_: (stages.get(id_), journal.stages.get(id_)) for id_ in [*other[:3], *list(lost)[:3]]}
    problems = [f"{number} {what}" for what, number in counted.items() if number]
    return [*problems, f"for example {examples}"] if problems and examples else problems


def _sent(sent: Path) -> tuple[Counter[str], set[tuple[str, str]]]:
    answers, accepted = Counter[str](), set[tuple[str, str]]()
    for line in sent.read_text(encoding="ascii").splitlines():
        request = json.loads(line)
        answers[request["answer"]] += 1
        if request["answer"].startswith("2"):
            accepted |= {(source, _steady(id_)) for source, id_ in request["ids"]}
    return answers, accepted


def _steady(id_: str) -> str:
    """Return an id without the time of arrival, which those of senders without ids begin with."""
    return _ARRIVAL.sub("", id_)


async def _journal(settings: Config) -> Journal:
    journal = await SqliteJournal.open(settings.journal.path, checkpointer=False)
    try:
        events = await journal.events(limit=ALL)
        keys = (await journal.devices())[0].audience_keys()
        published = await journal.notifications_for(keys, 0, ALL)
        ids = [each.draft.id for each in published if isinstance(each, StoredNotification)]
        works = await journal.work(ids)
        return Journal(
            events={(stored.event.source, _steady(stored.event.id)) for stored in events},
            pending=sum(stored.state is EventState.PENDING for stored in events),
            stages={id_: str(works[id_].stage) for id_ in ids},
            latest=await journal.latest_for(keys),
        )
    finally:
        await journal.close()


def _inbox(inbox: Path) -> tuple[list[sqlite3.Row], int, int]:
    db = sqlite3.connect(f"file:{inbox}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    try:
        rows = db.execute("SELECT id, stage, shown FROM entry").fetchall()
        gaps = db.execute("SELECT coalesce(sum(missed), 0) FROM gap").fetchone()[0]
        after = db.execute("SELECT max(after) FROM cursor").fetchone()[0]
    finally:
        db.close()
    return rows, gaps, after
