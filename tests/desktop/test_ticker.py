"""What is on the screen ages, and a computer that slept looks at its screens again."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop.ticker import SLEEP_SECONDS, TICK_MILLISECONDS, Ticker

TICK = TICK_MILLISECONDS / 1000


class Hours:
    """A clock that a test moves, and what was told at which of its times."""

    def __init__(self) -> None:
        self.now = 100.0
        self.told: list[str] = []


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def ticker(qapp: QApplication, hours: Hours) -> Iterator[Ticker]:
    parent = QObject()
    made = Ticker(parent, lambda: hours.now)
    made.woken.connect(lambda: hours.told.append("woken"))
    made.ticked.connect(lambda: hours.told.append("ticked"))
    yield made
    made.run(False)


@pytest.mark.parametrize(
    ("late", "told"),
    [(0.0, ["ticked"]), (SLEEP_SECONDS, ["ticked"]), (SLEEP_SECONDS + 1, ["woken", "ticked"])],
)
def test_a_tick_that_is_a_minute_late_tells_of_a_sleep(
    ticker: Ticker, hours: Hours, late: float, told: list[str]
) -> None:
    """First that the screens may be others, then that ages are: toasts are placed once."""
    ticker.run(True)
    hours.now += TICK + late
    ticker.tick()
    assert hours.told == told


def test_what_was_not_on_the_screen_did_not_sleep(ticker: Ticker, hours: Hours) -> None:
    """It stops with the last toast; the time until the next one isn't a sleep, nor is a second start news."""
    ticker.run(True)
    ticker.run(False)
    assert not ticker.is_running()
    hours.now += 3_600.0
    ticker.run(True)
    hours.now += TICK
    ticker.run(True)
    ticker.tick()
    assert ticker.is_running()
    assert hours.told == ["ticked"]
