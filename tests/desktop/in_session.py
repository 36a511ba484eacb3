"""Runs a program in a real little desktop session, and reads what it saw there: its last line, in JSON."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

in_session = pytest.mark.skipif(sys.platform != "linux", reason="X11 is how this is tried without a person")


def seen_by(program: str, *words: str, seconds: float = 300) -> Any:
    """Run a module of these tests; return what its last line says.

    Fails if the program does. After ``seconds`` it is ended, with all of its session.
    """
    run = subprocess.Popen(
        [str(HERE / "session.sh"), sys.executable, "-m", f"tests.desktop.{program}", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HERE.parents[1],
        start_new_session=True,
    )
    try:
        out, error = run.communicate(timeout=seconds)
    except BaseException:
        os.killpg(run.pid, signal.SIGTERM)
        run.wait()
        raise
    assert run.returncode == 0, error + out
    return json.loads(out.splitlines()[-1])
