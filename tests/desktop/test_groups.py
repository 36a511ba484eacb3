"""Many of one kind at once become one card, which counts them and opens the history."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.gathered import KINDS, Gathered, Offer, storm
from desktop.groups import CUSTOMER, Groups
from desktop.stack import Stack
from desktop.theme import Looks
from relay.protocol import About, Priority

MakeEntry = Callable[..., Entry]
LIMIT = 5_000


def test_three_stand_alone_and_the_fourth_makes_a_group(make_entry: MakeEntry) -> None:
    """Only within ten seconds, only of one kind, and never what is urgent or our own."""
    groups = Groups()
    assert [groups.take(make_entry(n), 0.0) is None for n in range(1, 5)] == [True, True, True, False]
    assert groups.take(make_entry(5, type="refund.made"), 0.0) is None
    assert groups.take(make_entry(6, priority=Priority.URGENT), 0.0) is None
    assert groups.take(make_entry(7, source="deskbell", provider="deskbell"), 0.0) is None
    groups.end("stripe/refund.made")
    assert "stripe/refund.made" not in groups._last
    slow = Groups()
    assert all(slow.take(make_entry(n), 4.0 * n) is None for n in range(1, 9))


def test_a_card_names_the_newest_and_counts_the_rest(make_entry: MakeEntry) -> None:
    """Its priority is the most pressing of its members; a member is counted once."""
    groups = Groups()
    members = tuple(make_entry(n, title=f"Order {n}") for n in range(1, 6))
    group = groups.join("k", (*members, make_entry(5, title="Order 5", priority=Priority.HIGH)))
    card = group.entry()
    assert card.title == "5 × Invoice payment failed"
    assert card.body == "Order 5\nOrder 4\nOrder 3\nand 2 more"
    assert card.priority is Priority.HIGH
    assert groups.join("l", (members[1], members[2], members[0])).entry().body == "Order 3\nOrder 2\nOrder 1"
    left = groups.drop("event-5")
    assert left is not None
    assert len(left.members) == 4


@pytest.fixture
def claimed() -> list[str]:
    """Whatever was marked as shown on one card."""
    return []


@pytest.fixture
def stack(looks: Looks, claimed: list[str]) -> Iterator[Stack]:
    """A stack that groups."""
    made = Stack(looks, lambda _id: True, claim_many=claimed.extend, area=lambda: QRect(0, 0, 1_600, 1_000))
    yield made
    made.clear()


def card_of(qtbot: QtBot, stack: Stack, count: int) -> None:
    """Wait until the one visible card counts so many."""
    qtbot.waitUntil(
        lambda: [t.title.text()[:4] for t in stack.toasts()] == [f"{count} × "[:4]], timeout=LIMIT
    )


def test_a_burst_becomes_one_card(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry, claimed: list[str]
) -> None:
    """The single ones that were there join it; all are marked as shown; one that is claimed elsewhere leaves."""
    for number in range(1, 4):
        stack.add(make_entry(number), 60.0)
    stack.arrange()
    assert len(stack.toasts()) == 3
    for number in range(4, 9):
        stack.add(make_entry(number), 60.0)
    card_of(qtbot, stack, 8)
    assert len(stack.toasts()) == 1
    assert stack.more() == 0
    assert sorted(claimed) == [f"event-{n}" for n in range(1, 9)]
    assert stack.has("event-3")
    stack.withdraw("event-3")
    card_of(qtbot, stack, 7)
    stack.add(make_entry(9), 60.0)
    card_of(qtbot, stack, 8)


def test_what_changes_together_is_drawn_once(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay that has caught up tells of hundreds at once; a card of nothing goes at once, all the same."""
    for number in range(1, 9):
        stack.add(make_entry(number), 60.0)
    card_of(qtbot, stack, 8)
    drawn: list[str] = []
    show = stack.show_card

    def see(card: Entry, privacy: Privacy) -> None:
        drawn.append(card.title)
        show(card, privacy)

    monkeypatch.setattr(stack, "show_card", see)
    for number in range(1, 4):
        assert stack.wait_on(make_entry(number, title="Other words"))
    for number in range(4, 7):
        stack.withdraw(f"event-{number}")
    card_of(qtbot, stack, 5)
    assert drawn == ["5 × Invoice payment failed"]
    for number in (1, 2, 3, 7, 8):
        stack.withdraw(f"event-{number}")
    assert stack.toasts() == []
    assert not stack.has("event-1")


