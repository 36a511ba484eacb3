"""A timer wheel: one turn a second instead of one timer per connection. Pure: whoever owns it turns it.

After G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels" (1987), in its simplest form:
no deadline is longer than one revolution, so that nothing has to be looked at twice.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

SLOTS = 64
"""Turns in one revolution; the longest deadline is one less."""


class Wheel(Generic[T]):
    """Items, each due after so many turns. An item is in at most one place."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._slots: list[set[T]] = [set() for _ in range(slots)]
        self._place: dict[T, int] = {}
        self._hand = 0

    def __len__(self) -> int:
        return len(self._place)

    def schedule(self, item: T, turns: int) -> None:
        """Make ``item`` due after ``turns`` turns, whatever it was scheduled for before.

        Raises:
            ValueError: fewer than one turn, or more than the wheel has.
        """
        if not 0 < turns < len(self._slots):
            raise ValueError(f"a deadline is 1 to {len(self._slots) - 1} turns away, not {turns}")
        self.forget(item)
        place = (self._hand + turns) % len(self._slots)
        self._slots[place].add(item)
        self._place[item] = place

    def forget(self, item: T) -> None:
        """Take ``item`` off the wheel, if it is on it."""
        place = self._place.pop(item, None)
        if place is not None:
            self._slots[place].discard(item)

    def turn(self) -> list[T]:
        """Move on by one turn; return what is due now, which is then no longer on the wheel."""
        self._hand = (self._hand + 1) % len(self._slots)
        due = list(self._slots[self._hand])
        self._slots[self._hand].clear()
        for item in due:
            del self._place[item]
        return due
