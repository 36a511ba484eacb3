"""The wall clock for timers: it goes on where it was when somebody sets the system's clock.

Timers are stored as times of day, because they outlive the process. If the system's clock is set
by an hour, they would all fire at once, or an hour late. This clock notices that, by comparing with
one that nobody can set, and says by how much; whoever owns the timers moves them, and then accepts.
A computer that was suspended has not been set: time has passed, for both clocks.
"""

import time
from collections.abc import Callable

JUMP_SECONDS = 1.0
"""A larger difference between two looks is a jump; below it, the system's clock is being corrected."""


LOOK_SECONDS = 0.25
"""If reading the clocks takes longer than this, the process was held up meanwhile: the reading is no good."""

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def running() -> float:
    """Return the seconds of a clock that nobody sets and that counts while the computer is suspended.

    Linux has ``CLOCK_BOOTTIME`` for that. On macOS ``CLOCK_MONOTONIC`` counts so, and on Windows the
    monotonic clock does.
    """
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class SteadyClock:
    """Call it for Unix seconds. It doesn't jump until :meth:`accept` is told to."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = running) -> None:
        """``wall`` gives Unix seconds and may be set; ``steady`` only goes forward."""
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def __call__(self) -> float:
        """Return the time in Unix seconds, by the steady clock."""
        return self._steady() + self._offset

    def jump(self) -> float:
        """Return by how many seconds the wall clock was set since it was last accepted, 0 if it wasn't.

        Small corrections are taken over at once, so that they don't add up.
        """
        before = self._steady()
        wall = self._wall()
        after = self._steady()
        if after - before > LOOK_SECONDS:
            return 0.0
        difference = wall - (after + self._offset)
        if abs(difference) > JUMP_SECONDS:
            return difference
        self._offset += difference
        return 0.0

    def accept(self, seconds: float) -> None:
        """Go on with a wall clock that was set by ``seconds``."""
        self._offset += seconds
