"""The token in the system's keyring: never in a file, an argument, a log or the settings.

A locked keyring may block until its owner answers a prompt, so every call runs in a thread of its
own and has a time limit; these verbs wait for it, and belong off the GUI thread
(:class:`desktop.bridge.Errand`). ``keyring`` is imported by the first call, not before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from keyring.backend import KeyringBackend

SERVICE = "Deskbell"
"""The name under which people find the entry in their keyring; the user name is the relay's address."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call of the keyring ended."""

    ok: bool
    reason: str = ""
    """If not ``ok``: a sentence for the visible notice, such as "The keyring of this computer is locked …"."""
    token: str | None = field(default=None, repr=False)
    """What ``load`` found; None if the keyring has no token for the relay."""


class Keychain:
    """Keeps one token per relay. Never raises: what went wrong is in the outcome.

    After ``store`` without success the token is good for this session only, and the agent is told.
    """

    def __init__(self, backend: Callable[[], KeyringBackend] | None = None, *, limit: float = 10.0) -> None:
        raise NotImplementedError

    def store(self, relay: str, token: str) -> Outcome:
        """Keep the token of a relay."""
        raise NotImplementedError

    def load(self, relay: str) -> Outcome:
        """Return the token of a relay: ``ok`` with ``token=None`` if there is none."""
        raise NotImplementedError

    def delete(self, relay: str) -> Outcome:
        """Forget the token of a relay; it is fine if there is none."""
        raise NotImplementedError
