"""``make bench-desktop``: measures our desktop and gotify-tray and writes ``bench/desktop.md``.

It takes about half an hour, in a session of its own (``tests/desktop/session.sh``): openbox, tint2 with
a tray, a notification service, a keyring.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench import beside, beside_results, machine, peer

HERE = Path(__file__).resolve().parent
PAGE = HERE / "desktop.md"
WORK = HERE.parent / "build" / "beside"
PEER = HERE.parent / "build" / "peer"
"""Kept from run to run: it is 250 MB."""
SESSION = HERE.parent / "tests" / "desktop" / "session.sh"

_begun = time.monotonic()


def main() -> int:
    """Measure inside a session; return 0."""
    if "IN_SESSION" not in os.environ:
        command = [str(SESSION), sys.executable, "-m", "bench.beside_run"]
        return subprocess.run(command, check=False, cwd=HERE.parent).returncode
    machine.raise_open_files()
    program = peer.python(PEER)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    try:
        found = beside.measure(WORK, program, say)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    page = beside_results.page(found)
    PAGE.write_text(page, encoding="utf-8")
    print(f"\n{page}\nWritten to {PAGE.relative_to(HERE.parent)}.")
    return 0


def say(what: str) -> None:
    """Tell whoever waits what is being measured now."""
    print(f"{time.monotonic() - _begun:5.0f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
