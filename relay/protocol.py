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
Reason = Annotated[str, msgspec.Meta(max_length=500)]


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
    """How a notification is presented to one agent: what the filters come to."""

    SOUND = "toast+sound"
    TOAST = "toast"
    INBOX = "inbox"
    OFF = "off"
    """Not at all. It never travels: what is off isn't sent."""


class Stage(StrEnum):
    """What became of a notification among people.

    .. code-block:: text

        NEW ─▶ OFFERED ─▶ CLAIMED ─▶ DONE
         └────────┴──────────┴─────▶ PASSED (and NEW for somebody else), EXPIRED, WITHDRAWN
    """

    NEW = "new"
    """Whoever has it may claim it."""
    OFFERED = "offered"
    """One agent, or a few, may take it until a time; then it goes to the next."""
    CLAIMED = "claimed"
    """Somebody is on it, until the lease ends."""
    DONE = "done"
    PASSED = "passed"
    """It is somebody else's now; told to those who had it before."""
    EXPIRED = "expired"
    """Its time is over: nothing is to be done any more."""
    WITHDRAWN = "withdrawn"
    """The case was closed elsewhere, or it was sent by mistake."""
    UNROUTED = "unrouted"
    """Nobody was there to whom it could go; a lead has to look."""


OVER = frozenset({Stage.DONE, Stage.EXPIRED, Stage.WITHDRAWN})
"""Nothing follows these."""


class Availability(StrEnum):
    """What a desktop says about the person in front of it."""

    AVAILABLE = "available"
    BUSY = "busy"
    """Paused, presenting, or in a call: reachable for what is urgent."""
    AWAY = "away"
    """Locked or idle: nobody is there to see a toast."""


class Seen(StrEnum):
    """What a person did with a notification; a receipt says so."""

    SHOWN = "shown"
    """A toast was painted while somebody was there."""
    OPENED = "opened"
    COPIED = "copied"
    DISMISSED = "dismissed"


class Role(StrEnum):
    """What a device may ask of the relay. Each can do what those before it can."""

    AGENT = "agent"
    LEAD = "lead"
    """Leads the teams that are named with it."""
    ADMIN = "admin"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """Text suggested to the agent, filled from the event.

    What the event didn't say stands in the text as its placeholder, ``{{ data.phone }}``, and in
    ``missing`` by its name: such a text must not be copied as it is.
    """

    name: str
    text: str
    language: str = ""
    """A BCP 47 tag such as ``de``; empty: any."""
    version: str = ""
    missing: tuple[str, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Something to open: an http or https address and the words on its button."""

    label: str
    url: str


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """A button that lets the relay call another system."""

    name: str
    """What ``act`` names."""
    label: str
    confirm: str = ""
    """A question to be answered with yes first; empty: none."""


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
    presence: Availability = Availability.AVAILABLE


class Ack(Message, frozen=True, kw_only=True, tag="ack"):
    """Everything up to ``seq`` is on this desktop's disk."""

    seq: Seq


class Ping(Message, frozen=True, kw_only=True, tag="ping"):
    """The heartbeat; ``latest`` is the highest sequence number the desktop has stored."""

    latest: Seq


class Presence(Message, frozen=True, kw_only=True, tag="presence"):
    """Whether somebody is there; sent when it changes."""

    state: Availability


class Claim(Message, frozen=True, kw_only=True, tag="claim"):
    """I'm on it. ``request`` is chosen by the desktop: repeated, it gets the same ``result``."""

    id: Name
    request: Name


class Release(Message, frozen=True, kw_only=True, tag="release"):
    """I'm not on it any more, or I don't take what is offered to me."""

    id: Name
    request: Name
    reason: Reason = ""


class Done(Message, frozen=True, kw_only=True, tag="done"):
    """Nothing is left to be done."""

    id: Name
    request: Name


class Pass(Message, frozen=True, kw_only=True, tag="pass"):
    """Somebody else should do it: an agent, or any of a team (``team:billing``)."""

    id: Name
    request: Name
    to: Name
    reason: Reason = ""


class Act(Message, frozen=True, kw_only=True, tag="act"):
    """Press the button ``action`` of a notification."""

    id: Name
    request: Name
    action: Name


class Receipt(Message, frozen=True, kw_only=True, tag="receipt"):
    """What a person did, at ``at`` (Unix seconds). It has no answer; it renews a claim's lease."""

    id: Name
    what: Seen
    at: float


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
    name: str = ""
    """How colleagues call this agent."""
    role: Role = Role.AGENT
    leads: tuple[str, ...] = ()
    """The teams that this agent leads."""
    filters: int = 0
    """The revision of the filters that hold now."""


class Notification(Message, frozen=True, kw_only=True, tag="notification"):
    """An event, rendered by a playbook and addressed to this device.

    ``id`` is stable over redelivery and restarts: a desktop shows it at most once. The same id with
    a higher ``revision`` takes the place of what was there: the case goes on, and ``count`` says how
    many events it has now. ``at`` is when the relay received the (newest) event, in Unix seconds. All
    text is plain text.
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
    revision: int = 1
    count: int = 1
    actions: tuple[Action, ...] = ()
    playbook: str = ""
    scheme: str = ""
    """By what the event is proven to be the provider's own, in words; empty: it isn't from outside."""
    teams: tuple[str, ...] = ()
    """The teams it is for, if it is for teams."""
    owner: str = ""
    """The agent whose case it is, if the event names one."""
    claimable: bool = False
    stage: Stage = Stage.NEW
    holder: str = ""
    """Who has claimed it, or to whom it is offered: an agent's address."""
    holder_name: str = ""
    until: float | None = None
    """When the lease or the offer ends."""
    expires: float | None = None
    """From when on it is of no use; the desktop takes it off the screen by itself."""


class Update(Message, frozen=True, kw_only=True, tag="update"):
    """Something happened to a notification. It has a number of its own, and is acked like one.

    A desktop that doesn't have the ``id`` only moves its cursor.
    """

    seq: Seq
    id: str
    stage: Stage
    at: float
    by: str = ""
    """The agent who did it; empty: the relay."""
    name: str = ""
    """What colleagues call that agent."""
    to: str = ""
    """To whom it was passed on, in words."""
    until: float | None = None
    reason: str = ""
    again: bool = False
    """Show it once more: nobody has acted."""
    note: str = ""
    """What an action came to: "e-mail sent"."""


class Result(Message, frozen=True, kw_only=True, tag="result"):
    """The answer to a claim, release, done, pass or act.

    If it is not ``ok``, ``error`` is a sentence for the agent; ``by`` and ``name`` say who was faster.
    """

    request: str
    ok: bool
    error: str = ""
    by: str = ""
    name: str = ""
    until: float | None = None
    """When the claim's lease ends, if it is not renewed."""


class Filters(Message, frozen=True, kw_only=True, tag="filters"):
    """The filters have changed: ask for them again if they are on the screen."""

    revision: int
    layer: str
    by: str


class Gap(Message, frozen=True, kw_only=True, tag="gap"):
    """``missed`` notifications for this device were pruned before it came back; go on after ``after``.

    0 of them: there was nothing for this device up to there, or it is over or filtered.
    """

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


Request = Claim | Release | Done | Pass | Act
"""What is answered by a ``result``."""

FromDesktop = Hello | Ack | Ping | Presence | Request | Receipt
FromRelay = Welcome | Notification | Update | Result | Filters | Gap | Reset | Pong

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
