"""Whoever hears the screen hears of each toast once, and of its end."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.desktop.in_session import seen_by

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
POLITE, ASSERTIVE = 1, 2


@pytest.mark.desktop_session
@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("Xvfb") is None or not LAUNCHER.exists(),
    reason="needs an X server and AT-SPI (Debian: xvfb at-spi2-core)",
)
def test_a_screen_reader_hears_each_toast_once() -> None:
    """By AT-SPI's own bus: urgent ones at once, a last word with what it is about, another title, several as one, an answer."""
    heard = [tuple(each) for each in seen_by("listening", seconds=200)["heard"]]

    reply = "A suggested reply can be copied."
    assert heard[:4] == [
        (f"Normal notification from Airline, just now: Flight 1 is delayed. {reply}", POLITE),
        (f"Urgent notification from Airline, just now: Flight 10 is delayed. {reply}", ASSERTIVE),
        ("Claimed by Mira: Flight 1 is delayed", POLITE),
        (f"Urgent notification from Airline, just now: Flight 10 is cancelled. {reply}", ASSERTIVE),
    ]
    assert "4 × Flight delayed" in heard[-2][0]
    assert heard[-1] == ("Paused until 14:05.", POLITE)
    assert len({words for words, _ in heard}) == len(heard), "nothing is said twice"
