"""The commands about people's work: ``work``, ``why``, ``broadcast`` and ``people check``.

They do with the journal what the API does for an admin. A running relay follows within a second.
"""

import time
import uuid
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from relay import broadcast as told
from relay.claims import Work
from relay.command import (
    ConfigOption,
    JsonOption,
    duration,
    known_people,
    moment,
    read_settings,
    table,
    with_journal,
)
from relay.errors import ConfigError
from relay.event import lead_key, team_key
from relay.inquiry import event_at, why_event
from relay.journal.base import Journal
from relay.log import escape
from relay.people import Directory
from relay.peoplefile import read_people
from relay.places import playbook_folder
from relay.playbooks import load
from relay.protocol import OVER, Link, Priority, Stage
from relay.tomltext import file_text
from relay.why import Why

LENGTH = 60
"""Characters of a title in a table."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
people_app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="The people's file."
)


# Work


@app.command()
def work(
    *,
    stage: Annotated[list[Stage] | None, typer.Option(help="In this stage; repeat it for others.")] = None,
    team: Annotated[str, typer.Option(help="Only what this team has.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="What is over, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, newest first.")] = 20,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List what there is to do and who is on it; --stage unrouted: what reached nobody."""
    stages = tuple(stage or (() if everything else (one for one in Stage if one not in OVER)))
    keys = (team_key(team), lead_key(team)) if team else ()
    found = with_journal(
        read_settings(config), lambda journal: journal.works(limit=limit, stages=stages, keys=keys)
    )
    if json:
        for one in found:
            typer.echo(msgspec.json.encode(one).decode())
    elif found:
        table([("id", "since", "stage", "who", "priority", "title"), *map(_work_row, found)])
    else:
        typer.echo("There is nothing to do.")


def _work_row(one: Work) -> tuple[str, ...]:
    who = ", ".join(one.holders) or "-"
    return (
        one.id[:12],
        moment(one.opened_at),
        one.stage,
        escape(who, LENGTH),
        one.priority,
        escape(one.title, LENGTH),
    )


@app.command()
def why(
    event: Annotated[int, typer.Argument(min=1, help="The event's number, as `events` lists it.")],
    agent: Annotated[str, typer.Argument(help="The agent's address.")],
    config: ConfigOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Say why an agent got what an event led to, or why not: everything that was decided on the way."""
    settings = read_settings(config)
    playbooks = load(playbook_folder(settings))

    async def ask(journal: Journal) -> list[Why]:
        stored = await event_at(journal, event)
        if stored is None:
            raise ConfigError(
                "EVENT", f"{event} is not known, or was removed.", hint="See: deskbell-relay events"
            )
        directory = await known_people(settings, journal)
        return await why_event(journal, stored, agent, directory=directory, playbooks=playbooks)

    for one in with_journal(settings, ask):
        if json:
            typer.echo(msgspec.json.encode(one).decode())
            continue
        about = f"{one.playbook}: " if one.playbook else ""
        typer.echo(f"{escape(about)}{one.code}")
        for sentence in one.because:
            typer.echo(f"  {escape(sentence)}")


@app.command()
def broadcast(
    title: Annotated[str, typer.Argument(help="What everybody should know, in a line.")],
    *,
    body: Annotated[str, typer.Option(help="More about it.")] = "",
    team: Annotated[list[str] | None, typer.Option(help="Tell this team; repeat it for each.")] = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="Tell everybody.")] = False,
    priority: Annotated[Priority, typer.Option(help="How much it may disturb.")] = Priority.NORMAL,
    expires: Annotated[str, typer.Option(help="For how long it is of use: 30m, 8h, 2d.")] = "",
    name: Annotated[str, typer.Option(help="Who says so.")] = "",
    script: Annotated[
        list[str] | None,
        typer.Option(metavar="LANG=TEXT", help="What agents may say; one for each language."),
    ] = None,
    link: Annotated[str, typer.Option(metavar="LABEL=URL", help="A page about it.")] = "",
    config: ConfigOption = None,
) -> None:
    """Tell teams or everyone something, as a notification of its own type."""
    now = time.time()
    message = told.Message(
        by="",
        name=name,
        title=title,
        body=body,
        scripts=dict(_halves("--script", one, "LANG=TEXT") for one in script or ()),
        link=_link(link) if link else None,
        priority=priority,
        teams=tuple(team or ()),
        everyone=everyone,
        expires=now + duration("--expires", expires) if expires else None,
        request=uuid.uuid4().hex,
    )
    settings = read_settings(config)

    async def tell(journal: Journal) -> int:
        directory = await known_people(settings, journal)
        unknown = [one for one in message.teams if one.strip().casefold() not in directory.teams]
        if unknown:
            raise ConfigError("--team", f"there is no team called {unknown[0]!r}.")
        draft = told.broadcast(message, now, link_hosts=settings.playbooks.link_hosts)
        draft = told.routed(draft, await journal.filters(), directory, now)
        await journal.announce([draft])
        return len(directory.who(draft.audience))

    number = with_journal(settings, tell)
    typer.echo(f"Told {number} {'person' if number == 1 else 'people'}.")


def _link(text: str) -> Link:
    label, url = _halves("--link", text, "LABEL=URL")
    return Link(label=label, url=url)


def _halves(option: str, text: str, form: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (equals and left.strip() and right.strip()):
        raise ConfigError(option, f"is {form}.")
    return left.strip(), right.strip()


# People


@people_app.command("check")
def check_people(
    file: Annotated[Path | None, typer.Argument(help="A people's file. Default: the configured one.")] = None,
    config: ConfigOption = None,
) -> None:
    """Say whether the people's file is right, and who is in it."""
    chosen = file or read_settings(config).people.file
    if chosen is None:
        typer.echo("No people's file is configured; agents and teams are those that were paired.")
        return
    people = read_people(file_text(chosen), str(chosen))
    typer.echo(f"All right: {len(people.agents)} agents in {len(people.teams)} teams.")
    for team in Directory(people).teams.values():
        leads = ", ".join(team.leads) or "nobody leads it"
        typer.echo(
            f"  {escape(team.title)}: {len(Directory(people).members(team.name))} agents, {escape(leads)}"
        )
