"""The inbox as Qt's views want it: a list that grows as it is scrolled."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.entry import Entry
from desktop.inbox import InboxError
from desktop.text import MAX_TITLE, clean_line

PAGE = 60
"""Entries fetched at a time: more than a screen, little enough to be read between two frames."""

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
"""The :class:`Entry` of a row."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Pages(Protocol):
    """What the model needs of the inbox."""

    def search(self, text: str = "", *, limit: int = PAGE, before: str | None = None) -> list[Entry]:
        """Return entries, newest first; ``before`` is the id of the last one of the page before."""
        ...


class InboxModel(QAbstractListModel):
    """Entries, newest first, all or those that a search finds.

    Signals:
        failed(str): the inbox could not be read; a sentence for the agent.
    """

    failed = Signal(str)

    def __init__(self, pages: Pages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._text = ""
        self._entries: list[Entry] = []
        self._complete = False
        self.search("")

    def search(self, text: str) -> None:
        """Show only what contains every word of ``text``; everything if it is empty."""
        found = self._page(text.strip(), None)
        self.beginResetModel()
        self._text = text.strip()
        self._entries = found
        self._complete = len(found) < PAGE
        self.endResetModel()

    def add(self, entries: Sequence[Entry]) -> None:
        """Show entries that have just arrived, given oldest first; a search is done again."""
        if self._text:
            self.search(self._text)
            return
        known = {entry.id for entry in self._entries[: len(entries) + PAGE]}
        fresh = [entry for entry in reversed(entries) if entry.id not in known]
        if fresh:
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            self._entries[:0] = fresh
            self.endInsertRows()

    def change(self, entries: Sequence[Entry]) -> None:
        """Show entries as they are now; those that aren't in the list so far stay out of it."""
        for entry in entries:
            row = self.row_of(entry.id)
            if row is not None:
                self._entries[row] = entry
                self.dataChanged.emit(self.index(row), self.index(row))

    def mark_read(self, entry_id: str) -> None:
        """Show an entry as read."""
        row = self.row_of(entry_id)
        if row is not None and not self._entries[row].read:
            self._entries[row] = replace(self._entries[row], read=True)
            self.dataChanged.emit(self.index(row), self.index(row))

    def mark_all_read(self) -> None:
        """Show every entry as read."""
        self._entries = [replace(entry, read=True) for entry in self._entries]
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def entry(self, index: _Index) -> Entry | None:
        """Return the entry of a row, None outside the list."""
        valid = index.isValid() and index.row() < len(self._entries)
        return self._entries[index.row()] if valid else None

    def row_of(self, entry_id: str) -> int | None:
        """Return the row of an entry, None if it isn't in the list so far."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == entry_id), None)

    def _page(self, text: str, before: str | None) -> list[Entry]:
        try:
            return self._pages.search(text, limit=PAGE, before=before)
        except InboxError as problem:
            self.failed.emit(str(problem))
            return []

    # Qt's questions

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return how many rows have been fetched."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title for a role that shows text, the entry for ours."""
        entry = self.entry(index)
        if entry is None:
            return None
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return clean_line(entry.title, MAX_TITLE)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "" if entry.read else "Unread. "
            return state + clean_line(f"{entry.title}. {entry.body}", MAX_TITLE * 2)
        return None

    def canFetchMore(self, parent: _Index = _NOWHERE) -> bool:
        """Say whether older entries have not been fetched yet."""
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: _Index = _NOWHERE) -> None:
        """Fetch the next page."""
        if parent.isValid() or self._complete:
            return
        last = self._entries[-1].id if self._entries else None
        page = self._page(self._text, last)
        self._complete = len(page) < PAGE
        if page:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(page) - 1)
            self._entries += page
            self.endInsertRows()
