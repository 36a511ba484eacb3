"""What the agent does about notifications and what others did, between toasts, inbox and link.

A press is shown at once, asked of the relay by the bridge, and answered on the toast. What others
do arrives as changed entries: their toasts turn, come back, or leave with a word.
"""

import time
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.entry import Entry
from desktop.handover import Handover
from desktop.i18n import mark, tr
from desktop.inbox import Inbox, InboxError
from desktop.offers import ACT, CLAIM, DONE, PASS, RELEASE
from desktop.requests import Answer
from desktop.stack import Stack
from desktop.standing import Standing, farewell, is_seen_to, standing
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import Act, Claim, Done, Pass, Receipt, Release, Request, Seen, Stage

LONGEST_WATCH = 3600.0
"""Seconds: a time far away is looked at again by then, for the clock may have been set."""

_LAST_WORDS: dict[type[Request], str] = {
    Done: mark("Done"),
    Release: mark("Given back"),
    Pass: mark("Passed on"),
}
_PLAIN: dict[str, type[Claim | Done | Release]] = {CLAIM: Claim, DONE: Done, RELEASE: Release}


class Casework(QObject):
    """One per running app.

    Signals:
        wanted(list[Entry]): entries that may be shown, for the first time or once more.
        changed(list[Entry]): entries that are others now, stored already: for the history.
        noticed(str): a sentence about something that isn't on the screen any more.
        failed(str): the inbox could not be read or written; a sentence for the agent.
        happened(str, str): ``claimed``, ``lost``, ``refused``, ``withdrawn``, ``taken`` (before it could
            be shown here) or ``ended``, and the id.
    """

    wanted = Signal(list)
    changed = Signal(list)
    noticed = Signal(str)
    failed = Signal(str)
    happened = Signal(str, str)

    def __init__(
        self,
        looks: Looks,
        bridge: Bridge,
        stack: Stack,
        inbox: Inbox,
        *,
        own: Container[str] = frozenset(),
        caller: Caller | None = None,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        """``own`` has the ids of what this desktop tells by itself: the relay doesn't know them.

        ``caller`` asks it whom work can be passed on to.
        """
        super().__init__(bridge)
        self._own = own
        self._bridge, self._stack, self._inbox = bridge, stack, inbox
        self._clock, self._new_id = clock, new_id
        self._pressed: dict[str, str] = {}
        self.elsewhere: Callable[[str, str, bool], bool] = lambda _id, _words, _again: False
        """Says what came of a press where the entry is open besides its toast; False: nowhere."""
        self.handover = Handover(looks, inbox, caller, self)
        self.handover.asked.connect(self.pass_on)
        self._watch = QTimer(self, singleShot=True)
        self._watch.timeout.connect(self.expire)
        bridge.entries_changed.connect(self.take)
        bridge.entries_arrived.connect(self._look_at_new)
        bridge.answered.connect(self._answered)
        stack.pressed.connect(self.press)
        stack.acted.connect(self.act)
        stack.copied.connect(lambda entry_id: self.note(entry_id, Seen.COPIED))
        stack.opened.connect(lambda entry_id: self.note(entry_id, Seen.OPENED))
        stack.link_opened.connect(lambda entry_id, _url: self.note(entry_id, Seen.OPENED))
        stack.dismissed.connect(lambda entry_id: self.note(entry_id, Seen.DISMISSED))
        stack.painted.connect(self._painted)

    # What the agent does

    def press(self, entry_id: str, what: str) -> None:
        """Take one of the claim bar's buttons as pressed; a second press waits for the first's answer."""
        if entry_id in self._pressed:
            return
        if what == PASS:
            self._ask_to_whom(entry_id)
        elif what == DONE and self._only_informs(entry_id):
            # It is others' as well, and the relay would refuse to close it for them.
            self.note(entry_id, Seen.DISMISSED)
        else:
            self._ask(what, _PLAIN[what](id=entry_id, request=self._new_id()))

    def _only_informs(self, entry_id: str) -> bool:
        entry = self._try_get(entry_id)
        return entry is not None and not entry.claimable

    def pass_on(self, entry_id: str, to: str, reason: str) -> None:
        """Pass an entry on to an agent's address or a team's key."""
        self._ask(PASS, Pass(id=entry_id, request=self._new_id(), to=to, reason=reason))

    def act(self, entry_id: str, action: str) -> None:
        """Let the relay call another system, by the name of one of the entry's actions."""
        if entry_id not in self._pressed:
            self._ask(ACT, Act(id=entry_id, request=self._new_id(), action=action))

    def note(self, entry_id: str, what: Seen) -> None:
        """Tell the relay what was done with an entry, unless it is one of our own."""
        if entry_id not in self._own:
            self._bridge.note(Receipt(id=entry_id, what=what, at=self._clock()))

    def _ask(self, what: str, request: Request) -> None:
        self._pressed[request.id] = what
        toast = self._stack.toast(request.id)
        if toast is not None:
            toast.stay()
            toast.claims.wait(what)
        self._bridge.ask(request)

    def _ask_to_whom(self, entry_id: str) -> None:
        entry = self._try_get(entry_id)
        if entry is not None:
            self.handover.ask(entry)

    def _painted(self, toast: Toast) -> None:
        self.note(toast.entry.id, Seen.SHOWN)

    # What the relay answers

    def _answered(self, answer: Answer) -> None:
        entry_id = answer.request.id
        self._pressed.pop(entry_id, None)
        if answer.ok:
            self._succeeded(answer)
            return
        toast = self._stack.toast(entry_id)
        lost = isinstance(answer.request, Claim) and bool(answer.by or answer.name)
        if toast is not None and lost:
            toast.leave(answer.error, ticked=False)
        elif toast is not None and not toast.is_leaving:
            toast.claims.say(answer.error)
        self.happened.emit("lost" if lost else "refused", entry_id)
        if not self.elsewhere(entry_id, answer.error, True) and toast is None:
            self.noticed.emit(answer.error)

    def _succeeded(self, answer: Answer) -> None:
        entry_id, words = answer.request.id, _LAST_WORDS.get(type(answer.request))
        toast = self._stack.toast(entry_id)
        if words:
            self._stack.part(entry_id, tr(words))
            self.happened.emit("ended", entry_id)
        elif isinstance(answer.request, Claim):
            if toast is not None:
                # The update that says so to everybody may come a moment later.
                mine = replace(toast.entry, stage=Stage.CLAIMED, holder=self._stack.agent, until=answer.until)
                toast.turn(mine)
                toast.stay(ends=self._stack.stay_factor is not None)
            self.happened.emit("claimed", entry_id)
        else:
            sent = tr("Sent to the relay")  # what it comes to is told by an update
            self.elsewhere(entry_id, sent, False)
            if toast is not None and not toast.is_leaving:
                toast.claims.say(sent)

    # What others did

    def take(self, entries: Sequence[Entry]) -> None:
        """Bring the screen up to date with entries that have changed."""
        self.changed.emit(list(entries))
        wanted = [entry for entry in entries if not self._settle(entry) and not entry.shown]
        if wanted:
            self.wanted.emit(wanted)
        self._wait_for_expiry()

    def _look_at_new(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._tell_taken(entry)
        self._wait_for_expiry()

    def _tell_taken(self, entry: Entry) -> None:
        if entry.stage in {Stage.CLAIMED, Stage.DONE} and entry.quiet:
            self.happened.emit("taken", entry.id)

    def _settle(self, entry: Entry) -> bool:
        """Say whether the entry is dealt with: it is gone, or on the screen as it is now."""
        toast = self._stack.toast(entry.id)
        stands = standing(entry, self._stack.agent)
        if stands is Standing.GONE:
            if self._stack.has(entry.id) and not (toast is not None and toast.is_leaving):
                self._stack.part(entry.id, farewell(entry), ticked=is_seen_to(entry))
                self.happened.emit("withdrawn", entry.id)
            elif toast is None:
                self._tell_taken(entry)
            return True
        if toast is not None and toast.is_leaving:
            self._stack.withdraw(entry.id)
            return False
        if toast is None:
            return self._stack.wait_on(entry)
        if entry.revision > toast.entry.revision or not entry.shown:
            self._claim_to_show(entry.id)
            self._stack.revise(entry, self._stack.stay(entry))
        else:
            self._turn(toast, entry, stands)
        return True

    def _turn(self, toast: Toast, entry: Entry, stands: Standing) -> None:
        noted = entry.note if entry.note != toast.entry.note else ""
        toast.turn(entry)
        if stands is Standing.MINE:
            toast.stay(ends=self._stack.stay_factor is not None)
        elif entry.id in self._pressed:
            toast.claims.wait(self._pressed[entry.id])
        if noted:
            toast.claims.say(noted)

    # What the clock does

    def expire(self) -> None:
        """Take off the screen whose time is over."""
        try:
            over = self._inbox.expire()
        except InboxError as problem:
            self.failed.emit(str(problem))
            return
        if over:
            self.take(over)
        self._wait_for_expiry()

    def _wait_for_expiry(self) -> None:
        try:
            when = self._inbox.next_expiry()
        except InboxError:
            return  # whoever wrote has said so already
        if when is not None:
            self._watch.start(round(1000 * min(max(when - self._clock(), 0.01), LONGEST_WATCH)))

    def close(self) -> None:
        """Close the dialog and stop the clock."""
        self._watch.stop()
        self.handover.close()

    def _claim_to_show(self, entry_id: str) -> None:
        try:
            self._inbox.claim_to_show(entry_id)
        except InboxError as problem:
            self.failed.emit(str(problem))

    def _try_get(self, entry_id: str) -> Entry | None:
        try:
            return self._inbox.get(entry_id)
        except InboxError as problem:
            self.failed.emit(str(problem))
            return None
