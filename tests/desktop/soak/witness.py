"""What is to be seen from outside: the app's windows on the screen, and what its processes use.

The app's own lines (:mod:`tests.desktop.soak.app`) are read along, so that both can be compared.
"""

import json
import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""

_GEOMETRY = re.compile(r"WINDOW=(\d+)\nX=(-?\d+)\nY=(-?\d+)\nWIDTH=(\d+)\nHEIGHT=(\d+)")
_ICON = re.compile(
    r'"(?:Deskbell|[^"]*desktop[^"]*|[^"]*python[^"]*)": \(.*?\)\s+(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)'
)


@dataclass(frozen=True, kw_only=True)
class Toast:
    """A toast as the app tells of it. ``box`` has its shadow, ``card`` has not."""

    id: str
    box: Box
    card: Box
    buttons: dict[str, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Stall:
    """A long wait of the GUI's loop, in seconds."""

    took: float
    ran: float
    """Of it, for how long the thread ran."""
    starved: float
    """Of it, for how long the thread waited for a core that others had."""
    stacks: list[str]
    """Where it stood, four times a second."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A line of the app's own; in the file it says more, for whoever looks for a cause."""

    at: float
    """Monotonic."""
    state: str
    worst: float
    """The longest wait of the GUI's loop in this second, in seconds."""
    stalls: list[Stall]
    toasts: list[Toast]
    more: int
    menus: dict[str, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a process uses: MiB, seconds of a core so far, numbers."""

    memory: float
    core: float
    threads: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One second. ``at`` is in seconds since the begin."""

    at: float
    app: Use | None
    relay: Use | None
    screen: Box
    area: Box
    """What the panel leaves free."""
    windows: dict[int, Box]
    """The app's visible windows."""
    watch: Watch | None
    load: float
    """How many programs of this machine want a core, on average over a minute."""


@dataclass
class Witness:
    """Takes samples; the newest line of the app can be asked for from any thread."""

    file: Path
    """Where the app writes its lines."""
    begin: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    lines: list[Watch] = field(default_factory=list)
    _read: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        """Return the seconds since the begin."""
        return time.monotonic() - self.begin

    def newest(self) -> Watch | None:
        """Return the newest line of the app, None before the first."""
        with self._lock:
            if self.file.exists():
                with self.file.open(encoding="utf-8") as lines:
                    lines.seek(self._read)
                    while (line := lines.readline()).endswith("\n"):
                        self._read = lines.tell()
                        self.lines.append(_watch(line))
            return self.lines[-1] if self.lines else None

    def toasts(self) -> list[Toast]:
        """Return the toasts of the newest line."""
        newest = self.newest()
        return newest.toasts if newest else []

    def menus(self) -> dict[str, tuple[int, int]]:
        """Return the lines of the open menus, and where they are."""
        newest = self.newest()
        return newest.menus if newest else {}

    def take(self, app: int, relay: int | None) -> Sample:
        """Look at everything, and keep it. ``app`` and ``relay`` are ids of processes."""
        area, screen = _areas()
        sample = Sample(
            at=self.now(),
            app=use(app),
            relay=use(relay) if relay else None,
            screen=screen,
            area=area,
            windows=windows(app),
            watch=self.newest(),
            load=os.getloadavg()[0],
        )
        self.samples.append(sample)
        return sample


def _watch(line: str) -> Watch:
    read = json.loads(line)
    read["stalls"] = [Stall(**each) for each in read["stalls"]]
    read["toasts"] = [_toast(each) for each in read["toasts"]]
    read["menus"] = {words: (spot[0], spot[1]) for words, spot in read["menus"].items()}
    return Watch(**{each.name: read[each.name] for each in fields(Watch)})


def _toast(told: dict[str, Any]) -> Toast:
    rim, (left, top, width, height) = told["shadow"], told["box"]
    return Toast(
        id=told["id"],
        box=(left, top, width, height),
        card=(left + rim, top + rim, width - 2 * rim, height - 2 * rim),
        buttons={name: (spot[0], spot[1]) for name, spot in told["buttons"].items()},
    )


def output(*command: str) -> str:
    """Return what a program prints; nothing if it takes too long."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout
    except subprocess.TimeoutExpired:
        return ""


def _areas() -> tuple[Box, Box]:
    """Return the work area and the screen, as the window manager says."""
    said = output("xprop", "-root", "_NET_WORKAREA", "_NET_DESKTOP_GEOMETRY")
    numbers = [
        [int(each) for each in re.findall(r"\d+", line.partition("=")[2])] for line in said.splitlines()
    ]
    if len(numbers) < 2 or len(numbers[0]) < 4 or len(numbers[1]) < 2:
        return (0, 0, 0, 0), (0, 0, 0, 0)
    left, top, width, height = numbers[0][:4]
    return (left, top, width, height), (0, 0, numbers[1][0], numbers[1][1])


def windows(pid: int) -> dict[int, Box]:
    """Return the visible windows of a process, by their ids."""
    said = output(
        "xdotool", "search", "--onlyvisible", "--pid", str(pid), "getwindowgeometry", "--shell", "%@"
    )
    found = {}
    for numbers in _GEOMETRY.findall(said):
        window, left, top, width, height = map(int, numbers)
        found[window] = (left, top, width, height)
    return found


def tray_icon(area: Box, screen: Box) -> tuple[int, int] | None:
    """Return where the icon is in the panel, None if there is none: a small window in the panel's row."""
    for width, height, left, top in _ICON.findall(output("xwininfo", "-root", "-tree")):
        if int(width) < 64 and int(top) >= area[1] + area[3] and int(top) < screen[3]:
            return int(left) + int(width) // 2, int(top) + int(height) // 2
    return None


def use(pid: int) -> Use | None:
    """Return what a process uses, None if there is none."""
    place = Path(f"/proc/{pid}")
    try:
        stat = place.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        memory = int(place.joinpath("statm").read_text(encoding="ascii").split()[1])
        files = len(list(place.joinpath("fd").iterdir()))
    except OSError:
        return None
    return Use(
        memory=memory * os.sysconf("SC_PAGE_SIZE") / 2**20,
        core=(int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"),
        threads=int(stat[17]),
        files=files,
    )
