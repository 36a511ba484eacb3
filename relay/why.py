"""Why somebody got a notification, or didn't: everything that was decided on the way, in sentences. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from relay.circles import describe
from relay.claims import Step, Verb, Work
from relay.event import Draft, EventState, Mode, Reach, StoredEvent, StoredNotification
from relay.filters import Cell, Effective, FilterSet, Relation, effective, relation
from relay.people import Directory
from relay.protocol import How, Receipt, Stage

Receipts = Sequence[tuple[str, str, Receipt]]
"""(agent, device, receipt) each, as the journal has them."""

Belonging = Sequence[tuple[int, tuple[str, ...]]]
"""An agent's audience keys, each with the number after which they held, in order."""

NO_HISTORY: Mapping[str, Sequence[Step]] = {}


class Code(StrEnum):
    """The end of the story, for programs."""

    TOAST = "toast"
    """It reached the agent as a toast."""
    INBOX = "inbox"
    """It reached the agent's inbox: so the filters want it."""
    FILTER = "filter"
    """The filters have it off for this agent."""
    NOISE = "noise"
    """It went to the inbox only: the agent had had enough toasts."""
    STORM = "storm"
    """It went to the inbox only: very many came at once."""
    NOT_ADDRESSED = "not-addressed"
    """The agent is not in its audience."""
    OFFERED = "offered-to-others"
    """It was offered to others, one after the other."""
    WITHDRAWN = "withdrawn"
    """The case was closed before the agent could see it."""
    EXPIRED = "expired"
    """Its time was over before the agent could see it."""
    PENDING = "pending"
    """The event wasn't dispatched yet."""
    QUARANTINED = "quarantined"
    """The event can't be read."""
    NO_PLAYBOOK = "no-playbook"
    """No playbook wants such events."""
    CONDITION = "condition"
    """A playbook wants such events, but its condition isn't fulfilled."""
    CLOSED = "closed-cases"
    """The event only closed cases: there was nothing to be shown."""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """What one notification, or an event without any, came to for one agent."""

    agent: str
    code: Code
    because: tuple[str, ...]
    """Sentences, in the order of what was decided."""
    notification: str = ""
    """Its id; empty if the event led to none."""
    playbook: str = ""
    how: How | None = None
    """How it reached the agent; None if it didn't."""
    relation: Relation | None = None
    """How it concerns the agent; None if the filters were not asked, or are not known any more."""
    layer: str = ""
    """The filters' layer that decided: ``product``, ``organisation``, ``team:billing``, …"""
    locked_by: str = ""
    """Who has locked that; empty: nobody."""


def why(
    event: StoredEvent | None,
    published: Sequence[StoredNotification],
    works: Mapping[str, Work],
    *,
    agent: str,
    directory: Directory,
    filters: Mapping[int, FilterSet],
    history: Mapping[str, Sequence[Step]] = NO_HISTORY,
    belonging: Belonging = (),
    receipts: Receipts = (),
    wanting: Sequence[str] = (),
) -> list[Why]:
    """Return what each notification of an event came to for ``agent``, or why there is none.

    ``published`` are the event's notifications as they went out, and went on to others, in order;
    ``works`` are their states and ``history`` is what was done to them since, by id, ``filters`` the sets by
    revision that decided then, ``belonging`` the agent's audience keys in the course of time (without them
    today's count), ``receipts`` what the agents' desktops said, and ``wanting`` the playbooks
    that want events of this kind (for one that led to nothing).
    """
    agent = agent.strip().casefold()
    if not published:
        return [_nothing(event, agent, wanting)]
    seen = _Seen(
        agent=agent,
        directory=directory,
        filters=filters,
        history=history,
        belonging=belonging,
        receipts=receipts,
    )
    sent: dict[str, list[StoredNotification]] = {}
    for stored in published:
        sent.setdefault(stored.draft.id, []).append(stored)
    return [_reached(times, works.get(id_), seen) for id_, times in sent.items()]


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters of that time say, and for which relation."""

    relation: Relation
    said: Effective


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """From whose eyes, and with what it is judged."""

    agent: str
    directory: Directory
    filters: Mapping[int, FilterSet]
    history: Mapping[str, Sequence[Step]]
    belonging: Belonging
    receipts: Receipts

    def keys(self, seq: int) -> tuple[str, ...]:
        """Return the agent's audience keys when a number was published."""
        then = [keys for after, keys in self.belonging if after < seq]
        return then[-1] if then else self.directory.keys_of(self.agent)

    def has(self, keys: Iterable[str], seq: int) -> bool:
        """Say whether the agent was meant by audience keys when a number was published."""
        return not set(self.keys(seq)).isdisjoint(keys)

    def has_now(self, keys: Iterable[str]) -> bool:
        """Say whether the agent is meant by audience keys today."""
        return not set(self.directory.keys_of(self.agent)).isdisjoint(keys)


