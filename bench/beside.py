"""Our desktop and gotify-tray in one X session, in turns, through the same eyes."""

import http.client
import multiprocessing
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bench import history, machine, servers, usage, webhooks
from bench.client import HOST
from bench.desktop import post
from bench.gotify import Gotify
from bench.history import History
from bench.programs import Bare, Ours, Peer, Program, started
from bench.screen import Screen
from bench.servers import Address
from bench.usage import Memory

STARTS = 7
SETTLE_SECONDS = 3.0
REST_ROUNDS = 2
REST_SECONDS = 120.0
CALM_SECONDS = 8.0
"""After the link is live, before the rest is measured."""
TOAST_ROUNDS = 4
TOASTS = 40
"""In each round, of each program."""
STAY_MILLISECONDS = 100
"""For how long a toast stays, so that the eyes see it."""
PAUSE_SECONDS = 0.3
BURST_ROUNDS = 3
BURST = 500
KINDS = {"of one kind": webhooks.NAMES[0], f"of {len(webhooks.NAMES)} kinds": ""}
"""The source of all; empty for each source in turn."""
POSTERS = 4
QUIET_SECONDS = 5.0
"""After the last late beat, the burst is over."""
MARKS = (100, 1_000, 2_000, 4_000, 6_000, 8_000, 10_000)
PEER_MARKS = MARKS[:3]
"""gotify-tray makes a widget for each message and keeps it; it needs ever longer for the next."""
PEER_PAUSE_SECONDS = 0.1
"""Its process ends when a message comes while it is still at the one before."""
GROW_SECONDS = 0.06
"""From one message to the next: of a hundred sources, so that none comes three times in ten seconds."""
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Start:
    """Milliseconds since the process was started, and its memory some seconds later."""

    tray: float
    used: float
    """What it had of the processor until then: on a busy machine this says more."""
    live: float
    memory: Memory


@dataclass(frozen=True, kw_only=True)
class Rest:
    """At rest with a live link."""

    core: float
    """Share of one core."""
    wakeups: float
    """A second."""
    memory: Memory


@dataclass(kw_only=True)
class Bursts:
    """What :data:`BURST` messages within a second did."""

    late: dict[str, list[float]] = field(default_factory=dict)
    """The longest time for which our event loop was held up, in milliseconds, in each round."""
    used: dict[str, list[float]] = field(default_factory=dict)
    """The longest time between two beats that the thread had of the processor: its own work."""
    arrived: list[int] = field(default_factory=list)
    """How many were in the inbox afterwards."""
    survived: int = 0
    """How many rounds the other program lived through."""


@dataclass(kw_only=True)
class Toasts:
    """From message to picture; by the programs' names."""

    shown: dict[str, list[list[float]]] = field(default_factory=dict)
    """Milliseconds from sending to the picture on the screen, for each round."""
    spent: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds of the processor that one message took of the program, for each round."""
    painted: list[float] = field(default_factory=list)
    """Of ours: from the message off the socket to its picture."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Everything of one run; by the programs' names where there are several."""

    machine: list[str]
    stolen: float
    others: float
    starts: dict[str, list[Start]]
    rests: dict[str, list[Rest]]
    toasts: Toasts
    bursts: Bursts
    grown: dict[str, dict[int, Memory]]
    """Memory after so many messages."""
    history: History


