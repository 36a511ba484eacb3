"""The token in the system's keyring: never in a file, an argument, a log or the settings.

A locked keyring may block until its owner answers a prompt, so the calls run in one thread of their
own, in order, and each has a time limit; the verbs below wait for them, and belong off the GUI
thread (:class:`desktop.bridge.Errand`). ``keyring`` is imported by the first call, not before: it
costs more than showing the tray.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.i18n import mark, tr

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Deskbell"
"""The name under which people find the entry in their keyring; the user name is the relay's address."""

LIMIT_SECONDS = 10.0
"""How long a person is given to unlock the keyring before the app goes on without it."""

_SYSTEM_KEYRINGS = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)
"""Modules of backends that encrypt by the system's own means. Others may write plain text."""

_NONE = mark("This computer has no keyring. You stay signed in until Deskbell is quit.")
_LOCKED = mark("The keyring of this computer is locked. You stay signed in until Deskbell is quit.")
_FAILED = mark("The keyring of this computer did not work. You stay signed in until Deskbell is quit.")

_log = logging.getLogger(__name__)


class NoKeyring(Exception):
    """There is no keyring that may hold a secret."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call of the keyring ended."""

    ok: bool
    reason: str = ""
    """If not ``ok``: a sentence for the visible notice, such as "The keyring is locked …"."""
    token: str | None = field(default=None, repr=False)
    """What ``load`` found; None if the keyring has no token for the relay."""


class Keychain:
    """Keeps one token per relay. Never raises: what went wrong is in the outcome.

    After ``store`` without success the token is good for this session only, and the agent is told.
    ``backend`` chooses the keyring; it is called once, in the keyring's thread.
    """

    def __init__(
        self, backend: "Callable[[], KeyringBackend] | None" = None, *, limit: float = LIMIT_SECONDS
    ) -> None:
        self._choose = backend or system_keyring
        self._limit = limit
        self._chosen: KeyringBackend | None = None
        self._calls: queue.SimpleQueue[tuple[Callable[[KeyringBackend], str | None], Future[str | None]]]
        self._calls = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._starting = threading.Lock()

    def store(self, relay: str, token: str) -> Outcome:
        """Keep the token of a relay."""
        return self._ask("store", lambda backend: backend.set_password(SERVICE, relay, token))

    def load(self, relay: str) -> Outcome:
        """Return the token of a relay: ``ok`` with ``token=None`` if there is none."""
        return self._ask("load", lambda backend: backend.get_password(SERVICE, relay))

    def delete(self, relay: str) -> Outcome:
        """Forget the token of a relay; it is fine if there is none."""
        return self._ask("delete", lambda backend: _delete(backend, relay))

    def _ask(self, verb: str, call: "Callable[[KeyringBackend], str | None]") -> Outcome:
        """Let the worker make the call, and wait no longer than the limit."""
        self._ensure_worker()
        answer: Future[str | None] = Future()
        self._calls.put((call, answer))
        try:
            return Outcome(ok=True, token=answer.result(self._limit))
        except NoKeyring:
            reason = tr(_NONE)
        except TimeoutError:
            answer.cancel()  # a call that has not begun need not be made any more
            reason = tr(_LOCKED)
        except Exception as error:  # noqa: BLE001 - backends raise what their libraries raise
            reason = _sentence(error)
            # Only the kind: a backend may put what it was given into its text.
            _log.warning("keyring: %s failed: %s", verb, type(error).__name__)
        return Outcome(ok=False, reason=reason)

    def _ensure_worker(self) -> None:
        with self._starting:
            if self._worker is None:
                # A daemon, because a prompt that nobody answers must not keep the program from quitting.
                self._worker = threading.Thread(target=self._work, name="keychain", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        """Make one call after the other: a late answer cannot overtake a newer call."""
        while True:
            call, answer = self._calls.get()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                if self._chosen is None:
                    self._chosen = self._choose()
                answer.set_result(call(self._chosen))
            except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits
                answer.set_exception(error)


def system_keyring() -> "KeyringBackend":
    """Return the system's keyring.

    Raises:
        NoKeyring: there is none, or only one that keeps nothing or writes plain text.
    """
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for backend in candidates:
        if type(backend).__module__.startswith(_SYSTEM_KEYRINGS):
            return backend
    raise NoKeyring(tr("{module} cannot hold a secret", module=type(chosen).__module__))


def _delete(backend: "KeyringBackend", relay: str) -> None:
    """Delete a token if there is one; keyring's own error for a missing entry is not one for us."""
    if backend.get_password(SERVICE, relay) is not None:
        backend.delete_password(SERVICE, relay)


def _sentence(error: Exception) -> str:
    """Return what to tell the agent about an error of a backend."""
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(error, NoKeyringError):
        return tr(_NONE)
    return tr(_LOCKED if isinstance(error, KeyringLocked) else _FAILED)
