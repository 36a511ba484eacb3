"""Whether the system asks programs to keep still. Asked once when it matters, never watched.

Windows and macOS say it by a call, Linux desktops by the settings portal. One that says nothing
doesn't mind movement.
"""

import ctypes
import ctypes.util
import sys

from PySide6.QtDBus import QDBusConnection, QDBusMessage

_SPI_GETCLIENTAREAANIMATION = 0x1042
_PORTAL = "org.freedesktop.portal.Desktop"
_WAIT_MILLISECONDS = 200


def is_unwanted() -> bool:
    """Say whether the person has asked their system for less movement."""
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "darwin":
        return _on_macos()
    return _by_portal()


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
    library = ctypes.util.find_library("objc")
    if library is None:
        return False
    objc = ctypes.CDLL(library)
    objc.objc_getClass.restype = objc.sel_registerName.restype = ctypes.c_void_p
    send = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    ask = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    workspace = send(objc.objc_getClass(b"NSWorkspace"), objc.sel_registerName(b"sharedWorkspace"))
    name = objc.sel_registerName(b"accessibilityDisplayShouldReduceMotion")
    return bool(workspace) and bool(ask(workspace, name))


def _by_portal() -> bool:
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    call = QDBusMessage.createMethodCall(
        _PORTAL, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings", "ReadOne"
    )
    call.setAutoStartService(False)
    call.setArguments(["org.gnome.desktop.interface", "enable-animations"])
    answer = bus.call(call, timeout=_WAIT_MILLISECONDS)
    return answer.type() is QDBusMessage.MessageType.ReplyMessage and answer.arguments()[:1] == [False]
