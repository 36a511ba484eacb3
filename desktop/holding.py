"""What waits while nobody is there, and what is shown when they come back. Pure.

Three toasts and a digest: whoever returns wants to know what matters most, not to read a pile.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.entry import Entry
from relay.protocol import OVER, Priority, Stage

AT_ONCE = 3
"""Toasts that are shown on return."""

_RANK = {priority: rank for rank, priority in enumerate(reversed(Priority))}


@dataclass(frozen=True, kw_only=True)
class Return:
    """What is shown to somebody who comes back."""

    toasts: tuple[Entry, ...]
    """The most urgent, and of those the ones that have waited longest, first."""
    digest: tuple[Entry, ...]
    """The others: told as one number."""


class Holding:
    """The entries that wait, by id; a newer state of one takes the place of the older."""

    def __init__(self) -> None:
        self._held: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, entry: Entry) -> None:
        """Let an entry wait."""
        self._held[entry.id] = entry

    def drop(self, entry_id: str) -> None:
        """Let go of an entry: the agent knows it by now."""
        self._held.pop(entry_id, None)

    def update(self, entries: Iterable[Entry]) -> None:
        """Take in what has become of entries; those that don't wait are left alone."""
        self._held.update({entry.id: entry for entry in entries if entry.id in self._held})

    def release(self, now: float, me: str) -> Return:
        """Return what is still of use, and hold nothing any more."""
        held, self._held = self._held, {}
        useful = sorted((entry for entry in held.values() if _of_use(entry, now, me)), key=_urgency)
        return Return(toasts=tuple(useful[:AT_ONCE]), digest=tuple(useful[AT_ONCE:]))


def _urgency(entry: Entry) -> tuple[int, float]:
    return _RANK[entry.priority], entry.at


def _of_use(entry: Entry, now: float, me: str) -> bool:
    gone = entry.stage in OVER or entry.stage is Stage.PASSED or (entry.expires or now + 1) <= now
    return not (gone or entry.read or (entry.stage is Stage.CLAIMED and not entry.held_by(me)))
