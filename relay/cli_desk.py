"""The commands about people's work: ``work``, ``why``, ``broadcast``, ``filters …`` and ``people check``.

They do with the journal what the API does for an admin. A running relay follows within a second.
"""

import getpass
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from relay import broadcast as told
from relay.claims import Work
from relay.command import ConfigOption, JsonOption, moment, read_settings, table, with_journal
from relay.errors import ConfigError
from relay.event import lead_key, team_key
from relay.filter_changes import check_change
from relay.filters import Cell, FilterSet, Layer, Lock, Relation, Rule, effective
from relay.inquiry import event_at, preview_filters, why_event
from relay.journal.base import Journal
from relay.log import escape
from relay.people import Directory, People
from relay.peoplefile import read_people
from relay.places import playbook_folder
from relay.playbooks import load, seconds
from relay.protocol import OVER, How, Priority, Role, Stage
from relay.settings import Config
from relay.tomltext import file_text
from relay.why import Why

LENGTH = 60
"""Characters of a title in a table."""

LayerArgument = Annotated[str, typer.Argument(help="organisation, team:billing or agent:mira@example.com")]
PatternArgument = Annotated[
    str, typer.Argument(help="Types or playbooks, as a pattern of file names: payment-*")
]
HowArgument = Annotated[How, typer.Argument(help="How it comes.")]
RelationOption = Annotated[Relation, typer.Option(help="Only what concerns the agent so.")]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
filters_app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who sees which types how, and who decides.",
)
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
        directory = await _directory(settings, journal)
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
    config: ConfigOption = None,
) -> None:
    """Tell teams or everyone something, as a notification of its own type."""
    now = time.time()
    message = told.Message(
        by="",
        name=name,
        title=title,
        body=body,
        priority=priority,
        teams=tuple(team or ()),
        everyone=everyone,
        expires=now + _duration("--expires", expires) if expires else None,
        request=uuid.uuid4().hex,
    )
    settings = read_settings(config)

    async def tell(journal: Journal) -> int:
        directory = await _directory(settings, journal)
        unknown = [one for one in message.teams if one.strip().casefold() not in directory.teams]
        if unknown:
            raise ConfigError("--team", f"there is no team called {unknown[0]!r}.")
        draft = told.routed(told.broadcast(message, now), await journal.filters(), directory, now)
        await journal.announce([draft])
        return len(directory.who(draft.audience))

    number = with_journal(settings, tell)
    typer.echo(f"Told {number} {'person' if number == 1 else 'people'}.")


# Filters


@filters_app.command("show")
def show_filters(
    agent: Annotated[str, typer.Option(help="What the layers come to for this agent, and why.")] = "",
    config: ConfigOption = None,
) -> None:
    """List the layers with their rules, or how each kind of notification comes to one agent."""
    settings = read_settings(config)
    held, directory = with_journal(settings, lambda journal: _held(settings, journal))
    typer.echo(f"Revision {held.revision}.")
    if agent:
        _show_effective(settings, held, directory, agent.strip().casefold())
        return
    rows = [(layer.name, *_rule_row(rule)) for layer in held.layers for rule in layer.rules]
    if rows:
        table([("layer", "types", "relation", "how", "until", "locked by", "why"), *rows])
    for layer in held.layers:
        if layer.budget is not None:
            typer.echo(f"{escape(layer.name)}: at most {layer.budget} toasts an hour for each agent.")


def _rule_row(rule: Rule) -> tuple[str, ...]:
    lock = (rule.lock.by, rule.lock.why) if rule.lock else ("-", "-")
    until = moment(rule.until)
    return (escape(rule.types), rule.relation, rule.how, until, escape(lock[0]), escape(lock[1], 80))


def _show_effective(settings: Config, held: FilterSet, directory: Directory, agent: str) -> None:
    if agent not in directory.people:
        raise ConfigError("--agent", f"nobody is known as {agent!r}.")
    teams, now = directory.teams_of(agent), time.time()
    rows = [("playbook", "relation", "how", "because")]
    for playbook in load(playbook_folder(settings)):
        for relation in Relation:
            if relation is not Relation.ANY:
                cell = Cell(
                    playbook=playbook.name,
                    type=playbook.when.types[0],
                    priority=playbook.priority,
                    relation=relation,
                )
                said = effective(held, cell, agent=agent, teams=teams, now=now)
                rows.append((playbook.name, relation, said.how, escape(said.because[-1], 120)))
    table(rows)


@filters_app.command("set")
def set_filter(
    layer: LayerArgument,
    types: PatternArgument,
    how: HowArgument,
    *,
    relation: RelationOption = Relation.ANY,
    lasting: Annotated[str, typer.Option("--for", help="Only for so long: 2h, 7d.")] = "",
    config: ConfigOption = None,
) -> None:
    """Store a rule; it takes the place of the one about the same types and relation."""
    until = time.time() + _duration("--for", lasting) if lasting else None
    _store(config, layer, Rule(types=types, relation=relation, how=how, until=until))


