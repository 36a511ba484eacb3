"""Run inside ``session.sh``: a hundred toasts come and go while a person types elsewhere; prints JSON.

Nothing here asserts; ``test_real_desktop.py`` does.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.compositor import is_composited
from desktop.entry import Entry
from desktop.stack import Stack
from desktop.theme import Looks
from relay.protocol import How, Link, Notification, Priority, Script
from tests.desktop.real_desktop import EDITOR, TYPED, focused, wait_for

TOASTS = 100
WORDS = TYPED * 2


def entry(number: int) -> Entry:
    """Return a toast of its own kind, every seventh of them high, every tenth urgent."""
    priority = Priority.URGENT if number % 10 == 0 else Priority.HIGH if number % 7 == 0 else Priority.NORMAL
    message = Notification(
        seq=number,
        id=f"n{number}",
        source="airline",
        provider="airline",
        type=f"kind.{number}",
        priority=priority,
        title=f"Flight {number} is delayed",
        scripts=(Script(name="Call", text="Your flight is late."),),
        links=(Link(label="Rebook", url="https://example.com/"),),
        at=time.time(),
        how=How.TOAST,
    )
    return Entry.from_notification(message, time.time())


def main(place: Path) -> None:
    """Type, show and take away, until all of it is done."""
    text = place / "typed.txt"
    editor = subprocess.Popen([sys.executable, "-c", EDITOR, str(text)])
    wait_for(lambda: focused() == "somebody types here")
    app = QApplication([])
    painted: list[str] = []
    stack = Stack(Looks(app), lambda _id: True, composited=is_composited(app))
    stack.painted.connect(lambda toast: painted.append(toast.entry.id))
    typist = subprocess.Popen(["xdotool", "type", "--delay", "30", WORDS])
    sent = 0

    def step() -> None:
        nonlocal sent
        if len(set(painted)) < sent:
            return  # on a busy machine one would be taken away before it is seen
        if sent < TOASTS:
            sent += 1
            stack.add(entry(sent), 60.0)
            if sent > 2:
                stack.withdraw(f"n{sent - 2}")
        elif typist.poll() is not None:
            stack.clear()
            app.exit()

    timer = QTimer(interval=60)
    timer.timeout.connect(step)
    timer.start()
    app.exec()
    wait_for(lambda: text.exists() and len(text.read_text()) >= len(WORDS.rstrip()))
    result = {"typed": text.read_text(), "focus": focused(), "painted": len(set(painted))}
    editor.terminate()
    editor.wait()
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(Path(os.environ["PLACE"]))
