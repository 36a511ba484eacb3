"""The commands about providers: ``providers``, ``doctor``, ``tunnel-check``.

They are mounted so: ``cli.add_typer(providers_app, name="providers")``, ``cli.command()(doctor)``
and ``cli.command("tunnel-check")(tunnel_check)``.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup

from relay import keypairs, provider_pages, tunnels
from relay.command import ConfigOption, JsonOption, read_settings, with_journal
from relay.config import Config
from relay.conformance import judge_row, known
from relay.doctor import Diagnosis, diagnose, diagnose_refusal
from relay.errors import ConfigError
from relay.log import escape
from relay.recorded import MAX_FILE, read_http, read_rows
from relay.refusals import StoredRefusal
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.provider import Provider
from relay.schemes.providers import PROVIDERS
from relay.schemes.recipe import nearest

UNKNOWN = "unknown-provider"
"""The reason of a recorded request whose provider has no row."""

MISSED = 1
MALFORMED = 2


class _NamesAsCommands(TyperGroup):
    """``providers stripe`` is short for ``providers show stripe``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take a word that is no command for the name of a provider."""
        known_words = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if known_words else ["show", *args])


providers_app = typer.Typer(
    cls=_NamesAsCommands,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    invoke_without_command=True,
)


@providers_app.callback()
def providers(
    context: typer.Context,
    *,
    json: JsonOption = False,
    table: Annotated[bool, typer.Option("--table", help="As the tables of docs/providers.md.")] = False,
) -> None:
    """List the providers; `providers NAME` shows one, `providers verify FILE` judges recorded requests."""
    if context.invoked_subcommand is not None:
        return
    if table:
        typer.echo(provider_pages.table(PROVIDERS))
        return
    if json:
        for name, row in PROVIDERS.items():
            typer.echo(msgspec.json.encode(provider_pages.page(name, row)).decode())
        return
    for line in provider_pages.listing(PROVIDERS):
        typer.echo(line)
    typer.echo("\nMore about one: deskbell-relay providers NAME")


@providers_app.command()
def show(
    name: Annotated[str, typer.Argument(help="A provider, for example: stripe")], *, json: JsonOption = False
) -> None:
    """Show how a provider signs, and how to set it up here and there."""
    found = provider_pages.page(name, _row(name))
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for line in provider_pages.lines(found):
        typer.echo(line)


@providers_app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A JSON list of recorded requests.")],
) -> None:
    """Judge recorded requests with the code behind the door: one JSON line each, 1 if one is unexpected."""
    missed, complaints = 0, 0
    for entry in read_rows(_content(file)):
        if isinstance(entry, str):
            complaints += 1
            typer.echo(f"{file}: {entry}", err=True)
            continue
        line, unmet = judged(entry)
        typer.echo(line)
        if unmet:
            missed += 1
            typer.echo(f"{file}: {entry['id']}: {unmet}", err=True)
    if complaints:
        raise typer.Exit(MALFORMED)
    if missed:
        raise typer.Exit(MISSED)


def judged(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return what became of a recorded request as a line of JSON, and what of its expectation is missed."""
    result = judge_row(row)
    reason = result.reason if known(row) else UNKNOWN
    fields: dict[str, Any] = {"id": result.id, "verdict": result.verdict, "reason": reason}
    if result.response is not None:
        fields["response"] = result.response
    return msgspec.json.encode(fields).decode(), result.unmet


@providers_app.command()
def keypair(
    name: Annotated[str, typer.Argument(help="A provider that signs with a private key, e.g. sendgrid")],
    file: Annotated[Path, typer.Argument(help="Where the public key goes; the private one beside it.")],
) -> None:
    """Make a key pair to try a provider with: `simulate` signs if the source's secret is that file."""
    row = _row(name)
    public, private = keypairs.write_pair(name, row, file)
    typer.echo(f'{public}: the public key, for secret = "file:{public}"')
    typer.echo(f"{private}: the private key, with which deskbell-relay simulate signs")
    typer.echo("Replace it by the provider's own key before you let it in.", err=True)


