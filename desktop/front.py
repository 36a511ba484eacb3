"""On which screen the window in front is, whosever it is: X11, Windows and macOS tell, Wayland doesn't."""

import ctypes
import sys

from desktop.objc import ObjC
from desktop.placement import Front
from desktop.xlib import Display


def front(platform: str) -> Front:
    """Return how to find it on this system; ``platform`` is Qt's name of its display."""
    if sys.platform == "win32":
        return _on_windows
    if sys.platform == "darwin":
        return _on_macos
    display = Display.open() if platform == "xcb" else None
    return X11Front(display) if display is not None else lambda: None


class X11Front:
    """Asks the window manager (EWMH, ``_NET_ACTIVE_WINDOW``)."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._active = display.atom("_NET_ACTIVE_WINDOW")

    def __call__(self) -> tuple[int, int] | None:
        """Return the middle of the active window."""
        # It may be gone between two questions; Xlib would end the process.
        with self._display.errors() as errors:
            active = self._display.numbers(self._display.root, self._active)
            middle = self._middle(active[0]) if active and active[0] else None
        return None if errors else middle

    def _middle(self, window: int) -> tuple[int, int] | None:
        root, child = ctypes.c_ulong(), ctypes.c_ulong()
        left, top = ctypes.c_int(), ctypes.c_int()
        width, height, border, depth = (ctypes.c_uint() for _ in range(4))
        shape = [ctypes.byref(each) for each in (root, left, top, width, height, border, depth)]
        if not self._display.call("XGetGeometry", window, *shape):
            return None
        place = [ctypes.byref(each) for each in (left, top, child)]
        if not self._display.call("XTranslateCoordinates", window, self._display.root, 0, 0, *place):
            return None
        return left.value + width.value // 2, top.value + height.value // 2


def _on_windows() -> tuple[int, int] | None:
    if sys.platform == "win32":
        box = (ctypes.c_long * 4)()
        window = ctypes.windll.user32.GetForegroundWindow()
        if window and ctypes.windll.user32.GetWindowRect(window, ctypes.byref(box)):
            return (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    return None


def _on_macos() -> str | None:
    """Ask ``NSScreen.mainScreen.localizedName``: the screen with the keyboard, as Qt calls it."""
    objc = ObjC.open()
    if objc is None:
        return None
    text = objc.ask(
        objc.find(b"NSScreen"), b"mainScreen", b"localizedName", b"UTF8String", kind=ctypes.c_char_p
    )
    return text.decode("utf-8", "replace") if text else None
