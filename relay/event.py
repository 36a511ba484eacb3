"""The frozen records that travel through the relay, and the keys by which people are addressed.

Attribute names of :class:`Event` follow CloudEvents 1.0 where both have the thing.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from relay.calls import Call
from relay.protocol import About, Action, How, Link, Priority, Role, Script, Stage

EVERYONE = "everyone"
"""The audience key that every device has."""

LEADS = "lead:*"
"""The audience key of everybody who leads a team, and of admins: they hear what concerns no team."""


def team_key(team: str) -> str:
    """Return the audience key of a team; names are compared without regard to case."""
    return f"team:{team.strip().casefold()}"


def agent_key(agent: str) -> str:
    """Return the audience key of an agent, who is named by an e-mail address."""
    return f"agent:{agent.strip().casefold()}"


def lead_key(team: str) -> str:
    """Return the audience key of those who lead a team."""
    return f"lead:{team.strip().casefold()}"


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


class Mode(StrEnum):
    """How a notification finds the one who takes it."""

    INFORM = "inform"
    """Nobody has to: there is nothing to claim."""
    BROADCAST = "broadcast"
    """All see it, and the first claim wins."""
    OFFER = "offer"
    """To one after the other, each with a time limit; a pool of n is offered to n at a time."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an escalation, taken if nobody has claimed the notification by then."""

    after: float
    """Seconds since the present assignment began."""
    again: bool = False
    """Show it once more to those who have it."""
    audience: tuple[str, ...] = ()
    """Show it to these as well: audience keys."""
    action: str = ""
    """Call this action of the playbook."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """One circle of an audience with the event's words put in: enough to find people again, later."""

    keys: tuple[str, ...] = ()
    """Audience keys: everyone, teams, agents, the owner."""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    present: str = "any"
    """A :class:`relay.playbooks.Present`."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen to a notification if nobody, or somebody, acts. A copy of the playbook's.

    A copy, so that changing or removing a playbook leaves what is under way as it was.
    """

    mode: Mode = Mode.INFORM
    lease: float = 600.0
    """Seconds for which a claim holds without activity."""
    offer: float = 30.0
    """Seconds that each has to take an offer."""
    pool: int = 1
    """To how many at a time it is offered."""
    ladder: tuple[Rung, ...] = ()
    chain: tuple[Reach, ...] = ()
    """The audience and its fallbacks, for an offer that ends or for when somebody comes; else empty."""


class Routing(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a notification went and how, with what that was decided from: enough to say why, later."""

    owner: str = ""
    """The agent whose case it is, as an address; empty if there is none."""
    revision: int = 0
    """The revision of the filters that decided."""
    how: How = How.TOAST
    """For everybody who is not named in ``others``."""
    others: Mapping[str, How] = {}
    """Agents (in lower case) for whom it is something else."""
    over: tuple[str, ...] = ()
    """Agents whose noise budget was used up."""
    storm: bool = False
    """It came in a storm and was folded: nobody is disturbed by it."""
    story: tuple[str, ...] = ()
    """How the audience was found, in sentences."""
    addressed: tuple[str, ...] | None = None
    """The audience keys that were judged; who else gets it was asked for help. None: all of the audience."""
    followers: tuple[str, ...] = ()
    """Agents who followed the case then."""

    def how_for(self, agent: str) -> How:
        """Return how an agent gets it; the name in lower case."""
        return self.others.get(agent, self.how)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered notification that has no sequence number yet.

    ``audience`` holds audience keys; a device gets it if it has one of them, unless its agent's
    filters say that it is off.
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
    actions: tuple[Action, ...] = ()
    at: float
    playbook: str
    scheme: str = ""
    audience: tuple[str, ...]
    routing: Routing = Routing()
    plan: Plan = Plan()
    collapse: str = ""
    """Names the case: a later notification with the same key takes the place of one that is not over."""
    resolves: tuple[str, ...] = ()
    """Collapse keys of cases that this event has closed."""
    silent: bool = False
    """Nothing is to be shown: the event only resolves."""
    expires: float | None = None
    stage: Stage = Stage.NEW
    holders: tuple[str, ...] = ()
    """Those to whom it is offered first."""
    until: float | None = None
    """When that offer ends."""
    revision: int = 1
    count: int = 1
    subject: str = ""
    subject_name: str = ""
    about: About | None = None
    """These three as of :class:`relay.protocol.Notification`."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a notification, on its way to everybody who has it."""

    id: str
    audience: tuple[str, ...]
    stage: Stage
    at: float
    by: str = ""
    name: str = ""
    to: str = ""
    until: float | None = None
    reason: str = ""
    again: bool = False
    note: str = ""


class StoredNotification(msgspec.Struct, frozen=True, kw_only=True):
    """A published notification: its number, whom it is for, and what it says."""

    seq: int
    draft: Draft

    @property
    def audience(self) -> tuple[str, ...]:
        """Return the audience keys."""
        return self.draft.audience


class StoredChange(msgspec.Struct, frozen=True, kw_only=True):
    """A published change of a notification. It shares the numbers, so that desktops ack it alike."""

    seq: int
    change: Change

    @property
    def audience(self) -> tuple[str, ...]:
        """Return the audience keys."""
        return self.change.audience


Published = StoredNotification | StoredChange


class Dispatched(msgspec.Struct, frozen=True, kw_only=True):
    """What dispatch decided about one event; stored in one transaction with its notifications."""

    event_seq: int
    state: EventState
    detail: str = ""
    drafts: tuple[Draft, ...] = ()
    calls: tuple[Call, ...] = ()
    """What the event makes us call by itself, for the notifications of ``drafts`` by their ids."""


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
    role: Role = Role.AGENT
    leads: tuple[str, ...] = ()
    """The teams it may act for as a lead."""

    def audience_keys(self) -> tuple[str, ...]:
        """Return the keys that make a notification one of this device's."""
        teams = map(team_key, self.teams)
        every = (LEADS,) if self.leads or self.role is not Role.AGENT else ()
        return (EVERYONE, agent_key(self.agent), *teams, *map(lead_key, self.leads), *every)


class PairingCode(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation for one device. ``secret_hash`` is SHA-256 of its secret half."""

    id: str
    secret_hash: bytes
    agent: str
    teams: tuple[str, ...]
    role: Role = Role.AGENT
    leads: tuple[str, ...] = ()
    expires_at: float
    tries_left: int
