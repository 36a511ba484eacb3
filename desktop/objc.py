"""Questions to macOS itself, by its Objective-C runtime: what Qt doesn't tell."""

import ctypes
import ctypes.util
from typing import Any


class ObjC:
    """Sends messages to objects, which are pointers here. Objects that aren't there answer nothing."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        library.objc_getClass.restype = library.sel_registerName.restype = ctypes.c_void_p

    @classmethod
    def open(cls) -> "ObjC | None":
        """Return the runtime, None where there is none."""
        path = ctypes.util.find_library("objc")
        return None if path is None else cls(ctypes.CDLL(path))

    def find(self, name: bytes) -> int | None:
        """Return a class by its name."""
        found: int | None = self._library.objc_getClass(name)
        return found

    def ask(self, whom: int | None, *messages: bytes, kind: Any = ctypes.c_void_p) -> Any:
        """Send messages, each to what the one before returned; the last returns a ``kind`` of ctypes."""
        for place, message in enumerate(messages, 1):
            if not whom:
                return None
            answer = kind if place == len(messages) else ctypes.c_void_p
            send = ctypes.CFUNCTYPE(answer, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", self._library))
            whom = send(whom, self._library.sel_registerName(message))
        return whom
