"""Signing out: the relay is told, this computer forgets at once, and the next agent sees nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.api import ApiFailed, RelayApi
from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.inbox import Inbox
from desktop.leaving import LeaveDialog, Leaving
from desktop.theme import Looks
from tests.relay_process import RelayProcess


@pytest.fixture
def caller(inbox: Inbox) -> Iterator[Caller]:
    """Whoever asks the relay; nobody is signed in yet."""
    bridge = Bridge(inbox)
    yield Caller(bridge)
    bridge.stop()


def sign_in(caller: Caller, relay: RelayProcess) -> RelayApi:
    """Sign a freshly paired device in; return its API, to look at the token from outside."""
    paired = relay.pair("mira@example.com")
    account = Account(relay=relay.url, device=paired.device, agent=paired.agent, teams=paired.teams)
    caller.sign_in(account, paired.token)
    return RelayApi(account, paired.token)


def is_void(api: RelayApi) -> bool:
    """Say whether the relay refuses the token."""
    try:
        api.people()
    except ApiFailed as failure:
        return failure.status == 401
    return False


def test_the_token_is_void_at_the_relay(
    qtbot: QtBot, looks: Looks, caller: Caller, relay_process: RelayProcess
) -> None:
    """Whoever has copied the token from this computer can't use it any more."""
    relay_process.start()
    api = sign_in(caller, relay_process)
    leaving = Leaving(looks, caller)
    with qtbot.assertNotEmitted(leaving.noticed):
        with qtbot.waitSignal(leaving.left) as told:
            leaving.leave(keep=True)
        assert told.args == [True]
        caller.sign_out()
        qtbot.waitUntil(lambda: is_void(api), timeout=20_000)


def test_a_relay_that_is_away_does_not_keep_anybody(
    qtbot: QtBot, looks: Looks, caller: Caller, relay_process: RelayProcess
) -> None:
    """It signs out here all the same, and says who can make the token void."""
    relay_process.start()
    sign_in(caller, relay_process)
    relay_process.kill()
    leaving = Leaving(looks, caller)
    with qtbot.waitSignals([leaving.left, leaving.noticed], timeout=20_000):
        leaving.leave(keep=False)


def test_a_token_that_is_void_already_is_no_trouble(
    qtbot: QtBot, looks: Looks, caller: Caller, relay_process: RelayProcess
) -> None:
    """IT has revoked the computer before the agent signs out."""
    relay_process.start()
    sign_in(caller, relay_process).sign_out()
    leaving = Leaving(looks, caller)
    with qtbot.assertNotEmitted(leaving.noticed):
        leaving.leave(keep=False)
        qtbot.waitUntil(lambda: not caller._errands, timeout=20_000)


@pytest.mark.parametrize(("button", "chosen"), [("keep", [True]), ("remove", [False]), ("stay", [])])
def test_the_dialog_asks_what_becomes_of_the_history(
    qtbot: QtBot, looks: Looks, button: str, chosen: list[bool]
) -> None:
    """One press decides; Enter alone, or Esc, signs nobody out."""
    dialog = LeaveDialog(looks, "mira@example.com")
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    heard: list[bool] = []
    dialog.chosen.connect(heard.append)
    dialog.show()
    assert dialog.stay.isDefault()
    QTest.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
    assert heard == chosen
    assert not dialog.isVisible()


def test_asking_twice_shows_one_dialog(qtbot: QtBot, looks: Looks, caller: Caller) -> None:
    """The second press brings the first dialog to the front; closing it leaves everything as it is."""
    leaving = Leaving(looks, caller)
    with qtbot.assertNotEmitted(leaving.left):
        leaving.ask()
        first = leaving.dialog
        leaving.ask()
        assert leaving.dialog is first
        leaving.close()
    assert leaving.dialog is None


def test_nobody_is_asked_when_nobody_is_signed_in(qtbot: QtBot, looks: Looks, caller: Caller) -> None:
    """There is no token that could be made void."""
    leaving = Leaving(looks, caller)
    with qtbot.assertNotEmitted(leaving.noticed), qtbot.waitSignal(leaving.left):
        leaving.leave(keep=False)
    assert not caller._errands
    assert caller.api() is None


def test_asking_while_signed_out_is_a_sentence(qtbot: QtBot, caller: Caller) -> None:
    """A window that was left open gets an answer, not an error."""
    said: list[str] = []
    caller.ask(lambda api: api.people(), lambda _: None, lambda failure: said.append(str(failure)))
    qtbot.waitUntil(lambda: said == ["This computer is not signed in."], timeout=5_000)


def test_an_unexpected_failure_is_a_sentence(qtbot: QtBot, caller: Caller, tmp_path: Path) -> None:
    """What nobody foresaw is said without technical words."""
    said: list[str] = []
    caller.sign_in(Account(relay="http://127.0.0.1:9", device="d", agent="m@e.example", teams=()), "t" * 20)
    caller.ask(lambda _: (tmp_path / "none").read_text(), lambda _: None, lambda one: said.append(str(one)))
    qtbot.waitUntil(lambda: said == ["Something went wrong in Deskbell. Please try again."], timeout=5_000)
