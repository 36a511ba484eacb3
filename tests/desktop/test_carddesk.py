"""What is pressed on a card that stands for several, and when the relay's answer comes."""

from collections.abc import Callable, Iterator

import pytest
from msgspec import structs
from PySide6.QtCore import QCoreApplication, QEvent, QRect
from PySide6.QtWidgets import QLayoutItem
from shiboken6 import Shiboken

from desktop.api import ApiFailed
from desktop.carddesk import CardDesk
from desktop.entry import Entry
from desktop.gathered import KINDS, Offer, storm
from desktop.groups import Groups
from desktop.historydesk import HistoryDesk
from desktop.stack import Stack
from desktop.theme import Looks
from relay.protocol import Priority
from tests.desktop.test_gathered import ABOUT, LENA, MIRA, STORM, on_screen, said

MakeEntry = Callable[..., Entry]


@pytest.fixture
def stack(looks: Looks) -> Iterator[Stack]:
    """An empty stack."""
    made = Stack(looks, lambda _id: True, area=lambda: QRect(0, 0, 1_600, 1_000))
    yield made
    made.clear()


class Far:
    """A relay that answers when a test says so, and what it says."""

    def __init__(self) -> None:
        self.agent = MIRA
        self.take: Callable[[str], None] = lambda _answer: None
        self.fail: Callable[[ApiFailed], None] = lambda _problem: None

    def ask(self, _work: object, take: Callable[[str], None], fail: Callable[[ApiFailed], None]) -> None:
        """Remember whom to tell."""
        self.take, self.fail = take, fail


@pytest.fixture
def far() -> Far:
    """A relay that hasn't answered yet."""
    return Far()


@pytest.fixture
def desk(stack: Stack, history: HistoryDesk, far: Far) -> CardDesk:
    """What answers to the presses on cards."""
    return CardDesk(stack, history, lambda: far, clock=lambda: 2_000_000_000.0)  # type: ignore[arg-type,return-value] # the far end alone


def press(stack: Stack, offer: Offer) -> None:
    """Press a button of the only card on the screen; nothing happens if it can't be pressed."""
    (toast,) = stack.toasts()
    toast._guard._until = 0.0
    assert toast.offers is not None
    toast.offers.buttons[offer].click()


def may_be_pressed(stack: Stack) -> set[bool]:
    """Return which states the buttons of the only card have."""
    (toast,) = stack.toasts()
    assert toast.offers is not None
    return {button.isEnabled() for button in toast.offers.in_order()}


@pytest.mark.usefixtures("desk")
def test_what_fails_twice_can_be_tried_a_third_time(stack: Stack, far: Far, make_entry: MakeEntry) -> None:
    """Also with the same sentence; nothing can be pressed until the relay has answered, news or not."""
    card = storm(make_entry(about=ABOUT, **STORM), [])
    on_screen(stack, card)
    for count in (40, 50):
        press(stack, Offer.PAUSE)
        assert may_be_pressed(stack) == {False}
        stack.revise(storm(make_entry(about=structs.replace(ABOUT, count=count), **STORM), []), 20.0)
        assert may_be_pressed(stack) == {False}
        far.fail(ApiFailed("The relay can't be reached."))
        assert said(stack, card) == ("The relay can't be reached.", list(KINDS))
        assert may_be_pressed(stack) == {True}


@pytest.mark.usefixtures("desk")
def test_undo_can_be_tried_again(stack: Stack, far: Far, make_entry: MakeEntry) -> None:
    """A pause whose end could not be told to the relay still holds."""
    card = storm(make_entry(about=ABOUT, **STORM), [])
    on_screen(stack, card)
    press(stack, Offer.PAUSE)
    far.take("")
    press(stack, Offer.UNDO)
    far.fail(ApiFailed("The relay can't be reached."))
    assert said(stack, card) == ("The relay can't be reached.", [Offer.SHOW, Offer.UNDO])
    press(stack, Offer.UNDO)
    assert may_be_pressed(stack) == {False}
    far.take("")
    assert said(stack, card) == ("", list(KINDS))


@pytest.mark.usefixtures("desk")
def test_an_answer_reaches_a_card_that_waits_for_a_place(
    stack: Stack, far: Far, make_entry: MakeEntry
) -> None:
    """It comes back with what it has to say, and with buttons that can be pressed."""
    card = Groups().join("k", (make_entry(1), make_entry(2))).entry()
    on_screen(stack, card)
    press(stack, Offer.PAUSE)
    for number in range(10, 13):
        stack.add(make_entry(number, priority=Priority.URGENT), None)
    stack.arrange()
    assert stack.toast(card.id) is None
    far.fail(ApiFailed("The relay can't be reached."))
    for number in range(10, 13):
        stack.withdraw(f"event-{number}")
    stack.arrange()
    assert said(stack, card) == ("The relay can't be reached.", list(KINDS))
    assert may_be_pressed(stack) == {True}


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("gone", ["dismissed", "signed out"])
def test_an_answer_is_not_on_the_next_card(stack: Stack, far: Far, make_entry: MakeEntry, gone: str) -> None:
    """The next one of its kind has the same id, and is somebody else's business."""
    card = Groups().join("k", (make_entry(1), make_entry(2))).entry()
    on_screen(stack, card)
    press(stack, Offer.PAUSE)
    if gone == "dismissed":
        stack.withdraw(card.id)
    else:
        far.take("")
        stack.clear()
        far.take("")
    far.fail(ApiFailed("The relay can't be reached."))
    for _ in range(2):  # and when it counts on
        on_screen(stack, card)
        assert said(stack, card) == ("", list(KINDS))


def test_a_pause_is_of_the_agent_who_has_asked_for_it(
    desk: CardDesk, stack: Stack, far: Far, make_entry: MakeEntry
) -> None:
    """Whoever signs in next is told of everything, also if the answer comes when they are there."""
    card = storm(make_entry(about=ABOUT, **STORM), [])
    on_screen(stack, card)
    press(stack, Offer.PAUSE)
    far.take("")
    assert desk.mutes(card)
    desk.forget()
    assert not desk.mutes(card)
    press(stack, Offer.UNDO)  # whose undo is forgotten
    assert said(stack, card)[1] == [Offer.SHOW, Offer.UNDO]
    desk.take(card, Offer.PAUSE)
    far.agent = LENA
    far.take("")
    assert not desk.mutes(card)


@pytest.mark.usefixtures("desk", "qapp")
def test_a_card_drawn_anew_leaves_nothing_of_its_layout(
    stack: Stack, far: Far, make_entry: MakeEntry
) -> None:
    """What Shiboken still knows of an item that is gone would end the process in another widget's place."""
    card = storm(make_entry(about=ABOUT, **STORM), [])
    on_screen(stack, card)
    known = set()
    for _ in range(3):
        press(stack, Offer.PAUSE)
        far.fail(ApiFailed("The relay can't be reached."))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        known.add(sum(isinstance(one, QLayoutItem) for one in Shiboken.getAllValidWrappers()))
    assert len(known) == 1
