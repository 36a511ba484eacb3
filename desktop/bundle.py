"""Several entries of one kind as one card: between the rule for it and the stack that shows it."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.gathered import Gathered
from desktop.groups import Groups

GATHER_MILLISECONDS = 200
"""How long members are gathered before the card is drawn again: a number that races can't be read."""


class Shows(Protocol):
    """The stack, as far as cards for several need it."""

    def collect(self, keys: Collection[str]) -> dict[str, list[Entry]]:
        """Take what is on the screen, or waits, with one of these :mod:`desktop.groups` keys; return it."""
        ...

    def show_card(self, entry: Entry, privacy: Privacy) -> None:
        """Show a group's card, or its new words where it is; or an entry whose others are gone."""
        ...

    def withdraw(self, entry_id: str) -> None:
        """Take an entry off the screen."""
        ...


class Bundle:
    """The groups of a stack."""

    def __init__(
        self,
        parent: QObject,
        shows: Shows,
        claim_many: Callable[[Sequence[str]], object],
        clock: Callable[[], float],
    ) -> None:
        """``claim_many`` is told which ids are shown as one card."""
        self._shows, self._claim_many, self._clock = shows, claim_many, clock
        self._groups = Groups()
        self._coming: dict[str, list[Entry]] = {}
        self._changed: set[str] = set()
        self._privacy = Privacy.FULL
        self._soon = QTimer(parent, singleShot=True, interval=GATHER_MILLISECONDS)
        self._soon.timeout.connect(self.gather)

    def takes(self, entry: Entry, privacy: Privacy) -> bool:
        """Take an entry that belongs to a group; False if it stands alone."""
        key = self._groups.take(entry, self._clock())
        if key is None:
            return False
        self._privacy = privacy
        self._coming.setdefault(key, []).append(entry)
        self._begin()
        return True

    def _begin(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def gather(self) -> None:
        """Show the groups with who has come, changed or gone since."""
        coming, self._coming = self._coming, {}
        changed, self._changed = self._changed, set()
        # Who came may have been withdrawn meanwhile: then those on the screen stay as they are.
        shown = self._shows.collect([key for key, entries in coming.items() if entries])
        members = {key: (*shown[key], *coming[key]) for key in shown}
        for key in [key for key, entries in members.items() if len(entries) == 1]:
            if self._groups.get(key) is None:
                # The others of it were seen to already: one alone has its own words to say.
                self._shows.show_card(members.pop(key)[0], self._privacy)
        if members:
            # All at once: each write waits for the disk, and a burst has many kinds.
            self._claim_many([entry.id for entries in members.values() for entry in entries])
        for key, entries in members.items():
            self._groups.join(key, entries)
        for key in {**members, **dict.fromkeys(changed)}:
            group = self._groups.get(key)
            if group is not None:
                self._shows.show_card(group.entry(), self._privacy)

    def has(self, entry_id: str) -> bool:
        """Say whether an entry is in a group, or about to be."""
        coming = any(entry.id == entry_id for entries in self._coming.values() for entry in entries)
        return coming or self._groups.of(entry_id) is not None

    def update(self, entry: Entry) -> bool:
        """Take in an entry as it is now; False if it is in no group."""
        group = self._groups.of(entry.id)
        if group is None:
            return False
        self._groups.join(group.key, (entry,))
        self._changed.add(group.key)
        self._begin()
        return True

    def drop(self, entry_id: str) -> None:
        """Take an entry out of its group, or forget the group whose card it is."""
        for key, entries in self._coming.items():
            self._coming[key] = [entry for entry in entries if entry.id != entry_id]
        self._groups.end_card(entry_id)
        left = self._groups.drop(entry_id)
        if left is not None and left.members:
            self._changed.add(left.key)
            self._begin()
        elif left is not None:
            self._shows.withdraw(left.card_id)

    def yield_to(self, card: Gathered) -> None:
        """Let go of the groups, and of what is on the screen, of which the relay tells with one card."""
        for group in self._groups.end_kind(card.pausing):
            self._shows.collect([group.key])
            self._shows.withdraw(group.card_id)

    def clear(self) -> None:
        """Forget everything."""
        self._soon.stop()
        self._coming.clear()
        self._changed.clear()
        self._groups.clear()
