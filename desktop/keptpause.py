"""A pause of toasts outlives the app: whoever paused for an hour isn't disturbed because of a restart.

When it ends stands in a small file, in Unix seconds, for as long as the pause lasts.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from desktop.presenter import Presenter

MOST_BYTES = 64
"""A longer file is none of ours."""
LONGEST_SECONDS = 30 * 86_400.0
"""No pause is meant to be longer; one that seems so was written by a clock that was wrong."""

_log = logging.getLogger(__name__)


class KeptPause:
    """One per running app: takes up the pause of the last run, and keeps every later one."""

    def __init__(self, file: Path, presenter: Presenter, clock: Callable[[], float] = time.time) -> None:
        """``file`` need not exist."""
        self._file = file
        presenter.pause_changed.connect(self._keep)
        before, now = self._read(), clock()
        if before is not None:
            # Also one that is over: it ends now, and its file goes with it.
            presenter.pause_until(before if now < before <= now + LONGEST_SECONDS else None)

    def _read(self) -> float | None:
        try:
            with self._file.open("rb") as file:
                return float(file.read(MOST_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return 0.0

    def _keep(self, until: float | None) -> None:
        try:
            if until is None:
                self._file.unlink(missing_ok=True)
            else:
                self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                # What a crash leaves of these digits is a time that is over.
                self._file.write_text(f"{until:.0f}\n", "ascii")
        except OSError as problem:
            _log.warning("the pause is not kept for the next start: %s", problem.strerror)
