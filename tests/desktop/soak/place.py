"""The programs of a soak: relay, door, providers, desktop, and what belongs to the desktop's session."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from desktop.options import CODE_VARIABLE
from relay import demo
from relay.config import load
from relay.schemes.providers import PROVIDERS
from relay.settings import Config
from tests.desktop.middlemen import HOST, Authority
from tests.desktop.soak.network import Cable, inside

PORT = 8443
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
"""Of Debian's libfaketime; without it the clock is left alone."""
AWAY_SECONDS = 60
START_SECONDS = 60.0


class Place:
    """Everything that runs. ``folder`` keeps what it writes."""

    def __init__(self, folder: Path, cable: Cable, seed: int) -> None:
        self.folder, self.cable, self._seed = folder, cable, seed
        self._stack = ExitStack()
        self._config = demo.prepare(folder)
        self._clock = folder / "clock"
        self.watch, self.sent = folder / "watch.jsonl", folder / "sent.jsonl"
        self.relay: subprocess.Popen[bytes]
        self.app: subprocess.Popen[bytes]
        self._feed: subprocess.Popen[bytes]
        self.seconds: list[subprocess.Popen[bytes]] = []
        """Second starts of the desktop."""
        self.restarted: dict[str, subprocess.Popen[bytes]] = {}
        """Programs of the session that were ended and started again."""

    def settings(self) -> Config:
        """Return the relay's configuration."""
        return load(self._config, os.environ, providers=PROVIDERS)

    def log(self, name: str) -> Path:
        """Return the file with what a program wrote."""
        return self.folder / f"{name}.log"

    def said(self, name: str) -> list[str]:
        """Return what a program wrote, line by line."""
        log = self.log(name)
        return log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []

    # The far end

    def start_relay(self) -> None:
        """Start the relay, without waiting for it."""
        self.relay = self._spawn("relay", *self._far("relay", "serve", "--config", str(self._config)))

    def kill_relay(self) -> None:
        """Kill it."""
        self.relay.kill()
        self.relay.wait()

    def open_door(self) -> Path:
        """Let desktops in by TLS; return the file with the authority that signed for it."""
        authority = Authority(self.folder, "Soak")
        authority.issue(HOST)
        certificate = next(self.folder.glob("server-*.pem"))
        where = (str(certificate), self.cable.far_address, str(PORT), str(self.settings().server.port))
        self._spawn("front", *self._far("tests.desktop.soak.front", *where))
        return authority.file

    def _far(self, module: str, *words: str) -> list[str]:
        return inside(self.cable.far, sys.executable, "-m", module, *words)

    def start_feed(self) -> None:
        """Let the providers stand ready."""
        command = self._far("tests.desktop.soak.feed", str(self._config), str(self.sent), str(self._seed))
        self._feed = self._spawn("feed", *command, stdin=subprocess.PIPE)

    def feed(self, order: str) -> None:
        """Tell the providers how much to send."""
        assert self._feed.stdin is not None
        self._feed.stdin.write(f"{order}\n".encode())
        self._feed.stdin.flush()

    def end_feed(self) -> None:
        """Let them send what they have begun, and no more."""
        assert self._feed.stdin is not None
        self._feed.stdin.close()
        self._feed.wait(60)

    # The desk

    def start_app(self, authority: Path) -> None:
        """Start the desktop and pair it."""
        self.set_clock(0)
        code = asyncio.run(demo.invite(self.settings()))
        environ = {**self._environ(), CODE_VARIABLE: code, "DESKBELL_CA_FILE": str(authority)}
        environ["SOAK_WATCH"] = str(self.watch)
        words = ["--profile", str(self.folder / "desktop"), "--report", "--relay", f"https://{HOST}:{PORT}"]
        command = inside(self.cable.near, sys.executable, "-m", "tests.desktop.soak.app", *words)
        with (self.folder / "reports.jsonl").open("ab") as reports:
            self.app = self._spawn("desktop", *command, environ=environ, stdout=reports)

    def start_second(self) -> None:
        """Start the desktop once more, as a person does who doesn't see that it runs."""
        command = inside(
            self.cable.near, sys.executable, "-m", "desktop", "--profile", str(self.folder / "desktop")
        )
        self.seconds.append(self._spawn("second", *command, environ=self._environ()))

    def _environ(self) -> dict[str, str]:
        environ = {**os.environ, "DESKBELL_AWAY_SECONDS": str(AWAY_SECONDS), "LC_ALL": "C.UTF-8"}
        if FAKETIME.exists():
            environ |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        return environ

    def set_clock(self, ahead: float) -> None:
        """Set the desktop's clock so many seconds ahead of everybody's; it takes a second to count."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{ahead:+.0f}s\n", encoding="ascii")
        fresh.replace(self._clock)

    def end_of_session(self, program: str) -> None:
        """Kill a program of this desktop session: the panel, or the notification service."""
        again = self.restarted.pop(program, None)
        if again is not None:
            again.kill()
            again.wait()
            return
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                ours = f"PLACE={os.environ['PLACE']}".encode() in process.joinpath("environ").read_bytes()
                if ours and process.joinpath("comm").read_text(encoding="utf-8").strip() == program:
                    os.kill(int(process.name), signal.SIGKILL)

    def back_to_session(self, program: str) -> None:
        """Start it again."""
        self.restarted[program] = self._spawn(program, program)

    # All of it

    def is_up(self) -> bool:
        """Say whether the relay answers, asked from its own side."""
        script = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{self.settings().server.port}/readyz', timeout=2)"
        command = inside(self.cable.far, sys.executable, "-c", script)
        return subprocess.run(command, check=False, capture_output=True, timeout=20).returncode == 0

    def wait_until_up(self) -> None:
        """Wait for the relay.

        Raises:
            TimeoutError: it didn't come up.
        """
        end = time.monotonic() + START_SECONDS
        while not self.is_up():
            if time.monotonic() > end:
                raise TimeoutError(self.log("relay").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.2)

    def _spawn(
        self,
        name: str,
        *command: str,
        environ: dict[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(
                command, env=environ, stdin=stdin, stdout=stdout or output, stderr=output
            )
        self._stack.callback(demo.stop, process)
        return process

    def close(self) -> None:
        """End whatever still runs, the last first."""
        self._stack.close()
