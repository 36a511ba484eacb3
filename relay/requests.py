"""What a desktop's requests ask of the journal, and the words in which they are answered. Pure."""

from collections.abc import Collection, Iterable

import msgspec

from relay.claims import SENTENCES, Move, Moved, Verb, Work
from relay.claims import Refusal as ClaimRefusal
from relay.event import Device, Routing, agent_key, lead_key, team_key
from relay.people import Directory
from relay.protocol import Claim, Done, How, Pass, Release, Result, Role

PASSED_SECONDS = 120.0
"""How long somebody to whom it was passed on may take; then it is open to everybody who has it."""

RENEW_AFTER = 10.0
"""Seconds by which activity must lengthen a lease to be worth a write."""

NOBODY = "Nobody is known as {to}."
NO_TEAM = "There is no team called {to}."
NO_ACTION = "This button does not do anything any more."
BUSY = "The relay cannot do this at the moment. Please try again."

_TEAM = "team:"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """To whom something is passed on."""

    key: str
    """An audience key."""
    name: str
    """In words."""
    agent: str = ""
    """In lower case; empty for a team."""


def recipient(to: str, directory: Directory) -> Recipient | None:
    """Find an agent by address, or a team by ``team:`` and its name or title; None if nobody is known."""
    plain = to.strip().casefold()
    if plain.startswith(_TEAM):
        team = directory.team_called(plain.removeprefix(_TEAM).strip())
        return Recipient(key=team_key(team), name=directory.title_of(team)) if team else None
    if plain not in directory.people:
        return None
    return Recipient(key=agent_key(plain), name=directory.name_of(plain), agent=plain)


def unknown(to: str) -> str:
    """Return the sentence for somebody whom nobody knows."""
    plain = to.strip()
    if plain.casefold().startswith(_TEAM):
        return NO_TEAM.format(to=plain[len(_TEAM) :].strip())
    return NOBODY.format(to=plain)


def move(
    message: Claim | Release | Done | Pass, device: Device, directory: Directory, now: float
) -> Move | str:
    """Return the move that a request asks for, or a sentence that says why there is none."""
    by = device.agent.casefold()
    plain = Move(
        id=message.id, verb=Verb.CLAIM, by=by, name=directory.name_of(by), keys=device.audience_keys()
    )
    match message:
        case Release(reason=reason):
            return msgspec.structs.replace(plain, verb=Verb.RELEASE, reason=reason)
        case Done():
            return msgspec.structs.replace(plain, verb=Verb.DONE)
        case Pass(to=to, reason=reason):
            found = recipient(to, directory)
            return unknown(to) if found is None else _passed(plain, found, reason, now)
    return plain


def _passed(plain: Move, found: Recipient, reason: str, now: float) -> Move:
    """An agent has it alone for a while; of a team anybody may take it."""
    return msgspec.structs.replace(
        plain,
        verb=Verb.PASS,
        to=found.name,
        audience=(found.key,),
        holders=(found.agent,) if found.agent else (),
        until=now + PASSED_SECONDS if found.agent else None,
        reason=reason,
        # Whoever is named by a colleague hears of it, whatever the filters say about what is others'.
        routing=Routing(how=How.TOAST, story=(f"{plain.name} passed it on.",)) if found.agent else None,
    )


def led_people(device: Device, directory: Directory) -> tuple[str, ...]:
    """Return the agents of the teams that a device leads, in lower case."""
    return directory.who(map(team_key, device.leads))


def led_keys(device: Device, members: Iterable[str]) -> tuple[str, ...]:
    """Return the audience keys of what the teams that a device leads, with these members, have to do."""
    return (*map(team_key, device.leads), *map(lead_key, device.leads), *map(agent_key, members))


def governs(device: Device, members: Collection[str], work: Work) -> bool:
    """Say whether a device decides about work over others' heads, on the wire as over the API.

    An admin's does. A lead's does if it went to a team that it leads, to the leads of one or to one of
    the ``members`` of these teams (agents in lower case), or if nobody but these hold it.
    """
    if device.role is Role.ADMIN or not set(led_keys(device, members)).isdisjoint(work.audience):
        return True
    return bool(work.holders) and set(work.holders) <= set(members)


def overruling(wanted: Move, device: Device, work: Work, directory: Directory) -> Move:
    """Return a move as a lead's or an admin's: what others have is decided about over their heads.

    What nobody has is for those whom it went to, and a lead of theirs is told so. Claims are never
    overruled: a lead who wants it passes it on, so that it is seen.
    """
    sees = governs(device, led_people(device, directory), work)
    others = bool(work.holders or work.open_to) and wanted.by not in work.holders
    return msgspec.structs.replace(
        wanted, sees=sees, overrule=sees and others and wanted.verb is not Verb.CLAIM
    )


def result(request: str, moved: Moved, asked: Move, directory: Directory) -> Result:
    """Return the answer to a request. Of what isn't known to the one who asks nothing is told."""
    work = moved.work
    if work is None:
        return Result(request=request, ok=False, error=SENTENCES[ClaimRefusal.UNKNOWN])
    if moved.refusal is None:
        return Result(request=request, ok=True, until=work.until if asked.by == work.holder else None)
    by = ", ".join(work.holders)
    name = ", ".join(map(directory.name_of, work.holders))
    error = SENTENCES[moved.refusal].format(name=name or "Somebody")
    return Result(request=request, ok=False, error=error, by=by, name=name)


def concerns(work: Work, keys: tuple[str, ...]) -> bool:
    """Say whether a notification is addressed to whoever has these keys."""
    return not set(keys).isdisjoint(work.audience)


def renewal(work: Work, agent: str, now: float) -> Move | None:
    """Return the move by which an agent's activity renews a claim, None if that isn't needed."""
    if not agent or work.holder != agent or (work.until or 0.0) + RENEW_AFTER > now + work.plan.lease:
        return None
    return Move(id=work.id, verb=Verb.RENEW, by=agent)
