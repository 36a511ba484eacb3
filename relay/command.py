"""What the commands share: where the configuration is, the journal beside a running relay, and tables."""

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
from relay.schemes.providers import PROVIDERS

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


def moment(seconds: float | None) -> str:
    """Return a time as people at this machine read it; a hyphen for none."""
    return "-" if seconds is None else f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"
