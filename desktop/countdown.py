"""The time a toast has left: it stands still while somebody is at it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

EXTENSION_SECONDS = 10.0
"""News lengthens the time at most once within so many seconds: else what goes on and on would never go."""
REST_SECONDS = 3.0
"""A toast stays at least this long after the last reason to hold it has gone."""


class Countdown(QObject):
    """Counts down ``seconds``, not at all if None; several reasons may hold it at the same time.

    Signals:
        over(): the time has run out.
    """

    over = Signal()

    def __init__(self, parent: QObject, seconds: float | None, clock: Callable[[], float]) -> None:
        super().__init__(parent)
        self._clock, self._left, self._due = clock, seconds, 0.0
        self._extended = float("-inf")
        self._holders: set[str] = set()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.over)

    def start(self) -> None:
        """Begin, unless something holds it."""
        if not self._holders:
            self._go()

    def hold(self, why: str) -> None:
        """Stand still as long as ``why`` holds: the pointer, a menu, the keyboard, a question."""
        self._holders.add(why)
        self._left = self.remaining()
        self._timer.stop()

    def release(self, why: str) -> None:
        """Go on, for at least three seconds, if nothing else holds it."""
        self._holders.discard(why)
        if not self._holders:
            self.last(REST_SECONDS)

    def last(self, least: float, *, ends: bool = False) -> None:
        """Have at least so many seconds left; what has no end stays so, unless from now on it ``ends``."""
        if self._left is None and not ends:
            return
        self._left = max(self.remaining() or 0.0, least)
        if not self._holders:
            self._go()

    def extend(self, least: float) -> None:
        """Have at least so many seconds left because of news, unless there was news a moment ago."""
        if self._clock() - self._extended >= EXTENSION_SECONDS:
            self._extended = self._clock()
            self.last(least)

    def become(self, seconds: float | None) -> None:
        """Have so many seconds left from now on, whatever it was; None: it never ends."""
        self._timer.stop()
        self._left = seconds
        if not self._holders:
            self._go()

    def end_in(self, seconds: float) -> None:
        """End after so many seconds, whoever holds it."""
        self._holders.clear()
        self._left = seconds
        self._go()

    def stop(self) -> None:
        """Stop for good, with what is left."""
        self._left = self.remaining()
        self._timer.stop()

    def remaining(self) -> float | None:
        """Return the seconds that are left, None if it never ends."""
        if self._left is None or not self.is_running():
            return self._left
        return max(0.0, self._due - self._clock())

    def is_running(self) -> bool:
        """Say whether time passes."""
        return self._timer.isActive()

    def _go(self) -> None:
        if self._left is not None:
            self._due = self._clock() + self._left
            self._timer.start(round(self._left * 1000))
