"""What is left after a crash: the process killed, or the power cut with writes under way."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest

from relay.event import EVERYONE, Dispatched, Event, EventState, StoredEvent, StoredNotification
from relay.journal.sqlite import SqliteJournal

ROOT = Path(__file__).parents[3]
APPENDER = Path(__file__).with_name("appender.py")

MakeEvent = Callable[..., Event]
MakeNotified = Callable[..., Dispatched]


def start(path: Path, prefix: str, count: int, role: str) -> subprocess.Popen[str]:
    """Start a process that appends events and prints which were acknowledged."""
    command = [sys.executable, str(APPENDER), str(path), prefix, str(count), role]
    return subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )


async def everything(path: Path) -> list[StoredEvent]:
    """Return all events of a journal, after SQLite's own check of it."""
    journal = await SqliteJournal.open(path)
    found = await journal.events(limit=1_000_000)
    await journal.close()
    base = apsw.Connection(str(path))
    assert base.execute("PRAGMA integrity_check").get == "ok"
    base.close()
    return found


# The process is killed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_s13_a_killed_process_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    """Five times a process is killed in full flight, and every acknowledged event is there, once."""
    path = tmp_path / "journal.db"
    acknowledged: list[str] = []
    chance = random.Random(7)
    for turn in range(5):
        with start(path, f"turn{turn}", 1_000_000, "owner") as child:
            assert child.stdout is not None
            acknowledged += [child.stdout.readline().strip() for _ in range(chance.randrange(1, 1_500))]
            child.kill()
            acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
        stored = [found.event.id for found in asyncio.run(everything(path))]
        assert set(acknowledged) <= set(stored)
        assert len(set(stored)) == len(stored)
    assert len(acknowledged) > 5


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """An owner and a guest append side by side, and each finds the other's events beside its own."""
    path = tmp_path / "journal.db"
    with start(path, "owner", 400, "owner") as one, start(path, "guest", 400, "guest") as other:
        said = [process.communicate(timeout=50)[0].split() for process in (one, other)]
        assert [process.returncode for process in (one, other)] == [0, 0]
    stored = sorted(found.event.id for found in asyncio.run(everything(path)))
    assert stored == sorted([*said[0], *said[1]])
    assert len(stored) == 800


# The power is cut


class Step(NamedTuple):
    """Something that was done to a file, or, without one, the acknowledgement of ``promise``."""

    file: str = ""
    what: str = ""
    offset: int = 0
    data: bytes = b""
    promise: Any = None


class RecordedFile(apsw.VFSFile):
    """A file of SQLite that writes down what is done to it."""

    def __init__(self, steps: list[Step], name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        self._steps, self._name = steps, Path(path).name

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - apsw's name
        self._steps.append(Step(self._name, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's name
        self._steps.append(Step(self._name, "truncate", newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        super().xSync(flags)
        self._steps.append(Step(self._name, "sync"))


class RecordedDisk(apsw.VFS):
    """A disk that remembers every write and every sync in order."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name, self.steps = name, list[Step]()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> RecordedFile:  # noqa: N802 - apsw's name
        return RecordedFile(self.steps, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - apsw's name
        super().xDelete(filename, syncdir)
        self.steps.append(Step(Path(filename).name, "delete"))


def after_power_cut(steps: Sequence[Step], survives: Callable[[], bool]) -> dict[str, bytes]:
    """Return the files as a disk has them that kept what was synced, and of the rest what ``survives``."""
    disk: dict[str, bytearray] = {}
    unsynced: dict[str, list[Step]] = {}
    for step in steps:
        if step.what == "delete":
            disk.pop(step.file, None)
            unsynced.pop(step.file, None)
        elif step.what == "sync":
            for done in unsynced.pop(step.file, []):
                _apply(disk.setdefault(step.file, bytearray()), done)
        elif step.file:
            disk.setdefault(step.file, bytearray())
            unsynced.setdefault(step.file, []).append(step)
    for file, lost in unsynced.items():
        for step in lost:
            if survives():
                _apply(disk[file], step)
    return {file: bytes(content) for file, content in disk.items()}


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.offset :]
        return
    end = step.offset + len(step.data)
    content.extend(bytes(max(0, end - len(content))))
    content[step.offset : end] = step.data


async def busy_hour(disk: RecordedDisk, path: Path, event: MakeEvent, notified: MakeNotified) -> None:
    """Append, publish, prune and checkpoint on a recorded disk, noting each acknowledgement."""
    journal = await SqliteJournal.open(path, clock=lambda: 1.0, checkpoint_pages=12, vfs=disk.name)

    async def send(name: str) -> None:
        await journal.append(event(name, data=name.encode() * 400))
        disk.steps.append(Step(promise=("event", name)))

    for turn in range(8):
        await asyncio.gather(*(send(f"{turn}-{number}") for number in range(6)))
        results = [notified(found.seq, EVERYONE, "team:x") for found in await journal.pending(5)]
        await journal.publish(results)
        disk.steps += [Step(promise=("published", result.event_seq)) for result in results]
    await journal.close()


def moments(steps: Sequence[Step]) -> list[int]:
    """Return where to cut: before and after each sync, and somewhere in between."""
    chance = random.Random(3)
    chosen = [place for place, step in enumerate(steps) if step.what == "sync" or chance.random() < 0.05]
    return sorted({moment for place in chosen for moment in (place, place + 1)})


async def survivors(path: Path) -> tuple[set[tuple[str, object]], list[str]]:
    """Return which promises a journal keeps, and the ids of its notifications in order."""
    journal = await SqliteJournal.open(path)
    stored = await journal.events(limit=1_000)
    notifications = await journal.notifications_after(0, 1_000)
    latest = await journal.latest()
    await journal.close()
    assert [found.seq for found in notifications] == list(range(1, latest + 1))
    kept: set[tuple[str, object]] = {("event", found.event.id) for found in stored}
    kept |= {("published", found.seq) for found in stored if found.state is EventState.NOTIFIED}
    return kept, [found.draft.id for found in notifications if isinstance(found, StoredNotification)]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_power_cut_takes_nothing_acknowledged(
    tmp_path: Path, event: MakeEvent, notified: MakeNotified, share: float
) -> None:
    """Cut at any sync, whatever of the unsynced writes survives: promises are kept, nothing is doubled or torn."""
    disk = RecordedDisk(f"recorded-{tmp_path}")
    path = tmp_path / "journal.db"
    asyncio.run(busy_hour(disk, path, event, notified))
    disk.unregister()
    files = {step.file for step in disk.steps if step.what == "sync"}
    assert {"journal.db", "journal.db-wal"} <= files
    chance = random.Random(11)
    for moment in moments(disk.steps):
        promised = {step.promise for step in disk.steps[:moment] if step.promise}
        folder = tmp_path / str(moment)
        folder.mkdir()
        for name, content in after_power_cut(disk.steps[:moment], lambda: chance.random() < share).items():
            (folder / name).write_bytes(content)
        kept, ids = asyncio.run(survivors(folder / path.name))
        assert promised <= kept
        published = [seq for kind, seq in kept if kind == "published"]
        assert sorted(ids) == sorted(f"{seq}-{part}" for seq in published for part in (0, 1))
