"""The sub-command ``playbooks dry-run``: what the last days would have been with other playbooks."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from relay import broadcast
from relay.command import ConfigOption, read_settings, with_journal
from relay.dryrun import Cell, Notice, Outcome, Recorded, Report, dry_run
from relay.errors import ConfigError, PlaybookError, every_problem
from relay.event import Draft, StoredEvent
from relay.filters import FilterSet
from relay.identity import Registry
from relay.inquiry import recent_notifications
from relay.journal.base import Journal
from relay.log import escape, get_logger
from relay.notices import DIGEST, SOURCE, STORM, UNROUTED
from relay.people import Directory
from relay.places import playbook_folder
from relay.playbooks import seconds, texts
from relay.render import Renderer, compiled
from relay.roster import Roster
from relay.settings import Config, Playbooks

OWN = (STORM, DIGEST, UNROUTED, broadcast.TYPE)
"""The types of the relay's own notifications."""
PAGE = 500
MOST_EVENTS = 100_000
"""Events of one run: about as many as memory takes without anybody noticing."""
LONGEST = 3650 * 86_400.0
WRONG = 1
"""Exit status if a playbook is wrong."""


def run_dry(
    since: Annotated[str, typer.Option(help="How far back: 12h, 7d.")] = "7d",
    playbooks: Annotated[
        Path | None, typer.Option(help="Another folder of playbooks, to be tried.", show_default=False)
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="One line for each event, with the reason.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole report as one JSON object, for programs.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Dispatch the recorded events of a period once more, for nobody to see, and compare."""
    settings = read_settings(config)
    now = time.time()
    begins = now - _period(since)
    renderer = _compiled(playbooks or playbook_folder(settings), settings.playbooks)
    read = with_journal(settings, lambda journal: _read(journal, settings, begins))
    report = dry_run(
        read.recorded, renderer, read.directory, read.filters, own=read.own, until=now, cut=read.cut
    )
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
        return
    for line in [*lines(report), *(["", *explained(report)] if explain else ())]:
        typer.echo(escape(line))


def lines(report: Report) -> list[str]:
    """Return a report for people: a summary, and the table of types and teams."""
    summary = (
        f"{report.events} events: {report.notifications} notifications, {report.was} were sent; "
        f"{report.silent} would say nothing, {report.faults} would be faulty, "
        f"{report.changed} would differ from what was; {report.storms} storms."
    )
    cut = [f"Only the newest {report.events:,} events were looked at; --since goes further back."]
    above = [summary, *(cut if report.cut else ())]
    head = ("type", "team", "was", "would", "toasts were", "toasts would", "differ")
    rows = [head, *(_row(cell) for cell in report.cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [*above, "", *table] if report.cells else above


def _row(cell: Cell) -> tuple[str, ...]:
    numbers = (cell.was, cell.would, cell.toasts_were, cell.toasts, cell.differ)
    return (cell.type, cell.team, *map(str, numbers))


def explained(report: Report) -> list[str]:
    """Return a line for each event and each of the relay's own notifications, by their times."""
    every: list[Outcome | Notice] = [*report.outcomes, *report.notices]
    every.sort(key=lambda one: one.time)
    return list(map(_line, every))


def _line(one: Outcome | Notice) -> str:
    at = f"{datetime.fromtimestamp(one.time, UTC):%Y-%m-%d %H:%M:%S}"
    mark = "*" if one.differs else " "
    said = " ".join((*one.because, *one.differs))
    if isinstance(one, Outcome):
        return f"{mark} {one.seq}  {at}  {one.source}  {one.type}  {said}"
    return f"{mark} -  {at}  {SOURCE}  {one.type}  “{one.title}”. {said}"


def _compiled(folder: Path, chosen: Playbooks) -> Renderer:
    """Compile the playbooks of a folder, or list what is wrong with them and leave."""
    try:
        return compiled(texts(folder), zone=chosen.time_zone, link_hosts=chosen.link_hosts)
    except PlaybookError as error:
        for one in every_problem(error):
            file = folder / f"{one.playbook}.toml" if one.playbook != str(folder) else folder
            where = f"{file}:{one.line}" if one.line else str(file)
            typer.echo(escape(": ".join(filter(None, (where, one.field, one.problem))), 1000), err=True)
        raise typer.Exit(WRONG) from None


def _period(text: str) -> float:
    """Read how far back, in seconds.

    Raises:
        ConfigError: it isn't a number with a unit, or no time back.
    """
    try:
        found = seconds(text.strip())
    except (ValueError, KeyError, IndexError):
        found = 0.0
    if not 0 < found <= LONGEST:
        raise ConfigError("--since", f"{text!r} is not like 12h or 7d.")
    return found


class _Read(NamedTuple):
    """What was recorded, oldest first, and by whom and what it is judged today."""

    recorded: Sequence[Recorded]
    own: Sequence[Draft]
    directory: Directory
    filters: FilterSet
    cut: bool


async def _read(journal: Journal, settings: Config, since: float) -> _Read:
    roster = Roster(Registry(), settings.people.file, get_logger())
    await roster.load(journal)
    found: list[Recorded] = []
    cut = False
    async for stored in _events(journal, since):
        if len(found) == MOST_EVENTS:
            cut, since = True, found[-1].stored.event.time
            break
        published = await journal.notifications_of(stored.seq) if stored.notifications else []
        found.append(Recorded(stored=stored, drafts=tuple(one.draft for one in published)))
    own = [
        one.draft
        for one in await recent_notifications(journal, since)
        if one.draft.type in OWN and one.draft.source == SOURCE
    ]
    return _Read(found[::-1], own, roster.directory, await journal.filters(), cut=cut)


async def _events(journal: Journal, since: float) -> AsyncIterator[StoredEvent]:
    """Yield the events since a time, newest first."""
    before: int | None = None
    while page := await journal.events(limit=PAGE, before=before):
        for stored in page:
            if stored.event.time < since:
                return
            yield stored
        before = page[-1].seq
