"""One decision for picture and sound: may this toast show now, and if not, why was it quiet? Pure.

The first that applies decides, in this order: an urgent one that policy lets through (unless filters
send it to the history, or it is open already), the system's do-not-disturb, presenting, a pause, quiet
hours, the filters, an item that is open already; then whether anybody is there. The reason is kept with
the item, so that the agent can ask for it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.entry import Entry
from desktop.i18n import clock_time, day, mark, tr
from relay.protocol import OVER, How, Priority, Stage


class Picture(StrEnum):
    """What is to be seen."""

    SHOW = "show"
    HOLD = "hold"
    """Nobody is there: it waits for them."""
    CARD = "card"
    """A card without sound or movement, although it is quiet: policy wants it."""
    NONE = "none"
    """The inbox and the tray have it."""


class Sound(StrEnum):
    """What is to be heard."""

    NONE = "none"
    SOFT = "soft"
    """One tone of at most 0.6 s."""
    URGENT = "urgent"
    """Two tones, repeated until it is handled."""


class Reason(StrEnum):
    """What decided. The words are stored with the item."""

    SHOWN = "shown"
    MANDATORY = "mandatory"
    DO_NOT_DISTURB = "do-not-disturb"
    PRESENTING = "presenting"
    PAUSED = "paused"
    QUIET_HOURS = "quiet-hours"
    FILTER = "filter"
    LOW = "low"
    CLAIMED = "claimed"
    OVER = "over"
    OPEN = "open"
    AWAY = "away"
    SEEN = "seen"


class Privacy(StrEnum):
    """How much of an item is drawn."""

    FULL = "full"
    TYPE = "type"
    """What kind of thing it is and where from, without what it says."""
    NOTHING = "nothing"
    """That there is something."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything besides the entry that the decision depends on. Times are Unix seconds."""

    now: float
    me: str = ""
    """The agent's address."""
    do_not_disturb: bool = False
    """The system's own switch."""
    presenting: bool = False
    """A presentation, a full screen, a shared screen, or the agent said so."""
    paused_until: float | None = None
    quiet_until: float | None = None
    """When the quiet hours end that hold now; None: it isn't quiet, unless ``quiet`` says so."""
    quiet: bool = False
    away: bool = False
    """Nobody has touched the computer for a while."""
    locked: bool = False
    open_id: str = ""
    """The item that is open in a window in front."""
    urgent_always: bool = True
    """Policy: urgent ones are shown whatever holds."""
    urgent_sounds: bool = False
    """Policy: and heard."""
    sound: bool = True
    """The agent's switch; off is silent, always."""
    sound_for_urgent: bool = True
    sound_for_high: bool = True
    sound_for_normal: bool = False
    privacy: Privacy = Privacy.FULL


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of an entry now."""

    picture: Picture
    sound: Sound
    reason: Reason
    until: float | None = None
    """When the reason ends, if that is known."""


def decide(entry: Entry, situation: Situation) -> Verdict:
    """Decide about one entry."""
    if (item := _by_item(entry, situation)) is not None:
        return _none(item)
    if (quiet := _by_quiet(situation)) is not None:
        return _silent_card(entry, situation) if _breaks(entry, situation) else quiet
    if entry.how is How.INBOX:
        return _none(Reason.FILTER)
    return _by_attention(entry, situation)


def _breaks(entry: Entry, situation: Situation) -> bool:
    """Say whether policy shows an entry although it is quiet; one that would show anyway, and isn't open."""
    urgent = entry.priority is Priority.URGENT and situation.urgent_always
    return urgent and entry.how is not How.INBOX and entry.id != situation.open_id


def _silent_card(entry: Entry, situation: Situation) -> Verdict:
    sound = _sound(entry, situation) if situation.urgent_sounds else Sound.NONE
    return Verdict(picture=Picture.CARD, sound=sound, reason=Reason.MANDATORY)


def _by_attention(entry: Entry, situation: Situation) -> Verdict:
    """Decide by what the agent looks at, and whether there is anybody to look."""
    if entry.id == situation.open_id:
        return Verdict(picture=Picture.NONE, sound=_sound(entry, situation), reason=Reason.OPEN)
    if (situation.away or situation.locked) and entry.priority is not Priority.URGENT:
        return Verdict(picture=Picture.HOLD, sound=Sound.NONE, reason=Reason.AWAY)
    return Verdict(picture=Picture.SHOW, sound=_sound(entry, situation), reason=Reason.SHOWN)


