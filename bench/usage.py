"""What a process uses of the machine, as Linux tells it: processor seconds, wake-ups, memory."""

import os
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Memory:
    """MiB of one process."""

    resident: float
    proportional: float
    """As ``resident``, but pages that several processes share count for each only in part (PSS)."""
    written: float
    """Pages that the process has written itself: neither files nor libraries, which others may share."""


def core_seconds(pid: int) -> float | None:
    """Return the seconds that a process has run so far; None where the system doesn't tell."""
    try:
        files = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
        return sum(int(file.read_text(encoding="ascii").split()[0]) for file in files) / 1e9 or None
    except OSError:
        return None


def wakeups(pid: int) -> int:
    """Return how often the threads of a process have gone to sleep so far, to be woken again."""
    files = Path(f"/proc/{pid}/task").glob("*/status")
    return sum(_fields(file)["voluntary_ctxt_switches"] for file in files)


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory."""
    fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def memory(pid: int) -> Memory:
    """Return what a process has in memory."""
    found = _fields(Path(f"/proc/{pid}/smaps_rollup"))
    return Memory(
        resident=found["Rss"] / 1024,
        proportional=found["Pss"] / 1024,
        written=found["Private_Dirty"] / 1024,
    )


def _fields(file: Path) -> dict[str, int]:
    """Read lines such as ``Rss:   1024 kB``."""
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}
