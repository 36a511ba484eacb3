"""What was wanted of speed, and what was found. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import table


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One aim: what was wanted, what was found, and what to say if it was missed."""

    what: str
    wanted: str
    found: str
    met: bool
    missed: str


def aims_part(found: Sequence[Aim]) -> list[str]:
    """Return the aims as a table, and what is to be said of those that were missed."""
    rows = [(aim.what, aim.wanted, aim.found, "met" if aim.met else "**missed**") for aim in found]
    lines = [f"- Missed, {aim.what}: {aim.missed}" for aim in found if not aim.met]
    text = table(("what", "aim", "found", ""), rows)
    return [text, "\n".join(lines)] if lines else [text]
