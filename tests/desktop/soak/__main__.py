"""A quarter of an hour of the whole app under faults; run inside ``session.sh``, as root, by hand.

``SCREEN=1920x1200 tests/desktop/session.sh .venv/bin/python -m tests.desktop.soak --minutes 15 REPORT.md``.
The relay and the desktop run as everybody's do, each in a network namespace of its own; logs are
kept beside the report. The exit status is 1 if something is not as it should be.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.desktop.soak import timetable
from tests.desktop.soak.network import Cable
from tests.desktop.soak.page import Run, page
from tests.desktop.soak.place import Place
from tests.desktop.soak.reckoning import Reckoning, reckon
from tests.desktop.soak.timetable import MODES, Act
from tests.desktop.soak.user import User
from tests.desktop.soak.verdict import judge
from tests.desktop.soak.witness import Witness, output

PATIENCE = 90.0
"""Seconds for the first link, and for the last to be complete."""
PANEL, SERVICE = "tint2", "dunst"
SECOND, PICTURE_SECONDS = 1.0, 60.0
REFRESH = 60.0


class Soak:
    """One run."""

    def __init__(self, place: Place, seconds: float, seed: int) -> None:
        self._place, self._seconds, self._seed = place, seconds, seed
        self._witness = Witness(file=place.watch)
        self._user = User(self._witness, random.Random(seed), place.start_second)
        self._done: list[tuple[float, Act]] = []
        self._later: list[tuple[float, Callable[[], None]]] = []

    def run(self) -> Run:
        """Do all of it; return what was seen."""
        self._prepare()
        self._go_through(timetable.timetable(self._seconds, random.Random(self._seed)))
        self._user.stop()
        place, reckoned = self._place, self._settle()
        return Run(
            seconds=self._seconds,
            seed=self._seed,
            acts=self._done,
            samples=self._witness.samples,
            pressed=self._user.done,
            findings=judge(self._witness.samples, self._done),
            reckoning=reckoned,
            said={name: place.said(name) for name in ("desktop", "second", "relay")},
            second_ends=[process.poll() for process in place.seconds],
            app_end=place.app.poll(),
        )

    def _prepare(self) -> None:
        """Start everything, and wait for the first link."""
        place = self._place
        for width, height in MODES[:-1]:
            mode = (f"{width}x{height}", *_timing(width, height))
            output("xrandr", "--newmode", *mode)
            output("xrandr", "--addmode", "screen", mode[0])
        self._resize(0)
        place.start_relay()
        place.wait_until_up()
        authority = place.open_door()
        place.start_feed()
        place.start_app(authority)
        end = time.monotonic() + PATIENCE
        while (newest := self._witness.newest()) is None or newest.state != "live":
            if time.monotonic() > end or place.app.poll() is not None:
                raise TimeoutError(place.log("desktop").read_text(encoding="utf-8")[-3000:])
            time.sleep(0.2)
        self._witness.begin = time.monotonic()
        self._user.start()

    def _go_through(self, acts: list[Act]) -> None:
        """Do what is to be done, and look once a second."""
        look, picture = 0.0, PICTURE_SECONDS
        while self._witness.now() < self._seconds and self._place.app.poll() is None:
            now = self._witness.now()
            while acts and acts[0].at <= now:
                act = acts.pop(0)
                self._do(act)
                self._done.append((self._witness.now(), act))
            for each in [each for each in self._later if each[0] <= now]:
                self._later.remove(each)
                each[1]()
            if now >= look:
                relay = self._place.relay
                self._witness.take(self._place.app.pid, relay.pid if relay.poll() is None else None)
                look = now + SECOND
            if now >= picture:
                picture += PICTURE_SECONDS
                self._later.append((now, partial(_photograph, self._place.folder / f"{now:04.0f}.png")))
            time.sleep(0.1)

    def _do(self, act: Act) -> None:
        place, cable, what = self._place, self._place.cable, act.what
        sys.stderr.write(f"{self._witness.now():6.1f}  {what} {act.number:g}\n")
        simple: dict[str, Callable[[], None]] = {
            timetable.KILL: place.kill_relay,
            timetable.START: place.start_relay,
            timetable.PULL: cable.pull,
            timetable.PLUG: cable.plug_in,
            timetable.DEADEN: cable.deaden,
            timetable.REVIVE: cable.revive,
            timetable.SECOND: place.start_second,
            timetable.LEAVE: self._user.away.set,
            timetable.RETURN: self._user.away.clear,
            timetable.RATE: lambda: place.feed(f"rate {act.number}"),
            timetable.BURST: lambda: place.feed(f"burst {act.number:.0f}"),
            timetable.CLOCK: lambda: place.set_clock(act.number),
            timetable.RESIZE: lambda: self._resize(int(act.number)),
            timetable.PANEL: lambda: self._restart(PANEL, act.number),
            timetable.SERVICE: lambda: self._restart(SERVICE, act.number),
        }
        simple[what]()

    def _resize(self, mode: int) -> None:
        width, height = MODES[mode]
        output("xrandr", "--output", "screen", "--mode", f"{width}x{height}")

    def _restart(self, program: str, after: float) -> None:
        self._place.end_of_session(program)
        self._later.append((self._witness.now() + after, lambda: self._place.back_to_session(program)))

    def _settle(self) -> Reckoning:
        """Let what is on its way arrive, and compare."""
        place = self._place
        place.end_feed()
        inbox, end = place.folder / "desktop" / "inbox.db", time.monotonic() + PATIENCE
        while (found := reckon(place.settings(), place.sent, inbox)).problems and time.monotonic() < end:
            time.sleep(1.0)
        self._witness.take(place.app.pid, place.relay.pid)
        return found


def _timing(width: int, height: int) -> list[str]:
    """Return a mode's line for xrandr; Xvfb cares for the size alone."""
    clock = (width + 400) * (height + 50) * REFRESH / 1e6
    across = (width, width + 80, width + 160, width + 400)
    down = (height, height + 3, height + 9, height + 50)
    return [f"{clock:.2f}", *map(str, across), *map(str, down)]


def _photograph(file: Path) -> None:
    output("scrot", "-o", str(file))


def main() -> int:
    """Run, write the report, and return 1 if there is a problem."""
    parser = argparse.ArgumentParser(prog="tests.desktop.soak")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("report", type=Path)
    chosen = parser.parse_args()
    if "IN_SESSION" not in os.environ or os.getuid():
        parser.error("run it inside session.sh, as root")
    folder = chosen.report.absolute().with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cable = Cable(f"soak{os.getpid()}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        cable.lay()
        place = Place(folder, cable, chosen.seed)
        try:
            run = Soak(place, chosen.minutes * 60, chosen.seed).run()
            _photograph(folder / "end.png")
        finally:
            place.close()
    finally:
        cable.clear()
    chosen.report.write_text(page(run), encoding="utf-8")
    sys.stdout.write(page(run))
    return 1 if run.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
