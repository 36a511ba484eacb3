"""The real tray app in a process of its own, which takes each toast away when it was painted.

For each it prints the milliseconds from when the message had come off the socket to when its first
picture was handed to the screen: stored in the inbox, brought to Qt's thread, laid out, drawn.

``python -m bench.painter PROFILE RELAY CODE [MILLISECONDS]``: for how long a toast stays; 0 if nothing
is given. With a negative number toasts are left alone, and what is printed are the times for which the
app's event loop was held up, and what its thread had of the processor meanwhile.
"""

import sys
import time
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import Desktop
from desktop.garbage import Garbage
from desktop.instance import Instance
from desktop.options import Options
from desktop.signals import QuitSignals
from desktop.toast import Toast

BEAT_MILLISECONDS = 5
WORTH_TELLING = 10.0
"""Milliseconds that a beat has to be late."""


class Beat(QObject):
    """Prints by how many milliseconds the event loop was late, if it was, and how busy its thread was."""

    def __init__(self) -> None:
        super().__init__()
        self._last, self._used = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self, interval=BEAT_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._strike)
        self._timer.start()

    def _strike(self) -> None:
        now = time.perf_counter()
        late = 1000 * (now - self._last) - BEAT_MILLISECONDS
        if late >= WORTH_TELLING:
            print(f"{late:.3f} {1000 * (time.thread_time() - self._used):.3f}", flush=True)
        self._last, self._used = time.perf_counter(), time.thread_time()


def main(profile: Path, relay: str, code: str, stay: int = 0) -> int:
    """Run until asked to end."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    profile.mkdir(parents=True, exist_ok=True)
    instance = Instance(profile)
    if not instance.acquire():
        raise RuntimeError("a desktop with this profile is running already")
    desktop = Desktop(app, Options(profile=profile, relay=relay, code=code, report=True), instance)

    def painted(toast: Toast) -> None:
        print(f"{1000 * (toast.painted_at - toast.entry.received_at):.3f}", flush=True)
        if stay:
            QTimer.singleShot(stay, toast, lambda: toast.dismissed.emit(toast.entry.id))
        else:
            toast.dismissed.emit(toast.entry.id)

    if stay >= 0:
        desktop.stack.painted.connect(painted)
    beat = Beat() if stay < 0 else None
    with closing(Garbage()), closing(QuitSignals(desktop.quit)):
        desktop.start()
        status = app.exec()
        del beat
        desktop.close()
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0))
