"""Which value of a setting counts when several places give one, and who has the say. Pure.

The order is: what IT enforces for the computer, what it enforces for the user, the environment of
this run, the person's own choice, what IT recommends, what the installer wrote, our default. An
enforced value is locked. One that cannot be read is left out and told; for what protects, the
strictest value counts instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from desktop.i18n import mark, tr
from desktop.kinds import Value
from desktop.settings import SETTINGS, Setting, Settings


class Rank(IntEnum):
    """Who says it; the lower number wins."""

    MACHINE = 1
    """IT, enforced for everybody on this computer."""
    USER = 2
    """IT, enforced for this user."""
    RUN = 3
    """The environment of this run."""
    CHOSEN = 4
    """The person."""
    MACHINE_ADVICE = 5
    USER_ADVICE = 6
    INSTALLED = 7
    """Whoever installed the program."""
    DEFAULT = 8


_ENFORCED = {Rank.MACHINE: Rank.MACHINE_ADVICE, Rank.USER: Rank.USER_ADVICE}
"""Enforced ranks, and what becomes of a value there that may not be locked."""
_WORDS = {
    Rank.MACHINE: mark("set by your IT"),
    Rank.USER: mark("set by your IT for you"),
    Rank.RUN: mark("set for this run"),
    Rank.CHOSEN: mark("chosen by you"),
    Rank.MACHINE_ADVICE: mark("recommended by your IT"),
    Rank.USER_ADVICE: mark("recommended by your IT for you"),
    Rank.INSTALLED: mark("set when installed"),
    Rank.DEFAULT: mark("default"),
}
_NAMES = {key.replace("_", ""): key for key in SETTINGS}


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What one place says. Names are keys or policy names, in any case; values are as found there."""

    rank: Rank
    place: str
    """For people: a file, a registry key."""
    values: Mapping[str, object]
    problem: str = ""
    """Why the place could not be read, as a sentence; then there are no values."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The value of one setting, and why it is that."""

    value: Value
    rank: Rank = Rank.DEFAULT
    place: str = ""
    locked: bool = False

    def why(self) -> str:
        """Return who has set it, such as "set by your IT (/etc/deskbell/policy.d/10-base.toml)"."""
        said = tr(_WORDS[self.rank])
        return f"{said} ({self.place})" if self.place else said


@dataclass(frozen=True, kw_only=True)
class Decision:
    """All settings, each with its reason, and sentences about what could not be used."""

    settings: Settings
    effects: Mapping[str, Effect]
    problems: tuple[str, ...] = ()


def key_of(name: str) -> str | None:
    """Return the key that is meant by ``AllowQuit``, ``allow_quit`` or ``ALLOWQUIT``; None for none."""
    return _NAMES.get(name.replace("_", "").lower())


def decide(layers: Sequence[Layer]) -> Decision:
    """Return what counts. Of two layers with the same rank the later one wins."""
    problems = [layer.problem for layer in layers if layer.problem]
    found: dict[str, list[Effect]] = {key: [] for key in SETTINGS}
    for layer in layers:
        for name, raw in layer.values.items():
            key = key_of(name)
            if key is None:
                said = tr("{place}: there is no setting “{name}”.", place=layer.place, name=name)
                problems.append(said)
            elif (effect := _read(SETTINGS[key], layer, raw, problems)) is not None:
                found[key].append(effect)
    is_managed = any(layer.rank in _ENFORCED for layer in layers)
    closed = {Rank.RUN} if not _best(SETTINGS["allow_environment"], found, {Rank.RUN}).value else set()
    effects = {
        key: _best(row, found, closed | (_barred(row) if is_managed else _barred_alone(row)))
        for key, row in SETTINGS.items()
    }
    values: dict[str, Any] = {key: effect.value for key, effect in effects.items()}
    return Decision(settings=Settings(**values), effects=effects, problems=tuple(problems))


def _read(row: Setting, layer: Layer, raw: object, problems: list[str]) -> Effect | None:
    """Return what a layer says about a setting; None if that is nothing that can be used."""
    rank = layer.rank if row.lockable else _ENFORCED.get(layer.rank, layer.rank)
    try:
        value = row.kind.read(raw)
    except ValueError as problem:
        problems.append(f"{layer.place}: {row.policy_name} {problem}")
        if row.closed is None or rank not in _ENFORCED:
            return None
        value = row.closed
    return Effect(value=value, rank=rank, place=layer.place)


def _barred_alone(row: Setting) -> set[Rank]:
    return {Rank.CHOSEN} if row.managed_only else set()


def _barred(row: Setting) -> set[Rank]:
    return {Rank.CHOSEN, Rank.RUN} if row.guarded else set()


def _best(row: Setting, found: Mapping[str, Sequence[Effect]], barred: set[Rank]) -> Effect:
    """Return the value that wins among the ranks that have a say."""
    # The later one first, since min keeps the first of equals.
    allowed = [effect for effect in reversed(found[row.key]) if effect.rank not in barred]
    best = min(allowed, key=lambda effect: effect.rank, default=Effect(value=row.default))
    return replace(best, locked=best.rank < Rank.CHOSEN or Rank.CHOSEN in barred)
