"""The tray says the truth in words, with few changes and pictures drawn once."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktop.entry import LinkState, Status
from desktop.tray import PICTURES, Icons, Tray, count_text, words

NOW = 10_000.0


class Host:
    """A desktop that has a tray, or not."""

    available = True

    def __call__(self) -> bool:
        return self.available


@pytest.fixture
def host() -> Host:
    """A desktop with a tray."""
    return Host()


@pytest.fixture
def tray(qapp: QApplication, host: Host) -> Iterator[Tray]:
    """An icon, on a clock that stands still."""
    made = Tray(wall=lambda: NOW, available=host)
    yield made
    made.close()


def action(tray: Tray, label: str) -> QAction:
    """Return the menu's action of that label."""
    return next(item for item in tray.menu().actions() if item.text() == label)


@pytest.mark.parametrize(
    ("unread", "shown"), [(-1, ""), (0, ""), (1, "1"), (9, "9"), (10, "9+"), (5_000, "9+")]
)
def test_the_badge_counts_to_nine(unread: int, shown: str) -> None:
    """More than nine is 9+."""
    assert count_text(unread) == shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LinkState.LIVE, "connected"),
        (LinkState.OFFLINE, "offline 3 min, retrying"),
        (LinkState.CONNECTING, "connecting"),
        (LinkState.CATCHING_UP, "catching up"),
        (LinkState.SIGNED_OUT, "not paired"),
        (LinkState.REFUSED, "needs attention"),
    ],
)
def test_the_tooltip_says_the_state_in_words(state: LinkState, said: str) -> None:
    """Every state has its words, with reason, count and notice below."""
    status = Status(state=state, since=NOW - 200, reason="The relay restarts.")
    assert words(status, 3, "No keyring.", NOW).split("\n") == [
        f"Deskbell: {said}",
        "3 unread",
        "The relay restarts.",
        "No keyring.",
    ]


def test_every_state_and_count_has_its_own_picture(qapp: QApplication) -> None:
    """No icon is empty, each has all sizes, and different things look different."""
    icons = Icons()
    assert PICTURES.keys() == set(LinkState)
    images: dict[tuple[LinkState, int], QImage] = {}
    for state in (
        LinkState.LIVE,
        LinkState.OFFLINE,
        LinkState.CONNECTING,
        LinkState.REFUSED,
        LinkState.SIGNED_OUT,
    ):
        for unread in (0, 1, 12):
            icon = icons.icon(state, unread)
            assert not icon.isNull()
            image = icon.pixmap(22, 22).toImage()
            assert all(image != other for other in images.values()), (state, unread)
            images[state, unread] = image


def test_pictures_are_drawn_once(qapp: QApplication) -> None:
    """The same state and badge give the same icon object, and two states with one picture share it."""
    icons = Icons()
    assert icons.icon(LinkState.LIVE, 10) is icons.icon(LinkState.LIVE, 99)
    assert icons.icon(LinkState.CONNECTING, 0) is icons.icon(LinkState.CATCHING_UP, 0)


def test_the_icon_changes_at_most_once_a_second(qtbot: QtBot, tray: Tray) -> None:
    """A burst of changes costs one change now and one at the end of the second, with the last state."""
    shown: list[tuple[str, str] | None] = []
    refresh = tray._refresh
    tray._changes.timeout.disconnect()

    def change() -> None:
        refresh()
        shown.append(tray._shown)

    tray._changes.timeout.connect(change)
    tray.show_status(Status(state=LinkState.LIVE, since=NOW))
    for unread in range(1, 300):
        tray.show_unread(unread)
    assert tray._shown == ("live", "")
    qtbot.waitUntil(lambda: bool(shown), timeout=5_000)
    assert shown == [("live", "9+")]


def test_the_menu_fits_the_state(tray: Tray) -> None:
    """Pairing is offered to those who are not paired, signing out and retrying to the others."""
    assert action(tray, "Pair this computer…").isVisible()
    assert not action(tray, "Sign out").isVisible()
    tray._changes.stop()
    tray.show_status(Status(state=LinkState.OFFLINE, since=NOW - 61))
    assert not action(tray, "Pair this computer…").isVisible()
    assert action(tray, "Sign out").isVisible()
    assert action(tray, "Connect now").isVisible()
    assert tray.menu().actions()[0].text() == "Offline 1 min, retrying"


def test_a_clock_that_is_set_changes_nothing_about_how_long_it_is_offline(qapp: QApplication) -> None:
    """An hour forwards or back while the link is down: the tooltip counts the minutes that passed."""
    clock = {"wall": NOW, "passed": 5.0}
    tray = Tray(wall=lambda: clock["wall"], available=Host(), passed=lambda: clock["passed"])
    tray.show_status(Status(state=LinkState.OFFLINE, since=NOW - 61))
    for set_by, minutes in ((3600.0, 2), (-7200.0, 3)):
        clock = {"wall": clock["wall"] + set_by + 60, "passed": clock["passed"] + 60}
        tray.show_status(Status(state=LinkState.OFFLINE, since=NOW - 61, reason="Still down."))
        assert f"offline {minutes} min, retrying" in tray.tooltip()
        assert tray.headline() == f"Offline {minutes} min, retrying"
    tray.close()


def test_the_menu_says_as_whom_one_is_signed_in(tray: Tray) -> None:
    """As long as one is: several people share a computer."""
    tray.items.show_account("mira@example.com")
    tray.items.show_state(LinkState.LIVE, "Connected")
    said = [item.text() for item in tray.menu().actions() if item.isVisible()]
    assert said[:2] == ["Connected", "mira@example.com"]
    tray.items.show_state(LinkState.SIGNED_OUT, "Not paired")
    assert "mira@example.com" not in [item.text() for item in tray.menu().actions() if item.isVisible()]


