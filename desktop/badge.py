"""What a row of the history says about where its entry stands: a glyph and a few words. Pure."""

from dataclasses import dataclass

from desktop.entry import OPEN, Entry
from desktop.i18n import mark, tr
from desktop.text import MAX_LABEL, clean_line
from relay.protocol import How, Stage


@dataclass(frozen=True, kw_only=True)
class Badge:
    """Where an entry stands."""

    glyph: str
    """The icon, by its name."""
    words: str
    """Plain text, cleaned."""
    role: str = "soft"
    """The colour, by its role."""


_SHAPES = {
    Stage.CLAIMED: ("person", mark("Claimed by {name}"), mark("Claimed by somebody else")),
    Stage.OFFERED: ("person", mark("Offered to {name}"), mark("Offered to somebody else")),
    Stage.DONE: ("check", mark("Done by {name}"), mark("Done")),
    Stage.PASSED: ("passed", mark("Passed on to {name}"), mark("Passed on")),
    Stage.EXPIRED: ("clock", mark("Expired"), mark("Expired")),
    Stage.WITHDRAWN: ("close", mark("Not needed any more"), mark("Not needed any more")),
    Stage.UNROUTED: ("high", mark("Nobody has it"), mark("Nobody has it")),
}
_OWN = {
    Stage.CLAIMED: Badge(glyph="person", words=mark("Claimed by me"), role="accent"),
    Stage.OFFERED: Badge(glyph="high", words=mark("Offered to me"), role="high"),
    Stage.DONE: Badge(glyph="check", words=mark("Done by me"), role="done"),
}


def badge(entry: Entry, agent: str) -> Badge | None:
    """Return what a row says for ``agent``; None if there is nothing to say: it is new, and was seen."""
    own = _OWN.get(entry.stage) if entry.held_by(agent) and agent else None
    if own is not None:
        return Badge(glyph=own.glyph, words=tr(own.words), role=own.role)
    if entry.stage in _SHAPES:
        glyph, named, nameless = _SHAPES[entry.stage]
        name = clean_line(entry.holder_name or entry.holder, MAX_LABEL)
        role = {Stage.DONE: "done", Stage.UNROUTED: "high"}.get(entry.stage, "soft")
        return Badge(glyph=glyph, words=tr(named, name=name) if name else tr(nameless), role=role)
    return Badge(glyph="missed", words=tr("Missed"), role="high") if is_missed(entry) else None


def is_missed(entry: Entry) -> bool:
    """Say whether a toast was wanted, none was shown, and the agent hasn't read it since."""
    wanted = entry.how is not How.INBOX and bool(entry.quiet)
    return wanted and not entry.read and entry.stage in OPEN
