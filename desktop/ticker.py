"""The clock of what is on the screen: ages are brought up to date, and a sleep of the computer is noticed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

TICK_MILLISECONDS = 15_000
"""How often ages are brought up to date."""
SLEEP_SECONDS = 60.0
"""A tick that comes so much later than it should says that the computer was asleep."""


class Ticker(QObject):
    """Ticks while there is something to see, and else wakes nobody.

    Signals:
        woken(): the computer was asleep, and its screens may be others; ``ticked`` follows.
        ticked(): ages are to be brought up to date.
    """

    woken = Signal()
    ticked = Signal()

    def __init__(self, parent: QObject, clock: Callable[[], float]) -> None:
        """``clock`` returns monotonic seconds."""
        super().__init__(parent)
        self._clock, self._last = clock, clock()
        self._timer = QTimer(self, interval=TICK_MILLISECONDS)
        self._timer.timeout.connect(self.tick)

    def run(self, on: bool) -> None:
        """Tick from now on, or no more."""
        if on and not self._timer.isActive():
            self._last = self._clock()
            self._timer.start()
        elif not on:
            self._timer.stop()

    def is_running(self) -> bool:
        """Say whether it ticks."""
        return self._timer.isActive()

    def tick(self) -> None:
        """Tell what time has brought."""
        before, self._last = self._last, self._clock()
        if self._last - before > TICK_MILLISECONDS / 1000 + SLEEP_SECONDS:
            self.woken.emit()
        self.ticked.emit()
