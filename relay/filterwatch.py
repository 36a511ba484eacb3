"""Notices that the filters have changed, here or by another process, and whom that concerns."""

from collections.abc import Iterable, Iterator

from relay.connection import Connection
from relay.event import EVERYONE
from relay.filters import ORGANISATION, FilterSet
from relay.journal.base import Journal
from relay.protocol import Filters


class FilterWatch:
    """The filters as they were when they were last looked at."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known = FilterSet()

    @property
    def revision(self) -> int:
        """Return the revision that holds, as far as is known."""
        return self._known.revision

    async def look(self) -> list[tuple[str, Filters]]:
        """Return what is to be told since the last look: audience keys, each with its message.

        Raises:
            StorageError: the journal couldn't be read; the next look tells it.
        """
        found = await self._journal.filters()
        # Compared after reading: of two looks at once, the later one must not tell it again.
        before = self._known
        if found.revision <= before.revision:
            return []
        self._known = found
        return list(differences(before, found))

    async def tell(self, connections: Iterable[Connection]) -> None:
        """Look, and tell those who are concerned and were welcomed: the others learn it by their welcome.

        Raises:
            StorageError: the journal couldn't be read.
        """
        for key, message in await self.look():
            for connection in connections:
                if key in connection.keys and connection.session.welcomed:
                    connection.send([message])


def differences(before: FilterSet, after: FilterSet) -> Iterator[tuple[str, Filters]]:
    """Say which layers are not what they were, and by which audience key people are concerned."""
    old = {layer.name: layer for layer in before.layers}
    for layer in after.layers:
        if old.get(layer.name) != layer:
            key = EVERYONE if layer.name == ORGANISATION else layer.name
            yield key, Filters(revision=after.revision, layer=layer.name, by=after.set_by.get(layer.name, ""))
