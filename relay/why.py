"""Why somebody got a notification, or didn't: everything that was decided on the way, in sentences. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from relay.circles import describe
from relay.claims import Work
from relay.event import Draft, EventState, Mode, Reach, StoredEvent, StoredNotification
from relay.filters import Cell, Effective, FilterSet, Relation, effective, relation
from relay.people import Directory
from relay.protocol import How, Receipt, Stage

Receipts = Sequence[tuple[str, str, Receipt]]
"""(agent, device, receipt) each, as the journal has them."""


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
    receipts: Receipts = (),
    wanting: Sequence[str] = (),
) -> list[Why]:
    """Return what each notification of an event came to for ``agent``, or why there is none.

    ``published`` are the event's notifications as they went out, ``works`` their states by id, ``filters``
    the sets by revision that decided then, ``receipts`` what the agents' desktops said, and ``wanting`` the
    playbooks that want events of this kind (for one that led to nothing).
    """
    agent = agent.strip().casefold()
    if not published:
        return [_nothing(event, agent, wanting)]
    seen = _Seen(agent=agent, directory=directory, filters=filters, receipts=receipts)
    return [_reached(stored, works.get(stored.draft.id), seen) for stored in published]


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters of that time say, and for which relation."""

    relation: Relation
    said: Effective


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """From whose eyes, and with what it is judged."""

    agent: str
    directory: Directory
    filters: Mapping[int, FilterSet]
    receipts: Receipts


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


def _reached(stored: StoredNotification, work: Work | None, seen: _Seen) -> Why:
    agent, directory = seen.agent, seen.directory
    draft = stored.draft
    audience = work.audience if work else draft.audience
    told = (*draft.routing.story, f"It went to {_people(draft.audience, directory)}.")
    if set(directory.keys_of(agent)).isdisjoint(audience):
        code, said = _not_addressed(draft, work, agent, directory)
        return _why(draft, agent, code, (*told, said), None)
    how = draft.routing.how_for(agent)
    judged = _judged(draft, agent, how, directory, seen.filters.get(draft.routing.revision))
    code, because = _by_filters(draft, agent, how, judged)
    if set(directory.keys_of(agent)).isdisjoint(draft.audience):
        because = ("It was widened, or passed on, to this agent later.", *because)
    mine = [
        receipt for who, _, receipt in seen.receipts if who.casefold() == agent and receipt.id == draft.id
    ]
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


def _why(draft: Draft, agent: str, code: Code, because: tuple[str, ...], how: How | None) -> Why:
    return Why(
        agent=agent, code=code, because=because, notification=draft.id, playbook=draft.playbook, how=how
    )


def _not_addressed(draft: Draft, work: Work | None, agent: str, directory: Directory) -> tuple[Code, str]:
    name = directory.name_of(agent)
    if draft.plan.mode is Mode.OFFER and draft.stage is not Stage.UNROUTED:
        offered = work.offered if work else draft.holders
        names = ", ".join(map(directory.name_of, offered))
        return Code.OFFERED, f"It is offered to one after the other: so far to {names}, not yet to {name}."
    return Code.NOT_ADDRESSED, f"{name} is not among them."


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
    locked = (f"{judged.said.locked_by} has locked this.",) if judged.said.locked_by else ()
    return code, (*judged.said.because, *locked, said)


def _judged(
    draft: Draft, agent: str, how: How, directory: Directory, held: FilterSet | None
) -> _Judged | None:
    """Judge again as it was judged; whether the agent followed the case then shows in the outcome."""
    if held is None:
        return None
    usual = relation(agent, owner=draft.routing.owner, audience=draft.audience)
    teams = directory.teams_of(agent)
    found = [
        _Judged(relation=one, said=effective(held, _cell(draft, one), agent=agent, teams=teams, now=draft.at))
        for one in (usual, Relation.FOLLOWED)
    ]
    return next((one for one in found if one.said.how is how), found[0])


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
