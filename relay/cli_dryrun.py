"""The sub-command ``playbooks dry-run``: what the last days would have been with other playbooks."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from relay.command import ConfigOption, JsonOption, read_settings, with_journal
from relay.dryrun import Cell, Recorded, Report, dry_run
from relay.errors import ConfigError
from relay.event import StoredEvent
from relay.filters import FilterSet
from relay.identity import Registry
from relay.journal.base import Journal
from relay.log import escape, get_logger
from relay.people import Directory
from relay.places import playbook_folder
from relay.playbooks import seconds, texts
from relay.render import compiled
from relay.roster import Roster
from relay.settings import Config

PAGE = 500
MOST_EVENTS = 100_000
"""Events of one run: about as many as memory takes without anybody noticing."""


def run_dry(
    since: Annotated[str, typer.Option(help="How far back: 12h, 7d.")] = "7d",
    playbooks: Annotated[
        Path | None, typer.Option(help="Another folder of playbooks, to be tried.", show_default=False)
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="One line for each event, with the reason.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Dispatch the recorded events of a period once more, for nobody to see, and compare."""
    settings = read_settings(config)
    chosen = settings.playbooks
    named = texts(playbooks or playbook_folder(settings))
    renderer = compiled(named, zone=chosen.time_zone, link_hosts=chosen.link_hosts)
    begins = time.time() - _period(since)
    recorded, directory, filters = with_journal(settings, lambda journal: _read(journal, settings, begins))
    report = dry_run(recorded, renderer, directory, filters)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
        return
    for line in [*lines(report), *(_explained(report) if explain else ())]:
        typer.echo(escape(line))


def lines(report: Report) -> list[str]:
    """Return a report for people: a summary, and the table of types and teams."""
    summary = (
        f"{report.events} events: {report.notifications} notifications, {report.was} were sent; "
        f"{report.silent} would say nothing, {report.faults} would be faulty, "
        f"for {report.changed} it would be another playbook; {report.storms} storms."
    )
    head = ("type", "team", "was", "would", "toasts")
    rows = [head, *(_row(cell) for cell in report.cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [summary, "", *table] if report.cells else [summary]


def _row(cell: Cell) -> tuple[str, ...]:
    return (cell.type, cell.team, str(cell.was), str(cell.would), str(cell.toasts))


def _explained(report: Report) -> list[str]:
    found = [""]
    for one in report.outcomes:
        at = f"{datetime.fromtimestamp(one.time, UTC):%Y-%m-%d %H:%M:%S}"
        mark = " " if one.same else "*"
        found.append(f"{mark} {one.seq}  {at}  {one.source}  {one.type}  {' '.join(one.because)}")
    return found


def _period(text: str) -> float:
    """Read how far back.

    Raises:
        ConfigError: it isn't a number with a unit.
    """
    try:
        return seconds(text.strip())
    except (ValueError, KeyError, IndexError):
        raise ConfigError("--since", f"{text!r} is not like 12h or 7d.") from None


async def _read(
    journal: Journal, settings: Config, since: float
) -> tuple[Sequence[Recorded], Directory, FilterSet]:
    """Read events with what they led to, oldest first, and by whom they are judged today."""
    roster = Roster(Registry(), settings.people.file, get_logger())
    await roster.load(journal)
    found: list[Recorded] = []
    async for stored in _events(journal, since):
        published = await journal.notifications_of(stored.seq) if stored.notifications else []
        found.append(Recorded(stored=stored, drafts=tuple(one.draft for one in published)))
    return found[::-1], roster.directory, await journal.filters()


async def _events(journal: Journal, since: float) -> AsyncIterator[StoredEvent]:
    """Yield the events since a time, newest first."""
    before: int | None = None
    for _ in range(MOST_EVENTS // PAGE):
        page = await journal.events(limit=PAGE, before=before)
        for stored in page:
            if stored.event.time < since:
                return
            yield stored
        if len(page) < PAGE:
            return
        before = page[-1].seq
