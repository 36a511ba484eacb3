"""One command to see it all: a relay, the tray app, and a real signed webhook that becomes a toast.

``make run`` ends here. Nothing is special about what it starts: the relay is ``deskbell-relay
serve`` with a configuration that can be read and kept, the desktop is paired with a code as
everybody's is, and the webhook comes in by the public door. Without a display the desktop paints
off screen, a picture of the toast is saved, and the exit status says whether it was the right one.
"""

import asyncio
import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, Queue

import httpx
import platformdirs
import typer

from relay import identity, samples, tour
from relay.config import load
from relay.errors import ConfigError, RelayError
from relay.journal.sqlite import SqliteJournal
from relay.places import public_url
from relay.resources import resource
from relay.schemes.prepared import check_source
from relay.schemes.providers import PROVIDERS
from relay.settings import Config

AGENT = "you@example.com"
TEAM = "demo"
PORT = 8787

FIRST_SAMPLE = ("stripe", "payment_failed")
EXPECTED_TITLE = "Payment failed: Maya Lindqvist, €49.00"
EXPECTED_WORDS = "Hello Maya, this is Aurora Coffee Club. Your payment of €49.00"
"""What a person should read on the first toast, written down apart from the playbook that makes it."""

_QUIET = " (is this computer locked, presenting or set to do not disturb?)"

PATIENCE = 60.0
"""Seconds for each step: a cold start on a busy machine takes a few."""

SOURCES = resource("demo.toml")


class DemoError(RelayError):
    """The demonstration could not be given; the text says which step failed."""


def run(folder: Path | None = None) -> int:
    """Give the demonstration; return 0 if the toast was painted with the right words."""
    place = folder or platformdirs.user_data_path("deskbell", appauthor=False) / "demo"
    screen = has_display(os.environ)
    config = prepare(place)
    settings = load(config, os.environ, providers=PROVIDERS)
    with ExitStack() as stack:
        stack.enter_context(_relay(config, settings, place / "relay.log"))
        code = asyncio.run(invite(settings))
        app = stack.enter_context(desktop(place, public_url(settings), code, screen=screen))
        app.wait_for("live")
        typer.echo(urls_page(settings))
        sent_at = time.time()
        _send(settings, FIRST_SAMPLE)
        painted = app.wait_for("painted")
        problem = judge(painted)
        delay = (float(str(painted["painted_at"])) - sent_at) * 1000
        typer.echo(f"\nThe toast was painted {delay:.0f} ms after the HTTP request was sent.")
        if not screen:
            typer.echo(f"There is no display here; a picture of it is in {painted['picture']}")
            problem = problem or _try_the_library(settings)
        if problem:
            raise DemoError(problem)
        typer.echo(more_page(config, running=screen))
        if screen:
            typer.echo("\nThe bell is in your tray. Ctrl-C here, or Quit there, ends it all.")
            tour.show(lambda stop: _send(settings, stop), app.ended_within)
            app.wait_for_end()
    return 0


