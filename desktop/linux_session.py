"""What a Linux session says over D-Bus: do not disturb, locked, idle.

Sources: the Desktop Notifications Specification (Inhibited), dunst's own interface, the
freedesktop and GNOME screen savers, systemd-logind's session, Mutter's idle monitor.
"""

import os
import shutil
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QObject, QProcess
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant

from desktop.surroundings import Answer

CALL_MILLISECONDS = 2_000
ASK_AGAIN = 12
"""After so many polls a service that wasn't there is asked again."""

_PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A property or a method without arguments that answers one field."""

    field: str
    service: str
    path: str
    interface: str
    member: str
    is_property: bool = False
    system: bool = False
    per_second: float = 0.0
    """For times: how many of its units are a second."""

    def message(self) -> QDBusMessage:
        """Return the call. It starts no service that isn't running."""
        if self.is_property:
            message = QDBusMessage.createMethodCall(self.service, self.path, _PROPERTIES, "Get")
            message.setArguments([self.interface, self.member])
        else:
            message = QDBusMessage.createMethodCall(self.service, self.path, self.interface, self.member)
        message.setAutoStartService(False)
        return message

    def read(self, value: object) -> bool | float | None:
        """Return an answer as the field's value, None if it isn't one."""
        plain = value.variant() if isinstance(value, QDBusVariant) else value
        if self.per_second:
            return plain / self.per_second if isinstance(plain, int | float) else None
        return plain if isinstance(plain, bool) else None


_NOTIFICATIONS = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
QUESTIONS = (
    Question(
        field="do_not_disturb",
        service=_NOTIFICATIONS[0],
        path=_NOTIFICATIONS[1],
        interface="org.freedesktop.Notifications",
        member="Inhibited",
        is_property=True,
    ),
    Question(
        field="do_not_disturb",
        service=_NOTIFICATIONS[0],
        path=_NOTIFICATIONS[1],
        interface="org.dunstproject.cmd0",
        member="paused",
        is_property=True,
    ),
    Question(
        field="locked",
        service="org.freedesktop.ScreenSaver",
        path="/org/freedesktop/ScreenSaver",
        interface="org.freedesktop.ScreenSaver",
        member="GetActive",
    ),
    Question(
        field="locked",
        service="org.gnome.ScreenSaver",
        path="/org/gnome/ScreenSaver",
        interface="org.gnome.ScreenSaver",
        member="GetActive",
    ),
    Question(
        field="locked",
        service="org.freedesktop.login1",
        path="/org/freedesktop/login1/session/auto",
        interface="org.freedesktop.login1.Session",
        member="LockedHint",
        is_property=True,
        system=True,
    ),
    Question(
        field="idle",
        service="org.gnome.Mutter.IdleMonitor",
        path="/org/gnome/Mutter/IdleMonitor/Core",
        interface="org.gnome.Mutter.IdleMonitor",
        member="GetIdletime",
        per_second=1000.0,
    ),
)


class BusReader(QObject):
    """Asks over D-Bus, without waiting."""

    name = "D-Bus"

    def __init__(self) -> None:
        super().__init__()
        self._skip: dict[Question, int] = {}
        self._values: dict[Question, bool | float | None] = {}

    def ask(self, answer: Answer) -> None:
        """Ask every question whose service is there, and the others now and then."""
        for question in QUESTIONS:
            rest = self._skip.get(question, 0)
            if rest > 0:
                self._skip[question] = rest - 1
            else:
                self._call(question, answer)

    def _call(self, question: Question, answer: Answer) -> None:
        bus = QDBusConnection.systemBus() if question.system else QDBusConnection.sessionBus()
        if not bus.isConnected():
            # Nothing would ever answer, and what waits for it would be kept for ever.
            self._skip[question] = ASK_AGAIN
            return
        call = bus.asyncCall(question.message(), CALL_MILLISECONDS)
        watcher = QDBusPendingCallWatcher(call, self)
        watcher.finished.connect(lambda done: self._answered(question, done, answer))

    def _answered(self, question: Question, done: QDBusPendingCallWatcher, answer: Answer) -> None:
        reply = done.reply()
        good = reply.type() is QDBusMessage.MessageType.ReplyMessage and bool(reply.arguments())
        value = question.read(reply.arguments()[0]) if good else None
        self._skip[question] = 0 if value is not None else ASK_AGAIN
        self._values[question] = value
        same = [known for asked, known in self._values.items() if asked.field == question.field]
        told = [known for known in same if known is not None]
        answer(question.field, max(told) if told else None)
        done.deleteLater()


class GnomeReader(QObject):
    """Asks GNOME's settings whether banners are off, which is its do-not-disturb."""

    name = "GNOME"

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program
        self._process: QProcess | None = None

    @classmethod
    def find(cls) -> list[Self]:
        """Return a reader if this is a GNOME session with the program to ask."""
        program = shutil.which("gsettings")
        gnome = "gnome" in os.environ.get("XDG_CURRENT_DESKTOP", "").lower()
        return [cls(program)] if program and gnome else []

    def ask(self, answer: Answer) -> None:
        """Ask, unless the last question is still open."""
        if self._process is not None:
            return
        process = self._process = QProcess(self)
        process.finished.connect(lambda: self._answered(process, answer))
        process.errorOccurred.connect(lambda: self._answered(process, answer))
        process.start(self._program, ["get", "org.gnome.desktop.notifications", "show-banners"])

    def _answered(self, process: QProcess, answer: Answer) -> None:
        if self._process is not process:
            return
        self._process = None
        said = bytes(process.readAllStandardOutput().data()).strip()
        answer("do_not_disturb", {b"true": False, b"false": True}.get(said))
        process.deleteLater()
