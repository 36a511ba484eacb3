"""How many notifications may stand alone when many come at once; the others are told as a number. Pure.

Our own toasts have three places and a chip. The system's notifications have neither: each service
shows as many as it is given, one above the other or one after the other for minutes.
"""

from collections import deque

SINGLE = 3
"""As many as the stack shows of our own."""
WINDOW = 10.0
"""Seconds in which no more than that stand alone."""
OVER = 60.0
"""After so many seconds in which all stood alone, the number begins anew."""


class Burst:
    """What came within the last seconds. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._alone: deque[float] = deque(maxlen=SINGLE)
        self._counted = 0.0
        self.more = 0
        """How many did not stand alone since the burst began."""

    def takes(self, now: float) -> bool:
        """Say whether the one that comes now is to be counted with others instead of standing alone."""
        if now - self._counted > OVER:
            self.more = 0
        if len(self._alone) == SINGLE and now - self._alone[0] <= WINDOW:
            self.more, self._counted = self.more + 1, now
            return True
        self._alone.append(now)
        return False

    def end(self) -> None:
        """Begin to count anew: the number has been seen to."""
        self.more = 0
