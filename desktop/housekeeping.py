"""Writes to the inbox that may take a while, off the GUI thread: marking, deleting, and retention."""

import logging
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Errand
from desktop.inbox import Inbox

KEEP_DAYS = 90.0
"""Entries older than this leave the inbox, if nobody says otherwise."""
ROUND_SECONDS = 6 * 3600.0
"""A desktop that is never quit looks so often for what has become too old."""

_DAY = 86_400.0
_log = logging.getLogger(__name__)


class Housekeeping(QObject):
    """One per running app.

    Signals:
        done(int): entries were marked or removed, so many; whoever shows them reads them anew.
        failed(str): the inbox could not be written; a sentence for the agent.
    """

    done = Signal(int)
    failed = Signal(str)

    def __init__(
        self,
        inbox: Inbox,
        *,
        days: float = KEEP_DAYS,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        """``days`` is how long entries are kept; 0 keeps them for ever."""
        super().__init__(parent)
        self._inbox, self._clock, self._days = inbox, clock, days
        self._errands: set[Errand] = set()
        self._round = QTimer(self, interval=round(1000 * ROUND_SECONDS))
        self._round.timeout.connect(self.prune)

    def start(self) -> None:
        """Remove what is too old, now and every few hours."""
        self._round.start()
        self.prune()

    def keep(self, days: float) -> None:
        """Keep entries for so many days from now on."""
        if days != self._days:
            self._days = days
            self.prune()

    def prune(self) -> None:
        """Remove what is too old."""
        if self._days > 0:
            older_than = self._clock() - self._days * _DAY
            self._run(lambda: self._inbox.prune(older_than))

    def mark(self, rows: Sequence[int], *, read: bool) -> None:
        """Mark entries, given by their rows' numbers, as read or unread."""
        self._run(lambda: self._inbox.mark(rows, read=read))

    def remove(self, rows: Sequence[int]) -> None:
        """Remove entries, given by their rows' numbers, for good."""
        self._run(lambda: self._inbox.remove(rows))

    def _run(self, work: Callable[[], int]) -> None:
        def there_and_back() -> int:
            try:
                return work()
            finally:
                self._inbox.release()

        errand = Errand(self)
        self._errands.add(errand)
        errand.done.connect(lambda number: self._ended(errand, number))
        errand.failed.connect(lambda problem: self._failed(errand, problem))
        errand.start(there_and_back)

    def _ended(self, errand: Errand, number: int) -> None:
        self._forget(errand)
        if number:
            self.done.emit(number)

    def _failed(self, errand: Errand, problem: Exception) -> None:
        self._forget(errand)
        _log.error("inbox: %s", problem)
        self.failed.emit(str(problem))

    def _forget(self, errand: Errand) -> None:
        self._errands.discard(errand)
        errand.deleteLater()

    def close(self) -> None:
        """Look for nothing any more."""
        self._round.stop()
