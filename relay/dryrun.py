"""The dry run: what recorded events would lead to with some playbooks, against what they did. Pure.

Nobody knows who was there when, so everybody counts as available. Storms and the noise budget are
counted by the events' own times, filters and people are today's. Whatever differs from what was is named:
who speaks, to whom, how, with which priority and words. ``docs/filters.md`` describes it for people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec

from relay import broadcast
from relay.addressing import Addressing
from relay.circles import describe
from relay.compared import differences, hows, pairs, people, teams
from relay.event import Draft, EventState, Reach, StoredEvent
from relay.filters import Cell as Judged
from relay.filters import FilterSet, effective, holds_until, relation
from relay.noise import DIGEST_SECONDS
from relay.notices import STORM
from relay.people import Directory
from relay.presence import Presence
from relay.protocol import Availability, How
from relay.render import Rendered, Renderer
from relay.storms import TELL_SECONDS

_QUIET_WORDS = {How.OFF: "Off", How.INBOX: "Inbox only"}


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
    """Sentences: one at least for each notification, or for the silence; whom it doesn't disturb, and why."""
    differs: tuple[str, ...] = ()
    """Sentences about what would be otherwise than it was; none if all is the same."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the relay's own notifications: a storm, a digest, what reached nobody, a broadcast."""

    time: float
    type: str
    title: str
    was: bool
    """It was sent; ``would``: it would be."""
    would: bool
    because: tuple[str, ...]
    differs: tuple[str, ...] = ()
    """As of :class:`Outcome`."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table: notifications of a type of event for a team."""

    type: str
    team: str
    was: int = 0
    would: int = 0
    toasts_were: int = 0
    """People for whom it was a toast, added up; ``toasts``: for whom it would be one."""
    toasts: int = 0
    differ: int = 0
    """Notifications that would be otherwise than they were."""


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
    """Events that would come to something else than they did."""
    storms: int
    cells: tuple[Cell, ...]
    outcomes: tuple[Outcome, ...]
    notices: tuple[Notice, ...] = ()
    """The relay's own notifications, in the order of their times."""
    cut: bool = False
    """There are older events in the period, which were too many to be looked at."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with what was published because of it."""

    stored: StoredEvent
    drafts: tuple[Draft, ...] = ()


def dry_run(
    recorded: Iterable[Recorded],
    renderer: Renderer,
    directory: Directory,
    filters: FilterSet,
    *,
    own: Sequence[Draft] = (),
    until: float = float("inf"),
    cut: bool = False,
) -> Report:
    """Return what ``recorded``, in the order of arrival, would lead to.

    ``own`` are the relay's own notifications of the same period; the last ones that there would be are
    told at ``until``, in Unix seconds. ``cut`` says that ``recorded`` isn't all of the period.
    """
    run = _Run(renderer, directory, filters)
    outcomes = tuple(run.take(one) for one in recorded)
    notices = run.finish(own, until)
    keys = run.was.keys() | run.would.keys()
    cells = tuple(
        Cell(
            type=kind,
            team=team,
            was=run.was[kind, team],
            would=run.would[kind, team],
            toasts_were=run.toasts_were[kind, team],
            toasts=run.toasts[kind, team],
            differ=run.differ[kind, team],
        )
        for kind, team in sorted(keys)
    )
    return Report(
        events=len(outcomes),
        notifications=sum(len(one.would) for one in outcomes),
        was=sum(len(one.was) for one in outcomes),
        silent=sum(not one.would for one in outcomes),
        faults=run.faults,
        changed=sum(bool(one.differs) for one in outcomes),
        storms=run.storms,
        cells=cells,
        outcomes=outcomes,
        notices=notices,
        cut=cut,
    )


