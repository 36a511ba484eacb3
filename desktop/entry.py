"""One notification as this desktop has it, and the state of the link: frozen, without Qt or I/O."""

from dataclasses import dataclass
from enum import StrEnum

from relay.protocol import How, Link, Notification, Priority, Script


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of the inbox. Times are Unix seconds; all text is untrusted plain text."""

    id: str
    seq: int
    source: str
    provider: str
    type: str
    priority: Priority
    title: str
    body: str
    scripts: tuple[Script, ...]
    links: tuple[Link, ...]
    how: How
    at: float
    """When the relay received the event."""
    received_at: float
    """When this desktop stored it."""
    read: bool = False
    shown: bool = False
    """A toast of it was painted once; it is never shown again."""

    @classmethod
    def from_notification(cls, message: Notification, received_at: float) -> "Entry":
        """Make the row of a message that has just arrived."""
        return cls(
            id=message.id,
            seq=message.seq,
            source=message.source,
            provider=message.provider,
            type=message.type,
            priority=message.priority,
            title=message.title,
            body=message.body,
            scripts=message.scripts,
            links=message.links,
            how=message.how,
            at=message.at,
            received_at=received_at,
        )


class LinkState(StrEnum):
    """The link to the relay, as the agent sees it in the tray."""

    SIGNED_OUT = "signed-out"
    """No token: this desktop has to be paired."""
    CONNECTING = "connecting"
    """The first try is under way."""
    CATCHING_UP = "catching-up"
    """Connected; what was missed is being fetched."""
    LIVE = "live"
    """Connected, with everything up to now."""
    OFFLINE = "offline"
    """No link; the next try is planned."""
    REFUSED = "refused"
    """The relay said not to come back; a person has to act."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """The link's state with what a tooltip has to say about it."""

    state: LinkState
    since: float
    """Unix seconds since which the link is up, or down: not reset by each failed try."""
    reason: str = ""
    """A sentence for the agent; empty if all is well."""
    retry_at: float | None = None
