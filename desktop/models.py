"""The inbox as Qt's views want it: a list of any length, of which only what is looked at is loaded.

The model knows the number of every entry that a search finds, and reads an entry when its row is
asked for: by the dozen, on another thread, and keeps the last few hundred.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.archive import Archive
from desktop.archivist import Archivist
from desktop.badge import badge
from desktop.entry import Entry
from desktop.exporter import Exporter
from desktop.i18n import tr
from desktop.search import Query
from desktop.text import MAX_TITLE, clean_line

PAGE = 48
"""Rows loaded at a time: more than a screen, little enough to be read between two frames."""
KEPT = 20 * PAGE
"""Entries kept in memory."""
MOST_WAITING = 3
"""Pages that wait to be loaded: a screen shows parts of two, and what was scrolled past isn't needed."""

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
"""The :class:`Entry` of a row; None until it is loaded."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class InboxModel(QAbstractListModel):
    """Entries, newest first, all or those that a query finds.

    Signals:
        failed(str): the inbox could not be read; a sentence for the agent.
        searched(): the rows are those of the query given last.
        located(str, int): the row of an entry that was asked for, -1 if it isn't in the list.
        choices(Choices): by what the entries can be told apart.
    """

    failed = Signal(str)
    searched = Signal()
    located = Signal(str, int)
    choices = Signal(object)

    def __init__(self, archivist: Archivist, parent: QObject | None = None) -> None:
        """Begin empty; :meth:`search` begins to read."""
        super().__init__(parent)
        self._archivist = archivist
        self.agent = ""
        """Whose desktop it is: says which claims are one's own."""
        self.open_id = ""
        """The entry that somebody reads: it isn't taken out of the list because it has changed."""
        archivist.failed.connect(self.failed)
        self.exporter: Exporter | None = None
        """What writes entries to a file, or did last."""
        self._query: Query | None = None
        self._asked: Query | None = None
        self._keys: list[int] = []
        self._hidden: set[int] = set()
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._loading: list[int] = []

    # What is shown

    @property
    def query(self) -> Query:
        """Return what was looked for last."""
        return self._query or Query()

    def search(self, query: Query) -> None:
        """Show what a query finds; :attr:`searched` follows. Of several in a row only the last is asked."""
        self._query = query
        if self._asked is None:
            self._ask()

    def refresh(self) -> None:
        """Ask the last query again, after entries were removed or marked elsewhere."""
        self._entries.clear()
        if self._query is not None:
            self.search(self._query)

    def forget(self) -> None:
        """Show nothing until the query has been asked again: the inbox is another."""
        self.beginResetModel()
        self._keys, self._hidden, self.open_id = [], set(), ""
        self._entries.clear()
        self._waiting.clear()
        self.endResetModel()
        self.searched.emit()

    def _ask(self) -> None:
        query = self._asked = self.query
        self._archivist.ask(lambda archive: archive.keys(query), self._found, lambda: self._found([]))

    def _found(self, keys: list[int]) -> None:
        asked, self._asked = self._asked, None
        if asked != self._query:
            self._ask()
            return
        self.beginResetModel()
        self._keys = [key for key in keys if key not in self._hidden] if self._hidden else keys
        self._waiting.clear()
        self.endResetModel()
        self.searched.emit()

    def add(self, _entries: Sequence[Entry]) -> None:
        """Show what has just arrived, if the query finds it."""
        query = self._query
        if query is not None:
            top = self._top()
            self._archivist.ask(lambda archive: archive.news(query, top), partial(self._insert_new, query))

    def _top(self) -> int:
        return self._keys[0] if self._keys else 0

    def _insert_new(self, query: Query, keys: list[int]) -> None:
        top = self._top()
        fresh = [key for key in keys if key > top and key not in self._hidden]
        if fresh and self._asked is None and query == self._query:
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            self._keys[:0] = fresh
            self.endInsertRows()

    def change(self, entries: Sequence[Entry]) -> None:
        """Show entries as they are now; they come and leave as the query wants, ``open_id`` stays."""
        changed = {entry.id: entry for entry in entries}
        for key, entry in list(self._entries.items()):
            if entry.id in changed:
                self._put(key, changed[entry.id])
        query = self._query
        if query is not None and query.is_narrow:
            ids = [each for each in changed if each != self.open_id]
            self._archivist.ask(lambda archive: archive.standing(query, ids), self._sort_out)

    def _sort_out(self, stands: dict[int, bool]) -> None:
        for key, fits in stands.items():
            row = self._row(key)
            if fits and row is None and key not in self._hidden:
                place = self._place(key)
                self.beginInsertRows(QModelIndex(), place, place)
                self._keys.insert(place, key)
                self.endInsertRows()
            elif not fits and row is not None:
                self._remove(row, row)

    def mark(self, keys: Iterable[int] | None, *, read: bool) -> None:
        """Show entries, or all (None), as read or unread; they stay in the list whatever is looked for."""
        for key in list(self._entries) if keys is None else keys:
            entry = self._entries.get(key)
            if entry is not None and entry.read is not read:
                self._put(key, replace(entry, read=read))

    def mark_ids(self, entry_ids: Collection[str], *, read: bool) -> None:
        """Show entries, given by their ids, as read or unread, as :meth:`mark` does."""
        self.mark([key for key, entry in self._entries.items() if entry.id in entry_ids], read=read)

    def mark_all_read(self) -> None:
        """Show every entry as read."""
        self.mark(None, read=True)

    # Rows that leave

    def hide(self, keys: Collection[int]) -> None:
        """Leave entries out from now on."""
        self._hidden |= set(keys)
        rows = sorted(row for key in keys if (row := self._row(key)) is not None)
        for first, last in reversed(_runs(rows)):
            self._remove(first, last)

    def unhide(self) -> None:
        """Show again what was hidden; the query is asked once more."""
        self._hidden.clear()
        if self._query is not None:
            self.search(self._query)

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._keys[first : last + 1]
        self.endRemoveRows()

    # Entries and their places

    def entry(self, index: _Index) -> Entry | None:
        """Return the entry of a row; None outside the list, or if it has yet to be loaded."""
        if not index.isValid() or index.row() >= len(self._keys):
            return None
        key = self._keys[index.row()]
        entry = self._entries.get(key)
        if entry is None:
            self._want(index.row())
        else:
            self._entries.move_to_end(key)
        return entry

    def keys(self, rows: Iterable[tuple[int, int]]) -> list[int]:
        """Return the keys of ranges of rows, each given by its first and its last."""
        return [key for first, last in rows for key in self._keys[first : last + 1]]

    def locate(self, entry_id: str) -> None:
        """Find an entry's row, also one that isn't loaded; :attr:`located` follows."""
        self.find(entry_id, lambda row: self.located.emit(entry_id, row))

    def find(self, entry_id: str, take: Callable[[int], None]) -> None:
        """Find an entry's row for ``take``, -1 if it isn't in the list; rows may be loaded or not."""

        def tell(key: int | None) -> None:
            if self._asked is not None:  # the rows are about to be others
                self.find(entry_id, take)
                return
            row = None if key is None else self._row(key)
            take(-1 if row is None else row)

        self._archivist.ask(lambda archive: archive.key(entry_id), tell, lambda: tell(None))

    def _place(self, key: int) -> int:
        """Return where a key stands or would stand: keys fall."""
        low, high = 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._keys[middle] > key:
                low = middle + 1
            else:
                high = middle
        return low

    def _row(self, key: int) -> int | None:
        place = self._place(key)
        return place if place < len(self._keys) and self._keys[place] == key else None

    def _put(self, key: int, entry: Entry) -> None:
        self._entries[key] = entry
        row = self._row(key)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))

    # Questions that rows alone don't answer

    def ask_choices(self) -> None:
        """Ask by which types and teams the entries can be told apart; :attr:`choices` follows."""
        self._archivist.ask(lambda archive: archive.choices(), self.choices.emit)

    def ask_free(self, keys: Sequence[int], agent: str, take: Callable[[list[int]], None]) -> None:
        """Ask which entries may be deleted: not those that ``agent`` is on."""
        self._archivist.ask(lambda archive: archive.free(keys, agent), take)

    def export(self, keys: Sequence[int], path: Path) -> Exporter:
        """Return what writes entries to a CSV file; one that is still at work is stopped."""
        self.stop_export()
        self.exporter = Exporter(self._archivist, keys, path)
        return self.exporter

    def stop_export(self) -> None:
        """Stop what is being written; nothing if nothing is."""
        if self.exporter is not None:
            self.exporter.stop()

    # Loading

    def _want(self, row: int) -> None:
        page = row // PAGE
        self._waiting[page] = None
        self._waiting.move_to_end(page)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        self._load()

    def _load(self) -> None:
        while self._waiting and not self._loading:
            page, _ = self._waiting.popitem()
            keys = self._keys[page * PAGE : (page + 1) * PAGE]
            wanted = self._loading = [key for key in keys if key not in self._entries]
            if wanted:
                self._archivist.ask(partial(_load, wanted), self._loaded, self._not_loaded)

    def _loaded(self, entries: dict[int, Entry]) -> None:
        self._loading = []
        self._entries |= entries
        while len(self._entries) > KEPT:
            self._entries.popitem(last=False)
        rows = [row for key in entries if (row := self._row(key)) is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
        self._load()

    def _not_loaded(self) -> None:
        self._loading = []
        self._waiting.clear()

    # Qt's questions

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return how many entries the query has found."""
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title for a role that shows text, the entry for ours."""
        if role not in _ROLES:
            return None
        entry = self.entry(index)
        if entry is None or role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return clean_line(entry.title, MAX_TITLE)
        stands = badge(entry, self.agent)
        state = "" if entry.read else f"{tr('Unread')}. "
        state += "" if stands is None else f"{stands.words}. "
        return state + clean_line(f"{entry.title}. {entry.body}", MAX_TITLE * 2)

    def match(self, *_: object, **__: object) -> list[QModelIndex]:
        """Find nothing: the view's own search by typed letters would load every row there is."""
        return []


_ROLES = {ENTRY_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}


def _load(keys: Sequence[int], archive: Archive) -> dict[int, Entry]:
    return archive.entries(keys)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending rows as ranges."""
    runs = list[tuple[int, int]]()
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