def _by_item(entry: Entry, situation: Situation) -> Reason | None:
    """Return why the item itself is none for a toast, whatever the situation."""
    if entry.stage in OVER or (entry.expires is not None and entry.expires <= situation.now):
        return Reason.OVER
    if entry.stage is Stage.PASSED or (entry.stage is Stage.CLAIMED and not entry.held_by(situation.me)):
        return Reason.CLAIMED
    if entry.shown:
        return Reason.SEEN
    return Reason.LOW if entry.priority is Priority.LOW else None


def is_quiet(situation: Situation) -> bool:
    """Say whether toasts are unwanted now, by the system, the agent or the hour."""
    return _by_quiet(situation) is not None


def _by_quiet(situation: Situation) -> Verdict | None:
    if situation.do_not_disturb:
        return _none(Reason.DO_NOT_DISTURB)
    if situation.presenting:
        return _none(Reason.PRESENTING)
    if situation.paused_until is not None and situation.paused_until > situation.now:
        return _none(Reason.PAUSED, situation.paused_until)
    if situation.quiet or situation.quiet_until is not None:
        return _none(Reason.QUIET_HOURS, situation.quiet_until)
    return None


def _none(reason: Reason, until: float | None = None) -> Verdict:
    return Verdict(picture=Picture.NONE, sound=Sound.NONE, reason=reason, until=until)


def _sound(entry: Entry, situation: Situation) -> Sound:
    """Return the sound that goes with a priority; the filters may ask for one, too."""
    if not situation.sound:
        return Sound.NONE
    if entry.priority is Priority.URGENT:
        return Sound.URGENT if situation.sound_for_urgent else Sound.NONE
    mine = situation.sound_for_high if entry.priority is Priority.HIGH else situation.sound_for_normal
    wanted = entry.how is How.SOUND or mine
    return Sound.SOFT if wanted else Sound.NONE


_WHY = {
    Reason.SHOWN: "",
    Reason.MANDATORY: mark("Shown quietly: it is urgent, and you are not to be disturbed."),
    Reason.DO_NOT_DISTURB: mark("Quiet: this computer is set to do not disturb."),
    Reason.PRESENTING: mark("Quiet: you were presenting."),
    Reason.PAUSED: mark("Quiet: you had paused toasts."),
    Reason.QUIET_HOURS: mark("Quiet: these are your quiet hours."),
    Reason.FILTER: mark("Quiet: filters sent this to the history only, or too many came at once."),
    Reason.LOW: mark("Quiet: low priority goes to the history only."),
    Reason.CLAIMED: mark("Quiet: somebody else has it."),
    Reason.OVER: mark("Quiet: it was over already."),
    Reason.OPEN: mark("Quiet: it was open in front of you."),
    Reason.AWAY: mark("Waits: you were away."),
    Reason.SEEN: "",
}


_HOLDS = {
    Reason.DO_NOT_DISTURB: mark("quiet: this computer is set to do not disturb"),
    Reason.PRESENTING: mark("quiet: something fills the screen"),
    Reason.PAUSED: mark("paused until {at}"),
    Reason.QUIET_HOURS: mark("quiet hours until {at}"),
}


def holds(situation: Situation, *, by_hand: bool = False) -> str:
    """Return in a few words why it is quiet at present, and until when; empty if it isn't.

    ``by_hand`` says that it was the agent who said that they are presenting.
    """
    quiet = _by_quiet(situation)
    if quiet is None:
        return ""
    if quiet.reason is Reason.PRESENTING and by_hand:
        return tr("quiet: you are presenting")
    if quiet.reason is Reason.QUIET_HOURS and quiet.until is None:
        return tr("quiet hours")
    return tr(_HOLDS[quiet.reason], at="" if quiet.until is None else _at(quiet.until, situation.now))


def _at(moment: float, now: float) -> str:
    """Return a time of day, with its day if that isn't today."""
    then, today = datetime.fromtimestamp(moment).astimezone(), datetime.fromtimestamp(now).astimezone()
    at = clock_time(then)
    return at if then.date() == today.date() else f"{day(then, with_year=False)} {at}"


def why(reason: Reason) -> str:
    """Return the reason as a sentence for the agent; empty if there is nothing to explain."""
    return _WHY[reason]


def privacy(situation: Situation) -> Privacy:
    """Return how much may be drawn now: the least while others may look."""
    return Privacy.NOTHING if situation.locked or situation.presenting else situation.privacy
