"""The commands ``playbooks check``, ``test``, ``preview`` and ``dry-run``: what playbooks would say.

Mounted so: ``cli.add_typer(playbooks_app, name="playbooks")``.
"""

import itertools
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from relay import actionplan, samples
from relay.circles import strangers
from relay.cli_dryrun import run_dry
from relay.command import CONFIG_PLACES, ConfigOption, read_settings, with_journal
from relay.errors import ConfigError, PlaybookError, every_problem
from relay.event import Draft, Event, EventState, StoredEvent
from relay.identity import Registry
from relay.journal.base import Journal
from relay.log import escape, get_logger
from relay.people import Directory
from relay.places import playbook_folder
from relay.playbooks import texts
from relay.render import Renderer, compiled
from relay.resources import resource
from relay.roster import Roster
from relay.settings import Actions, Config, Playbooks
from relay.shown import faulty, lines

WRONG = 1
"""Exit status if a playbook is wrong, or an agent would see a fault or a placeholder."""

FolderArgument = Annotated[
    Path | None,
    typer.Argument(help="A folder of playbooks. Default: the configured one.", show_default=False),
]

playbooks_app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Look at playbooks before they are used.",
)
playbooks_app.command("dry-run")(run_dry)


@playbooks_app.command("check")
def check_playbooks(folder: FolderArgument = None, config: ConfigOption = None) -> None:
    """Say everything that is wrong with a folder of playbooks, with file and line.

    With a configuration, actions are looked at as well: whether its `[actions]` lets them be called. And
    where people are known, teams and agents to which nobody belongs are named; they are no mistake yet.
    """
    place, chosen = _chosen(folder, config)
    renderer = _compiled(place, chosen)
    if _configured(config):
        settings = read_settings(config)
        _callable(place, renderer, settings.actions)
        _name_strangers(place, renderer, _directory(settings))
    typer.echo(f"All right: {len(renderer)} playbook{'' if len(renderer) == 1 else 's'} in {place}")


