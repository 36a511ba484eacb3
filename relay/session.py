"""One desktop's conversation, without a socket: told what arrived, it says what to send. Pure.

.. code-block:: text

    HELLO ──hello──▶ CATCHING_UP ──up to now──▶ LIVE
      └──────────────────┴──────── close ────────┴──▶ CLOSING ──▶ CLOSED

The gateway asks the journal and owns the socket; what a desktop may say, where it resumes and what
it has to be told about holes is decided here.
"""

from collections.abc import Callable, Iterable
from enum import Enum

import msgspec

from relay import protocol
from relay.errors import ProtocolViolation
from relay.event import Mode, Published, StoredChange, StoredNotification
from relay.protocol import (
    Ack,
    Close,
    FromDesktop,
    FromRelay,
    Gap,
    Hello,
    How,
    Ping,
    Pong,
    Reset,
    Role,
    Welcome,
)

FLOOD_MESSAGES = 120
"""Messages without use in one window: a desktop pings each 20 s and repeats an ack now and then."""
FLOOD_SECONDS = 10.0


class State(Enum):
    """How far a conversation has come."""

    HELLO = "hello"
    """The socket is open; the desktop has to say who it is and where to resume."""
    CATCHING_UP = "catching-up"
    """What was missed is being read from the journal, page by page."""
    LIVE = "live"
    """Everything up to now was sent; new notifications are written as they appear."""
    CLOSING = "closing"
    """A close frame was sent or received; nothing else is said or listened to."""
    CLOSED = "closed"
    """The socket is gone."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the relay knows about a device at the moment of its hello."""

    epoch: str
    latest: int
    """The journal's highest sequence number, for anybody."""
    latest_for: int
    """The highest sequence number addressed to this device, pruned ones included."""
    cursor: int
    """What the device is known to have stored."""
    agent: str
    teams: tuple[str, ...]
    time: float
    """Unix seconds."""
    name: str = ""
    role: Role = Role.AGENT
    leads: tuple[str, ...] = ()
    filters: int = 0


Names = Callable[[str], str]
"""Returns what colleagues call an agent, who is given as an address; empty if nobody knows."""


def unnamed(_: str) -> str:
    """Return no name: nobody has been told any."""
    return ""


def to_wire(
    stored: Published, how: How = How.TOAST, names: Names = unnamed, *, spared: bool = False
) -> protocol.Notification | protocol.Update:
    """Return the message that carries a notification or a change; whom else it went to is not in it."""
    return (
        update(stored)
        if isinstance(stored, StoredChange)
        else notification(stored, how, names, spared=spared)
    )


def notification(
    stored: StoredNotification, how: How = How.TOAST, names: Names = unnamed, *, spared: bool = False
) -> protocol.Notification:
    """Return the message that carries a notification as it was published.

    ``spared``: it is for somebody whose noise budget was used up.
    """
    draft = stored.draft
    hushed = "storm" if draft.routing.storm else "noise" if spared else ""
    prefix = "team:"
    return protocol.Notification(
        seq=stored.seq,
        id=draft.id,
        source=draft.source,
        provider=draft.provider,
        type=draft.type,
        priority=draft.priority,
        title=draft.title,
        body=draft.body,
        scripts=draft.scripts,
        links=draft.links,
        actions=draft.actions,
        at=draft.at,
        how=how,
        revision=draft.revision,
        count=draft.count,
        playbook=draft.playbook,
        scheme=draft.scheme,
        teams=tuple(key.removeprefix(prefix) for key in draft.audience if key.startswith(prefix)),
        owner=draft.routing.owner,
        claimable=draft.plan.mode is not Mode.INFORM,
        stage=draft.stage,
        holder=", ".join(draft.holders),
        holder_name=all_names(draft.holders, names),
        until=draft.until,
        expires=draft.expires,
        subject=draft.subject,
        subject_name=draft.subject_name,
        about=draft.about,
        why=hushed if how is How.INBOX else "",
    )


def all_names(agents: Iterable[str], names: Names) -> str:
    """Return what colleagues call some agents, as far as somebody knows."""
    return ", ".join(name for name in map(names, agents) if name)


def update(stored: StoredChange) -> protocol.Update:
    """Return the message that carries a change."""
    change = stored.change
    return protocol.Update(
        seq=stored.seq,
        id=change.id,
        stage=change.stage,
        at=change.at,
        by=change.by,
        name=change.name,
        to=change.to,
        until=change.until,
        reason=change.reason,
        again=change.again,
        note=change.note,
    )


