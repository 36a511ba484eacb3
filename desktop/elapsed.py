"""How long ago something was, whatever the clock on the wall has been set to meanwhile."""

import time

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def elapsed() -> float:
    """Return the seconds of a clock that nobody sets and that goes on while the computer sleeps.

    Linux has ``CLOCK_BOOTTIME`` for that. On macOS ``CLOCK_MONOTONIC`` counts so, and on Windows
    Python's monotonic clock does.
    """
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
