"""Where entries are put: our own toasts, the system's notifications, or a plain message of the tray.

Our own toasts can do most. Where a desktop places windows by itself (Wayland), or somebody prefers
it, the system's notifications take over, with what they can; without any service, the tray speaks.
"""

import html
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop.degrade import COPY, OPEN, TRAY_MESSAGE, Capabilities, degrade
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.i18n import tr
from desktop.native import Native
from desktop.stack import Stack
from desktop.standing import Standing, standing
from desktop.text import clean_script, link_target
from desktop.tray import Tray


class Screen(QObject):
    """One of the three, chosen at the start.

    Signals:
        pressed(str, str): Claim or Done of a system's notification, by id and button.
        copied(str), opened(str), dismissed(str), link_opened(str, str): as of a toast.
        shown(Entry): the system took an entry.
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
    ) -> None:
        """``claim`` marks an entry as shown; False means that it was before."""
        super().__init__()
        self._stack, self._tray, self._claim = stack, tray, claim
        self._places_windows, self._native = places_windows, native
        self._can: Capabilities | None = None
        self._on_screen: dict[str, tuple[Entry, Privacy, float | None]] = {}
        if native is not None:
            native.ready.connect(self._begin)
            native.failed.connect(self._give_up)
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
        if self._native is not None and self._can is not None:
            if self._claim(entry.id):
                self._put(entry, privacy, seconds)
                self.shown.emit(entry)
        elif self._places_windows:
            self._stack.add(entry, seconds, privacy, still=still)
        elif self._claim(entry.id):
            plain = degrade(entry, self._stack.agent, TRAY_MESSAGE, privacy)
            # Here some notification services read HTML in titles, too.
            self._tray.message(html.escape(plain.title, quote=False), plain.body)

    def veil(self, privacy: Privacy) -> None:
        """Draw no more than this of what is on the screen, or all of it again."""
        self._stack.veil(privacy)
        for entry, _, seconds in list(self._on_screen.values()):
            self._put(entry, privacy, seconds)

    def take(self, entries: Sequence[Entry]) -> None:
        """Bring the system's notifications up to date; toasts are brought up to date elsewhere."""
        for entry in entries:
            if entry.id not in self._on_screen:
                continue
            if standing(entry, self._stack.agent) is Standing.GONE:
                self._take_away(entry.id)
            else:
                _, privacy, seconds = self._on_screen[entry.id]
                self._put(entry, privacy, seconds)

    def close(self) -> None:
        """Take away what the system shows."""
        if self._native is not None:
            self._native.close()

    def _put(self, entry: Entry, privacy: Privacy, seconds: float | None) -> None:
        if self._native is not None and self._can is not None:
            self._on_screen[entry.id] = (entry, privacy, seconds)
            plain = degrade(entry, self._stack.agent, self._can, privacy)
            self._native.show_entry(entry.id, plain, seconds)

    def _take_away(self, entry_id: str) -> None:
        self._on_screen.pop(entry_id, None)
        if self._native is not None:
            self._native.withdraw(entry_id)

    def _begin(self, can: Capabilities) -> None:
        self._can = can

    def _give_up(self, sentence: str) -> None:
        self._can = None
        self.failed.emit(sentence)

    def _pressed(self, entry_id: str, key: str) -> None:
        found = self._on_screen.get(entry_id)
        if found is None:
            return
        entry = found[0]
        if key == COPY and entry.scripts:
            self._stack.clipboard.put(clean_script(entry.scripts[0].text))
            self.copied.emit(entry_id)
        elif key == OPEN:
            url = next((link.url for link in entry.links if link_target(link.url) is not None), "")
            self.link_opened.emit(entry_id, url)
        else:
            self.pressed.emit(entry_id, key)

    def _opened(self, entry_id: str) -> None:
        self._on_screen.pop(entry_id, None)
        self.opened.emit(entry_id)

    def _dismissed(self, entry_id: str) -> None:
        self._on_screen.pop(entry_id, None)
        self.dismissed.emit(entry_id)
