"""A key from every window of a Wayland session: freedesktop's portal for global shortcuts.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html.
The desktop asks the person, and may give another key than the one that was wished for. The talking
is done on a thread of its own: a portal may take as long as somebody thinks about its question.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.i18n import tr
from desktop.keys import KeyPress, missing
from desktop.sideloop import SideLoop

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

_log = logging.getLogger(__name__)

PORTAL, PLACE = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
APP_ID = "deskbell"
NAME = "newest-toast"
ANSWER_SECONDS = 300.0
"""Somebody may be at lunch while the desktop asks; then it is as if they had said no."""


class PortalError(Exception):
    """The portal didn't do it."""


class PortalKeys(QObject):
    """Holds one key.

    Signals:
        pressed(): it was pressed, in whatever window.
        told(str): why it can't be held, as the rest of a sentence; empty if it is.
    """

    pressed = Signal()
    told = Signal(str)

    def __init__(self, *, address: str | None = None) -> None:
        """``address`` is that of the bus; the session's if None."""
        super().__init__()
        self._address = address
        self._loop = SideLoop("shortcuts")
        self._loop.start()
        self._bus: MessageBus | None = None
        self._session = ""
        self._numbers = itertools.count(1)
        self._work: asyncio.Task[None] | None = None

    def grab(self, press: KeyPress) -> None:
        """Ask for this key instead of the one before; ``told`` follows."""
        self._instead(lambda: self._grab(press))

    def release(self) -> None:
        """Hold none."""
        self._instead(self._end_session)

    def close(self) -> None:
        """Hold none, and leave."""
        self._loop.close(self._leave)

    # On the thread

    def _instead(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do this, and let be what is still being done."""

        def begin() -> None:
            if self._work is not None:
                self._work.cancel()
            self._work = self._loop.loop.create_task(work())

        self._loop.call(begin)

    async def _grab(self, press: KeyPress) -> None:
        try:
            await self._end_session()
            bus = self._bus = self._bus or await self._connect()
            await self._begin_session(bus)
            await self._bind(bus, press)
        except PortalError as problem:
            self.told.emit(str(problem))
        except Exception as error:  # noqa: BLE001 - each desktop has errors of its own; none may end us
            _log.info("no key by the portal: %s", type(error).__name__)
            self.told.emit(missing())
        else:
            self.told.emit("")

    async def _connect(self) -> "MessageBus":
        from dbus_fast.aio import MessageBus

        bus = await MessageBus(bus_address=self._address).connect()
        bus.add_message_handler(self._hear)
        bus_name = "org.freedesktop.DBus"
        for interface in (SHORTCUTS, REQUEST):
            rule = f"type='signal',interface='{interface}'"
            await self._call(bus, bus_name, "/org/freedesktop/DBus", bus_name, "AddMatch", "s", [rule])
        with contextlib.suppress(PortalError):
            # Who we are, for desktops that keep keys by program; older portals don't ask.
            registry = "org.freedesktop.host.portal.Registry"
            await self._call(bus, PORTAL, PLACE, registry, "Register", "sa{sv}", [APP_ID, {}])
        return bus

    async def _begin_session(self, bus: "MessageBus") -> None:
        from dbus_fast import Variant

        options = {"session_handle_token": Variant("s", f"deskbell{next(self._numbers)}")}
        results = await self._ask(bus, "CreateSession", "a{sv}", [options])
        self._session = str(results["session_handle"].value)

    async def _bind(self, bus: "MessageBus", press: KeyPress) -> None:
        from dbus_fast import Variant

        about = {
            "description": Variant("s", tr("Go to the newest toast")),
            "preferred_trigger": Variant("s", press.trigger),
        }
        results = await self._ask(
            bus, "BindShortcuts", "oa(sa{sv})sa{sv}", [self._session, [[NAME, about]], "", {}]
        )
        if not results["shortcuts"].value:
            raise PortalError(tr("was not allowed by your desktop."))

    async def _ask(self, bus: "MessageBus", verb: str, signature: str, body: list[Any]) -> dict[str, Any]:
        """Ask the portal, and wait for its answer, which comes by a signal."""
        from dbus_fast import Variant

        token = f"deskbell{next(self._numbers)}"
        body[-1]["handle_token"] = Variant("s", token)
        sender = str(bus.unique_name).removeprefix(":").replace(".", "_")
        place = f"{PLACE}/request/{sender}/{token}"
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def hear(message: "Message") -> None:
            if message.path == place and message.member == "Response" and not answer.done():
                answer.set_result(message)

        bus.add_message_handler(hear)
        try:
            await self._call(bus, PORTAL, PLACE, SHORTCUTS, verb, signature, body)
            async with asyncio.timeout(ANSWER_SECONDS):
                code, results = (await answer).body
        finally:
            bus.remove_message_handler(hear)
        if code:
            raise PortalError(tr("was not allowed by your desktop."))
        return dict(results)

    async def _call(  # noqa: PLR0917 - the parts of a D-Bus call
        self,
        bus: "MessageBus",
        service: str,
        place: str,
        interface: str,
        verb: str,
        signature: str,
        body: list[Any],
    ) -> None:
        from dbus_fast import Message, MessageType

        message = Message(
            destination=service,
            path=place,
            interface=interface,
            member=verb,
            signature=signature,
            body=body,
        )
        reply = await bus.call(message)
        if reply.message_type is MessageType.ERROR:
            raise PortalError(missing())

    def _hear(self, message: "Message") -> None:
        if message.interface == SHORTCUTS and message.member == "Activated":
            session, name = message.body[:2]
            if (session, name) == (self._session, NAME):
                self.pressed.emit()

    async def _end_session(self) -> None:
        session, self._session = self._session, ""
        if session and self._bus is not None:
            with contextlib.suppress(PortalError):
                await self._call(
                    self._bus, PORTAL, session, "org.freedesktop.portal.Session", "Close", "", []
                )

    async def _leave(self) -> None:
        if self._work is not None:
            self._work.cancel()
        await self._end_session()
        if self._bus is not None:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # the library is not typed here
