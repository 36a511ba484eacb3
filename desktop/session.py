"""The desktop's half of the conversation, without a socket, a file or a clock. Pure.

.. code-block:: text

    GREETING ──welcome──▶ CATCHING_UP ──stored up to welcome.latest──▶ LIVE

A :class:`Session` is one WebSocket's life: it is told what arrived and answers what has to be done,
in order. What ends it is judged by :mod:`desktop.verdicts`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

from desktop.verdicts import HOLE, MISUNDERSTOOD, Verdict
from relay.protocol import (
    VERSION,
    Ack,
    Availability,
    Filters,
    FromDesktop,
    FromRelay,
    Gap,
    Hello,
    MalformedMessage,
    Notification,
    Ping,
    Pong,
    Reset,
    Result,
    Seq,
    Update,
    Welcome,
    decode_from_relay,
)


class Phase(Enum):
    """How far a conversation has come."""

    GREETING = "greeting"
    """Hello was said; the relay has not answered."""
    CATCHING_UP = "catching-up"
    """Welcome; what was missed is arriving."""
    LIVE = "live"
    """Everything up to the welcome is stored."""


@dataclass(frozen=True, kw_only=True)
class Put:
    """Store these, in their order; the cursor moves with them."""

    messages: tuple[Notification | Update, ...]
    epoch: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Remember that ``missed`` are gone, if any are, and move the cursor to ``after``."""

    missed: int
    epoch: str
    after: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """Take the relay's word for the cursor."""

    epoch: str
    after: int


@dataclass(frozen=True, kw_only=True)
class Say:
    """Send a message."""

    message: FromDesktop


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Close this socket; nothing follows."""

    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Tell:
    """Tell the windows what the relay said; nothing of it is stored."""

    message: Result | Filters


Order = Put | Lost | Move | Say | Tell | Leave


class Session:
    """The conversation of ``device``, which has stored everything up to ``after`` of ``epoch``.

    The orders of :meth:`receive` are carried out in their order; if one fails, the session is
    dropped, and the next one begins from what the inbox says.
    """

    def __init__(
        self,
        *,
        device: str,
        epoch: str | None,
        after: int | None,
        presence: Availability = Availability.AVAILABLE,
    ) -> None:
        self.phase = Phase.GREETING
        self._device, self._presence = device, presence
        self._epoch, self._after = epoch, after
        self.welcome: Welcome | None = None
        """How the relay greeted; None before."""
        self._target = 0
        self._pinged = False

    @property
    def stored(self) -> int:
        """Return the highest sequence number that is stored once all orders were carried out."""
        return self._after or 0

    def hello(self) -> Hello:
        """Return the first message."""
        known = self._epoch is not None and self._after is not None
        return Hello(
            version=VERSION,
            device=self._device,
            epoch=self._epoch if known else None,
            after=self._after if known else None,
            presence=self._presence,
        )

    def ping(self) -> Ping:
        """Return the heartbeat, and expect a pong from now on."""
        self._pinged = True
        return Ping(latest=self.stored)

    @property
    def answered(self) -> bool:
        """Say whether a pong came since the last ping."""
        return not self._pinged

    def receive(self, arrived: Sequence[FromRelay]) -> list[Order]:
        """Take what has arrived, in order; return what to do. However much it is, it is one ack."""
        orders: list[Order] = []
        before = (self._epoch, self._after)
        for kind, messages in _runs(arrived):
            orders += self._put(messages) if kind is Put else self._take(messages[0])
            if orders and isinstance(orders[-1], Leave):
                return orders
        if self.phase is Phase.CATCHING_UP and self.stored >= self._target:
            self.phase = Phase.LIVE
        if self._after is not None and (self._epoch, self._after) != before:
            orders.append(Say(message=Ack(seq=self._after)))
        return orders

    def _take(self, message: FromRelay) -> list[Order]:
        """Take one message that is not numbered."""
        match message:
            case Welcome() if self.phase is Phase.GREETING:
                self._welcome(message)
                return []
            case Gap(missed=missed, after=after) if self._epoch is not None and self._welcomed:
                self._after = max(self.stored, after)
                return [Lost(missed=missed, epoch=self._epoch, after=after)]
            case Reset(epoch=epoch, after=after) if self._welcomed:
                self._epoch, self._after = epoch, after
                return [Move(epoch=epoch, after=after)]
            case Pong(latest=latest) if self._welcomed:
                self._pinged = False
                return [] if latest <= self.stored else [Leave(verdict=HOLE)]
            case Result() | Filters() if self._welcomed:
                return [Tell(message=message)]
        return [Leave(verdict=MISUNDERSTOOD)]

    def _welcome(self, message: Welcome) -> None:
        """Enter; a cursor of another epoch means nothing any more, and a reset says so next."""
        if message.epoch != self._epoch:
            self._epoch, self._after = message.epoch, None
        self._target, self.welcome = message.latest, message
        self.phase = Phase.CATCHING_UP

    def _put(self, messages: Sequence[FromRelay]) -> list[Order]:
        """Take a run of notifications and updates."""
        if self._epoch is None or not self._welcomed:
            return [Leave(verdict=MISUNDERSTOOD)]
        numbered = tuple(message for message in messages if isinstance(message, Notification | Update))
        self._after = max(self.stored, *(message.seq for message in numbered))
        return [Put(messages=numbered, epoch=self._epoch)]

    @property
    def _welcomed(self) -> bool:
        return self.phase is not Phase.GREETING


class _Notified(msgspec.Struct, tag_field="kind", tag="notification"):
    """What a newer relay's notification has at the least."""

    seq: Seq


class _Updated(msgspec.Struct, tag_field="kind", tag="update"):
    """What a newer relay's update has at the least."""

    seq: Seq


def read_frame(frame: bytes) -> FromRelay:
    """Read what a relay sent.

    A notification with something in it that this version cannot read is told as a gap of one:
    it is missed visibly, and does not hold up those behind it. Such an update is a gap of none.

    Raises:
        MalformedMessage: anything else that cannot be read.
    """
    try:
        return decode_from_relay(frame)
    except MalformedMessage:
        try:
            outline = msgspec.json.decode(frame, type=_Notified | _Updated)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            return Gap(missed=int(isinstance(outline, _Notified)), after=outline.seq)
        raise


def _runs(arrived: Sequence[FromRelay]) -> Iterator[tuple[type[Put] | None, list[FromRelay]]]:
    """Split into runs of numbered messages, which are stored together, and single other ones."""
    run: list[FromRelay] = []
    for message in arrived:
        if isinstance(message, Notification | Update):
            run.append(message)
            continue
        if run:
            yield Put, run
            run = []
        yield None, [message]
    if run:
        yield Put, run
