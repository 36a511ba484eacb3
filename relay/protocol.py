"""The wire between relay and desktop: messages, version, close codes, encode, decode.

JSON text frames over a WebSocket at ``/ws`` with the subprotocol ``deskbell.v1``. Every message is
an object whose ``kind`` names it; unknown fields are ignored, so that either side may grow first,
and unknown kinds are refused. ``docs/wire.md`` is the same page in prose.

Both programs import this module; its limits and choices stand in :mod:`relay.wirewords`.
"""

import msgspec

from relay.wirewords import (
    FIRST_FINAL_CODE,
    HEARTBEAT_LIMIT_SECONDS,
    HEARTBEAT_SECONDS,
    MAX_CLIENT_FRAME,
    MAX_RELAY_FRAME,
    MAX_SEQ,
    OVER,
    PATH,
    SUBPROTOCOL,
    VERSION,
    About,
    Action,
    Availability,
    Close,
    How,
    Link,
    Name,
    Priority,
    Reason,
    Role,
    Script,
    Seen,
    Seq,
    Stage,
    may_retry,
)

__all__ = [
    "FIRST_FINAL_CODE",
    "HEARTBEAT_LIMIT_SECONDS",
    "HEARTBEAT_SECONDS",
    "MAX_CLIENT_FRAME",
    "MAX_RELAY_FRAME",
    "MAX_SEQ",
    "OVER",
    "PATH",
    "SUBPROTOCOL",
    "VERSION",
    "About",
    "Ack",
    "Act",
    "Action",
    "Availability",
    "Claim",
    "Close",
    "Done",
    "Filters",
    "FromDesktop",
    "FromRelay",
    "Gap",
    "Hello",
    "How",
    "Link",
    "MalformedMessage",
    "Message",
    "Name",
    "Notification",
    "Pass",
    "Ping",
    "Pong",
    "Presence",
    "Priority",
    "Reason",
    "Receipt",
    "Release",
    "Request",
    "Reset",
    "Result",
    "Role",
    "Script",
    "Seen",
    "Seq",
    "Stage",
    "Update",
    "Welcome",
    "decode_from_desktop",
    "decode_from_relay",
    "encode",
    "may_retry",
]


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
    subject: str = ""
    """The customer it is about, as a key that says nothing and is shown nowhere: the same for all that
    is about the same customer. Empty: the playbook doesn't say."""
    subject_name: str = ""
    """How the customer is called, to be shown."""
    about: About | None = None
    """For the relay's own notifications: what they stand for."""
    why: str = ""
    """Why it is for the inbox only: ``noise``, the agent had enough toasts, or ``storm``, very many came
    at once. Empty: the filters want it, or it isn't."""


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
