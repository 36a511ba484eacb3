"""Whether the system asks programs to keep still, and when it changes its mind.

Windows and macOS say it by a call, Linux desktops by the settings portal, which also tells of a
change. One that says nothing doesn't mind movement.
"""

import ctypes
import sys
from typing import Any

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant

from desktop.objc import ObjC

LOOK_MILLISECONDS = 30_000
"""How often a system is asked that doesn't tell by itself; a call of some microseconds."""

_SPI_GETCLIENTAREAANIMATION = 0x1042
_PORTAL, _PLACE = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SETTINGS = "org.freedesktop.portal.Settings"
_KEY = ["org.gnome.desktop.interface", "enable-animations"]
_WAIT_MILLISECONDS = 200


def is_unwanted() -> bool:
    """Say whether the person has asked their system for less movement."""
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "darwin":
        return _on_macos()
    return _by_portal()


class Motion(QObject):
    """Watches that wish.

    Signals:
        changed(): it is another now, as :func:`is_unwanted` tells.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._last: bool | None = None
        self._timer = QTimer(self, interval=LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch."""
        if sys.platform in {"win32", "darwin"}:
            self._last = is_unwanted()
            self._timer.start()
        else:
            bus = QDBusConnection.sessionBus()
            hear: Any = SLOT("hear(QDBusMessage)")  # a text, whatever Qt's type hints say
            bus.connect(_PORTAL, _PLACE, _SETTINGS, "SettingChanged", self, hear)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()

    @Slot(QDBusMessage)
    def hear(self, message: QDBusMessage) -> None:
        """Take notice of a change of one of the desktop's settings."""
        if message.arguments()[:2] == _KEY:
            self.changed.emit()

    def look(self) -> None:
        """Ask a system that doesn't tell by itself."""
        now = is_unwanted()
        if now is not self._last:
            self._last = now
            self.changed.emit()


def _on_windows() -> bool:
    if sys.platform == "win32":
        moves = ctypes.c_int(1)
        told = ctypes.windll.user32.SystemParametersInfoW(
            _SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(moves), 0
        )
        return bool(told) and not moves.value
    return False


def _on_macos() -> bool:
    """Ask ``NSWorkspace.sharedWorkspace.accessibilityDisplayShouldReduceMotion``."""
    objc = ObjC.open()
    if objc is None:
        return False
    asked = (b"sharedWorkspace", b"accessibilityDisplayShouldReduceMotion")
    return bool(objc.ask(objc.find(b"NSWorkspace"), *asked, kind=ctypes.c_bool))


def _by_portal() -> bool:
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    call = QDBusMessage.createMethodCall(_PORTAL, _PLACE, _SETTINGS, "ReadOne")
    call.setAutoStartService(False)
    call.setArguments(_KEY)
    answer = bus.call(call, timeout=_WAIT_MILLISECONDS)
    if answer.type() is not QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
        return False
    said = answer.arguments()[0]
    return (said.variant() if isinstance(said, QDBusVariant) else said) is False
