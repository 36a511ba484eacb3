"""The wire between relay and desktop: messages, version, close codes, encode, decode.

JSON text frames over a WebSocket at ``/ws`` with the subprotocol ``deskbell.v1``. Every message is
an object whose ``kind`` names it; unknown fields are ignored, so that either side may grow first,
and unknown kinds are refused. ``docs/wire.md`` is the same page in prose.

Both programs import this module, and it imports nothing of ours.
"""

from enum import IntEnum, StrEnum
from typing import Annotated

import msgspec

SUBPROTOCOL = "deskbell.v1"
VERSION = 1

PATH = "/ws"

MAX_CLIENT_FRAME = 64 * 1024
"""Bytes. A desktop says a few hundred; 64 KiB is the ceiling OWASP suggests for such sockets."""

MAX_RELAY_FRAME = 1024 * 1024
"""Bytes. A notification is cut far below this when it is rendered; a larger frame isn't ours."""

HEARTBEAT_SECONDS = 20.0
"""A desktop pings this often: below the 60 s after which common proxies drop a silent connection."""

HEARTBEAT_LIMIT_SECONDS = 10.0
"""A ping without a pong for this long means a dead link, whatever the socket says (promise P9)."""

MAX_SEQ = 2**63 - 1
"""The largest sequence number: what SQLite and PostgreSQL can hold."""

Seq = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQ)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class Close(IntEnum):
    """Why a WebSocket ends. The number alone tells the desktop what to do next.

    Below 4500: come back (RFC 6455 section 7.4 and our 4000s). From 4500: don't, until a person
    has changed something.
    """

    NORMAL = 1000
    """The desktop was quit, or the test is over."""
    GOING_AWAY = 1001
    """The peer leaves; RFC 6455."""
    RESTART = 1012
    """The relay restarts: come back after a jittered moment."""
    SLOW = 4001
    """The desktop didn't read fast enough; resume from the journal."""
    SUPERSEDED = 4002
    """The same device opened a newer connection."""
    SILENT = 4003
    """No hello within its time, or no sign of life for two heartbeats."""
    FLOOD = 4004
    """More messages than a desktop has reason to send."""
    PROTOCOL = 4500
    """A message that this version doesn't know, or in the wrong state."""
    BAD_TOKEN = 4501
    """The token is unknown or was revoked: pair again."""
    OLD_VERSION = 4502
    """The relay doesn't speak this version: an update is needed."""
    NOT_ALLOWED = 4503
    """The token is good, but not for what was asked."""


FIRST_FINAL_CODE = 4500


def may_retry(code: int) -> bool:
    """Say whether a desktop that was closed with ``code`` should come back by itself."""
    return code < FIRST_FINAL_CODE


class Priority(StrEnum):
    """How much a notification may disturb."""

    LOW = "low"
    """Inbox only."""
    NORMAL = "normal"
    """A toast for some seconds."""
    HIGH = "high"
    """A toast for longer."""
    URGENT = "urgent"
    """A toast that stays until it is handled."""


class How(StrEnum):
    """How the relay asks for a notification to be presented (design: filters)."""

    TOAST = "toast"
    INBOX = "inbox"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """Text suggested to the agent, filled from the event."""

    name: str
    text: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Something to open: an http or https address and the words on its button."""

    label: str
    url: str


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What both directions have in common: a ``kind``."""


# From the desktop


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message: who I am and where to resume.

    ``epoch`` and ``after`` are null on the very first connection of a device; the relay then
    begins where the device was paired.
    """

    version: int
    device: Name
    epoch: Name | None = None
    after: Seq | None = None


class Ack(Message, frozen=True, kw_only=True, tag="ack"):
    """Everything up to ``seq`` is on this desktop's disk."""

    seq: Seq


class Ping(Message, frozen=True, kw_only=True, tag="ping"):
    """The heartbeat; ``latest`` is the highest sequence number the desktop has stored."""

    latest: Seq


# From the relay


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """The answer to a good hello.

    ``latest`` is the highest sequence number addressed to this device: the desktop is live once
    it has stored it. ``time`` is the relay's clock in Unix seconds.
    """

    epoch: str
    latest: Seq
    agent: str
    teams: tuple[str, ...]
    time: float


class Notification(Message, frozen=True, kw_only=True, tag="notification"):
    """An event, rendered by a playbook and addressed to this device.

    ``id`` is stable over redelivery and restarts: a desktop shows it at most once. ``at`` is when
    the relay received the event, in Unix seconds. All text is plain text.
    """

    seq: Seq
    id: str
    source: str
    provider: str
    type: str
    priority: Priority
    title: str
    body: str = ""
    scripts: tuple[Script, ...] = ()
    links: tuple[Link, ...] = ()
    at: float
    how: How = How.TOAST


class Gap(Message, frozen=True, kw_only=True, tag="gap"):
    """``missed`` notifications for this device were pruned before it came back; go on after ``after``."""

    missed: int
    after: Seq


class Reset(Message, frozen=True, kw_only=True, tag="reset"):
    """The cursor belongs to another journal (or to its future): take this epoch, go on after ``after``."""

    epoch: str
    after: Seq


class Pong(Message, frozen=True, kw_only=True, tag="pong"):
    """The answer to a ping; ``latest`` is the highest sequence number sent to this device.

    TCP keeps order, so a desktop that has not stored ``latest`` when the pong arrives has a hole:
    the link looks alive but does not deliver.
    """

    latest: Seq


FromDesktop = Hello | Ack | Ping
FromRelay = Welcome | Notification | Gap | Reset | Pong

_encoder = msgspec.json.Encoder()
_from_desktop: msgspec.json.Decoder[FromDesktop] = msgspec.json.Decoder(FromDesktop)
_from_relay: msgspec.json.Decoder[FromRelay] = msgspec.json.Decoder(FromRelay)


class MalformedMessage(ValueError):
    """A frame that is not one of the messages above; the text says what was wrong and where."""


def encode(message: Message) -> bytes:
    """Return the UTF-8 JSON text of a message."""
    return _encoder.encode(message)


def decode_from_desktop(frame: bytes) -> FromDesktop:
    """Read what a desktop sent.

    Raises:
        MalformedMessage: not JSON, an unknown kind, or a field out of its bounds.
    """
    try:
        return _from_desktop.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessage(str(error)) from None


def decode_from_relay(frame: bytes) -> FromRelay:
    """Read what a relay sent.

    Raises:
        MalformedMessage: not JSON, an unknown kind, or a field out of its bounds.
    """
    try:
        return _from_relay.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessage(str(error)) from None
