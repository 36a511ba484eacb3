"""Brings back what the agent has put off, when its time has come."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop import snooze
from desktop.inbox import Inbox, InboxError
from desktop.snooze import Snooze
from desktop.stack import Stack

LONGEST_WATCH = 600.0
"""Seconds: a time far away is looked at again by then, for the clock may have been set, or it slept."""


class Snoozer(QObject):
    """One per running app.

    Signals:
        woken(list[Entry]): entries to be shown once more, however old they are.
        failed(str): the inbox could not be read or written; a sentence for the agent.
    """

    woken = Signal(list)
    failed = Signal(str)

    def __init__(self, stack: Stack, inbox: Inbox, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(stack)
        self._stack, self._inbox, self._clock = stack, inbox, clock
        self._watch = QTimer(self, singleShot=True)
        self._watch.timeout.connect(self.look)
        stack.snoozed.connect(self.put_off)

    def put_off(self, entry_id: str, choice: Snooze) -> None:
        """Let an entry come back later; its toast says when, and leaves."""
        now = self._clock()
        when = snooze.until(choice, now)
        try:
            self._inbox.snooze(entry_id, when)
        except InboxError as problem:
            self.failed.emit(str(problem))
            return
        self._stack.part(entry_id, snooze.farewell(when, now))
        self._plan()

    def look(self) -> None:
        """Bring back what is due: at the start, and whenever its time has come."""
        try:
            awake = self._inbox.wake(self._stack.agent)
        except InboxError as problem:
            self.failed.emit(str(problem))
            return
        if awake:
            self.woken.emit(awake)
        self._plan()

    def close(self) -> None:
        """Stop the clock; what is put off stays in the inbox."""
        self._watch.stop()

    def _plan(self) -> None:
        try:
            when = self._inbox.next_wake()
        except InboxError:
            return  # whoever wrote has said so already
        if when is not None:
            self._watch.start(round(1000 * min(max(when - self._clock(), 0.01), LONGEST_WATCH)))
