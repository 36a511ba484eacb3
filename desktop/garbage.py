"""Python's garbage is collected on the GUI thread only.

Python collects in whichever thread happens to make the next object. A closed window is a circle of
objects; collected by the thread of the link or of a search, its C++ half is destroyed there, and Qt
allows that on the GUI thread alone: an app that runs all day would crash once in a while.
"""

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LOOK_MILLISECONDS = 5_000
"""How often is looked whether there may be garbage."""
WHOLE_SECONDS = 60.0
"""How often everything is gone through at most, if anything has happened since, and nothing does now."""
LATEST_SECONDS = 600.0
"""After so long it is gone through also while something happens."""


class Garbage(QObject):
    """One per process, made before any thread. Collecting elsewhere is off until :meth:`close`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self._whole_at, self._is_due = clock, clock(), False
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        QTimer.singleShot(LOOK_MILLISECONDS, self, self.spare)

    def spare(self) -> None:
        """Never look again through what there is by now: modules, classes, what was built at the start."""
        gc.collect()
        gc.freeze()

    def look(self) -> None:
        """Collect what is young if much was made; everything from time to time, when it holds up nothing."""
        busy = gc.get_count()[0] > gc.get_threshold()[0]
        self._is_due = self._is_due or busy
        since = self._clock() - self._whole_at
        if self._is_due and since >= (LATEST_SECONDS if busy else WHOLE_SECONDS):
            self._whole_at, self._is_due = self._clock(), False
            gc.collect()
        elif busy:
            gc.collect(1)

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
