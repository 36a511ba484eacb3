"""Where an entry stands for the agent of this desktop, and the words for it. Pure."""

from enum import Enum

from desktop.changes import is_settled
from desktop.entry import Entry
from desktop.i18n import mark, tr
from desktop.text import MAX_LABEL, clean_line
from relay.protocol import Stage


class Standing(Enum):
    """What an agent can do about an entry."""

    PLAIN = "plain"
    """There is nothing to claim."""
    OPEN = "open"
    """Whoever has it may claim it."""
    OFFERED = "offered"
    """It is this agent's to take or to leave."""
    MINE = "mine"
    """This agent is on it."""
    GONE = "gone"
    """Somebody else is on it, or it is over."""


def standing(entry: Entry, agent: str) -> Standing:
    """Return where ``entry`` stands for ``agent``."""
    if entry.stage is Stage.CLAIMED and entry.held_by(agent):
        return Standing.MINE
    if is_settled(entry, agent):
        return Standing.GONE
    if not entry.claimable:
        return Standing.PLAIN
    return Standing.OFFERED if entry.stage is Stage.OFFERED else Standing.OPEN


_FAREWELLS = {
    Stage.CLAIMED: (mark("Claimed by {name}"), mark("Claimed by somebody else")),
    Stage.DONE: (mark("Done by {name}"), mark("Done")),
    Stage.PASSED: (mark("Passed on to {name}"), mark("Passed on")),
    Stage.OFFERED: (mark("Offered to {name} now"), mark("Offered to somebody else now")),
    Stage.EXPIRED: (mark("Its time is over"), mark("Its time is over")),
    Stage.WITHDRAWN: (mark("Not needed any more"), mark("Not needed any more")),
}


def is_seen_to(entry: Entry) -> bool:
    """Say whether an entry that is gone is somebody's now, or done: nobody misses anything by it."""
    return entry.stage not in {Stage.EXPIRED, Stage.WITHDRAWN}


def farewell(entry: Entry) -> str:
    """Return the words with which a toast leaves whose entry is gone: ``Claimed by Mira``."""
    named, nameless = _FAREWELLS.get(entry.stage, ("", ""))
    name = clean_line(entry.holder_name or entry.holder, MAX_LABEL)
    return tr(named, name=name) if name else tr(nameless)
