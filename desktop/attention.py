"""What is seen and heard, put together: surroundings, gate, toasts, sounds, and what was put off."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop.comforts import Comforts, Parts
from desktop.front import front
from desktop.i18n import tr
from desktop.inbox import Inbox
from desktop.keptpause import KeptPause
from desktop.linkcard import LinkCard
from desktop.native import Native
from desktop.presenter import Presenter
from desktop.reach import Reach
from desktop.readers import readers
from desktop.screen import Screen
from desktop.settings import SETTINGS
from desktop.shortcut import Shortcut, focus
from desktop.snoozer import Snoozer
from desktop.sound import Sounds
from desktop.stack import Stack
from desktop.surroundings import Watch
from desktop.theme import Looks
from desktop.tray import Tray
from desktop.wishes import Wishes
from relay.protocol import Availability


class Attention(QObject):
    """The parts that ask for an agent's attention, and those that spare it. They are its attributes.

    Signals:
        copied(str), opened(str), dismissed(str), link_opened(str, str): as of a toast, or of the
            system's notification in its place.
        noticed(str): a sentence for the agent.
    """

    copied = Signal(str)
    opened = Signal(str)
    dismissed = Signal(str)
    link_opened = Signal(str, str)
    noticed = Signal(str)

    def __init__(
        self,
        looks: Looks,
        tray: Tray,
        stack: Stack,
        inbox: Inbox,
        wishes: Wishes,
        *,
        platform: str,
        open_id: Callable[[], str],
    ) -> None:
        """``platform`` is Qt's name of the display, ``open_id`` returns the item in a window in front."""
        super().__init__()
        places = platform != "wayland"
        by = wishes.settings.notifications
        system = by == "system" or (by == "auto" and not places)
        self.watch = Watch(readers(platform))
        self.sounds = Sounds(time.monotonic)
        self.screen = Screen(
            stack, tray, self.claim, places_windows=places, native=Native() if system else None
        )
        self.presenter = Presenter(
            self.screen, inbox, self.sounds, self.watch, agent=lambda: stack.agent, open_id=open_id
        )
        stack.screens.front = front(platform)
        self.snoozer = Snoozer(stack, inbox)
        self.snoozer.woken.connect(self.presenter.remind)
        parts = Parts(
            looks=looks,
            tray=tray,
            stack=stack,
            presenter=self.presenter,
            sounds=self.sounds,
            watch=self.watch,
        )
        self.comforts = Comforts(wishes, parts)
        self.comforts.form = lambda: self.screen.form
        self.kept_pause = KeptPause(wishes.beside("paused-until"), self.presenter)
        for part in (self.sounds, self.presenter, self.screen, self.snoozer):
            part.failed.connect(self.noticed)
        self.comforts.noticed.connect(self.noticed)
        self.link_card = LinkCard(self.presenter, self.screen)
        self.link_card.pairing_asked.connect(tray.items.pair_asked)
        self.link_card.diagnosis_asked.connect(tray.items.diagnostics_asked)
        self._listen(stack)
        self.shortcut = Shortcut(platform)
        self.reach = Reach(stack, lambda: focus(platform))
        self._listen_to_key(stack, wishes)

    def _listen(self, stack: Stack) -> None:
        """Tell on what is done with a toast or a notification; whatever it is, its sound ends."""
        for shows in (stack, self.screen):
            shows.opened.connect(self._open)
            for name in ("copied", "dismissed"):
                getattr(shows, name).connect(getattr(self, name))
            for name in ("copied", "opened", "dismissed"):
                getattr(shows, name).connect(self.presenter.handled)
            shows.link_opened.connect(self.link_opened)
            shows.link_opened.connect(lambda entry_id, _: self.presenter.handled(entry_id))
            shows.pressed.connect(lambda entry_id, _: self.presenter.handled(entry_id))
        stack.acted.connect(lambda entry_id, _: self.presenter.handled(entry_id))
        stack.unplaced.connect(self.presenter.keep_unplaced)
        stack.snoozed.connect(lambda entry_id, _: self.presenter.handled(entry_id))

    def _open(self, entry_id: str) -> None:
        if not self.link_card.help(entry_id):
            self.opened.emit(entry_id)

    def _listen_to_key(self, stack: Stack, wishes: Wishes) -> None:
        self.shortcut.pressed.connect(self.reach.go)
        self.shortcut.told.connect(lambda why: self._hinder(wishes, why))
        self.reach.nothing_there.connect(stack.more_asked)
        self.comforts.applied.connect(lambda settings: self.shortcut.use(settings.newest_toast_shortcut))
        self.shortcut.use(wishes.settings.newest_toast_shortcut)

    def _hinder(self, wishes: Wishes, why: str) -> None:
        """Say it where the key is chosen, and to who looks there seldom."""
        key = "newest_toast_shortcut"
        wishes.hinder(key, why)
        if why:
            self.noticed.emit(f"{tr(SETTINGS[key].label)} {why}")

    def begin(self, be: Callable[[Availability], None]) -> None:
        """Watch the person from now on; ``be`` is told whether somebody is there to act, now and later."""
        self.presenter.availability_changed.connect(be)
        be(self.presenter.availability)
        self.watch.start()

    def settle(self, entry_id: str) -> None:
        """Take it that an entry was read in the history: nothing asks for it any more."""
        self.presenter.seen(entry_id)
        self.screen.part(entry_id, "")

    def claim(self, entry_id: str) -> bool:
        """Mark an entry as shown right before it is painted; False if it was shown before."""
        # The screen is made before the presenter, which puts entries on it.
        return self.presenter.claim(entry_id)

    def claim_group(self, ids: Sequence[str]) -> list[str]:
        """Mark the entries of a group card; return those that weren't shown before."""
        return self.presenter.claim_group(ids)

    def close(self) -> None:
        """Stop watching, sounding and showing."""
        self.shortcut.close()
        self.reach.close()
        self.watch.stop()
        self.presenter.close()
        self.comforts.close()
        self.screen.close()
