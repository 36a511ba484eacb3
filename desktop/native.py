"""The system's own notifications: shown, replaced and taken away by the entry's id.

desktop-notifier does the talking; it wants an asyncio loop, which runs on a thread of its own, so
that a slow notification service never holds up the window.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.assets import RESOURCES
from desktop.degrade import Capabilities, Plain
from desktop.i18n import tr
from desktop.identity import IDENTITY
from desktop.sideloop import SideLoop

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

ANSWER_SECONDS = 5.0
"""A notification service that takes longer isn't there."""

# At debug level it would log what notifications say.
logging.getLogger("desktop_notifier").setLevel(logging.WARNING)


class Native(QObject):
    """The notification service of this system.

    Signals:
        ready(Capabilities): the service has answered.
        failed(str): there is none, or it doesn't answer; a sentence for the agent.
        taken(str), lost(str): the service has, or has not, taken the entry with this id.
        pressed(str, str): a button, by the entry's id and the button's key.
        opened(str), dismissed(str): by the entry's id.
    """

    ready = Signal(object)
    failed = Signal(str)
    taken = Signal(str)
    lost = Signal(str)
    pressed = Signal(str, str)
    opened = Signal(str)
    dismissed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = SideLoop("notifications")
        self._notifier: DesktopNotifier | None = None
        self._shown: set[str] = set()
        self._turn = asyncio.Lock()
        self._leaving = False

    def start(self) -> None:
        """Ask the service who it is; ``ready`` or ``failed`` follows."""
        self._loop.start()
        self.ask()

    def ask(self) -> None:
        """Ask once more: some services begin after us, or are begun anew."""
        self._do(self._begin())

    def show_entry(self, entry_id: str, plain: Plain, seconds: float | None) -> None:
        """Show a notification, in place of the one of the same id; ``taken`` or ``lost`` follows."""
        self._do(self._show(entry_id, plain, seconds), entry_id)

    def withdraw(self, entry_id: str) -> None:
        """Take a notification away; one that isn't there is fine."""
        self._do(self._withdraw(entry_id))

    def close(self) -> None:
        """Take everything away and end the thread."""
        self._loop.close(self._leave)

    # On the thread

    def _do(self, work: Coroutine[Any, Any, None], entry_id: str = "") -> None:
        self._loop.do(self._guarded(work, entry_id))

    async def _guarded(self, work: Coroutine[Any, Any, None], entry_id: str) -> None:
        """Do one thing at a time, in order, and not for ever; tell which entry was to be shown by it."""
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await work
            except TimeoutError:
                self._fail(tr("This system's notifications do not answer."), entry_id)
            except Exception as error:  # noqa: BLE001 - each system has errors of its own; none may end us
                name = type(error).__name__
                self._fail(tr("This system's notifications cannot be used ({name}).", name=name), entry_id)

    def _fail(self, sentence: str, entry_id: str) -> None:
        self.failed.emit(sentence)
        if entry_id:
            self.lost.emit(entry_id)

    async def _begin(self) -> None:
        from desktop_notifier import Capability, DesktopNotifier, Icon

        icon = Icon(path=RESOURCES / "icons" / "deskbell-64.png")
        await self._hang_up()  # what an earlier try may have left
        self._notifier = DesktopNotifier(app_name=IDENTITY, app_icon=icon)
        if not await self._notifier.request_authorisation():
            self.failed.emit(tr("This system does not allow Deskbell to show notifications."))
            return
        can = await self._notifier.get_capabilities()
        self.ready.emit(
            Capabilities(
                body=Capability.MESSAGE in can,
                buttons=Capability.BUTTONS in can,
                clicks=Capability.ON_CLICKED in can,
                markup=await _reads_markup(),
            )
        )

    async def _show(self, entry_id: str, plain: Plain, seconds: float | None) -> None:
        from desktop_notifier import Button, Notification, Urgency

        if self._notifier is None or self._leaving:
            return
        await self._withdraw(entry_id)
        urgency = Urgency.Critical if plain.urgent else Urgency.Low if plain.low else Urgency.Normal
        buttons = [
            Button(title=label, identifier=key, on_pressed=partial(self._was_pressed, entry_id, key))
            for key, label in plain.buttons
        ]
        await self._notifier.send_notification(
            Notification(
                title=plain.title,
                message=plain.body,
                urgency=urgency,
                buttons=tuple(buttons),
                on_clicked=(lambda: self._was_opened(entry_id)) if plain.opens else None,
                on_dismissed=lambda: self._was_dismissed(entry_id),
                timeout=0 if seconds is None else max(1, round(seconds)),
                identifier=entry_id,
            )
        )
        if entry_id in await self._notifier.get_current_notifications():
            self._shown.add(entry_id)
            self.taken.emit(entry_id)
        else:
            # The library only logs it; the agent has to know.
            self._fail(tr("This system's notification service does not take notifications."), entry_id)

    async def _withdraw(self, entry_id: str) -> None:
        if self._notifier is not None and entry_id in self._shown:
            self._shown.discard(entry_id)
            with contextlib.suppress(KeyError):
                # It was closed a moment ago.
                await self._notifier.clear(entry_id)

    async def _leave(self) -> None:
        """Show nothing more, and take away what is shown.

        What is on its way to the service is awaited: it is on the screen before its answer is here.
        """
        self._leaving = True
        try:
            async with self._turn:
                for entry_id in list(self._shown):
                    await self._withdraw(entry_id)
        finally:
            await self._hang_up()

    async def _hang_up(self) -> None:
        # The library never closes its connection, and has no word for it.
        bus = getattr(getattr(self._notifier, "_backend", None), "bus", None)
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()

    def _was_pressed(self, entry_id: str, key: str) -> None:
        self._shown.discard(entry_id)
        self.pressed.emit(entry_id, key)

    def _was_opened(self, entry_id: str) -> None:
        self._shown.discard(entry_id)
        self.opened.emit(entry_id)

    def _was_dismissed(self, entry_id: str) -> None:
        self._shown.discard(entry_id)
        self.dismissed.emit(entry_id)


async def _reads_markup() -> bool:
    """Say whether the service reads HTML in texts (Desktop Notifications Specification: body-markup)."""
    found = False
    if sys.platform == "linux":
        from dbus_fast import Message
        from dbus_fast.aio import MessageBus

        place, name = "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
        bus = await MessageBus().connect()
        try:
            asked = Message(destination=name, path=place, interface=name, member="GetCapabilities")
            answer = await bus.call(asked)
            found = bool(answer.body) and "body-markup" in answer.body[0]
        finally:
            bus.disconnect()
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # the library is not typed here
    return found
