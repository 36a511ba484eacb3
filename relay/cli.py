"""The command ``deskbell-relay``: serve, check, pair, devices, revoke, events, simulate, demo.

Commands that look at the journal work while the relay runs and while it does not. Errors are
translated here, once: a sentence on standard error and an exit status (2 for what the caller can
mend in a command or a file, 1 for the rest).
"""

import secrets
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from relay import config_pages, identity
from relay.actionplan import check as check_actions
from relay.cli_actions import actions_app
from relay.cli_desk import app as desk_app
from relay.cli_desk import people_app
from relay.cli_filters import app as filters_app
from relay.cli_playbooks import playbooks_app
from relay.cli_providers import diagnosed, doctor, in_short, providers_app, tunnel_check
from relay.cli_register import app as register_app
from relay.command import ConfigOption, JsonOption, moment, read_settings, table, with_journal
from relay.config import warnings
from relay.errors import ConfigError
from relay.event import Device, EventState, PairingCode, StoredEvent
from relay.journal.base import Journal
from relay.log import configure, escape
from relay.outgoing import signing_keys
from relay.places import playbook_folder, public_url
from relay.playbooks import texts as playbook_texts
from relay.protocol import Role
from relay.refusals import StoredRefusal
from relay.render import compiled
from relay.schemes.prepared import check_source
from relay.settings import Config

NO_EVENT = "No event yet. To send one: deskbell-relay simulate --list"

LATELY = 24 * 3600.0
"""Seconds for which the list of events points to refused requests."""

MOST_SHOWN = 20_000
"""Bytes of an event's body that are shown."""

MOST_COUNTED = 100
"""Refused requests that are counted to point to them; they may have large bodies."""

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Receive webhooks, verify them, keep them, and push them to the desktops of the people concerned.",
)

cli.add_typer(register_app)
cli.add_typer(desk_app)
cli.add_typer(filters_app, name="filters")
cli.add_typer(people_app, name="people")
cli.add_typer(actions_app, name="actions")
cli.add_typer(providers_app, name="providers")
cli.add_typer(playbooks_app, name="playbooks")
cli.command()(doctor)
cli.command("tunnel-check")(tunnel_check)


@cli.command()
def serve(config: ConfigOption = None) -> None:
    """Run the relay until it is told to stop."""
    # The other commands have no use for a server, and answer sooner without it.
    from relay import app

    settings = read_settings(config)
    app.run(settings, configure(settings.log.level, settings.log.format))


@cli.command()
def check(
    config: ConfigOption = None,
    *,
    explain: Annotated[bool, typer.Option(help="Show every key, its value and where it came from.")] = False,
) -> None:
    """Say whether the configuration, the secrets and the playbooks are right, without starting."""
    settings = read_settings(config)
    for source in settings.sources.values():
        check_source(source)
    chosen = settings.playbooks
    named = playbook_texts(playbook_folder(settings))
    playbooks = compiled(named, zone=chosen.time_zone, link_hosts=chosen.link_hosts)
    check_actions(playbooks.playbooks, settings.actions)
    signing_keys(settings.actions)
    if explain:
        typer.echo(config_pages.explain(settings))
    if not settings.sources:
        typer.echo("Note: no source is configured, so no webhook can arrive; see: deskbell-relay example")
    for sentence in warnings(settings, time.time()):
        typer.echo(f"Note: {sentence}")
    found = [_counted(len(settings.sources), "source"), _counted(len(playbooks), "playbook")]
    typer.echo(f"All right: {', '.join(found)}.")


@cli.command()
def example() -> None:
    """Print a configuration file with every key, its default and what it means."""
    typer.echo(config_pages.example())


@cli.command()
def pair(
    agent: Annotated[str, typer.Option(help="The agent's e-mail address.")],
    team: Annotated[list[str] | None, typer.Option(help="A team of the agent; repeat it for each.")] = None,
    role: Annotated[
        Role | None, typer.Option(help="What it may do; lead if --lead is given, else agent.")
    ] = None,
    lead: Annotated[list[str] | None, typer.Option(help="A team that it leads; repeat it for each.")] = None,
    config: ConfigOption = None,
) -> None:
    """Print a code that lets one desktop connect as this agent, once, within ten minutes."""
    settings = read_settings(config)
    code, invitation = identity.invite(
        agent, team or [], now=time.time(), random_bytes=secrets.token_bytes, role=role, leads=lead or []
    )
    with_journal(settings, lambda journal: journal.add_code(invitation))
    typer.echo(f"{code}")
    typer.echo(f"For {_whom(invitation)}: type it into Deskbell within 10 minutes. It works once.", err=True)
    typer.echo(f"The relay's address is {public_url(settings)}", err=True)


