"""The history for the running app: its one window, what was read, and how many are not."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QMenu

from desktop.address import Account
from desktop.controls import bring_forward
from desktop.entry import Entry
from desktop.history import HistoryWindow
from desktop.i18n import tr
from desktop.inbox import Inbox, InboxError
from desktop.inquirer import Inquirer
from desktop.records import Records
from desktop.search import Narrowing
from relay.protocol import About, Seen

_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class HistoryDesk(QObject):
    """One per running app; the window is made when somebody asks for it.

    Signals:
        unread_changed(int): so many entries are unread now.
        noticed(str): a sentence for the agent: the inbox could not be read or written.
        noted(str, Seen): what the agent has done with the entry of this id.
        link_opened(str, str), pressed(str, str), acted(str, str): as of the window.
    """

    unread_changed = Signal(int)
    noticed = Signal(str)
    noted = Signal(str, object)
    link_opened = Signal(str, str)
    pressed = Signal(str, str)
    acted = Signal(str, str)

    def __init__(
        self,
        records: Records,
        inbox: Inbox,
        *,
        is_own: Callable[[str], bool],
        menu: QMenu,
        inquirer: Inquirer,
        languages: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """``is_own`` says which entries are in no inbox; ``menu`` is the window's where there is no tray.

        ``inquirer`` asks the relay why something came; ``languages`` returns those of suggested
        replies, the first one most wanted; without them, it's the system's.
        """
        super().__init__()
        self._inquirer, self._languages = inquirer, languages
        self._records, self._inbox, self._is_own, self._menu = records, inbox, is_own, menu
        self._agent = self._state = self._notice = ""
        self._stays = False
        self.window: HistoryWindow | None = None
        records.failed.connect(self.noticed)
        records.unread_changed.connect(self.refresh)

    # What is in it

    def add(self, entries: list[Entry]) -> None:
        """Take in what has arrived."""
        self._records.model.add(entries)
        self.refresh()

    def change(self, entries: list[Entry]) -> None:
        """Take in what is different about known entries."""
        self._records.model.change(entries)
        self.refresh()

    def mark_read(self, entry_id: str, seen: Seen | None = None) -> None:
        """Note that the agent knows an entry, and from what."""
        if seen is not None:
            self.noted.emit(entry_id, seen)
        if not self._is_own(entry_id):
            self.mark_many([entry_id], read=True)

    def newest_titles(self, about: About, limit: int) -> list[str]:
        """Return the titles of the newest entries that a notice of the relay's is about."""
        nothing: list[str] = []
        return self.attempt(lambda: self._inbox.newest_titles(about.playbook, about.since, limit), nothing)

    def mark_many(self, ids: Sequence[str], *, read: bool) -> list[str]:
        """Mark entries as read or unread; return those that were not."""

        def mark() -> list[str]:
            marked = self._inbox.mark_ids(ids, read=read)
            self._records.model.mark_ids(set(ids), read=read)
            return marked

        nothing: list[str] = []
        marked = self.attempt(mark, nothing)
        self.refresh()
        return marked

    def mark_all_read(self) -> None:
        """Note that the agent knows every entry; their number follows when that is written."""
        self._records.model.mark_all_read()
        self._records.keeping.mark_all_read()

    def refresh(self) -> None:
        """Count what is unread, and show the number."""
        unread = self.attempt(self._inbox.unread_count, 0)
        self.unread_changed.emit(unread)
        if self.window is not None:
            self.window.show_unread(unread)

    def attempt(self, call: Callable[[], _Answer], default: _Answer) -> _Answer:
        """Return what ``call`` finds in the inbox; if that fails the agent is told, and it is ``default``."""
        try:
            return call()
        except InboxError as problem:
            _log.error("inbox: %s", problem)
            self.noticed.emit(str(problem))
            return default

    # The window

    def show(self) -> None:
        """Show the window and bring it to the front: somebody asked for it."""
        bring_forward(self.window or self._make_window())

    def narrow(self, narrowing: Narrowing) -> None:
        """Show the window with only what a card stands for."""
        self.show()
        if self.window is not None:
            self.window.search.clear()
            self.window.filters.narrow(narrowing)

    def select(self, entry_id: str) -> None:
        """Show the window with an entry chosen."""
        self.show()
        if self.window is not None:
            self.window.select(entry_id)

    def in_front(self) -> str:
        """Return the id of the entry that the agent has open in front, or nothing."""
        window = self.window
        entry = window.current() if window is not None and window.isActiveWindow() else None
        return "" if entry is None else entry.id

    def belong_to(self, account: Account) -> bool:
        """Show what this agent has at this relay, and say from now on which claims are their own.

        False: the inbox is still that of somebody else, because its file could not be exchanged.
        """
        self._agent = account.agent
        self._records.model.agent = account.agent
        owner = f"{account.relay} {account.agent.casefold()}"
        if self.attempt(self._inbox.owner, owner) == owner:
            return True
        return self._exchange(lambda: self._inbox.belong_to(owner, device=account.device))

    def leave(self, *, keep: bool) -> None:
        """Show nothing any more: nobody is signed in. What there was is kept for its owner, or removed."""
        self._agent = ""
        self._exchange(lambda: self._inbox.leave(keep=keep))

    def begin_anew(self) -> bool:
        """Keep the damaged inbox aside, and begin an empty one; nothing else may use it meanwhile.

        False: that could not be done, and the damaged one is still there; the agent is told.
        """
        begun = self._exchange(self._inbox.begin_anew)
        if begun:
            self.noticed.emit(self.aside())
        return begun

    def aside(self) -> str:
        """Return what there is to tell about a damaged inbox, empty for nothing."""
        aside = self._inbox.set_aside
        if aside is None:
            return ""
        return tr("The inbox was damaged and begun anew. The old file is {aside}.", aside=aside)

    def _exchange(self, work: Callable[[], object]) -> bool:
        if self.window is not None:
            self.window.undo_bar.settle()
        self._inquirer.forget()

        def exchange() -> bool:
            self._records.exchange(work)
            return True

        exchanged = self.attempt(exchange, False)
        if exchanged and self.window is not None:
            self.window.start_over()
        return exchanged

    def retranslate(self) -> None:
        """Make the window anew, where it was, in the language that is spoken."""
        old, self.window = self.window, None
        if old is None:
            return
        old.undo_bar.settle()
        seen, entry, place = old.isVisible(), old.current(), old.saveGeometry()
        old.stays_reachable = False
        old.close()
        old.deleteLater()
        if seen:
            self.show()
            self._return_to(entry, place)

    def _return_to(self, entry: Entry | None, place: QByteArray) -> None:
        if self.window is not None:
            self.window.restoreGeometry(place)
            if entry is not None:
                self.window.select(entry.id)

    def show_state(self, words: str) -> None:
        """Show the state of the link."""
        self._state = words
        if self.window is not None:
            self.window.show_state(words)

    def show_notice(self, sentence: str) -> None:
        """Show a sentence for the agent."""
        self._notice = sentence
        if self.window is not None:
            self.window.show_notice(sentence)

    def say(self, entry_id: str, words: str, again: bool) -> bool:
        """Say what came of a press where that entry is open; False if it isn't."""
        return self.window is not None and self.window.pages.say(entry_id, words, again)

    def show_answered(self, entry_id: str) -> None:
        """Let go of the buttons that waited for the relay's answer about an entry."""
        if self.window is not None:
            self.window.show_answered(entry_id)

    def stay_reachable(self, stays: bool) -> None:
        """Say whether closing only puts the window aside: without a tray it is the only way in."""
        self._stays = stays
        if self.window is not None:
            self.window.stays_reachable = stays

    def close(self) -> None:
        """Close the window, and stop reading. A second call does nothing."""
        window, self.window = self.window, None
        if window is not None:
            window.stays_reachable = False
            window.close()
        self._records.close()

    def _make_window(self) -> HistoryWindow:
        window = self.window = self._records.make_window(self._agent)
        window.stays_reachable = self._stays
        window.set_menu(self._menu)
        if self._state:
            window.show_state(self._state)
        window.show_notice(self._notice)
        window.show_unread(self.attempt(self._inbox.unread_count, 0))
        window.read.connect(lambda entry_id: self.mark_read(entry_id, Seen.OPENED))
        window.copied.connect(lambda entry_id: self.mark_read(entry_id, Seen.COPIED))
        window.all_read.connect(self.mark_all_read)
        window.link_opened.connect(self.link_opened)
        window.pressed.connect(self.pressed)
        window.acted.connect(self.acted)
        window.pages.follow(self._inquirer, self._languages)
        return window
