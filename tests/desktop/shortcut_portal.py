"""A portal for global shortcuts on a D-Bus of its own: it says yes or no, and presses what it is told to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from desktop.portal_keys import PLACE, PORTAL, REQUEST, SHORTCUTS


class Portal:
    """As the specification of the portal wants it, for one session at a time."""

    def __init__(self, *, allows: bool = True) -> None:
        self.allows = allows
        self.asked: list[str] = []
        self.session = ""
        self._loop = asyncio.new_event_loop()
        self._bus: MessageBus | None = None

    def answer(self, message: Message) -> Message | None:
        """Answer a call."""
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member == "Register":
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "")
        if message.member == "Close":
            self.session = ""
            self.asked.append("closed")
            return Message.new_method_return(message)
        if message.interface != SHORTCUTS:
            return None
        sender = str(message.sender).removeprefix(":").replace(".", "_")
        request = f"{PLACE}/request/{sender}/{message.body[-1]['handle_token'].value}"
        code, results = self._results(message, sender)
        answered = Message.new_method_return(message, "o", [request])
        self._loop.call_soon(self._respond, request, code, results)
        return answered

    def _results(self, message: Message, sender: str) -> tuple[int, dict[str, Any]]:
        if message.member == "CreateSession":
            self.session = f"{PLACE}/session/{sender}/{message.body[0]['session_handle_token'].value}"
            return 0, {"session_handle": Variant("s", self.session)}
        session, shortcuts = message.body[:2]
        assert session == self.session
        self.asked += [about["preferred_trigger"].value for _, about in shortcuts]
        return (0, {"shortcuts": Variant("a(sa{sv})", shortcuts)}) if self.allows else (1, {})

    def _respond(self, place: str, code: int, results: dict[str, Any]) -> None:
        self._send(place, REQUEST, "Response", "ua{sv}", [code, results])

    def press(self, name: str) -> None:
        """Press a key that was asked for by this name."""
        body = [self.session or "/none", name, 1, {}]
        self._loop.call_soon_threadsafe(self._send, PLACE, SHORTCUTS, "Activated", "osta{sv}", body)

    def _send(self, place: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        assert self._bus is not None
        self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=place,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )

    async def serve(self, address: str, ready: Event, over: asyncio.Event) -> None:
        """Be there until it is over."""
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self.answer)
        await self._bus.request_name(PORTAL)
        ready.set()
        await over.wait()
        self._bus.disconnect()


@contextmanager
def serving(address: str, *, allows: bool = True) -> Iterator[Portal]:
    """Run a portal on a bus."""
    portal, ready, over = Portal(allows=allows), Event(), asyncio.Event()
    loop = portal._loop
    thread = Thread(target=lambda: loop.run_until_complete(portal.serve(address, ready, over)), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield portal
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()
