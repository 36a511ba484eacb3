"""The timer wheel by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.wheel import Wheel


def test_an_item_is_due_after_its_turns_and_not_before() -> None:
    """Three turns means the third turn."""
    wheel: Wheel[str] = Wheel()
    wheel.schedule("a", 3)
    assert [wheel.turn() for _ in range(4)] == [[], [], ["a"], []]
    assert len(wheel) == 0


def test_scheduling_again_replaces_the_earlier_deadline() -> None:
    """An item is in one place only, however often it is scheduled."""
    wheel: Wheel[str] = Wheel()
    wheel.schedule("a", 2)
    wheel.schedule("a", 5)
    assert len(wheel) == 1
    assert [wheel.turn() for _ in range(5)] == [[], [], [], [], ["a"]]


def test_a_forgotten_item_is_never_due() -> None:
    """Forgetting is final, and harmless for what isn't there."""
    wheel: Wheel[str] = Wheel(slots=8)
    wheel.schedule("a", 2)
    wheel.forget("a")
    wheel.forget("never was there")
    assert [wheel.turn() for _ in range(16)] == [[]] * 16


@pytest.mark.parametrize("turns", [0, -1, 8, 100])
def test_a_deadline_past_one_revolution_is_refused(turns: int) -> None:
    """A deadline that the wheel can't hold is a mistake, not a shorter deadline."""
    with pytest.raises(ValueError, match="1 to 7 turns"):
        Wheel[str](slots=8).schedule("a", turns)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 15)), max_size=30))
def test_each_item_is_due_once_at_its_last_deadline(plan: list[tuple[int, int]]) -> None:
    """Whatever was scheduled in whatever order, the last deadline of each item counts."""
    wheel: Wheel[int] = Wheel(slots=16)
    for item, turns in plan:
        wheel.schedule(item, turns)
    due = {item: turn for turn in range(1, 17) for item in wheel.turn()}
    assert due == dict(plan)
