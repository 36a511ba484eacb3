"""The icon in the tray: the link's state at a glance, the unread count, and the menu."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop import assets
from desktop.elapsed import elapsed
from desktop.entry import LinkState, Status
from desktop.i18n import tr
from desktop.text import span
from desktop.traymenu import TrayMenu

WATCHER = "org.kde.StatusNotifierWatcher"
"""The D-Bus name of the tray on most Linux desktops."""

CHANGE_MILLISECONDS = 1_000
"""At most one change of the icon in this time: some panels redraw themselves for each."""
WORDS_MILLISECONDS = 5_000
"""How often "Offline 3 min" is brought up to date."""
LATE_MILLISECONDS = 30_000
LATE_TRIES = 4
"""How long a tray that starts after us is waited for: autostart has no order."""

PICTURES = {
    LinkState.SIGNED_OUT: "signed-out",
    LinkState.CONNECTING: "busy",
    LinkState.CATCHING_UP: "busy",
    LinkState.LIVE: "live",
    LinkState.OFFLINE: "offline",
    LinkState.REFUSED: "attention",
}
"""The icon of each state."""
PAUSED = "paused"
"""The icon while the link is live and no toasts come: a pause, quiet hours, do not disturb."""

_BADGE, _ON_BADGE = QColor("#C6281C"), QColor("#FFFFFF")
# Drawn on panels of any colour, so the same in both themes; white on it has a contrast of 5.7.


def count_text(unread: int) -> str:
    """Return what stands in the badge: nothing, 1 to 9, or 9+."""
    return "" if unread <= 0 else str(unread) if unread <= 9 else "9+"  # noqa: PLR2004 - one digit


def words(status: Status, unread: int, notice: str, now: float, paused: str = "") -> str:
    """Return the tooltip: what works, what doesn't, and for how long; ``paused`` says why it is quiet."""
    lines = [tr("Deskbell: {state_words}", state_words=state_words(status, now))]
    if paused:
        lines.append(paused)
    if unread:
        lines.append(tr("{unread} unread", unread=unread))
    lines += [tr(text) for text in (status.reason, notice) if text]
    return "\n".join(lines)


def state_words(status: Status, now: float) -> str:
    """Return the state of the link in a few words, such as "offline 3 min, retrying"."""
    match status.state:
        case LinkState.OFFLINE:
            return tr("offline {span}, retrying", span=span(now - status.since))
        case LinkState.SIGNED_OUT:
            return tr("not paired")
        case LinkState.CONNECTING:
            return tr("connecting")
        case LinkState.CATCHING_UP:
            return tr("catching up")
        case LinkState.LIVE:
            return tr("connected")
        case LinkState.REFUSED:
            return tr("needs attention")


def headline(status: Status, now: float) -> str:
    """Return the state of the link as it stands alone: with a capital letter."""
    said = state_words(status, now)
    return said[0].upper() + said[1:]


def look(state: LinkState, unread: int, *, paused: bool) -> tuple[str, str]:
    """Return picture and badge. What is wrong with the link matters more than a pause."""
    return PAUSED if paused and state is LinkState.LIVE else PICTURES[state], count_text(unread)


