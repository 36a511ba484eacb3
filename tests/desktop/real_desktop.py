"""Run inside ``session.sh``: the real app on a real little desktop; prints what happened as JSON.

A person types into another window while webhooks arrive. Nothing here asserts;
``test_real_desktop.py`` does.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 90.0
TYPED = "the quick brown fox jumps over the lazy dog 0123456789 " * 2

EDITOR = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(sys.argv)
edit = QLineEdit()
edit.setWindowTitle("somebody types here")
edit.textChanged.connect(lambda text: Path(sys.argv[1]).write_text(text))
edit.resize(700, 60)
edit.move(40, 40)
edit.show()
edit.activateWindow()
sys.exit(app.exec())
"""


def wait_for(what: Callable[[], object]) -> object:
    """Ask another process again and again until it gives something."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        if time.monotonic() > end:
            sys.exit("not in time")
        time.sleep(0.05)
    return found


def output(*command: str) -> str:
    """Return what a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def focused() -> str:
    """Return the name of the window that has the keyboard."""
    return output("xdotool", "getwindowfocus", "getwindowname").strip()


def main(place: Path, picture: str) -> None:
    """Type while toasts come, and tell what was typed, focused, painted and kept."""
    text = place / "typed.txt"
    editor = subprocess.Popen([sys.executable, "-c", EDITOR, str(text)])
    wait_for(lambda: focused() == "somebody types here")
    log = (place / "demo.log").open("w+")
    demo = subprocess.Popen(
        [sys.executable, "-m", "relay", "demo", "--folder", str(place / "demo")], stdout=log, stderr=log
    )
    said = wait_for(lambda: re.search(r"painted (\d+) ms", (place / "demo.log").read_text()) or demo.poll())
    config = str(place / "demo" / "relay.toml")
    simulate = [sys.executable, "-m", "relay", "simulate", "airline", "flight_delayed", "--config", config]
    sender = subprocess.Popen([*simulate, "--count", "20", "--rate", "10"], stdout=subprocess.DEVNULL)
    subprocess.run(["xdotool", "type", "--delay", "25", TYPED], check=True)
    sender.wait()
    subprocess.run(["scrot", "-o", picture], check=True)
    wait_for(lambda: text.exists() and len(text.read_text()) >= len(TYPED.rstrip()))
    relay = re.search(r"port = (\d+)", Path(config).read_text())
    address = f"http://127.0.0.1:{relay[1] if relay else ''}"
    result = {
        "milliseconds": int(said[1]) if isinstance(said, re.Match) else None,
        "typed": text.read_text(),
        "focus": focused(),
        "windows": output("xwininfo", "-root", "-tree").count('"Deskbell"'),
        "token": bool(output(sys.executable, "-m", "keyring", "get", "Deskbell", address).strip()),
        "demo_running": demo.poll() is None,
        "demo_log": (place / "demo.log").read_text(),
        "desktop_log": (place / "demo" / "desktop.log").read_text(),
    }
    demo.terminate()
    result["demo_status"] = demo.wait(timeout=30)
    editor.terminate()
    editor.wait()
    log.close()
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(Path(os.environ["PLACE"]), sys.argv[1])
