"""Opens the filters page for whoever is signed in, and keeps it up to date."""

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.controls import bring_forward
from desktop.filters import FiltersWindow
from desktop.theme import Looks
from relay.protocol import Welcome


class FilterDesk(QObject):
    """One per running app; the page is made when somebody asks for it."""

    def __init__(self, looks: Looks, bridge: Bridge, caller: Caller) -> None:
        super().__init__(bridge)
        self._looks, self._caller = looks, caller
        self._leads: tuple[str, ...] = ()
        self.window: FiltersWindow | None = None
        bridge.welcomed.connect(self._know)
        bridge.filters_changed.connect(self._refresh)

    def leave(self) -> None:
        """Close the page: it was for whoever was signed in."""
        self._leads = ()
        self.close()

    def show(self) -> None:
        """Show the page, made anew unless it is open."""
        if self.window is None or not self.window.isVisible():
            self.close()
            agent = self._caller.agent
            self.window = FiltersWindow(self._looks, self._caller.ask, agent=agent, leads=self._leads)
        bring_forward(self.window)

    def close(self) -> None:
        """Close the page."""
        window, self.window = self.window, None
        if window is not None:
            window.close()
            window.deleteLater()

    def _know(self, welcome: Welcome) -> None:
        self._leads = welcome.leads

    def _refresh(self) -> None:
        if self.window is not None and self.window.isVisible():
            self.window.refresh()
