"""Who is live, and the writing of one notification to all of them.

A frame is encoded once for each way of presenting it, never once for a socket. What one wake brings
is joined, so that each socket is written to once; sockets that get the same share the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from relay.connection import BUFFER, Connection, text_frame
from relay.event import Published, StoredChange
from relay.protocol import Gap, How
from relay.recent import Recent, Sent
from relay.session import Names, to_wire, unnamed


class FanOut:
    """The live connections by audience key. What was sent is kept in ``recent`` for a while."""

    def __init__(self, recent: Recent, *, buffer: int = BUFFER, names: Names = unnamed) -> None:
        """No more than about ``buffer`` bytes are written to a socket at a time."""
        self._recent, self._buffer, self._names = recent, buffer, names
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
        """Write notifications and changes, in order; return the connections that don't read theirs."""
        slow: set[Connection] = set()
        for part in _parts([encode(stored, self._names) for stored in batch], self._buffer):
            slow |= self._send_part(part)
        return slow

    def _send_part(self, part: Sequence[Sent]) -> set[Connection]:
        """Write some notifications in one go; return who was not written to."""
        frames: list[tuple[int, bytes]] = []
        audiences: dict[tuple[str, ...], int] = {}
        masks: dict[Connection, int] = {}
        for sent in part:
            self._recent.add(sent)
            if sent.uniform:
                audiences[sent.audience] = audiences.get(sent.audience, 0) | 1 << len(frames)
                frames.append((sent.seq, sent.frame))
            else:
                self._tell_apart(sent, frames, masks)
        slow: set[Connection] = set()
        for mask, connections in self._shares(audiences, masks).items():
            slow |= self._write(connections, [frame for bit, frame in enumerate(frames) if mask >> bit & 1])
        return slow

    def _tell_apart(self, sent: Sent, frames: list[tuple[int, bytes]], masks: dict[Connection, int]) -> None:
        """Give each recipient the frame for its agent; ``frames`` grows by those that somebody gets."""
        bits: dict[bytes, int] = {}
        for connection in self._recipients(sent.audience):
            frame = sent.frame_for(connection.agent)
            if not frame and connection.session.waiting:
                # Off for this agent, but it is what the desktop waits for to take itself for live.
                frame = text_frame(Gap(missed=0, after=sent.seq))
            if frame:
                if frame not in bits:
                    bits[frame] = 1 << len(frames)
                    frames.append((sent.seq, frame))
                masks[connection] = masks.get(connection, 0) | bits[frame]

    def _shares(
        self, audiences: Mapping[tuple[str, ...], int], masks: dict[Connection, int]
    ) -> dict[int, Iterable[Connection]]:
        """Return who gets which frames; a set of them is a mask of bits. ``masks`` are decided already."""
        if len(audiences) == 1 and not masks:
            ((audience, mask),) = audiences.items()
            return {mask: self._recipients(audience)}
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

    def _write(self, connections: Iterable[Connection], mine: Sequence[tuple[int, bytes]]) -> set[Connection]:
        """Write the same bytes to each; return those whose last ones still wait to be read.

        This loop is the relay's hottest: one comparison, one write and one number per delivery.
        """
        data, top = b"".join([frame for _, frame in mine]), mine[-1][0]
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


def encode(stored: Published, names: Names = unnamed) -> Sent:
    """Return a notification as it goes over the wire, in every way that somebody may get it."""
    if isinstance(stored, StoredChange):
        return Sent(stored.seq, stored.audience, text_frame(to_wire(stored)))
    routing = stored.draft.routing
    hows = {routing.how, *routing.others.values()} - {How.OFF}
    frames = {how: text_frame(to_wire(stored, how, names)) for how in hows}
    over = frozenset(routing.over)
    spared = text_frame(to_wire(stored, How.INBOX, names, spared=True)) if over else b""
    return Sent(stored.seq, stored.audience, frames.get(routing.how, b""), routing, frames, over, spared)


def _parts(batch: Sequence[Sent], most: int) -> Iterator[list[Sent]]:
    """Cut a batch where it would be more than ``most`` bytes."""
    part: list[Sent] = []
    size = 0
    for sent in batch:
        size += sent.size
        if part and size > most:
            yield part
            part, size = [], sent.size
        part.append(sent)
    if part:
        yield part
