"""What the link says arrives on the GUI thread, in order, and in few steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from desktop.address import Account, BadAddress
from desktop.bridge import Bridge
from desktop.entry import Entry, LinkState, Status
from desktop.errand import Errand
from desktop.inbox import Inbox
from desktop.pace import Pace
from relay.protocol import Availability, Close, Gap, Hello, Message, Receipt, Seen
from tests.desktop.far_end import FarEnd, note

LIMIT = 20_000


class Window(QObject):
    """Stands where the windows are: remembers what it was told, and on which thread."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bursts: list[list[Entry]] = []
        self.statuses: list[Status] = []
        self.missed: list[int] = []
        self.threads: set[QThread] = set()
        # Direct connections would run on the emitting thread: the bridge itself has to be on ours.
        bridge.entries_arrived.connect(self.take_entries)
        bridge.status_changed.connect(self.take_status)
        bridge.gap_found.connect(self.take_gap)

    @property
    def ids(self) -> list[str]:
        """Return the ids in the order in which they came."""
        return [entry.id for burst in self.bursts for entry in burst]

    @property
    def state(self) -> LinkState | None:
        """Return the newest state."""
        return self.statuses[-1].state if self.statuses else None

    @Slot(list)
    def take_entries(self, entries: list[Entry]) -> None:
        self.threads.add(QThread.currentThread())
        self.bursts.append(entries)

    @Slot(object)
    def take_status(self, status: Status) -> None:
        self.threads.add(QThread.currentThread())
        self.statuses.append(status)

    @Slot(int)
    def take_gap(self, missed: int) -> None:
        self.threads.add(QThread.currentThread())
        self.missed.append(missed)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox.open(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


@pytest.fixture
def bridge(qtbot: QtBot, inbox: Inbox) -> Iterator[Bridge]:
    bridge = Bridge(inbox, pace=Pace(chance=lambda: 0.001))
    yield bridge
    bridge.stop()


def account(relay: FarEnd) -> Account:
    """Return an account at the far end."""
    return Account(relay=relay.url, device="d", agent="mira@example.com", teams=())


def test_everything_arrives_on_the_gui_thread(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """Entries, states and gaps reach the windows on the thread that made them, and no other."""

    def greeting(hello: Hello) -> list[Message | bytes]:
        return [relay.usual_greeting(hello)[0], Gap(missed=2, after=2), note(3)]

    relay.notes, relay.greeting = [note(3)], greeting
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE and window.ids == ["n-3"], timeout=LIMIT)
    assert window.missed == [2]
    assert window.threads == {QThread.currentThread()}


def test_what_is_announced_is_in_the_inbox(qtbot: QtBot, relay: FarEnd, bridge: Bridge, inbox: Inbox) -> None:
    """A window that is told of an entry can read it at once."""
    relay.notes = [note(1)]
    found: list[Entry | None] = []
    bridge.entries_arrived.connect(lambda entries: found.extend(inbox.get(entry.id) for entry in entries))
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: bool(found), timeout=LIMIT)
    assert [entry and entry.id for entry in found] == ["n-1"]


def test_what_is_done_before_there_is_a_link_is_told(relay: FarEnd, bridge: Bridge, inbox: Inbox) -> None:
    """While the keyring is still asked for the token, a toast of last time may be read already."""
    relay.notes = [note(1)]
    inbox.put([note(1)], device="d", epoch=relay.epoch)
    receipt = Receipt(id="n-1", what=Seen.OPENED, at=7.0)
    bridge.note(receipt)
    bridge.start(account(relay), "token")
    relay.wait(lambda: relay.receipts == [receipt])


