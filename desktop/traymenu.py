"""The menu of the tray icon, which the windows offer, too, where there is no tray."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.entry import LinkState
from desktop.i18n import mark, tr

PAUSES = ((mark("For 15 minutes"), 15 * 60), (mark("For 1 hour"), 3600))
"""Labels, and for how many seconds nothing shows."""

_PAUSE = mark("Pause toasts")


class TrayMenu(QObject):
    """The items and what they ask for.

    Signals:
        history_asked(), filters_asked(), retry_asked(), test_asked(), preferences_asked(),
        diagnostics_asked(), pair_asked(), sign_out_asked(), quit_asked(), shift_pause_asked(): what was
            chosen.
        pause_asked(float | None): show nothing for so many seconds; None ends the pause.
        presenting_toggled(bool): others can see the screen, or no longer.
    """

    history_asked = Signal()
    filters_asked = Signal()
    retry_asked = Signal()
    test_asked = Signal()
    preferences_asked = Signal()
    diagnostics_asked = Signal()
    pair_asked = Signal()
    sign_out_asked = Signal()
    quit_asked = Signal()
    shift_pause_asked = Signal()
    pause_asked = Signal(object)
    presenting_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.menu = QMenu()
        self._labels: list[tuple[QAction, str]] = []
        self.head = self.menu.addAction(tr("Not paired"))
        self.head.setEnabled(False)
        self._account = self.menu.addAction("")
        self._account.setEnabled(False)
        self._account.setVisible(False)
        self.menu.addSeparator()
        self._add(mark("Open history"), self.history_asked)
        self._filters = self._add(mark("Filters…"), self.filters_asked)
        self._retry = self._add(mark("Connect now"), self.retry_asked)
        self.menu.addSeparator()
        self._build_quiet()
        self.menu.addSeparator()
        self._add(mark("Show a test toast"), self.test_asked)
        self.diagnostics = self._add(mark("Diagnostics…"), self.diagnostics_asked)
        self.diagnostics.setVisible(False)
        self._add(mark("Preferences…"), self.preferences_asked)
        self.menu.addSeparator()
        self._pair = self._add(mark("Pair this computer…"), self.pair_asked)
        self._sign_out = self._add(mark("Sign out"), self.sign_out_asked)
        self._end = self.menu.addSeparator()
        self.quit = self._add(mark("Quit Deskbell"), self.quit_asked)

    def retranslate(self) -> None:
        """Write the items in the language that is spoken; the first one says the state."""
        for action, label in self._labels:
            action.setText(tr(label))

    def offer_diagnostics(self, show: Callable[[], None]) -> None:
        """Show the item, from now on that there is something behind it."""
        self.diagnostics_asked.connect(show)
        self.diagnostics.setVisible(True)

    def _add(self, label: str, asked: SignalInstance) -> QAction:
        action = self._item(self.menu, label)
        action.triggered.connect(lambda _checked=False: asked.emit())
        return action

    def _item(self, menu: QMenu, label: str) -> QAction:
        action = menu.addAction(tr(label))
        self._labels.append((action, label))
        return action

    def _build_quiet(self) -> None:
        self.pauses = self.menu.addMenu(tr(_PAUSE))
        self._labels.append((self.pauses.menuAction(), _PAUSE))
        for label, seconds in PAUSES:
            action = self._item(self.pauses, label)
            action.triggered.connect(lambda _checked=False, wanted=seconds: self.pause_asked.emit(wanted))
        self._shift = self._item(self.pauses, mark("Until my shift ends"))
        self._shift.triggered.connect(lambda _checked=False: self.shift_pause_asked.emit())
        self._shift.setVisible(False)
        self._resume = self._item(self.menu, mark("Resume toasts"))
        self._resume.triggered.connect(lambda _checked=False: self.pause_asked.emit(None))
        self._resume.setVisible(False)
        self._presenting = self._item(self.menu, mark("I am presenting"))
        self._presenting.setCheckable(True)
        self._presenting.toggled.connect(self.presenting_toggled)

    def show_state(self, state: LinkState, headline: str) -> None:
        """Say the state of the link, and offer what can be done about it."""
        self.head.setText(headline)
        self._retry.setVisible(state in {LinkState.OFFLINE, LinkState.REFUSED})
        self._pair.setVisible(state in {LinkState.SIGNED_OUT, LinkState.REFUSED})
        self._sign_out.setVisible(state is not LinkState.SIGNED_OUT)
        self._account.setVisible(state is not LinkState.SIGNED_OUT and bool(self._account.text()))
        self._filters.setVisible(state is not LinkState.SIGNED_OUT)

    def show_account(self, agent: str) -> None:
        """Say as whom this computer is signed in, as long as it is."""
        self._account.setText(agent.replace("&", "&&"))

    def show_pause(self, *, paused: bool) -> None:
        """Offer to go on instead of to pause, or the other way round."""
        self._resume.setVisible(paused)
        self.pauses.menuAction().setVisible(not paused)

    def offer(self, *, quit_allowed: bool, shifts: bool) -> None:
        """Offer what policy allows, and a pause until the shift ends if shifts are planned."""
        self.quit.setVisible(quit_allowed)
        self._end.setVisible(quit_allowed)
        self._shift.setVisible(shifts)
