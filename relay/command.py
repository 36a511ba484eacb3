"""What the commands share: the configuration, the journal beside a running relay, the people, and tables."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from relay.config import CONFIG_VARIABLE, Config, load
from relay.errors import ConfigError
from relay.journal.base import Journal
from relay.journal.sqlite import SqliteJournal
from relay.people import Directory, People
from relay.peoplefile import read_people
from relay.playbooks import seconds
from relay.schemes.providers import PROVIDERS
from relay.tomltext import file_text

CONFIG_PLACES = (Path("relay.toml"), Path("/etc/deskbell/relay.toml"))
"""Where the configuration is looked for if nobody says where it is."""

Result = TypeVar("Result")

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar=CONFIG_VARIABLE,
        help=f"The configuration file. Default: {' or '.join(map(str, CONFIG_PLACES))}.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line, for programs.")]


def find_config(path: Path | None) -> Path:
    """Return the configuration file that was named, or the first that is found.

    Raises:
        ConfigError: there is none.
    """
    place = path or next((place for place in CONFIG_PLACES if place.exists()), None)
    if place is None:
        hint = "Make one with: deskbell-relay example > relay.toml"
        raise ConfigError("--config", "no configuration file was named or found.", hint=hint)
    return place


def read_settings(path: Path | None) -> Config:
    """Read the configuration that was named, or the first that is found.

    Raises:
        ConfigError: there is none, or it is wrong.
    """
    return load(find_config(path), os.environ, providers=PROVIDERS)


def with_journal(settings: Config, use: Callable[[Journal], Awaitable[Result]]) -> Result:
    """Open the journal beside a relay that may be running, use it, and let go of it."""

    async def work() -> Result:
        journal = await SqliteJournal.open(settings.journal.path, checkpointer=False)
        try:
            return await use(journal)
        finally:
            await journal.close()

    return asyncio.run(work())


def table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def moment(time: float | None) -> str:
    """Return a time as people at this machine read it; a hyphen for none."""
    return "-" if time is None else f"{datetime.fromtimestamp(time).astimezone():%Y-%m-%d %H:%M:%S}"


async def known_people(settings: Config, journal: Journal) -> Directory:
    """Return the people as the relay knows them."""
    file = settings.people.file
    people = read_people(file_text(file), str(file)) if file else People()
    return Directory(people, await journal.devices())


def duration(option: str, text: str) -> float:
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
