"""Which entries become toasts, in what order, and for how long. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.entry import Entry
from relay.protocol import How, Priority

FRESH_SECONDS = 600.0
"""What reached the relay longer ago is counted in a digest; the inbox has it."""

SLOTS = 3
"""Toasts on the screen at a time; more would cover the work."""

_STAY = {Priority.NORMAL: 8.0, Priority.HIGH: 20.0}
"""Seconds by priority: the peers' common numbers; urgent stays."""

RANK = {priority: rank for rank, priority in enumerate(Priority)}
"""Who goes first: urgent before high before normal before low."""

SHORT_TEXT = 80
"""Characters that are read within the time above."""

CHARACTERS_PER_SECOND = 15
"""A slow reader's speed."""

LONGEST_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of entries that have arrived."""

    toasts: tuple[Entry, ...]
    """To be shown, in order of arrival; claim each before it is painted."""
    digest: tuple[Entry, ...]
    """Worth a toast once, but too old now: claim them, and say how many there are."""


def plan(entries: Sequence[Entry], now: float) -> Plan:
    """Decide which of ``entries`` become toasts; the others are in the inbox, and stay there quietly.

    What somebody else is on, or what is over, is marked as shown already (:mod:`desktop.changes`).
    """
    wanted = [entry for entry in entries if _wants_toast(entry, now)]
    return Plan(
        toasts=tuple(entry for entry in wanted if now - entry.at <= FRESH_SECONDS),
        digest=tuple(entry for entry in wanted if now - entry.at > FRESH_SECONDS),
    )


def stay(entry: Entry, factor: float | None = 1.0) -> float | None:
    """Return for how many seconds a toast stays, None if it stays until it is handled.

    ``factor`` is the agent's wish: so many times as long, or None until it is handled, whatever it is.
    """
    if entry.priority is Priority.URGENT or factor is None:
        return None
    seconds = _STAY.get(entry.priority, _STAY[Priority.NORMAL])
    characters = len(entry.title) + len(entry.body) + sum(len(script.text) for script in entry.scripts)
    seconds += max(0, characters - SHORT_TEXT) / CHARACTERS_PER_SECOND
    return min(seconds, LONGEST_SECONDS) * factor


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """What is on the screen: the toasts from the corner outwards, and the number on the "+N" chip."""

    visible: tuple[Entry, ...]
    more: int


def arrange(waiting: Sequence[Entry], slots: int = SLOTS) -> Arrangement:
    """Choose who gets a slot of ``waiting`` (in order of arrival): the most pressing, then the newest.

    The chosen are ordered newest first, whatever their priority, so that nothing jumps.
    """
    by_claim = sorted(
        range(len(waiting)),
        key=lambda place: (RANK[waiting[place].priority], place),
        reverse=True,
    )
    chosen = sorted(by_claim[:slots], reverse=True)
    return Arrangement(
        visible=tuple(waiting[place] for place in chosen), more=max(0, len(waiting) - len(chosen))
    )


def _wants_toast(entry: Entry, now: float) -> bool:
    loud = entry.how in {How.TOAST, How.SOUND} and entry.priority is not Priority.LOW
    return loud and not entry.shown and (entry.expires is None or entry.expires > now)
