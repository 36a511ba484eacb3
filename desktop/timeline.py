"""What happened to an entry, step by step, in words for the agent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.entry import Entry
from desktop.i18n import tr
from desktop.standing import farewell
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line, full_time, is_from_relay, source_name
from relay.protocol import How, Stage

LATE_SECONDS = 5.0
"""What took longer from the relay to this computer is a step of its own: it was off, or offline."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline."""

    words: str
    """Plain text, cleaned."""
    at: float | None = None
    """When, in Unix seconds; None: it isn't known."""
    glyph: str = "normal"
    """The icon beside it, by its name."""


def timeline(entry: Entry, agent: str, course: Sequence[Step] = ()) -> tuple[Step, ...]:
    """Return what is known of an entry's way, from the provider to whoever ended it.

    ``course`` is what the relay knows of what people did; without it, the last state has to do.
    """
    steps = [_received(entry)]
    if not is_from_relay(entry):
        steps.append(_verified(entry))
    if entry.playbook:
        steps.append(
            Step(
                words=tr("Matched by the playbook {playbook}", playbook=_short(entry.playbook)), glyph="check"
            )
        )
    audience = _audience(entry)
    if audience:
        steps.append(Step(words=audience, glyph="check"))
    if entry.received_at - entry.at > LATE_SECONDS:
        steps.append(Step(words=tr("Reached this computer"), at=entry.received_at, glyph="check"))
    steps.append(Step(words=_shown(entry), glyph="low" if entry.quiet else "check"))
    steps += course
    if entry.stage is not Stage.NEW and not _is_told(entry, course):
        steps.append(_stage(entry, agent) if not course else _held(entry, agent))
    if entry.note:
        steps.append(Step(words=clean_line(entry.note, MAX_TITLE), glyph="check"))
    return tuple(steps)


def _is_told(entry: Entry, course: Sequence[Step]) -> bool:
    """Say whether the course ends with the present state: only a claim's end would add something."""
    return bool(course) and entry.stage not in {Stage.CLAIMED, Stage.OFFERED, Stage.UNROUTED}


def _received(entry: Entry) -> Step:
    words = tr(
        "Received from {source_name} as {type}",
        source_name=source_name(entry),
        type=clean_line(entry.type, MAX_TITLE),
    )
    if entry.count > 1:
        words = tr("{words}; {count} events so far", words=words, count=entry.count)
    return Step(words=words, at=entry.at, glyph="check")


def _verified(entry: Entry) -> Step:
    if entry.scheme:
        return Step(
            words=tr("Verified by {scheme}", scheme=clean_line(entry.scheme, MAX_TITLE)), glyph="verified"
        )
    return Step(words=tr("Verified by the relay"), glyph="verified")


def _audience(entry: Entry) -> str:
    if entry.owner:
        return tr("For {owner}, whose case it is", owner=_short(entry.owner))
    if entry.teams:
        names = ", ".join(_short(team) for team in entry.teams)
        return (
            tr("For the team {names}", names=names)
            if len(entry.teams) == 1
            else tr("For the teams {names}", names=names)
        )
    return ""


def _shown(entry: Entry) -> str:
    if entry.quiet:
        return tr("No toast: {why}", why=clean_line(tr(entry.quiet), MAX_TITLE))
    if entry.how is How.INBOX:
        return tr("No toast: your filters send this type to the inbox only.")
    return tr("Shown as a toast") if entry.shown else tr("Not shown yet")


def _held(entry: Entry, agent: str) -> Step:
    """Return what the course doesn't say of who has it now: until when."""
    if entry.stage is Stage.CLAIMED and entry.until is not None:
        return Step(words=tr("The claim holds until {at}", at=full_time(entry.until)), glyph="clock")
    return _stage(entry, agent)


def _stage(entry: Entry, agent: str) -> Step:
    over = entry.done_at
    until = "" if entry.until is None else tr(", until {full_time}", full_time=full_time(entry.until))
    if entry.stage is Stage.UNROUTED:
        return Step(words=tr("Nobody was there to take it"), glyph="high")
    if entry.stage is Stage.OFFERED and entry.held_by(agent):
        return Step(words=tr("Offered to you{until}", until=until), glyph="high")
    if entry.stage is Stage.CLAIMED:
        who = (
            tr("you")
            if entry.held_by(agent)
            else _short(entry.holder_name or entry.holder) or tr("somebody else")
        )
        return Step(words=tr("Claimed by {who}{until}", who=who, until=until), glyph="check")
    if entry.stage is Stage.DONE and entry.held_by(agent):
        return Step(words=tr("Done by you"), at=over, glyph="check")
    return Step(words=farewell(entry), at=over, glyph="check")


def _short(text: str) -> str:
    return clean_line(text, MAX_LABEL)
