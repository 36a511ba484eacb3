"""Where entries are put: our own toasts, the system's notifications, or a plain message of the tray.

Our own toasts can do most. Where a desktop places windows by itself (Wayland), or somebody prefers
it, the system's notifications take over, with what they can; without any service, the tray speaks.
Of many at once the system shows three, and the others are told as a number; what is urgent, and
what this desktop tells by itself, is no part of it.
"""

import html
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QLocale, QObject, QTimer, Signal

from desktop.burst import WINDOW, Burst
from desktop.degrade import COPY, OPEN, TRAY_MESSAGE, Capabilities, Plain, degrade, reply
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.groups import stands_alone
from desktop.i18n import tr
from desktop.native import Native
from desktop.posted import Post, Posted
from desktop.stack import Stack
from desktop.standing import Standing, standing
from desktop.text import link_target
from desktop.tray import Tray

MORE = "deskbell.more"
"""The id of the notification that stands for several; no inbox knows it."""
ASK_AGAIN_MILLISECONDS = 60_000
"""A notification service that wasn't there may have come: in a session's beginning there is no order."""
COUNT_MILLISECONDS = 500
"""How often the number of a burst is told anew at most."""


class Screen(QObject):
    """One of the three, chosen at the start.

    Signals:
        pressed(str, str): Claim or Done of a system's notification, by id and button.
        copied(str), opened(str), dismissed(str), link_opened(str, str): as of a toast.
        shown(Entry): the system has taken an entry; of the tray's messages nobody knows.
        failed(str): the system's notifications can't be used; a sentence for the agent.
    """

    pressed = Signal(str, str)
    copied = Signal(str)
    opened = Signal(str)
    dismissed = Signal(str)
    link_opened = Signal(str, str)
    shown = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        stack: Stack,
        tray: Tray,
        claim: Callable[[str], bool],
        *,
        places_windows: bool,
        native: Native | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``claim`` marks an entry as shown; False means that it was before."""
        super().__init__()
        self._stack, self._tray, self._claim, self._clock = stack, tray, claim, clock
        self._places_windows, self._native = places_windows, native
        self._can: Capabilities | None = None
        self._posted = Posted(clock)
        self._burst = Burst()
        self._told = False
        self._count = QTimer(self, singleShot=True, interval=COUNT_MILLISECONDS)
        self._count.timeout.connect(self._tell_more)
        self._again = QTimer(self, singleShot=True, interval=ASK_AGAIN_MILLISECONDS)
        if native is not None:
            self._again.timeout.connect(native.ask)
            native.ready.connect(self._begin)
            native.failed.connect(self._note_failure)
            native.taken.connect(self._taken)
            native.lost.connect(self._lost)
            native.pressed.connect(self._pressed)
            native.opened.connect(self._opened)
            native.dismissed.connect(self._dismissed)
            native.start()

    @property
    def form(self) -> str:
        """Return by what entries are shown, in words, for the preferences and the diagnostics."""
        if self._native is not None and self._can is not None:
            return tr("the system's notifications") + ("" if self._can.buttons else tr(", without buttons"))
        return tr("Deskbell's own toasts") if self._places_windows else tr("messages of the tray")

    def add(self, entry: Entry, seconds: float | None, privacy: Privacy, *, still: bool) -> None:
        """Show an entry."""
        if self._can is None and self._places_windows:
            self._stack.add(entry, seconds, privacy, still=still)
        elif self._claim(entry.id):
            if not stands_alone(entry) and self._burst.takes(self._clock()):
                if not self._count.isActive():
                    self._count.start()
            elif self._can is not None:
                self._put(entry, privacy, seconds)
            else:
                self._speak(entry, privacy)

    def veil(self, privacy: Privacy) -> None:
        """Draw no more than this of what is on the screen, or all of it again."""
        self._stack.veil(privacy)
        for post in self._posted.all():
            if self._is_up(post):
                self._put(post.entry, privacy, self._posted.left(post))
            elif post.says_more_than(privacy):
                self._take_away(post.entry.id)

    def take(self, entries: Sequence[Entry]) -> None:
        """Bring the system's notifications up to date; toasts are brought up to date elsewhere."""
        for entry in entries:
            post = self._posted.get(entry.id)
            if post is None:
                continue
            if standing(entry, self._stack.agent) is Standing.GONE or not self._is_up(post):
                self._take_away(entry.id)
            else:
                self._put(entry, post.privacy, self._posted.left(post))

    def part(self, entry_id: str, words: str) -> None:
        """Let a toast say a last word and leave, if there is one; the system's leaves at once."""
        if words:
            self._stack.part(entry_id, words)
        else:
            self._stack.withdraw(entry_id)
        if self._posted.get(entry_id) is not None:
            self._take_away(entry_id)

    def clear(self) -> None:
        """Take away what the system shows: it is for nobody any more."""
        self._count.stop()
        for post in list(self._posted.all()):
            self._take_away(post.entry.id)

    def close(self) -> None:
        """Take away what the system shows."""
        self._count.stop()
        self._again.stop()
        if self._native is not None:
            self._native.close()

    def _languages(self) -> Sequence[str]:
        return self._stack.languages or QLocale.system().uiLanguages()

    def _is_up(self, post: Post) -> bool:
        return self._posted.left(post) != 0

    def _put(self, entry: Entry, privacy: Privacy, seconds: float | None) -> None:
        if self._native is not None and self._can is not None:
            self._posted.put(entry, privacy, seconds)
            plain = degrade(entry, self._stack.agent, self._can, privacy, self._languages())
            self._native.show_entry(entry.id, plain, seconds)

    def _speak(self, entry: Entry, privacy: Privacy) -> None:
        plain = degrade(entry, self._stack.agent, TRAY_MESSAGE, privacy)
        # Here some notification services read HTML in titles, too.
        self._tray.message(html.escape(plain.title, quote=False), plain.body)

    def _tell_more(self) -> None:
        """Say how many came beside those that are shown; a new number takes the place of the old one."""
        title = tr("+%n more", n=self._burst.more)
        body = tr("Everything is in the history.")
        if self._native is not None and self._can is not None:
            plain = Plain(title=title, body=body, buttons=(), urgent=False, low=False, opens=self._can.clicks)
            self._native.show_entry(MORE, plain, WINDOW)
        else:
            self._tray.message(title, body)

    def _take_away(self, entry_id: str) -> None:
        self._posted.drop(entry_id)
        if self._native is not None:
            self._native.withdraw(entry_id)

    # What the service says

    def _begin(self, can: Capabilities) -> None:
        self._can = can

    def _note_failure(self, sentence: str) -> None:
        """Tell it once; a service that has never answered is asked again now and then."""
        if not self._told:
            self._told = True
            self.failed.emit(sentence)
        if self._can is None:
            self._again.start()

    def _taken(self, entry_id: str) -> None:
        self._told = False
        entry = self._posted.tell(entry_id)
        if entry is not None:
            self.shown.emit(entry)

    def _lost(self, entry_id: str) -> None:
        """Show it by what is left: it was marked as shown already."""
        post = self._posted.get(entry_id)
        self._posted.drop(entry_id)
        if post is not None:
            self._speak(post.entry, post.privacy)

    def _pressed(self, entry_id: str, key: str) -> None:
        post = self._posted.get(entry_id)
        if post is None:
            return
        entry = post.entry
        if key == COPY:
            self._stack.clipboard.put(reply(entry, self._languages()))
            self.copied.emit(entry_id)
        elif key == OPEN:
            url = next((link.url for link in entry.links if link_target(link.url) is not None), "")
            self.link_opened.emit(entry_id, url)
        else:
            self.pressed.emit(entry_id, key)

    def _opened(self, entry_id: str) -> None:
        self._forget(entry_id)
        self.opened.emit(entry_id)

    def _dismissed(self, entry_id: str) -> None:
        self._forget(entry_id)
        if entry_id != MORE:
            self.dismissed.emit(entry_id)

    def _forget(self, entry_id: str) -> None:
        self._posted.drop(entry_id)
        if entry_id == MORE:
            self._burst.end()
