"""What happened to an entry, step by step, in words for the agent. Pure."""

from dataclasses import dataclass

from desktop.entry import Entry
from desktop.standing import farewell
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line, full_time, is_own, source_name
from relay.protocol import How, Stage

LATE_SECONDS = 5.0
"""What took longer from the relay to this computer is a step of its own: it was off, or offline."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline."""

    words: str
    """Plain text, cleaned."""
    at: str = ""
    """When, as local date and time; empty: it isn't known."""
    glyph: str = "normal"
    """The icon beside it, by its name."""


def timeline(entry: Entry, agent: str) -> tuple[Step, ...]:
    """Return what is known of an entry's way, from the provider to whoever ended it."""
    steps = [_received(entry)]
    if not is_own(entry):
        steps.append(_verified(entry))
    if entry.playbook:
        steps.append(Step(words=f"Matched by the playbook {_short(entry.playbook)}", glyph="check"))
    audience = _audience(entry)
    if audience:
        steps.append(Step(words=audience, glyph="check"))
    if entry.received_at - entry.at > LATE_SECONDS:
        steps.append(Step(words="Reached this computer", at=full_time(entry.received_at), glyph="check"))
    steps.append(Step(words=_shown(entry), glyph="low" if entry.quiet else "check"))
    if entry.stage is not Stage.NEW:
        steps.append(_stage(entry, agent))
    if entry.note:
        steps.append(Step(words=clean_line(entry.note, MAX_TITLE), glyph="check"))
    return tuple(steps)


def _received(entry: Entry) -> Step:
    words = f"Received from {source_name(entry)} as {clean_line(entry.type, MAX_TITLE)}"
    if entry.count > 1:
        words = f"{words}; {entry.count} events so far"
    return Step(words=words, at=full_time(entry.at), glyph="check")


def _verified(entry: Entry) -> Step:
    if entry.scheme:
        return Step(words=f"Verified by {clean_line(entry.scheme, MAX_TITLE)}", glyph="verified")
    return Step(words="Made by the relay itself", glyph="verified")


def _audience(entry: Entry) -> str:
    if entry.owner:
        return f"For {_short(entry.owner)}, whose case it is"
    if entry.teams:
        names = ", ".join(_short(team) for team in entry.teams)
        return f"For the team {names}" if len(entry.teams) == 1 else f"For the teams {names}"
    return ""


def _shown(entry: Entry) -> str:
    if entry.quiet:
        return f"No toast: {clean_line(entry.quiet, MAX_TITLE)}"
    if entry.how is How.INBOX:
        return "No toast: your filters send this type to the inbox only."
    return "Shown as a toast" if entry.shown else "Not shown yet"


def _stage(entry: Entry, agent: str) -> Step:
    over = "" if entry.done_at is None else full_time(entry.done_at)
    until = "" if entry.until is None else f", until {full_time(entry.until)}"
    if entry.stage is Stage.UNROUTED:
        return Step(words="Nobody was there to take it", glyph="high")
    if entry.stage is Stage.OFFERED and entry.held_by(agent):
        return Step(words=f"Offered to you{until}", glyph="high")
    if entry.stage is Stage.CLAIMED:
        who = "you" if entry.held_by(agent) else _short(entry.holder_name or entry.holder) or "somebody else"
        return Step(words=f"Claimed by {who}{until}", glyph="check")
    if entry.stage is Stage.DONE and entry.held_by(agent):
        return Step(words="Done by you", at=over, glyph="check")
    return Step(words=farewell(entry), at=over, glyph="check")


def _short(text: str) -> str:
    return clean_line(text, MAX_LABEL)
