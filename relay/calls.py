"""Calls to other systems: what is to be sent, how often it was tried, and what came of it. Pure.

.. code-block:: text

    asked for ─▶ WAITING ── 2xx ──▶ DONE
                  ▲   │
                  │   ├── no answer, 408, 409, 425, 429, 5xx ──▶ WAITING, later (or DEAD after the last try)
        by hand   │   ├── everything else ──▶ DEAD
                  │   └── by hand ──▶ DROPPED  │
                  └────────────────┴───────────┘
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

BACKOFF_SECONDS = (5.0, 30.0, 120.0, 600.0, 3600.0, 21_600.0)
"""Before the second try, the third, and so on; the last counts for all that follow."""

TRIES = len(BACKOFF_SECONDS) + 1
"""How often a call is made before it is given up, if nothing else is configured: seven hours in all."""

JITTER = 0.2
"""A wait is up to so much longer, so that what failed together is not tried together."""

MAX_WAIT_SECONDS = 86_400.0
"""What the other side asks for is heeded up to a day."""

DELAY_TOLD_AFTER = 3
"""After so many tries (some three minutes) those who wait for it are told that it takes longer."""

_AGAIN = frozenset({408, 409, 425, 429})
"""Refusals that are about the moment, not about the request (RFC 9110, 8470, 6585)."""
_SUCCESS, _REDIRECT, _REFUSAL, _FAULT = 200, 300, 400, 500
_CREDENTIAL = frozenset({401, 403, 407})


class CallState(StrEnum):
    """What became of a call."""

    WAITING = "waiting"
    """To be made at ``due``: for the first time, or once more."""
    DONE = "done"
    DEAD = "dead"
    """Given up; a person may look at it and let it be tried again."""
    DROPPED = "dropped"
    """A person has decided that it is not to be made."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call, complete: made from the playbook's action when it was asked for. Times are Unix seconds.

    ``id`` goes with the request as its idempotency key and ``webhook-id``; it stays the same over
    every try. Secrets are not in here: ``secret`` and the values of ``headers`` that are references
    (``env:NAME``, ``Bearer env:NAME``) are resolved when the call is made.
    """

    id: str
    notification: str
    playbook: str
    action: str
    label: str
    by: str = ""
    """The agent who pressed the button; empty: the playbook itself."""
    method: str = "POST"
    url: str
    headers: Mapping[str, str] = {}
    body: str = ""
    secret: str = ""
    """Reference to the key with which it is signed (Standard Webhooks); empty: the relay's own."""
    said: str = ""
    """What those who have the notification are told when it has worked."""
    created_at: float
    state: CallState = CallState.WAITING
    tries: int = 0
    due: float
    status: int | None = None
    """The last HTTP status."""
    problem: str = ""
    """Why the last try failed, in our own words."""
    quote: str = ""
    """What the other side said about it; for who looks after the relay, not for the agents."""

    @property
    def host(self) -> str:
        """Return the host that is called."""
        return urlsplit(self.url).hostname or ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back from one try: a status, or the reason why there was none."""

    status: int | None = None
    retry_after: float | None = None
    """Seconds that the other side asks us to wait."""
    problem: str = ""
    """Why there was no answer, as the rest of a sentence that begins with the host."""
    quote: str = ""
    """What the other side says about its refusal: short, on one line, without our secrets."""
    final: bool = False
    """Without an answer: trying again would not help either."""


def call_id(notification: str, action: str, request: str) -> str:
    """Return the id of a call: the same for the same request, so that repeating it makes no second call."""
    name = msgspec.json.encode((notification, action, request))
    return f"call_{hashlib.blake2b(name, digest_size=16).hexdigest()}"


def judge(call: Call, reply: Reply, *, now: float, chance: float, tries: int = TRIES) -> Call:
    """Return the call after one more try: done, to be tried again at ``due``, or dead.

    ``chance`` is a random number from 0 to 1, ``tries`` how often a call is made in all.
    """
    made = call.tries + 1
    if reply.status is not None and _SUCCESS <= reply.status < _REDIRECT:
        return replace(call, state=CallState.DONE, tries=made, status=reply.status, problem="", quote="")
    problem = reason(call, reply)
    after = replace(call, tries=made, status=reply.status, problem=problem, quote=reply.quote)
    if not _passing(reply) or made >= tries:
        return replace(after, state=CallState.DEAD)
    return replace(after, due=now + _wait(made, reply.retry_after, chance))


def replaced_by(after: Call) -> frozenset[CallState]:
    """Return the states in whose place a try's result may be stored: what a person dropped stays dropped.

    Unless it was under way and has worked: listed as dropped it would invite somebody to do it twice.
    """
    dropped = {CallState.DROPPED} if after.state is CallState.DONE else set()
    return frozenset({CallState.WAITING} | dropped)


def reason(call: Call, reply: Reply) -> str:
    """Return why a try failed, in our words only: it may be shown to everybody who has the notification."""
    match reply.status:
        case None:
            return f"{call.host} {reply.problem}"
        case status if status in _CREDENTIAL:
            return f"{call.host} does not accept our credential ({status})."
        case status if status >= _FAULT:
            return f"{call.host} has a fault of its own ({status})."
        case status if status in _AGAIN:
            return f"{call.host} can't take it at the moment ({status})."
        case status if status >= _REFUSAL:
            return f"{call.host} refused it ({status})."
        case status:
            return f"{call.host} wants it elsewhere ({status}); redirects are not followed."


def _passing(reply: Reply) -> bool:
    """Say whether it may work another time."""
    if reply.status is None:
        return not reply.final
    return reply.status in _AGAIN or reply.status >= _FAULT


def _wait(made: int, asked: float | None, chance: float) -> float:
    usual = BACKOFF_SECONDS[min(made, len(BACKOFF_SECONDS)) - 1]
    return max(usual, min(asked or 0.0, MAX_WAIT_SECONDS)) * (1.0 + JITTER * chance)


def drop(call: Call, by: str = "") -> Call:
    """Return a call as one that is not to be made (any more); ``by`` whom is said beside why it failed."""
    problem = " ".join(filter(None, (call.problem, f"Dropped by {by}." if by else "")))
    return replace(call, state=CallState.DROPPED, problem=problem)


def retry_at_once(call: Call, now: float) -> Call:
    """Return a dead call as one to be made, with all its tries before it; it stays the same call."""
    return replace(call, state=CallState.WAITING, tries=0, due=now)


def note(call: Call) -> str:
    """Return what those who have the notification are told of a call; empty if there is nothing to tell."""
    match call.state:
        case CallState.DONE:
            return call.said
        case CallState.DEAD:
            return f"“{call.label}” could not be done: {call.problem}"
        case CallState.WAITING if call.tries == DELAY_TOLD_AFTER:
            return f"“{call.label}” is not done yet; it is tried again."
    return ""


def choose(waiting: Sequence[Call], busy: Mapping[str, Call], *, now: float, slots: int) -> list[Call]:
    """Return the calls to begin now, in order; ``busy`` are those under way, by id.

    One host gets at most half of the slots, so that one that doesn't answer holds up only its own.
    """
    hosts = Counter(call.host for call in busy.values())
    chosen: list[Call] = []
    for call in waiting:
        if len(busy) + len(chosen) >= slots:
            break
        if call.due <= now and call.id not in busy and hosts[call.host] < max(1, slots // 2):
            hosts[call.host] += 1
            chosen.append(call)
    return chosen


def next_look(waiting: Sequence[Call], known: Collection[str], now: float) -> float | None:
    """Return when a call becomes due, None if none will; those due now wait for a slot, not for time."""
    return min((call.due for call in waiting if call.due > now and call.id not in known), default=None)


def retry_after(text: str, date: str, now: float) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for, or None (RFC 9110, section 10.2.3).

    ``date`` is the answer's ``Date``: with a point in time the other side's clock counts, not ours.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
        sent = parsedate_to_datetime(date) if date else datetime.fromtimestamp(now, UTC)
        return max((until - sent).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
