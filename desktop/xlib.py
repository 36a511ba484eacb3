"""A connection of our own to an X server, by ctypes: Qt tells neither of keys nor of focus elsewhere."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_ERROR_CODE = 32
"""Where ``error_code`` stands in an XErrorEvent of Xlib.h, in bytes, where a long has eight."""
_EVENT_LONGS = 24
"""An XEvent is a union as large as so many longs."""
_ANY_TYPE = 0
_MOST_NUMBERS = 1024

Event = ctypes.c_long * _EVENT_LONGS
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class Display:
    """One connection. ``call`` does anything that Xlib can, with the connection as its first argument."""

    def __init__(self, library: ctypes.CDLL, handle: int) -> None:
        """Use :meth:`open`."""
        self.library, self.handle = library, ctypes.c_void_p(handle)
        self.root = self.call("XDefaultRootWindow")
        """The number of the root window."""

    @classmethod
    def open(cls) -> "Display | None":
        """Connect to the display of this session; None if there is none, or no Xlib."""
        try:
            library = ctypes.CDLL("libX11.so.6")
        except OSError:
            return None
        library.XOpenDisplay.restype = ctypes.c_void_p
        for name in ("XDefaultRootWindow", "XStringToKeysym"):
            getattr(library, name).restype = ctypes.c_ulong
        library.XKeysymToKeycode.restype = ctypes.c_ubyte
        library.XSetErrorHandler.restype = ctypes.c_void_p
        handle = library.XOpenDisplay(None)
        return cls(library, handle) if handle else None

    def call(self, verb: str, *arguments: object) -> int:
        """Call a function of Xlib and return its number. Numbers go as unsigned longs, as windows are."""
        given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
        return int(getattr(self.library, verb)(self.handle, *given))

    def keycode(self, keysym: str) -> int:
        """Return the number of a key on this keyboard, 0 if it has none."""
        return self.call("XKeysymToKeycode", self.library.XStringToKeysym(keysym.encode("ascii")))

    def atom(self, name: str) -> int:
        """Return the number that stands for a name on this display."""
        return self.call("XInternAtom", ctypes.c_char_p(name.encode("ascii")), 0)

    def numbers(self, window: int, atom: int) -> list[int]:
        """Return a window's property of 32-bit values, as Xlib gives them: as longs. Empty if it has none."""
        kind, count, rest = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
        size, data = ctypes.c_int(), ctypes.POINTER(ctypes.c_ulong)()
        answers = [ctypes.byref(each) for each in (kind, size, count, rest, data)]
        failed = self.call("XGetWindowProperty", window, atom, 0, _MOST_NUMBERS, 0, _ANY_TYPE, *answers)
        if failed or ctypes.cast(data, ctypes.c_void_p).value is None:
            return []
        values = data[: count.value] if size.value == 32 else []  # noqa: PLR2004 - the format's bits
        self.library.XFree(data)
        return values

    @contextmanager
    def errors(self) -> Iterator[list[int]]:
        """Collect the codes of the errors of what is asked for inside; they are there afterwards.

        Xlib's own handler would end the process.
        """
        found: list[int] = []

        def note(_display: int, event: int) -> int:
            found.append(ctypes.c_ubyte.from_address(event + _ERROR_CODE).value)
            return 0

        handler = _Handler(note)
        before = self.library.XSetErrorHandler(handler)
        try:
            yield found
        finally:
            self.call("XSync", 0)
            self.library.XSetErrorHandler(ctypes.c_void_p(before))

    def refresh_keyboard(self, event: ctypes.Array[ctypes.c_long]) -> None:
        """Take in that the keyboard is another one."""
        self.library.XRefreshKeyboardMapping(ctypes.byref(event))

    def events(self) -> Iterator[ctypes.Array[ctypes.c_long]]:
        """Yield the events that have come, without waiting."""
        while self.call("XPending"):
            event = Event()
            self.call("XNextEvent", ctypes.byref(event))
            yield event

    def close(self) -> None:
        """Let go of the connection, and of what it had asked for."""
        self.call("XCloseDisplay")