def _nothing(event: StoredEvent | None, agent: str, wanting: Sequence[str]) -> Why:
    """Explain an event that led to no notification."""
    if event is None:
        code, said = Code.NO_PLAYBOOK, "The event is not known any more."
    elif event.state is EventState.PENDING:
        code, said = Code.PENDING, "The event has arrived and is about to be dispatched."
    elif event.state is EventState.QUARANTINED:
        code, said = Code.QUARANTINED, f"The event can't be read: {event.detail}."
    elif event.state is not EventState.UNMATCHED:
        code, said = Code.CLOSED, "The event only closed cases: there was nothing to be shown."
    elif wanting:
        names = " and ".join(wanting)
        code, said = Code.CONDITION, f"It fulfils no condition of {names}."
    else:
        about = f"{event.event.type} from {event.event.source}"
        code, said = Code.NO_PLAYBOOK, f"No playbook wants {about}."
    return Why(agent=agent, code=code, because=(said,))


def _reached(times: Sequence[StoredNotification], work: Work | None, seen: _Seen) -> Why:
    """Explain the last of the times that a notification was sent to the agent."""
    agent, directory = seen.agent, seen.directory
    first = times[0].draft
    told = (*first.routing.story, f"It went to {_people(first.audience, directory)}.")
    mine = [one for who, _, one in seen.receipts if who.casefold() == agent and one.id == first.id]
    stored = _for_agent(times, work, seen, had=bool(mine))
    if stored is None:
        code, said = _not_addressed(first, work, seen)
        return _why(first, agent, code, (*told, *said), None)
    draft = stored.draft
    how = draft.routing.how_for(agent)
    judged = _judged(stored, seen)
    code, because = _by_filters(draft, agent, how, judged)
    if not seen.has(first.audience, times[0].seq):
        because = ("It was widened, or passed on, to this agent later.", *draft.routing.story, *because)
    ended = _ended(work)
    if ended is not None and not mine and code is not Code.FILTER:
        code = ended[0]
    after = (*((ended[1],) if ended else ()), *map(_receipt, mine))
    reached = _why(draft, agent, code, (*told, *because, *after), None if code is Code.FILTER else how)
    if judged is None:
        return reached
    decided = judged.said
    return msgspec.structs.replace(
        reached, relation=judged.relation, layer=decided.layer, locked_by=decided.locked_by
    )


def _for_agent(
    times: Sequence[StoredNotification], work: Work | None, seen: _Seen, *, had: bool
) -> StoredNotification | None:
    """Return the last time that a notification was sent to the agent; ``had``: a desktop of theirs had it."""
    last = times[-1]
    meant = next((one for one in reversed(times) if seen.has(one.draft.audience, one.seq)), None)
    if meant is not None or work is None:
        return meant
    if seen.has(work.audience, last.seq):
        return last  # what it was sent with is pruned
    return last if had and seen.has_now(work.audience) else None  # its audience is theirs by now


def _why(draft: Draft, agent: str, code: Code, because: tuple[str, ...], how: How | None) -> Why:
    return Why(
        agent=agent, code=code, because=because, notification=draft.id, playbook=draft.playbook, how=how
    )


