"""Asks the relay's API for whoever is signed in, off the GUI thread; answers come on it."""

from collections.abc import Callable
from typing import TypeVar, cast

from PySide6.QtCore import QObject

from desktop.address import Account
from desktop.api import ApiFailed, RelayApi
from desktop.bridge import Bridge
from desktop.errand import Errand
from desktop.i18n import tr

_Answer = TypeVar("_Answer")


class Caller(QObject):
    """One per running app."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self.signed_in: tuple[Account, str] | None = None
        """Who is signed in, and with which token."""
        self._errands: set[Errand] = set()

    def sign_in(self, account: Account, token: str) -> None:
        """Ask the relay as this agent from now on."""
        self.signed_in = (account, token)

    def sign_out(self) -> None:
        """Forget who was signed in; what was asked before is still answered."""
        self.signed_in = None

    @property
    def agent(self) -> str:
        """Return who is signed in; empty: nobody."""
        return "" if self.signed_in is None else self.signed_in[0].agent

    def api(self) -> RelayApi | None:
        """Return how to ask the relay; None if nobody is signed in."""
        if self.signed_in is None:
            return None
        account, token = self.signed_in
        return RelayApi(account, token, network=self._bridge.network)

    def ask(
        self,
        work: Callable[[RelayApi], _Answer],
        take: Callable[[_Answer], None],
        fail: Callable[[ApiFailed], None],
    ) -> None:
        """Run ``work`` on a thread of its own; exactly one of ``take`` and ``fail`` is called, later."""
        api = self.api()
        errand = Errand(self)
        self._errands.add(errand)
        errand.done.connect(lambda answer: self._end(errand, lambda: take(cast(_Answer, answer))))
        errand.failed.connect(lambda problem: self._end(errand, lambda: fail(_told(problem))))
        errand.start(lambda: work(signed_in(api)))

    def _end(self, errand: Errand, tell: Callable[[], None]) -> None:
        self._errands.discard(errand)
        errand.deleteLater()
        tell()


def signed_in(api: RelayApi | None) -> RelayApi:
    """Return ``api``.

    Raises:
        ApiFailed: there is none, because nobody is signed in.
    """
    if api is None:
        raise ApiFailed(tr("This computer is not signed in."))
    return api


def _told(problem: object) -> ApiFailed:
    """Return a failure as a sentence, also one that nobody expected."""
    if isinstance(problem, ApiFailed):
        return problem
    return ApiFailed(tr("Something went wrong in Deskbell. Please try again."))
