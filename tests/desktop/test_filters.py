"""The filters page at a real relay: an agent's own layer, a lead's team, locks, previews and failures."""

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.api import ApiFailed, Lock, RelayApi, Rule
from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.filter_grid import RELATIONS
from desktop.filters import FiltersWindow
from desktop.inbox import Inbox
from desktop.theme import Looks, Scheme
from relay.protocol import How, Role
from tests.relay_process import RelayProcess

MIRA, LENA = "mira@example.com", "lena@example.com"
Open = Callable[..., FiltersWindow]


class SignedIn(Caller):
    """Asks as whoever an API is for, or as nobody."""

    def __init__(self, bridge: Bridge, api: RelayApi | None) -> None:
        super().__init__(bridge)
        self._own = api

    def api(self) -> RelayApi | None:
        """Return that API."""
        return self._own


def api_of(relay: RelayProcess, agent: str, **more: object) -> RelayApi:
    """Return the API for a freshly paired device of the team billing."""
    paired = relay.pair(agent, ("billing",), **more)  # type: ignore[arg-type] # roles by name
    return RelayApi(
        Account(relay=relay.url, device=paired.device, agent=agent, teams=paired.teams), paired.token
    )


@pytest.fixture
def relay(relay_process: RelayProcess) -> RelayProcess:
    """Return a running relay."""
    relay_process.start()
    return relay_process


@pytest.fixture
def open_page(qtbot: QtBot, qapp: QApplication, inbox: Inbox) -> Iterator[Open]:
    """Return how to open the page and wait until it shows the table."""
    looks, bridge = Looks(qapp, Scheme.LIGHT), Bridge(inbox)

    def make(api: RelayApi | None, agent: str = MIRA, leads: tuple[str, ...] = ()) -> FiltersWindow:
        window = FiltersWindow(looks, SignedIn(bridge, api).ask, agent=agent, leads=leads)
        qtbot.addWidget(window)
        window.show()
        if api is not None:
            qtbot.waitUntil(lambda: window.model.grid is not None, timeout=20_000)
        return window

    yield make
    qapp.setStyleSheet("")


def choose(window: FiltersWindow, playbook: str, relation: str = "mine") -> None:
    """Choose a cell of the table."""
    grid = window.model.grid
    assert grid is not None
    index = window.model.index(grid.playbooks.index(playbook), RELATIONS.index(relation))
    window.table.setCurrentIndex(index)


def words(window: FiltersWindow) -> str:
    """Return what the chosen cell says."""
    return str(window.model.data(window.table.currentIndex()))


def test_an_agent_changes_a_cell_by_the_keyboard_and_saves(
    relay: RelayProcess, open_page: Open, qtbot: QtBot
) -> None:
    """Arrows, a digit and Ctrl+S; afterwards the relay decides so, and says why."""
    api = api_of(relay, MIRA)
    window = open_page(api)
    choose(window, "payment-failed")
    QTest.keyClick(window.table, Qt.Key.Key_3)
    waiting = window.state.text()
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: words(window) == "History", timeout=20_000)
    # Qt goes on believing that Ctrl is held until it sees a key without it.
    QTest.keyClick(window.table, Qt.Key.Key_Shift)

    assert waiting == "1 change is not saved."
    assert "Decided by: Mine." in window.because.text()
    assert not window.save.isEnabled()
    assert api.filters().layer(f"agent:{MIRA}").rules == (
        Rule(types="payment-failed", relation="mine", how=How.INBOX),
    )


def test_changes_can_be_undone_before_they_are_saved(relay: RelayProcess, open_page: Open) -> None:
    """Nothing was told to the relay."""
    window = open_page(api_of(relay, MIRA))
    choose(window, "payment-failed")
    before = words(window)
    window.decide(How.OFF)
    changed = words(window)
    window.undo.click()

    assert changed == "Off •"
    assert words(window) == before
    assert not window.undo.isEnabled()


