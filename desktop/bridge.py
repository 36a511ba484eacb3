"""The link to the relay as Qt sees it: methods in, signals out.

Everything Qt sees happens on the thread that made the object, which is the GUI thread.
"""

import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.address import Account
from desktop.connection import Connection, Told
from desktop.crossing import Tell, listen
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Inbox, InboxError
from desktop.pace import Pace
from desktop.proxies import Network
from desktop.pulse import Pulse
from desktop.requests import Answer, offline
from desktop.system_proxy import system_route
from relay.protocol import Availability, Filters, Receipt, Request, Welcome

TURN_SECONDS = 0.001
"""For how long a thread may keep Python to itself while another waits, a fifth of Python's own wish.

A card takes Python dozens of times, and a link that stores a burst is in its way each time.
"""


@dataclass(kw_only=True)
class _News:
    """What a link had to say since the GUI thread last looked."""

    entries: list[Entry] = field(default_factory=list)
    changed: dict[str, Entry] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    missed: int = 0
    status: Status | None = None

    def __bool__(self) -> bool:
        return any((self.entries, self.changed, self.told, self.missed, self.status))


class _Desk:
    """Where a link, on its thread, puts down what the GUI thread takes up. It holds nothing of Qt."""

    def __init__(self, tell: Tell) -> None:
        """``tell`` asks the GUI thread to come."""
        self._tell = tell
        self._lock = threading.Lock()
        self._link: Connection | None = None
        self._news = _News()
        self.down = False
        """Whether the link said last that there is none."""

    @property
    def link(self) -> Connection | None:
        """Return the link that is listened to."""
        with self._lock:
            return self._link

    def use(self, link: Connection | None) -> Connection | None:
        """Listen to another link, or to none; return the one before, whose news nobody will see."""
        with self._lock:
            before, self._link = self._link, link
            self._news = _News()
        return before

    def put(
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
            idle = not self._news
            news = self._news
            news.entries += entries or []
            news.changed |= {entry.id: entry for entry in changed or []}
            news.told += [] if told is None else [told]
            news.missed += missed
            news.status = status or news.status
            if status is not None:
                self.down = status.state is LinkState.OFFLINE
        if idle:
            self._tell(None)

    def take(self) -> _News:
        """Return everything that has come together."""
        with self._lock:
            news, self._news = self._news, _News()
        return news


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

    def __init__(self, inbox: Inbox, parent: QObject | None = None, *, pace: Pace | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(TURN_SECONDS)
        self._inbox, self._pace = inbox, pace or Pace()
        self.network = Network(environ=os.environ, system=system_route)
        """How the next link will go; see :meth:`use`."""
        self.account: Account | None = None
        """Whose link this is, or was."""
        self._presence = Availability.AVAILABLE
        self._desk = _Desk(listen(self, Bridge._deliver))

    def start(self, account: Account, token: str) -> None:
        """Connect, and keep connected, until :meth:`stop`; an earlier link is stopped first.

        Raises:
            desktop.address.BadAddress: the account's relay cannot be used.
        """
        self.stop()
        self.account = account
        desk = self._desk
        link = Connection(
            account=account,
            token=token,
            inbox=self._inbox,
            on_entries=lambda entries: desk.put(link, entries=entries),
            on_status=lambda status: desk.put(link, status=status),
            on_gap=lambda missed: desk.put(link, missed=missed),
            on_changes=lambda entries: desk.put(link, changed=entries),
            on_told=lambda told: desk.put(link, told=told),
            presence=self._presence,
            pace=self._pace,
            network=self.network,
        )
        desk.use(link)
        link.start()

    def stop(self) -> None:
        """Close the link, within 2 seconds. No signal comes afterwards; a second call does nothing."""
        link = self._desk.use(None)
        if link is not None:
            link.stop()

    def retry_now(self) -> None:
        """Try to connect at once, also after the relay said not to come back."""
        link = self._desk.link
        if link is not None:
            link.retry_now()

    def use(self, network: Network) -> None:
        """Go another way from the next link on."""
        changed, self.network = network != self.network, network
        link = self._desk.link
        if changed and link is not None:
            link.reroute(network)

    def probe(self) -> None:
        """See at once whether the link still works."""
        link = self._desk.link
        if link is not None:
            link.probe()

    def pulse(self) -> Pulse | None:
        """Return what is known of the link besides its state; None if there is no link."""
        link = self._desk.link
        return None if link is None else link.pulse

    def ask(self, request: Request) -> None:
        """Ask the relay; :attr:`answered` follows, on a later turn of the event loop."""
        link = self._desk.link
        if link is not None:
            link.ask(request)
        else:
            QTimer.singleShot(0, self, lambda: self.answered.emit(offline(request)))

    def note(self, receipt: Receipt) -> None:
        """Tell the relay what a person did, as soon as there is a link, if that is after a restart."""
        link = self._desk.link
        if link is not None:
            link.note(receipt)
        else:
            with suppress(InboxError):  # nothing depends on it, and whoever writes next says so
                self._inbox.keep_receipt(receipt)

    def be(self, presence: Availability) -> None:
        """Tell the relay whether somebody is there, now and at each new link.

        Who comes back sees at once whether the link still works, or gets another: a computer that was
        locked may have slept, or stands on another desk.
        """
        came_back = self._presence is Availability.AWAY and presence is not Availability.AWAY
        self._presence = presence
        link = self._desk.link
        if link is not None:
            link.be(presence)
            if came_back:
                link.probe()
            if came_back and self._desk.down:
                link.retry_now()

    def _deliver(self, _nothing: None) -> None:
        """Say everything that has come together since the wake, on the GUI thread."""
        news = self._desk.take()
        if news.status is not None:
            self.status_changed.emit(news.status)
        if news.missed:
            self.gap_found.emit(news.missed)
        if news.entries:
            self.entries_arrived.emit(news.entries)
        if news.changed:
            self.entries_changed.emit(list(news.changed.values()))
        for each in news.told:
            self._tell(each)

    def _tell(self, told: Told) -> None:
        match told:
            case Answer():
                self.answered.emit(told)
            case Welcome():
                self.welcomed.emit(told)
            case Filters():
                self.filters_changed.emit(told)
