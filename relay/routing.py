"""Routing: whom a notification is for, who of them is there, and how each gets it. Pure.

.. code-block:: text

    audience ── somebody? ──▶ broadcast: all of them │ offer: the first few, one after the other
       └─ nobody ─▶ fallback 1 ─ nobody ─▶ fallback 2 … ─ nobody ─▶ UNROUTED, to those who lead

Each step is kept in ``Routing.story`` as a sentence, so that anybody can be told why.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice

from msgspec.structs import replace

from relay.asked import Asked
from relay.circles import Found, candidates, describe, find, in_turn
from relay.claims import Move, Verb, Work
from relay.event import EVERYONE, LEADS, Draft, Mode, Reach, Routing, agent_key, lead_key
from relay.filters import FilterSet
from relay.partition import Partitions, Share, foldable, following
from relay.people import Directory
from relay.playbooks import Circle, Present
from relay.presence import Presence
from relay.protocol import How, Stage

MAX_NAME = 200

Hears = Callable[[Work, str, float], bool]
"""Says whether an agent would be told of work at a moment; the filters may say that it is off."""
Told = Callable[[tuple[str, ...], str], bool]
"""Says whether anybody behind audience keys would be told of a draft, given the case's owner."""


class Router:
    """Routes drafts, as long as neither the people nor the filters change; then another one is made."""

    def __init__(
        self,
        directory: Directory,
        presence: Presence,
        filters: FilterSet,
        followers: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``followers`` are agents by the case that they follow: a collapse key or a notification's id."""
        self.directory, self._presence = directory, presence
        self._followers = followers or {}
        self.partitions = Partitions(filters, directory)

    def route(self, draft: Draft, asked: Asked | None, now: float) -> Draft:
        """Return a draft with the audience that it goes to, and how; a silent one is left as it is.

        Without ``asked`` (a playbook that couldn't be filled in, the relay's own) the draft's audience holds.
        """
        if draft.silent:
            return draft
        told = self._told(draft, now)
        if asked is not None and not (_plain(asked, draft.plan.mode) and self._reached(draft, told)):
            draft = _addressed(draft, asked, self.directory, self._presence, now, told=told)
        followers = following(draft, self._followers)
        if followers:
            keys = (*draft.audience, *map(agent_key, followers))
            draft = replace(draft, audience=tuple(dict.fromkeys(keys)))
        share = self.share(draft, now)
        routing = draft.routing
        return replace(
            draft,
            routing=Routing(
                owner=routing.owner,
                revision=self.partitions.filters.revision,
                how=share.how,
                others=share.others,
                story=routing.story,
                addressed=draft.audience,
                followers=followers,
            ),
        )

    def share(self, draft: Draft, now: float) -> Share:
        """Return who gets a routed draft how."""
        followers = following(draft, self._followers)
        return self.partitions.share(draft, followers=followers, now=now)

    def _reached(self, draft: Draft, told: Told) -> bool:
        """Say whether a draft's audience is somebody who is told of it."""
        if not self.directory.anybody(draft.audience):
            return False
        return foldable(draft.priority) or told(draft.audience, "")

    def _told(self, draft: Draft, now: float) -> Told:
        """Return a function that says whether any of an audience would be told, given the case's owner."""

        def told(keys: tuple[str, ...], owner: str) -> bool:
            share = self.share(replace(draft, audience=keys, routing=Routing(owner=owner)), now)
            # What most get is a way of some of them; only if that is off the others have to be asked.
            return share.how is not How.OFF or any(
                share.others.get(agent, share.how) is not How.OFF for agent in self.directory.who(keys)
            )

        return told


def everybody(_work: Work, _agent: str, _now: float) -> bool:
    """Say that an agent's filters let everything through."""
    return True


def next_offer(
    work: Work, directory: Directory, presence: Presence, now: float, *, hears: Hears = everybody
) -> Move:
    """Return what is to be done with work whose offer has ended, or whom somebody has given back.

    The next who had it not yet and whose filters let it through, in its circle or in those after it; nobody
    left: it is stranded, and its ``audience`` are those who lead. What was never to be offered is open to
    all who have it. Whoever makes an OFFER tells the presence (:meth:`relay.presence.Presence.offered`).
    """
    if work.plan.mode is not Mode.OFFER or not work.plan.chain:
        return Move(id=work.id, verb=Verb.OPEN, version=work.version)
    for route, reach in enumerate(work.plan.chain[work.route :], work.route):
        left = [agent for agent in candidates(reach, directory, presence, now) if agent not in work.offered]
        if offer := _offer(work, left, route, presence, now, hears=hears):
            return offer
    audience, story = leading(work.plan.chain, directory)
    return Move(
        id=work.id,
        verb=Verb.STRAND,
        version=work.version,
        audience=audience,
        reason=f"Nobody is left to whom it could be offered. {story}",
    )


def reoffer(
    works: Iterable[Work],
    directory: Directory,
    presence: Presence,
    now: float,
    *,
    hears: Hears = everybody,
    busy: Collection[str] = (),
    again: bool = True,
) -> list[Move]:
    """Return what may be done with unrouted work if somebody is there now; each agent is asked once.

    Call it with the works in the order in which they should be taken; what has nobody still is left out.
    Who is ``busy`` has an offer already and gets no other one. ``again``: somebody has come, so that it is
    offered even to those who let it pass.
    """
    moves: list[Move] = []
    asked = set(busy)
    free = cache(lambda reach: candidates(reach, directory, presence, now))
    meant = cache(lambda reach: find(reach, directory, presence, now).keys)
    for work in works:
        if work.stage is not Stage.UNROUTED:
            continue
        left = asked if again else asked.union(work.offered)
        for route, reach in enumerate(work.plan.chain):
            if work.plan.mode is Mode.OFFER:
                agents = [one for one in free(reach) if one not in left]
                move = _offer(work, agents, route, presence, now, hears=hears)
            else:
                move = _opened(work, meant(reach), route, directory, now, hears=hears)
            if move is not None:
                asked |= set(move.holders)
                moves.append(move)
                break
    return moves


def leading(chain: Sequence[Reach], directory: Directory) -> tuple[tuple[str, ...], str]:
    """Return the audience keys of those who have to look when nobody is there, and a sentence about it.

    The leads of the teams concerned; without any, all leads and admins; without any, everyone.
    """
    teams = dict.fromkeys(
        key.removeprefix("team:") for reach in chain for key in reach.keys if key.startswith("team:")
    )
    led = [team for team in teams if directory.leads.get(team)]
    if led:
        names = " and ".join(map(directory.title_of, led))
        return tuple(map(lead_key, led)), f"It went to the leads of {names}."
    if directory.leads or directory.admins:
        return (LEADS,), "It went to all leads and admins."
    return (EVERYONE,), "There is no lead and no admin: it went to everyone."


def _opened(
    work: Work, keys: tuple[str, ...], route: int, directory: Directory, now: float, *, hears: Hears
) -> Move | None:
    """Return the move that opens work to an audience, None if that is nobody who would be told."""
    if not keys:
        return None
    if not foldable(work.priority) and not any(hears(work, one, now) for one in directory.who(keys)):
        return None
    reason = f"{describe(work.plan.chain[route], directory)}: somebody is there now."
    return Move(id=work.id, verb=Verb.OPEN, version=work.version, audience=keys, route=route, reason=reason)


def _offer(
    work: Work, agents: Sequence[str], route: int, presence: Presence, now: float, *, hears: Hears
) -> Move | None:
    """Return the offer to the first of some agents, None if none of them would be told."""
    turn = in_turn(agents, presence, now, seed=work.id, first=work.owner)
    holders = tuple(islice((agent for agent in turn if hears(work, agent, now)), work.plan.pool))
    if not holders:
        return None
    return Move(
        id=work.id,
        verb=Verb.OFFER,
        version=work.version,
        holders=holders,
        until=now + work.plan.offer,
        route=route,
    )


def _plain(asked: Asked, mode: Mode) -> bool:
    """Say whether an audience is what the playbook says, whatever the event and whoever is there."""
    audience = asked.audience
    return mode is not Mode.OFFER and not (
        audience.owner
        or audience.skills
        or audience.languages
        or audience.language
        or audience.present is not Present.ANY
    )


def _addressed(
    draft: Draft,
    asked: Asked,
    directory: Directory,
    presence: Presence,
    now: float,
    *,
    told: Told,
) -> Draft:
    """Go through the audience and its fallbacks until somebody is there, who is told if it is pressing."""
    story: list[str] = []
    owner, reaches = "", []
    for route, circle in enumerate(asked.circles()):
        who = _owner(draft, circle, asked.owner(route), directory, story)
        owner = owner or who
        reaches.append(_reach(circle, who, asked.language(route)))
    chain = tuple(reaches)
    offering = draft.plan.mode is Mode.OFFER
    for route, reach in enumerate(chain):
        if offering:
            turn = in_turn(
                candidates(reach, directory, presence, now), presence, now, seed=draft.id, first=owner
            )
            hearing = (one for one in turn if told((agent_key(one),), owner))
            agents = tuple(islice(hearing, draft.plan.pool))
            found = Found(tuple(map(agent_key, agents)), agents)
        else:
            found = find(reach, directory, presence, now)
        deaf = bool(found.keys) and not (offering or foldable(draft.priority) or told(found.keys, owner))
        if found.keys and not deaf:
            if route:
                story.append(f"Went on to fallback {route}: {describe(reach, directory)}.")
            return _given(draft, found, owner, chain=chain, story=story, presence=presence, now=now)
        if reach.keys:  # else it is said already that there is no owner
            story.append(f"{_absence(reach, directory, deaf=deaf)}: {describe(reach, directory)}.")
    audience, sentence = leading(chain, directory)
    return replace(
        draft,
        audience=audience,
        stage=Stage.UNROUTED,
        plan=replace(draft.plan, chain=chain),
        routing=Routing(owner=owner, story=(*story, sentence)),
    )


def _absence(reach: Reach, directory: Directory, *, deaf: bool) -> str:
    if deaf:
        return "Everybody has it off"
    return "Nobody is there" if directory.anybody(reach.keys) else "Nobody belongs to it"


def _given(
    draft: Draft,
    found: Found,
    owner: str,
    *,
    chain: tuple[Reach, ...],
    story: Sequence[str],
    presence: Presence,
    now: float,
) -> Draft:
    """Address a draft, or offer it, to those who were found."""
    routing = Routing(owner=owner, story=tuple(story))
    if draft.plan.mode is not Mode.OFFER:
        return replace(draft, audience=found.keys, routing=routing)
    presence.offered(found.agents, now)
    return replace(
        draft,
        audience=found.keys,
        stage=Stage.OFFERED,
        holders=found.agents,
        until=now + draft.plan.offer,
        plan=replace(draft.plan, chain=chain),
        routing=routing,
    )


def _owner(draft: Draft, circle: Circle, said: str, directory: Directory, story: list[str]) -> str:
    """Return the agent whom an event names as owner; say if there is none."""
    if not circle.owner:
        return ""
    if not said.strip():
        story.append("The event names no owner.")
        return ""
    found = directory.owner_of(draft.provider, said)
    if not found:
        story.append(f"The owner {said.strip()[:MAX_NAME]} is not known.")
    return found


def _reach(circle: Circle, owner: str, language: str) -> Reach:
    """Put what the event said into a circle. The customer's language, if known, goes before the list."""
    own = (agent_key(owner),) if owner else ()
    return Reach(
        keys=tuple(dict.fromkeys((*own, *circle.fixed_keys()))),
        skills=circle.skills,
        languages=(language,) if language else circle.languages,
        present=circle.present.value,
    )
