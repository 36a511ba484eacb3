"""The words of the wire: its limits, its scalar types, its choices, and the parts of a notification.

:mod:`relay.protocol` makes the messages of them, and is where both programs import them from.
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


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the relay's own notifications is about: very many of one kind, for example.

    It stands for ``count`` notifications of ``playbook`` since ``since`` (Unix seconds). ``source`` and
    ``type`` are empty if they aren't all of one.
    """

    playbook: str = ""
    source: str = ""
    type: str = ""
    count: int = 0
    since: float = 0.0
