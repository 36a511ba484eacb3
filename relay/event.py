"""The frozen records that travel through the relay, and the keys by which people are addressed.

Attribute names of :class:`Event` follow CloudEvents 1.0 where both have the thing.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from relay.protocol import How, Link, Priority, Script

EVERYONE = "everyone"
"""The audience key that every device has."""


def team_key(team: str) -> str:
    """Return the audience key of a team; names are compared without regard to case."""
    return f"team:{team.strip().casefold()}"


def agent_key(agent: str) -> str:
    """Return the audience key of an agent, who is named by an e-mail address."""
    return f"agent:{agent.strip().casefold()}"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request as it arrived, before anything is believed.

    Header names are lower-case bytes as ASGI gives them; ``received_at`` is Unix seconds.
    ``target`` is path and query as they were sent, undecoded.
    """

    source: str
    method: str
    target: bytes = b"/"
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    received_at: float
    packed: bytes = b""
    """How the body is packed, if it was signed so: it is unpacked only once it is proven."""
    unpacked_limit: int = 0

    def header_values(self, name: bytes) -> list[bytes]:
        """Return every value of a header, in order: a repeated security header is ambiguous."""
        return [value for key, value in self.headers if key == name]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified delivery says.

    ``data`` is the body exactly as signed if that is JSON and brings one event; otherwise it is the
    JSON of what the body said, or of this event's part of it. ``problem`` is set for a quarantined event: its
    signature is good, but its body cannot be read; ``type`` is then ``QUARANTINED``.
    """

    source: str
    provider: str
    id: str
    type: str
    time: float
    data: bytes
    problem: str | None = None


QUARANTINED = "deskbell.quarantined"
"""The event type of a body that could not be read."""


class EventState(StrEnum):
    """What became of an event."""

    PENDING = "pending"
    """On disk, not yet dispatched."""
    NOTIFIED = "notified"
    """At least one notification was published and nothing failed."""
    UNMATCHED = "unmatched"
    """No playbook wanted it."""
    FAULT = "fault"
    """A template or an audience failed; a plain notification was published instead."""
    QUARANTINED = "quarantined"
    """Genuine, but unreadable; kept for a person to look at."""


class StoredEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the journal has it. ``seq`` is its place in the order of arrival, from 1."""

    seq: int
    event: Event
    state: EventState
    detail: str = ""
    """For a person: why it is unmatched, faulty or quarantined."""
    notifications: int = 0
    conflicts: int = 0
    """How often the same id came again with another body; the first body was kept."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered notification that has no sequence number yet.

    ``audience`` holds audience keys; a device gets it if it has one of them.
    """

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
    playbook: str
    audience: tuple[str, ...]


class StoredNotification(msgspec.Struct, frozen=True, kw_only=True):
    """A published notification: its number, whom it is for, and what it says."""

    seq: int
    draft: Draft


class Dispatched(msgspec.Struct, frozen=True, kw_only=True):
    """What dispatch decided about one event; stored in one transaction with its notifications."""

    event_seq: int
    state: EventState
    detail: str = ""
    drafts: tuple[Draft, ...] = ()


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's answer to an event: its number, and whether it was there already."""

    seq: int
    duplicate: bool = False
    conflict: bool = False
    """The same id came with another body; the first one was kept."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One installed desktop app. Times are Unix seconds; ``token_hash`` is SHA-256 of its token."""

    id: str
    agent: str
    teams: tuple[str, ...]
    name: str
    token_hash: bytes
    paired_at: float
    revoked_at: float | None = None
    cursor: int = 0
    """The highest sequence number it is known to have stored."""
    seen_at: float | None = None

    def audience_keys(self) -> tuple[str, ...]:
        """Return the keys that make a notification one of this device's."""
        return (EVERYONE, agent_key(self.agent), *(team_key(team) for team in self.teams))


class PairingCode(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation for one device. ``secret_hash`` is SHA-256 of its secret half."""

    id: str
    secret_hash: bytes
    agent: str
    teams: tuple[str, ...]
    expires_at: float
    tries_left: int
