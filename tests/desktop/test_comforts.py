"""Settings take effect while the app runs."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.comforts import Comforts, Parts, manners, may_open
from desktop.entry import LinkState, Status
from desktop.gate import Privacy
from desktop.inbox import Inbox
from desktop.kinds import Value
from desktop.own import own_entry
from desktop.placement import Corner
from desktop.policy import Layer, Rank
from desktop.preferences_file import PreferencesFile
from desktop.presenter import Presenter
from desktop.proxies import NONE, SYSTEM, Network
from desktop.screen import Screen
from desktop.settings import Section, Settings
from desktop.sound import Sounds
from desktop.stack import Stack
from desktop.surroundings import Watch
from desktop.theme import Looks
from desktop.tray import Tray
from desktop.way import network
from desktop.wishes import Wishes


class Played(list[str]):
    """What was played."""

    def play(self, path: Path) -> bool:
        """Play a file."""
        self.append(path.stem)
        return True


@pytest.fixture
def played() -> Played:
    """Nothing yet."""
    return Played()


@pytest.fixture
def layers() -> list[Layer]:
    """What IT says; a test may add to it."""
    return []


@pytest.fixture
def parts(qapp: QApplication, looks: Looks, inbox: Inbox, played: Played) -> Iterator[Parts]:
    """The real parts, with a player that only counts."""
    tray = Tray(available=lambda: True)
    stack = Stack(looks, lambda _id: True, composited=False)
    sounds = Sounds(time.monotonic, play=played.play)
    watch = Watch([])
    screen = Screen(stack, tray, lambda _id: True, places_windows=True)
    presenter = Presenter(screen, inbox, sounds, watch, agent=lambda: "mira@example.com")
    yield Parts(looks=looks, tray=tray, stack=stack, presenter=presenter, sounds=sounds, watch=watch)
    presenter.close()
    stack.clear()
    tray.close()


@pytest.fixture
def comforts(parts: Parts, tmp_path: Path, layers: list[Layer]) -> Iterator[Comforts]:
    """Settings at their defaults, in effect."""
    made = Comforts(Wishes(PreferencesFile(tmp_path / "preferences.json"), {}, places=lambda: layers), parts)
    yield made
    made.close()


def test_a_choice_takes_effect_at_once(comforts: Comforts, parts: Parts) -> None:
    """Looks, place, clipboard, attention: none needs a restart."""
    wanted: dict[str, Value] = {
        "theme": "contrast-dark",
        "text_size": 150,
        "motion": "off",
        "toast_corner": "top-left",
        "toast_screen": "pointer",
        "private_clipboard": False,
        "stay_factor": "4",
        "away_seconds": 120,
        "language": "de",
    }
    for key, value in wanted.items():
        assert comforts.wishes.choose(key, value)
    assert parts.looks.theme.name == "contrast-dark"
    assert parts.looks.still
    assert not parts.stack.motion
    assert parts.stack.stay_factor == 4.0
    assert parts.stack.ground.corner is Corner.TOP_LEFT
    assert parts.stack.screens.wish == "pointer"
    assert parts.stack.clipboard.private is False
    assert parts.stack.languages == ("de",)
    assert parts.watch.away_seconds == 120
    comforts.wishes.reset()
    assert parts.looks.theme.name != "contrast-dark"
    assert parts.stack.motion


def test_a_pause_goes_from_the_menu_to_the_icon(comforts: Comforts, parts: Parts) -> None:
    """And back, when the agent goes on."""
    parts.tray.show_status(Status(state=LinkState.LIVE, since=0))
    parts.tray.items.pause_asked.emit(900)
    assert parts.presenter.paused_until == pytest.approx(time.time() + 900, abs=60)
    assert "paused until" in parts.tray.tooltip()
    parts.tray.items.pause_asked.emit(None)
    assert parts.presenter.paused_until is None
    assert "paused" not in parts.tray.tooltip()


def test_the_preferences_say_which_relay_is_used(comforts: Comforts, parts: Parts) -> None:
    """On the page of the connection, to be copied; whoever signs in or out meanwhile sees it change."""
    comforts.show_preferences()
    window = comforts.preferences
    assert window is not None
    window.pages.setCurrentRow(list(Section).index(Section.CONNECTION))
    assert window.account.isVisible()
    assert window.account.toPlainText() == "This computer is not paired with a relay."
    comforts.show_account("https://relay.example.com/<b>", "mira@example.com")
    said = "Relay: https://relay.example.com/<b> · signed in as mira@example.com"
    assert window.account.toPlainText() == said
    assert parts.tray.items._account.text() == "mira@example.com"
    comforts.show_preferences()
    assert comforts.preferences is not None
    assert comforts.preferences.account.toPlainText() == said
    assert not comforts.preferences.account.isVisible()
    comforts.show_account("", "")
    assert "not paired" in comforts.preferences.account.toPlainText()


def test_policy_changes_the_menu(comforts: Comforts, parts: Parts, layers: list[Layer]) -> None:
    """IT forbids quitting while the app runs."""
    assert parts.tray.items.quit.isVisible()
    layers.append(Layer(rank=Rank.MACHINE, place="10.toml", values={"AllowQuit": False}))
    comforts.wishes.reload()
    assert not parts.tray.items.quit.isVisible()


def test_preferences_come_from_the_menu_and_play_sounds(
    qtbot: QtBot, comforts: Comforts, parts: Parts, played: Played
) -> None:
    """The urgent one is another than the rest; a second time there is still one window."""
    parts.tray.items.preferences_asked.emit()
    first = comforts.preferences
    assert first is not None
    assert first.isVisible()
    first.rows["sound_urgent"].listen.click()
    first.rows["sound_high"].listen.click()
    assert played == ["urgent", "soft"]
    comforts.show_preferences()
    assert not first.isVisible()


def test_the_welcome_shows_and_plays(qtbot: QtBot, comforts: Comforts, parts: Parts, played: Played) -> None:
    """The toast that it asks for is painted, and it learns of that."""
    comforts.test_asked.connect(lambda: parts.stack.add(own_entry("This is a test toast", "", ()), None))
    comforts.show_welcome()
    welcome = comforts.welcome
    assert welcome is not None
    with qtbot.waitSignal(parts.stack.painted):
        welcome.yes.click()
    assert played == ["soft"]
    assert not welcome._missing.isActive()


def test_manners_follow_the_settings() -> None:
    """A zone that nobody knows is no reason to be loud."""
    settings = Settings(
        quiet_hours="18:00-8:00", privacy="type", stay_factor="never", sound_high=False, urgent_sounds=True
    )
    wanted = manners(settings, "Nowhere/Land")
    assert wanted.privacy is Privacy.TYPE
    assert wanted.stay_factor is None
    assert not wanted.sound_for_high
    assert wanted.urgent_sounds
    assert len(wanted.hours.windows) == 1
    berlin = manners(Settings(quiet_hours="18:00-8:00", time_zone="Europe/Berlin"), "UTC").hours
    assert str(berlin.zone) == "Europe/Berlin"


def test_the_network_follows_the_settings() -> None:
    """System, none, or one of its own; an added authority."""
    given = Network()
    assert network(Settings(), given).proxy == SYSTEM
    assert network(Settings(proxy_mode="none"), given).proxy == NONE
    own = Settings(proxy_mode="fixed", proxy_url="http://proxy.example.com:3128", ca_file="/etc/ca.pem")
    assert network(own, given).proxy == "http://proxy.example.com:3128"
    assert network(own, given).authority == Path("/etc/ca.pem")
    assert network(Settings(proxy_mode="fixed"), given).proxy == SYSTEM


@pytest.mark.parametrize(
    ("host", "opens"),
    [
        ("crm.example.com", True),
        ("CRM.example.com.", True),
        ("a.help.example", True),
        ("help.example", False),
        ("evilhelp.example", False),
        ("crm.example.com.evil.example", False),
        ("", False),
    ],
)
def test_links_lead_only_where_it_lets_them(host: str, opens: bool) -> None:
    """Exactly those hosts, and with an asterisk those below; without a list all of them."""
    assert may_open(Settings(allowed_link_hosts=("crm.example.com", "*.help.example")), host) is opens
    assert may_open(Settings(), host)