@playbooks_app.command("test")
def try_playbooks(
    folder: FolderArgument = None,
    *,
    only: Annotated[str | None, typer.Option(help="Only this playbook.", show_default=False)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only what is wrong.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show what agents would see of every sample; exit 1 at a fault or a missing word."""
    place, chosen = _chosen(folder, config)
    renderer = _compiled(place, chosen)
    if only is not None and only not in [playbook.name for playbook in renderer.playbooks]:
        raise ConfigError("--only", f"there is no playbook {only!r} in {place}")
    tried: set[str] = set()
    wrong = 0
    for stored in _events(samples.listed()):
        rendered = renderer.render(stored)
        used = {draft.playbook for draft in rendered.dispatched.drafts}
        if rendered.dispatched.state is EventState.UNMATCHED or (only is not None and only not in used):
            continue
        tried |= used
        wrong += faulty(rendered)
        if faulty(rendered) or not quiet:
            typer.echo(f"{', '.join(sorted(used))}: the sample {stored.event.id}")
            _show(lines(rendered))
        for one, other in _colliding(rendered.dispatched.drafts):
            typer.echo(
                f"{one} and {other}: the sample {stored.event.id}: both name the same case with collapse, "
                "so one takes the other's place at once; give one a key of its own, or take one out"
            )
    names = [only] if only else [playbook.name for playbook in renderer.playbooks]
    for name in sorted(set(names) - tried):
        typer.echo(f"{name}: there is no sample that it wants")
    typer.echo(
        f"{len(tried)} of {len(names)} playbooks tried, {wrong} sample{'' if wrong == 1 else 's'} wrong"
    )
    if wrong:
        raise typer.Exit(WRONG)


@playbooks_app.command("preview")
def preview_event(
    event: Annotated[int, typer.Option(help="The number of a stored event, as `events` lists it.")],
    *,
    playbook: Annotated[
        Path | None, typer.Option(help="Only this file, which need not be in use.", show_default=False)
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Show what the present playbooks, or another one, make of an event. Nobody is sent anything."""
    settings = read_settings(config)
    place = playbook_folder(settings) if playbook is None else playbook.parent
    named = None if playbook is None else [(playbook.stem, _text(playbook))]
    renderer = _compiled(place, settings.playbooks, named)
    rendered = renderer.render(with_journal(settings, lambda journal: _stored(journal, event)))
    _show(lines(rendered))
    if faulty(rendered):
        raise typer.Exit(WRONG)


def _chosen(folder: Path | None, config: Path | None) -> tuple[Path, Playbooks]:
    """Return the folder and the settings that hold for it; a folder can be looked at without any."""
    if folder is not None and not _configured(config):
        return folder, Playbooks()
    settings = read_settings(config)
    return folder or playbook_folder(settings), settings.playbooks


def _configured(config: Path | None) -> bool:
    return config is not None or any(place.exists() for place in CONFIG_PLACES)


def _callable(folder: Path, renderer: Renderer, actions: Actions) -> None:
    """Say which action could never be called with these settings, and leave."""
    try:
        actionplan.check(renderer.playbooks, actions)
    except PlaybookError as error:
        where = f"{folder / error.playbook}.toml"
        typer.echo(escape(f"{where}: {error.field}: {error.problem}", 1000))
        raise typer.Exit(WRONG) from None


def _directory(settings: Config) -> Directory:
    """Return the people of the file and, if there is a journal, of the desktops."""
    roster = Roster(Registry(), settings.people.file, get_logger())
    if settings.journal.path.exists():
        with_journal(settings, roster.load)
    return roster.directory


def _name_strangers(folder: Path, renderer: Renderer, directory: Directory) -> None:
    """Warn of teams and agents to which nobody belongs; without any people there is nothing to say."""
    if not directory.people:
        return
    for playbook in renderer.playbooks:
        for place, said in strangers(playbook, directory):
            typer.echo(escape(f"{folder / playbook.name}.toml: {place}: warning: {said}", 1000))


def _compiled(folder: Path, chosen: Playbooks, named: Sequence[tuple[str, str]] | None = None) -> Renderer:
    """Compile a folder's playbooks, or others by name and text; or list what is wrong and leave."""
    try:
        found = texts(folder) if named is None else named
        return compiled(found, zone=chosen.time_zone, link_hosts=chosen.link_hosts)
    except PlaybookError as error:
        if error.playbook == str(folder):  # no file of it is wrong, but the folder
            raise
        for one in every_problem(error):
            where = f"{folder / one.playbook}.toml{f':{one.line}' if one.line else ''}"
            typer.echo(escape(": ".join(filter(None, (where, one.field, one.problem))), 1000))
        raise typer.Exit(WRONG) from None


def _colliding(drafts: Sequence[Draft]) -> Iterator[tuple[str, str]]:
    """Yield playbooks that speak for one event about the same case: only the last of them would be seen."""
    for one, other in itertools.combinations(drafts, 2):
        if one.collapse and one.collapse == other.collapse and one.playbook != other.playbook:
            yield one.playbook, other.playbook


def _events(listed: Sequence[tuple[str, str]]) -> Sequence[StoredEvent]:
    """Return every sample as an event that has just come in; the source is called as its folder."""
    found = []
    for number, (folder, name) in enumerate(listed, 1):
        sample = samples.load(folder, name, resource("samples"))
        now = time.time()
        body, _ = samples.fresh(sample, now, str(uuid.uuid4()))
        event = Event(
            source=folder,
            provider=sample.card.provider,
            id=f"{folder} {name}",
            type=sample.card.type,
            time=now,
            data=samples.event_data(body),
        )
        found.append(StoredEvent(seq=number, event=event, state=EventState.PENDING))
    return found


async def _stored(journal: Journal, number: int) -> StoredEvent:
    found = await journal.events(limit=1, before=number + 1)
    if not found or found[0].seq != number:
        raise ConfigError("--event", f"there is no event {number}; see: deskbell-relay events")
    return found[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError("--playbook", f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError("--playbook", f"{file} cannot be read: it is no text in UTF-8") from None


def _show(shown: Iterable[str]) -> None:
    for line in shown:
        typer.echo(escape(line, 1000))
    typer.echo()
