"""What kind of screen it is: whether it draws half-transparent pixels, and whether X11 is a real one."""

import ctypes
import ctypes.util
import os

from PySide6.QtGui import QGuiApplication, QNativeInterface


def is_composited(app: QGuiApplication) -> bool:
    """Say whether windows are blended. Only bare X11 has to be asked (EWMH, ``_NET_WM_CM_Sn``)."""
    if app.platformName() != "xcb":
        return True
    native = app.nativeInterface()
    if not isinstance(native, QNativeInterface.QX11Application):
        return False
    try:
        return _has_selection_owner(native.connection(), b"_NET_WM_CM_S0")
    except (OSError, AttributeError):
        return False


class _AtomReply(ctypes.Structure):
    """Both replies we ask for, ``xcb_intern_atom_reply_t`` and the owner's, look like this."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("id", ctypes.c_uint32),
    )


def _has_selection_owner(connection: int, selection: bytes) -> bool:
    xcb = ctypes.CDLL(ctypes.util.find_library("xcb") or "libxcb.so.1")
    libc = ctypes.CDLL(None)
    libc.free.argtypes = (ctypes.c_void_p,)
    handle = ctypes.c_void_p(connection)

    def answer(verb: str, *arguments: object) -> int:
        ask, reply = getattr(xcb, verb), getattr(xcb, f"{verb}_reply")
        ask.restype, reply.restype = ctypes.c_uint, ctypes.POINTER(_AtomReply)
        found = reply(handle, ctypes.c_uint(ask(handle, *arguments)), None)
        if not found:
            return 0
        number = int(found.contents.id)
        libc.free(found)
        return number

    atom = answer("xcb_intern_atom", ctypes.c_uint8(0), ctypes.c_uint16(len(selection)), selection)
    return atom != 0 and answer("xcb_get_selection_owner", ctypes.c_uint32(atom)) != 0


def is_emulated(app: QGuiApplication) -> bool:
    """Say whether X11 is only emulated on Wayland: panels are then not taken out of the free area."""
    return app.platformName() == "xcb" and bool(os.environ.get("WAYLAND_DISPLAY"))
