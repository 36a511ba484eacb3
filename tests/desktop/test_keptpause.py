"""A pause of toasts is still there after a restart, until it ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.inbox import Inbox
from desktop.keptpause import KeptPause
from desktop.presenter import Presenter
from desktop.screen import Screen
from desktop.sound import Sounds
from desktop.stack import Stack
from desktop.surroundings import Watch
from desktop.theme import Looks
from desktop.tray import Tray
from relay.protocol import Availability
from tests.desktop.far_end import FarEnd

NOW = 1_763_000_000.0
Start = Callable[[], Presenter]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the pause is kept; its folder isn't there yet."""
    return tmp_path / "config" / "paused-until"


@pytest.fixture
def start(qapp: QApplication, looks: Looks, inbox: Inbox, file: Path) -> Iterator[Start]:
    """Return how to start anew what shows and pauses toasts."""
    tray = Tray(available=lambda: True)
    stack = Stack(looks, lambda _id: True, composited=False)
    screen = Screen(stack, tray, lambda _id: True, places_windows=True)
    kept: list[tuple[Presenter, KeptPause]] = []

    def begin() -> Presenter:
        sounds = Sounds(lambda: NOW, play=lambda _: True)
        presenter = Presenter(screen, inbox, sounds, Watch([]), agent=lambda: "mira", clock=lambda: NOW)
        kept.append((presenter, KeptPause(file, presenter, clock=lambda: NOW)))
        return presenter

    yield begin
    for presenter, _ in kept:
        presenter.close()
    tray.close()


def test_a_pause_outlives_a_restart(start: Start, file: Path) -> None:
    """It ends when it would have ended; one that was ended by hand is over after a restart, too."""
    start().pause(3600)
    again = start()
    assert again.paused_until == NOW + 3600
    again.pause(None)
    assert not file.exists()
    assert start().paused_until is None


@pytest.mark.parametrize("text", ["1762999999\n", "", "soon", "nan", "inf", "9" * 400, "1.8e12"])
def test_what_is_over_or_nonsense_is_dropped(start: Start, file: Path, text: str) -> None:
    """A pause that ended meanwhile, a damaged file, a clock that was wrong: toasts come."""
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert start().paused_until is None
    assert not file.exists()


def test_a_folder_that_cannot_be_written_pauses_all_the_same(
    start: Start, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Only the restart forgets it then, and the log says why."""
    file.parent.write_text("a file where the folder should be", encoding="utf-8")
    presenter = start()
    presenter.pause(900)
    assert presenter.paused_until == NOW + 900
    assert "not kept for the next start" in caplog.text


def test_the_app_that_starts_in_a_pause_says_so(
    qtbot: QtBot, make_desktop: Callable[..., Desktop], far_end: FarEnd
) -> None:
    """The tray has its paused picture at once, and the relay counts on nobody."""
    first = make_desktop()
    first.tray.items.pause_asked.emit(900)
    first.close()
    second = make_desktop()
    assert "paused until" in second.tray.tooltip()
    qtbot.waitUntil(lambda: bool(far_end.hellos), timeout=20_000)
    assert far_end.hellos[-1].presence is Availability.BUSY
