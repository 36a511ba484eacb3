"""What the API takes and gives: one model each, from which the OpenAPI description is made.

Answers are read from the relay's own frozen records by their attributes. Times are Unix seconds;
agents are named by their addresses.
"""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from relay.calls import CallState
from relay.event import EventState
from relay.filters import Relation
from relay.protocol import MAX_SEQ, How, Priority, Role, Seen, Stage
from relay.why import Code

MAX_NAME = 200
MAX_REASON = 500
MAX_TEXT = 200_000
"""Characters of a playbook that is tried."""
FAR = 4_102_444_800.0
"""The year 2100, in Unix seconds: a time beyond it is a mistake."""

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Reason = Annotated[str, Field(max_length=MAX_REASON)]
Number = Annotated[int, Field(ge=1, le=MAX_SEQ)]
Time = Annotated[float, Field(ge=0, le=FAR, allow_inf_nan=False)]


class Shape(BaseModel):
    """What every answer has in common: it is frozen, and made from a record's attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Asked(BaseModel):
    """What every request has in common: an unknown field is a mistake, not something to pass over."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Item = TypeVar("Item", bound=Shape)


class Page(Shape, Generic[Item]):
    """Part of a list, newest first. ``next`` is what ``before`` has to be for the next part, if any."""

    items: tuple[Item, ...]
    next: int | None = None


class Problem(Shape):
    """Every answer that is not a success: a sentence for a person."""

    error: str
    by: str | None = None
    """Who was faster, if somebody was."""
    name: str | None = None


# Devices


class Me(Shape):
    """Who the caller is, and what it may do."""

    agent: str
    name: str
    """What colleagues call this agent."""
    device: str
    device_name: str
    teams: tuple[str, ...]
    role: Role
    leads: tuple[str, ...]


class DeviceShown(Shape):
    """A device that was paired."""

    id: str
    agent: str
    teams: tuple[str, ...]
    name: str
    role: Role
    leads: tuple[str, ...]
    paired_at: float
    seen_at: float | None
    revoked_at: float | None


# Events


class EventShown(Shape):
    """An event and what became of it, without its content."""

    seq: int
    source: str
    provider: str
    id: str
    type: str
    time: float
    state: EventState
    detail: str
    notifications: int
    conflicts: int


class EventWhole(EventShown):
    """An event with its content, as text, and the notifications that it led to, by id."""

    data: str
    led_to: tuple[str, ...]


class ScriptShown(Shape):
    """A suggested text; ``missing`` names what the event did not say."""

    name: str
    text: str
    language: str
    version: str
    missing: tuple[str, ...]


class LinkShown(Shape):
    """Something to open."""

    label: str
    url: str


class ActionShown(Shape):
    """A button that lets the relay call another system."""

    name: str
    label: str
    confirm: str


class Words(Shape):
    """What a notification says."""

    title: str
    body: str
    scripts: tuple[ScriptShown, ...]
    links: tuple[LinkShown, ...]
    actions: tuple[ActionShown, ...]


class DraftShown(Words):
    """A notification as a playbook would make it of an event; nobody is sent it."""

    playbook: str
    priority: Priority
    audience: tuple[str, ...]
    collapse: str
    resolves: tuple[str, ...]
    silent: bool
    expires: float | None


class Preview(Shape):
    """What would become of an event."""

    state: EventState
    detail: str
    drafts: tuple[DraftShown, ...]


# Notifications


class WorkShown(Shape):
    """A notification's state among people."""

    id: str
    seq: int
    playbook: str
    source: str
    type: str
    priority: Priority
    title: str
    stage: Stage
    holders: tuple[str, ...]
    """Who has claimed it (one), or to whom it is offered."""
    owner: str
    audience: tuple[str, ...]
    """Audience keys: ``everyone``, ``team:billing``, ``agent:mira@example.com``."""
    until: float | None
    """When the claim's lease or the offer ends."""
    opened_at: float
    changed_at: float
    expires: float | None
    revision: int
    count: int


class StepShown(Shape):
    """A line in a notification's history."""

    at: float
    verb: str
    by: str
    stage: Stage
    holders: tuple[str, ...]
    to: str
    """To whom it was passed on, in words."""
    reason: str


