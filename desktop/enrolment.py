"""How this desktop comes to its token: from the keyring, from a pairing code, and back again.

Everything that may block (keyring, network) runs as an errand, off the GUI thread.
"""

import logging
import platform
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.address import Account, BadAddress, parse_address
from desktop.controls import bring_forward
from desktop.errand import Errand
from desktop.i18n import mark, tr
from desktop.keychain import Keychain, Outcome
from desktop.pairing import Paired, PairingFailed, exchange, load_account, save_account
from desktop.proxies import Network
from desktop.signin import PairingDialog
from desktop.theme import Looks

_UNSAVED = mark("The sign-in could not be saved on this disk. You stay signed in until Deskbell is quit.")
_CLOSED = mark(
    "The keyring of this computer does not open. As soon as it does, Deskbell signs in by itself; "
    "or pair this computer again."
)
AGAIN_SECONDS = (5.0, 300.0)
"""A keyring that doesn't open is asked again after so long, then after twice as long, up to the second."""
FINISH_SECONDS = 3.0
"""How long quitting waits for a keyring that is being written: a pairing code is good only once."""
_UNEXPECTED = mark("Something unexpected went wrong. Please try again, and tell your IT if it stays.")

_log = logging.getLogger(__name__)


class Enrolment(QObject):
    """Who this desktop is, or the dialog that finds out.

    Signals:
        signed_in(Account, str): the account and its token; connect with it.
        paired(Account): a person has just typed a code, and it was good.
        signed_out(): there is no token (any more).
        noticed(str): a sentence that has to stay visible, such as that there is no keyring; empty if
            all is well.
    """

    signed_in = Signal(object, str)
    paired = Signal(object)
    signed_out = Signal()
    noticed = Signal(str)

    def __init__(
        self, looks: Looks, keychain: Keychain, file: Path, *, again_seconds: float = AGAIN_SECONDS[0]
    ) -> None:
        """Keep the account, without its token, in ``file``."""
        super().__init__()
        self._looks, self._keychain, self._file = looks, keychain, file
        self._address = ""
        self._account: Account | None = None
        self._trouble = ""
        self._errands: set[Errand] = set()
        self._writes: list[threading.Event] = []
        self._again = QTimer(self, singleShot=True, interval=round(again_seconds * 1000))
        self._again.timeout.connect(self._load)
        self._told = False
        self.dialog: PairingDialog | None = None
        self.network: Network | None = None
        """How the relay is reached; None: as the environment says."""

    def begin(self, relay: str = "", code: str = "") -> None:
        """Sign in: with ``code`` if there is one, else from the keyring, else ask for a code."""
        self._address = relay
        account = load_account(self._file)
        if relay and code:
            self._pair(relay, code)
        elif account is None:
            self.signed_out.emit()
            self.ask()
        else:
            self._address = relay or account.relay
            self._load()

    def ask(self) -> None:
        """Show the dialog."""
        if self.dialog is None:
            self.dialog = PairingDialog(self._looks, self._address)
            self.dialog.submitted.connect(self._pair)
            self.dialog.finished.connect(self._close_dialog)
        bring_forward(self.dialog)

    def come_forward(self) -> None:
        """Bring the dialog to the front, if it is open."""
        if self.dialog is not None:
            self.ask()

    def sign_out(self) -> None:
        """Forget account and token."""
        account = self._account or load_account(self._file)
        self._account = None
        self._again.stop()
        self._file.unlink(missing_ok=True)
        if account is not None:
            self._write(lambda: self._keychain.delete(account.relay), lambda _outcome: None)
        self.noticed.emit("")
        self.signed_out.emit()

    def finish(self) -> None:
        """Close, after the keyring has got what it is being given; not if it takes too long."""
        until = time.monotonic() + FINISH_SECONDS
        for write in self._writes:
            write.wait(until - time.monotonic())
        self.close()

    def close(self) -> None:
        """Close the dialog, and ask no keyring any more."""
        self._again.stop()
        if self.dialog is not None:
            self.dialog.close()

    def _load(self) -> None:
        account = load_account(self._file)
        if account is not None and self._account is None:
            self._run(lambda: self._keychain.load(account.relay), lambda found: self._loaded(account, found))

    def _loaded(self, account: Account, found: object) -> None:
        assert isinstance(found, Outcome)  # noqa: S101 - what Keychain.load returns
        if self._account is not None:
            return  # a code was faster
        if found.token:
            self._account = account
            self.close()
            self.signed_in.emit(account, found.token)
        elif found.ok:
            self.signed_out.emit()
            self.ask()
        else:
            self._wait_for_keyring()

    def _wait_for_keyring(self) -> None:
        """Let the agent pair anew, and ask the keyring again later: it may only be locked, or late."""
        self._again.start()
        self._again.setInterval(min(2 * self._again.interval(), round(AGAIN_SECONDS[1] * 1000)))
        if not self._told:  # who has put the dialog away knows already
            self._told = True
            self.signed_out.emit()
            self.ask()
            if self.dialog is not None:
                self.dialog.show_error(tr(_CLOSED))

    def _pair(self, relay: str, code: str) -> None:
        try:
            address = parse_address(relay)
        except BadAddress as problem:
            self._failed(problem)
            return
        if self.dialog is not None:
            self.dialog.show_progress()
        name = platform.node() or "desktop"
        network = self.network
        self._run(lambda: exchange(address, code, name, network=network), self._paired)

    def _paired(self, answer: object) -> None:
        assert isinstance(answer, Paired)  # noqa: S101 - what exchange returns
        self._trouble = ""
        try:
            save_account(self._file, answer.account)
        except OSError as error:
            # The code is used up: being signed in for now is better than being asked for another.
            _log.error("the account could not be saved: %s", error.strerror)
            self._trouble = tr(_UNSAVED)
        self._account = answer.account
        if self.dialog is not None:
            self.paired.emit(answer.account)
        self.close()
        self.signed_in.emit(answer.account, answer.token)
        self._write(lambda: self._keychain.store(answer.account.relay, answer.token), self._stored)

    def _stored(self, outcome: object) -> None:
        assert isinstance(outcome, Outcome)  # noqa: S101 - what Keychain.store returns
        self.noticed.emit(self._trouble if outcome.ok else outcome.reason)

    def _failed(self, error: object) -> None:
        if isinstance(error, PairingFailed | BadAddress):
            sentence = str(error)
        else:
            sentence = tr(_UNEXPECTED)
            _log.error("sign-in failed: %s", type(error).__name__)
        if self._account is None:
            self.signed_out.emit()
        self.ask()
        if self.dialog is not None:
            address = isinstance(error, BadAddress) or (isinstance(error, PairingFailed) and error.address)
            self.dialog.show_error(sentence, address=address)

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self._address = self.dialog.address.text().strip() or self._address
            self.dialog.deleteLater()
            self.dialog = None

    def _write(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        """Change the keyring; :meth:`finish` waits for it."""
        ended = threading.Event()

        def write() -> object:
            try:
                return work()
            finally:
                ended.set()

        self._writes = [one for one in self._writes if not one.is_set()] + [ended]
        self._run(write, then)

    def _run(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        errand = Errand(self)
        self._errands.add(errand)
        for signal, react in ((errand.done, then), (errand.failed, self._failed)):
            signal.connect(lambda _result, errand=errand: self._errands.discard(errand))
            signal.connect(react)
        errand.start(work)
