"""A notification service on a D-Bus of its own: it records what comes, and presses what it is told to."""

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from dbus_fast import DBusError
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME, PLACE = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
CLOSED_BY_US = 3


class Service(ServiceInterface):
    """As the Desktop Notifications Specification wants it."""

    def __init__(self, capabilities: Sequence[str]) -> None:
        super().__init__(NAME)
        self.capabilities = list(capabilities)
        self.shown: dict[int, dict[str, Any]] = {}
        self.came: list[dict[str, Any]] = []
        self.refuses = False
        """It takes nothing more, as one that hangs or has too much."""
        self.answering = asyncio.Event()
        """Without it a notification is on the screen, and whoever sent it does not know yet."""
        self.answering.set()
        self._last = 0

    @dbus_method(name="GetCapabilities")
    def get_capabilities(self) -> "as":  # type: ignore[valid-type] # noqa: F722 - D-Bus signatures
        """Return what this service can do."""
        return self.capabilities

    @dbus_method(name="GetServerInformation")
    def get_server_information(self) -> "ssss":  # type: ignore[name-defined] # noqa: F821 - a D-Bus signature
        """Return who this service is."""
        return ["recorder", "tests", "1", "1.2"]

    @dbus_method(name="Notify")
    async def notify(  # noqa: PLR0917 - the specification's arguments
        self,
        app: "s",  # type: ignore[name-defined] # noqa: F821
        replaces: "u",  # type: ignore[name-defined] # noqa: F821
        icon: "s",  # type: ignore[name-defined] # noqa: F821
        summary: "s",  # type: ignore[name-defined] # noqa: F821
        body: "s",  # type: ignore[name-defined] # noqa: F821
        actions: "as",  # type: ignore[valid-type] # noqa: F722
        hints: "a{sv}",  # type: ignore[valid-type] # noqa: F722
        expires: "i",  # type: ignore[name-defined] # noqa: F821
    ) -> "u":  # type: ignore[name-defined] # noqa: F821
        """Take a notification."""
        if self.refuses:
            raise DBusError("org.freedesktop.Notifications.Error.ExcessNotificationGeneration", "enough")
        self._last += 1
        one = {
            "number": self._last,
            "app": app,
            "title": summary,
            "body": body,
            "actions": dict(zip(actions[::2], actions[1::2], strict=True)),
            "urgency": hints["urgency"].value,
            "timeout": expires,
        }
        self.shown[self._last] = one
        self.came.append(one)
        number = self._last
        await self.answering.wait()
        return number

    @dbus_method(name="CloseNotification")
    def close_notification(self, number: "u") -> None:  # type: ignore[name-defined] # noqa: F821
        """Take a notification away."""
        if self.shown.pop(number, None) is not None:
            self.notification_closed(number, CLOSED_BY_US)

    @dbus_signal(name="NotificationClosed")
    def notification_closed(self, number: int, reason: int) -> "uu":  # type: ignore[name-defined] # noqa: F821
        """Say that one is gone."""
        return [number, reason]

    @dbus_signal(name="ActionInvoked")
    def action_invoked(self, number: int, key: str) -> "us":  # type: ignore[name-defined] # noqa: F821
        """Say that a button was pressed."""
        return [number, key]


class Recorder:
    """The service with a thread and a bus."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service, self._loop = service, loop

    @property
    def titles(self) -> list[str]:
        """Return the titles on the screen."""
        return [one["title"] for one in list(self.service.shown.values())]

    def press(self, title: str, key: str) -> None:
        """Press a button of a notification, or ``default`` for the notification itself."""
        number = self._number(title)
        self._loop.call_soon_threadsafe(self.service.action_invoked, number, key)

    def dismiss(self, title: str) -> None:
        """Close a notification as a person does."""
        number = self._number(title)
        self._loop.call_soon_threadsafe(self.service.notification_closed, number, 2)

    def hold_answers(self) -> None:
        """Show what comes, and say nothing of it."""
        self._loop.call_soon_threadsafe(self.service.answering.clear)

    def answer_in(self, seconds: float) -> None:
        """Say after a while what has been shown."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self.service.answering.set)

    def _number(self, title: str) -> int:
        return next(number for number, one in self.service.shown.items() if one["title"] == title)


@contextmanager
def session_bus(place: Path) -> Iterator[str]:
    """Start a D-Bus daemon; yield its address."""
    address = f"unix:path={place / 'bus'}"
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    )
    assert daemon.stdout is not None
    try:
        daemon.stdout.readline()
        yield address
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


@contextmanager
def recording(address: str, capabilities: Sequence[str]) -> Iterator[Recorder]:
    """Run a notification service on a bus."""
    loop, service, ready, over = asyncio.new_event_loop(), Service(capabilities), Event(), asyncio.Event()

    async def serve() -> None:
        bus = await MessageBus(bus_address=address).connect()
        bus.export(PLACE, service)
        await bus.request_name(NAME)
        ready.set()
        await over.wait()
        bus.disconnect()

    thread = Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Recorder(service, loop)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()
