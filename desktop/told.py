"""What the relay tells of a notification: why an agent got it, and what became of it. Pure."""

import msgspec

from relay.protocol import How


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why the agent got a notification, as the relay tells it."""

    code: str
    """The end of the story: ``toast``, ``inbox``, ``filter``, ``noise``, ``storm``, …"""
    because: tuple[str, ...] = ()
    """The story, in the relay's own sentences."""
    how: How | None = None
    relation: str | None = None
    """``mine``, ``unassigned``, ``team`` or ``followed``; None: the filters had no say."""
    layer: str = ""
    """The filters' layer that decided; empty: an older relay doesn't tell."""
    locked_by: str = ""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a notification's history."""

    at: float
    verb: str
    by: str = ""
    holders: tuple[str, ...] = ()
    to: str = ""
    """To whom it was passed on, in words."""
    reason: str = ""


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """What this agent did with it, on whichever desktop."""

    what: str
    at: float


class CallMade(msgspec.Struct, frozen=True, kw_only=True):
    """A call to another system, by a button or by an escalation."""

    label: str
    by: str = ""
    created_at: float
    state: str
    """``waiting``, ``done``, ``dead`` or ``dropped``."""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What the relay knows of a notification's way."""

    history: tuple[Past, ...] = ()
    receipts: tuple[Did, ...] = ()
    calls: tuple[CallMade, ...] = ()
