"""Run inside ``session.sh``: keys from another window lead to toasts and back; prints JSON.

Nothing here asserts; ``test_reach.py`` does.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.compositor import is_composited
from desktop.keys import parse
from desktop.reach import Reach
from desktop.shortcut import Shortcut, focus
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.x11_keys import X11Keys
from desktop.xlib import Display
from tests.desktop.hundred_toasts import entry
from tests.desktop.real_desktop import EDITOR, focused, wait_for

EDITOR_NAME = "somebody types here"
LONER = "nobody manages this"
"""A window that the window manager doesn't know: it would never give the keyboard back to it."""
LONER_PROGRAM = (
    EDITOR.replace(EDITOR_NAME, LONER)
    .replace("edit.resize", "edit.setWindowFlag(Qt.WindowType.BypassWindowManagerHint)\nedit.resize")
    .replace("import sys", "import sys\nfrom PySide6.QtCore import Qt")
)


class Trial:
    """The stack with its key, and what happened."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.stack = Stack(Looks(app), lambda _id: True, composited=is_composited(app))
        self.stack.motion = False
        self.shortcut = Shortcut("xcb")
        self.reach = Reach(self.stack, lambda: focus("xcb"))
        self.told: list[str] = []
        self.missed = 0
        self.copied: list[str] = []
        self.shortcut.pressed.connect(self.reach.go)
        self.shortcut.told.connect(self.told.append)
        self.reach.nothing_there.connect(self._miss)
        self.stack.copied.connect(self.copied.append)

    def _miss(self) -> None:
        self.missed += 1

    def until(self, what: Callable[[], object], seconds: float = 10.0) -> bool:
        """Let the app run until something is so; say whether it became so."""
        deadline = QDeadlineTimer(round(seconds * 1000))
        while not what() and not deadline.hasExpired():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        return bool(what())

    def press(self, *keys: str) -> None:
        """Press keys as a person does, wherever the keyboard is."""
        subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)

    def keyed(self) -> list[str]:
        """Return the ids of toasts that have the keyboard."""
        return [t.entry.id for t in self.stack.toasts() if t.has_keys() and t.isActiveWindow()]

    def has_focus(self) -> str:
        """Return what the button is for that has the focus."""
        found = self.app.focusWidget()
        return (
            found.accessibleName() or found.text() if isinstance(found, QPushButton) else type(found).__name__
        )


def show(trial: Trial, count: int) -> None:
    """Show toasts, and wait out the time in which presses are ignored."""
    for number in range(1, count + 1):
        trial.stack.add(entry(number), 60.0)
    trial.until(
        lambda: len(trial.stack.toasts()) == count and not any(t.is_held() for t in trial.stack.toasts())
    )


def there_and_back(trial: Trial, typed: Callable[[], str]) -> dict[str, object]:
    """Go to the newest toast, copy, go on to the next, and leave each by Escape."""
    seen: dict[str, object] = {}
    show(trial, 2)
    subprocess.run(["xdotool", "type", "--delay", "20", "before "], check=True)
    trial.press("ctrl+alt+n")
    seen["first"] = trial.until(lambda: trial.keyed() == ["n2"])
    seen["first_button"] = trial.has_focus()
    trial.press("Return")
    seen["copied"] = trial.until(lambda: trial.copied == ["n2"])
    trial.press("Tab")
    seen["tab"] = trial.until(lambda: trial.has_focus().startswith("Rebook"))
    trial.press("ctrl+alt+n")
    seen["second"] = trial.until(lambda: trial.keyed() == ["n1"])
    trial.press("Escape")
    seen["gone"] = trial.until(lambda: [t.entry.id for t in trial.stack.toasts()] == ["n2"])
    seen["back"] = trial.until(lambda: focused() == EDITOR_NAME)
    subprocess.run(["xdotool", "type", "--delay", "20", "after"], check=True)
    trial.until(lambda: typed().endswith("after"))
    return seen


def locks(trial: Trial) -> bool:
    """Say whether the key works with Num Lock and Caps Lock, too."""
    trial.press("Num_Lock", "Caps_Lock", "ctrl+alt+n")
    worked = trial.until(lambda: trial.keyed() == ["n2"])
    trial.press("Caps_Lock", "Num_Lock", "Escape")
    return worked and trial.until(lambda: focused() == EDITOR_NAME)


def loner(trial: Trial, place: Path) -> bool:
    """Say whether the keyboard comes back to a window that only we can give it back to."""
    show(trial, 1)
    program = subprocess.Popen([sys.executable, "-c", LONER_PROGRAM, str(place / "loner.txt")])
    find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", LONER, "windowfocus"]
    subprocess.run(find, check=True)
    wait_for(lambda: focused() == LONER)
    trial.press("ctrl+alt+n")
    there = trial.until(lambda: trial.keyed() == ["n1"])
    trial.press("Escape")
    back = there and trial.until(lambda: focused() == LONER)
    program.terminate()
    program.wait()
    subprocess.run(["xdotool", "search", "--name", EDITOR_NAME, "windowactivate", "--sync"], check=True)
    return back


def main(place: Path) -> None:
    """Try it all."""
    text = place / "typed.txt"
    editor = subprocess.Popen([sys.executable, "-c", EDITOR, str(text)])
    wait_for(lambda: focused() == EDITOR_NAME)
    trial = Trial(QApplication([]))
    trial.shortcut.use("Ctrl+Alt+N")
    seen = there_and_back(trial, lambda: text.read_text() if text.exists() else "")
    seen["locks"] = locks(trial)
    seen["loner"] = loner(trial, place)
    trial.press("ctrl+alt+n")
    seen["missed"] = trial.until(lambda: trial.missed == 1)
    seen |= taken(trial)
    started, loop = time.process_time(), QEventLoop()
    QTimer.singleShot(1000, loop, loop.quit)
    loop.exec()
    seen["busy_seconds"] = time.process_time() - started
    seen["typed"], seen["focus"] = text.read_text(), focused()
    trial.shortcut.close()
    trial.stack.clear()
    trial.reach.close()
    editor.terminate()
    editor.wait()
    sys.stdout.write(json.dumps(seen) + "\n")


def taken(trial: Trial) -> dict[str, object]:
    """Let another program hold a key, change the key, and let go of it."""
    seen: dict[str, object] = {}
    display = Display.open()
    assert display is not None
    other = X11Keys(display)
    other.grab(parse("Ctrl+Alt+B"))
    trial.told.clear()
    trial.shortcut.use("Ctrl+Alt+B")
    seen["taken"] = list(trial.told)
    other.close()
    trial.shortcut.use("Meta+F9")
    seen["changed"] = trial.told[-1]
    trial.press("ctrl+alt+n")
    trial.press("super+F9")
    seen["new_key"] = trial.until(lambda: trial.missed == 2)
    trial.shortcut.use("")
    trial.press("super+F9")
    trial.until(lambda: False, 0.3)
    seen["none"] = trial.missed
    return seen


if __name__ == "__main__":
    main(Path(os.environ["PLACE"]))
