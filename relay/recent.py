"""The newest notifications and changes, encoded, for desktops that are about to go live. Pure.

Bounded by number and by bytes: whoever needs older ones reads the journal.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from relay.event import Routing
from relay.protocol import How

RECENT_FRAMES = 1024
RECENT_BYTES = 4 * 1024 * 1024


AGENT_BYTES = 150
"""What one agent in ``Routing.others`` costs in memory, about."""


class Sent(NamedTuple):
    """A notification or a change as it goes over the wire: one frame for each way of presenting it."""

    seq: int
    audience: tuple[str, ...]
    frame: bytes
    """For everybody whom the filters don't treat otherwise; empty if it is off for them."""
    routing: Routing = Routing()
    ways: Mapping[How, bytes] = {}
    """For those who are named in ``routing.others``; what is missing is off."""
    over: frozenset[str] = frozenset()
    """Those of them whose noise budget was used up."""
    spared: bytes = b""
    """For these."""

    def frame_for(self, agent: str) -> bytes:
        """Return what an agent, named in lower case, gets; empty if it is off."""
        how = self.routing.others.get(agent)
        if how is None:
            return self.frame
        return self.spared if agent in self.over else self.ways.get(how, b"")

    @property
    def uniform(self) -> bool:
        """Say whether everybody gets the same."""
        return bool(self.frame) and not self.routing.others

    @property
    def size(self) -> int:
        """Return about how many bytes of memory it takes."""
        ways = sum(len(frame) for frame in self.ways.values() if frame is not self.frame)
        return len(self.frame) + ways + len(self.spared) + AGENT_BYTES * len(self.routing.others)


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
        self._bytes += sent.size
        self.head = sent.seq
        while len(self._kept) > self._frames or self._bytes > self._size:
            oldest = self._kept.pop(next(iter(self._kept)))
            self._bytes -= oldest.size

    def reaches(self, seq: int) -> bool:
        """Say whether everything after ``seq`` is here."""
        return seq >= self.head or seq + 1 in self._kept

    def after(self, seq: int) -> Iterator[Sent]:
        """Return what came after ``seq``, in order; only if it :meth:`reaches` back to it."""
        return (self._kept[number] for number in range(seq + 1, self.head + 1))
