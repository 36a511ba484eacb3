"""An entry is what a notification said, and nothing more."""

from dataclasses import FrozenInstanceError

import pytest

from desktop.entry import Entry, LinkState, Status
from relay.protocol import How, Link, Notification, Priority, Script
from tests.desktop.far_end import note


def test_an_entry_has_everything_the_notification_said() -> None:
    """Nothing of a notification is lost on its way into the inbox."""
    message = Notification(
        seq=7,
        id="n-7",
        source="billing",
        provider="stripe",
        type="invoice.payment_failed",
        priority=Priority.HIGH,
        title="Payment failed",
        body="Mira Lind, 48.00 EUR",
        scripts=(Script(name="Apology", text="I am sorry"),),
        links=(Link(label="Invoice", url="https://pay.example/i/7"),),
        at=100.0,
        how=How.INBOX,
    )
    entry = Entry.from_notification(message, 101.5)
    told = set(message.__struct_fields__) - {"why"}
    assert all(getattr(entry, name) == getattr(message, name) for name in told)
    assert (entry.received_at, entry.read, entry.shown, entry.quiet) == (101.5, False, False, "")


@pytest.mark.parametrize(
    ("how", "why", "quiet"),
    [
        (How.INBOX, "noise", "You had had enough toasts within the hour."),
        (How.INBOX, "storm", "Very many came at once."),
        (How.INBOX, "what a later relay may say", ""),
        (How.TOAST, "storm", ""),
    ],
)
def test_why_it_came_without_a_toast_is_kept(how: How, why: str, quiet: str) -> None:
    """What the relay said is there without asking it; of a toast there is nothing to say."""
    message = note(1, how=how, why=why)
    assert Entry.from_notification(message, 1.0).quiet == quiet


def test_records_cannot_be_changed() -> None:
    """Two threads can hold the same record without a lock."""
    status = Status(state=LinkState.LIVE, since=1.0)
    with pytest.raises(FrozenInstanceError):
        status.reason = "changed"  # type: ignore[misc]  # the point of the test
