"""What cards that stand for several say about what was done with them, while they go on counting. Pure."""

from dataclasses import replace

from desktop.entry import Entry
from desktop.gathered import Gathered, Offer


class Remarks:
    """By the ids of the cards."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, tuple[Offer, ...], bool]] = {}

    def make(self, card_id: str, words: str, offers: tuple[Offer, ...], *, waits: bool = False) -> None:
        """Let a card say something, and offer something else, from now on; without words only this once."""
        self._made[card_id] = (words, offers, waits)

    def drop(self, card_id: str) -> None:
        """Let a card say what it says by itself."""
        self._made.pop(card_id, None)

    def on(self, entry: Entry) -> Entry:
        """Return an entry with what is to be said on its card."""
        if not isinstance(entry, Gathered) or entry.id not in self._made:
            return entry
        words, offers, waits = self._made[entry.id]
        if not words:
            self.drop(entry.id)
        return replace(entry, said=words, offers=offers, waits=waits)
