"""Where states are set up for pictures and for the tests of windows: looks, a full and an empty inbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QTimer

from desktop.inbox import Inbox
from desktop.records import Records
from desktop.theme import Looks
from relay.protocol import How
from tests.desktop.samples import ME, NOW, day, read_ones


@dataclass(frozen=True, kw_only=True)
class Room:
    """What states are made of."""

    looks: Looks
    full: Records
    """The history of a day."""
    inbox: Inbox
    """What it is of."""
    empty: Records
    folder: Path
    """For files of the states' own."""


@contextmanager
def furnished(looks: Looks, folder: Path) -> Iterator[Room]:
    """Give a room for as long as it is used."""
    kept = Inbox.open(folder / "full.db", clock=lambda: NOW)
    nothing = Inbox.open(folder / "empty.db", clock=lambda: NOW)
    kept.put(day(), device="d", epoch="e", agent=ME)
    kept.mark_ids(read_ones(), read=True)
    loud = [message.id for message in day() if message.how is How.TOAST]
    for entry_id in loud[:-1]:
        kept.claim_to_show(entry_id)
    full = Records(looks, kept, folder / "full.db", days=90, wall=lambda: NOW)
    empty = Records(looks, nothing, folder / "empty.db", days=90, wall=lambda: NOW)
    yield Room(looks=looks, full=full, inbox=kept, empty=empty, folder=folder)
    for records, inbox in ((full, kept), (empty, nothing)):
        records.close()
        inbox.close()


def settle(seconds: float = 0.15) -> None:
    """Let windows draw themselves and be placed."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    # Outside of a running loop nobody does what deleteLater asked for.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    """Let the application run until something holds: how long the archive takes depends on the machine."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not holds():
        if deadline.hasExpired():
            raise TimeoutError
        settle(0.02)
