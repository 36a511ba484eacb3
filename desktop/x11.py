"""What an X11 display says: idle time (MIT-SCREEN-SAVER) and a full screen in front (EWMH).

By ctypes, since neither is in Qt. All of it happens on a connection of its own.
"""

import ctypes
from contextlib import suppress
from typing import Self

from desktop.surroundings import Answer
from desktop.xlib import Display


class _Info(ctypes.Structure):
    """XScreenSaverInfo of X11/extensions/scrnsaver.h."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    )


class X11Reader:
    """Asks an X server."""

    name = "X11"

    def __init__(self, display: Display) -> None:
        self._display = display
        self._saver: ctypes.CDLL | None = None
        with suppress(OSError):
            self._saver = _declared_saver(ctypes.CDLL("libXss.so.1"))
        self._info = self._saver.XScreenSaverAllocInfo() if self._saver else None
        self._active = display.atom("_NET_ACTIVE_WINDOW")
        self._state, self._full = display.atom("_NET_WM_STATE"), display.atom("_NET_WM_STATE_FULLSCREEN")

    @classmethod
    def open(cls) -> list[Self]:
        """Connect to the display; nothing if there is none, or no Xlib."""
        display = Display.open()
        return [cls(display)] if display is not None else []

    def close(self) -> None:
        """Let go of the connection."""
        self._display.close()

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        # The window in front may be gone between two questions.
        with self._display.errors():
            idle, full = self._idle(), self._is_full()
        answer("idle", idle)
        answer("presenting", full)

    def _idle(self) -> float | None:
        display = self._display
        if self._saver is None or not self._saver.XScreenSaverQueryInfo(
            display.handle, display.root, self._info
        ):
            return None
        return float(self._info.contents.idle) / 1000 if self._info else None

    def _is_full(self) -> bool:
        """Say whether the window in front covers its whole screen."""
        active = self._display.numbers(self._display.root, self._active)
        return bool(active and active[0]) and self._full in self._display.numbers(active[0], self._state)


def _declared_saver(saver: ctypes.CDLL) -> ctypes.CDLL:
    saver.XScreenSaverAllocInfo.restype = ctypes.POINTER(_Info)
    saver.XScreenSaverQueryInfo.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.POINTER(_Info)]
    return saver
