"""The commands ``actions list``, ``show``, ``retry``, ``drop`` and ``keys``: calls to other systems.

They work beside a running relay, which finds within seconds what is to be tried again.
"""

import time
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
import typer

from relay.calls import Call, CallState, drop, retry_at_once
from relay.command import ConfigOption, JsonOption, moment, read_settings, table, with_journal
from relay.errors import ConfigError
from relay.journal.base import Journal
from relay.log import escape
from relay.outgoing import signing_keys
from relay.signing import public_key

SEARCHED = 10_000
"""Calls among which one is found by the beginning of its id."""

actions_app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="List the calls to other systems; try again, or drop, what was given up.",
)

CallArgument = Annotated[
    str, typer.Argument(help="The call as `actions list` shows it; its beginning is enough.", metavar="CALL")
]


@actions_app.command("list")
def list_calls(
    *,
    state: Annotated[CallState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=SEARCHED, help="At most so many, newest first.")] = 20,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List calls and what became of them; `--state dead` those that were given up."""
    found = with_journal(read_settings(config), lambda journal: journal.calls(limit=limit, state=state))
    if json:
        for call in found:
            typer.echo(msgspec.json.encode(call).decode())
        return
    if not found:
        typer.echo("No call." if state is None else f"No call is {state}.")
        return
    rows = [
        ("call", "asked for", "playbook", "action", "by", "host", "state", "tries", "next try", "problem")
    ]
    table(rows + [_row(call) for call in found])


@actions_app.command()
def show(call: CallArgument, config: ConfigOption = None, *, json: JsonOption = False) -> None:
    """Show a call with what is sent and what came back. Secrets are not in it, customers' data may be."""
    found = with_journal(read_settings(config), lambda journal: _find(journal, call))
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for name, value in msgspec.structs.asdict(found).items():
        if name in {"created_at", "due"}:
            text = moment(value)
        elif name == "headers":
            text = ", ".join(f"{header}: {content}" for header, content in value.items())
        else:
            text = "" if value is None else str(value)
        typer.echo(f"{name.replace('_', ' '):14}{escape(text, limit=20_000)}".rstrip())


@actions_app.command()
def retry(
    call: Annotated[str | None, typer.Argument(help="The call; its beginning is enough.")] = None,
    *,
    all_dead: Annotated[bool, typer.Option("--all", help="Every call that was given up.")] = False,
    config: ConfigOption = None,
) -> None:
    """Try again at once what was given up or dropped; the receiver sees the same call by its id."""
    if (call is None) != all_dead:
        raise ConfigError("CALL", "name one call, or --all; see: deskbell-relay actions list --state dead")

    async def again(journal: Journal) -> list[Call]:
        found = [await _find(journal, call)] if call else await _dead(journal)
        return await _keep(journal, found, lambda one: retry_at_once(one, time.time()))

    tried = with_journal(read_settings(config), again)
    typer.echo(f"To be tried again: {len(tried)}. See: deskbell-relay actions list")


@actions_app.command("drop")
def drop_call(call: CallArgument, config: ConfigOption = None) -> None:
    """Let a call not be made (any more); it stays in the list for as long as events are kept."""

    async def away(journal: Journal) -> list[Call]:
        return await _keep(journal, [await _find(journal, call)], drop)

    (dropped,) = with_journal(read_settings(config), away)
    typer.echo(f"Dropped {dropped.id} ({dropped.label}).")


@actions_app.command()
def keys(config: ConfigOption = None) -> None:
    """List the relay's own signing keys, and what receivers get of those that have a public half."""
    known = signing_keys(read_settings(config).actions)
    if not known:
        typer.echo("Calls are not signed: [actions] signing_keys is empty; see docs/actions.md")
        return
    rows = [("name", "kept in", "public half")]
    table(rows + [(secret.name or "-", secret.origin, public_key(key) or "shared") for secret, key in known])


async def _find(journal: Journal, beginning: str) -> Call:
    found = [one for one in await journal.calls(limit=SEARCHED) if one.id.startswith(beginning) and beginning]
    if len(found) != 1:
        problem = "is ambiguous" if found else "is not known"
        raise ConfigError("CALL", f"{beginning!r} {problem}; see: deskbell-relay actions list")
    return found[0]


async def _dead(journal: Journal) -> list[Call]:
    return await journal.calls(limit=SEARCHED, state=CallState.DEAD)


async def _keep(journal: Journal, found: Sequence[Call], change: Callable[[Call], Call]) -> list[Call]:
    """Store calls as they are to be; return those that were.

    Raises:
        ConfigError: one has been made already, or none is as it was when it was read.
    """
    for call in found:
        if call.state is CallState.DONE:
            raise ConfigError("CALL", f"{call.id} has been made already; making it twice may do harm.")
    changed = [(change(call), call.state) for call in found]
    kept = [call for call, was in changed if await journal.keep_call(call, {was})]
    if found and not kept:
        raise ConfigError("CALL", "something else became of it just now; see: deskbell-relay actions list")
    return kept


def _row(call: Call) -> tuple[str, ...]:
    again = moment(call.due) if call.state is CallState.WAITING else "-"
    by = call.by or "the playbook"
    about = escape(" ".join(filter(None, (call.problem, call.quote))), 200)
    made = (call.id, moment(call.created_at), call.playbook, call.action, by, call.host)
    return (*made, call.state.value, str(call.tries), again, about)