def _whom(invitation: PairingCode) -> str:
    """Return who is invited, with teams and role, in words."""
    teams = f" in {', '.join(invitation.teams)}" if invitation.teams else ""
    role = "" if invitation.role is Role.AGENT else f" as {_role(invitation)}"
    return f"{invitation.agent}{teams}{role}"


def _role(of: PairingCode | Device) -> str:
    """Return a role in words: ``lead of Billing``."""
    return f"{of.role} of {', '.join(of.leads)}" if of.leads else str(of.role)


@cli.command()
def devices(config: ConfigOption = None, *, json: JsonOption = False) -> None:
    """List the desktops that were paired."""
    known = with_journal(read_settings(config), lambda journal: journal.devices())
    if json:
        for device in known:
            typer.echo(_json_line(msgspec.structs.asdict(device), hide="token_hash"))
        return
    if not known:
        typer.echo("No desktop is paired yet. To invite one: deskbell-relay pair --agent NAME@EXAMPLE.COM")
        return
    rows = [("device", "agent", "teams", "role", "name", "paired", "last seen", "state")]
    rows += [
        (
            device.id,
            device.agent,
            ", ".join(device.teams) or "-",
            _role(device),
            device.name,
            moment(device.paired_at),
            moment(device.seen_at),
            f"revoked {moment(device.revoked_at)}" if device.revoked_at else "ok",
        )
        for device in known
    ]
    table(rows)


@cli.command()
def revoke(
    device: Annotated[str, typer.Argument(help="The device as `devices` lists it; its beginning is enough.")],
    config: ConfigOption = None,
) -> None:
    """Take a desktop's access away: an open connection ends within five seconds."""

    async def find_and_revoke(journal: Journal) -> str:
        known = [item for item in await journal.devices() if item.id.startswith(device) and device]
        if len(known) != 1:
            found = "is ambiguous" if known else "is not known"
            raise ConfigError("DEVICE", f"{device!r} {found}; see: deskbell-relay devices")
        if not await journal.revoke(known[0].id, time.time()):
            return f"{known[0].id} ({known[0].agent}) was revoked before."
        return f"Revoked {known[0].id} ({known[0].agent}, {known[0].name})."

    typer.echo(with_journal(read_settings(config), find_and_revoke))


