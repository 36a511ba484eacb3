"""The card that says that the link is gone, on real toasts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.entry import LinkState, Status
from desktop.inbox import Inbox
from desktop.linkcard import LinkCard
from desktop.presenter import Presenter
from desktop.screen import Screen
from desktop.sound import Sounds
from desktop.stack import Stack
from desktop.surroundings import Watch
from desktop.theme import Looks
from desktop.toast import Toast
from desktop.tray import Tray
from desktop.verdicts import SIGNED_OUT
from tests.desktop.test_presenter import Person

NOW = 1_763_000_000.0
LIVE = Status(state=LinkState.LIVE, since=NOW)
OFFLINE = Status(
    state=LinkState.OFFLINE, since=NOW, reason="The relay cannot be reached. Is this computer online?"
)
TOO_OLD = Status(
    state=LinkState.REFUSED,
    since=NOW,
    reason="This version of Deskbell is too old. An update is needed.",
)


class Desk:
    """A card with everything it is shown by."""

    def __init__(self, looks: Looks, place: Path) -> None:
        self.now, self.heard, self.person = NOW, list[str](), Person()
        self.tray = Tray(available=lambda: True)
        self.stack = Stack(looks, lambda _id: True, composited=False)
        self.screen = Screen(self.stack, self.tray, lambda _id: True, places_windows=True)
        self.inbox, self.watch = Inbox.open(place), Watch([self.person])
        sounds = Sounds(lambda: self.now, play=self._play)
        self.presenter = Presenter(
            self.screen, self.inbox, sounds, self.watch, agent=lambda: "", clock=lambda: self.now
        )
        self.card = LinkCard(self.presenter, self.screen, patience=0.05, clock=lambda: self.now)
        self.watch.ask()

    def _play(self, path: Path) -> bool:
        self.heard.append(path.stem)
        return True

    def tell(self, **fields: bool | float | None) -> None:
        """Let the person do something that the system tells."""
        self.person.fields.update(fields)
        self.watch.ask()

    @property
    def toasts(self) -> list[Toast]:
        """Return what is on the screen."""
        return self.stack.toasts()

    def close(self) -> None:
        """Take everything down."""
        self.presenter.close()
        self.stack.clear()
        self.tray.close()
        self.inbox.close()


@pytest.fixture
def desk(qtbot: QtBot, looks: Looks, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk whose link is up."""
    del qtbot
    made = Desk(looks, tmp_path / "inbox.db")
    made.card.show_status(LIVE)
    yield made
    made.close()


def test_a_link_that_stays_away_is_told_once(desk: Desk, qtbot: QtBot) -> None:
    """Since when, why, and what becomes of what happens meanwhile; without a sound."""
    desk.card.show_status(OFFLINE)
    qtbot.waitUntil(lambda: len(desk.toasts) == 1)
    (toast,) = desk.toasts
    desk.card.show_status(OFFLINE)

    assert toast.title.text().startswith("Offline since ")
    assert toast.body.text().startswith("The relay cannot be reached. Is this computer online?")
    assert toast.remaining() is None
    assert desk.heard == []
    assert desk.toasts == [toast]


def test_a_link_that_comes_back_takes_its_card_along(desk: Desk, qtbot: QtBot) -> None:
    """With a last word; the next outage has a card of its own."""
    desk.card.show_status(OFFLINE)
    qtbot.waitUntil(lambda: len(desk.toasts) == 1)
    desk.card.show_status(LIVE)
    (toast,) = desk.toasts
    assert toast.is_leaving
    assert toast.claims.words.text() == "Connected again"
    qtbot.waitUntil(lambda: desk.toasts == [])
    desk.card.show_status(OFFLINE)
    qtbot.waitUntil(lambda: len(desk.toasts) == 1)


def test_a_short_outage_is_not_told(desk: Desk) -> None:
    """A restart of the relay is nobody's business."""
    desk.card.show_status(OFFLINE)
    desk.card.show_status(LIVE)

    assert not desk.card._wait.isActive()
    assert desk.toasts == []


def test_a_dismissed_card_does_not_come_again(desk: Desk, qtbot: QtBot) -> None:
    """The agent knows; only another reason is news."""
    desk.card.show_status(OFFLINE)
    qtbot.waitUntil(lambda: len(desk.toasts) == 1)
    desk.stack.withdraw(desk.toasts[0].entry.id)
    desk.card.show_status(OFFLINE)
    assert not desk.card._wait.isActive()
    desk.card.show_status(TOO_OLD)

    qtbot.waitUntil(lambda: [toast.title.text() for toast in desk.toasts] == ["Deskbell is not connected"])


@pytest.mark.parametrize(
    ("status", "signal"),
    [
        (TOO_OLD, "diagnosis_asked"),
        (Status(state=LinkState.REFUSED, since=NOW, reason=SIGNED_OUT.reason), "pairing_asked"),
    ],
)
def test_a_press_on_the_card_leads_to_what_helps(
    desk: Desk, qtbot: QtBot, status: Status, signal: str
) -> None:
    """A refusal is told at once: nothing comes by itself any more."""
    desk.card.show_status(status)
    qtbot.waitUntil(lambda: len(desk.toasts) == 1)
    with qtbot.waitSignal(getattr(desk.card, signal)):
        assert desk.card.help(desk.toasts[0].entry.id)

    qtbot.waitUntil(lambda: desk.toasts == [])
    assert not desk.card.help("another")


def test_while_it_is_quiet_the_card_waits(desk: Desk, qtbot: QtBot) -> None:
    """It is no reason to disturb a presentation."""
    desk.tell(do_not_disturb=True)
    desk.card.show_status(TOO_OLD)
    desk.presenter.tell("Something was removed", "")
    assert not desk.stack.more()
    assert desk.toasts == []
    desk.tell(do_not_disturb=False)

    qtbot.waitUntil(lambda: len(desk.toasts) == 2)
    assert {toast.title.text() for toast in desk.toasts} == {
        "Deskbell is not connected",
        "Something was removed",
    }