def measure(folder: Path, program: Path, say: Callable[[str], None]) -> Beside:
    """Measure one thing after the other; ``program`` is the interpreter that has gotify-tray."""
    described, before = machine.description(folder), machine.Cores.now()
    with Screen() as eyes, Gotify() as far, servers.running(servers.telling, folder / "relay") as address:
        if not eyes.has_tray():
            raise RuntimeError("this session has no tray")
        ours, other = Ours(folder / "relay" / "day", address), Peer(program, far)
        say("starts")
        starts = _starts(eyes, [ours, other, Bare()])
        say(f"at rest, {REST_ROUNDS} times {REST_SECONDS:.0f} s")
        rests = _rests([ours, other])
        say("toasts")
        toasts = _toasts(eyes, Ours(folder / "relay" / "paint", address, stay=STAY_MILLISECONDS), other)
        say(f"bursts of {BURST}")
        bursts = _bursts(folder / "relay", address, other)
        say(f"a history of {history.ENTRIES:,}")
        past = _history(folder)
        say("memory after many toasts")
        grown = _growth(eyes, Ours(folder / "relay" / "grow", address, stay=0), other)
    stolen, others = machine.Cores.now().since(before)
    return Beside(
        machine=described,
        stolen=stolen,
        others=others,
        starts=starts,
        rests=rests,
        toasts=toasts,
        bursts=bursts,
        grown=grown,
        history=past,
    )


# Parts


def _starts(eyes: Screen, programs: Sequence[Program]) -> dict[str, list[Start]]:
    """Start each several times, in turns; the first time only warms the disk."""
    found: dict[str, list[Start]] = {program.name: [] for program in programs}
    for _ in range(STARTS + 1):
        for program in programs:
            found[program.name].append(_start(eyes, program))
    return {name: many[1:] for name, many in found.items()}


def _start(eyes: Screen, program: Program) -> Start:
    eyes.forget()
    running = program.start()
    try:
        tray = 1000 * (eyes.docked(PATIENCE) - running.begun)
        used = 1000 * (usage.core_seconds(running.pid) or 0.0)
        live = 1000 * (program.live(running) - running.begun)
        time.sleep(SETTLE_SECONDS)
        return Start(tray=tray, used=used, live=live, memory=usage.memory(running.pid))
    finally:
        running.end()


def _rests(programs: Sequence[Program]) -> dict[str, list[Rest]]:
    """Let them rest beside each other, anew in each round."""
    found: dict[str, list[Rest]] = {program.name: [] for program in programs}
    for _ in range(REST_ROUNDS):
        with ExitStack() as stack:
            pids = {program.name: stack.enter_context(started(program)).pid for program in programs}
            time.sleep(CALM_SECONDS)
            before = {pid: (usage.core_seconds(pid) or 0.0, usage.wakeups(pid)) for pid in pids.values()}
            time.sleep(REST_SECONDS)
            for name, pid in pids.items():
                found[name].append(_rest(pid, *before[pid]))
    return found


def _rest(pid: int, core: float, wakeups: int) -> Rest:
    return Rest(
        core=((usage.core_seconds(pid) or core) - core) / REST_SECONDS,
        wakeups=(usage.wakeups(pid) - wakeups) / REST_SECONDS,
        memory=usage.memory(pid),
    )


def _toasts(eyes: Screen, ours: Ours, other: Peer) -> Toasts:
    """Send both a message after the other, in blocks by turns; the first block only warms them."""
    found = Toasts()
    with started(ours) as running, started(other) as beside:
        time.sleep(CALM_SECONDS)
        for number in range(TOAST_ROUNDS + 1):
            numbers = range(number * TOASTS, (number + 1) * TOASTS)
            blocks = [_block(eyes, ours, running.pid, numbers), _block(eyes, other, beside.pid, numbers)]
            painted = [took for (took,) in running.numbers(1.0)]
            if number:
                found.painted.extend(painted)
                for name, (took, spent) in zip((ours.name, other.name), blocks, strict=True):
                    found.shown.setdefault(name, []).append(took)
                    found.spent.setdefault(name, []).append(spent)
    return found


def _block(eyes: Screen, program: Program, pid: int, numbers: range) -> tuple[list[float], float]:
    """Return how long each took, and what one had of the processor."""
    took, before = list[float](), usage.core_seconds(pid) or 0.0
    for number in numbers:
        eyes.forget()
        begun = time.monotonic()
        program.send(number + 1)
        took.append(1000 * (eyes.painted(PATIENCE) - begun))
        time.sleep(PAUSE_SECONDS)
    return took, 1000 * ((usage.core_seconds(pid) or before) - before) / len(numbers)


