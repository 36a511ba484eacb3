"""What macOS says: idle and locked. It does not tell programs about its focus modes.

Sources: CGEventSourceSecondsSinceLastEventType, CGSessionCopyCurrentDictionary (Core Graphics).
"""

import ctypes
import sys

from desktop.surroundings import Answer

_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
_FOUNDATION = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_COMBINED_STATE = 0
_ANY_INPUT = 0xFFFFFFFF
_UTF8 = 0x08000100


class MacReader:
    """Asks the window server."""

    name = "macOS"

    def __init__(self) -> None:
        if sys.platform == "darwin":
            self._graphics = ctypes.CDLL(_GRAPHICS)
            self._foundation = ctypes.CDLL(_FOUNDATION)
            self._graphics.CGEventSourceSecondsSinceLastEventType.restype = ctypes.c_double
            self._graphics.CGSessionCopyCurrentDictionary.restype = ctypes.c_void_p
            self._foundation.CFStringCreateWithCString.restype = ctypes.c_void_p
            self._foundation.CFDictionaryContainsKey.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
            self._foundation.CFRelease.argtypes = [ctypes.c_void_p]

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        if sys.platform == "darwin":
            idle = self._graphics.CGEventSourceSecondsSinceLastEventType(
                _COMBINED_STATE, ctypes.c_uint32(_ANY_INPUT)
            )
            answer("idle", float(idle))
            answer("locked", self._is_locked())

    def _is_locked(self) -> bool:
        """Say whether the session's dictionary has the key that is only there while it is locked."""
        locked = False
        if sys.platform == "darwin":
            session = self._graphics.CGSessionCopyCurrentDictionary()
            key = self._foundation.CFStringCreateWithCString(None, b"CGSSessionScreenIsLocked", _UTF8)
            locked = bool(session) and bool(self._foundation.CFDictionaryContainsKey(session, key))
            for thing in filter(None, (session, key)):
                self._foundation.CFRelease(thing)
        return locked
