"""The page about registering says what the command does: every option, every provider, no other."""

import re
from pathlib import Path

import typer

from relay.cli_register import app
from relay.registrars.table import REGISTRARS

PAGE = (Path(__file__).parents[2] / "docs/registering.md").read_text(encoding="utf-8")


def cells(part: str) -> set[str]:
    """Return the code in the first cells of a section's table."""
    section = PAGE.partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_every_option_is_documented() -> None:
    """The table of options is the command's; ``--id`` stands beside ``--remove``."""
    command = typer.main.get_command(app)
    known = {name for item in command.params for name in item.opts if name.startswith("--")}
    assert cells("Options") | {"--id", "--config", "--help"} == known | {"--help"}
    assert "`--id`" in PAGE


def test_every_provider_with_an_api_is_documented() -> None:
    """The table of providers is that of the registrars, and Slack's manifest."""
    assert cells("Providers") == {*REGISTRARS, "slack"}
