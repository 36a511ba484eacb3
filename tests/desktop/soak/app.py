"""The desktop itself, with somebody inside who watches; started like ``python -m desktop``.

The app is unchanged. A thread asks the GUI's loop for a sign of life every 50 ms and keeps where it
stood when none came; once a second a line of JSON is added to the file named in ``SOAK_WATCH``.
"""

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget

import desktop.app
from desktop import __main__ as program
from desktop.toast import Toast

BEAT_SECONDS = 0.05
STALL_SECONDS = 0.25
"""A sign of life that is so late has its stack kept."""
SECOND = 1000


class Heart(QObject):
    """Signs of life of the GUI's loop, asked for by a thread.

    Signals:
        asked(float): from the thread, at a monotonic time.
    """

    asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        """The longest wait since this was last set, in seconds."""
        self.stalls: list[dict[str, object]] = []
        """The long waits since this was last emptied: where the loop stood, and whether it could run."""
        self._beaten, self._pause = threading.Event(), threading.Event()
        self._main = threading.get_ident()
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self.asked.connect(self._beat)
        threading.Thread(target=self._ask, name="soak-heart", daemon=True).start()

    def _beat(self, asked_at: float) -> None:
        self.worst = max(self.worst, time.monotonic() - asked_at)
        self._beaten.set()

    def _ask(self) -> None:
        while True:
            self._beaten.clear()
            asked, before, stacks = time.monotonic(), self._times(), list[str]()
            self.asked.emit(asked)
            while not self._beaten.wait(STALL_SECONDS):
                stacks.append(_where(sys._current_frames().get(self._main)))
            if stacks:
                ran, waited = (now - then for now, then in zip(self._times(), before, strict=True))
                took = time.monotonic() - asked
                self.stalls.append({"took": took, "ran": ran, "starved": waited, "stacks": stacks})
            self._pause.wait(BEAT_SECONDS)  # time.sleep fails under libfaketime 0.9.10

    def _times(self) -> tuple[float, float]:
        """Return for how long the GUI's thread has run so far, and waited for a core, in seconds."""
        ran, waited, _ = self._schedule.read_text(encoding="ascii").split()
        return int(ran) / 1e9, int(waited) / 1e9


def _where(frame: FrameType | None) -> str:
    try:
        places = traceback.extract_stack(frame)[-6:] if frame is not None else []
    except AttributeError:
        return "?"  # it went on while it was looked at
    return " < ".join(
        f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in reversed(places)
    )


class Watched(desktop.app.Desktop):
    """The desktop, and what it says about itself each second."""

    def start(self) -> None:
        """Begin to watch, too."""
        self._heart, self._file = Heart(), Path(os.environ["SOAK_WATCH"])
        self._seconds = QTimer(self, interval=SECOND)
        self._seconds.timeout.connect(self._write)
        self._seconds.start()
        super().start()

    def _write(self) -> None:
        worst, self._heart.worst = self._heart.worst, 0.0
        stalls, self._heart.stalls = self._heart.stalls, []
        line = {
            "at": time.monotonic(),
            "wall": time.time(),
            "state": str(self._status.state),
            "tooltip": self.tray.tooltip(),
            "tray": self.tray.is_available(),
            "worst": worst,
            "stalls": stalls,
            "toasts": [_told(toast) for toast in self.stack.toasts()],
            "more": self.stack.more(),
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "windows": [_name(each) for each in QApplication.topLevelWidgets() if each.isVisible()],
            "menus": _menus(),
            "widgets": len(QApplication.allWidgets()),
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _menus() -> dict[str, list[int]]:
    """Return where the lines of the open menus are, by their words."""
    found = {}
    for menu in QApplication.topLevelWidgets():
        if isinstance(menu, QMenu) and menu.isVisible():
            for action in menu.actions():
                spot = menu.mapToGlobal(menu.actionGeometry(action).center())
                if action.isEnabled() and action.text():
                    found[action.text()] = [spot.x(), spot.y()]
    return found


def _told(toast: Toast) -> dict[str, object]:
    buttons = {}
    for button in toast.findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled():
            spot = button.mapToGlobal(button.rect().center())
            buttons[_name(button)] = [spot.x(), spot.y()]
    box = toast.geometry()
    return {
        "id": toast.entry.id,
        "box": [box.x(), box.y(), box.width(), box.height()],
        "shadow": toast.shadow,
        "leaving": toast.is_leaving,
        "remaining": toast.remaining(),
        "buttons": buttons,
    }


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return words or widget.objectName() or widget.accessibleName() or type(widget).__name__


if __name__ == "__main__":
    desktop.app.Desktop = Watched  # type: ignore[misc] # the one place where the app's class is chosen
    sys.exit(program.main())
