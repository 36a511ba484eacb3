"""The command ``deskbell-relay register``: a source's webhook at its provider.

``app`` is added to the command line as it is: ``cli.add_typer(app)``.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
import typer

from relay import hookplace, registering
from relay.command import ConfigOption, find_config
from relay.credentials import THREE_WAYS, read_secret_file, resolve
from relay.errors import ConfigError
from relay.hookplace import Entry
from relay.registering import Job
from relay.registrars import slack
from relay.registrars.base import Credential, Registrar, SecretFrom, Wish
from relay.registrars.table import REGISTRARS
from relay.remote import Sleep
from relay.schemes.providers import PROVIDERS
from relay.secretplace import SecretPlace, place_for
from relay.source import Secret

Deed = Callable[[Job], Awaitable[list[str]]]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    url: str = ""
    credential: str = ""
    at: str = ""
    events: tuple[str, ...] = ()
    api: str = ""
    hook_id: str = ""
    replace: bool = False
    dry_run: bool = False


@app.command()
def register(
    source: Annotated[str, typer.Argument(help="A source of the configuration, for example: stripe")],
    *,
    url: Annotated[
        str | None,
        typer.Option(help="The relay's address for providers. Default: the configured public_url."),
    ] = None,
    credential: Annotated[
        str | None,
        typer.Option(help="Where the API's credential is kept: env:NAME, file:/path, credential:NAME."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Where at the provider: a repository, shop, subdomain, app or number.")
    ] = None,
    event: Annotated[list[str] | None, typer.Option(help="What it shall send; repeat it for each.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the webhooks that there are.")] = False,
    rotate: Annotated[bool, typer.Option("--rotate", help="Have a new secret.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the webhook away.")] = False,
    ping: Annotated[bool, typer.Option("--ping", help="Have a test delivery sent.")] = False,
    hook_id: Annotated[str | None, typer.Option("--id", help="Which of several to remove.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite another secret or address; a secret is kept as .old.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    api: Annotated[
        str | None, typer.Option(help="The API's base address, e.g. of a GitHub server of your own.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Create a source's webhook at its provider, or make it right; print the steps where no API can."""
    deed = _deed(show_list=show_list, rotate=rotate, remove=remove, ping=ping)
    if hook_id and not remove:
        raise ConfigError("--id", "goes with --remove only.")
    entry = hookplace.read_entry(find_config(config), source)
    asked = Asked(
        url=url or entry.public_url,
        credential=credential or "",
        at=at or "",
        events=tuple(dict.fromkeys(event or ())),
        api=api or "",
        hook_id=hook_id or "",
        replace=replace,
        dry_run=dry_run,
    )
    for line in run(entry, asked, deed, os.environ):
        typer.echo(line)


def run(
    entry: Entry,
    asked: Asked,
    deed: Deed,
    environ: Mapping[str, str],
    *,
    sleep: Sleep = asyncio.sleep,
) -> Sequence[str]:
    """Do what was asked for a source; return lines for a person.

    Raises:
        ConfigError: something that was typed or configured is missing or wrong.
        CallFailed: the provider did not do it.
    """
    if not asked.url:
        problem = "has to say under which address the provider reaches the relay."
        raise ConfigError("--url", problem, hint="Or set server.public_url in the configuration.")
    url = hookplace.hook_url(asked.url, entry.name)
    if entry.url_token:
        token = _resolved(f"sources.{entry.name}.url_token", entry.url_token, environ, entry.folder)
        url = hookplace.with_token(url, token)
    kind = REGISTRARS.get(entry.provider)
    if kind is None:
        if deed is not registering.register:
            raise ConfigError(entry.provider, "has no API for this here; use the provider's own pages.")
        return _steps(entry, url, asked.events)
    registrar = kind.connect(_credential(kind, asked, environ), sleep)

    async def work() -> list[str]:
        async with registrar:
            if entry.url_token:
                registrar.api.hide(Secret(httpx.URL(url).params["token"]))
            return await deed(_job(registrar, entry, asked, url, environ))

    return asyncio.run(work())


def _job(registrar: Registrar, entry: Entry, asked: Asked, url: str, environ: Mapping[str, str]) -> Job:
    events = tuple(dict.fromkeys(registrar.event(name) for name in asked.events))
    wish = Wish(name=entry.name, url=url, events=events, key=str(uuid.uuid4()))
    if registrar.secret_from is SecretFrom.ACCOUNT:
        place = SecretPlace(source=entry.name, references=entry.references, folder=entry.folder)
    else:
        place = place_for(entry.name, entry.references, entry.folder)
    return Job(
        registrar=registrar,
        wish=wish,
        place=place,
        environ=environ,
        replace=asked.replace,
        dry_run=asked.dry_run,
        hook_id=asked.hook_id,
    )


def _deed(*, show_list: bool, rotate: bool, remove: bool, ping: bool) -> Deed:
    """Return the one thing that was asked for."""
    deeds: list[Deed] = [
        deed
        for wanted, deed in (
            (show_list, registering.listing),
            (rotate, registering.rotate),
            (remove, registering.remove),
            (ping, registering.ping),
        )
        if wanted
    ]
    if len(deeds) > 1:
        raise ConfigError("--list, --rotate, --remove, --ping", "choose one of them.")
    return deeds[0] if deeds else registering.register


def _credential(kind: type[Registrar], asked: Asked, environ: Mapping[str, str]) -> Credential:
    if not asked.credential:
        raise ConfigError("--credential", f"is missing: {kind.needs}.", hint=THREE_WAYS)
    secret = _resolved("--credential", asked.credential, environ, Path.cwd())
    value = secret.reveal().strip()
    if not value.isascii():
        raise ConfigError("--credential", f"{asked.credential} has a character that no credential has.")
    return Credential(secret=Secret(value, secret.origin), at=asked.at, base=asked.api)


def _resolved(key: str, reference: str, environ: Mapping[str, str], folder: Path) -> Secret:
    """Return what a reference leads to; ``key`` is named if it leads nowhere."""
    try:
        return resolve(reference, environ, folder, read_secret_file)
    except ValueError as error:
        raise ConfigError(key, str(error)) from None


def _steps(entry: Entry, url: str, events: Sequence[str]) -> list[str]:
    """Return what to do by hand at a provider without an API for it."""
    if entry.provider == "slack":
        # A token on a screen, or in a manifest that is passed around, is none any more.
        steps = slack.steps(entry.name, hookplace.without_query(url), events or ("message.channels",))
        return [*steps, *_token_note(entry)]
    row = PROVIDERS.get(entry.provider)
    if row is None:
        known = ", ".join(sorted({*PROVIDERS, *REGISTRARS, "slack"}))
        raise ConfigError(f"sources.{entry.name}.provider", f"{entry.provider!r} is not one of: {known}.")
    kept = entry.references[-1] if entry.references else f"file:{entry.name}.secret"
    return [
        f"{row.title} is set up by hand:",
        str(row.setup),
        f"The URL is {hookplace.shown(url)}",
        *_token_note(entry),
        f"The secret belongs into {kept}; then start the relay anew.",
        f"See {row.documentation}",
    ]


def _token_note(entry: Entry) -> list[str]:
    return [f"Behind the URL put ?token= and what {entry.url_token} holds."] if entry.url_token else []
