"""gotify-tray (https://pypi.org/project/gotify-tray/), in an environment of its own.

It is the closest open-source program: a tray app on Qt that shows what comes over a WebSocket. It is no
dependency of ours; PyQt6, on which it stands, must not even come near our PySide6.
"""

import subprocess
import sys
from pathlib import Path

from bench.client import HOST
from bench.gotify import TOKEN

PACKAGES = ("gotify-tray==0.5.3", "PyQt6==6.11.0", "PyQt6-Qt6==6.11.2")
NAME = PACKAGES[0].replace("==", " ")

_SETTINGS = """\
[Server]
client_token={token}
url=http://{host}:{port}
"""


def python(folder: Path) -> Path:
    """Return the interpreter that has gotify-tray; it is brought there if it isn't yet.

    Raises:
        subprocess.CalledProcessError: it could not be installed.
    """
    program = folder / "bin" / "python"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES], check=True)
    return program


def command(program: Path) -> list[str]:
    """Return how it is started; ``--no-lock``, because its lock counts for the whole computer."""
    return [str(program), "-m", "gotify_tray", "--no-lock"]


def sign_in(config: Path, port: int) -> None:
    """Write its settings, as its dialog would, into the folder for people's settings."""
    config.mkdir(parents=True, exist_ok=True)
    text = _SETTINGS.format(token=TOKEN, host=HOST, port=port)
    (config / "gotify-tray.conf").write_text(text, encoding="utf-8")
