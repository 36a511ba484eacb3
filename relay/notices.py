"""The relay's own notifications: a storm, a digest of what was folded, something that reached nobody. Pure.

They are routed like any other, so that filters hold for them: their types are the constants below.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from relay.event import Draft
from relay.protocol import About, Priority

SOURCE = "deskbell"
STORM = "deskbell.storm"
DIGEST = "deskbell.digest"
UNROUTED = "deskbell.unrouted"

KEPT_SECONDS = 3600.0
"""How long each is of use."""
MOST_NAMED = 5
"""Playbooks that a digest names."""


def storm(
    playbook: str,
    audience: tuple[str, ...],
    *,
    total: int,
    more: int,
    since: float,
    over: bool,
    zone: str,
    now: float,
    source: str = "",
    type_: str = "",
    rung: int = 0,
) -> Draft:
    """Tell that very many of one playbook come: ``total`` by now, ``more`` since it was last told.

    ``source`` and ``type_`` are theirs, empty if they aren't all of one. With a ``rung`` of the ladder it
    tells that very many wait that nobody has claimed.
    """
    began = _clock(since, zone)
    wait, waited = (" wait", " waited") if rung else ("", "")
    title = f"{total} × {playbook}{wait} since {began}"
    body = "They come faster than anybody can read them. Each is in the inbox."
    if rung:
        body = "Nobody has claimed them. Each is in the inbox."
    if over:
        title = f"{total} × {playbook}{waited}, {began} to {_clock(now, zone)}"
        body = "It is over. Each of them is in the inbox."
    return _own(
        STORM,
        "storm",
        case=("storm", playbook, *audience, f"{since:.3f}", *((f"{rung}",) if rung else ())),
        step=total,
        priority=Priority.LOW if over else Priority.HIGH,
        title=title,
        body=body,
        audience=audience,
        count=more,
        now=now,
        about=About(playbook=playbook, source=source, type=type_, count=total, since=since),
    )


def digest(agent_key: str, folded: Mapping[str, int], *, budget: int, number: int, now: float) -> Draft:
    """Tell an agent what went to the inbox because toasts were enough; ``folded`` counts by playbook."""
    total = sum(folded.values())
    ranked = sorted(folded.items(), key=lambda one: (-one[1], one[0]))
    named = ", ".join(f"{count} × {playbook}" for playbook, count in ranked[:MOST_NAMED])
    rest = len(ranked) - MOST_NAMED
    body = f"More than {budget} toasts within an hour: the less pressing ones waited. {named}"
    return _own(
        DIGEST,
        "digest",
        case=("digest", agent_key),
        step=number,
        priority=Priority.NORMAL,
        title=f"{total} more in your inbox",
        body=f"{body} and {rest} other kinds." if rest > 0 else f"{body}.",
        audience=(agent_key,),
        count=total,
        now=now,
    )


def unrouted(
    audience: tuple[str, ...], playbooks: Mapping[str, int], *, reason: str, number: int, now: float
) -> Draft:
    """Tell those who lead that something reached nobody."""
    total = sum(playbooks.values())
    named = ", ".join(f"{count} × {playbook}" for playbook, count in sorted(playbooks.items())[:MOST_NAMED])
    return _own(
        UNROUTED,
        "unrouted",
        case=("unrouted", *audience),
        step=number,
        priority=Priority.HIGH,
        title=f"{total} reached nobody" if total > 1 else "One notification reached nobody",
        body=f"{named}. {reason}".strip(),
        audience=audience,
        count=total,
        now=now,
    )


def _own(
    kind: str,
    playbook: str,
    *,
    case: tuple[str, ...],
    step: int,
    priority: Priority,
    title: str,
    body: str,
    audience: tuple[str, ...],
    count: int,
    now: float,
    about: About | None = None,
) -> Draft:
    """Make a draft of ours. Each step of a case has an id of its own; the case keeps them in one place."""
    name = "\x1f".join((kind, *case))
    return Draft(
        id=_digest(f"{name}\x1f{step}\x1f{now:.6f}"),
        source=SOURCE,
        provider=SOURCE,
        type=kind,
        priority=priority,
        title=title,
        body=body,
        at=now,
        playbook=playbook,
        audience=audience,
        collapse=f"{kind}/{_digest(name)}",
        expires=now + KEPT_SECONDS,
        count=max(1, count),
        about=about,
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _clock(moment: float, zone: str) -> str:
    local = datetime.fromtimestamp(moment, ZoneInfo(zone))
    return f"{local:%H:%M} UTC" if zone == "UTC" else f"{local:%H:%M}"
