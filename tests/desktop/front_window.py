"""Asks where the window in front is, beside a window of one's own: run in a session, prints what was found."""

import json
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from desktop.front import front


def main() -> int:
    """Show a window, wait until it is in front, ask."""
    app = QApplication(sys.argv[:1])
    window = QLabel("in front")
    window.setGeometry(500, 300, 240, 120)
    window.show()
    found = front("xcb")
    tries = 0

    def look() -> None:
        nonlocal tries
        tries += 1
        middle = found()
        here = window.geometry().center()
        if (window.isActiveWindow() and middle is not None) or tries > 100:
            sys.stdout.write(json.dumps({"found": middle, "window": [here.x(), here.y()]}) + "\n")
            app.quit()

    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
