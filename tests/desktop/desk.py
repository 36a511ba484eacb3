"""A link with its inbox, as the tests of the desktop's network use it."""

import time
from pathlib import Path

from desktop.address import Account
from desktop.connection import Connection, Told
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Inbox
from desktop.pace import Pace
from desktop.proxies import Network
from desktop.requests import Answer
from tests.desktop.far_end import Watched

TOKEN = "dbt_a-secret-token-of-this-test"

EAGER = Pace(chance=lambda: 0.001)
"""Next to no waiting between tries; everything else as shipped."""


class Clock:
    """A clock that a test can set; it runs on by itself."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


class Desk(Watched):
    """A link with its inbox, and everything it has said."""

    def __init__(
        self,
        path: Path,
        url: str,
        pace: Pace = EAGER,
        network: Network | None = None,
        *,
        device: str = "d",
        token: str = TOKEN,
    ) -> None:
        super().__init__()
        self.inbox = Inbox.open(path, clock=pace.clock)
        self.entries: list[Entry] = []
        self.statuses: list[Status] = []
        self.gaps: list[int] = []
        self.changes: list[Entry] = []
        self.told: list[Told] = []
        self.link = Connection(
            account=Account(relay=url, device=device, agent="mira@example.com", teams=()),
            token=token,
            inbox=self.inbox,
            on_entries=lambda entries: self.tell(lambda: self.entries.extend(entries)),
            on_status=lambda status: self.tell(lambda: self.statuses.append(status)),
            on_gap=lambda missed: self.tell(lambda: self.gaps.append(missed)),
            on_changes=lambda entries: self.tell(lambda: self.changes.extend(entries)),
            on_told=lambda told: self.tell(lambda: self.told.append(told)),
            pace=pace,
            network=network,
        )

    @property
    def ids(self) -> list[str]:
        """Return the ids that were news, in order."""
        return [entry.id for entry in self.entries]

    @property
    def answers(self) -> list[Answer]:
        """Return what became of requests."""
        return [told for told in self.told if isinstance(told, Answer)]

    def wait_for(self, state: LinkState, reason: str = "") -> Status:
        """Wait until the newest status has ``state``, and ``reason`` in its sentence."""
        self.wait(
            lambda: (
                bool(self.statuses)
                and self.statuses[-1].state is state
                and reason in self.statuses[-1].reason
            )
        )
        return self.statuses[-1]

    def close(self) -> None:
        """Stop, and close the inbox."""
        self.link.stop()
        assert self.link._thread is None or not self.link._thread.is_alive()
        self.inbox.close()
