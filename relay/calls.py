"""Calls to other systems: what is to be sent, how often it was tried, and what came of it. Pure."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class CallState(StrEnum):
    """What became of a call."""

    WAITING = "waiting"
    """To be made at ``due``: for the first time, or once more."""
    DONE = "done"
    DEAD = "dead"
    """Given up; a person may look at it and let it be tried again."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call, complete: made from the playbook's action when it was asked for. Times are Unix seconds.

    ``id`` goes with the request as its idempotency key and ``webhook-id``; it stays the same over
    every try. Secrets are not in here: ``secret`` and the values of ``headers`` that are references
    (``env:NAME``) are resolved when the call is made.
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
    """Why the last try failed, for a person."""
