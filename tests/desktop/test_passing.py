"""Passing on works by keyboard alone, with the relay and without."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.api import Colleague, People
from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.entry import Entry
from desktop.handover import Handover
from desktop.inbox import Inbox
from desktop.passing import MANY, PassDialog
from desktop.theme import Looks
from relay.protocol import Availability
from tests.relay_process import RelayProcess

PEOPLE = People(
    agents=(
        Colleague(agent="noor@example.com", name="Noor", teams=("Billing",), state=Availability.AVAILABLE),
        Colleague(agent="omar@example.com", name="Omar", teams=("Billing",), state=Availability.AWAY),
    ),
    teams=("Billing",),
)


@pytest.fixture
def dialog(qtbot: QtBot, looks: Looks, make_entry: Callable[..., Entry]) -> PassDialog:
    """A dialog that is shown, with people to choose from."""
    made = PassDialog(looks, make_entry(1, teams=("billing",)))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    made.show_people(PEOPLE)
    return made


def names(dialog: PassDialog) -> list[str]:
    """Return who is in the list."""
    return [dialog.roll.item(row).text() for row in range(dialog.roll.count())]


def test_typing_arrows_and_enter_are_enough(qtbot: QtBot, dialog: PassDialog) -> None:
    """The first that fits is chosen while one types; Enter passes it on."""
    assert names(dialog) == ["Noor", "Omar", "Team Billing"]
    assert not dialog.send.isEnabled()
    QTest.keyClicks(dialog.to, "bil")
    assert names(dialog) == ["Noor", "Omar", "Team Billing"]
    QTest.keyClick(dialog.to, Qt.Key.Key_Down)
    QTest.keyClicks(dialog.reason, "speaks Arabic")
    with qtbot.waitSignal(dialog.chosen) as told:
        QTest.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert told.args == ["omar@example.com", "speaks Arabic"]


def test_a_press_chooses_and_goes_on_to_the_reason(dialog: PassDialog) -> None:
    """Nothing is passed on by a press in the list alone."""
    box = dialog.roll.visualItemRect(dialog.roll.item(2))
    QTest.mouseClick(dialog.roll.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.reason
    assert dialog.send.isEnabled()


def test_an_answer_that_comes_late_changes_no_choice(dialog: PassDialog) -> None:
    """Who was chosen before the relay answered stays chosen."""
    dialog.roll.step(1)
    dialog.roll.step(1)
    dialog.show_people(People(agents=(*PEOPLE.agents[::-1],), teams=PEOPLE.teams))
    recipient = dialog.roll.current()
    assert recipient is not None
    assert recipient.key == "omar@example.com"


def test_more_people_than_the_relay_tells_are_asked_for(qtbot: QtBot, dialog: PassDialog) -> None:
    """In a large house the relay searches; in a small one it isn't asked again."""
    with qtbot.assertNotEmitted(dialog.searched, wait=400):
        QTest.keyClicks(dialog.to, "no")
    many = tuple(Colleague(agent=f"a{number}@example.com", name=f"A{number}") for number in range(MANY))
    dialog.show_people(People(agents=many))
    with qtbot.waitSignal(dialog.searched, timeout=5_000) as told:
        QTest.keyClicks(dialog.to, "or")
    assert told.args == ["noor"]


@pytest.fixture
def handover(qtbot: QtBot, looks: Looks, inbox: Inbox) -> Iterator[Callable[[Caller | None], Handover]]:
    """Return a function that makes the desk for passing on."""
    parent = QObject()
    made: list[Handover] = []

    def make(caller: Caller | None) -> Handover:
        made.append(Handover(looks, inbox, caller, parent))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_colleagues_come_from_the_relay(
    qtbot: QtBot,
    inbox: Inbox,
    relay_process: RelayProcess,
    make_entry: Callable[..., Entry],
    handover: Callable[[Caller | None], Handover],
) -> None:
    """With whether they are there; whom something went to is offered first the next time."""
    relay_process.start()
    mira, _noor, zoe = (relay_process.pair(f"{name}@example.com") for name in ("mira", "noor", "zoe"))
    caller = Caller(Bridge(inbox))
    caller.sign_in(
        Account(relay=relay_process.url, device=mira.device, agent=mira.agent, teams=()), mira.token
    )
    desk = handover(caller)
    desk.ask(make_entry(1))
    first = desk.dialog
    assert first is not None
    qtbot.waitUntil(lambda: names(first) == ["Noor", "Zoe", "Team billing"], timeout=20_000)
    assert not first.state.isVisible()
    with qtbot.waitSignal(desk.asked) as told:
        QTest.keyClicks(first.to, "zoe")
        QTest.keyClick(first.to, Qt.Key.Key_Return)
    assert told.args == ["event-1", zoe.agent, ""]
    qtbot.waitUntil(lambda: desk.dialog is None, timeout=5_000)
    desk.ask(make_entry(2))
    second = desk.dialog
    assert second is not None
    qtbot.waitUntil(lambda: names(second) == ["Zoe", "Noor", "Team billing"], timeout=20_000)


def test_offline_an_address_can_be_typed(
    qtbot: QtBot, make_entry: Callable[..., Entry], handover: Callable[[Caller | None], Handover]
) -> None:
    """The teams of the work are offered, and a sentence says why no more."""
    desk = handover(None)
    desk.ask(make_entry(1, teams=("billing",)))
    dialog = desk.dialog
    assert dialog is not None
    assert "cannot be asked right now" in dialog.state.text()
    assert names(dialog) == ["Team billing"]
    with qtbot.waitSignal(desk.asked) as told:
        QTest.keyClicks(dialog.to, "max@example.com")
        QTest.keyClick(dialog.to, Qt.Key.Key_Return)
    assert told.args == ["event-1", "max@example.com", ""]