@pytest.mark.parametrize(("factor", "least"), [(4.0, 30.0), (None, None)])
def test_a_card_stays_as_long_as_the_agent_wants(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry, factor: float | None, least: float | None
) -> None:
    """The wish is about every toast; whoever reads slowly reads cards slowly, too."""
    stack.stay_factor = factor
    for number in range(1, 6):
        stack.add(make_entry(number), 60.0)
    card_of(qtbot, stack, 5)
    left = stack.toasts()[0].remaining()
    assert left is None if least is None else left is not None and left > least


def test_many_kinds_are_marked_as_shown_together(qtbot: QtBot, looks: Looks, make_entry: MakeEntry) -> None:
    """Each write waits for the disk, on Qt's thread: a burst of many kinds makes one."""
    writes: list[list[str]] = []
    stack = Stack(looks, lambda _id: True, claim_many=lambda ids: writes.append(list(ids)))
    for kind in ("refund.made", "order.late", "review.new"):
        for number in range(5):
            stack.add(make_entry(number, id=f"{kind}-{number}", type=kind), 60.0)
    qtbot.waitUntil(lambda: bool(writes), timeout=LIMIT)
    stack.clear()

    assert [len(ids) for ids in writes] == [15]


def test_a_group_that_is_withdrawn_before_it_is_told_takes_no_other_with_it(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry
) -> None:
    """All of a kind are withdrawn while they are gathered: no card of nothing, and the next one is shown."""
    for number in range(4):
        stack.add(make_entry(number, type="withdrawn"), 60.0)
    for number in range(4, 8):
        stack.add(make_entry(number, type="kept"), 60.0)
    for number in range(4):
        stack.withdraw(f"event-{number}")
    card_of(qtbot, stack, 4)
    assert stack.toasts()[0].entry.title == "4 × Kept"


def test_a_card_opens_the_history_and_goes(qtbot: QtBot, stack: Stack, make_entry: MakeEntry) -> None:
    """A press on it asks for the history; nothing is said about its members to the relay."""
    for number in range(1, 6):
        stack.add(make_entry(number), 60.0)
    card_of(qtbot, stack, 5)
    (card,) = stack.toasts()
    with qtbot.waitSignal(stack.offered) as asked, qtbot.assertNotEmitted(stack.opened):
        card.opened.emit(card.entry.id)
    assert asked.args == [card.entry, Offer.SHOW]
    stack.withdraw(card.entry.id)
    assert stack.toasts() == []
    assert not stack.has("event-2")


def test_what_somebody_reads_does_not_vanish_into_a_card(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry
) -> None:
    """The toast under the pointer stays by itself."""
    stack.add(make_entry(1), 60.0)
    stack.arrange()
    stack.toasts()[0]._come("pointer")
    for number in range(2, 6):
        stack.add(make_entry(number), 60.0)
    qtbot.waitUntil(lambda: len(stack.toasts()) == 2, timeout=LIMIT)
    assert stack.toast("event-1") is not None


