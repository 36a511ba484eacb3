"""A real relay as a process of its own, to be started, killed and started again."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_bytes

import httpx
import msgspec

from relay import identity, samples
from relay.config import load
from relay.event import PairingCode, StoredEvent
from relay.journal.base import Journal
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Role
from relay.schemes.prepared import Prepared, check_source
from relay.settings import Config

PATIENCE = 60.0
"""Seconds after which something that should have happened counts as failed."""

SETTINGS = """
[server]
port = {port}
shutdown_seconds = 5
[sources.parcel]
provider = "generic-hmac"
secret = "env:TEST_PARCEL_SECRET"
[sources.parcel.recipe]
header = "X-Parcel-Signature"
id = "body:event_id"
type = "body:event"
[sources.stripe]
provider = "stripe"
secret = "env:TEST_STRIPE_SECRET"
[journal]
path = "journal.db"
"""
SECRETS = {"TEST_PARCEL_SECRET": "parcel-secret-for-tests", "TEST_STRIPE_SECRET": "whsec_for_tests"}


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """What a desktop gets when it is paired."""

    token: str
    device: str
    agent: str
    teams: tuple[str, ...]


class RelayProcess:
    """``deskbell-relay serve`` in a folder of its own, to be started, killed and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.config = folder / "relay.toml"
        self.config.write_text(SETTINGS.format(port=port), encoding="utf-8")
        self.log = folder / "relay.log"
        self.environ = {**os.environ, **SECRETS}
        self.process: subprocess.Popen[bytes] | None = None
        self._sources: dict[str, Prepared] = {}

    @property
    def url(self) -> str:
        """Return the address of the relay."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> Config:
        """Return the configuration as the relay reads it."""
        return load(self.config, self.environ)

    def source(self, name: str) -> Prepared:
        """Return a source that can sign."""
        return check_source(self.settings().sources[name])

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", "relay", "serve", "--config", str(self.config)]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, env=self.environ, stdout=output, stderr=output)
        self.wait_until(self.ready)

    def ready(self) -> bool:
        """Say whether it answers that it is ready."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Ask again and again, since another process has no event to wait on; fail when patience ends."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it, as a power cut of this one process would (SIGKILL)."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """Ask it to stop; return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def pair(
        self,
        agent: str = "mira@example.com",
        teams: tuple[str, ...] = ("billing",),
        *,
        role: Role | None = None,
        leads: tuple[str, ...] = (),
    ) -> Paired:
        """Pair a desktop as a person would: a code from the command line's function, then the exchange."""
        code = self.invite(agent, teams, role=role, leads=leads)
        answer = httpx.post(
            f"{self.url}/v1/pair", json={"code": code, "name": "a test"}, timeout=PATIENCE, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Paired)

    def invite(
        self,
        agent: str = "mira@example.com",
        teams: tuple[str, ...] = ("billing",),
        *,
        role: Role | None = None,
        leads: tuple[str, ...] = (),
    ) -> str:
        """Return a pairing code, made as the command line makes it."""
        code, invitation = identity.invite(
            agent, teams, now=time.time(), random_bytes=token_bytes, role=role, leads=leads
        )
        asyncio.run(self._add_code(invitation))
        return str(code)

    async def _add_code(self, invitation: PairingCode) -> None:
        async with self.journal() as journal:
            await journal.add_code(invitation)

    @asynccontextmanager
    async def journal(self) -> AsyncIterator[Journal]:
        """Open the journal beside the relay, as the command line does."""
        journal = await SqliteJournal.open(self.settings().journal.path, checkpointer=False)
        try:
            yield journal
        finally:
            await journal.close()

    def events(self) -> list[StoredEvent]:
        """Return what the journal holds, oldest first."""

        async def read() -> list[StoredEvent]:
            async with self.journal() as journal:
                return (await journal.events(limit=100_000))[::-1]

        return asyncio.run(read())

    def request(self, source: str = "parcel", sample: str = "delivered") -> samples.Request:
        """Return headers and body of a fresh, correctly signed webhook."""
        if source not in self._sources:
            self._sources[source] = self.source(source)
        prepared = self._sources[source]
        chosen = samples.find(prepared.source, sample)
        return samples.request(chosen, prepared, time.time(), str(uuid.uuid4()))

    def hook(self, source: str = "parcel") -> str:
        """Return a source's webhook URL."""
        return f"{self.url}/hooks/{source}"
