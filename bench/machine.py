"""What the measuring stands on: cores, open files, the disk, and words about all of it."""

import os
import platform
import statistics
import sys
import time
from importlib import metadata
from pathlib import Path

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


def others_share(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return which share of all cores was taken away from this machine between two :func:`cpu_times`."""
    stolen, total = after[0] - before[0], after[1] - before[1]
    return stolen / total if total else 0.0


def cpu_times() -> tuple[float, float]:
    """Return the seconds that other machines on the same hardware took from this one, and all seconds."""
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    except OSError:
        return 0.0, 0.0
    return float(fields[7]) / _TICKS, sum(map(float, fields)) / _TICKS


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
