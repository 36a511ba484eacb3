"""Run on a D-Bus of its own: a settings portal that changes its mind, and what is made of it; prints JSON.

The portal is a program of its own (``portal`` as argument): it changes when it reads a line. Nothing
here asserts; ``test_motion.py`` does.
"""

import asyncio
import json
import subprocess
import sys

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop

from desktop import motion

PORTAL, PLACE = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SETTINGS, KEY = "org.freedesktop.portal.Settings", ["org.gnome.desktop.interface", "enable-animations"]
OTHER = ["org.freedesktop.appearance", "contrast"]


async def serve() -> None:
    """Say that there are animations until a line comes, then tell that there are none any more."""
    animations = True
    bus = await MessageBus().connect()

    def answer(message: Message) -> Message | None:
        if message.member == "ReadOne" and message.body == KEY:
            return Message.new_method_return(message, "v", [Variant("b", animations)])
        return None

    bus.add_message_handler(answer)
    await bus.request_name(PORTAL)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    animations = False
    for key in (OTHER, KEY):
        signal = Message(
            message_type=MessageType.SIGNAL,
            path=PLACE,
            interface=SETTINGS,
            member="SettingChanged",
            signature="ssv",
            body=[*key, Variant("b", animations)],
        )
        await bus.send(signal)
    await asyncio.to_thread(sys.stdin.readline)
    bus.disconnect()


def main() -> None:
    """Watch a change, and tell what was heard."""
    app = QCoreApplication(sys.argv)
    command = [sys.executable, "-m", "tests.desktop.stillness", "portal"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as portal:
        assert portal.stdin is not None
        assert portal.stdout is not None
        portal.stdout.readline()
        watched = motion.Motion()
        heard: list[bool] = []
        watched.changed.connect(lambda: heard.append(motion.is_unwanted()))
        before = motion.is_unwanted()
        watched.start()
        portal.stdin.write(b"change\n")
        portal.stdin.flush()
        deadline = QDeadlineTimer(20_000)
        while not heard and not deadline.hasExpired():
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        sys.stdout.write(json.dumps({"before": before, "heard": heard}) + "\n")
        portal.stdin.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["portal"]:
        asyncio.run(serve())
    else:
        main()