def test_the_words_are_kept_up_to_date(qtbot: QtBot, tray: Tray) -> None:
    """While the link is away, menu and windows are told again and again for how long."""
    tray._words.setInterval(1)
    with qtbot.waitSignals([tray.said] * 3, timeout=5_000):
        tray.show_status(Status(state=LinkState.OFFLINE, since=NOW - 61))
    assert tray._words.isActive()
    tray._changes.stop()
    tray.show_status(Status(state=LinkState.LIVE, since=NOW))
    assert not tray._words.isActive()


@pytest.mark.parametrize(
    ("label", "signal"),
    [
        ("Open history", "history_asked"),
        ("Connect now", "retry_asked"),
        ("Show a test toast", "test_asked"),
        ("Diagnostics…", "diagnostics_asked"),
        ("Preferences…", "preferences_asked"),
        ("Pair this computer…", "pair_asked"),
        ("Sign out", "sign_out_asked"),
        ("Quit Deskbell", "quit_asked"),
    ],
)
def test_each_item_of_the_menu_asks_for_what_it_says(
    qtbot: QtBot, tray: Tray, label: str, signal: str
) -> None:
    """Choosing an item emits its signal."""
    with qtbot.waitSignal(getattr(tray.items, signal)):
        action(tray, label).trigger()


def test_a_click_on_the_icon_opens_the_history(qtbot: QtBot, tray: Tray) -> None:
    """As does the first item of the menu."""
    with qtbot.waitSignal(tray.history_asked):
        tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.waitSignal(tray.history_asked):
        action(tray, "Open history").trigger()


def test_toasts_can_be_paused_from_the_menu(tray: Tray) -> None:
    """For a while, until the shift ends if shifts are planned, and back."""
    asked: list[object] = []
    tray.items.pause_asked.connect(asked.append)
    tray.items.shift_pause_asked.connect(lambda: asked.append("shift"))
    tray.items.offer(quit_allowed=True, shifts=True)
    for item in tray.items.pauses.actions():
        assert item.isVisible()
        item.trigger()
    action(tray, "Resume toasts").trigger()
    assert asked == [900, 3600, "shift", None]
    tray.items.offer(quit_allowed=True, shifts=False)
    assert [item.isVisible() for item in tray.items.pauses.actions()] == [True, True, False]


def test_a_quiet_is_seen_and_said(tray: Tray, qtbot: QtBot) -> None:
    """Icon, tooltip and windows know it; trouble with the link is the more important picture."""
    tray.show_status(Status(state=LinkState.LIVE, since=NOW))
    tray._changes.stop()
    with qtbot.waitSignal(tray.said) as said:
        tray.show_quiet("quiet: you are presenting")
    assert said.args == ["Connected, quiet: you are presenting"]
    assert tray._shown == ("paused", "")
    assert tray.tooltip().splitlines()[1] == "quiet: you are presenting"
    tray._changes.stop()
    tray.show_status(Status(state=LinkState.OFFLINE, since=NOW))
    assert tray._shown == ("offline", "")
    tray._changes.stop()
    tray.show_status(Status(state=LinkState.LIVE, since=NOW))
    tray._changes.stop()
    tray.show_quiet("")
    assert tray._shown == ("live", "")
    assert tray.tooltip() == "Deskbell: connected"


def test_a_pause_can_be_ended(tray: Tray) -> None:
    """The menu offers one or the other."""
    tray.show_pause(NOW + 900)
    assert action(tray, "Resume toasts").isVisible()
    assert not action(tray, "Pause toasts").isVisible()
    tray.show_pause(None)
    assert not action(tray, "Resume toasts").isVisible()


def test_presenting_is_a_switch(qtbot: QtBot, tray: Tray) -> None:
    """It says so both ways."""
    told: list[bool] = []
    tray.items.presenting_toggled.connect(told.append)
    action(tray, "I am presenting").trigger()
    action(tray, "I am presenting").trigger()
    assert told == [True, False]


def test_quitting_is_offered_as_policy_allows(tray: Tray) -> None:
    """Where IT wants Deskbell to stay, there is no such item."""
    tray.items.offer(quit_allowed=False, shifts=False)
    assert not action(tray, "Quit Deskbell").isVisible()
    tray.items.offer(quit_allowed=True, shifts=False)
    assert action(tray, "Quit Deskbell").isVisible()


def test_a_tray_that_comes_late_gets_a_new_icon(qtbot: QtBot, qapp: QApplication, host: Host) -> None:
    """An icon made before there was a tray is made anew when one appears, and the app is told."""
    host.available = False
    tray = Tray(wall=lambda: NOW, available=host)
    first = tray._icon
    assert not tray.is_available()
    host.available = True
    with qtbot.waitSignal(tray.availability_changed) as heard:
        tray._look_again()
    assert heard.args == [True]
    assert tray._icon is not first
    assert not tray._late.isActive()
    tray.close()


def test_looking_for_a_tray_ends(host: Host, qapp: QApplication) -> None:
    """Without a tray nothing goes on ticking for ever."""
    host.available = False
    tray = Tray(wall=lambda: NOW, available=host)
    assert tray._late.isActive()
    for _ in range(4):
        tray._look_again()
    assert not tray._late.isActive()
    tray.close()
    tray.close()
