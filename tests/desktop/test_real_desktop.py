"""The real app under a window manager, with a tray, a notification service and an unlocked keyring."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.hundred_toasts import TOASTS, WORDS
from tests.desktop.real_desktop import TYPED

HERE = Path(__file__).parent


@pytest.mark.desktop_session
@pytest.mark.skipif(sys.platform != "linux", reason="X11 is how this is tried without a person")
def test_an_agent_who_types_loses_no_key_while_toasts_come(tmp_path: Path) -> None:
    """Twenty-one toasts come while somebody types: the words, the focus, the tray and the keyring are all right."""
    run = subprocess.run(
        [
            str(HERE / "session.sh"),
            sys.executable,
            str(HERE / "real_desktop.py"),
            str(tmp_path / "screen.png"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=HERE.parents[1],
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    seen = json.loads(run.stdout.splitlines()[-1])

    assert seen["typed"] == TYPED
    assert seen["focus"] == "somebody types here"
    assert seen["milliseconds"] is not None, seen["demo_log"]
    assert seen["windows"] >= 2, "the tray icon and at least one toast"
    assert seen["token"], "the token is in the system's keyring"
    assert seen["demo_running"]
    assert seen["demo_status"] == 130
    assert "Traceback" not in seen["desktop_log"]
    assert (tmp_path / "screen.png").stat().st_size > 10_000


@pytest.mark.desktop_session
@pytest.mark.skipif(sys.platform != "linux", reason="X11 is how this is tried without a person")
def test_a_hundred_toasts_take_no_key() -> None:
    """They come and go above another window, also urgent ones; the words and the focus stay there."""
    run = subprocess.run(
        [str(HERE / "session.sh"), sys.executable, "-m", "tests.desktop.hundred_toasts"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=HERE.parents[1],
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    seen = json.loads(run.stdout.splitlines()[-1])

    assert seen["typed"] == WORDS
    assert seen["focus"] == "somebody types here"
    assert seen["painted"] == TOASTS


@pytest.mark.desktop_session
@pytest.mark.skipif(sys.platform != "linux", reason="X11 is how this is tried without a person")
def test_the_window_in_front_is_found() -> None:
    """Its middle is what the window manager says, within the width of its frame."""
    run = subprocess.run(
        [str(HERE / "session.sh"), sys.executable, "-m", "tests.desktop.front_window"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=HERE.parents[1],
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    seen = json.loads(run.stdout.splitlines()[-1])

    assert seen["found"] == pytest.approx(seen["window"], abs=30)
