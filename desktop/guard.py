"""Keeps presses away from a card for a moment after it has moved or says something else."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QPushButton

HOLD_SECONDS = 0.4
"""Presses are ignored for this long: they were meant for what was there before."""

_PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick}


class Guard(QObject):
    """Of one card. As an event filter it keeps presses from buttons that act by themselves."""

    def __init__(self, parent: QObject, clock: Callable[[], float]) -> None:
        super().__init__(parent)
        self._clock, self._until = clock, 0.0

    def hold(self) -> None:
        """Ignore presses for a moment."""
        self._until = self._clock() + HOLD_SECONDS

    def holds(self) -> bool:
        """Say whether presses are ignored."""
        return self._clock() < self._until

    def guarded(self, action: Callable[[], object]) -> Callable[[], None]:
        """Return what does something unless presses are ignored."""

        def pressed() -> None:
            if not self.holds():
                action()

        return pressed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep presses from a button while it is held."""
        return isinstance(watched, QPushButton) and event.type() in _PRESSES and self.holds()
