"""Puts the history together: the archive and its reader, the list's model, housekeeping, and the window."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.archive import Archive
from desktop.archivist import Archivist
from desktop.history import HistoryWindow
from desktop.housekeeping import Housekeeping
from desktop.inbox import Inbox
from desktop.models import InboxModel
from desktop.theme import Looks


class Records(QObject):
    """One per running app.

    Signals:
        failed(str): the inbox could not be read or written; a sentence for the agent.
        unread_changed(): the number of unread entries is another.
    """

    failed = Signal(str)
    unread_changed = Signal()

    def __init__(
        self, looks: Looks, inbox: Inbox, path: Path, *, days: float, wall: Callable[[], float] = time.time
    ) -> None:
        """``path`` is the inbox's file; ``days`` is how long entries are kept, 0 for ever."""
        super().__init__()
        self._looks, self._wall = looks, wall
        self._archivist = Archivist(Archive(path, inbox.failure), self)
        self.model = InboxModel(self._archivist, self)
        self.keeping = Housekeeping(inbox, days=days, parent=self)
        self.model.failed.connect(self.failed)
        self.keeping.failed.connect(self.failed)
        self.keeping.done.connect(lambda _number: self.unread_changed.emit())
        self.keeping.pruned.connect(lambda _number: self._reread())

    def _reread(self) -> None:
        self.model.refresh()
        self.unread_changed.emit()

    def exchange(self, work: Callable[[], object]) -> None:
        """Let ``work`` put another inbox in the place of this one; nothing is read or written meanwhile."""
        self.keeping.rest()
        self._archivist.rest()
        try:
            work()
        finally:
            # What was found in the former one: another may have the same keys.
            self._archivist.drop()
            self.model.forget()
            self._reread()

    def make_window(self, agent: str) -> HistoryWindow:
        """Return a window over the records; ``agent`` is whose desktop it is."""
        window = HistoryWindow(self._looks, self.model, agent=agent, wall=self._wall)
        window.frame.days = lambda: self.keeping.days
        window.marked.connect(lambda rows, read: self.keeping.mark(rows, read=read))
        window.removed.connect(self.keeping.remove)
        return window

    def close(self) -> None:
        """Stop reading. What was deleted a moment ago is written first. A second call does nothing."""
        self.keeping.close()
        self.model.stop_export()
        self._archivist.close()