class Session:
    """The conversation with ``device``, whose token opened the socket."""

    __slots__ = (
        "_epoch",
        "_useless",
        "_window",
        "acked",
        "after",
        "device",
        "position",
        "sent",
        "state",
        "target",
        "welcomed",
    )

    def __init__(self, device: str) -> None:
        self.device = device
        self.state = State.HELLO
        self.position = 0
        """While catching up: everything addressed to the device up to here was sent or told as missed."""
        self.sent = 0
        """The highest number that this desktop was sent or claims to have; what a pong says."""
        self.acked = 0
        """The highest number that is on this desktop's disk."""
        self.target = 0
        """The number at which this desktop takes itself for live: what the welcome said."""
        self.after: int | None = None
        self.welcomed = False
        self._epoch: str | None = None
        self._window = 0.0
        self._useless = 0

    def receive(self, message: FromDesktop) -> tuple[FromRelay, ...]:
        """Take one message; return what to answer at once.

        A hello is answered later: call :meth:`resume` when the state has become ``CATCHING_UP``.

        Raises:
            ProtocolViolation: not what this state expects, or not what this device may say.
        """
        match self.state, message:
            case State.HELLO, Hello():
                self._introduce(message)
                return ()
            case ((State.CATCHING_UP | State.LIVE), Ack(seq=seq)):
                self._store(seq)
                return ()
            case ((State.CATCHING_UP | State.LIVE), Ping()):
                return (Pong(latest=self.sent),)
            case ((State.CATCHING_UP | State.LIVE), message) if not isinstance(message, Hello):
                return ()  # presence, receipts and requests: the desk answers those that want an answer
            case ((State.CLOSING | State.CLOSED), _):
                return ()  # RFC 6455 section 1.4: what comes after a close is discarded
        expected = "hello" if self.state is State.HELLO else "anything but hello"
        got = type(message).__name__.lower()
        raise ProtocolViolation(Close.PROTOCOL, f"expected {expected}, got {got} while {self.state.value}")

    def count(self, now: float) -> None:
        """Count one frame that arrived at ``now`` (seconds of any clock that only goes forward).

        An ack that moves the cursor is taken back: there can't be more of those than notifications.

        Raises:
            ProtocolViolation: more than a desktop has reason to send.
        """
        if now - self._window >= FLOOD_SECONDS:
            self._window, self._useless = now, 0
        self._useless += 1
        if self._useless > FLOOD_MESSAGES:
            raise ProtocolViolation(
                Close.FLOOD, f"more than {FLOOD_MESSAGES} messages in {FLOOD_SECONDS:.0f} s"
            )

    def resume(self, standing: Standing) -> tuple[FromRelay, ...]:
        """Answer the hello: say who this is, and where the desktop really stands."""
        if self.state is not State.CATCHING_UP or self.welcomed:
            raise ProtocolViolation(
                Close.PROTOCOL, f"expected a new hello, got none while {self.state.value}"
            )
        self.welcomed = True
        fresh = self._epoch is None and self.after is None
        reset = not fresh and not self._knows(standing)
        if fresh or reset or self.after is None:
            self.position = min(standing.cursor, standing.latest)
        else:
            self.position = self.after
        # A fresh desktop has nothing: what it had before it was paired must not look like a hole.
        self.sent = 0 if fresh else self.position
        self.acked = self.position
        self.target = 0 if fresh and standing.latest_for <= self.position else standing.latest_for
        welcome = Welcome(
            epoch=standing.epoch,
            latest=self.target,
            agent=standing.agent,
            teams=standing.teams,
            time=standing.time,
            name=standing.name,
            role=standing.role,
            leads=standing.leads,
            filters=standing.filters,
        )
        return (welcome, Reset(epoch=standing.epoch, after=self.position)) if reset else (welcome,)

    def told(self, seq: int) -> None:
        """Note that everything for this device up to ``seq`` was sent, or told as missed."""
        self.position = seq

    def gap(self, missed: int, after: int) -> Gap:
        """Return the message that tells of ``missed`` pruned notifications up to ``after``.

        0 of them: what there was up to there is over or off, and the desktop may move its cursor.
        """
        self.sent = max(self.sent, after)
        return Gap(missed=missed, after=after)

    @property
    def waiting(self) -> bool:
        """Say whether the desktop still waits for what the welcome promised; that may be off for it."""
        return self.sent < self.target

    def go_live(self) -> None:
        """Note that the desktop was sent everything up to now.

        Raises:
            ProtocolViolation: it wasn't catching up.
        """
        if self.state is not State.CATCHING_UP:
            raise ProtocolViolation(Close.PROTOCOL, f"expected catching-up, got {self.state.value}")
        self.state = State.LIVE

    def close(self) -> bool:
        """Begin to close; False if that was done before."""
        if self.state in (State.CLOSING, State.CLOSED):
            return False
        self.state = State.CLOSING
        return True

    def _introduce(self, hello: Hello) -> None:
        """Check a hello and remember what it asks for."""
        if hello.version != protocol.VERSION:
            detail = f"expected version {protocol.VERSION}, got {hello.version}"
            raise ProtocolViolation(Close.OLD_VERSION, detail)
        if hello.device != self.device:
            raise ProtocolViolation(Close.NOT_ALLOWED, "expected the token's own device, got another")
        self._epoch, self.after = hello.epoch, hello.after
        # Until the journal was asked, an ack may repeat what the hello said, and nothing more.
        self.sent = self.acked = hello.after or 0
        self.state = State.CATCHING_UP

    def _knows(self, standing: Standing) -> bool:
        """Say whether the desktop's cursor is one of this journal, and not of its future."""
        return self._epoch == standing.epoch and self.after is not None and self.after <= standing.latest

    def _store(self, seq: int) -> None:
        """Take an ack: never back, and never beyond what was sent."""
        if seq > self.sent:
            raise ProtocolViolation(Close.PROTOCOL, f"expected an ack up to {self.sent}, got {seq}")
        if seq > self.acked:
            self.acked = seq
            self._useless -= 1
