"""Cards in the whole app: from what the relay sends to the history, in windows."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.gathered import Offer
from desktop.guard import HOLD_SECONDS
from desktop.toast import Toast
from relay.protocol import About, How, Notification, Priority
from tests.desktop.far_end import FarEnd

MakeMessage = Callable[..., Notification]
MakeDesktop = Callable[..., Desktop]
LATER = 4_000_000_000.0
"""In the future, so never too old for a toast."""
LIMIT = 20_000
STORM: dict[str, Any] = {
    "source": "deskbell", "provider": "deskbell", "type": "deskbell.storm", "priority": Priority.HIGH,
    "playbook": "storm", "scripts": (), "links": (), "at": LATER,
}  # fmt: skip


def titles(desktop: Desktop) -> list[str]:
    """Return the titles of the toasts on the screen."""
    return [toast.title.text() for toast in desktop.stack.toasts()]


def press(qtbot: QtBot, toast: Toast, offer: Offer) -> None:
    """Press a card's button, when it isn't held any more."""
    qtbot.waitUntil(lambda: not toast.is_held(), timeout=round(2_000 * HOLD_SECONDS))
    assert toast.offers is not None
    QTest.mouseClick(toast.offers.buttons[offer], Qt.MouseButton.LeftButton)


def test_what_is_about_one_customer_is_one_card_and_one_list(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """Three become a card with the newest on top; Show all opens the history with exactly these."""
    about = {"subject": "5" * 32, "subject_name": "Ana Souza", "at": LATER}
    desktop = make_desktop()
    other = make_message(4, title="Somebody else", at=LATER)
    far_end.publish(*(make_message(n, type=f"a.{n}", **about) for n in range(1, 4)), other)
    qtbot.waitUntil(
        lambda: sorted(titles(desktop)) == ["3 items about Ana Souza", "Somebody else"], timeout=LIMIT
    )
    (card,) = [toast for toast in desktop.stack.toasts() if toast.offers is not None]
    assert card.body.text().startswith("Payment 3 failed")
    press(qtbot, card, Offer.SHOW)
    window = desktop.history.window
    assert window is not None
    qtbot.waitUntil(lambda: desktop.records.model.rowCount() == 3, timeout=LIMIT)
    assert window.filters.card.text() == "Ana Souza ×"
    assert titles(desktop) == ["Somebody else"]
    assert all(receipt.id.startswith("event-") for receipt in far_end.receipts)


def test_a_storm_is_counted_in_its_own_window(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """What the relay tells next changes the card where it is; it can be put off as anything of the relay's."""
    folded = [make_message(n, playbook="payment-failed", at=LATER, how=How.INBOX) for n in range(1, 6)]
    about: dict[str, Any] = {
        "playbook": "payment-failed",
        "type": "invoice.payment_failed",
        "since": LATER - 60,
    }
    desktop = make_desktop()
    far_end.publish(*folded, make_message(9, about=About(count=30, **about), **STORM))
    qtbot.waitUntil(lambda: titles(desktop) == ["30 × Invoice payment failed"], timeout=LIMIT)
    (card,) = desktop.stack.toasts()
    assert card.body.text().splitlines()[0] == "Payment 5 failed: Ana Souza"
    window, bottom = card.winId(), card.geometry().bottom()
    far_end.publish(make_message(10, id="event-9", revision=2, about=About(count=45, **about), **STORM))
    qtbot.waitUntil(lambda: titles(desktop) == ["45 × Invoice payment failed"], timeout=LIMIT)
    assert desktop.stack.toasts() == [card]
    assert (card.winId(), card.geometry().bottom()) == (window, bottom)
    card.open_menu()
    menu = card.menu()
    assert menu is not None
    assert any(line.startswith("Snooze") for line in menu.words())
    menu.close()


def test_a_digest_is_marked_as_read_and_back(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """What is urgent keeps its own toast, and its unread mark."""
    far_end.notes = [make_message(n, at=1_000.0 + n) for n in range(1, 8)]
    far_end.notes.append(make_message(8, at=1_100.0, priority=Priority.URGENT, title="Overdue"))
    desktop = make_desktop()
    words = "While you were away: 8 items, 1 urgent"
    qtbot.waitUntil(lambda: sorted(titles(desktop)) == ["Overdue", words], timeout=LIMIT)
    (card,) = [toast for toast in desktop.stack.toasts() if toast.title.text() == words]
    press(qtbot, card, Offer.READ)
    qtbot.waitUntil(lambda: desktop.inbox.unread_count() == 1, timeout=LIMIT)
    press(qtbot, card, Offer.UNDO)
    qtbot.waitUntil(lambda: desktop.inbox.unread_count() == 8, timeout=LIMIT)
