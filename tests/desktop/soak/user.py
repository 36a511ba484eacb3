"""Somebody at the desk: presses what the toasts offer, looks through the history and the preferences.

By ``xdotool``, that is by the real pointer and the real keys.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from tests.desktop.soak.witness import Witness, output, tray_icon

WAIT_SECONDS = 4.0
"""For a window or a menu."""
SEARCHED = ("payment", "maya", "flight", "order 10", "zzz nothing")
PRESSED = {"Claim", "Done", "Give back", "Copy", "dismiss"}
"""Buttons by their words, or their names if they have none."""

_Found = TypeVar("_Found")


class User(threading.Thread):
    """Goes on until :meth:`stop`; does nothing while :attr:`away` is set."""

    def __init__(self, witness: Witness, chance: random.Random, open_history: Callable[[], None]) -> None:
        super().__init__(name="user", daemon=True)
        self._witness, self._chance, self._open_history = witness, chance, open_history
        self._ended = threading.Event()
        self.away = threading.Event()
        self.done: Counter[str] = Counter()
        """How often what was done."""

    def stop(self) -> None:
        """Leave."""
        self._ended.set()
        self.join(30)

    def run(self) -> None:
        """Do one thing after the other."""
        acts = [self._press, self._put_off, self._history, self._preferences, self._read]
        while not self._ended.wait(self._chance.uniform(0.3, 2.5)):
            if not self.away.is_set():
                self._chance.choices(acts, [10, 3, 2, 1, 2])[0]()

    def _press(self) -> None:
        """Press a button of a toast: copy, claim, done, give back, dismiss."""
        found = [button for toast in self._witness.toasts() for button in toast.buttons.items()]
        wanted = [(name, spot) for name, spot in found if name in PRESSED]
        if wanted:
            name, spot = self._chance.choice(wanted)
            _click(spot)
            self.done[name] += 1

    def _put_off(self) -> None:
        """Open a toast's menu, and put it off or look at it in the history."""
        found = [toast.buttons["more"] for toast in self._witness.toasts() if "more" in toast.buttons]
        if found:
            _click(self._chance.choice(found))
            self._choose("Snooze", "Open in")

    def _choose(self, *begins: str) -> bool:
        """Press a line of the menu that has been asked for; say whether there was one."""
        lines = self._wait(self._witness.menus) or {}
        wanted = [(words, spot) for words, spot in lines.items() if words.startswith(begins)]
        if not wanted:
            _run("key", "Escape")
            return False
        words, spot = self._chance.choice(wanted)
        _click(spot)
        self.done[words] += 1
        return True

    def _history(self) -> None:
        """Open the history as a second start does, search, scroll, and close it."""
        self._open_history()
        window = self._wait(lambda: _find("Deskbell history"))
        if not window:
            return
        _run("windowactivate", window)
        _run("key", "ctrl+f")
        _run("type", "--delay", "40", self._chance.choice(SEARCHED))
        for key in ("Down", "Down", "Page_Down", "Page_Down", "End", "Home"):
            _run("key", key)
        _run("mousemove", "--window", window, "150", "350")
        for _ in range(8):
            _run("click", self._chance.choice("45"))
        if self._chance.random() < 0.5:
            _close(window)
        self.done["looked through the history"] += 1

    def _preferences(self) -> None:
        """Open the preferences from the tray, and close them again."""
        sample = self._witness.samples[-1] if self._witness.samples else None
        icon = tray_icon(sample.area, sample.screen) if sample else None
        if icon is None:
            self.done["found no icon in the tray"] += 1
            return
        _click(icon, "3")
        if self._choose("Preferences") and (window := self._wait(lambda: _find("Preferences"))):
            self._ended.wait(1.0)
            _close(window)

    def _read(self) -> None:
        """Rest the pointer on a toast for a while, and take it away."""
        boxes = [toast.box for toast in self._witness.toasts()]
        if boxes:
            left, top, width, height = self._chance.choice(boxes)
            _run("mousemove", str(left + width // 2), str(top + height // 3))
            self._ended.wait(3.0)
            _run("mousemove", "20", "20")
            self.done["read a toast"] += 1

    def _wait(self, what: Callable[[], _Found]) -> _Found:
        end = time.monotonic() + WAIT_SECONDS
        while not (found := what()) and time.monotonic() < end and not self._ended.wait(0.2):
            pass
        return found


def _find(title: str) -> str:
    return output("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").partition("\n")[0]


def _close(window: str) -> None:
    _run("windowactivate", "--sync", window, "key", "--clearmodifiers", "alt+F4")


def _click(spot: tuple[int, int], button: str = "1") -> None:
    _run("mousemove", str(spot[0]), str(spot[1]), "click", button)


def _run(*words: str) -> None:
    output("xdotool", *words)
