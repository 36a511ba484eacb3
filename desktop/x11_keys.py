"""A key from every window of an X11 session: a passive grab (XGrabKey) on a connection of our own.

The server sends us this one key and no other; what is typed elsewhere is never seen here.
"""

import ctypes
from itertools import product

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from desktop.i18n import tr
from desktop.keys import ALT, CTRL, META, SHIFT, KeyPress
from desktop.xlib import Display

_SHIFT, _LOCK, _CONTROL, _MOD1, _MOD4 = 1, 2, 4, 8, 64
_MASKS = {SHIFT: _SHIFT, CTRL: _CONTROL, ALT: _MOD1, META: _MOD4}
_ROWS = 8
_ASYNC = 1
_KEY_PRESS, _MAPPING_CHANGED = 2, 34


class _Modifiers(ctypes.Structure):
    """XModifierKeymap of X11/Xlib.h: eight rows of keys, one for each modifier."""

    _fields_ = (("width", ctypes.c_int), ("keys", ctypes.POINTER(ctypes.c_ubyte)))


class X11Keys(QObject):
    """Holds one key.

    Signals:
        pressed(): it was pressed, in whatever window.
        told(str): why it can't be held, as the rest of a sentence; empty if it is.
    """

    pressed = Signal()
    told = Signal(str)

    def __init__(self, display: Display) -> None:
        super().__init__()
        self._display = display
        self._press: KeyPress | None = None
        self._held: set[tuple[int, int]] = set()
        number = display.call("XConnectionNumber")
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def grab(self, press: KeyPress) -> None:
        """Hold this key instead of the one before."""
        self.release()
        self._press = press
        self.told.emit(self._grab(press))
        # What came while the server was asked is in Xlib's queue, where no notifier sees it.
        QTimer.singleShot(0, self, self._read)

    def release(self) -> None:
        """Hold none."""
        with self._display.errors():
            for keycode, modifiers in self._held:
                self._display.call("XUngrabKey", keycode, modifiers, self._display.root)
        self._held.clear()
        self._press = None

    def close(self) -> None:
        """Hold none, and leave."""
        self._notifier.setEnabled(False)
        self._press = None
        self._display.close()

    def _grab(self, press: KeyPress) -> str:
        keycode = self._display.keycode(press.keysym)
        if not keycode:
            return tr("is not on this keyboard.")
        wanted = sum(_MASKS[each] for each in press.held)
        with self._display.errors() as errors:
            # Caps Lock and Num Lock are modifiers, too, and have nothing to do with it.
            for locks in product((0, _LOCK), (0, self._number_lock())):
                modifiers = wanted | sum(set(locks))
                self._held.add((keycode, modifiers))
                self._display.call("XGrabKey", keycode, modifiers, self._display.root, 1, _ASYNC, _ASYNC)
        if not errors:
            return ""
        self.release()
        return tr("is taken by another program.")

    def _number_lock(self) -> int:
        """Return the modifier that Num Lock is; keyboards differ."""
        key = self._display.keycode("Num_Lock")
        library = self._display.library
        library.XGetModifierMapping.restype = ctypes.POINTER(_Modifiers)
        found = library.XGetModifierMapping(self._display.handle)
        width, keys = found.contents.width, found.contents.keys
        rows = [keys[row * width : (row + 1) * width] for row in range(_ROWS)]
        library.XFreeModifiermap(found)
        return next((1 << number for number, row in enumerate(rows) if key and key in row), 0)

    def _read(self) -> None:
        if not self._notifier.isEnabled():
            return
        came = [self._kind(event) for event in self._display.events()]
        if _MAPPING_CHANGED in came and self._press is not None:
            # Another keyboard, or another layout: the key has another number now.
            self.grab(self._press)
        if _KEY_PRESS in came and self._press is not None:
            # Until the key is let go, all others would come to us.
            self._display.call("XUngrabKeyboard", 0)
            self._display.call("XFlush")
            self.pressed.emit()

    def _kind(self, event: ctypes.Array[ctypes.c_long]) -> int:
        kind = ctypes.c_int.from_buffer(event).value
        if kind == _MAPPING_CHANGED:
            self._display.refresh_keyboard(event)
        return kind