@cli.command()
def events(
    *,
    source: Annotated[str | None, typer.Option(help="Only from this source.")] = None,
    state: Annotated[EventState | None, typer.Option(help="Only in this state.")] = None,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Only those whose id came again with another body.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, newest first.")] = 20,
    before: Annotated[int | None, typer.Option(min=1, help="Older than the event of this number.")] = None,
    data: Annotated[bool, typer.Option("--data", help="Show the bodies, too.")] = False,
    refused: Annotated[
        bool, typer.Option("--refused", help="The refused requests instead, and why, as the doctor says.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List what arrived and what became of it."""
    if refused:
        words = {"--state": state, "--conflicts": conflicts, "--before": before, "--data": data}
        _without([word for word, given in words.items() if given])
        _list_refused(read_settings(config), source=source, limit=limit, json=json)
        return

    async def look(journal: Journal) -> tuple[list[StoredEvent], list[StoredRefusal]]:
        found = await journal.events(
            limit=limit, source=source, state=state, before=before, conflicts=conflicts
        )
        return found, [] if json else await journal.refusals(limit=MOST_COUNTED, source=source)

    found, kept = with_journal(read_settings(config), look)
    if json:
        for stored in found:
            typer.echo(_json_line(_event_fields(stored), hide="" if data else "data"))
        return
    _list_events(found, empty="No more." if before else NO_EVENT, data=data)
    _point_to_refused(kept, source)


@cli.command()
def simulate(
    source: Annotated[str | None, typer.Argument(help="A configured source, for example: stripe")] = None,
    name: Annotated[str | None, typer.Argument(help="A sample of its provider, e.g. payment_failed")] = None,
    *,
    url: Annotated[str | None, typer.Option(help="Where to send it, if not to the configured relay.")] = None,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many, each with its own id.")] = 1,
    rate: Annotated[float, typer.Option(min=0.01, max=10_000, help="How many a second.")] = 10.0,
    show_list: Annotated[bool, typer.Option("--list", help="List the samples and the sources.")] = False,
    config: ConfigOption = None,
) -> None:
    """Send realistic, correctly signed webhooks to the relay."""
    from relay import demo

    settings = read_settings(config)
    if show_list or source is None or name is None:
        typer.echo(demo.simulate_page(settings))
        raise typer.Exit(0 if show_list else 2)
    answers = demo.simulate(settings, source, name, url=url, count=count, rate=rate)
    typer.echo(", ".join(f"{number} × {answer}" for answer, number in sorted(answers.items())))
    if any(not answer.startswith("2") for answer in answers):
        raise typer.Exit(1)


@cli.command("demo")
def show_demo(
    folder: Annotated[Path | None, typer.Option(help="Where it keeps its files.")] = None,
) -> None:
    """Start a relay and the tray app on this machine, and show a toast."""
    from relay import demo

    # However it is ended, what it started ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    raise typer.Exit(demo.run(folder))


def _list_events(found: Sequence[StoredEvent], *, empty: str, data: bool) -> None:
    if not found:
        typer.echo(empty)
        return
    rows = [("number", "time", "source", "type", "id", "state", "toasts", "detail")]
    table(rows + [_event_row(stored) for stored in found])
    if data:
        for stored in found:
            typer.echo(f"\n{stored.seq}")
            for line in stored.event.data[:MOST_SHOWN].decode(errors="replace").splitlines():
                typer.echo(escape(line.expandtabs(2), MOST_SHOWN))


def _without(words: Sequence[str]) -> None:
    """Refuse options that choose among events or show a part of them."""
    if words:
        raise ConfigError("--refused", f"can't be combined with {', '.join(words)}; that is for events.")


def _list_refused(settings: Config, *, source: str | None, limit: int, json: bool) -> None:
    kept = with_journal(settings, lambda journal: journal.refusals(limit=limit, source=source))
    rows = [("number", "time", "source", "reason", "why")]
    for stored, found in diagnosed(settings, kept):
        refusal, why = stored.refusal, in_short(found)
        if json:
            fields = {"seq": stored.seq, "at": refusal.at, "source": refusal.source, "reason": refusal.reason}
            typer.echo(_json_line({**fields, "why": why, "diagnosis": found}, hide=""))
        rows.append((str(stored.seq), moment(refusal.at), refusal.source, refusal.reason, escape(why, 300)))
    if json:
        return
    if not kept:
        of = f" of {source}" if source else ""
        typer.echo(f"No request{of} was refused, or none is kept any more.")
        return
    table(rows)
    typer.echo("What to do about them: deskbell-relay doctor SOURCE", err=True)


def _point_to_refused(kept: Sequence[StoredRefusal], source: str | None) -> None:
    since = time.time() - LATELY
    number = sum(stored.refusal.at > since for stored in kept)
    if number:
        counted = f"{_counted(number, 'request')}{' or more' if number == MOST_COUNTED else ''}"
        where = f" --source {source}" if source else ""
        see = f"deskbell-relay events --refused{where}"
        typer.echo(f"Refused in the last 24 hours and kept: {counted}; see: {see}", err=True)


def _event_row(stored: StoredEvent) -> tuple[str, ...]:
    event = stored.event
    return (
        str(stored.seq),
        moment(event.time),
        event.source,
        escape(event.type, 60),
        escape(event.id, 40),
        stored.state,
        str(stored.notifications),
        escape("; ".join(filter(None, (stored.detail, _conflicts(stored)))), 200),
    )


def _conflicts(stored: StoredEvent) -> str:
    return f"came {_counted(stored.conflicts, 'time')} with another body" if stored.conflicts else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _event_fields(stored: StoredEvent) -> dict[str, object]:
    """Return an event as one flat object; the body as text."""
    fields = {**msgspec.structs.asdict(stored), **msgspec.structs.asdict(stored.event)}
    del fields["event"]
    return {**fields, "data": stored.event.data.decode(errors="backslashreplace")}


def _json_line(fields: dict[str, object], *, hide: str) -> str:
    return msgspec.json.encode({name: value for name, value in fields.items() if name != hide}).decode()