def has_display(environ: Mapping[str, str]) -> bool:
    """Say whether a window could be seen by somebody."""
    if environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    return sys.platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def prepare(place: Path) -> Path:
    """Write the demonstration's configuration and its secrets; keep those that are there."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    sources = SOURCES.read_text(encoding="utf-8")
    for name, source in tomllib.loads(sources)["sources"].items():
        file = place / f"{name}.secret"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(new_secret(source["provider"]), encoding="ascii")
    config = place / "relay.toml"
    journal, port = json.dumps(str(place / "journal.db")), free_port()
    config.write_text(
        f"# Written anew by each demonstration.\n[server]\nport = {port}\n"
        f'public_url = "http://127.0.0.1:{port}"\n\n'
        f"[journal]\npath = {journal}\n\n{sources}",
        encoding="utf-8",
    )
    return config


def new_secret(provider: str) -> str:
    """Return a fresh secret in the form that the provider uses."""
    random = base64.b64encode(secrets.token_bytes(24)).decode()
    return f"whsec_{random}" if provider in {"stripe", "standard-webhooks"} else secrets.token_hex(24)


def free_port() -> int:
    """Return the usual port, or any free one if that is taken."""
    for port in (PORT, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as door:
                return int(door.getsockname()[1])
        except OSError:
            continue
    raise DemoError("there is no free port on 127.0.0.1")


def judge(painted: Mapping[str, object]) -> str:
    """Return what is wrong with a painted toast; empty if it is the right one."""
    if painted["title"] != EXPECTED_TITLE:
        return f"the toast says {painted['title']!r} instead of {EXPECTED_TITLE!r}"
    if painted.get("by") == "system":
        return ""  # its own notifications have no room for the script
    if EXPECTED_WORDS not in str(painted["script"]):
        return f"the script on the toast does not say {EXPECTED_WORDS!r}"
    return ""


def urls_page(settings: Config) -> str:
    """Return the webhook URL of each configured source."""
    lines = [
        f"  {public_url(settings)}/hooks/{name:<10} {PROVIDERS[source.provider].title}"
        for name, source in settings.sources.items()
    ]
    return "\n".join(["Webhook URLs:", *lines])


def simulate_page(settings: Config) -> str:
    """Return which samples can be sent to which source."""
    lines = ["deskbell-relay simulate SOURCE SAMPLE", "", "Sources and their samples:"]
    for name, source in settings.sources.items():
        names = ", ".join(samples.names_for(source))
        lines.append(f"  {name:<12} {names or 'no sample for ' + source.provider}")
    return "\n".join(lines)


def simulate(
    settings: Config, source: str, name: str, *, url: str | None, count: int, rate: float
) -> Counter[str]:
    """Send samples to the relay and count the answers by status."""
    if source not in settings.sources:
        raise ConfigError("SOURCE", f"there is no source {source!r}", hint=simulate_page(settings))
    prepared = check_source(settings.sources[source])
    address = url or f"{public_url(settings)}/hooks/{source}"
    return samples.send(prepared, name, address, count=count, rate=rate)


def _send(settings: Config, stop: tour.Sample) -> None:
    answers = simulate(settings, *stop, url=None, count=1, rate=1)
    if set(answers) != {"200"}:
        raise DemoError(f"the relay answered {', '.join(answers)} to the webhook of {' '.join(stop)}")


def _try_the_library(settings: Config) -> str:
    """Send every other sample as well; return what went wrong, empty if nothing did."""
    number, problems = tour.prove(settings, lambda stop: _send(settings, stop))
    if not problems:
        typer.echo(f"All {number} samples of the library were sent, and each found its playbook.")
    return "; ".join(problems)


def more_page(config: Path, *, running: bool) -> str:
    """Return what to type next."""
    program = Path(sys.executable).parent / "deskbell-relay"
    serve = [] if running else [f"  {program} serve --config {config} &"]
    more = f"  {program} simulate parcel delivered --config {config}"
    events = f"  {program} events --config {config}"
    return "\n".join(["", "Send more, and see what became of it:", *serve, more, events])


async def invite(settings: Config) -> str:
    """Make a pairing code, and take away the access of the desktops of earlier demonstrations."""
    journal = await SqliteJournal.open(settings.journal.path, checkpointer=False)
    try:
        now = time.time()
        for device in await journal.devices():
            if device.revoked_at is None:
                await journal.revoke(device.id, now)
        code, invitation = identity.invite(AGENT, [TEAM], now=now, random_bytes=secrets.token_bytes)
        await journal.add_code(invitation)
        return str(code)
    finally:
        await journal.close()


@contextmanager
def _relay(config: Path, settings: Config, log: Path) -> Iterator[None]:
    """Run ``deskbell-relay serve`` beside us, until it is ready and then until we leave."""
    command = [sys.executable, "-m", "relay", "serve", "--config", str(config)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            _wait_until_ready(process, f"{public_url(settings)}/readyz", log)
            yield
        finally:
            stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise DemoError(f"the relay did not start; see {log}:\n{log.read_text(errors='replace')[-2000:]}")


class DesktopProcess:
    """The tray app as a process of its own: what it reports, and that it ends."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log
        self._reports: Queue[Mapping[str, object]] = Queue()
        self._reader = threading.Thread(target=self._read, name="desktop-reports", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self._process.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                self._reports.put(json.loads(line))
        self._reports.put({"report": "end"})

    def wait_for(self, report: str) -> Mapping[str, object]:
        """Return the first report of that kind."""
        try:
            while (found := self._reports.get(timeout=PATIENCE))["report"] not in {report, "end"}:
                pass
        except Empty:
            found = {"report": "silence"}
        if found["report"] != report:
            tail = self._log.read_text(errors="replace")[-2000:]
            hint = _QUIET if report == "painted" else ""
            raise DemoError(f"the desktop did not come to {report!r}{hint}; see {self._log}:\n{tail}")
        return found

    def finish(self) -> None:
        """Read what was said to the end."""
        self._reader.join()

    def wait_for_end(self) -> None:
        """Wait until the desktop was quit."""
        self._process.wait()

    def ended_within(self, seconds: float) -> bool:
        """Wait so long; return whether the desktop was quit before that."""
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def environment(environ: Mapping[str, str], code: str, *, screen: bool) -> dict[str, str]:
    """Return the variables of the tray app.

    Toasts wait for whoever is away, and whoever starts this for the first time waits for downloads.
    """
    said = {"DESKBELL_AWAY_SECONDS": "3600", **environ, "DESKBELL_PAIR_CODE": code}
    return said if screen else said | {"QT_QPA_PLATFORM": "offscreen"}


@contextmanager
def desktop(place: Path, relay: str, code: str, *, screen: bool) -> Iterator[DesktopProcess]:
    """Run the tray app, paired by ``code``, until we leave."""
    command = [sys.executable, "-m", "desktop", "--profile", str(place / "desktop"), "--report"]
    command += ["--relay", relay]
    environ = environment(os.environ, code, screen=screen)
    if not screen:
        command += ["--snapshot", str(place / "toast.png")]
    log = place / "desktop.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=output, text=True)
        app = DesktopProcess(process, log)
        try:
            yield app
        finally:
            stop(process)
            app.finish()


def stop(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Ask a process to end, and end it if it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
