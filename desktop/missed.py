"""What came while nobody was there, or while it was quiet, until it is told with one card. Pure."""

from collections.abc import Iterable, Sequence

from desktop.entry import Entry
from desktop.gathered import Gathered, digest
from relay.protocol import Priority

AT_ONCE = 3
"""Urgent ones that get a toast of their own beside the card."""


class Missed:
    """Entries by their ids: an entry is told once, however often it comes."""

    def __init__(self) -> None:
        self._toasts: dict[str, Entry] = {}
        self._others: dict[str, Entry] = {}

    def __bool__(self) -> bool:
        return bool(self._others)

    def urgent(self, late: Iterable[Entry]) -> list[Entry]:
        """Return those of what came late that still deserve a toast, and take note of them."""
        room = AT_ONCE - sum(entry.priority is Priority.URGENT for entry in self._toasts.values())
        found = [entry for entry in late if entry.priority is Priority.URGENT][: max(0, room)]
        self.note(found)
        return found

    def note(self, toasts: Iterable[Entry]) -> None:
        """Count entries that have a toast of their own."""
        self._toasts.update({entry.id: entry for entry in toasts})

    def add(self, entries: Iterable[Entry], ids: Sequence[str]) -> None:
        """Count those of some entries that have an id of ``ids``: they are told by the card alone."""
        self._others.update({entry.id: entry for entry in entries if entry.id in set(ids)})

    def tell(self, card_id: str, now: float, *, quiet: bool) -> Gathered | None:
        """Return the card, None if there is nothing to tell; what was told is forgotten."""
        toasts, others = self._toasts, self._others
        self._toasts, self._others = {}, {}
        if not others:
            return None
        everything = [*{**toasts, **others}.values()]
        return digest(everything, tuple(others), card_id=card_id, now=now, quiet=quiet)
