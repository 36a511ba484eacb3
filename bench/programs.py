"""The programs that are measured side by side, each behind the same few verbs."""

import http.client
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import keyring

from bench import gotify, peer, webhooks
from bench.client import HOST
from bench.desktop import PATIENCE, invite, post, url
from bench.servers import Address
from desktop.keychain import SERVICE
from desktop.options import CODE_VARIABLE


class Running:
    """A process and the lines that it prints."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """Start it; ``begun`` is when, in monotonic seconds."""
        self._command = " ".join(command)
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self._process.pid
        self._lines = queue.Queue[tuple[float, str]]()
        # A program that prints into a full pipe would stand still.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put((time.monotonic(), line))
        self._lines.put((time.monotonic(), ""))

    def line(self, seconds: float = PATIENCE) -> tuple[float, str]:
        """Return the next line and when it came.

        Raises:
            queue.Empty: there was none in time.
            RuntimeError: the program has ended.
        """
        came, line = self._lines.get(timeout=seconds)
        if not line:
            raise RuntimeError(f"{self._command} has ended")
        return came, line

    def reported(self, what: str) -> float:
        """Wait for one of our app's reports; return when it came, in monotonic seconds."""
        while True:
            came, line = self.line()
            if line.startswith("{") and json.loads(line)["report"] == what:
                return came

    def number(self) -> float:
        """Return the next line that is a number."""
        while (line := self.line()[1]).startswith("{"):
            pass
        return float(line)

    def numbers(self, quiet: float) -> list[tuple[float, ...]]:
        """Return the numbers on each line that has some, until none has come for ``quiet`` seconds.

        A machine that is busy otherwise may never be quiet: it ends after :data:`PATIENCE` seconds.
        """
        found, end = list[tuple[float, ...]](), time.monotonic() + PATIENCE
        while (left := end - time.monotonic()) > 0:
            try:
                line = self.line(min(quiet, left))[1]
            except queue.Empty:
                break
            if not line.startswith("{"):
                found.append(tuple(map(float, line.split())))
        return found

    def has_ended(self) -> bool:
        """Say whether it has ended by itself."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join()


def _wait_for_token(relay: str, before: str | None) -> None:
    """Wait until another token than before is in the session's keyring."""
    end = time.monotonic() + PATIENCE
    while keyring.get_password(SERVICE, relay) == before:
        if time.monotonic() > end:
            raise TimeoutError("the token did not come into the keyring")
        time.sleep(0.2)


class Program(Protocol):
    """What is done with each of the programs."""

    name: str

    def start(self) -> Running:
        """Start it as on any morning: signed in long ago."""

    def live(self, running: Running) -> float:
        """Wait for its link; return when it was there, in monotonic seconds."""

    def send(self, number: int) -> None:
        """Send it a message that it has to show."""


@contextmanager
def started(program: Program) -> Iterator[Running]:
    """Run a program from here on; it is live."""
    running = program.start()
    try:
        program.live(running)
        yield running
    finally:
        running.end()


class Ours:
    """Deskbell's desktop, with a real relay."""

    name = "Deskbell"

    def __init__(self, folder: Path, address: Address, *, stay: int | None = None) -> None:
        """Pair it. ``stay`` makes it the one of :mod:`bench.painter`."""
        self._address = address
        profile = folder / "profile"
        profile.mkdir(parents=True)
        # Nobody is at keyboard and mouse here; toasts would soon wait for them to come back.
        (profile / "preferences.json").write_text('{"away_seconds": 3600}', encoding="utf-8")
        arguments = ["-m", "desktop", "--profile", str(profile), "--report"]
        if stay is not None:
            arguments = ["-m", "bench.painter", str(profile), "", "", str(stay)]
        self._command = [sys.executable, *arguments]
        pairing = [sys.executable, "-m", "desktop", "--profile", str(profile), "--report"]
        before = keyring.get_password(SERVICE, url(address))
        first = Running([*pairing, "--relay", url(address)], {CODE_VARIABLE: invite(folder.parent)})
        first.reported("live")
        _wait_for_token(url(address), before)
        first.end()

    def start(self) -> Running:
        """Start it."""
        return Running(self._command)

    def live(self, running: Running) -> float:
        """Wait for its report."""
        return running.reported("live")

    def send(self, number: int) -> None:
        """Post a webhook to the relay, and wait for its answer."""
        # The relay closes a connection on which nothing comes for some seconds.
        connection = http.client.HTTPConnection(HOST, self._address.port, timeout=PATIENCE)
        post(connection, webhooks.FIRST + number)
        connection.close()


class Peer:
    """gotify-tray, with as much of a server as it needs."""

    name = peer.NAME

    def __init__(self, program: Path, far: gotify.Gotify) -> None:
        """Sign it in."""
        self._command, self._far = peer.command(program), far
        peer.sign_in(Path(os.environ["XDG_CONFIG_HOME"]), far.port)

    def start(self) -> Running:
        """Start it."""
        self._far.connected.clear()
        return Running(self._command)

    def live(self, running: Running) -> float:
        """Wait until it has come to the server."""
        del running
        if not self._far.connected.wait(PATIENCE):
            raise TimeoutError("gotify-tray did not connect")
        return time.monotonic()

    def send(self, number: int) -> None:
        """Send a message."""
        self._far.send(number)


class Bare:
    """A tray icon with nothing behind it: what Python and Qt need by themselves."""

    name = "a bare icon"

    def start(self) -> Running:
        """Start it."""
        return Running([sys.executable, "-m", "bench.bare"])

    def live(self, running: Running) -> float:
        """Return at once: it has no link."""
        del running
        return time.monotonic()

    def send(self, number: int) -> None:
        """Do nothing."""
