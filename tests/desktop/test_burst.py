"""How many stand alone when many come at once."""

from desktop.burst import OVER, WINDOW, Burst


def test_the_first_three_stand_alone() -> None:
    """The others are counted, as long as they come within the window."""
    burst = Burst()

    assert [burst.takes(now) for now in (100.0, 100.1, 100.2, 100.3, 100.0 + WINDOW)] == [False] * 3 + [
        True
    ] * 2
    assert burst.more == 2


def test_who_comes_after_the_window_stands_alone_again() -> None:
    """At most three within any ten seconds."""
    burst = Burst()
    for now in (100.0, 101.0, 102.0):
        burst.takes(now)

    assert not burst.takes(100.0 + WINDOW + 0.1)
    assert burst.takes(100.0 + WINDOW + 0.5)


def test_the_number_begins_anew_after_a_while() -> None:
    """Yesterday's burst is no part of today's."""
    burst = Burst()
    for now in (100.0, 100.0, 100.0, 100.0):
        burst.takes(now)
    for _ in range(4):
        burst.takes(101.0 + OVER)

    assert burst.more == 1
