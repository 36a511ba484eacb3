"""The tray app off screen, with a live link to a real relay: its start, its rest, its toasts."""

import asyncio
import http.client
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import servers, usage, webhooks
from bench.client import HOST
from bench.figures import Spread, quantile
from bench.servers import Address, settings
from desktop.options import CODE_VARIABLE
from relay import identity
from relay.journal.sqlite import SqliteJournal

STARTS = 7
IDLE_SECONDS = 30.0
CALM_SECONDS = 3.0
"""After the link is live, before the rest is measured."""
TOASTS = 150
WARM_TOASTS = 10
PAUSE_SECONDS = 0.03
"""Between a toast and the next webhook."""
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Idle:
    """At rest with a live link: share of one core, MiB of resident memory."""

    core: float
    memory: float


@dataclass(frozen=True, kw_only=True)
class Painting:
    """Milliseconds from a message to the first picture of its toast."""

    p50: float
    p99: float
    worst: float
    toasts: int


@dataclass(frozen=True, kw_only=True)
class Desktop:
    """Milliseconds from the start of the process to the tray and to the live link, and the rest.

    ``ready`` is None if the app doesn't say when its tray is ready, ``idle`` where the system
    doesn't tell what another process uses.
    """

    ready: Spread | None
    live: Spread
    idle: Idle | None
    painting: Painting


def run(folder: Path, say: Callable[[str], None], *, starts: int = STARTS) -> Desktop:
    """Measure one thing after the other, with nothing else going on."""
    with servers.running(servers.telling, folder) as address:
        say("desktop: starts")
        started = [_start(folder, address, number) for number in range(starts + 1)][1:]
        ready = [one["ready"] for one in started if "ready" in one]
        say(f"desktop: at rest for {IDLE_SECONDS:.0f} s")
        idle = _idle(folder, address)
        say("desktop: toasts")
        painting = _paint(folder, address)
    return Desktop(
        ready=Spread.of(ready) if len(ready) == starts else None,
        live=Spread.of(one["live"] for one in started),
        idle=idle,
        painting=painting,
    )


# Parts


def _start(folder: Path, address: Address, number: int) -> dict[str, float]:
    """Return when the app reported what, in milliseconds since its process was started."""
    environ = {CODE_VARIABLE: invite(folder)}
    begun = time.monotonic()
    with _app(_command(folder / f"start-{number}", address), environ) as process:
        return _reports(process, begun)


def _idle(folder: Path, address: Address) -> Idle | None:
    environ = {CODE_VARIABLE: invite(folder)}
    with _app(_command(folder / "idle", address), environ) as process:
        _reports(process, time.monotonic())
        time.sleep(CALM_SECONDS)
        before = usage.core_seconds(process.pid)
        if before is None:
            return None
        time.sleep(IDLE_SECONDS)
        used = (usage.core_seconds(process.pid) or before) - before
        return Idle(core=used / IDLE_SECONDS, memory=usage.resident(process.pid) / usage.MIB)


def _paint(folder: Path, address: Address) -> Painting:
    command = ["-m", "bench.painter", str(folder / "paint"), url(address), invite(folder)]
    took: list[float] = []
    with _app(command, {}) as process:
        _reports(process, time.monotonic())
        connection = http.client.HTTPConnection(HOST, address.port, timeout=PATIENCE)
        for number in range(WARM_TOASTS + TOASTS):
            post(connection, webhooks.FIRST + number)
            took.append(_next_number(process))
            time.sleep(PAUSE_SECONDS)
        connection.close()
    ascending = sorted(took[WARM_TOASTS:])
    return Painting(
        p50=quantile(ascending, 0.5),
        p99=quantile(ascending, 0.99),
        worst=ascending[-1],
        toasts=len(ascending),
    )


# The app


def url(address: Address) -> str:
    """Return a relay's address."""
    return f"http://{HOST}:{address.port}"


def _command(profile: Path, address: Address) -> list[str]:
    return ["-m", "desktop", "--profile", str(profile), "--report", "--relay", url(address)]


@contextmanager
def _app(command: Sequence[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a process that paints off screen and leaves the keyring of whoever measures alone."""
    surroundings = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **environ,
    }
    process = subprocess.Popen(
        [sys.executable, *command],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    # Reading its lines has no time limit of its own.
    watch = threading.Timer(PATIENCE + IDLE_SECONDS, process.kill)
    watch.start()
    try:
        yield process
    finally:
        watch.cancel()
        process.terminate()
        process.wait()


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the desktop has ended")
    return line


def _next_number(process: subprocess.Popen[str]) -> float:
    """Return the next line that is a number; the app's own reports are JSON objects."""
    while (line := _line(process)).startswith("{"):
        pass
    return float(line)


def _reports(process: subprocess.Popen[str], begun: float) -> dict[str, float]:
    """Read reports until the link is live; return when each came, in milliseconds."""
    times: dict[str, float] = {}
    while "live" not in times:
        what = json.loads(_line(process))["report"]
        times[what] = 1000 * (time.monotonic() - begun)
    return times


# The relay


def invite(folder: Path) -> str:
    """Return a pairing code."""
    return asyncio.run(_add_code(folder))


async def _add_code(folder: Path) -> str:
    journal = await SqliteJournal.open(settings(folder).journal.path, checkpointer=False)
    try:
        code, invitation = identity.invite(
            "mira@example.com", ["billing"], now=time.time(), random_bytes=secrets.token_bytes
        )
        await journal.add_code(invitation)
        return str(code)
    finally:
        await journal.close()


def post(connection: http.client.HTTPConnection, number: int, source: str = "") -> None:
    """Post a webhook and wait for the relay's answer; without ``source`` each of them in turn.

    Raises:
        RuntimeError: the relay refused it.
    """
    head, _, body = webhooks.request(number, webhooks.signature(number)).partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    headers = {name: value for name, _, value in lines if name != "Host"}
    name = source or webhooks.NAMES[number % len(webhooks.NAMES)]
    connection.request("POST", f"/hooks/{name}", body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"the relay answered {answer.status}")
