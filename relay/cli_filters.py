"""The commands about filters: ``filters show``, ``set``, ``lock``, ``unset``, ``budget`` and ``preview``.

They do with the journal what the API does for an admin. A running relay follows within a second.
"""

import getpass
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from relay.command import ConfigOption, duration, known_people, moment, read_settings, table, with_journal
from relay.errors import ConfigError
from relay.filter_changes import MAX_BUDGET, above, check_change, check_layer, teams_of_owner
from relay.filters import Cell, FilterSet, Layer, Lock, Relation, Rule, effective
from relay.inquiry import preview_filters
from relay.journal.base import Journal
from relay.log import escape
from relay.people import Directory
from relay.places import playbook_folder
from relay.playbooks import load
from relay.protocol import How, Role
from relay.settings import Config

LayerArgument = Annotated[str, typer.Argument(help="organisation, team:billing or agent:mira@example.com")]
PatternArgument = Annotated[
    str, typer.Argument(help="Types or playbooks, as a pattern of file names: payment-*")
]
HowArgument = Annotated[How, typer.Argument(help="How it comes.")]
RelationOption = Annotated[Relation, typer.Option(help="Only what concerns the agent so.")]

Change = Callable[[Layer], Layer]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who sees which types how, and who decides.",
)


@app.command("show")
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
                said = effective(held, cell, agent=agent, teams=teams, now=now, named=directory)
                rows.append((playbook.name, relation, said.how, escape(said.because[-1], 120)))
    table(rows)


@app.command("set")
def set_filter(
    layer: LayerArgument,
    types: PatternArgument,
    how: HowArgument,
    *,
    relation: RelationOption = Relation.ANY,
    lasting: Annotated[str, typer.Option("--for", help="Only for so long: 2h, 7d.")] = "",
    config: ConfigOption = None,
) -> None:
    """Store a rule; it takes the place of the one about the same types and relation, if that isn't locked."""
    until = time.time() + duration("--for", lasting) if lasting else None
    rule = Rule(types=types, relation=relation, how=how, until=until)
    _store(config, layer, lambda before: _with(_unlocked(before, rule), rule))


@app.command("lock")
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
    lock = Lock(by=_who(), why=why, at=time.time())
    rule = Rule(types=types, relation=relation, how=how, lock=lock)
    _store(config, layer, lambda before: _with(before, rule))


@app.command("unset")
def unset_filter(
    layer: LayerArgument,
    types: PatternArgument,
    *,
    relation: RelationOption = Relation.ANY,
    config: ConfigOption = None,
) -> None:
    """Remove a rule, and its lock."""
    _store(config, layer, lambda before: _without(before, types, relation))


@app.command("budget")
def set_budget(
    layer: LayerArgument,
    number: Annotated[
        int | None, typer.Argument(min=0, max=MAX_BUDGET, help="Unsaid: what the layers above say.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Store how many toasts an hour each agent takes, before the less pressing ones wait in the inbox."""
    _store(config, layer, lambda before: replace(before, budget=number))


@app.command("preview")
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
    rule = Rule(types=types, relation=relation, how=how)

    async def ask(journal: Journal) -> Sequence[str]:
        held, directory = await _held(settings, journal)
        wanted = _with(_unlocked(_layer(held, layer), rule), rule)
        _check(held, wanted, directory, now)
        found = await preview_filters(journal, wanted, directory=directory, days=days, now=now)
        return found.sentences

    for sentence in with_journal(settings, ask) or ["Nothing would have been otherwise."]:
        typer.echo(escape(sentence))


def _store(config: Path | None, name: str, change: Change) -> None:
    settings, now = read_settings(config), time.time()

    async def keep(journal: Journal) -> int | None:
        held, directory = await _held(settings, journal)
        wanted = change(_layer(held, name))
        _check(held, wanted, directory, now)
        binding = above(wanted.name, teams_of_owner(wanted.name, directory))
        return await journal.keep_layer(wanted, by=_who(), at=now, expected=held.revision, above=binding)

    revision = with_journal(settings, keep)
    if revision is None:
        raise ConfigError("LAYER", "somebody else has changed the filters meanwhile; try again.")
    typer.echo(f"Stored as revision {revision}.")


def _layer(held: FilterSet, name: str) -> Layer:
    name = name.strip().casefold()
    return next((one for one in held.layers if one.name == name), Layer(name=name))


def _with(before: Layer, rule: Rule) -> Layer:
    """Return a layer with a rule in the place of the one about the same."""
    others = (one for one in before.rules if not _same(one, rule.types, rule.relation))
    return replace(before, rules=(*others, rule))


def _without(before: Layer, types: str, relation: Relation) -> Layer:
    """Return a layer without the rule about some types.

    Raises:
        ConfigError: there is none.
    """
    others = tuple(one for one in before.rules if not _same(one, types, relation))
    if len(others) == len(before.rules):
        raise ConfigError("TYPES", f"{before.name} has no such rule; see: deskbell-relay filters show")
    return replace(before, rules=others)


def _unlocked(before: Layer, rule: Rule) -> Layer:
    """Return the layer, if no lock would be lost by storing a rule.

    Raises:
        ConfigError: the rule about the same is locked.
    """
    for one in before.rules:
        if one.lock and _same(one, rule.types, rule.relation):
            raise ConfigError(
                "TYPES",
                f"{one.types} is locked by {one.lock.by}: {one.lock.why}",
                hint="Change it with: deskbell-relay filters lock; take the lock away with: filters unset",
            )
    return before


def _same(rule: Rule, types: str, relation: Relation) -> bool:
    return (rule.types, rule.relation) == (types, relation)


def _check(held: FilterSet, wanted: Layer, directory: Directory, now: float) -> None:
    """Refuse what an admin can't do either.

    Raises:
        ConfigError: a lock forbids it, it can't be a layer, or there is no such layer.
    """
    kind, _, who = wanted.name.partition(":")
    known = {"organisation": not who, "team": who in directory.teams, "agent": who in directory.people}
    if not known.get(kind, False):
        raise ConfigError("LAYER", f"{wanted.name!r} is none: organisation, team:NAME or agent:ADDRESS.")
    teams = teams_of_owner(wanted.name, directory)
    problems = check_change(held, wanted, by="", role=Role.ADMIN, leads=(), teams=teams, now=now)
    problems = problems or check_layer(held, wanted, now=now)
    if problems:
        raise ConfigError("LAYER", " ".join(problems))


async def _held(settings: Config, journal: Journal) -> tuple[FilterSet, Directory]:
    return await journal.filters(), await known_people(settings, journal)


def _who() -> str:
    """Return who types this; in a container the user may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
