"""Looks whether a screen can be reached before Qt does: Qt ends the program without a word to a person."""

import ctypes
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from desktop.options import NoDisplayError, choose_platform

CURSORS = "libxcb-cursor.so.0"
"""Since 6.5 Qt's X11 part needs this library, which few systems bring along."""
CONNECT_SECONDS = 5.0

Load = Callable[[str], ctypes.CDLL]


def choose(environ: Mapping[str, str], system: str) -> str | None:
    """Return the Qt platform to ask for, or None to leave it to Qt; ``system`` is as ``sys.platform``.

    Raises:
        NoDisplayError: on Linux, and there is no screen, or none that can be used; it says why.
    """
    wanted = choose_platform(environ, system)
    return None if wanted is None else usable(wanted, environ)


def usable(platforms: str, environ: Mapping[str, str], load: Load = ctypes.CDLL) -> str:
    """Return those of Qt's ``platforms``, such as ``xcb;wayland``, whose server answers here.

    Raises:
        NoDisplayError: none does; it says why of each.
    """
    reasons = {name: _reason(name, environ, load) for name in platforms.split(";")}
    good = [name for name, reason in reasons.items() if not reason]
    if not good:
        raise NoDisplayError(" ".join(reasons.values()))
    return ";".join(good)


def _reason(platform: str, environ: Mapping[str, str], load: Load) -> str:
    """Return why a platform cannot be used, or nothing."""
    return _x11(environ, load) if platform == "xcb" else _wayland(environ)


def _x11(environ: Mapping[str, str], load: Load) -> str:
    try:
        load(CURSORS)
    except OSError:
        return (
            f"The library {CURSORS} is missing: install the package libxcb-cursor0 "
            "(on Fedora and openSUSE xcb-util-cursor)."
        )
    try:
        xcb = load("libxcb.so.1")
    except OSError:
        return "The library libxcb.so.1 is missing: install the package libxcb1."
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = ctypes.c_char_p, ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    name = environ.get("DISPLAY", "")
    connection = xcb.xcb_connect(os.fsencode(name), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"The X server DISPLAY={name} cannot be reached, or does not let this user in." if failed else ""


def _wayland(environ: Mapping[str, str]) -> str:
    name = environ.get("WAYLAND_DISPLAY", "")
    path = Path(environ.get("XDG_RUNTIME_DIR", "")) / name
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(CONNECT_SECONDS)
            door.connect(str(path))
    except OSError:
        return f"The compositor WAYLAND_DISPLAY={name} cannot be reached at {path}."
    return ""
