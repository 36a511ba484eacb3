"""What runs inside a real X session for ``test_surroundings.py``: it changes the desktop and says what it reads."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.readers import readers
from desktop.surroundings import Surroundings, Watch


def main() -> int:
    """Print what was read in each situation, as one JSON object."""
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    watch = Watch(readers(app.platformName()), away_seconds=1.0, poll_seconds=0.05)
    watch.start()
    seen: dict[str, bool] = {}

    def until(name: str, holds: Callable[[Surroundings], bool]) -> None:
        limit = time.monotonic() + 15
        while not holds(watch.now) and time.monotonic() < limit:
            app.processEvents()
            time.sleep(0.02)
        seen[name] = holds(watch.now)

    def run(*command: str) -> None:
        subprocess.run(command, check=True)

    run("xdotool", "mousemove", "10", "10")
    until("touched", lambda now: now.idle is not None and now.idle < 1 and not watch.away)
    until("free", lambda now: not now.do_not_disturb and not now.presenting)
    run("dunstctl", "set-paused", "true")
    until("paused", lambda now: now.do_not_disturb)
    run("dunstctl", "set-paused", "false")
    until("resumed", lambda now: not now.do_not_disturb)
    window = QWidget()
    window.setWindowFlag(Qt.WindowType.Window)
    window.showFullScreen()
    window.activateWindow()
    until("full", lambda now: now.presenting)
    window.close()
    until("small", lambda now: not now.presenting)
    until("away", lambda now: watch.away)
    run("xdotool", "mousemove", "40", "40")
    until("back", lambda now: not watch.away)
    seen["all"] = set(watch.untold()) <= {"locked screen"}
    sys.stdout.write(json.dumps(seen) + "\n")
    watch.stop()
    QTimer.singleShot(0, app.quit)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
