"""A key from every window of Windows: RegisterHotKey, and who had the keyboard before.

Sources: https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-registerhotkey,
SetForegroundWindow. The process that gets a hot key may come to the front by it.
"""

import ctypes
import sys

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal

from desktop.i18n import tr
from desktop.keys import ALT, CTRL, META, SHIFT, KeyPress

_MASKS = {ALT: 1, CTRL: 2, SHIFT: 4, META: 8}
_NO_REPEAT = 0x4000
_HOTKEY = 0x0312
_ID = 1


class _Message(ctypes.Structure):
    """MSG of WinUser.h, as far as it is read here."""

    _fields_ = (("window", ctypes.c_void_p), ("message", ctypes.c_uint), ("which", ctypes.c_void_p))


def modifiers(press: KeyPress) -> int:
    """Return what is held as ``fsModifiers``; holding the key down counts once."""
    return sum(_MASKS[each] for each in press.held) | _NO_REPEAT


class _Filter(QAbstractNativeEventFilter):
    """Looks for the one message among those of this thread."""

    def __init__(self, keys: "WindowsKeys") -> None:
        super().__init__()
        self._keys = keys

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self, _kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        """Take the hot key, and nothing else."""
        found = _Message.from_address(int(message))
        if found.message == _HOTKEY and found.which == _ID:
            self._keys.pressed.emit()
            return True, 0
        return False, 0


class WindowsKeys(QObject):
    """Holds one key.

    Signals:
        pressed(): it was pressed, in whatever window.
        told(str): why it can't be held, as the rest of a sentence; empty if it is.
    """

    pressed = Signal()
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._filter = _Filter(self)

    def grab(self, press: KeyPress) -> None:
        """Hold this key instead of the one before."""
        self.release()
        if sys.platform == "win32":
            taken = ctypes.windll.user32.RegisterHotKey(None, _ID, modifiers(press), press.virtual_key)
            if taken:
                self._application().installNativeEventFilter(self._filter)
            self.told.emit("" if taken else tr("is taken by another program."))

    def release(self) -> None:
        """Hold none."""
        if sys.platform == "win32":
            self._application().removeNativeEventFilter(self._filter)
            ctypes.windll.user32.UnregisterHotKey(None, _ID)

    def close(self) -> None:
        """Hold none."""
        self.release()

    def _application(self) -> QCoreApplication:
        application = QCoreApplication.instance()
        assert application is not None  # noqa: S101 - there is one, or nobody could press anything
        return application


class WindowsFocus:
    """Who has the keyboard."""

    def __init__(self) -> None:
        self._before = 0

    def remember(self) -> None:
        """Keep in mind who has the keyboard."""
        if sys.platform == "win32":
            self._before = ctypes.windll.user32.GetForegroundWindow() or 0

    def give(self, window: int) -> None:
        """Give the keyboard to a window of ours that is on the screen."""
        if sys.platform == "win32":
            ctypes.windll.user32.SetForegroundWindow(ctypes.c_void_p(window))

    def give_back(self) -> None:
        """Give it back to who was remembered, if that window is still there."""
        if sys.platform == "win32" and self._before:
            ctypes.windll.user32.SetForegroundWindow(ctypes.c_void_p(self._before))
        self._before = 0

    def close(self) -> None:
        """Do nothing: there is nothing to leave."""
