"""Between what has arrived and what is seen and heard: the gate decides, toasts and sounds carry it out.

What is quiet keeps its reason in the inbox. What comes while nobody is there waits; when the quiet
is over, or somebody comes back, the most urgent of it is shown and the rest is told as a number.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from desktop import gate, quiet, rules
from desktop.entry import Entry
from desktop.gate import Picture, Privacy, Reason, Situation, Sound, Verdict
from desktop.gathered import AWAY
from desktop.holding import Holding
from desktop.i18n import mark
from desktop.inbox import Inbox, InboxError
from desktop.missed import Missed
from desktop.own import own_entry
from desktop.sound import Sounds
from desktop.standing import Standing, standing
from desktop.surroundings import Watch
from relay.protocol import Availability, Script

DIGEST_MILLISECONDS = 400
"""What was missed comes in several parts; it is told as one number when no more has come for so long."""
KEEP_MILLISECONDS = 400
"""In a burst hundreds have no place; they are written down together, for each write waits for the disk."""
MOST_UNTOLD = 5
"""Sentences of our own that wait for somebody; of more, the newest."""
DIGESTED = mark("You were away; it was told with others as one number.")
NO_ROOM = mark("Quiet: there was no room for it; what was more urgent stood on the screen.")
LONGEST_LOOK = 3600.0
"""Seconds: a time far away is looked at again by then, for the clock may have been set."""

PAUSED = Verdict(picture=Picture.NONE, sound=Sound.NONE, reason=Reason.FILTER)
"""The verdict about what only counts what is paused by the agent's own filter."""

_TOLD_LATER = {Reason.DO_NOT_DISTURB, Reason.PRESENTING, Reason.PAUSED, Reason.QUIET_HOURS}
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How this agent wants to be told, and what policy says about it."""

    sound: bool = True
    sound_for_urgent: bool = True
    sound_for_high: bool = True
    sound_for_normal: bool = False
    hours: quiet.Plan = field(default_factory=quiet.Plan)
    """The quiet ones."""
    privacy: Privacy = Privacy.FULL
    urgent_always: bool = True
    urgent_sounds: bool = False
    stay_factor: float | None = 1.0
    """Toasts stay so many times as long; None: until they are handled."""


class Shows(Protocol):
    """Where toasts are put: our own stack, or the system's notifications."""

    def add(self, entry: Entry, seconds: float | None, privacy: Privacy, *, still: bool) -> None:
        """Show an entry; ``still`` without any movement."""
        ...

    def veil(self, privacy: Privacy) -> None:
        """Draw no more than this of what is on the screen, or all of it again."""
        ...


