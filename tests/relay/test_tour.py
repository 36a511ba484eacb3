"""The tour of the library: its stops, and that it ends when nobody looks any more."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from relay import demo, samples, tour
from relay.config import load as load_config


@pytest.mark.parametrize("leaves_after", [0, 2, 99])
def test_the_tour_ends_when_the_desktop_is_quit(leaves_after: int) -> None:
    """One after the other is shown, with a pause before each, until there is nobody to look at it."""
    sent: list[tour.Sample] = []
    pauses: list[float] = []

    def left(seconds: float) -> bool:
        pauses.append(seconds)
        return len(sent) >= leaves_after

    tour.show(sent.append, left)

    assert sent == list(tour.STOPS)[:leaves_after]
    assert set(pauses) == {tour.PAUSE}


def test_the_tour_s_stops_are_samples(tmp_path: Path) -> None:
    """Each stop has a source in the demonstration and a sample of it, and ends what was begun."""
    settings = load_config(demo.prepare(tmp_path), {})
    stops: Sequence[tour.Sample] = list(tour.all_samples(settings))

    assert set(tour.STOPS) | {demo.FIRST_SAMPLE} <= set(stops)
    assert len(stops) == len(samples.listed())
