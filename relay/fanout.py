"""Who is live, and the writing of one notification to all of them.

A frame is encoded once for everybody. The notifications of one wake are joined, so that each socket
is written to once; sockets that get the same ones share the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from relay.connection import BUFFER, Connection, text_frame
from relay.event import Published
from relay.recent import Recent, Sent
from relay.session import to_wire


class FanOut:
    """The live connections by audience key. What was sent is kept in ``recent`` for a while."""

    def __init__(self, recent: Recent, *, buffer: int = BUFFER) -> None:
        """No more than about ``buffer`` bytes are written to a socket at a time."""
        self._recent, self._buffer = recent, buffer
        self._by_key: dict[str, set[Connection]] = {}
        self.delivered = 0
        """Notifications written, counted per socket."""

    def join(self, connection: Connection) -> None:
        """Let a connection get what is addressed to one of its keys."""
        for key in connection.keys:
            self._by_key.setdefault(key, set()).add(connection)

    def leave(self, connection: Connection) -> None:
        """Send a connection nothing any more; call it before its keys change."""
        for key in connection.keys:
            connections = self._by_key.get(key)
            if connections is not None:
                connections.discard(connection)
                if not connections:
                    del self._by_key[key]

    def live(self) -> set[Connection]:
        """Return every live connection."""
        return set().union(*self._by_key.values())

    def send(self, batch: Sequence[Published]) -> set[Connection]:
        """Write notifications, in order; return the connections that don't read what they are sent."""
        slow: set[Connection] = set()
        for part in _parts([_encode(stored) for stored in batch], self._buffer):
            slow |= self._send_part(part)
        return slow

    def _send_part(self, part: Sequence[Sent]) -> set[Connection]:
        """Write some notifications in one go; return who was not written to."""
        audiences: dict[tuple[str, ...], int] = {}
        for bit, sent in enumerate(part):
            self._recent.add(sent)
            audiences[sent.audience] = audiences.get(sent.audience, 0) | 1 << bit
        slow: set[Connection] = set()
        for mask, connections in self._shares(audiences).items():
            mine = [sent for bit, sent in enumerate(part) if mask >> bit & 1]
            slow |= self._write(connections, mine)
        return slow

    def _shares(self, audiences: Mapping[tuple[str, ...], int]) -> dict[int, Iterable[Connection]]:
        """Return who gets which notifications; a set of them is a mask of bits."""
        if len(audiences) == 1:
            ((audience, mask),) = audiences.items()
            return {mask: self._recipients(audience)}
        masks: dict[Connection, int] = {}
        for audience, mask in audiences.items():
            for connection in self._recipients(audience):
                masks[connection] = masks.get(connection, 0) | mask
        shares: dict[int, list[Connection]] = {}
        for connection, mask in masks.items():
            shares.setdefault(mask, []).append(connection)
        return dict(shares)

    def _recipients(self, audience: Sequence[str]) -> set[Connection]:
        """Return the live connections that have one of the keys."""
        found = [connections for key in audience if (connections := self._by_key.get(key))]
        return found[0] if len(found) == 1 else set().union(*found)

    def _write(self, connections: Iterable[Connection], mine: Sequence[Sent]) -> set[Connection]:
        """Write the same bytes to each; return those whose last ones still wait to be read.

        This loop is the relay's hottest: one comparison, one write and one number per delivery.
        """
        data, top = b"".join([sent.frame for sent in mine]), mine[-1].seq
        slow: set[Connection] = set()
        written = 0
        for connection in connections:
            if connection.paused:
                slow.add(connection)
            else:
                connection.write(data)
                connection.session.sent = top
                written += 1
        self.delivered += len(mine) * written
        return slow


def _encode(stored: Published) -> Sent:
    return Sent(stored.seq, stored.audience, text_frame(to_wire(stored)))


def _parts(batch: Sequence[Sent], most: int) -> Iterator[list[Sent]]:
    """Cut a batch where it would be more than ``most`` bytes."""
    part: list[Sent] = []
    size = 0
    for sent in batch:
        size += len(sent.frame)
        if part and size > most:
            yield part
            part, size = [], len(sent.frame)
        part.append(sent)
    if part:
        yield part
