"""The probes of this computer: tray, notifications, keyring, sound, screens.

What Qt knows of screens and tray is read by :func:`look_around` on the GUI thread; the checks
themselves then run in threads. Nothing is shown, played or written.
"""

import getpass
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from PySide6 import __version__ as qt_version
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop import doctor
from desktop.checks import Check
from desktop.doctor import Finding
from desktop.i18n import tr
from desktop.keychain import Keychain
from desktop.sound import player

BUS_MILLISECONDS = 3_000

_SERVICE, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_PUSH = r"Software\Microsoft\Windows\CurrentVersion\PushNotifications"


@dataclass(frozen=True, kw_only=True)
class View:
    """What can be seen of the graphical session."""

    platform: str
    """Qt's name of it, such as ``xcb``."""
    tray: bool
    screens: tuple[str, ...]

    @property
    def placed(self) -> bool:
        """Say whether windows can be placed, and so toasts of our own be shown."""
        return self.platform != "wayland"


def look_around() -> View | None:
    """Return what there is to see, on the GUI thread; None without a graphical session."""
    if not isinstance(QGuiApplication.instance(), QApplication):
        return None
    found = []
    for screen in QGuiApplication.screens():
        size, ratio = screen.size(), screen.devicePixelRatio()
        wide, high = round(size.width() * ratio), round(size.height() * ratio)
        found.append(f"{screen.name()}, {wide} × {high} at {ratio * 100:.0f} %")
    tray = QSystemTrayIcon.isSystemTrayAvailable()
    return View(platform=QGuiApplication.platformName(), tray=tray, screens=tuple(found))


def equipment_checks(view: View | None, keychain: Keychain, relay: str) -> list[Check]:
    """Return the probes of this computer; ``relay`` is the name of the sign-in, empty if there is none."""
    return [
        Check(names=("tray",), run=lambda: [_tray(view)]),
        Check(names=("notifications",), run=lambda: [_notifications(view)]),
        Check(names=("keyring",), run=lambda: [_keyring(keychain, relay)]),
        Check(names=("sound",), run=lambda: [_sound()]),
        Check(names=("screens",), run=lambda: [_screens(view)]),
    ]


def about() -> dict[str, str]:
    """Return what runs where, for the report."""
    said = {
        "Deskbell": _version(),
        "System": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "Python": platform.python_version(),
        "Qt": qt_version,
        "Packaged": "yes" if getattr(sys, "frozen", False) else "no",
    }
    session = os.environ.get("XDG_CURRENT_DESKTOP") or os.environ.get("XDG_SESSION_TYPE")
    return said | ({"Session": session} if session else {})


def users(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of who is sitting here, for the redaction."""
    name = ""
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser()
    return tuple({name, environ.get("USERNAME", "")} - {"", "root"})


def _version() -> str:
    try:
        return version("deskbell")
    except PackageNotFoundError:
        return "unpackaged"


def _tray(view: View | None) -> Finding:
    return doctor.no_screen("tray") if view is None else doctor.tray(available=view.tray)


def _screens(view: View | None) -> Finding:
    return doctor.no_screen("screens") if view is None else doctor.screens(view.screens)


def _notifications(view: View | None) -> Finding:
    placed = view is not None and view.placed
    if sys.platform == "win32":
        service = "Windows" if _windows_allows() else ""
    elif sys.platform == "darwin":
        return doctor.broken("notifications", tr("macOS tells it only in its settings"))
    else:
        service = _bus_service()
    if not service and view is None:
        return doctor.no_screen("notifications")
    return doctor.notifications(service, placed=placed)


def _bus_service() -> str:
    """Ask the bus who shows notifications (freedesktop's specification, GetServerInformation)."""
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return ""
    call = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SERVICE, "GetServerInformation")
    answer = bus.call(call, QDBus.CallMode.Block, BUS_MILLISECONDS)
    if answer.type() is not QDBusMessage.MessageType.ReplyMessage:
        return ""
    return " ".join(str(part) for part in answer.arguments()[:1]) or tr("unnamed")


def _windows_allows() -> bool:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PUSH) as key:
            return bool(winreg.QueryValueEx(key, "ToastEnabled")[0])
    return True


def _keyring(keychain: Keychain, relay: str) -> Finding:
    found = keychain.load(relay or "https://nowhere.invalid")
    reason = found.reason.partition(". ")[0] + "." if found.reason else ""
    return doctor.keyring(works=found.ok, reason=reason, holds=bool(found.token))


def _sound() -> Finding:
    play, words = player()
    return doctor.sound(words, "" if play else words)
