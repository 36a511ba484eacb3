"""Run inside ``session.sh``: what a screen reader hears of toasts, by AT-SPI; prints JSON.

Nothing here asserts; ``test_announce.py`` does.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from desktop.gathered import Gathered, Offer
from desktop.stack import Stack
from desktop.theme import Looks
from tests.desktop.hundred_toasts import entry

BUS, PLACE = "org.a11y.Bus", "/org/a11y/bus"
REGISTRY = "org.a11y.atspi.Registry"
EVENTS = "org.a11y.atspi.Event.Object"


class Reader:
    """A screen reader that only writes down what it is told to say."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self._ready, self._over = Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=lambda: self._loop.run_until_complete(self._listen()), daemon=True)

    def start(self) -> None:
        """Listen on the bus of the session's assistive programs."""
        self._thread.start()
        if not self._ready.wait(20):
            sys.exit("no accessibility bus")

    def close(self) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _listen(self) -> None:
        session = await MessageBus().connect()
        wanted = ["org.a11y.Status", "ScreenReaderEnabled", Variant("b", True)]
        await self._call(session, BUS, PLACE, "org.freedesktop.DBus.Properties", "Set", "ssv", wanted)
        wanted[1] = "IsEnabled"
        await self._call(session, BUS, PLACE, "org.freedesktop.DBus.Properties", "Set", "ssv", wanted)
        found = await self._call(session, BUS, PLACE, BUS, "GetAddress", "", [])
        bus = await MessageBus(bus_address=found.body[0]).connect()
        bus.add_message_handler(self._hear)
        rule = f"type='signal',interface='{EVENTS}'"
        name = "org.freedesktop.DBus"
        await self._call(bus, name, "/org/freedesktop/DBus", name, "AddMatch", "s", [rule])
        place = "/org/a11y/atspi/registry"
        await self._call(bus, REGISTRY, place, REGISTRY, "RegisterEvent", "s", ["object:announcement"])
        self._ready.set()
        await self._over.wait()
        bus.disconnect()
        session.disconnect()

    @staticmethod
    async def _call(  # noqa: PLR0917 - the parts of a D-Bus call
        bus: MessageBus,
        service: str,
        place: str,
        interface: str,
        verb: str,
        signature: str,
        body: list[object],
    ) -> Message:
        message = Message(
            destination=service, path=place, interface=interface, member=verb, signature=signature, body=body
        )
        reply = await bus.call(message)
        if reply.message_type is MessageType.ERROR:
            sys.exit(f"{verb}: {reply.body}")
        return reply

    def _hear(self, message: Message) -> None:
        if message.interface == EVENTS and message.member == "Announcement":
            self.heard.append((message.body[3].value, message.body[1]))


def until(app: QApplication, what: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the app run until something is so, or the time is over."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not what() and not deadline.hasExpired():
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def main() -> None:
    """Show, let go, and tell what was heard."""
    reader = Reader()
    reader.start()
    app = QApplication([])
    stack = Stack(Looks(app), lambda _id: True, claim_many=lambda _ids: None, composited=False)
    until(app, QAccessible.isActive)
    for number, one in enumerate((entry(1), entry(10)), 1):
        stack.add(one, 60.0)
        until(app, lambda number=number: len(reader.heard) == number)  # type: ignore[misc] # bound
    stack.part("n1", "Claimed by Mira")
    until(app, lambda: len(reader.heard) == 3)
    stack.revise(replace(entry(10), count=2), 60.0)
    stack.revise(replace(entry(10), title="Flight 10 is cancelled"), 60.0)
    until(app, lambda: len(reader.heard) == 4)
    for number in range(2, 6):
        stack.add(replace(entry(number), type="flight.delayed"), 60.0)
    until(app, lambda: any("4 ×" in words for words, _ in reader.heard))
    card = next(toast.entry for toast in stack.toasts() if isinstance(toast.entry, Gathered))
    stack.say(card, "Paused until 14:05.", (Offer.SHOW, Offer.UNDO))
    until(app, lambda: any("Paused" in words for words, _ in reader.heard))
    sys.stdout.write(json.dumps({"heard": reader.heard, "active": QAccessible.isActive()}) + "\n")
    stack.clear()
    reader.close()


if __name__ == "__main__":
    main()
