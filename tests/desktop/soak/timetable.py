"""When what goes wrong, and how much comes in: drawn from chance, the same for the same seed. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

RATE, BURST = "rate", "burst"
KILL, START = "kill", "start"
PULL, PLUG = "pull", "plug"
DEADEN, REVIVE = "deaden", "revive"
CLOCK, RESIZE, PANEL, SERVICE, SECOND = "clock", "resize", "panel", "service", "second"
LEAVE, RETURN = "leave", "return"

MODES = ((1280, 800), (1024, 768), (1600, 900), (1920, 1200), (800, 600))
"""Sizes of the screen; the largest is what the X server was started with."""
RATES = (0.2, 1.0, 5.0, 20.0, 0.0)
"""Webhooks a second: a trickle, a normal day, a busy one, far too many, silence."""
BURST_SIZE = 500
CLOCKS = (3600, -600, 0, 60, 0)
"""By how many seconds the desktop's clock is ahead of everybody's."""
FAULTS = (
    (KILL, START, 1.0),
    (PULL, PLUG, 4.0),
    (DEADEN, REVIVE, 8.0),
    (KILL, START, 15.0),
    (DEADEN, REVIVE, 55.0),
    (PULL, PLUG, 50.0),
    (KILL, START, 40.0),
    (DEADEN, REVIVE, 20.0),
    (KILL, START, 5.0),
    (PULL, PLUG, 15.0),
    (KILL, START, 2.0),
)
"""What takes the relay away, what brings it back, and after how many seconds."""
LEAD_SECONDS = 10.0
"""Nothing goes wrong before."""
TAIL_SECONDS = 75.0
"""Nothing goes wrong at the end, so that what is left over then was left over for good."""


@dataclass(frozen=True, kw_only=True, order=True)
class Act:
    """Something that is done at ``at`` seconds; ``number`` says how much, or which."""

    at: float
    what: str
    number: float = 0.0


def tail(seconds: float) -> float:
    """Return for how long the end is quiet in a run of so many seconds."""
    return min(TAIL_SECONDS, seconds / 4)


def timetable(seconds: float, chance: random.Random) -> list[Act]:
    """Return everything that is done, in order."""
    end = seconds - tail(seconds)
    acts = [*_rates(end, chance), *_faults(end, chance), *_desk(end, chance)]
    away = (Act(at=end * 0.6, what=LEAVE), Act(at=end * 0.6 + min(150.0, end * 0.2), what=RETURN))
    calm = (
        Act(at=end, what=RATE, number=0.5),
        Act(at=end, what=CLOCK, number=0),
        Act(at=end, what=RESIZE, number=0),
        Act(at=seconds - tail(seconds) / 2, what=RATE, number=0.0),
    )
    return sorted([*acts, *away, *calm])


def _rates(end: float, chance: random.Random) -> Iterator[Act]:
    at, turn = 0.0, 0
    while at < end:
        rate = RATES[turn % len(RATES)]
        yield Act(at=at, what=RATE, number=rate)
        if turn % 4 == 2:
            yield Act(at=min(at + 3.0, end), what=BURST, number=BURST_SIZE)
        busy = rate > 1
        at, turn = at + chance.uniform(8, 15 if busy else 30), turn + 1


def _faults(end: float, chance: random.Random) -> Iterator[Act]:
    at, turn = LEAD_SECONDS, 0
    while at < end:
        breaks, mends, lasts = FAULTS[turn % len(FAULTS)]
        if at + lasts > end:
            breaks, mends, lasts = FAULTS[0]
        yield Act(at=at, what=breaks, number=lasts)
        yield Act(at=min(at + lasts, end), what=mends)
        at, turn = at + lasts + chance.uniform(20, 50), turn + 1


def _desk(end: float, chance: random.Random) -> Iterator[Act]:
    at, turn, clocks, modes = LEAD_SECONDS / 2, 0, 0, 1
    kinds = (RESIZE, CLOCK, PANEL, RESIZE, SECOND, CLOCK, SERVICE)
    while at < end - 10:
        kind, number = kinds[turn % len(kinds)], 0.0
        if kind == RESIZE:
            number, modes = float(modes % len(MODES)), modes + 1
        elif kind == CLOCK:
            number, clocks = float(CLOCKS[clocks % len(CLOCKS)]), clocks + 1
        elif kind in {PANEL, SERVICE}:
            number = chance.uniform(1, 8)
        yield Act(at=at, what=kind, number=number)
        at, turn = at + chance.uniform(5, 14), turn + 1
