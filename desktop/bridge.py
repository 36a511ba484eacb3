"""The one crossing between other threads and Qt: methods in, queued signals out.

Everything Qt sees happens on the thread that made the object, which is the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.address import Account
from desktop.inbox import Inbox


class Bridge(QObject):
    """The link to the relay as the windows see it.

    Signals:
        entries_arrived(list[Entry]): new entries, stored already; a burst comes as one list.
        status_changed(Status): the link's state; only the newest of a burst.
        gap_found(int): so many notifications were removed at the relay before this desktop came back.
    """

    entries_arrived = Signal(list)
    status_changed = Signal(object)
    gap_found = Signal(int)

    def __init__(self, inbox: Inbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        raise NotImplementedError

    def start(self, account: Account, token: str) -> None:
        """Connect, and keep connected, until :meth:`stop`; an earlier link is stopped first."""
        raise NotImplementedError

    def stop(self) -> None:
        """Close the link, within 2 seconds. No signal comes afterwards; a second call does nothing."""
        raise NotImplementedError

    def retry_now(self) -> None:
        """Try to connect at once, also after the relay said not to come back."""
        raise NotImplementedError


class Errand(QObject):
    """One blocking call in a thread of its own, for the pairing dialog and the keyring.

    Keep a reference until it is done. Signals:
        done(object): what the call returned.
        failed(object): the exception that it raised.
    """

    done = Signal(object)
    failed = Signal(object)

    def start(self, work: Callable[[], object]) -> None:
        """Begin; exactly one of the signals follows, on the GUI thread."""
        raise NotImplementedError