def test_several_about_one_customer_become_one_card(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry
) -> None:
    """Whatever their types: the third makes the card, the newest is on top, and the key stands nowhere."""
    key = "5" * 32
    for number, (kind, title) in enumerate((("a.b", "Payment"), ("c.d", "Ticket"), ("e.f", "Parcel")), 1):
        stack.add(make_entry(number, type=kind, title=title, subject=key, subject_name="Ana Souza"), 60.0)
    qtbot.waitUntil(lambda: [t.title.text() for t in stack.toasts()] == ["3 items about Ana Souza"])
    (card,) = stack.toasts()
    assert card.body.text() == "Parcel\nTicket\nPayment"
    assert list(card.offers.buttons) == [Offer.SHOW] if card.offers else False
    assert isinstance(card.entry, Gathered)
    assert card.entry.narrowing.subject == key
    assert key not in f"{card.painted_texts()}{card.accessibleName()}{card.entry.narrowing.words}"


def test_one_alone_is_no_card(qtbot: QtBot, stack: Stack, make_entry: MakeEntry, claimed: list[str]) -> None:
    """Who has seen to two of a customer's gets the third with its own words, and a card of the next."""
    for number in (1, 2):
        stack.add(make_entry(number, subject="5"), 60.0)
        qtbot.waitUntil(lambda: len(stack.toasts()) == 1, timeout=LIMIT)
        stack.toasts()[0].dismissed.emit(f"event-{number}")
        qtbot.waitUntil(lambda: not stack.toasts(), timeout=LIMIT)
    stack.add(make_entry(3, subject="5"), 60.0)
    qtbot.waitUntil(lambda: [toast.entry.id for toast in stack.toasts()] == ["event-3"], timeout=LIMIT)
    assert claimed == []
    stack.add(make_entry(4, subject="5"), 60.0)
    qtbot.waitUntil(lambda: [toast.entry.id for toast in stack.toasts()] != ["event-3"], timeout=LIMIT)
    qtbot.waitUntil(lambda: len(stack.toasts()) == 1, timeout=LIMIT)
    card = stack.toasts()[0].entry
    assert isinstance(card, Gathered)
    assert card.members == ("event-3", "event-4")


def test_other_customers_stand_alone(stack: Stack, make_entry: MakeEntry) -> None:
    """Three customers are three toasts, and what names none belongs to nobody's card."""
    for number in range(1, 4):
        stack.add(make_entry(number, type=f"a.{number}", subject=str(number) * 32), 60.0)
    stack.arrange()
    assert len(stack.toasts()) == 3


def test_a_card_of_one_kind_offers_a_pause_and_one_of_a_customer_does_not(make_entry: MakeEntry) -> None:
    """A kind can be paused by its playbook, or by its type if none is known; a customer can't be."""
    groups = Groups()
    by_kind = groups.join("k", (make_entry(1, playbook="payment-failed"),)).entry()
    by_customer = groups.join(f"{CUSTOMER}5", (make_entry(2, subject="5"),)).entry()
    assert (by_kind.offers, by_kind.pausing) == (KINDS, "payment-failed")
    assert (by_customer.offers, by_customer.pausing) == ((Offer.SHOW,), "")
    assert groups.join("l", (make_entry(3),)).entry().pausing == "invoice.payment_failed"


def test_the_relay_s_card_takes_the_place_of_ours(qtbot: QtBot, stack: Stack, make_entry: MakeEntry) -> None:
    """One storm is told by one card."""
    for number in range(1, 6):
        stack.add(make_entry(number, playbook="payment-failed"), 60.0)
    card_of(qtbot, stack, 5)
    stack.dress = lambda entry: storm(entry, ["Newest"]) if entry.about else entry
    about = About(playbook="payment-failed", type="invoice.payment_failed", count=30, since=1.0)
    notice = make_entry(9, source="deskbell", provider="deskbell", type="deskbell.storm", about=about)
    stack.add(notice, 60.0)
    stack.arrange()
    assert [toast.title.text() for toast in stack.toasts()] == ["30 × Invoice payment failed"]
    (card,) = stack.toasts()
    assert card.body.text() == "Newest\nand 29 more"
    stack.revise(replace(notice, revision=2, about=About(playbook="payment-failed", count=31)), 20.0)
    assert stack.toasts() == [card]
    assert card.title.text() == "31 × Payment failed"
