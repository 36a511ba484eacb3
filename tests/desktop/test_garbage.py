"""What is no longer needed is given back on the GUI thread, whichever thread is busy."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.garbage import LATEST_SECONDS, WHOLE_SECONDS, Garbage


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Circle(QWidget):
    """A window that nothing leads to but itself."""

    def __init__(self, ended_on: list[int]) -> None:
        super().__init__()
        self.me, self.ended_on = self, ended_on

    def __del__(self) -> None:
        self.ended_on.append(threading.get_ident())


@pytest.fixture
def clock() -> Clock:
    """The time by which garbage is collected."""
    return Clock()


@pytest.fixture
def garbage(qapp: QApplication, clock: Clock) -> Iterator[Garbage]:
    """The collector of a running app."""
    gc.collect()
    made = Garbage(clock)
    yield made
    made.close()
    assert gc.isenabled()


def make_objects() -> None:
    """Make so much that Python would collect, wherever this runs."""
    kept = [[number] for number in range(5 * gc.get_threshold()[0])]
    assert len(kept) == 5 * gc.get_threshold()[0]
    kept.append([1])


def test_a_window_is_not_destroyed_by_a_busy_thread(garbage: Garbage) -> None:
    """However much another thread makes, a circle of Qt objects waits for the GUI thread."""
    ended_on: list[int] = []
    Circle(ended_on)
    thread = threading.Thread(target=make_objects)
    thread.start()
    thread.join()
    assert ended_on == []
    make_objects()
    held = [[number] for number in range(2 * gc.get_threshold()[0])]
    garbage.look()
    assert ended_on == [threading.get_ident()]
    assert held


def test_nothing_is_looked_through_while_nothing_happens(garbage: Garbage) -> None:
    """An app at rest doesn't search its memory for garbage."""
    before = [generation["collections"] for generation in gc.get_stats()]
    garbage.look()
    assert [generation["collections"] for generation in gc.get_stats()] == before


def work() -> list[list[int]]:
    """Make so much that there is something to be looked through."""
    return [[number] for number in range(2 * gc.get_threshold()[0])]


@pytest.fixture
def ended_on() -> list[int]:
    """On which threads something old was ended that nobody needs any more."""
    ended_on: list[int] = []
    window = Circle(ended_on)
    gc.collect()
    gc.collect()
    del window
    return ended_on


def test_what_has_grown_old_is_collected_when_it_is_calm(
    garbage: Garbage, clock: Clock, ended_on: list[int]
) -> None:
    """The round through everything takes as long as three toasts: none is made to wait for it."""
    held = [work()]
    garbage.look()
    clock.now += WHOLE_SECONDS
    held.append(work())
    garbage.look()
    assert ended_on == []
    garbage.look()
    assert ended_on == [threading.get_ident()]


def test_what_has_grown_old_does_not_wait_for_ever(
    garbage: Garbage, clock: Clock, ended_on: list[int]
) -> None:
    """Where there is always something to do it is collected all the same."""
    clock.now += LATEST_SECONDS
    held = work()
    garbage.look()
    assert ended_on == [threading.get_ident()]
    assert held


def test_what_the_app_was_built_from_is_spared(garbage: Garbage) -> None:
    """Each round is short, because it leaves out what stays anyway."""
    garbage.spare()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 1_000
