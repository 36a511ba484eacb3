"""Opens the filters page for whoever is signed in, and keeps it up to date."""

from PySide6.QtCore import QObject

from desktop.address import Account
from desktop.api import RelayApi
from desktop.bridge import Bridge
from desktop.filters import FiltersWindow
from desktop.theme import Looks
from relay.protocol import Welcome


class FilterDesk(QObject):
    """One per running app; the page is made when somebody asks for it."""

    def __init__(self, looks: Looks, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._looks, self._bridge = looks, bridge
        self._signed_in: tuple[Account, str] | None = None
        self._leads: tuple[str, ...] = ()
        self.window: FiltersWindow | None = None
        bridge.welcomed.connect(self._know)
        bridge.filters_changed.connect(self._refresh)

    def sign_in(self, account: Account, token: str) -> None:
        """Ask the relay as this agent from now on."""
        self.sign_out()
        self._signed_in = (account, token)

    def sign_out(self) -> None:
        """Forget who was signed in, and close the page."""
        self._signed_in, self._leads = None, ()
        self.close()

    def show(self) -> None:
        """Show the page, made anew unless it is open."""
        if self.window is None or not self.window.isVisible():
            self.close()
            agent = "" if self._signed_in is None else self._signed_in[0].agent
            self.window = FiltersWindow(self._looks, self.api, agent=agent, leads=self._leads)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def api(self) -> RelayApi | None:
        """Return how to ask the relay; None if nobody is signed in."""
        if self._signed_in is None:
            return None
        account, token = self._signed_in
        return RelayApi(account, token, network=self._bridge.network)

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
