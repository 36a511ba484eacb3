"""Brings the running app and its diagnostics together: what is looked at, and what is told of it."""

import logging
import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from desktop import doctor
from desktop.address import parse_address
from desktop.bridge import Bridge
from desktop.checks import Check, Subject, network_checks
from desktop.controls import bring_forward
from desktop.diagnostics import DiagnosticsWindow
from desktop.doctor import Finding
from desktop.entry import LinkState, Status
from desktop.equipment import about, equipment_checks, look_around, users
from desktop.keychain import Keychain
from desktop.logtail import Tail
from desktop.theme import Looks


class Checkup(QObject):
    """The diagnostics of one running app. Make it early: it keeps what is logged from then on."""

    def __init__(
        self, looks: Looks, bridge: Bridge, keychain: Keychain, status: Callable[[], Status]
    ) -> None:
        """``status`` returns the link's state as the tray shows it; ``keychain`` is asked for the sign-in."""
        super().__init__()
        self._looks, self._bridge, self._keychain, self._status = looks, bridge, keychain, status
        self._tail = Tail()
        logging.getLogger().addHandler(self._tail)
        self.window: DiagnosticsWindow | None = None

    def show(self) -> None:
        """Show the window and look at everything."""
        window = self.window or DiagnosticsWindow(self._looks, self._checks, self._report)
        self.window = window
        bring_forward(window)
        if not window.running:
            window.run()

    def retranslate(self) -> None:
        """Make an open window anew in the language that is spoken, and look again."""
        old, self.window = self.window, None
        if old is None:
            return
        seen = old.isVisible()
        old.retire()
        if seen:
            self.show()

    def close(self) -> None:
        """Close the window, and keep nothing more."""
        logging.getLogger().removeHandler(self._tail)
        if self.window is not None:
            self.window.close()

    def _checks(self) -> Sequence[Check]:
        subject, status = None, self._status()
        account = self._bridge.account
        relay = account.relay if account is not None else ""
        if account is not None and status.state is not LinkState.SIGNED_OUT:
            self._bridge.probe()
            pulse = self._bridge.pulse()
            subject = Subject(
                address=parse_address(account.relay),
                network=self._bridge.network,
                agent=account.agent,
                status=status,
                pulse=lambda: pulse,
            )
        return [*network_checks(subject), *equipment_checks(look_around(), self._keychain, relay)]

    def _report(self, findings: Sequence[Finding]) -> str:
        return doctor.bundle(findings, about(), self._tail.lines(), users=users(os.environ))