class _Run:
    """One pass over the events."""

    def __init__(self, renderer: Renderer, directory: Directory, filters: FilterSet) -> None:
        self._renderer, self._directory, self._filters = renderer, directory, filters
        self._addressing: Addressing | None = None
        self._now = 0.0
        self._own: list[Draft] = []
        self._silences = _Silences(directory, filters)
        self.was: Counter[tuple[str, str]] = Counter()
        self.would: Counter[tuple[str, str]] = Counter()
        self.toasts_were: Counter[tuple[str, str]] = Counter()
        self.toasts: Counter[tuple[str, str]] = Counter()
        self.differ: Counter[tuple[str, str]] = Counter()
        self.faults = 0

    def take(self, recorded: Recorded) -> Outcome:
        """Let one event be dispatched as it would be now."""
        stored = recorded.stored
        event, now = stored.event, stored.event.time
        addressing = self._addressing or self._begin(now)
        self._pass(addressing, now)
        rendered = self._renderer.render(stored)
        self.faults += rendered.dispatched.state is EventState.FAULT
        result = addressing.address(rendered.dispatched, rendered.asked, now)
        spoken = [draft for draft in result.drafts if not draft.silent]
        told = [draft for draft in recorded.drafts if not draft.silent]
        differs = [sentence for pair in pairs(told, spoken) for sentence in self._compare(event.type, *pair)]
        return Outcome(
            seq=stored.seq,
            time=now,
            source=event.source,
            type=event.type,
            was=tuple(sorted(draft.playbook for draft in told)),
            would=tuple(sorted(draft.playbook for draft in spoken)),
            because=self._because(stored, rendered, result.drafts),
            differs=tuple(differs),
        )

    def finish(self, own: Sequence[Draft], until: float) -> tuple[Notice, ...]:
        """Return the relay's own notifications: those that were (``own``), and those that would be."""
        if self._addressing is not None:
            self._pass(self._addressing, min(until, self._now + DIGEST_SECONDS))
        said = [draft for draft in own if draft.type == broadcast.TYPE]
        again = (broadcast.routed(draft, self._filters, self._directory, draft.at) for draft in said)
        mine = pairs([draft for draft in own if draft.type != broadcast.TYPE], self._own)
        found = [self._notice(was, would) for was, would in chain(mine, zip(said, again, strict=True))]
        return tuple(sorted(found, key=lambda notice: notice.time))

    @property
    def storms(self) -> int:
        """Return how many storms there would be."""
        return len({draft.collapse for draft in self._own if draft.type == STORM})

    def _begin(self, now: float) -> Addressing:
        presence = Presence(now)
        for agent in self._directory.people:
            presence.say(agent, "", Availability.AVAILABLE)
        self._addressing = Addressing(self._directory, presence, self._filters, now=now)
        self._now = now
        return self._addressing

    def _pass(self, addressing: Addressing, now: float) -> None:
        """Let time pass, and the relay say what it has to; after a quarter of an hour it has said all."""
        last = min(now, self._now + DIGEST_SECONDS)
        while self._now < last:
            self._now = min(self._now + TELL_SECONDS, last)
            self._own += addressing.news(self._now)
        if now > self._now:
            self._own += addressing.news(now)
            self._now = now

    def _compare(self, kind: str, was: Draft | None, would: Draft | None) -> list[str]:
        """Count a notification as it was and as it would be; return what differs, in sentences."""
        differs = differences(was, would, self._directory)
        for draft, count, seen in ((was, self.was, self.toasts_were), (would, self.would, self.toasts)):
            if draft is not None:
                loud = sum(map(_loud, hows(draft, self._directory).values()))
                for team in teams(draft, self._directory):
                    count[kind, team] += 1
                    seen[kind, team] += loud
        concerned = {team for one in (was, would) if one for team in teams(one, self._directory)}
        self.differ.update((kind, team) for team in concerned if differs)
        return differs

    def _notice(self, was: Draft | None, would: Draft | None) -> Notice:
        (draft,) = [one for one in (would or was,) if one]
        # The numbers in its words are those of the moment when it was told.
        alike = was and would and msgspec.structs.replace(was, title=would.title, body=would.body)
        differs = self._compare(draft.type, alike or was, would)
        return Notice(
            time=draft.at,
            type=draft.type,
            title=draft.title,
            was=was is not None,
            would=would is not None,
            because=tuple(explain(draft, self._directory)),
            differs=tuple(differs),
        )

    def _because(self, stored: StoredEvent, rendered: Rendered, drafts: Sequence[Draft]) -> tuple[str, ...]:
        detail = rendered.dispatched.detail
        if drafts:
            said = [one for draft in drafts for one in self._told(draft, stored.event.time)]
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

    def _told(self, draft: Draft, now: float) -> list[str]:
        return [*explain(draft, self._directory), *self._silences.of(draft, now)]


def explain(draft: Draft, directory: Directory) -> list[str]:
    """Return for a routed draft whom it would reach how, and how they were found."""
    if draft.silent:
        cases = "1 case" if len(draft.resolves) == 1 else f"{len(draft.resolves)} cases"
        return [f"{draft.playbook} shows nothing, and closes {cases}."]
    who = describe(Reach(keys=draft.audience), directory)
    counts = Counter(hows(draft, directory).values())
    parts = ", ".join(f"{how} for {counts[how]}" for how in How if counts[how])
    head = f"{draft.playbook} to {who}: {parts or f'{draft.routing.how} for whoever comes'}."
    return [head, *draft.routing.story]


class _Silences:
    """Why agents aren't disturbed; remembered, as there are many events and few reasons."""

    def __init__(self, directory: Directory, filters: FilterSet) -> None:
        self._directory, self._filters = directory, filters
        self._kept: dict[tuple[object, ...], list[str]] = {}
        self._good_until = float("-inf")

    def of(self, draft: Draft, now: float) -> list[str]:
        """Return who isn't disturbed by a routed draft, and why: the filters, a storm, the noise budget."""
        if draft.silent:
            return []
        if now >= self._good_until:
            self._kept.clear()
            self._good_until = holds_until(self._filters, now)
        routing = draft.routing
        about = (draft.playbook, draft.type, draft.priority, draft.audience, routing.owner, routing.storm)
        key = (*about, routing.how, tuple(routing.others.items()), routing.over)
        if key not in self._kept:
            self._kept[key] = self._said(draft, now)
        return self._kept[key]

    def _said(self, draft: Draft, now: float) -> list[str]:
        found: defaultdict[tuple[How, str], list[str]] = defaultdict(list)
        for agent, how in hows(draft, self._directory).items():
            if not _loud(how):
                found[how, self._reason(draft, agent, how, now)].append(agent)
        return [f"{_QUIET_WORDS[how]} for {people(agents)}: {why}" for (how, why), agents in found.items()]

    def _reason(self, draft: Draft, agent: str, how: How, now: float) -> str:
        related = relation(agent, owner=draft.routing.owner, audience=draft.audience)
        cell = Judged(playbook=draft.playbook, type=draft.type, priority=draft.priority, relation=related)
        teams = self._directory.teams_of(agent)
        said = effective(self._filters, cell, agent=agent, teams=teams, now=now, named=self._directory)
        if said.how is not how and agent in draft.routing.over:
            return "there were enough toasts within the hour."
        if said.how is not how and draft.routing.storm:
            return "very many came at once, and it was folded."
        return " ".join(said.because[1:] or said.because)


def _loud(how: How) -> bool:
    return how in {How.TOAST, How.SOUND}
