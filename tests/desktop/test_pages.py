"""The page of an entry: its buttons work once, and why it came is asked of a real relay."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.bridge import Bridge
from desktop.caller import Caller
from desktop.detail import Detail
from desktop.entry import Entry, LinkState, Status
from desktop.historyframe import Frame
from desktop.inbox import Inbox
from desktop.inquirer import Inquirer
from desktop.pages import Pages
from desktop.records import Records
from desktop.story import Story
from desktop.theme import Looks
from relay.protocol import Action, Script, Stage
from tests.relay_process import RelayProcess

ME = "mira@example.com"
NOW = 1_800_000_100.0
ACTIONS = (
    Action(name="mail", label="Send e-mail"),
    Action(name="credit", label="Credit", confirm="Credit €5?"),
)
TEAM = """
title = "A parcel was delivered"
[when]
sources = ["parcel"]
types = ["*"]
[audience]
teams = ["billing"]
"""
MakeEntry = Callable[..., Entry]


@pytest.fixture
def pages(qtbot: QtBot, looks: Looks, records: Records) -> Pages:
    """The right half of a history window."""
    frame = Frame(looks, records.model, lambda: NOW)
    records.model.agent = ME
    qtbot.addWidget(frame)
    frame.show()
    return Pages(looks, frame, records.model, lambda: NOW)


def detail_of(pages: Pages) -> Detail:
    """Return the page that is shown."""
    assert pages.detail is not None
    return pages.detail


def test_an_action_is_pressed_once(qtbot: QtBot, pages: Pages, make_entry: MakeEntry) -> None:
    """It waits for the answer; after "sent" it can't be pressed again, after a failure it can."""
    pages.show_entry(make_entry(1, actions=ACTIONS))
    detail = detail_of(pages)
    with qtbot.waitSignal(pages.acted) as told:
        QTest.mouseClick(detail.action_row.buttons["mail"], Qt.MouseButton.LeftButton)
    assert told.args == ["event-1", "mail"]
    assert detail.claims.words.text() == "Sending…"
    assert not any(button.isEnabled() for button in detail.action_row.buttons.values())
    assert pages.say("event-1", "You are offline; nothing was sent.", True)
    assert detail.claims.words.text() == "You are offline; nothing was sent."
    assert detail.action_row.buttons["mail"].isEnabled()
    assert pages.say("event-1", "Sent to the relay", False)
    assert not detail.action_row.buttons["mail"].isEnabled()
    assert not pages.say("event-2", "Sent to the relay", False)


def test_an_action_asks_first_if_it_shall(qtbot: QtBot, pages: Pages, make_entry: MakeEntry) -> None:
    """A no does nothing; a yes sends it."""
    pages.show_entry(make_entry(1, actions=ACTIONS))
    detail = detail_of(pages)
    with qtbot.assertNotEmitted(pages.acted):
        detail.action_row.buttons["credit"].click()
        assert detail.claims.words.text() == "Credit €5?"
        detail.claims.no.click()
    assert detail.action_row.buttons["credit"].isEnabled()
    detail.action_row.buttons["credit"].click()
    with qtbot.waitSignal(pages.acted) as told:
        detail.claims.yes.click()
    assert told.args == ["event-1", "credit"]


def test_without_actions_there_is_no_row(pages: Pages, make_entry: MakeEntry) -> None:
    """Nothing empty takes room."""
    pages.show_entry(make_entry(1))
    assert not detail_of(pages).action_row.isVisible()


@pytest.mark.parametrize(("languages", "first"), [(("de",), "de"), (("en",), "en"), (("pt-BR",), "pt")])
def test_the_language_of_the_settings_comes_first(
    pages: Pages, make_entry: MakeEntry, languages: tuple[str, ...], first: str
) -> None:
    """Tabs and scripts begin with the language that the agent has chosen, whatever the system's is."""
    scripts = tuple(Script(name=each, text=each, language=each) for each in ("en", "de", "pt"))
    pages.follow(Inquirer(lambda: None), lambda: languages)
    pages.show_entry(make_entry(1, scripts=scripts))
    detail = detail_of(pages)
    assert next(iter(detail.tabs)) == first
    assert detail.language == first
    assert [box.script() for box in detail.scripts if not box.isHidden()] == [first]


def test_offline_the_computer_says_what_it_knows(pages: Pages, make_entry: MakeEntry) -> None:
    """Nobody is asked as long as nothing that could ask is there."""
    pages.follow(Inquirer(lambda: None), tuple)
    pages.show_entry(replace(make_entry(1), quiet="You were presenting."))
    why = detail_of(pages).why
    assert not why.words.isVisible()
    why.button.click()
    assert why.words.text() == (
        "The relay cannot be asked right now. Here is what this computer knows.\n"
        "No toast on this computer: You were presenting."
    )
    assert not why.more.isVisible()


