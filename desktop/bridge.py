"""The one crossing between other threads and Qt: methods in, queued signals out.

Everything Qt sees happens on the thread that made the object, which is the GUI thread.
"""

import os
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from desktop.address import Account
from desktop.connection import Connection, Told
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Inbox
from desktop.pace import Pace
from desktop.proxies import Network
from desktop.pulse import Pulse
from desktop.requests import Answer, offline
from desktop.system_proxy import system_route
from relay.protocol import Availability, Filters, Receipt, Request, Welcome


class Bridge(QObject):
    """The link to the relay as the windows see it.

    Signals:
        entries_arrived(list[Entry]): new entries, stored already; a burst comes as one list.
        entries_changed(list[Entry]): entries with a new revision or another stage, stored already.
        answered(Answer): what became of a request; one for each :meth:`ask`.
        welcomed(Welcome): who this desktop is to the relay, at each new link.
        filters_changed(Filters): the filters are others now.
        status_changed(Status): the link's state; only the newest of a burst.
        gap_found(int): so many notifications were removed at the relay before this desktop came back.
    """

    entries_arrived = Signal(list)
    entries_changed = Signal(list)
    answered = Signal(object)
    welcomed = Signal(object)
    filters_changed = Signal(object)
    status_changed = Signal(object)
    gap_found = Signal(int)
    _woken = Signal()

    def __init__(self, inbox: Inbox, parent: QObject | None = None, *, pace: Pace | None = None) -> None:
        super().__init__(parent)
        self._inbox, self._pace = inbox, pace or Pace()
        self.network = Network(environ=os.environ, system=system_route)
        """How the next link will go; see :meth:`use`."""
        self.account: Account | None = None
        """Whose link this is, or was."""
        self._link: Connection | None = None
        self._lock = threading.Lock()
        self._awake = False
        self._entries: list[Entry] = []
        self._changed: dict[str, Entry] = {}
        self._told: list[Told] = []
        self._presence = Availability.AVAILABLE
        self._missed = 0
        self._status: Status | None = None
        self._down = False
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self, account: Account, token: str) -> None:
        """Connect, and keep connected, until :meth:`stop`; an earlier link is stopped first.

        Raises:
            desktop.address.BadAddress: the account's relay cannot be used.
        """
        self.stop()
        self.account = account
        link = Connection(
            account=account,
            token=token,
            inbox=self._inbox,
            on_entries=lambda entries: self._from(link, entries=entries),
            on_status=lambda status: self._from(link, status=status),
            on_gap=lambda missed: self._from(link, missed=missed),
            on_changes=lambda entries: self._from(link, changed=entries),
            on_told=lambda told: self._from(link, told=told),
            presence=self._presence,
            pace=self._pace,
            network=self.network,
        )
        with self._lock:
            self._link = link
        link.start()

    def stop(self) -> None:
        """Close the link, within 2 seconds. No signal comes afterwards; a second call does nothing."""
        with self._lock:
            link, self._link = self._link, None
            self._entries, self._missed, self._status = [], 0, None
            self._changed, self._told = {}, []
        if link is not None:
            link.stop()

    def retry_now(self) -> None:
        """Try to connect at once, also after the relay said not to come back."""
        link = self._current()
        if link is not None:
            link.retry_now()

    def use(self, network: Network) -> None:
        """Go another way from the next link on."""
        changed, self.network = network != self.network, network
        link = self._current()
        if changed and link is not None:
            link.reroute(network)

    def probe(self) -> None:
        """See at once whether the link still works."""
        link = self._current()
        if link is not None:
            link.probe()

    def pulse(self) -> Pulse | None:
        """Return what is known of the link besides its state; None if there is no link."""
        link = self._current()
        return None if link is None else link.pulse

    def ask(self, request: Request) -> None:
        """Ask the relay; :attr:`answered` follows, on a later turn of the event loop."""
        link = self._current()
        if link is not None:
            link.ask(request)
        else:
            QTimer.singleShot(0, self, lambda: self.answered.emit(offline(request)))

    def note(self, receipt: Receipt) -> None:
        """Tell the relay what a person did, as soon as there is a link; signed out, nobody is told."""
        link = self._current()
        if link is not None:
            link.note(receipt)

    def be(self, presence: Availability) -> None:
        """Tell the relay whether somebody is there, now and at each new link.

        Who comes back sees at once whether the link still works, or gets another: a computer that was
        locked may have slept, or stands on another desk.
        """
        came_back = self._presence is Availability.AWAY and presence is not Availability.AWAY
        self._presence = presence
        link = self._current()
        if link is not None:
            link.be(presence)
            if came_back:
                link.probe()
            if came_back and self._down:
                link.retry_now()

    def _current(self) -> Connection | None:
        with self._lock:
            return self._link

    def _from(
        self,
        link: Connection,
        *,
        entries: list[Entry] | None = None,
        status: Status | None = None,
        missed: int = 0,
        changed: list[Entry] | None = None,
        told: Told | None = None,
    ) -> None:
        """Take what a link has to say, on its thread; a link that was stopped is not listened to."""
        with self._lock:
            if link is not self._link:
                return
            self._entries += entries or []
            self._changed |= {entry.id: entry for entry in changed or []}
            self._told += [] if told is None else [told]
            self._missed += missed
            self._status = status or self._status
            if status is not None:
                self._down = status.state is LinkState.OFFLINE
            wake, self._awake = not self._awake, True
        if wake:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        """Say everything that has come together since the wake, on the GUI thread."""
        with self._lock:
            self._awake = False
            entries, self._entries = self._entries, []
            changed, self._changed = list(self._changed.values()), {}
            told, self._told = self._told, []
            missed, self._missed = self._missed, 0
            status, self._status = self._status, None
        if status is not None:
            self.status_changed.emit(status)
        if missed:
            self.gap_found.emit(missed)
        if entries:
            self.entries_arrived.emit(entries)
        if changed:
            self.entries_changed.emit(changed)
        for each in told:
            self._tell(each)

    def _tell(self, told: Told) -> None:
        match told:
            case Answer():
                self.answered.emit(told)
            case Welcome():
                self.welcomed.emit(told)
            case Filters():
                self.filters_changed.emit(told)


class Errand(QObject):
    """One blocking call in a thread of its own, for the pairing dialog and the keyring.

    Signals:
        done(object): what the call returned.
        failed(object): the exception that it raised.
    """

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._result: object = None
        self._error: Exception | None = None
        self._ended.connect(self._report, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Callable[[], object]) -> None:
        """Begin; exactly one of the signals follows, on the GUI thread. An errand is run once."""
        # A daemon: quitting does not wait for a server or a person that doesn't answer.
        threading.Thread(target=self._run, args=(work,), name="errand", daemon=True).start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            self._result = work()
        except Exception as error:  # noqa: BLE001 - whoever started the errand is told
            self._error = error
        try:
            self._ended.emit()
        except RuntimeError:
            return  # the errand's owner, and so its Qt half, is gone: nobody waits any more

    @Slot()
    def _report(self) -> None:
        if self._error is not None:
            self.failed.emit(self._error)
        else:
            self.done.emit(self._result)