@filters_app.command("lock")
def lock_filter(
    layer: LayerArgument,
    types: PatternArgument,
    how: HowArgument,
    *,
    why: Annotated[str, typer.Option(help="What those are told who would like it otherwise.")],
    relation: RelationOption = Relation.ANY,
    config: ConfigOption = None,
) -> None:
    """Store a rule about which the layers below can't decide otherwise."""
    lock = Lock(by=getpass.getuser(), why=why, at=time.time())
    _store(config, layer, Rule(types=types, relation=relation, how=how, lock=lock))


@filters_app.command("unset")
def unset_filter(
    layer: LayerArgument,
    types: PatternArgument,
    *,
    relation: RelationOption = Relation.ANY,
    config: ConfigOption = None,
) -> None:
    """Remove a rule, and its lock."""
    _store(config, layer, Rule(types=types, relation=relation, how=How.INBOX), remove=True)


@filters_app.command("preview")
def preview_filter(
    layer: LayerArgument,
    types: PatternArgument,
    how: HowArgument,
    *,
    relation: RelationOption = Relation.ANY,
    days: Annotated[float, typer.Option(min=0.01, max=90, help="The last so many days.")] = 7,
    config: ConfigOption = None,
) -> None:
    """Say what a rule would have done to the notifications of the last days. Nothing is stored."""
    settings, now = read_settings(config), time.time()

    async def ask(journal: Journal) -> Sequence[str]:
        held, directory = await _held(settings, journal)
        wanted = _with_rule(held, layer, Rule(types=types, relation=relation, how=how))
        found = await preview_filters(journal, wanted, directory=directory, days=days, now=now)
        return found.sentences

    for sentence in with_journal(settings, ask) or ["Nothing would have been otherwise."]:
        typer.echo(escape(sentence))


def _store(config: Path | None, name: str, rule: Rule, *, remove: bool = False) -> None:
    settings, now = read_settings(config), time.time()

    async def change(journal: Journal) -> int | None:
        held, directory = await _held(settings, journal)
        wanted = _with_rule(held, name, rule, remove=remove)
        _check(held, wanted, directory, now)
        return await journal.keep_layer(wanted, by=getpass.getuser(), at=now, expected=held.revision)

    revision = with_journal(settings, change)
    if revision is None:
        raise ConfigError("LAYER", "somebody else has changed the filters meanwhile; try again.")
    typer.echo(f"Stored as revision {revision}.")


def _with_rule(held: FilterSet, name: str, rule: Rule, *, remove: bool = False) -> Layer:
    """Return a layer with a rule in the place of the one about the same."""
    name = name.strip().casefold()
    before = next((one for one in held.layers if one.name == name), Layer(name=name))
    same = (rule.types, rule.relation)
    others = tuple(one for one in before.rules if (one.types, one.relation) != same)
    if remove and len(others) == len(before.rules):
        raise ConfigError("TYPES", f"{name} has no such rule; see: deskbell-relay filters show")
    return replace(before, rules=others if remove else (*others, rule))


def _check(held: FilterSet, wanted: Layer, directory: Directory, now: float) -> None:
    """Refuse what an admin can't do either.

    Raises:
        ConfigError: a lock forbids it, or there is no such layer.
    """
    kind, _, who = wanted.name.partition(":")
    known = {"organisation": not who, "team": who in directory.teams, "agent": who in directory.people}
    if not known.get(kind, False):
        raise ConfigError("LAYER", f"{wanted.name!r} is none: organisation, team:NAME or agent:ADDRESS.")
    teams = directory.teams_of(who) if kind == "agent" else ()
    problems = check_change(held, wanted, by="", role=Role.ADMIN, leads=(), teams=teams, now=now)
    if problems:
        raise ConfigError("LAYER", " ".join(problems))


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


async def _held(settings: Config, journal: Journal) -> tuple[FilterSet, Directory]:
    return await journal.filters(), await _directory(settings, journal)


async def _directory(settings: Config, journal: Journal) -> Directory:
    """Return the people as the relay knows them."""
    file = settings.people.file
    people = read_people(file_text(file), str(file)) if file else People()
    return Directory(people, await journal.devices())


def _duration(option: str, text: str) -> float:
    """Read a duration such as ``2h``.

    Raises:
        ConfigError: it is none.
    """
    try:
        found = seconds(text)
    except (ValueError, KeyError, IndexError):
        found = 0.0
    if not 0 < found <= 3650 * 86_400:
        raise ConfigError(option, "is a number and a unit: 30m, 8h, 2d.")
    return found
