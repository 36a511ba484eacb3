"""From the key to the newest toast, and back: the only way in which a toast ever gets the keyboard."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.shortcut import Focus
from desktop.stack import Stack
from desktop.toast import Toast


class Reach(QObject):
    """Gives the keyboard to toasts, and back to who had it before.

    Signals:
        nothing_there(): there is no toast to go to.
    """

    nothing_there = Signal()

    def __init__(self, stack: Stack, find: Callable[[], Focus | None]) -> None:
        """``find`` is asked for the session's focus when it is needed first."""
        super().__init__()
        self._stack, self._find = stack, find
        self._focus: Focus | None = None

    def go(self) -> None:
        """Go to the newest toast, or from one that has the keyboard to the next older one."""
        toasts = [toast for toast in self._stack.toasts() if not toast.is_leaving]
        if not toasts:
            self.nothing_there.emit()
            return
        at = next((number for number, toast in enumerate(toasts) if toast.has_keys()), None)
        if at is None:
            self._remember()
        self._take(toasts[0 if at is None else (at + 1) % len(toasts)])

    def close(self) -> None:
        """Leave."""
        if self._focus is not None:
            self._focus.close()

    def _remember(self) -> None:
        if self._focus is None:
            self._focus = self._find()
        if self._focus is not None:
            self._focus.remember()

    def _take(self, toast: Toast) -> None:
        for other in self._stack.toasts():
            other.drop_keys()
        toast.keys_left.connect(self._left)
        toast.take_keys()
        if self._focus is not None:
            self._focus.give(int(toast.winId()))

    def _left(self, entry_id: str) -> None:
        if self._focus is not None:
            self._focus.give_back()
        # A toast under a veil, or without it, takes the place of the one that is just going.
        QTimer.singleShot(0, self, lambda: self._follow(entry_id))

    def _follow(self, entry_id: str) -> None:
        toast = self._stack.toast(entry_id)
        if toast is not None and not toast.is_leaving:
            self._remember()
            self._take(toast)
