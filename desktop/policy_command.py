"""``deskbell policy show``: the value of every setting and who has set it, for IT at the keyboard."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.kinds import Value
from desktop.policy import Decision, Layer, Rank, decide
from desktop.policy_places import from_environment, managed
from desktop.preferences_file import PreferencesFile
from desktop.settings import SETTINGS


def main(arguments: Sequence[str], preferences: Path) -> int:
    """Print what counts; return 0, or 1 if something could not be used."""
    parser = argparse.ArgumentParser(
        prog="deskbell policy", description="Shows every setting, its value, and who has set it."
    )
    parser.add_argument("what", choices=("show",))
    parser.parse_args(arguments)
    decision = decided(preferences, os.environ)
    sys.stdout.write(table(decision))
    sys.stderr.writelines(f"{problem}\n" for problem in decision.problems)
    return 1 if decision.problems else 0


def decided(preferences: Path, environ: Mapping[str, str]) -> Decision:
    """Return what counts for the person whose choices are in the file ``preferences``, as in the app."""
    chosen = PreferencesFile(preferences).read()
    own = Layer(rank=Rank.CHOSEN, place=str(preferences), values=chosen.values, problem=chosen.notice)
    return decide([*managed(), from_environment(environ), own])


def table(decision: Decision) -> str:
    """Return a line for each setting: name, value, who has set it; a locked one has an asterisk."""
    rows = [
        (row.policy_name + ("*" if effect.locked else ""), written(effect.value), effect.why())
        for row, effect in ((row, decision.effects[key]) for key, row in SETTINGS.items())
    ]
    wide, wider = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{name:<{wide}}  {value:<{wider}}  {why}" for name, value, why in rows]
    return "\n".join([*lines, "", "* cannot be changed by the person", ""])


def written(value: Value) -> str:
    """Return a value as it would stand in a policy file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def reference() -> str:
    """Return the table of settings for the documentation, in Markdown."""
    lines = [
        "| name | values | default | IT | what it does |",
        "|---|---|---|---|---|",
    ]
    for row in SETTINGS.values():
        say = "only" if row.managed_only else "may lock" if row.lockable else "may recommend"
        about = f"{row.label}. {row.help}"
        lines.append(
            f"| `{row.policy_name}` | {row.kind.limits()} | `{written(row.default)}` | {say} | {about} |"
        )
    return "\n".join(lines) + "\n"
