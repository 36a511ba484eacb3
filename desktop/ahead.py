"""The toast that gets the next place, built a turn of the event loop before it is shown."""

from collections.abc import Callable

from desktop.toast import Toast
from desktop.waiting import Waiting


class Ahead:
    """At most one toast that nobody has seen: building and showing it in one turn holds everything up."""

    def __init__(self, build: Callable[[Waiting], Toast]) -> None:
        """``build`` makes the toast of one that waits."""
        self._build = build
        self._built: tuple[Waiting, Toast] | None = None

    @property
    def waiting(self) -> Waiting | None:
        """Return whose toast stands ready, None if none does."""
        return self._built[0] if self._built is not None else None

    def take(self, waiting: Waiting) -> Toast | None:
        """Return the toast of ``waiting`` if it stands ready; else build it for the next turn."""
        if self._built is not None and self.waiting is waiting:
            toast, self._built = self._built[1], None
            return toast
        self.drop()
        self._built = (waiting, self._build(waiting))
        return None

    def drop(self) -> None:
        """Let go of it: its entry was withdrawn, is another by now, or has lost its place."""
        if self._built is not None:
            self._built[1].deleteLater()
            self._built = None
