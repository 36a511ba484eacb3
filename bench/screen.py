"""What is seen on an X11 screen, and when: an icon in the tray, a window with something in it.

The same eyes for every program, from outside. By ctypes, on a connection of its own.
"""

import ctypes
import select
import time
from types import TracebackType
from typing import Self

_SUBSTRUCTURE = 1 << 19
_MAP, _REPARENT = 19, 21
_ALL_PLANES, _Z_PIXMAP = ctypes.c_ulong(-1), 2
_WINDOW_WIDTH = 200
"""What is narrower is no notification."""
_TRAY = b"_NET_SYSTEM_TRAY_S0"

_Event = ctypes.c_long * 24
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
# Xlib's own handler ends the process when a window has gone between two questions.
_ignore = _Handler(lambda _display, _event: 0)


class Screen:
    """Watches the root window of the display in ``DISPLAY``. A context manager."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            OSError: there is no Xlib, or no display.
        """
        self._x11 = _declared(ctypes.CDLL("libX11.so.6"))
        self._x11.XSetErrorHandler(_ignore)
        display = self._x11.XOpenDisplay(None)
        if not display:
            raise OSError("there is no X display")
        self._display = ctypes.c_void_p(display)
        self._root = self._x11.XDefaultRootWindow(self._display)
        self._event = _Event()
        self._x11.XSelectInput(self._display, self._root, _SUBSTRUCTURE)
        self._x11.XSync(self._display, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x11.XCloseDisplay(self._display)

    def forget(self) -> None:
        """Drop what has happened so far."""
        self._x11.XSync(self._display, 1)

    def docked(self, seconds: float) -> float:
        """Wait until a window was taken into another that is not its frame: an icon into the tray.

        Returns when it was, in monotonic seconds.

        Raises:
            TimeoutError: none was.
        """
        end = time.monotonic() + seconds
        while self._next(end):
            kind, window, parent = self._event[0] & 0xFF, self._event[5], self._event[6]
            if kind == _REPARENT and parent != self._root and self._size(window)[0] < _WINDOW_WIDTH:
                return time.monotonic()
        raise TimeoutError("no icon came into the tray")

    def painted(self, seconds: float) -> float:
        """Wait until a window of a notification's size has come up and its middle was painted.

        Returns when it was, in monotonic seconds.

        Raises:
            TimeoutError: there was none.
        """
        end = time.monotonic() + seconds
        while self._next(end):
            if self._event[0] & 0xFF == _MAP:
                wide, high, x, y = self._size(self._event[5])
                if wide >= _WINDOW_WIDTH and self._is_painted(x + wide // 2, y + high // 2, end):
                    return time.monotonic()
        raise TimeoutError("no window came up")

    def has_tray(self) -> bool:
        """Say whether somebody shows icons."""
        atom = self._x11.XInternAtom(self._display, _TRAY, 0)
        return bool(self._x11.XGetSelectionOwner(self._display, atom))

    # Parts

    def _next(self, end: float) -> bool:
        """Take the next event; False if the time is over."""
        while not self._x11.XPending(self._display):
            left = end - time.monotonic()
            if left <= 0:
                return False
            select.select([self._x11.XConnectionNumber(self._display)], [], [], left)
        self._x11.XNextEvent(self._display, self._event)
        return True

    def _size(self, window: int) -> tuple[int, int, int, int]:
        """Return width, height and place; zeros if the window has gone."""
        root, x, y = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_int()
        wide, high, border, depth = (ctypes.c_uint() for _ in range(4))
        out = [ctypes.byref(value) for value in (root, x, y, wide, high, border, depth)]
        self._x11.XGetGeometry(self._display, window, *out)
        return wide.value, high.value, x.value, y.value

    def _is_painted(self, x: int, y: int, end: float) -> bool:
        """Wait until a point isn't black any more, as the screen itself is."""
        while time.monotonic() < end:
            image = self._x11.XGetImage(self._display, self._root, x, y, 1, 1, _ALL_PLANES, _Z_PIXMAP)
            if not image:
                return False
            colour = self._x11.XGetPixel(image, 0, 0) & 0xFFFFFF
            self._x11.XDestroyImage(image)
            if colour:
                return True
        return False


def _declared(x11: ctypes.CDLL) -> ctypes.CDLL:
    pointer, number, large = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    out = [ctypes.c_void_p] * 7
    signatures: dict[str, tuple[object, list[object]]] = {
        "XOpenDisplay": (pointer, [ctypes.c_char_p]),
        "XCloseDisplay": (number, [pointer]),
        "XDefaultRootWindow": (large, [pointer]),
        "XSelectInput": (number, [pointer, large, ctypes.c_long]),
        "XSync": (number, [pointer, number]),
        "XPending": (number, [pointer]),
        "XConnectionNumber": (number, [pointer]),
        "XNextEvent": (number, [pointer, pointer]),
        "XGetGeometry": (number, [pointer, large, *out]),
        "XInternAtom": (large, [pointer, ctypes.c_char_p, number]),
        "XGetSelectionOwner": (large, [pointer, large]),
        "XGetImage": (pointer, [pointer, large, number, number, *[ctypes.c_uint] * 2, large, number]),
        "XGetPixel": (large, [pointer, number, number]),
        "XDestroyImage": (number, [pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(x11, name)
        function.restype, function.argtypes = result, arguments
    return x11
