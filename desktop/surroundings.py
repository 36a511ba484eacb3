"""What the system says about the person in front of it: not to be disturbed, presenting, idle, locked.

Read by the system's own interfaces and never by watching input. What a system does not tell counts
as "no", and the diagnostics say so. Nothing here waits: each reader answers when it can.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.i18n import tr

POLL_SECONDS = 5.0
"""Coming back is noticed this soon; reading costs some microseconds."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known at the moment."""

    do_not_disturb: bool = False
    presenting: bool = False
    """A presentation or a full screen in front."""
    locked: bool = False
    idle: float | None = None
    """Seconds since somebody touched the computer; None: this system doesn't tell."""


Answer = Callable[[str, bool | float | None], None]
"""Takes the name of a field of :class:`Surroundings` and its value; None: not to be read here."""


class Reader(Protocol):
    """One interface of the system."""

    name: str
    """In words, for the diagnostics."""

    def ask(self, answer: Answer) -> None:
        """Read, and give the answers now or later, but within the time of one poll."""
        ...


def merge(answers: Mapping[tuple[str, str], bool | float | None]) -> Surroundings:
    """Put the answers of several readers, by (reader, field), together.

    One that says "do not disturb" is enough; of idle times the shortest counts.
    """
    known = {field for _, field in answers}
    flags = {
        field: any(value is True for (_, of), value in answers.items() if of == field)
        for field in ("do_not_disturb", "presenting", "locked")
        if field in known
    }
    idle = [float(value) for (_, of), value in answers.items() if of == "idle" and value is not None]
    return Surroundings(idle=min(idle, default=None), **flags)


class Watch(QObject):
    """Asks the readers now and then.

    Signals:
        changed(Surroundings): something is otherwise; mere passing of idle time isn't told.
    """

    changed = Signal(object)

    def __init__(
        self, readers: Sequence[Reader], *, away_seconds: float = 60.0, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """``away_seconds`` without a touch mean that nobody is there."""
        super().__init__()
        self._readers = readers
        self.away_seconds = away_seconds
        self.now = Surroundings()
        """The newest that is known."""
        self._answers: dict[tuple[str, str], bool | float | None] = {}
        self._timer = QTimer(self, interval=round(poll_seconds * 1000))
        self._timer.timeout.connect(self.ask)

    @property
    def away(self) -> bool:
        """Say whether nobody has touched the computer for a while."""
        return self.now.idle is not None and self.now.idle >= self.away_seconds

    def start(self) -> None:
        """Begin to ask."""
        self.ask()
        self._timer.start()

    def stop(self) -> None:
        """Ask nothing more."""
        self._timer.stop()

    def ask(self) -> None:
        """Ask every reader."""
        for reader in self._readers:
            reader.ask(partial(self._take, reader.name))

    def untold(self) -> list[str]:
        """Return what no reader tells on this system, in words, for the diagnostics."""
        words = {
            "do_not_disturb": tr("do not disturb"),
            "presenting": tr("full screen"),
            "locked": tr("locked screen"),
            "idle": tr("idle time"),
        }
        told = {field for (_, field), value in self._answers.items() if value is not None}
        return [word for field, word in words.items() if field not in told]

    def _take(self, reader: str, field: str, value: bool | float | None) -> None:
        self._answers[reader, field] = value
        before, was_away = self.now, self.away
        self.now = merge(self._answers)
        if _flags(before) != _flags(self.now) or was_away is not self.away:
            self.changed.emit(self.now)


def _flags(one: Surroundings) -> tuple[bool, bool, bool]:
    return one.do_not_disturb, one.presenting, one.locked
