"""Where there is no tray the history's window takes its place: it is shown, and cannot be closed for good."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop.historydesk import HistoryDesk
from desktop.i18n import tr
from desktop.tray import Tray

WAIT_MILLISECONDS = 3_000
"""A tray that has not come by then is taken for none; if it comes later, it is used."""


class WindowMode(QObject):
    """One per running app."""

    def __init__(
        self,
        tray: Tray,
        history: HistoryDesk,
        in_front: Callable[[], None],
        *,
        wait_milliseconds: int = WAIT_MILLISECONDS,
    ) -> None:
        """``in_front`` raises a dialog that must not be covered, if there is one."""
        super().__init__(tray)
        self._tray, self._history, self._in_front = tray, history, in_front
        self._told = False
        self._wait = QTimer(self, singleShot=True, interval=wait_milliseconds)
        self._wait.timeout.connect(self._look)
        tray.availability_changed.connect(self._follow)

    def begin(self) -> None:
        """See whether there is a tray; one that starts with us may need a moment."""
        self._history.stay_reachable(not self._tray.is_available())
        if not self._tray.is_available():
            self._wait.start()

    def end(self) -> None:
        """Show nothing any more."""
        self._wait.stop()
        self._tray.availability_changed.disconnect(self._follow)

    def _look(self) -> None:
        if not self._tray.is_available():
            self._take_over()

    def _follow(self, available: bool) -> None:
        self._history.stay_reachable(not available)
        if not available:
            self._take_over()

    def _take_over(self) -> None:
        self._history.show()
        if not self._told:
            self._told = True
            self._history.show_notice(tr("This desktop has no tray. Deskbell's window stays open instead."))
        self._in_front()
