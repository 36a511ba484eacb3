"""Where an entry is put when our own windows can't be placed: the tray's message, the system's notification."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.clipboard import KDE_HINT
from desktop.gate import Privacy
from desktop.native import Native
from desktop.own import own_entry
from desktop.screen import MORE, Screen
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.tray import Tray
from relay.protocol import Priority, Script
from tests.desktop.notification_service import Recorder, recording, session_bus
from tests.desktop.test_degrade import FAILED


class SpokenTray(Tray):
    """A tray whose messages are kept: the system behind it is the far end."""

    def __init__(self) -> None:
        super().__init__(available=lambda: True)
        self.messages: list[tuple[str, str]] = []

    def message(self, title: str, body: str) -> None:
        """Keep what would be shown."""
        self.messages.append((title, body))


@pytest.fixture
def stack(looks: Looks) -> Iterator[Stack]:
    """Return an empty stack."""
    made = Stack(looks, lambda _id: True, composited=False)
    yield made
    made.clear()


@pytest.fixture
def tray() -> Iterator[SpokenTray]:
    """Return a tray."""
    made = SpokenTray()
    yield made
    made.close()


def test_a_message_of_the_tray_says_who_and_what(stack: Stack, tray: SpokenTray) -> None:
    """As plain text, whatever the service behind it makes of HTML."""
    screen = Screen(stack, tray, lambda _id: True, places_windows=False)
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)

    assert tray.messages == [
        (
            "Payment failed: Maya Lindqvist, €49.00",
            "Attempt 2 failed. &lt;b&gt;Stripe&lt;/b&gt; tries again on 2 March.",
        )
    ]


@pytest.mark.parametrize(
    ("privacy", "said"),
    [
        (Privacy.NOTHING, ("New item", "")),
        (Privacy.TYPE, ("New from Stripe", "invoice.payment_failed")),
    ],
)
def test_a_message_of_the_tray_keeps_the_privacy(
    stack: Stack, tray: SpokenTray, privacy: Privacy, said: tuple[str, str]
) -> None:
    """Others may look at the screen while it is locked or shared."""
    Screen(stack, tray, lambda _id: True, places_windows=False).add(FAILED, 8.0, privacy, still=False)

    assert tray.messages == [said]


def test_what_was_shown_before_is_not_said_again(stack: Stack, tray: SpokenTray) -> None:
    """The inbox knows."""
    Screen(stack, tray, lambda _id: False, places_windows=False).add(FAILED, 8.0, Privacy.FULL, still=False)

    assert tray.messages == []


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how this is tried")
def test_a_reply_copied_from_a_notification_stays_out_of_histories(
    stack: Stack, tray: SpokenTray, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same clipboard as a toast's, with the same setting."""
    with session_bus(tmp_path) as address, recording(address, ["actions", "body"]) as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        native = Native()
        screen = Screen(stack, tray, lambda _id: True, places_windows=False, native=native)
        qtbot.waitUntil(lambda: screen.form == "the system's notifications", timeout=10_000)
        # Only what the library knows that the service has taken can be answered.
        with qtbot.waitSignal(screen.shown, timeout=10_000):
            screen.add(FAILED, 8.0, Privacy.FULL, still=False)
        with qtbot.waitSignal(screen.copied, timeout=10_000) as copied:
            service.press(service.titles[0], "copy")
        data = QGuiApplication.clipboard().mimeData()
        screen.close()

    assert copied.args == ["1"]
    assert data.text() == "Hello Maya, …"
    assert data.hasFormat(KDE_HINT)


class Clock:
    """Monotonic seconds that go on when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


Begin = Callable[..., tuple[Screen, Recorder]]


@pytest.fixture
def begin(
    stack: Stack, tray: SpokenTray, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Begin]:
    """Return how to start a screen that shows by a real notification service."""
    if sys.platform != "linux":
        pytest.skip("D-Bus is how this is tried")
    with ExitStack() as left:
        address = left.enter_context(session_bus(tmp_path))
        service = left.enter_context(recording(address, ["actions", "body"]))
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

        def start(clock: Callable[[], float] = time.monotonic) -> tuple[Screen, Recorder]:
            screen = Screen(stack, tray, lambda _id: True, places_windows=False, native=Native(), clock=clock)
            left.callback(screen.close)
            qtbot.waitUntil(lambda: screen.form == "the system's notifications", timeout=10_000)
            return screen, service

        yield start


def test_what_the_system_has_taken_is_told_once(begin: Begin, qtbot: QtBot) -> None:
    """The relay has to know that somebody could see it; drawing it anew is no news."""
    screen, service = begin()
    told: list[str] = []
    screen.shown.connect(lambda entry: told.append(entry.id))
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: told == ["1"], timeout=10_000)
    screen.veil(Privacy.TYPE)
    qtbot.waitUntil(lambda: service.titles == ["New from Stripe"], timeout=10_000)

    assert told == ["1"]


def test_locking_and_unlocking_pops_up_nothing_old(begin: Begin, qtbot: QtBot) -> None:
    """Nobody tells when a notification's time was over, so its time is kept here."""
    clock = Clock()
    screen, service = begin(clock)
    urgent = replace(FAILED, id="2", title="Call: Gwen", priority=Priority.URGENT)
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)
    screen.add(urgent, None, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: len(service.titles) == 2, timeout=10_000)
    clock.now += 9
    screen.veil(Privacy.NOTHING)
    qtbot.waitUntil(lambda: service.titles == ["New item"], timeout=10_000)
    screen.veil(Privacy.FULL)
    qtbot.waitUntil(lambda: service.titles == ["Urgent: Call: Gwen"], timeout=10_000)

    assert [one["title"] for one in service.service.came[2:]] == ["New item", "Urgent: Call: Gwen"]


