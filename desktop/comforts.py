"""Puts the settings into effect, and shows the windows that are about them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimeZone, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from desktop import motion, quiet
from desktop.controls import bring_forward
from desktop.firstrun import Welcome
from desktop.gate import Privacy, Sound
from desktop.i18n import tr
from desktop.placement import Corner
from desktop.preferences import PreferencesWindow
from desktop.presenter import Manners, Presenter
from desktop.settings import Settings
from desktop.sound import Sounds
from desktop.stack import Stack
from desktop.surroundings import Watch
from desktop.theme import Looks, Scheme
from desktop.tray import Tray
from desktop.wishes import Wishes

_STAYS = {"1": 1.0, "2": 2.0, "4": 4.0, "never": None}
_HEARD = {"sound_urgent": Sound.URGENT}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is set up."""

    looks: Looks
    tray: Tray
    stack: Stack
    presenter: Presenter
    sounds: Sounds
    watch: Watch


def manners(settings: Settings, system_zone: str) -> Manners:
    """Return how the agent wants to be told; ``system_zone`` is the name of the computer's time zone."""
    return Manners(
        sound=settings.sound,
        sound_for_urgent=settings.sound_urgent,
        sound_for_high=settings.sound_high,
        sound_for_normal=settings.sound_normal,
        hours=_hours(settings, system_zone),
        privacy=Privacy(settings.privacy),
        urgent_always=settings.urgent_always,
        urgent_sounds=settings.urgent_sounds,
        stay_factor=_STAYS[settings.stay_factor],
    )


def _hours(settings: Settings, system_zone: str) -> quiet.Plan:
    for zone in (settings.time_zone or system_zone, "UTC"):
        try:
            return quiet.parse(settings.quiet_hours, holidays=settings.holidays, zone=zone)
        except ValueError:
            # Some systems have names for their zone that nobody else knows.
            continue
    return quiet.Plan()


def may_open(settings: Settings, host: str) -> bool:
    """Say whether a link may lead to a host. ``*.example.com`` is every host below, and not itself."""
    name = host.lower().rstrip(".")
    allowed = settings.allowed_link_hosts
    return not allowed or any(
        name.endswith(each[1:].lower()) if each.startswith("*.") else name == each.lower() for each in allowed
    )


class Comforts(QObject):
    """One per running app.

    Signals:
        test_asked(): show a test toast.
        noticed(str): something the agent has to know.
        applied(Settings): other values are in effect.
    """

    test_asked = Signal()
    noticed = Signal(str)
    applied = Signal(object)

    def __init__(self, wishes: Wishes, parts: Parts) -> None:
        super().__init__()
        self.wishes, self._parts = wishes, parts
        self.preferences: PreferencesWindow | None = None
        self.welcome: Welcome | None = None
        self.form: Callable[[], str] = lambda: ""
        """Returns by what entries are shown at present, in words; for the preferences."""
        self._relay = self._agent = ""
        items, presenter = parts.tray.items, parts.presenter
        items.preferences_asked.connect(self.show_preferences)
        items.pause_asked.connect(presenter.pause)
        items.shift_pause_asked.connect(presenter.pause_until_shift_end)
        items.presenting_toggled.connect(presenter.present_screen)
        presenter.pause_changed.connect(parts.tray.show_pause)
        presenter.quiet_changed.connect(parts.tray.show_quiet)
        parts.stack.painted.connect(self._painted)
        wishes.changed.connect(self._apply)
        self.motion = motion.Motion()
        self.motion.changed.connect(lambda: self._apply(self.settings))
        self.motion.start()
        wishes.failed.connect(self.noticed)
        self._apply(wishes.settings)

    @property
    def settings(self) -> Settings:
        """Return the values that count now."""
        return self.wishes.settings

    def _apply(self, settings: Settings) -> None:
        parts = self._parts
        still = settings.motion == "off" or (settings.motion == "system" and motion.is_unwanted())
        parts.looks.use(Scheme(settings.theme), percent=settings.text_size, still=still)
        parts.stack.motion = not still
        parts.stack.stay_factor = _STAYS[settings.stay_factor]
        parts.stack.ground.corner = Corner(settings.toast_corner)
        parts.stack.screens.wish = settings.toast_screen
        parts.stack.clipboard.private = settings.private_clipboard
        parts.stack.languages = settings.languages
        parts.stack.arrange()
        parts.watch.away_seconds = float(settings.away_seconds)
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
        wanted = manners(settings, zone)
        parts.presenter.behave(wanted)
        parts.tray.items.offer(quit_allowed=settings.allow_quit, shifts=bool(wanted.hours.windows))
        logging.getLogger().setLevel(settings.log_level.upper())
        self.applied.emit(settings)

    def open_link(self, url: str) -> None:
        """Open a link in the browser, or say that IT does not let it."""
        target = QUrl(url)
        if may_open(self.settings, target.host()):
            QDesktopServices.openUrl(target)
        else:
            self.noticed.emit(tr("Your IT does not let links lead to {host}.", host=target.host()))

    def show_account(self, relay: str, agent: str) -> None:
        """Say which relay is used, and as whom; both are empty while nobody is signed in."""
        self._relay, self._agent = relay, agent
        self._parts.tray.items.show_account(agent)
        if self.preferences is not None:
            self.preferences.account.set_text(self._account())

    def _account(self) -> str:
        if not self._agent:
            return tr("This computer is not paired with a relay.")
        return tr("Relay: {relay} · signed in as {agent}", relay=self._relay, agent=self._agent)

    def show_preferences(self) -> None:
        """Show the preferences in front: somebody asked for them."""
        if self.preferences is not None:
            self.preferences.close()
            self.preferences.deleteLater()
        # Made anew each time, so that it has the text size that was chosen in the last one.
        window = self.preferences = PreferencesWindow(
            self._parts.looks, self.wishes, self.form(), self._account()
        )
        window.test_asked.connect(self.test_asked)
        window.sound_asked.connect(self._listen)
        bring_forward(window)

    def retranslate(self) -> None:
        """Make open preferences anew in the language that is spoken, on the same page."""
        old = self.preferences
        if old is None or not old.isVisible():
            return
        page, place = old.pages.currentRow(), old.saveGeometry()
        self.show_preferences()
        if self.preferences is not None:
            self.preferences.pages.setCurrentRow(page)
            self.preferences.restoreGeometry(place)

    def show_welcome(self) -> None:
        """Begin the welcome: this computer has just been paired by hand."""
        welcome = self.welcome = Welcome(self._parts.looks, has_sound=self.settings.sound)
        welcome.test_asked.connect(self._try)
        welcome.preferences_asked.connect(self.show_preferences)
        bring_forward(welcome)

    def close(self) -> None:
        """Close the windows."""
        self.wishes.close()
        self.motion.stop()
        for window in (self.preferences, self.welcome):
            if window is not None:
                window.close()

    def _try(self) -> None:
        self.test_asked.emit()
        self._parts.sounds.preview(Sound.SOFT)

    def _painted(self, _toast: object) -> None:
        if self.welcome is not None:
            self.welcome.note_painted()

    def _listen(self, key: str) -> None:
        self._parts.sounds.preview(_HEARD.get(key, Sound.SOFT))
