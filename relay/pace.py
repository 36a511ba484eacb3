"""How often a source may send: so many a second, and a burst above that. Pure, one number per source.

The generic cell rate algorithm (ITU-T I.371): the number is the time at which the bucket is empty
again, so that nothing has to be refilled and nothing grows.
"""


class Pace:
    """A limit of ``rate`` requests a second, of which ``burst`` may come at once."""

    __slots__ = ("_empty_at", "_room", "_step")

    def __init__(self, rate: float, burst: int) -> None:
        self._step = 1.0 / rate
        self._room = self._step * (burst - 1)
        self._empty_at = 0.0

    def wait(self, now: float) -> float:
        """Count one request at ``now``, in seconds of a clock that only goes forward.

        Returns 0 if it may pass, or else after how many seconds one may; then it was not counted.
        """
        begin = max(self._empty_at, now)
        late = begin - now - self._room
        if late > self._step * 1e-6:  # less is only the rounding of a float
            return late
        self._empty_at = begin + self._step
        return 0.0
