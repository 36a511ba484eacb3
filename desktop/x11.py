"""What an X11 display says: idle time (MIT-SCREEN-SAVER) and a full screen in front (EWMH).

By ctypes, since neither is in Qt. All of it happens on a connection of its own.
"""

import ctypes
import ctypes.util
from contextlib import suppress
from typing import Self

from desktop.surroundings import Answer

_ANY_TYPE = 0
_ATOM_LIMIT = 1024


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


_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
# Xlib's own handler ends the process when a window has gone between two questions.
_ignore = _Handler(lambda _display, _event: 0)


class X11Reader:
    """Asks an X server."""

    name = "X11"

    def __init__(self, x11: ctypes.CDLL, saver: ctypes.CDLL | None, display: int) -> None:
        self._x11, self._saver, self._display = x11, saver, ctypes.c_void_p(display)
        self._root = x11.XDefaultRootWindow(self._display)
        self._info = saver.XScreenSaverAllocInfo() if saver else None
        self._active, self._state, self._full = (
            x11.XInternAtom(self._display, name, 0)
            for name in (b"_NET_ACTIVE_WINDOW", b"_NET_WM_STATE", b"_NET_WM_STATE_FULLSCREEN")
        )

    @classmethod
    def open(cls) -> list[Self]:
        """Connect to the display; nothing if its libraries aren't there."""
        try:
            x11 = _declared(ctypes.CDLL("libX11.so.6"))
        except OSError:
            return []
        saver = None
        with suppress(OSError):
            saver = _declared_saver(ctypes.CDLL("libXss.so.1"))
        x11.XSetErrorHandler(_ignore)
        display = x11.XOpenDisplay(None)
        return [cls(x11, saver, display)] if display else []

    def close(self) -> None:
        """Let go of the connection."""
        self._x11.XCloseDisplay(self._display)

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        answer("idle", self._idle())
        answer("presenting", self._is_full())

    def _idle(self) -> float | None:
        if self._saver is None or not self._saver.XScreenSaverQueryInfo(
            self._display, self._root, self._info
        ):
            return None
        return float(self._info.contents.idle) / 1000 if self._info else None

    def _is_full(self) -> bool:
        """Say whether the window in front covers its whole screen."""
        active = self._atoms(self._root, self._active)
        return bool(active and active[0]) and self._full in self._atoms(active[0], self._state)

    def _atoms(self, window: int, name: int) -> list[int]:
        """Return a property of 32-bit values; Xlib gives them as longs."""
        kind, count, rest = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
        size, data = ctypes.c_int(), ctypes.POINTER(ctypes.c_ulong)()
        failed = self._x11.XGetWindowProperty(
            self._display,
            window,
            name,
            0,
            _ATOM_LIMIT,
            0,
            _ANY_TYPE,
            ctypes.byref(kind),
            ctypes.byref(size),
            ctypes.byref(count),
            ctypes.byref(rest),
            ctypes.byref(data),
        )
        if failed or ctypes.cast(data, ctypes.c_void_p).value is None:
            return []
        values = data[: count.value] if size.value == 32 else []  # noqa: PLR2004 - the format's bits
        self._x11.XFree(data)
        return values


def _declared(x11: ctypes.CDLL) -> ctypes.CDLL:
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XGetWindowProperty.argtypes = [
        ctypes.c_void_p,
        ctypes.c_ulong,
        ctypes.c_ulong,
        ctypes.c_long,
        ctypes.c_long,
        ctypes.c_int,
        ctypes.c_ulong,
        *[ctypes.c_void_p] * 5,
    ]
    return x11


def _declared_saver(saver: ctypes.CDLL) -> ctypes.CDLL:
    saver.XScreenSaverAllocInfo.restype = ctypes.POINTER(_Info)
    saver.XScreenSaverQueryInfo.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.POINTER(_Info)]
    return saver