def _bursts(folder: Path, address: Address, other: Peer) -> Bursts:
    """Send each :data:`BURST` messages within a second, every time to a new process."""
    found = Bursts()
    for number in range(BURST_ROUNDS):
        for turn, (kind, source) in enumerate(KINDS.items()):
            place, first = folder / f"burst-{number}-{turn}", (2 * number + turn + 1) * 100_000
            late, used, arrived = _burst(Ours(place, address, stay=-1), place, address, first, source)
            found.late.setdefault(kind, []).append(late)
            found.used.setdefault(kind, []).append(used)
            found.arrived.append(arrived)
        found.survived += _survives(other, (number + 1) * BURST)
    return found


def _burst(ours: Ours, place: Path, address: Address, first: int, source: str) -> tuple[float, float, int]:
    """Return for how long the event loop was held up and was busy, at most, and how many came."""
    with started(ours) as running:
        running.numbers(CALM_SECONDS)
        before = _stored(place)
        with ThreadPoolExecutor(POSTERS) as pool:
            list(pool.map(lambda poster: _post_some(address, first, poster, source), range(POSTERS)))
        beats = running.numbers(QUIET_SECONDS) or [(0.0, 0.0)]
        end = time.monotonic() + PATIENCE
        while _stored(place) - before < BURST and time.monotonic() < end:
            time.sleep(SETTLE_SECONDS)
        return max(late for late, _ in beats), max(used for _, used in beats), _stored(place) - before


def _survives(other: Peer, first: int) -> bool:
    with started(other) as running:
        time.sleep(CALM_SECONDS)
        for number in _paced():
            other.send(first + number)
        time.sleep(QUIET_SECONDS)
        return not running.has_ended()


def _paced() -> Iterator[int]:
    """Give out the numbers of a burst over a second."""
    begun = time.monotonic()
    for number in range(BURST):
        time.sleep(max(0.0, begun + number / BURST - time.monotonic()))
        yield number


def _post_some(address: Address, first: int, poster: int, source: str) -> None:
    connection = http.client.HTTPConnection(HOST, address.port, timeout=PATIENCE)
    for number in _paced():
        if number % POSTERS == poster:
            post(connection, webhooks.FIRST + first + number, source)
    connection.close()


def _stored(place: Path) -> int:
    """Return how many entries are in the inbox."""
    db = sqlite3.connect(place / "profile" / "inbox.db")
    try:
        count: int = db.execute("SELECT count(*) FROM entry").fetchone()[0]
        return count
    finally:
        db.close()


def _growth(eyes: Screen, ours: Ours, other: Peer) -> dict[str, dict[int, Memory]]:
    """Show both many messages, one after the other; ours and theirs by turns between the marks."""
    grown: dict[str, dict[int, Memory]] = {ours.name: {}, other.name: {}}
    with started(ours) as running, started(other) as beside:
        done = 0
        for mark in MARKS:
            for number in range(done, mark):
                begun = time.monotonic()
                ours.send(5_000_000 + number)
                running.number()
                time.sleep(max(0.0, begun + GROW_SECONDS - time.monotonic()))
            grown[ours.name][mark] = usage.memory(running.pid)
            if mark in PEER_MARKS:
                grown[other.name][mark] = _grow_peer(eyes, other, beside.pid, range(done, mark))
            done = mark
    return grown


def _grow_peer(eyes: Screen, other: Peer, pid: int, numbers: range) -> Memory:
    for number in numbers:
        eyes.forget()
        other.send(1_000_000 + number)
        eyes.painted(PATIENCE)
        time.sleep(PEER_PAUSE_SECONDS)
    return usage.memory(pid)


def _history(folder: Path) -> History:
    """Measure in a process of its own, which may have a QApplication."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measure_history, folder).result()


def _measure_history(folder: Path) -> History:
    return history.run(QApplication(sys.argv[:1]), folder / "history.db")
