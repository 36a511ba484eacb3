"""What dispatch remembers between events: the people, the filters, what storms, how noisy it was. No I/O.

.. code-block:: text

    rendered ─▶ route (people, presence, filters) ─▶ storm? ─▶ noise budget? ─▶ published
                   └─ nobody there ─▶ the leads         └────────┴─▶ inbox, told in one notification later
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from relay import notices
from relay.asked import Asked
from relay.event import EVERYONE, LEADS, Dispatched, Draft, Routing, agent_key, lead_key
from relay.filters import FilterSet
from relay.noise import Noise
from relay.partition import Share, following, may_wait
from relay.people import Directory
from relay.presence import Presence
from relay.protocol import How, Stage
from relay.routing import Router
from relay.storms import Storms, Told

UNROUTED_SECONDS = 60.0
"""How often the same leads are told, at most, that something reached nobody."""


class Addressing:
    """Addresses drafts, and says what the relay itself has to tell."""

    def __init__(self, directory: Directory, presence: Presence, filters: FilterSet, *, now: float) -> None:
        self.presence = presence
        self._storms, self._noise = Storms(), Noise(now)
        self._stranded: dict[tuple[str, ...], Counter[str]] = {}
        self._reasons: dict[tuple[str, ...], str] = {}
        self._alerted: dict[tuple[str, ...], float] = {}
        self._alerts = 0
        self._router = Router(directory, presence, filters)
        self._noise.allow(filters, directory)
        self._followers: Mapping[str, tuple[str, ...]] = {}

    @property
    def directory(self) -> Directory:
        """Return the people by whom is routed at present."""
        return self._router.directory

    @property
    def filters(self) -> FilterSet:
        """Return the filters that hold at present."""
        return self._router.partitions.filters

    @property
    def storms(self) -> Storms:
        """Return what storms at present."""
        return self._storms

    @property
    def noise(self) -> Noise:
        """Return the count of toasts."""
        return self._noise

    def know(
        self, directory: Directory, filters: FilterSet, followers: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Go on with these people, filters and followers; if they are the same, what is kept stays."""
        people = directory.revision != self.directory.revision
        changed = people or filters.revision != self.filters.revision
        if changed or followers != self._followers:
            self._router = Router(directory, self.presence, filters, followers)
            self._followers = followers
        if changed:
            self._noise.allow(filters, directory)

    def address(self, dispatched: Dispatched, asked: Sequence[Asked | None], now: float) -> Dispatched:
        """Return what became of an event with its notifications addressed; ``asked`` is in their order."""
        if not dispatched.drafts:
            return dispatched
        drafts = tuple(self._one(draft, one, now) for draft, one in zip_longest(dispatched.drafts, asked))
        return replace(dispatched, drafts=drafts)

    def share(self, draft: Draft, now: float) -> Share:
        """Return who would get a routed draft how, by the filters that hold at present."""
        return self._router.share(draft, now)

    def resend(self, draft: Draft, now: float, *, folded: bool) -> Routing:
        """Return how those get a draft to whom it goes later than it was published.

        They are its audience and those whom its ladder brings in. ``folded``: very many go there now.
        """
        share = self._router.share(draft, now)
        routing = replace(
            draft.routing,
            revision=self.filters.revision,
            how=share.how,
            others=share.others,
            addressed=draft.audience,
            followers=following(draft, self._followers),
        )
        if folded:
            return _hushed(routing, share)
        keys = (*draft.audience, *(key for rung in draft.plan.ladder for key in rung.audience))
        hows = {agent: routing.how_for(agent) for agent in self.directory.who(keys)}
        toasts = frozenset(agent for agent, how in hows.items() if how in {How.TOAST, How.SOUND})
        return self._counted(replace(draft, routing=routing), share, toasts, now).routing

    def strand(self, playbook: str, audience: tuple[str, ...], reason: str) -> None:
        """Note that something reached nobody, to be told to ``audience`` with the next news."""
        if audience != (EVERYONE,):
            self._stranded.setdefault(audience, Counter())[playbook] += 1
            self._reasons[audience] = reason

    def news(self, now: float) -> list[Draft]:
        """Return the relay's own notifications that are due, addressed; call it about once a second."""
        own = (*self._storm_news(now), *self._digests(now), *self._alarms(now))
        return [self._router.route(draft, None, now) for draft in own]

    def _one(self, draft: Draft, asked: Asked | None, now: float) -> Draft:
        """Route one draft, and see that it disturbs nobody too much."""
        if draft.silent:
            return draft
        routed = self._router.route(draft, asked, now)
        share = self._router.share(routed, now)
        if routed.stage is Stage.UNROUTED:
            self.strand(routed.playbook, routed.audience, " ".join(routed.routing.story[:1]))
        if self._storms.folds(routed, now):
            return replace(routed, routing=_hushed(routed.routing, share))
        return self._counted(routed, share, share.toasts, now)

    def _counted(self, draft: Draft, share: Share, toasts: frozenset[str], now: float) -> Draft:
        """Count its toasts, and let it wait in the inbox of those who have had enough."""
        if not toasts:
            return draft
        over = self._noise.take(toasts, now, spares=may_wait(draft), locked=share.locked)
        if not over:
            return draft
        self._noise.fold(over, draft.playbook)
        return replace(draft, routing=_spared(draft.routing, over))

    def _storm_news(self, now: float) -> Iterator[Draft]:
        for told in self._storms.news(now):
            yield self._storm(told, now)

    def _storm(self, told: Told, now: float) -> Draft:
        teams = self._teams(told.key.audience)
        zones = [self.directory.teams[team].zone for team in teams if team in self.directory.teams]
        leads = tuple(lead_key(team) for team in teams if self.directory.leads.get(team))
        return notices.storm(
            told.key.playbook,
            tuple(dict.fromkeys((*told.key.audience, *(leads or (LEADS,))))),
            total=told.total,
            more=told.more,
            since=told.since,
            over=told.over,
            zone=zones[0] if len(set(zones)) == 1 else "UTC",
            now=now,
            source=told.source,
            type_=told.type,
            rung=told.key.rung,
        )

    def _teams(self, audience: Sequence[str]) -> list[str]:
        """Return the teams that an audience is about."""
        named = [key.partition(":")[2] for key in audience if key.startswith(("team:", "lead:"))]
        agents = [key.removeprefix("agent:") for key in audience if key.startswith("agent:")]
        own = (team for agent in agents for team in self.directory.teams_of(agent))
        return list(dict.fromkeys((*named, *own)))

    def _digests(self, now: float) -> Iterator[Draft]:
        number, folded = self._noise.digests(now)
        for agent, by_playbook in folded.items():
            most = self._noise.budget_of(agent)
            yield notices.digest(agent_key(agent), by_playbook, budget=most, number=number, now=now)

    def _alarms(self, now: float) -> Iterator[Draft]:
        for audience, playbooks in list(self._stranded.items()):
            if now - self._alerted.get(audience, float("-inf")) < UNROUTED_SECONDS:
                continue
            self._alerts += 1
            self._alerted[audience] = now
            reason = self._reasons.pop(audience, "")
            del self._stranded[audience]
            yield notices.unrouted(audience, playbooks, reason=reason, number=self._alerts, now=now)


def _hushed(routing: Routing, share: Share) -> Routing:
    return replace(routing, how=share.hushed_how, others=share.hushed, storm=True)


def _spared(routing: Routing, over: frozenset[str]) -> Routing:
    """Let a notification wait in the inbox of those who had enough."""
    others = {**routing.others, **dict.fromkeys(over, How.INBOX)}
    return replace(routing, others=others, over=tuple(sorted(over)))
