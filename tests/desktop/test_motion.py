"""Whether to keep still is asked of the system, and its change is noticed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import motion

ROOT = Path(__file__).parents[2]


def test_a_system_that_says_nothing_does_not_mind(qtbot: QtBot) -> None:
    """Without a portal toasts move as they always did; asking takes no time worth speaking of."""
    assert motion.is_unwanted() is False


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-run-session") is None, reason="needs a D-Bus of its own"
)
def test_a_change_is_followed_at_once() -> None:
    """The portal says no animations from now on; other settings are none of our business."""
    run = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-m", "tests.desktop.stillness"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == {"before": False, "heard": [True]}


def test_a_system_that_does_not_tell_is_asked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then; only a change counts."""
    said = [True, True, False]
    monkeypatch.setattr(motion, "is_unwanted", lambda: said.pop(0))
    watched = motion.Motion()
    heard: list[bool] = []
    watched.changed.connect(lambda: heard.append(True))
    for _ in range(3):
        watched.look()
    assert len(heard) == 2