def test_a_burst_comes_in_few_signals(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """While the windows are busy, five hundred entries gather, and come as one list, in order."""
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    # This thread is busy now: it runs no events until the relay has all acks.
    relay.publish(*(note(seq) for seq in range(1, 501)))
    relay.wait(lambda: 500 in relay.acks)
    qtbot.waitUntil(lambda: len(window.ids) == 500, timeout=LIMIT)
    assert window.ids == [f"n-{seq}" for seq in range(1, 501)]
    assert len(window.bursts) == 1


def test_a_busy_window_doesnt_cost_the_link(qtbot: QtBot, relay: FarEnd, inbox: Inbox) -> None:
    """The heartbeat goes on while the GUI thread is stuck, and the link stays up."""
    bridge = Bridge(inbox, pace=Pace(heartbeat=0.02, heartbeat_limit=0.5))
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    before = relay.pings
    relay.wait(lambda: relay.pings >= before + 20)  # no event of Qt runs meanwhile
    assert len(relay.hellos) == 1
    bridge.stop()


def test_who_comes_back_sees_at_once_whether_the_link_works(
    qtbot: QtBot, relay: FarEnd, inbox: Inbox
) -> None:
    """Long before the next heartbeat; that somebody goes is no reason to ask."""
    bridge = Bridge(inbox, pace=Pace(heartbeat=3600))
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    bridge.be(Availability.AWAY)
    relay.wait(lambda: len(relay.presences) == 1)
    assert relay.pings == 0
    bridge.be(Availability.AVAILABLE)

    relay.wait(lambda: relay.pings == 1)
    bridge.stop()


def test_who_comes_back_offline_need_not_wait_for_the_next_try(
    qtbot: QtBot, relay: FarEnd, inbox: Inbox
) -> None:
    """The computer was locked, and the wait has grown long."""
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    bridge = Bridge(inbox, pace=Pace(chance=lambda: 1.0))
    window = Window(bridge)
    bridge.be(Availability.AWAY)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.OFFLINE, timeout=LIMIT)
    relay.refusal = None
    bridge.be(Availability.AVAILABLE)

    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    bridge.stop()


def test_after_stop_nothing_comes_any_more(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """What was under way when the link was stopped isn't delivered; a second stop is harmless."""
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    relay.publish(note(1))
    relay.wait(lambda: relay.acks == [1])
    bridge.stop()
    bridge.stop()
    bridge.retry_now()
    said = len(window.statuses)
    errand = Errand()
    with qtbot.waitSignal(errand.done, timeout=LIMIT):  # the queue of events is empty when it arrives
        errand.start(lambda: None)
    assert (window.ids, len(window.statuses)) == ([], said)


def test_a_link_that_was_stopped_is_not_listened_to(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """What an old link says on its way out doesn't reach the windows of a new sign-in."""
    window = Window(bridge)
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
    old = bridge._desk.link
    bridge.stop()
    assert old is not None
    bridge._desk.put(old, missed=1, status=Status(state=LinkState.REFUSED, since=0.0))
    errand = Errand()
    with qtbot.waitSignal(errand.done, timeout=LIMIT):
        errand.start(lambda: None)
    assert (window.state, window.missed) == (LinkState.LIVE, [])


def test_a_new_start_replaces_the_link(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """Signing in again closes the old socket before the new one opens."""
    window = Window(bridge)
    for token in ("first", "second"):
        bridge.start(account(relay), token)
        qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)
        window.statuses.clear()
    assert [headers["Authorization"] for headers in relay.upgrades] == ["Bearer first", "Bearer second"]
    relay.wait(lambda: relay.closes == [Close.GOING_AWAY])


def test_a_person_can_ask_for_a_try(qtbot: QtBot, relay: FarEnd, bridge: Bridge) -> None:
    """After a refusal, "try again" does, at once."""
    window = Window(bridge)
    relay.refusal = (401, {}, b"")
    bridge.start(account(relay), "token")
    qtbot.waitUntil(lambda: window.state is LinkState.REFUSED, timeout=LIMIT)
    relay.refusal = None
    bridge.retry_now()
    qtbot.waitUntil(lambda: window.state is LinkState.LIVE, timeout=LIMIT)


def test_an_account_that_cannot_be_used_is_refused_at_once(bridge: Bridge) -> None:
    """A relay without protection is refused in the call, not somewhere in the background."""
    with pytest.raises(BadAddress):
        bridge.start(Account(relay="http://relay.example", device="d", agent="a", teams=()), "token")
