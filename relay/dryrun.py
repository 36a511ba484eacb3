"""The dry run: what recorded events would lead to with some playbooks, against what they did. Pure.

Nobody knows who was there when, so everybody counts as available. Storms and the noise budget are
counted by the events' own times, filters and people are today's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from relay.addressing import Addressing
from relay.circles import describe
from relay.event import EVERYONE, Draft, EventState, Reach, StoredEvent
from relay.filters import FilterSet
from relay.notices import STORM
from relay.people import Directory
from relay.presence import Presence
from relay.protocol import Availability, How, Stage
from relay.render import Rendered, Renderer

NOBODY = "unrouted"
"""Stands for a team in the table: nobody was there, or there is no such team."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One event: what it led to, what it would lead to, and why."""

    seq: int
    time: float
    source: str
    type: str
    was: tuple[str, ...]
    """The playbooks whose notifications it led to."""
    would: tuple[str, ...]
    because: tuple[str, ...]
    """Sentences: one at least for each notification, or for the silence."""

    @property
    def same(self) -> bool:
        """Say whether the same playbooks speak."""
        return self.was == self.would


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table: notifications of a type of event for a team."""

    type: str
    team: str
    was: int = 0
    would: int = 0
    toasts: int = 0
    """People who would see a toast, added up."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a dry run."""

    events: int
    notifications: int
    """That there would be; ``was`` that there were."""
    was: int
    silent: int
    """Events that would lead to nothing."""
    faults: int
    changed: int
    """Events for which other playbooks would speak than did."""
    storms: int
    cells: tuple[Cell, ...]
    outcomes: tuple[Outcome, ...]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with what was published because of it."""

    stored: StoredEvent
    drafts: tuple[Draft, ...] = ()


def dry_run(
    recorded: Iterable[Recorded], renderer: Renderer, directory: Directory, filters: FilterSet
) -> Report:
    """Return what ``recorded``, in the order of arrival, would lead to."""
    run = _Run(renderer, directory, filters)
    outcomes = tuple(run.take(one) for one in recorded)
    cells = tuple(
        Cell(type=key[0], team=key[1], was=run.was[key], would=run.would[key], toasts=run.toasts[key])
        for key in sorted(run.was.keys() | run.would.keys())
    )
    return Report(
        events=len(outcomes),
        notifications=sum(len(one.would) for one in outcomes),
        was=sum(len(one.was) for one in outcomes),
        silent=sum(not one.would for one in outcomes),
        faults=run.faults,
        changed=sum(not one.same for one in outcomes),
        storms=len(run.storms),
        cells=cells,
        outcomes=outcomes,
    )


class _Run:
    """One pass over the events."""

    def __init__(self, renderer: Renderer, directory: Directory, filters: FilterSet) -> None:
        self._renderer, self._directory, self._filters = renderer, directory, filters
        self._addressing: Addressing | None = None
        self.was: Counter[tuple[str, str]] = Counter()
        self.would: Counter[tuple[str, str]] = Counter()
        self.toasts: Counter[tuple[str, str]] = Counter()
        self.storms: set[str] = set()
        self.faults = 0

    def take(self, recorded: Recorded) -> Outcome:
        """Let one event be dispatched as it would be now."""
        stored = recorded.stored
        event, now = stored.event, stored.event.time
        addressing = self._addressing or self._begin(now)
        self.storms |= {draft.collapse for draft in addressing.news(now) if draft.type == STORM}
        rendered = self._renderer.render(stored)
        self.faults += rendered.dispatched.state is EventState.FAULT
        result = addressing.address(rendered.dispatched, rendered.asked, now)
        spoken = [draft for draft in result.drafts if not draft.silent]
        told = [draft for draft in recorded.drafts if not draft.silent]
        for draft in spoken:
            self._count(draft, event.type)
        for draft in told:
            self.was.update((event.type, team) for team in teams(draft, self._directory))
        return Outcome(
            seq=stored.seq,
            time=now,
            source=event.source,
            type=event.type,
            was=tuple(sorted(draft.playbook for draft in told)),
            would=tuple(sorted(draft.playbook for draft in spoken)),
            because=self._because(stored, rendered, result.drafts),
        )

    def _begin(self, now: float) -> Addressing:
        presence = Presence(now)
        for agent in self._directory.people:
            presence.say(agent, "", Availability.AVAILABLE)
        self._addressing = Addressing(self._directory, presence, self._filters, now=now)
        return self._addressing

    def _count(self, draft: Draft, kind: str) -> None:
        seen = sum(_loud(how) for how in hows(draft, self._directory).values())
        for team in teams(draft, self._directory):
            self.would[kind, team] += 1
            self.toasts[kind, team] += seen

    def _because(self, stored: StoredEvent, rendered: Rendered, drafts: Sequence[Draft]) -> tuple[str, ...]:
        detail = rendered.dispatched.detail
        if drafts:
            said = [sentence for draft in drafts for sentence in explain(draft, self._directory)]
            return (*said, f"{detail}.") if detail else tuple(said)
        event = stored.event
        wanting = [
            playbook.name
            for playbook in self._renderer.playbooks
            if playbook.wants(event.type, event.provider, event.source)
        ]
        if event.problem is not None:
            return (f"It can't be read: {event.problem}.",)
        if wanting:
            return (f"It fulfils no condition of {' and '.join(wanting)}.",)
        return (f"No playbook wants {event.type} from {event.source}.",)


def explain(draft: Draft, directory: Directory) -> list[str]:
    """Return for a routed draft whom it would reach how, and why."""
    if draft.silent:
        cases = "1 case" if len(draft.resolves) == 1 else f"{len(draft.resolves)} cases"
        return [f"{draft.playbook} shows nothing, and closes {cases}."]
    who = describe(Reach(keys=draft.audience), directory)
    counts = Counter(hows(draft, directory).values())
    parts = ", ".join(f"{how} for {counts[how]}" for how in How if counts[how])
    head = f"{draft.playbook} to {who}: {parts or f'{draft.routing.how} for whoever comes'}."
    more = list(draft.routing.story)
    if draft.routing.storm:
        more.append("Folded: a storm.")
    if draft.routing.over:
        more.append(f"Over the noise budget: {len(draft.routing.over)}.")
    return [head, *more]


def hows(draft: Draft, directory: Directory) -> Mapping[str, How]:
    """Return how each known agent of a draft's audience gets it."""
    return {agent: draft.routing.how_for(agent) for agent in directory.who(draft.audience)}


def teams(draft: Draft, directory: Directory) -> tuple[str, ...]:
    """Return the teams under which a draft counts: those addressed, or those of the agents."""
    if draft.stage is Stage.UNROUTED:
        return (NOBODY,)
    named = [key.removeprefix("team:") for key in draft.audience if key.startswith("team:")]
    if named:
        return tuple(dict.fromkeys(map(directory.title_of, named)))
    if EVERYONE in draft.audience:
        return (EVERYONE,)
    found = (team for agent in directory.who(draft.audience) for team in directory.teams_of(agent))
    return tuple(dict.fromkeys(map(directory.title_of, found))) or (NOBODY,)


def _loud(how: How) -> bool:
    return how in {How.TOAST, How.SOUND}
