"""The relay as a whole: how it starts, how it refuses, and how it leaves."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import httpx
import pytest

from relay import app
from relay.config import read
from relay.errors import ConfigError, StorageBroken
from relay.journal.sqlite import SqliteJournal
from relay.listening import listen
from relay.log import get_logger
from relay.places import public_url
from relay.schemes.prepared import check_source
from relay.settings import Config
from tests.relay_process import RelayProcess

STRIPE = '[sources.stripe]\nprovider = "stripe"\nsecret = "env:S"\n'


def settings(folder: Path, text: str = STRIPE) -> Config:
    """Return a configuration whose journal is in ``folder``, on any free port."""
    return read(
        f"[server]\nport = 0\n{text}",
        {"S": "whsec_for_tests"},
        folder=folder,
        filename="relay.toml",
        data_folder=folder,
        read_secret=lambda *_: b"",
    )


class FsyncError(apsw.IOError):
    """What SQLite's own disk raises when fsync fails."""

    result = apsw.SQLITE_IOERR
    extendedresult = apsw.SQLITE_IOERR_FSYNC


class DyingFile(apsw.VFSFile):
    """A file of a disk that is full or dead when its disk says so."""

    def __init__(self, disk: "DyingDisk", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - apsw's name
        """Fail as a full disk does."""
        if self._disk.full:
            raise apsw.FullError("no space left")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        """Fail as a dying disk does."""
        if self._disk.dead:
            raise FsyncError("fsync failed")
        super().xSync(flags)


class DyingDisk(apsw.VFS):
    """The operating system's files, until the disk is full or dies."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.full = self.dead = False

    def xOpen(self, name: Any, flags: list[int]) -> DyingFile:  # noqa: N802 - apsw's name
        """Open a file of this disk."""
        return DyingFile(self, name, flags)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DyingDisk]:
    """The disk on which a relay that is opened in this test has its journal."""
    name = f"dying-{tmp_path}"
    disk = DyingDisk(name)

    class OnThatDisk(SqliteJournal):
        @classmethod
        async def open(cls, path: Any, **options: Any) -> Any:
            return await super().open(path, **{**options, "vfs": name})

    monkeypatch.setattr(app, "SqliteJournal", OnThatDisk)
    yield disk
    disk.unregister()


class Provider:
    """Posts genuine events, each with a new id, and returns the answers."""

    def __init__(self, config: Config, port: int, client: httpx.AsyncClient) -> None:
        self._source = check_source(config.sources["stripe"])
        self._url, self._client, self._sent = f"http://127.0.0.1:{port}/hooks/stripe", client, 0

    async def post(self) -> httpx.Response:
        """Send the next event."""
        self._sent += 1
        body = json.dumps({"id": f"evt_{self._sent}", "type": "x"}).encode()
        headers = self._source.sign(body=body, now=time.time(), event_id="", event_type="")
        return await self._client.post(self._url, content=body, headers=headers)


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[tuple[Provider, "asyncio.Task[None]"]]:
    """Run a relay in this process; a provider comes with it."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    relay = asyncio.create_task(app.serve(config, get_logger(), ready=port.set_result))
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Provider(config, await port, client), relay


def test_a_failed_fsync_is_not_acknowledged_and_ends_the_process(disk: DyingDisk, tmp_path: Path) -> None:
    """The sender is told to come back, and the relay stops and says why: only a restart can help."""

    async def run() -> None:
        async with running(settings(tmp_path)) as (provider, relay):
            assert (await provider.post()).status_code == 200
            disk.dead = True
            refused = await provider.post()
            assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
            async with asyncio.timeout(30):
                await relay

    with pytest.raises(StorageBroken):
        asyncio.run(run())


def test_a_full_disk_is_answered_with_503_and_recovers_alone(disk: DyingDisk, tmp_path: Path) -> None:
    """While nothing can be stored nothing is acknowledged; when there is room again, all is well."""

    async def run() -> None:
        async with running(settings(tmp_path)) as (provider, relay):
            disk.full = True
            answers = [await provider.post() for _ in range(3)]
            assert {answer.status_code for answer in answers} == {503}
            assert all(answer.headers["retry-after"] for answer in answers)
            disk.full = False
            assert (await provider.post()).status_code == 200
            relay.cancel()
            await asyncio.gather(relay, return_exceptions=True)

    asyncio.run(run())


def test_a_relay_that_is_told_to_stop_says_why_it_ended(relay_process: RelayProcess) -> None:
    """SIGTERM ends it with that signal's status, after an orderly way out."""
    relay_process.start()

    assert relay_process.terminate() == -signal.SIGTERM
    events = [json.loads(line)["event"] for line in relay_process.log.read_text().splitlines()]
    assert events.index("listening") < events.index("stopping") < events.index("stopped")


def test_ctrl_c_ends_it_without_a_traceback(relay_process: RelayProcess) -> None:
    """Somebody who tries it in a terminal leaves by Ctrl-C."""
    relay_process.start()
    assert relay_process.process is not None
    relay_process.process.send_signal(signal.SIGINT)

    assert relay_process.process.wait(timeout=30) == 130
    assert "Traceback" not in relay_process.log.read_text()


def test_the_door_may_have_an_ipv6_address(tmp_path: Path) -> None:
    """An address of version 6 is listened on, and written in brackets where people read it."""
    config = settings(tmp_path, '\n[journal]\npath = "j.db"\n')
    six = with_host(config, host="::1")

    with listen(six) as door:
        assert door.family == socket.AF_INET6
    assert public_url(six).startswith("http://[::1]:")


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_ours_is_said(tmp_path: Path, host: str) -> None:
    """A wrong host stops the start and names the key."""
    with pytest.raises(ConfigError, match=r"server\.port: cannot listen"):
        listen(with_host(settings(tmp_path), host=host))


def with_host(config: Config, *, host: str) -> Config:
    """Return the configuration with another host."""
    return replace(config, server=replace(config.server, host=host))


def test_two_relays_do_not_share_a_journal(tmp_path: Path) -> None:
    """The second start is refused with a sentence; what is left of the first holds nobody up."""
    config = settings(tmp_path, f'{STRIPE}[journal]\npath = "j.db"\n')

    async def start(then: Callable[[], Awaitable[None]]) -> None:
        async with app.opened(config, get_logger()):
            await then()

    async def refused() -> None:
        with pytest.raises(ConfigError, match=r"journal\.path: another relay is running on .*j\.db"):
            await start(nothing)

    async def nothing() -> None:
        pass

    asyncio.run(start(refused))
    assert (tmp_path / "j.db.relay").exists()
    asyncio.run(start(nothing))


def test_small_answers_go_out_at_once(tmp_path: Path) -> None:
    """What is accepted at the door does not wait for more to be sent with it."""
    with listen(settings(tmp_path)) as door:
        door.settimeout(10)
        with socket.create_connection(door.getsockname()), door.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
