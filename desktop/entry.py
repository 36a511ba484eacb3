"""One notification as this desktop has it, and the state of the link: frozen, without Qt or I/O."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.i18n import mark
from relay.protocol import About, Action, How, Link, Notification, Priority, Script, Stage

OPEN = frozenset({Stage.NEW, Stage.OFFERED, Stage.UNROUTED})
"""Somebody may still have to look at it."""

_HUSHED = {
    "noise": mark("You had had enough toasts within the hour."),
    "storm": mark("Very many came at once."),
}
"""Why the relay sent something for the history only, if it wasn't the filters."""


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
    """A toast of it was painted, or nobody has to see one any more. Only a new revision, a claim that
    was given up, or the relay's wish to show it once more takes this back."""
    revision: int = 1
    count: int = 1
    """How many events the case has by now."""
    actions: tuple[Action, ...] = ()
    playbook: str = ""
    scheme: str = ""
    teams: tuple[str, ...] = ()
    owner: str = ""
    claimable: bool = False
    stage: Stage = Stage.NEW
    holder: str = ""
    """Who has claimed it, to whom it is offered (several: separated by commas), or who ended it."""
    holder_name: str = ""
    """What colleagues call that agent; for what was passed on: to whom, in words."""
    until: float | None = None
    """When the lease or the offer ends, by this computer's clock."""
    expires: float | None = None
    """From when on it is of no use, by this computer's clock."""
    quiet: str = ""
    """Why no toast was shown, as a sentence; empty if one was, or will be."""
    done_at: float | None = None
    """When it was over: done, expired or withdrawn."""
    note: str = ""
    """What an action last came to: "e-mail sent"."""
    subject: str = ""
    """The customer it is about, as a key that says nothing and is shown nowhere."""
    subject_name: str = ""
    """How the customer is called."""
    about: About | None = None
    """What one of the relay's own notifications stands for."""

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
            revision=message.revision,
            count=message.count,
            actions=message.actions,
            playbook=message.playbook,
            scheme=message.scheme,
            teams=message.teams,
            owner=message.owner,
            claimable=message.claimable,
            stage=message.stage,
            holder=message.holder,
            holder_name=message.holder_name,
            until=message.until,
            expires=message.expires,
            subject=message.subject,
            subject_name=message.subject_name,
            about=message.about,
            quiet=_HUSHED.get(message.why, "") if message.how is How.INBOX else "",
        )

    def held_by(self, agent: str) -> bool:
        """Say whether ``agent`` (an address, in any case) has claimed it, or has it on offer."""
        return agent.strip().casefold() in (each.strip().casefold() for each in self.holder.split(","))


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