def test_what_the_system_shows_goes_with_its_agent(begin: Begin, qtbot: QtBot) -> None:
    """After signing out no notification of the former agent is left for the next one."""
    screen, service = begin()
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)
    screen.add(replace(FAILED, id="2"), None, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: len(service.titles) == 2, timeout=10_000)
    screen.clear()
    qtbot.waitUntil(lambda: service.titles == [], timeout=10_000)


def test_a_change_of_what_is_gone_from_the_screen_pops_up_nothing(begin: Begin, qtbot: QtBot) -> None:
    """It is taken out of the system's list, where it would say what holds no more."""
    clock = Clock()
    screen, service = begin(clock)
    screen.add(FAILED, 8.0, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: len(service.titles) == 1, timeout=10_000)
    clock.now += 9
    screen.take([replace(FAILED, title="Payment failed again")])
    qtbot.waitUntil(lambda: service.titles == [], timeout=10_000)

    assert len(service.service.came) == 1


def test_of_many_at_once_three_are_shown_and_the_others_counted(begin: Begin, qtbot: QtBot) -> None:
    """Five hundred notifications of the system would go on for minutes; what is urgent stands alone."""
    screen, service = begin(Clock())
    for number in range(500):
        screen.add(replace(FAILED, id=str(number), title=f"No {number}"), 8.0, Privacy.FULL, still=False)
    urgent = replace(FAILED, id="urgent", title="Call", priority=Priority.URGENT)
    screen.add(urgent, None, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: "+497 more" in service.titles, timeout=10_000)

    assert service.titles == ["No 0", "No 1", "No 2", "Urgent: Call", "+497 more"]


def test_what_deskbell_tells_by_itself_is_no_part_of_a_burst(stack: Stack, tray: SpokenTray) -> None:
    """An answer, or the card that counts what came meanwhile, would be lost: the history hasn't got it."""
    screen = Screen(stack, tray, lambda _id: True, places_windows=False, clock=Clock())
    for number in range(3):
        screen.add(replace(FAILED, id=str(number)), 8.0, Privacy.FULL, still=False)
    screen.add(own_entry("Paired", "As Mira.", ()), 8.0, Privacy.FULL, still=False)
    screen.add(replace(FAILED, id="4"), 8.0, Privacy.FULL, still=False)

    assert [title for title, _ in tray.messages[3:]] == ["Paired"]
    assert screen._count.isActive()  # the fourth of the others is counted


def test_a_press_on_the_number_opens_the_history(begin: Begin, qtbot: QtBot) -> None:
    """And the next burst is counted from the beginning."""
    screen, service = begin(Clock())
    taken: list[str] = []
    assert screen._native is not None
    screen._native.taken.connect(taken.append)
    for number in range(5):
        screen.add(replace(FAILED, id=str(number)), 8.0, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: MORE in taken, timeout=10_000)
    with qtbot.waitSignal(screen.opened, timeout=10_000):
        service.press("+2 more", "default")
    screen.add(replace(FAILED, id="9"), 8.0, Privacy.FULL, still=False)

    qtbot.waitUntil(lambda: "+1 more" in service.titles, timeout=10_000)


def test_what_the_service_does_not_take_is_said_by_the_tray(
    begin: Begin, tray: SpokenTray, qtbot: QtBot
) -> None:
    """It was marked as shown already: it may not get lost; and the next one is tried again."""
    screen, service = begin(Clock())
    service.service.refuses = True
    with qtbot.waitSignal(screen.failed, timeout=20_000):
        screen.add(FAILED, 8.0, Privacy.FULL, still=False)
    qtbot.waitUntil(lambda: len(tray.messages) == 1, timeout=20_000)
    service.service.refuses = False
    screen.add(replace(FAILED, id="2", title="Delivered"), 8.0, Privacy.FULL, still=False)

    qtbot.waitUntil(lambda: service.titles == ["Delivered"], timeout=10_000)


def test_a_service_that_comes_late_is_used(
    stack: Stack, tray: SpokenTray, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the beginning of a session there is no order; it is told once that there was none."""
    monkeypatch.setattr("desktop.screen.ASK_AGAIN_MILLISECONDS", 100)
    with session_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        screen = Screen(stack, tray, lambda _id: True, places_windows=False, native=Native())
        said: list[str] = []
        screen.failed.connect(said.append)
        qtbot.waitUntil(lambda: len(said) == 1, timeout=10_000)
        with recording(address, ["actions", "body"]):
            qtbot.waitUntil(lambda: screen.form == "the system's notifications", timeout=10_000)
            screen.close()

    assert len(said) == 1


def test_the_reply_is_copied_in_the_agents_language(begin: Begin, stack: Stack, qtbot: QtBot) -> None:
    """As a toast offers it first."""
    stack.languages = ("de",)
    scripts = (
        Script(name="Call", text="Hello", language="en"),
        Script(name="Anruf", text="Hallo", language="de"),
    )
    screen, service = begin()
    with qtbot.waitSignal(screen.shown, timeout=10_000):
        screen.add(replace(FAILED, scripts=scripts), 8.0, Privacy.FULL, still=False)
    with qtbot.waitSignal(screen.copied, timeout=10_000):
        service.press(service.titles[0], "copy")

    assert QGuiApplication.clipboard().text() == "Hallo"