class Icons:
    """Every icon is drawn once: a new QIcon for each change makes some panels leak."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], QIcon] = {}

    def icon(self, state: LinkState, unread: int, *, paused: bool = False) -> QIcon:
        """Return the icon of a state with the count in a badge."""
        key = look(state, unread, paused=paused)
        if key not in self._drawn:
            icon = QIcon()
            for size in assets.TRAY_SIZES:
                icon.addPixmap(_with_badge(assets.picture(f"icons/tray/{key[0]}-{size}.png"), key[1]))
            self._drawn[key] = icon
        return self._drawn[key]


def _with_badge(base: QPixmap, count: str) -> QPixmap:
    if not count:
        return base
    picture = QPixmap(base)
    side = picture.width()
    high = side * 0.6
    wide = high if len(count) == 1 else side * 0.8
    box = QRectF(side - wide, 0, wide, high)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ON_BADGE)
    painter.drawRoundedRect(box, high / 2, high / 2)
    rim = max(0.75, side / 40)
    painter.setBrush(_BADGE)
    painter.drawRoundedRect(box.adjusted(rim, rim, -rim, -rim), high / 2 - rim, high / 2 - rim)
    font = QFont()
    font.setPixelSize(max(7, round(high * 0.74)))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(_ON_BADGE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, count)
    painter.end()
    return picture


class Tray(QObject):
    """The tray icon; what is chosen in its menu is told by ``items``.

    Signals:
        history_asked(): the icon was pressed, or history was chosen in the menu.
        said(str): the state in words, whenever they were brought up to date.
        availability_changed(bool): a tray has appeared or gone; without one the windows take over.
    """

    history_asked = Signal()
    said = Signal(str)
    availability_changed = Signal(bool)

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        passed: Callable[[], float] = elapsed,
    ) -> None:
        """``passed`` counts on when somebody sets the clock: "offline 3 min" stays true."""
        super().__init__()
        self._wall, self._is_available, self._passed = wall, available, passed
        self._icons = Icons()
        self._status = Status(state=LinkState.SIGNED_OUT, since=wall())
        self._begun = passed()
        self._unread, self._notice = 0, ""
        self._shown: tuple[str, str] | None = None
        self._available = available()
        self._icon: QSystemTrayIcon | None = None
        self._changes = QTimer(self, singleShot=True, interval=CHANGE_MILLISECONDS)
        self._changes.timeout.connect(self._refresh)
        self._words = QTimer(self, interval=WORDS_MILLISECONDS)
        self._words.timeout.connect(self._refresh_words)
        self._tries = LATE_TRIES
        self._late = QTimer(self, interval=LATE_MILLISECONDS)
        self._late.timeout.connect(self._look_again)
        self.items = TrayMenu()
        self.items.history_asked.connect(self.history_asked)
        self._quiet = ""
        self._watch()
        self.renew()

    # What it says

    def show_status(self, status: Status) -> None:
        """Say the state of the link."""
        if status.since != self._status.since:
            self._begun = self._passed() - max(0.0, self._wall() - status.since)
        self._status = status
        self._plan()

    def headline(self) -> str:
        """Return the state of the link in words, as of now."""
        return headline(self._status, self._now())

    def _now(self) -> float:
        """Return the time, on the clock as it was when the state began."""
        return self._status.since + self._passed() - self._begun

    def show_unread(self, unread: int) -> None:
        """Show how many entries are unread."""
        self._unread = unread
        self._plan()

    def show_notice(self, notice: str) -> None:
        """Say something more in the tooltip, such as that there is no keyring; empty for nothing."""
        self._notice = notice
        self._plan()

    def show_pause(self, until: float | None) -> None:
        """Offer to end the pause that lasts until then, in Unix seconds; None: there is none."""
        self.items.show_pause(paused=until is not None)

    def show_quiet(self, words: str) -> None:
        """Say why no toasts come, and until when; empty: they do."""
        self._quiet = words
        self._plan()

    def is_available(self) -> bool:
        """Say whether there is a tray that shows the icon."""
        return self._available

    def tooltip(self) -> str:
        """Return the tooltip as it is now."""
        return words(self._status, self._unread, self._notice, self._now(), self._quiet)

    def retranslate(self) -> None:
        """Say everything in the language that is spoken."""
        self.items.retranslate()
        self._refresh_words()

    def menu(self) -> QMenu:
        """Return the menu."""
        return self.items.menu

    def message(self, title: str, body: str) -> None:
        """Show a native notification; for desktops on which toasts cannot be placed."""
        if self._icon is not None:
            self._icon.showMessage(title, body, assets.logo())

    def close(self) -> None:
        """Take the icon out of the tray."""
        for timer in (self._changes, self._words, self._late):
            timer.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _picture(self) -> QIcon:
        return self._icons.icon(self._status.state, self._unread, paused=bool(self._quiet))

    def _plan(self) -> None:
        if not self._changes.isActive():
            self._refresh()
            self._changes.start()

    def _refresh(self) -> None:
        wanted = look(self._status.state, self._unread, paused=bool(self._quiet))
        if self._icon is not None and wanted != self._shown:
            self._icon.setIcon(self._picture())
            self._shown = wanted
        if self._status.state is LinkState.OFFLINE:
            self._words.start()
        else:
            self._words.stop()
        self._refresh_words()

    def _refresh_words(self) -> None:
        said = self.headline()
        self.items.show_state(self._status.state, said)
        self.said.emit(f"{said}, {self._quiet}" if self._quiet else said)
        if self._icon is not None:
            self._icon.setToolTip(self.tooltip())

    # Where it is

    def renew(self) -> None:
        """Make the icon anew: one that was made before a tray existed never appears in it."""
        old = self._icon
        self._icon = QSystemTrayIcon(self._picture(), self)
        self._shown = None
        self._icon.setContextMenu(self.items.menu)
        self._icon.activated.connect(self._activated)
        self._icon.show()
        if old is not None:
            old.hide()
            old.deleteLater()
        self._refresh()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            self.history_asked.emit()

    def _watch(self) -> None:
        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            self._watcher = QDBusServiceWatcher(WATCHER, bus, parent=self)
            self._watcher.serviceRegistered.connect(lambda _name: self._appeared())
            self._watcher.serviceUnregistered.connect(lambda _name: self._look_again())
        if not self._available:
            self._late.start()

    def _appeared(self) -> None:
        # The host registers itself a moment after the watcher's name appears.
        QTimer.singleShot(CHANGE_MILLISECONDS // 2, self, self._look_again)
        self.renew()

    def _look_again(self) -> None:
        self._tries -= 1
        now = self._is_available()
        if now or self._tries <= 0:
            self._late.stop()
        if now != self._available:
            self._available = now
            if now:
                self.renew()
            self.availability_changed.emit(now)
