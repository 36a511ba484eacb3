"""Without a screen that answers there is a sentence, and not the end that Qt makes of it."""

import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.display import CURSORS, usable
from desktop.options import NoDisplayError


@pytest.mark.parametrize(
    ("screen", "said"),
    [
        ({"DISPLAY": ":9876"}, "The X server DISPLAY=:9876 cannot be reached"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "The compositor WAYLAND_DISPLAY=wayland-9 cannot be reached at"),
    ],
)
def test_a_screen_that_is_not_there_is_named(screen: dict[str, str], said: str, tmp_path: Path) -> None:
    """The program ends with status 2 and says which screen it looked for."""
    hidden = {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}
    environ = {key: value for key, value in os.environ.items() if key not in hidden}
    run = subprocess.run(
        [sys.executable, "-m", "desktop", "--profile", str(tmp_path / "p")],
        env={**environ, **screen, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_compositor_that_answers_is_used_where_x_does_not(tmp_path: Path) -> None:
    """Of two ways the one that works is left."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "w"))
        door.listen()
        environ = {"DISPLAY": ":9876", "WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert usable("xcb;wayland", environ) == "wayland"


def test_a_missing_library_is_named_with_its_package() -> None:
    """Where Qt's X11 part lacks a library, the sentence says what to install."""

    def load(name: str) -> ctypes.CDLL:
        assert name == CURSORS
        raise OSError

    with pytest.raises(NoDisplayError, match="install the package libxcb-cursor0"):
        usable("xcb", {"DISPLAY": ":0"}, load)