class ReceiptShown(Shape):
    """What the caller did with a notification."""

    what: Seen
    at: float


class CallMade(Shape):
    """A call to another system, as far as it concerns who pressed the button."""

    label: str
    by: str
    """An agent's address; empty: the relay."""
    created_at: float
    state: CallState


class NotificationWhole(Shape):
    """A notification with its words, what was done to it, and how far it was seen."""

    work: WorkShown
    words: Words | None
    """Null if it was removed meanwhile."""
    history: tuple[StepShown, ...]
    receipts: tuple[ReceiptShown, ...]
    """The caller's own."""
    calls: tuple[CallMade, ...]
    """What its buttons, and its escalation, came to."""
    seen: dict[Seen, int]
    """How many people did what; for leads and admins, else empty. Not who, and not when."""


class Moving(Asked):
    """How a notification is claimed, released, done or withdrawn."""

    reason: Reason = ""
    overrule: bool = False
    """A lead decides over the holder's head."""


class Passing(Moving):
    """To whom a notification is passed on: an agent's address, or ``team:billing``."""

    to: Name


class Follow(Asked):
    """Whether the caller follows a case."""

    on: bool


class Following(Shape):
    """Whether the caller follows a case, and which it is."""

    case: str
    on: bool


class WhyShown(Shape):
    """Why an agent got a notification, or didn't; or why an event led to none."""

    agent: str
    code: Code
    """The end of the story, for programs."""
    because: tuple[str, ...]
    """The story, in sentences."""
    notification: str
    playbook: str
    how: How | None
    """How it reached the agent; null if it didn't."""
    relation: Relation | None
    """How it concerns the agent; null if the filters had no say."""
    layer: str
    """The filters' layer that decided."""
    locked_by: str
    """Who has locked that; empty: nobody."""


# Playbooks


class PlaybookShown(Shape):
    """A playbook in short."""

    name: str
    about: str
    types: tuple[str, ...]
    priority: Priority


class PlaybookWhole(PlaybookShown):
    """A playbook as its file says it. References to secrets are names, not the secrets."""

    content: dict[str, object]


class Fault(Shape):
    """Something that is wrong with a playbook; ``line`` is where, if that is known."""

    playbook: str
    field: str
    problem: str
    line: int | None = None


class Faults(Shape):
    """Everything that is wrong; empty: nothing is."""

    faults: tuple[Fault, ...]


class PlaybookText(Asked):
    """A playbook that isn't in use: its file's name without the ending, and its TOML."""

    name: Annotated[str, Field(min_length=1, max_length=63)] = "candidate"
    text: Annotated[str, Field(max_length=MAX_TEXT)]


class PlaybookTry(PlaybookText):
    """A playbook that isn't in use, and the event on which to try it."""

    event: Number


class Candidate(Asked):
    """Null: the playbooks in use; or the TOML of one that is to be tried."""

    text: Annotated[str, Field(max_length=MAX_TEXT)] | None = None


# Calls, broadcast


class CallShown(Shape):
    """A call to another system, without its content: its address may have a secret in it, its host hasn't."""

    id: str
    notification: str
    playbook: str
    action: str
    label: str
    by: str
    method: str
    host: str
    created_at: float
    state: CallState
    tries: int
    due: float
    status: int | None
    problem: str
    """Why the last try failed, in our words."""
    quote: str
    """What the other side said about it."""


class CallPage(Shape):
    """Part of the list of calls, newest first. ``next`` is what ``before`` has to be for the next part."""

    items: tuple[CallShown, ...]
    next: str | None = None


class LinkAsked(Asked):
    """Something to open, and the words on its button."""

    label: Annotated[str, Field(min_length=1, max_length=60)]
    url: Annotated[str, Field(min_length=1, max_length=2_000)]


class BroadcastAsked(Asked):
    """Something to be told to teams, or to everyone."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(max_length=2_000)] = ""
    scripts: Annotated[dict[str, Annotated[str, Field(max_length=8_000)]], Field(max_length=10)] = {}
    """What agents may say about it, by language: ``de``."""
    link: LinkAsked | None = None
    priority: Priority = Priority.NORMAL
    teams: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    everyone: bool = False
    expires: Time | None = None


class Sent(Shape):
    """The notification that a broadcast became."""

    id: str
