"""Writes to the inbox that may take a while, off the GUI thread: marking, deleting, and retention."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.crossing import Job, listen
from desktop.inbox import Inbox, InboxError

ROUND_SECONDS = 6 * 3600.0
"""A desktop that is never quit looks so often for what has become too old."""

_DAY = 86_400.0
_log = logging.getLogger(__name__)


class Housekeeping(QObject):
    """One per running app.

    Signals:
        done(int): entries were marked or removed as they were asked to be, so many.
        pruned(int): entries were removed because of their age, so many.
        failed(str): the inbox could not be written; a sentence for the agent.
    """

    done = Signal(int)
    pruned = Signal(int)
    failed = Signal(str)

    def __init__(
        self,
        inbox: Inbox,
        *,
        days: float,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        """``days`` is how long entries are kept; 0 keeps them for ever."""
        super().__init__(parent)
        self._inbox, self._clock, self._days = inbox, clock, days
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="housekeeping")
        self._closed = False
        self._told: dict[Job, Callable[[int], None]] = {}
        self._tell = listen(self, Housekeeping._hand_over)
        self._round = QTimer(self, interval=round(1000 * ROUND_SECONDS))
        self._round.timeout.connect(self.prune)

    @property
    def days(self) -> float:
        """Return for how many days entries are kept; 0: for ever."""
        return self._days

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
            inbox, older_than = self._inbox, self._clock() - self._days * _DAY
            self._run(lambda: inbox.prune(older_than), self.pruned.emit)

    def mark(self, rows: Sequence[int], *, read: bool) -> None:
        """Mark entries, given by their rows' numbers, as read or unread."""
        inbox = self._inbox
        self._run(lambda: inbox.mark(rows, read=read), self.done.emit)

    def mark_all_read(self) -> None:
        """Mark every entry as read; of a hundred thousand that takes a second."""
        self._run(self._inbox.mark_all_read, self.done.emit)

    def remove(self, rows: Sequence[int]) -> None:
        """Remove entries, given by their rows' numbers, for good."""
        inbox = self._inbox
        self._run(lambda: inbox.remove(rows), self.done.emit)

    def _run(self, work: Callable[[], int], tell: Callable[[int], None]) -> None:
        if not self._closed:
            job = Job(work, self._tell)
            self._told[job] = tell
            self._thread.submit(job.run)

    def _hand_over(self, job: Job) -> None:
        if self._closed:
            return
        tell = self._told.pop(job)
        try:
            number = cast("int", job.take())
        except InboxError as problem:
            _log.error("inbox: %s", problem)
            self.failed.emit(str(problem))
        else:
            if number:
                tell(number)

    def rest(self) -> None:
        """Wait until everything that was asked for is done."""
        if not self._closed:
            self._thread.submit(lambda: None).result()

    def close(self) -> None:
        """Finish what was asked for, and take nothing more. A second call does nothing."""
        self._round.stop()
        self._closed = True
        self._thread.shutdown()
