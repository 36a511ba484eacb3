"""Exchange a pairing code for a token, over the relay's REST; every failure is a sentence for the agent.

Importing this module imports httpx, which takes a moment: do it after the tray is shown.
"""

from dataclasses import dataclass, field
from pathlib import Path

from desktop.address import Account, RelayAddress


class PairingFailed(Exception):
    """The exchange did not work. The text is a sentence for the agent, free of technical words."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The relay's answer to a good code."""

    account: Account
    token: str = field(repr=False)


def exchange(address: RelayAddress, code: str, name: str) -> Paired:
    """Exchange ``code`` for a token; ``name`` is what IT will see as this computer's name.

    Blocks up to 15 seconds: run it by :class:`desktop.bridge.Errand`.

    Raises:
        PairingFailed: with the sentence to show.
    """
    raise NotImplementedError


def save_account(path: Path, account: Account) -> None:
    """Write the account to ``path`` (JSON, mode 0600), all or nothing."""
    raise NotImplementedError


def load_account(path: Path) -> Account | None:
    """Return the account of an earlier pairing; None if there is none, or it cannot be read."""
    raise NotImplementedError
