"""Why the agent got an entry, in sentences of this program's language: from relay and computer. Pure."""

from dataclasses import dataclass

from desktop.entry import Entry
from desktop.filterwords import HOW, layer_name, layer_of
from desktop.i18n import mark, tr
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line
from desktop.told import Whole, Why
from relay.protocol import How

MOST_SENTENCES = 40
"""Of the relay's own."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the relay said about an entry; or why it said nothing."""

    why: Why | None = None
    whole: Whole | None = None
    problem: str = ""
    """A sentence, if it could not be asked or refused."""

    @property
    def is_waiting(self) -> bool:
        """Say whether the answer is still to come."""
        return self.why is None and not self.problem


_RELATIONS = {
    "mine": mark("The case is yours."),
    "unassigned": mark("It is for you or your team, and the case is nobody's yet."),
    "team": mark("The case is a colleague's, in one of your teams."),
    "followed": mark("You follow this case."),
}
_ENDS = {
    "noise": mark("You had had enough toasts within the hour: it came to the history only."),
    "storm": mark("Very many came at once: it came to the history only."),
    "not-addressed": mark("It is not addressed to you any more."),
    "offered-to-others": mark("It is offered to one after the other, and was not your turn."),
    "withdrawn": mark("The case was closed before you could see it."),
    "expired": mark("Its time was over before you could see it."),
}


def sentences(story: Story, entry: Entry, agent: str) -> tuple[str, ...]:
    """Return why ``agent`` got an entry, and why it was as loud or as quiet as it was."""
    if story.is_waiting:
        return (tr("Asking the relay…"),)
    known = (_here(entry),)
    if story.why is None:
        return (tr("{problem} Here is what this computer knows.", problem=story.problem), *known)
    if story.why.code in {"noise", "storm"} and entry.how is How.INBOX:
        return _from_relay(story.why, agent)  # that is what this computer knows as well
    return (*_from_relay(story.why, agent), *known)


def more(story: Story) -> tuple[str, ...]:
    """Return the relay's own sentences, which tell every step of the way; they are in English."""
    told = () if story.why is None else story.why.because[:MOST_SENTENCES]
    return tuple(clean_line(each, 2 * MAX_TITLE) for each in told)


def _from_relay(why: Why, agent: str) -> tuple[str, ...]:
    told = []
    if why.relation in _RELATIONS:
        told.append(tr(_RELATIONS[why.relation]))
    if why.how is not None and why.layer:
        told.append(_decided(why.how, why.layer, agent))
    if why.locked_by:
        told.append(tr("{who} has locked this.", who=clean_line(why.locked_by, MAX_LABEL)))
    if why.code in _ENDS:
        told.append(tr(_ENDS[why.code]))
    # A relay that is older tells only its story.
    return tuple(told) or tuple(clean_line(each, 2 * MAX_TITLE) for each in why.because[:MOST_SENTENCES])


def _decided(how: How, layer: str, agent: str) -> str:
    words, own = tr(HOW[how]), layer == layer_of(agent)
    if own:
        return tr("{how}: so your own filters want it.", how=words)
    return tr("{how}: decided by {layer}.", how=words, layer=layer_name(layer, agent))


def _here(entry: Entry) -> str:
    if entry.quiet:
        return tr("No toast on this computer: {why}", why=clean_line(tr(entry.quiet), MAX_TITLE))
    if entry.how is How.INBOX:
        return tr("On this computer it came to the history without a toast, as the filters want it.")
    if entry.shown:
        return tr("It was shown as a toast on this computer.")
    return tr("It has not been shown on this computer yet.")