def doctor(
    source: Annotated[str, typer.Argument(help="A configured source, for example: stripe")],
    *,
    request: Annotated[
        Path | None, typer.Option(help="A saved request: request line, headers, empty line, body.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When it arrived, e.g. 2026-03-01T12:00:00Z; else its Date header.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many refused requests to look at.")] = 5,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say why a source's requests are refused: its last ones, or one that was saved to a file."""
    settings = read_settings(config)
    prepared, others = _prepared(settings, source), settings.sources.values()
    if request is not None:
        now = time.time() if at is None else _time(at)
        delivery = read_http(_content(request), source, now)
        if at is not None:
            delivery = msgspec.structs.replace(delivery, received_at=now)
        found = [diagnose(delivery, prepared, delivery.received_at, neighbours=others)]
    else:
        kept = with_journal(settings, lambda journal: journal.refusals(limit=limit, source=source))
        found = [diagnosis for _, diagnosis in diagnosed(settings, kept)]
    for diagnosis in found:
        for line in _json_lines(diagnosis) if json else _report(diagnosis):
            typer.echo(line)
    if not found and not json:
        typer.echo(f"No request of {source} was refused, or none is kept any more.")
    if any(not diagnosis.accepted for diagnosis in found):
        raise typer.Exit(1)


def diagnosed(settings: Config, kept: Sequence[StoredRefusal]) -> Iterator[tuple[StoredRefusal, Diagnosis]]:
    """Say of each refused request what the doctor says, though its source may be gone by now.

    :class:`ConfigError` if one of their sources can't be used as it is configured.
    """
    names = {one.refusal.source for one in kept} & settings.sources.keys()
    prepared = {name: check_source(settings.sources[name]) for name in names}
    for one in kept:
        refusal = one.refusal
        if refusal.source in prepared:
            found = diagnose_refusal(refusal, prepared[refusal.source], settings.sources.values())
        else:
            text = f"Refused ({refusal.reason}): {refusal.detail}. The source is not configured any more."
            found = Diagnosis(at=refusal.at, accepted=False, reason=refusal.reason, summary=text)
        yield one, found


def in_short(found: Diagnosis) -> str:
    """Return the one sentence that helps most: what is wrong, or the summary if nothing is."""
    return found.summary if found.accepted or not found.findings else found.findings[0].sentence


def tunnel_check(
    url: Annotated[str, typer.Argument(help="The address before /hooks/…, e.g. https://hooks.example.com")],
    *,
    source: Annotated[str | None, typer.Option(help="The source to knock at. Default: the first.")] = None,
    config: ConfigOption = None,
) -> None:
    """Say whether providers reach this relay under an address, and what arrives of what they send."""
    settings = read_settings(config)
    name = source or next(iter(settings.sources), None)
    if name is None:
        raise ConfigError("sources", "there is none yet; the check knocks at one.")
    _prepared(settings, name)
    report = with_journal(settings, lambda journal: tunnels.check(url, settings.sources[name], journal))
    for line in report.lines:
        typer.echo(line)
    if not report.reached:
        raise typer.Exit(1)


def _report(found: Diagnosis) -> Iterator[str]:
    when = f"{datetime.fromtimestamp(found.at).astimezone():%Y-%m-%d %H:%M:%S}"
    yield f"{when}  {found.summary}"
    for finding in found.findings:
        yield f"  - {escape(finding.sentence, 1000)}"
        if finding.advice:
            yield f"    {escape(finding.advice, 1000)}"


def _json_lines(found: Diagnosis) -> Iterator[str]:
    yield msgspec.json.encode(found).decode()


def _row(name: str) -> Provider:
    if name not in PROVIDERS:
        close = nearest(name, PROVIDERS)
        hint = close if close.startswith("Did") else "All of them: deskbell-relay providers"
        raise ConfigError("NAME", f"there is no provider {name!r}.", hint=hint)
    return PROVIDERS[name]


def _prepared(settings: Config, name: str) -> Prepared:
    if name not in settings.sources:
        known_names = ", ".join(settings.sources) or "none"
        raise ConfigError("SOURCE", f"there is no source {name!r}; there is: {known_names}.")
    return check_source(settings.sources[name])


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise ConfigError(str(file), f"can't be read: {error.strerror}.") from None
    if len(content) > MAX_FILE:
        raise ConfigError(str(file), f"is larger than {MAX_FILE // 1024**2} MiB.")
    return content


def _time(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError("--at", f"{text!r} is no time such as 2026-03-01T12:00:00Z.") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
