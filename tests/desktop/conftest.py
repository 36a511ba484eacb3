"""What the desktop's tests share: looks, entries as they arrive, and an inbox on a real disk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.entry import Entry
from desktop.inbox import Inbox
from desktop.records import Records
from desktop.theme import Looks, Scheme
from relay.protocol import Link, Notification, Priority, Script
from tests.desktop.desk import Desk
from tests.desktop.far_end import FarEnd

NOW = 1_800_000_000.0

MakeMessage = Callable[..., Notification]
MakeEntry = Callable[..., Entry]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say what it cannot do: it is no fault of the code under test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged")
            )


@pytest.fixture
def looks(qapp: QApplication) -> Looks:
    """The light theme, applied to the application."""
    return Looks(qapp, Scheme.LIGHT)


@pytest.fixture
def make_message() -> MakeMessage:
    """Return a function that makes a notification, with what a test cares about replaced."""

    def make(seq: int = 1, **changes: Any) -> Notification:
        fields: dict[str, Any] = {
            "seq": seq,
            "id": f"event-{seq}",
            "source": "stripe",
            "provider": "stripe",
            "type": "invoice.payment_failed",
            "priority": Priority.NORMAL,
            "title": f"Payment {seq} failed: Ana Souza",
            "body": "The card was declined.",
            "scripts": (Script(name="Call back", text="Hi Ana, your payment did not go through."),),
            "links": (Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/1"),),
            "at": NOW,
        }
        return Notification(**fields | changes)

    return make


@pytest.fixture
def make_entry(make_message: MakeMessage) -> MakeEntry:
    """Return a function that makes an entry, with what a test cares about replaced."""
    return lambda seq=1, **changes: Entry.from_notification(make_message(seq, **changes), NOW)


@pytest.fixture
def relay() -> Iterator[FarEnd]:
    """A relay's stand-in that listens."""
    relay = FarEnd()
    relay.start()
    yield relay
    relay.finish()


@pytest.fixture
def desk(relay: FarEnd, tmp_path: Path) -> Iterator[Desk]:
    """A link to it that was not started yet, with an inbox and a record of all that it tells."""
    desk = Desk(tmp_path / "inbox.db", relay.url)
    yield desk
    desk.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox of the test's own."""
    opened = Inbox.open(tmp_path / "inbox.db")
    yield opened
    opened.close()


@pytest.fixture
def records(looks: Looks, inbox: Inbox, tmp_path: Path) -> Iterator[Records]:
    """The history's parts over that inbox."""
    made = Records(looks, inbox, tmp_path / "inbox.db")
    yield made
    made.close()
