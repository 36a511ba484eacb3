"""Medians, spreads and quantiles, and how they are written. Pure."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median of several rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Make it of at least one value."""
        known = list(values)
        return cls(median=statistics.median(known), low=min(known), high=max(known))

    def text(self, digits: int = 1) -> str:
        """Write ``median (low–high)``."""
        return f"{number(self.median, digits)} ({number(self.low, digits)}–{number(self.high, digits)})"


def quantile(ascending: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of an ascending sequence lies.

    Raises:
        ValueError: there is none; the server that should have answered may say why.
    """
    if not ascending:
        raise ValueError("nothing was answered, so that there is nothing to measure")
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]


def number(value: float, digits: int = 1) -> str:
    """Write a number for people: thousands apart, ``digits`` after the point."""
    return f"{value:,.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