class Presenter(QObject):
    """One per running app.

    Signals:
        failed(str): the inbox could not be read or written; a sentence for the agent.
        availability_changed(Availability): whether somebody is there to act, for the relay.
        pause_changed(float | None): until when toasts are paused, in Unix seconds.
        quiet_changed(str): why it is quiet now, and until when, in a few words; empty: it isn't.
    """

    failed = Signal(str)
    availability_changed = Signal(object)
    pause_changed = Signal(object)
    quiet_changed = Signal(str)

    def __init__(
        self,
        shows: Shows,
        inbox: Inbox,
        sounds: Sounds,
        watch: Watch,
        *,
        agent: Callable[[], str],
        open_id: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``agent`` returns the address of who is signed in, ``open_id`` the item in a window in front."""
        super().__init__()
        self._shows, self._inbox, self._sounds, self._watch = shows, inbox, sounds, watch
        self._agent, self._open_id, self._clock = agent, open_id, clock
        self._manners = Manners()
        self._holding = Holding()
        self._own: set[str] = set()
        self._untold: list[tuple[str, str]] = []
        self.mutes: Callable[[Entry], bool] = lambda _entry: False
        """Asked whether an entry only counts what the agent has paused."""
        self._missed = Missed()
        self._quieted = Missed()
        self._paused_until: float | None = None
        self._presenting = False
        self._quiet = ""
        self._privacy = Privacy.FULL
        self.availability = Availability.AVAILABLE
        """Whether somebody is there to act, as the relay is told."""
        self._digest = QTimer(self, singleShot=True, interval=DIGEST_MILLISECONDS)
        self._digest.timeout.connect(self._show_digest)
        self._unplaced: list[str] = []
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MILLISECONDS)
        self._keep.timeout.connect(self._keep_together)
        self._look_again = QTimer(self, singleShot=True)
        self._look_again.timeout.connect(self.look)
        watch.changed.connect(lambda _: self.look())

    @property
    def own(self) -> set[str]:
        """Return the ids of what this desktop tells by itself: no inbox and no relay knows them."""
        return self._own

    @property
    def paused_until(self) -> float | None:
        """Return until when toasts are paused, None if they aren't."""
        return self._paused_until

    # What the agent wants

    def behave(self, manners: Manners) -> None:
        """Take over the agent's wishes."""
        self._manners = manners
        self._sounds.on = manners.sound
        if not manners.sound:
            self._sounds.silence()
        self.look()

    def pause(self, seconds: float | None) -> None:
        """Show nothing for so long; None ends the pause."""
        self.pause_until(None if seconds is None else self._clock() + seconds)

    def pause_until(self, until: float | None) -> None:
        """Show nothing until a time in Unix seconds; None ends the pause."""
        self._paused_until = until
        if until is not None:
            self._sounds.silence()
        self.pause_changed.emit(until)
        self.look()

    def pause_until_shift_end(self) -> bool:
        """Show nothing until the quiet hours have begun and are over; False if there are none planned."""
        now = self._clock()
        begin = quiet.begins(self._manners.hours, now)
        if begin is None:
            return False
        self.pause_until(quiet.ends(self._manners.hours, begin) or begin)
        return True

    def present_screen(self, on: bool) -> None:
        """Take it from the agent that others can see the screen."""
        self._presenting = on
        self.look()

    # What arrives

    def present(self, entries: Sequence[Entry]) -> None:
        """Show what is to be shown now, let the rest wait, or keep why it was quiet."""
        situation = self._situation()
        late = () if gate.is_quiet(situation) else rules.plan(entries, situation.now).digest
        urgent = {entry.id for entry in self._missed.urgent(late)}
        counted = {entry.id for entry in late} - urgent
        reasons: dict[Reason, list[str]] = {}
        for entry in entries:
            if entry.id in counted:
                continue
            verdict = PAUSED if self.mutes(entry) else gate.decide(entry, situation)
            self._carry_out(entry, verdict, situation)
            if verdict.picture is Picture.NONE and verdict.reason is not Reason.SEEN:
                reasons.setdefault(verdict.reason, []).append(entry.id)
        for reason, ids in reasons.items():
            kept = self._claim_many(ids, gate.why(reason))
            if reason in _TOLD_LATER:
                self._quieted.add(entries, kept)
        self._tell_as_number([entry for entry in late if entry.id in counted])
        if late:
            self._digest.start()

    def remind(self, entries: Sequence[Entry]) -> None:
        """Show what the agent has put off, however old it is; while it is quiet it waits."""
        situation = self._situation()
        for entry in entries:
            if gate.is_quiet(situation):
                self._holding.hold(entry)
            else:
                self._carry_out(entry, gate.decide(entry, situation), situation)

    def take(self, entries: Sequence[Entry]) -> None:
        """Take in what has become of entries: what is settled neither waits nor sounds any more."""
        self._holding.update(entries)
        for entry in entries:
            if standing(entry, self._agent()) in {Standing.GONE, Standing.MINE}:
                self._sounds.handled(entry.id)

    def handled(self, entry_id: str) -> None:
        """Stop its sound: the agent has dealt with it, or looked at it."""
        self._sounds.handled(entry_id)

    def seen(self, entry_id: str) -> None:
        """Take it that the agent has read an entry elsewhere: it neither waits nor sounds any more."""
        self._holding.drop(entry_id)
        self._sounds.handled(entry_id)

    def keep_unplaced(self, ids: Sequence[str]) -> None:
        """Keep why these were never on the screen, soon."""
        self._unplaced += ids
        if not self._keep.isActive():
            self._keep.start()

    def _keep_together(self) -> None:
        ids, self._unplaced = self._unplaced, []
        if ids:
            self._claim_many(ids, NO_ROOM)

    def show_own(self, title: str, body: str, scripts: tuple[Script, ...] = ()) -> None:
        """Show something of our own at once: it answers what the agent has just done."""
        entry = own_entry(title, body, scripts)
        self.put_own(entry, self._stay(entry))

    def put_own(self, entry: Entry, seconds: float | None) -> str:
        """Show an entry of our own at once, for so long; return its id."""
        self._own.add(entry.id)
        self._shows.add(entry, seconds, Privacy.FULL, still=False)
        return entry.id

    def tell(self, title: str, body: str) -> None:
        """Tell something of our own that nobody has asked for, as soon as it isn't quiet."""
        if self.is_available:
            self.show_own(title, body)
        else:
            self._untold = [*self._untold, (title, body)][-MOST_UNTOLD:]

    @property
    def is_available(self) -> bool:
        """Say whether somebody is there, and it isn't quiet."""
        return self.availability is Availability.AVAILABLE

    def claim(self, entry_id: str) -> bool:
        """Mark an entry as shown right before it is painted; False if it was shown before."""
        return entry_id in self._own or self._try(lambda: self._inbox.claim_to_show(entry_id), default=False)

    def claim_group(self, ids: Sequence[str]) -> list[str]:
        """Mark entries as shown that are on one card."""
        return self._claim_many(ids, "")

    def _claim_many(self, ids: Sequence[str], reason: str) -> list[str]:
        nothing: list[str] = []
        return self._try(lambda: self._inbox.claim_many(ids, reason), nothing)

    def _carry_out(self, entry: Entry, verdict: Verdict, situation: Situation) -> None:
        if verdict.picture is Picture.HOLD:
            self._holding.hold(entry)
        elif verdict.picture is not Picture.NONE:
            still = verdict.picture is Picture.CARD
            self._shows.add(entry, self._stay(entry), gate.privacy(situation), still=still)
        self._sounds.sound(entry.id, verdict.sound)

    def _stay(self, entry: Entry) -> float | None:
        return rules.stay(entry, self._manners.stay_factor)

    def _tell_as_number(self, entries: Sequence[Entry]) -> None:
        if entries:
            self._missed.add(entries, self._claim_many([entry.id for entry in entries], DIGESTED))

    def _show_digest(self) -> None:
        """Say how many there were; nobody to read it, and it waits. What has toasts alone needs no card."""
        if self.is_available:
            self._show_card(self._missed, is_quiet=False)

    def _show_card(self, missed: Missed, *, is_quiet: bool) -> None:
        card = missed.tell(f"{AWAY}:{uuid4().hex}", self._clock(), quiet=is_quiet)
        if card is not None:
            self.put_own(card, self._stay(card))

    # What changes around

    def look(self) -> None:
        """Look at the situation anew: somebody has come or gone, or a quiet has begun or ended."""
        situation = self._situation()
        privacy = gate.privacy(situation)
        if privacy is not self._privacy:
            self._privacy = privacy
            self._shows.veil(privacy)
        self._tell_quiet(situation)
        self._tell_availability(situation)
        if self.is_available:
            self._welcome_back(situation)
        self._plan_next_look(situation)

    def _welcome_back(self, situation: Situation) -> None:
        untold, self._untold = self._untold, []
        for title, body in untold:
            self.show_own(title, body)
        self._show_card(self._quieted, is_quiet=True)
        if len(self._holding):
            back = self._holding.release(situation.now, situation.me)
            for entry in back.toasts:
                self._carry_out(entry, gate.decide(entry, situation), situation)
            self._missed.note(back.toasts)
            self._tell_as_number(back.digest)
        self._show_digest()

    def _plan_next_look(self, situation: Situation) -> None:
        begin = quiet.begins(self._manners.hours, situation.now)
        times = (self._paused_until, situation.quiet_until, begin)
        ahead = [when - situation.now for when in times if when is not None and when > situation.now]
        if ahead:
            self._look_again.start(round(1000 * min(*ahead, LONGEST_LOOK) + 20))
        else:
            self._look_again.stop()

    def _tell_quiet(self, situation: Situation) -> None:
        words = gate.holds(situation, by_hand=self._presenting)
        if words != self._quiet:
            self._quiet = words
            self.quiet_changed.emit(words)

    def _tell_availability(self, situation: Situation) -> None:
        state = Availability.AVAILABLE
        if situation.away or situation.locked:
            state = Availability.AWAY
        elif gate.is_quiet(situation):
            state = Availability.BUSY
        if state is not self.availability:
            self.availability = state
            self.availability_changed.emit(state)

    def _situation(self) -> Situation:
        now, manners = self._clock(), self._manners
        if self._paused_until is not None and self._paused_until <= now:
            self._paused_until = None
            self.pause_changed.emit(None)
        return Situation(
            now=now,
            me=self._agent(),
            do_not_disturb=self._watch.now.do_not_disturb,
            presenting=self._presenting or self._watch.now.presenting,
            paused_until=self._paused_until,
            quiet=quiet.is_quiet(manners.hours, now),
            quiet_until=quiet.ends(manners.hours, now),
            away=self._watch.away,
            locked=self._watch.now.locked,
            open_id=self._open_id(),
            urgent_always=manners.urgent_always,
            urgent_sounds=manners.urgent_sounds,
            sound=manners.sound,
            sound_for_urgent=manners.sound_for_urgent,
            sound_for_high=manners.sound_for_high,
            sound_for_normal=manners.sound_for_normal,
            privacy=manners.privacy,
        )

    def forget(self) -> None:
        """Let go of what waits, and of what was to be told: it was for somebody who has signed out."""
        self._holding = Holding()
        self._missed, self._quieted = Missed(), Missed()
        self._untold.clear()
        self._keep_together()
        self._sounds.silence()

    def close(self) -> None:
        """Stop every clock and sound. What waits is still unshown in the inbox."""
        self._digest.stop()
        self._look_again.stop()
        self._keep.stop()
        self._keep_together()
        self._sounds.silence()

    def _try(self, call: Callable[[], _Answer], default: _Answer) -> _Answer:
        try:
            return call()
        except InboxError as problem:
            _log.error("inbox: %s", problem)
            self.failed.emit(str(problem))
            return default
