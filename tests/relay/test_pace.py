"""How often a source may send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.pace import Pace


def test_r3_a_burst_and_then_a_rate() -> None:
    """The burst passes at once; after it, one passes each step of time, and the answer says when."""
    pace = Pace(10, 5)
    assert [pace.wait(100.0) for _ in range(5)] == [0.0] * 5
    assert pace.wait(100.0) == pytest.approx(0.1)
    assert pace.wait(100.05) == pytest.approx(0.05)
    assert pace.wait(100.1) == 0.0
    assert pace.wait(100.1) > 0
    assert [pace.wait(200.0) for _ in range(6)].count(0.0) == 5


def test_a_rate_below_one_a_second() -> None:
    """A slow pace works alike."""
    pace = Pace(0.1, 1)
    assert pace.wait(0.0) == 0.0
    assert pace.wait(1.0) == pytest.approx(9.0)
    assert pace.wait(10.0) == 0.0


@given(
    st.floats(0.1, 1000),
    st.integers(1, 50),
    st.lists(st.floats(0, 3), max_size=200),
)
def test_never_more_than_allowed(rate: float, burst: int, gaps: list[float]) -> None:
    """Whenever requests come, no more pass than the burst and the rate for the time since."""
    pace, now, passed = Pace(rate, burst), 1_000.0, 0
    for gap in gaps:
        now += gap
        wait = pace.wait(now)
        passed += wait == 0.0
        assert wait <= 1 / rate + 1e-6
    assert passed <= burst + (now - 1_000.0) * rate + 1e-3


@given(st.floats(0.1, 1000), st.integers(1, 50))
def test_who_keeps_the_pace_is_never_refused(rate: float, burst: int) -> None:
    """One request each step passes for ever."""
    pace = Pace(rate, burst)
    assert all(pace.wait(step / rate) == 0.0 for step in range(500))