class House:
    """A real relay, one agent's caller, and what was asked."""

    def __init__(self, relay: RelayProcess, caller: Caller, entry: Entry) -> None:
        self.relay, self.caller, self.entry = relay, caller, entry


@pytest.fixture
def house(qtbot: QtBot, inbox: Inbox, relay_process: RelayProcess, make_entry: MakeEntry) -> Iterator[House]:
    """A relay with one notification for Mira, who has claimed it over the API."""
    folder = relay_process.folder / "playbooks"
    folder.mkdir()
    (folder / "parcel.toml").write_text(TEAM, encoding="utf-8")
    with relay_process.config.open("a", encoding="utf-8") as config:
        config.write('[playbooks]\nfolder = "playbooks"\n')
    relay_process.start()
    paired = relay_process.pair(ME)
    account = Account(relay=relay_process.url, device=paired.device, agent=ME, teams=("billing",))
    bridge = Bridge(inbox)
    caller = Caller(bridge)
    caller.sign_in(account, paired.token)
    arrived: list[Entry] = []
    bridge.entries_arrived.connect(arrived.extend)
    live: list[Status] = []
    bridge.status_changed.connect(live.append)
    bridge.start(account, paired.token)
    qtbot.waitUntil(lambda: any(each.state is LinkState.LIVE for each in live), timeout=30_000)
    headers, body = relay_process.request()
    httpx.post(relay_process.hook(), content=body, headers=dict(headers), trust_env=False, timeout=60)
    qtbot.waitUntil(lambda: bool(arrived), timeout=30_000)
    asking = {"Authorization": f"Bearer {paired.token}", "Idempotency-Key": "k"}
    claim = f"{relay_process.url}/v1/notifications/{arrived[0].id}/claim"
    assert httpx.post(claim, headers=asking, trust_env=False, timeout=60).status_code == 200
    yield House(relay_process, caller, arrived[0])
    bridge.stop()


def test_why_is_asked_of_the_relay_and_told_beside_the_timeline(
    qtbot: QtBot, pages: Pages, house: House
) -> None:
    """Only when somebody wants to know; the answer is kept while the window is open."""
    inquirer = Inquirer(lambda: house.caller)
    pages.follow(inquirer, tuple)
    pages.show_entry(house.entry)
    detail = detail_of(pages)
    assert not house.caller._errands
    detail.why.button.click()
    assert detail.why.words.text() == "Asking the relay…"
    qtbot.waitUntil(lambda: "nobody's yet" in detail.why.words.text(), timeout=20_000)
    assert "Toast: decided by Deskbell's default." in detail.why.words.text()
    assert "Claimed by you" in detail.steps.words()
    assert detail.why.more.isVisible()
    detail.why.more.click()
    assert "It went to billing." in detail.why.steps.text()
    house.relay.kill()
    pages.show_entry(replace(house.entry, read=True))
    again = detail_of(pages)
    assert again is not detail
    assert "nobody's yet" in again.why.words.text()
    inquirer.forget()
    pages.show_entry(replace(house.entry, stage=Stage.CLAIMED, holder=ME))
    qtbot.waitUntil(lambda: "cannot be reached" in detail_of(pages).why.words.text(), timeout=20_000)


def test_what_the_relay_does_not_know_any_more_is_said(
    qtbot: QtBot, pages: Pages, house: House, make_entry: MakeEntry
) -> None:
    """It was pruned there and is still in the history here."""
    pages.follow(Inquirer(lambda: house.caller), tuple)
    pages.show_entry(make_entry(7))
    why = detail_of(pages).why
    why.button.click()
    qtbot.waitUntil(lambda: "does not know this notification any more" in why.words.text(), timeout=20_000)
    house.caller.sign_out()
    pages.show_entry(make_entry(8))
    detail_of(pages).why.button.click()
    qtbot.waitUntil(lambda: "not signed in" in detail_of(pages).why.words.text(), timeout=20_000)


def test_who_could_not_be_asked_yet_is_asked_when_somebody_looks_again(qtbot: QtBot, house: House) -> None:
    """Right after the start nobody can ask; that is no answer, and isn't kept as one."""
    callers: list[Caller] = []
    inquirer = Inquirer(lambda: callers[0] if callers else None)
    assert inquirer.story(house.entry).problem == "The relay cannot be asked right now."
    callers.append(house.caller)
    with qtbot.waitSignal(inquirer.answered, timeout=20_000):
        assert inquirer.story(house.entry) == Story()
    assert inquirer.story(house.entry).why is not None
