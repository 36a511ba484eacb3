"""The real tray app in a process of its own, which takes each toast away as soon as it was painted.

For each it prints the milliseconds from when the message had come off the socket to when its first
picture was handed to the screen: stored in the inbox, brought to Qt's thread, laid out, drawn.
"""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.app import Desktop
from desktop.instance import Instance
from desktop.options import Options
from desktop.signals import QuitSignals
from desktop.toast import Toast


def main(profile: Path, relay: str, code: str) -> int:
    """Run until asked to end."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    profile.mkdir(parents=True, exist_ok=True)
    instance = Instance(profile)
    if not instance.acquire():
        raise RuntimeError("a desktop with this profile is running already")
    desktop = Desktop(app, Options(profile=profile, relay=relay, code=code, report=True), instance)

    def painted(toast: Toast) -> None:
        print(f"{1000 * (toast.painted_at - toast.entry.received_at):.3f}", flush=True)
        toast.dismissed.emit(toast.entry.id)

    desktop.stack.painted.connect(painted)
    signals = QuitSignals(desktop.quit)
    desktop.start()
    status = app.exec()
    desktop.close()
    signals.close()
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
