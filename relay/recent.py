"""The newest notifications, encoded, for desktops that are about to go live. Pure.

Bounded by number and by bytes: whoever needs older ones reads the journal.
"""

from collections.abc import Iterator
from typing import NamedTuple

RECENT_FRAMES = 1024
RECENT_BYTES = 4 * 1024 * 1024


class Sent(NamedTuple):
    """A notification as it goes over the wire: one frame, the same for everybody."""

    seq: int
    audience: tuple[str, ...]
    frame: bytes


class Recent:
    """Every notification from some number on up to ``head``, without a hole."""

    def __init__(self, *, frames: int = RECENT_FRAMES, size: int = RECENT_BYTES) -> None:
        self.head = 0
        """The highest number that was taken in, or where it began."""
        self._frames, self._size = frames, size
        self._kept: dict[int, Sent] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def restart(self, head: int) -> None:
        """Forget everything, and go on after ``head``."""
        self._kept.clear()
        self._bytes = 0
        self.head = head

    def add(self, sent: Sent) -> None:
        """Take in the next one; forget the oldest if there are too many."""
        self._kept[sent.seq] = sent
        self._bytes += len(sent.frame)
        self.head = sent.seq
        while len(self._kept) > self._frames or self._bytes > self._size:
            oldest = self._kept.pop(next(iter(self._kept)))
            self._bytes -= len(oldest.frame)

    def reaches(self, seq: int) -> bool:
        """Say whether everything after ``seq`` is here."""
        return seq >= self.head or seq + 1 in self._kept

    def after(self, seq: int) -> Iterator[Sent]:
        """Return what came after ``seq``, in order; only if it :meth:`reaches` back to it."""
        return (self._kept[number] for number in range(seq + 1, self.head + 1))

    def frame(self, seq: int) -> bytes | None:
        """Return the frame of one notification, if it is still here."""
        sent = self._kept.get(seq)
        return None if sent is None else sent.frame
