"""Who has the keyboard on an X11 display: given to a window of ours, and back again.

Toasts are no windows of the window manager, so it is asked for nothing; and Qt would name the time
of the last key that it saw itself, which a later one elsewhere makes void.
"""

import ctypes

from desktop.xlib import Display

_REVERT_TO_PARENT, _NOW = 2, 0
_NOBODY, _POINTER = 0, 1


class X11Focus:
    """On a connection of its own."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._before = _NOBODY

    def remember(self) -> None:
        """Keep in mind who has the keyboard."""
        window, revert = ctypes.c_ulong(), ctypes.c_int()
        self._display.call("XGetInputFocus", ctypes.byref(window), ctypes.byref(revert))
        self._before = window.value

    def give(self, window: int) -> None:
        """Give the keyboard to a window of ours that is on the screen."""
        self._set(window)

    def give_back(self) -> None:
        """Give it back to who was remembered, if that window is still there."""
        if self._before > _POINTER:
            self._set(self._before)
        self._before = _NOBODY

    def close(self) -> None:
        """Leave."""
        self._display.close()

    def _set(self, window: int) -> None:
        with self._display.errors():
            self._display.call("XSetInputFocus", window, _REVERT_TO_PARENT, _NOW)