def _not_addressed(draft: Draft, work: Work | None, seen: _Seen) -> tuple[Code, tuple[str, ...]]:
    name = seen.directory.name_of(seen.agent)
    if draft.plan.mode is not Mode.OFFER or draft.stage is Stage.UNROUTED:
        were = "was not among them then" if seen.has_now(draft.audience) else "is not among them"
        return Code.NOT_ADDRESSED, (f"{name} {were}.",)
    steps = seen.history.get(draft.id, ())
    offered = dict.fromkeys((*draft.holders, *(agent for step in steps for agent in step.holders)))
    names = ", ".join(map(seen.directory.name_of, offered))
    if work is not None and work.stage is Stage.UNROUTED:
        reasons = [step.reason for step in steps if step.verb == Verb.STRAND and step.reason]
        return Code.OFFERED, (
            f"It was offered to {names}, one after the other, and not to {name}.",
            *reasons[-1:],
        )
    return Code.OFFERED, (f"It is offered to one after the other: so far to {names}, not yet to {name}.",)


def _by_filters(draft: Draft, agent: str, how: How, judged: _Judged | None) -> tuple[Code, tuple[str, ...]]:
    """Explain how it was presented: by a storm, the noise budget, or the filters."""
    routing = draft.routing
    if how is How.OFF:
        code, said = Code.FILTER, "So it was not sent."
    elif routing.storm:
        code, said = Code.STORM, "Very many came at once: it was folded, and went to the inbox only."
    elif agent in routing.over:
        code, said = Code.NOISE, "There had been enough toasts within the hour: it went to the inbox only."
    elif how is How.INBOX:
        code, said = Code.INBOX, "So it went to the inbox only."
    else:
        code, said = Code.TOAST, "So it was a toast."
    if judged is None:
        return code, ("The filters of that time are not known any more.", said)
    if judged.said.how is not how and code in {Code.FILTER, Code.INBOX, Code.TOAST}:
        return code, ("It was decided without asking the filters.", said)
    locked = (f"{judged.said.locked_by} has locked this.",) if judged.said.locked_by else ()
    return code, (*judged.said.because, *locked, said)


def _judged(stored: StoredNotification, seen: _Seen) -> _Judged | None:
    """Judge again as it was judged, by what was recorded then."""
    draft, routing = stored.draft, stored.draft.routing
    held = seen.filters.get(routing.revision)
    if held is None:
        return None
    agent = seen.agent
    addressed = draft.audience if routing.addressed is None else routing.addressed
    related = Relation.UNASSIGNED  # asked for help
    if seen.has(addressed, stored.seq):
        follows = agent in routing.followers
        related = relation(agent, owner=routing.owner, audience=addressed, follows=follows)
    teams = [key.removeprefix("team:") for key in seen.keys(stored.seq) if key.startswith("team:")]
    cell, named = _cell(draft, related), seen.directory
    said = effective(held, cell, agent=agent, teams=teams, now=draft.at, named=named)
    return _Judged(relation=related, said=said)


def _cell(draft: Draft, related: Relation) -> Cell:
    return Cell(playbook=draft.playbook, type=draft.type, priority=draft.priority, relation=related)


def _ended(work: Work | None) -> tuple[Code, str] | None:
    """Return how it came to an end, if it wasn't somebody's doing."""
    if work is None or work.stage not in {Stage.WITHDRAWN, Stage.EXPIRED}:
        return None
    at = _time(work.changed_at)
    if work.stage is Stage.EXPIRED:
        return Code.EXPIRED, f"Its time was over at {at}."
    return Code.WITHDRAWN, f"The case was closed at {at}, and it was withdrawn."


def _receipt(receipt: Receipt) -> str:
    return f"It was {receipt.what} at {_time(receipt.at)}."


def _time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _people(keys: tuple[str, ...], directory: Directory) -> str:
    return describe(Reach(keys=keys), directory)
