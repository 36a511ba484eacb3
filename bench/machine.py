"""What the measuring stands on: cores, open files, the disk, and words about all of it."""

import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Self

import apsw

SERVER_CORE = 0
LOAD_CORE = 1
"""The server gets one core, the load another, where the system lets a process choose."""

OPEN_FILES = 16_000
"""Five thousand sockets to each of two servers, and some room."""

_PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "websockets",
    "msgspec",
    "apsw",
    "minijinja",
    "PySide6-Essentials",
)
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def pin(core: int) -> None:
    """Run this process on one core only, if the system can do that and has another one."""
    if sys.platform == "linux" and len(usable := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(0, {usable[core % len(usable)]})


def raise_open_files() -> None:
    """Let this process and its children have enough sockets, as far as the system allows it."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def resident() -> int:
    """Return the bytes of memory that this process holds; 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Cores:
    """Seconds of all cores together up to a moment; all 0 where the system doesn't tell."""

    stolen: float
    """Taken by other machines on the same hardware."""
    busy: float
    """Used by programs on this machine."""
    ours: float
    """Used by this program and those that it started and that have ended."""
    total: float

    @classmethod
    def now(cls) -> Self:
        """Read them."""
        spent = os.times()
        ours = spent.user + spent.system + spent.children_user + spent.children_system
        try:
            text = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
        except OSError:
            return cls(stolen=0.0, busy=0.0, ours=ours, total=0.0)
        user, nice, system, idle, wait, hard, soft, stolen = (
            int(field) / _TICKS for field in text.split()[1:9]
        )
        busy = user + nice + system + hard + soft
        return cls(stolen=stolen, busy=busy, ours=ours, total=busy + idle + wait + stolen)

    def since(self, before: "Cores") -> tuple[float, float]:
        """Return the shares that other machines, and other programs on this one, had of all cores since."""
        total = self.total - before.total
        if total <= 0:
            return 0.0, 0.0
        others = (self.busy - before.busy) - (self.ours - before.ours)
        return (self.stolen - before.stolen) / total, max(0.0, others) / total


def sync_milliseconds(folder: Path, times: int = 50) -> float:
    """Return the median time of writing 4 KiB and waiting until it is on the disk."""
    file = folder / "sync"
    took = []
    with file.open("wb", buffering=0) as handle:
        for _ in range(times):
            begun = time.perf_counter()
            handle.write(bytes(4096))
            os.fsync(handle.fileno())
            took.append(time.perf_counter() - begun)
    file.unlink()
    return 1000 * statistics.median(took)


def description(folder: Path) -> list[str]:
    """Return sentences about the machine, for people."""
    cores = os.cpu_count() or 1
    kind = "virtual cores of a shared machine" if _is_virtual() else "cores"
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    return [
        f"{cores} {kind} ({platform.machine()}), {_memory()} of memory; {_system()}.",
        f"An fsync of 4 KiB on the journal's disk took {sync_milliseconds(folder):.2f} ms (median of 50).",
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, {versions}.",
    ]


def _is_virtual() -> bool:
    try:
        return "hypervisor" in Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "some"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = f"{platform.system()} {platform.release()}"
    return f"{name}, kernel {platform.release().split('-')[0]}"