def test_what_a_lead_has_locked_cannot_be_changed(relay: RelayProcess, open_page: Open) -> None:
    """The padlock says who and why."""
    lead = api_of(relay, LENA, role=Role.LEAD, leads=("billing",))
    rule = Rule(types="payment-failed", how=How.TOAST, lock=Lock(why="We agreed to see these."))
    lead.change("team:billing", [rule], budget=None, revision=lead.filters().revision)
    window = open_page(api_of(relay, MIRA))
    choose(window, "payment-failed")
    window.decide(How.OFF)

    padlock = window.model.data(window.table.currentIndex(), Qt.ItemDataRole.DecorationRole)
    assert isinstance(padlock, QIcon)
    assert not padlock.isNull()
    assert not window.hows[How.OFF].isEnabled()
    assert "We agreed to see these" in window.because.text()
    assert LENA in window.because.text()
    index = window.table.currentIndex()
    assert f"locked by {LENA}" in str(window.model.data(index, Qt.ItemDataRole.AccessibleTextRole))


def test_a_lead_locks_for_the_team_with_a_reason(relay: RelayProcess, open_page: Open, qtbot: QtBot) -> None:
    """Without one, the page asks for it."""
    api = api_of(relay, LENA, role=Role.LEAD, leads=("billing",))
    window = open_page(api, agent=LENA, leads=("billing",))
    window.layers.setCurrentIndex(1)
    choose(window, "payment-failed")
    window.lock.setChecked(True)
    window.decide(How.TOAST)
    asked = window.state.text()
    window.reason.setText("We agreed to see these.")
    window.decide(How.TOAST)
    window.store()
    qtbot.waitUntil(lambda: bool(api.filters().layer("team:billing").rules), timeout=20_000)

    assert asked.startswith("Please say why it is locked")
    (rule,) = api.filters().layer("team:billing").rules
    assert rule.lock == Lock(by=LENA, why="We agreed to see these.")


def test_a_preview_says_what_would_have_been(relay: RelayProcess, open_page: Open, qtbot: QtBot) -> None:
    """Before anything is saved."""
    window = open_page(api_of(relay, MIRA))
    choose(window, "payment-failed")
    window.decide(How.OFF)
    window.preview()
    qtbot.waitUntil(lambda: bool(window.effect.text()), timeout=20_000)

    assert window.effect.text().endswith(".")
    assert window.save.isEnabled()


def test_somebody_elses_change_is_not_overwritten(relay: RelayProcess, open_page: Open, qtbot: QtBot) -> None:
    """The page says so, and shows what holds now."""
    api = api_of(relay, MIRA)
    window = open_page(api)
    choose(window, "payment-failed")
    window.decide(How.OFF)
    rule = Rule(types="parcel-arrived", how=How.OFF)
    api.change(f"agent:{MIRA}", [rule], budget=None, revision=api.filters().revision)
    window.store()
    qtbot.waitUntil(
        lambda: window.model.grid is not None and window.model.grid.rules == (rule,), timeout=20_000
    )

    assert api.filters().layer(f"agent:{MIRA}").rules == (rule,)


def test_a_relay_that_is_away_is_said_to_be(relay: RelayProcess, open_page: Open, qtbot: QtBot) -> None:
    """With a button to try again."""
    window = open_page(api_of(relay, MIRA))
    relay.kill()
    window.refresh()
    qtbot.waitUntil(window.again.isVisible, timeout=20_000)

    assert window.state.text() == "The relay cannot be reached at the moment."


def test_only_what_was_asked_last_is_answered(qtbot: QtBot, looks: Looks) -> None:
    """Answers may overtake each other, and come after the page is gone."""
    failures: list[Callable[[ApiFailed], None]] = []
    window = FiltersWindow(looks, lambda _work, _take, fail: failures.append(fail), agent=MIRA)
    window.refresh()
    failures[1](ApiFailed("The second."))
    failures[0](ApiFailed("The first."))
    assert window.blank.text() == "The second."
    window.refresh()
    shiboken6.delete(window)
    failures[2](ApiFailed("Nobody reads this."))


def test_without_signing_in_there_is_nothing_to_filter(open_page: Open, qtbot: QtBot) -> None:
    """The page opens all the same, and says what is missing."""
    window = open_page(None)
    qtbot.waitUntil(window.again.isVisible, timeout=20_000)

    assert window.blank.text() == "This computer is not signed in."
    assert not window.save.isEnabled()
