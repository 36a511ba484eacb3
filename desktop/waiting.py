"""Who waits for a place on the screen, and who gets the next. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from desktop import rules
from desktop.entry import Entry
from desktop.gate import Privacy
from relay.protocol import Priority

MOST = 30
"""Toasts that wait for a place; what comes on top is only counted, and is in the inbox anyway."""
STALE_SECONDS = 60.0
"""A toast that waited longer than this is no news any more, and isn't counted; it stays in the inbox."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An entry that has no place on the screen yet, or lost it to one that is more pressing."""

    entry: Entry
    seconds: float | None
    """How long it is to stay; None: until it is handled."""
    since: float = 0.0
    """Since when it waits, in monotonic seconds; the queue knows."""
    claimed: bool = False
    """It was on the screen already: the inbox knows."""
    number: int
    """Its place in the order of arrival: the newest stands nearest the corner."""
    privacy: Privacy = Privacy.FULL
    still: bool = False
    """Without any movement."""

    def is_stale(self, now: float) -> bool:
        """Say whether it has waited too long; what is urgent or was half read never has."""
        urgent = self.entry.priority is Priority.URGENT
        return not urgent and not self.claimed and now - self.since > STALE_SECONDS


class Queue:
    """The ones that wait, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._over, self._over_at = 0, 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting)

    @property
    def more(self) -> int:
        """Return how many wait, with those for whom there was no room a moment ago."""
        return len(self._waiting) + self._over

    def add(self, waiting: Waiting, now: float) -> list[Waiting]:
        """Take one in; return who had to leave for it, if anybody had: the least pressing and oldest."""
        self._waiting.append(replace(waiting, since=now))
        if len(self._waiting) <= MOST:
            return []
        gone = min(self._waiting, key=lambda one: rules.RANK[one.entry.priority])
        self._waiting.remove(gone)
        self._over, self._over_at = self._over + 1, now
        return [gone]

    def next(self, ready: Waiting | None = None) -> Waiting | None:
        """Return who gets the next place: ``ready`` if it waits as it is now, and none is more pressing."""
        if not self._waiting:
            return None
        first = rules.arrange([waiting.entry for waiting in self._waiting], slots=1).visible[0]
        found = [one for one in self._waiting if one is ready and one.entry.priority is first.priority]
        return next(iter(found), None) or next(one for one in self._waiting if one.entry is first)

    def remove(self, waiting: Waiting) -> None:
        """Let one go that has a place now."""
        self._waiting.remove(waiting)

    def withdraw(self, ids: Collection[str]) -> None:
        """Let those with an id of ``ids`` go."""
        self._waiting = [waiting for waiting in self._waiting if waiting.entry.id not in ids]

    def find(self, entry_id: str) -> Entry | None:
        """Return an entry that waits, by its id; None if it doesn't."""
        return next((waiting.entry for waiting in self._waiting if waiting.entry.id == entry_id), None)

    def update(self, entry: Entry) -> bool:
        """Put an entry as it is now in the place where it waits; False if it doesn't wait."""
        found = [place for place, waiting in enumerate(self._waiting) if waiting.entry.id == entry.id]
        for place in found:
            self._waiting[place] = replace(self._waiting[place], entry=entry)
        return bool(found)

    def veil(self, privacy: Privacy) -> None:
        """Draw no more of them than this."""
        self._waiting = [replace(waiting, privacy=privacy) for waiting in self._waiting]

    def drop_stale(self, now: float) -> list[Waiting]:
        """Let those go that are no news any more, and count them no more; return them."""
        if now - self._over_at > STALE_SECONDS:
            self._over = 0
        gone = [waiting for waiting in self._waiting if waiting.is_stale(now)]
        if gone:
            self._waiting = [waiting for waiting in self._waiting if not waiting.is_stale(now)]
        return gone

    def clear(self) -> list[Waiting]:
        """Let all go; return them."""
        gone, self._waiting, self._over = self._waiting, [], 0
        return gone
