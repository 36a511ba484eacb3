"""Says on a card that the link is gone: in many task bars the tray's icon can't be seen.

One card for each outage, without a sound, and not while it is quiet; it leaves when the link is back.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.entry import Entry, LinkState, Status
from desktop.i18n import clock_time, tr
from desktop.own import own_entry
from desktop.presenter import Presenter
from desktop.screen import Screen
from desktop.verdicts import SIGNED_OUT
from relay.protocol import Availability, Priority

PATIENCE_SECONDS = 60.0
"""A link that comes back by then was never missed: a restart of the relay, another network."""

_DOWN = {LinkState.OFFLINE, LinkState.CONNECTING}
_UP = {LinkState.LIVE, LinkState.CATCHING_UP}


class LinkCard(QObject):
    """One per running app.

    Signals:
        pairing_asked(): the card was pressed, and this computer has to be paired again.
        diagnosis_asked(): it was pressed, and somebody has to find out what is wrong.
    """

    pairing_asked = Signal()
    diagnosis_asked = Signal()

    def __init__(
        self,
        presenter: Presenter,
        screen: Screen,
        *,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``patience`` is in seconds, ``clock`` gives Unix seconds."""
        super().__init__()
        self._presenter, self._screen = presenter, screen
        self._patience, self._clock = patience, clock
        self._status: Status | None = None
        self._card = self._told = ""
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(self._tell)
        presenter.availability_changed.connect(self._be)

    def show_status(self, status: Status) -> None:
        """Take in the state of the link."""
        self._status = status
        if status.state in _DOWN:
            self._plan(status)
        elif status.state is LinkState.REFUSED:
            self._tell()
        else:
            self._end(tr("Connected again") if status.state in _UP else "")

    def help(self, entry_id: str) -> bool:
        """Ask for what helps, if the entry that was pressed is the card; say whether it is."""
        if not self._card or entry_id != self._card:
            return False
        status = self._status
        self._end("")
        if status is not None and status.reason == SIGNED_OUT.reason:
            self.pairing_asked.emit()
        else:
            self.diagnosis_asked.emit()
        return True

    def _plan(self, status: Status) -> None:
        if not self._told and not self._wait.isActive():
            left = self._patience - (self._clock() - status.since)
            self._wait.start(round(1000 * min(max(left, 0.0), self._patience)))

    def _be(self, availability: Availability) -> None:
        """Tell somebody who has come back, or whose quiet is over."""
        if availability is Availability.AVAILABLE and self._status is not None:
            self.show_status(self._status)

    def _tell(self) -> None:
        status = self._status
        if status is None or not self._presenter.is_available:
            return
        refused = status.state is LinkState.REFUSED
        why = status.reason if refused else LinkState.OFFLINE.value
        if self._told != why:
            self._end("")
            self._told = why
            self._card = self._presenter.put_own(_entry(status), None)

    def _end(self, words: str) -> None:
        self._wait.stop()
        card, self._card, self._told = self._card, "", ""
        if card:
            self._screen.part(card, words)


def _entry(status: Status) -> Entry:
    why = tr(status.reason) if status.reason else ""
    if status.state is LinkState.REFUSED:
        title, next_ = tr("Deskbell is not connected"), tr("Until then nothing new arrives here.")
    else:
        at = clock_time(datetime.fromtimestamp(status.since).astimezone())
        title = tr("Offline since {at}", at=at)
        next_ = tr("What happens meanwhile arrives when the connection is back.")
    return replace(own_entry(title, f"{why}\n{next_}".strip(), ()), priority=Priority.HIGH)
