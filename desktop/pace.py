"""How fast a link goes about its work: every clock, chance and limit it has, to be set by a test."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop.elapsed import elapsed
from desktop.paths import Paths, paths
from desktop.requests import ANSWER_SECONDS
from relay.protocol import HEARTBEAT_LIMIT_SECONDS, HEARTBEAT_SECONDS

_DICE = random.Random()  # noqa: S311 - spreads retries, and keeps no secret
"""Our own: threads draw from it, and others count on nobody changing what they have seeded."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Time and chance of a link. Clocks and durations are in seconds."""

    clock: Callable[[], float] = time.time
    """The wall clock, Unix seconds."""
    elapsed: Callable[[], float] = elapsed
    """Goes on while the computer sleeps, and is never set."""
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = _DICE.random
    """From 0 to 1; 0 never waits longer than a verdict demands."""
    open_limit: float = 10.0
    heartbeat: float = HEARTBEAT_SECONDS
    heartbeat_limit: float = HEARTBEAT_LIMIT_SECONDS
    probe_limit: float = 3.0
    """How long an answer may take when the network has just changed."""
    close_limit: float = 2.0
    answer_limit: float = ANSWER_SECONDS
    clock_check: float = 5.0
    """How often clocks and paths are compared; a few wake-ups a minute cost nothing measurable."""
    paths: Callable[[], Paths] = paths
    """Which of our addresses lead outside; when that changes the link is tried at once."""
