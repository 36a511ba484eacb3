"""Which entries become toasts, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.entry import Entry
from desktop.rules import FRESH_SECONDS, arrange, plan, stay
from relay.protocol import How, Priority, Script

NOW = 10_000.0

ENTRY = Entry(
    id="n-1",
    seq=1,
    source="billing",
    provider="stripe",
    type="invoice.payment_failed",
    priority=Priority.NORMAL,
    title="Payment failed",
    body="Mira Lind",
    scripts=(),
    links=(),
    how=How.TOAST,
    at=NOW,
    received_at=NOW,
)


def test_what_asks_for_a_toast_gets_one() -> None:
    """A fresh entry of normal priority is shown."""
    assert plan([ENTRY], NOW).toasts == (ENTRY,)


@pytest.mark.parametrize(
    "quiet", [{"how": How.INBOX}, {"priority": Priority.LOW}, {"shown": True}], ids=["inbox", "low", "shown"]
)
def test_quiet_entries_stay_in_the_inbox(quiet: dict[str, object]) -> None:
    """An entry for the inbox only, of low priority, or shown before makes no toast and no digest."""
    decided = plan([replace(ENTRY, **quiet)], NOW)  # type: ignore[arg-type]  # fields of several types
    assert (decided.toasts, decided.digest) == ((), ())


def test_old_entries_are_counted_instead_of_shown() -> None:
    """What happened longer than ten minutes ago becomes part of a digest; at ten minutes it is a toast."""
    edge = replace(ENTRY, id="edge", at=NOW - FRESH_SECONDS)
    old = replace(ENTRY, id="old", at=NOW - FRESH_SECONDS - 0.1)
    decided = plan([old, edge], NOW)
    assert (decided.toasts, decided.digest) == ((edge,), (old,))


@pytest.mark.parametrize(
    ("priority", "seconds"), [(Priority.NORMAL, 8.0), (Priority.HIGH, 20.0), (Priority.URGENT, None)]
)
def test_priority_says_how_long_a_toast_stays(priority: Priority, seconds: float | None) -> None:
    """Normal stays 8 seconds, high 20, urgent until it is handled."""
    assert stay(replace(ENTRY, priority=priority)) == seconds


def test_long_texts_stay_longer() -> None:
    """Each 15 characters beyond 80 add a second, whether they stand in the body or in a script."""
    long = replace(ENTRY, title="", body="x" * 80, scripts=(Script(name="a", text="y" * 15),))
    assert stay(long) == 9.0


def test_the_agent_s_wish_makes_it_longer() -> None:
    """So many times, or until it is handled; what is urgent stays anyway."""
    assert [stay(ENTRY, factor) for factor in (1.0, 4.0, None)] == [8.0, 32.0, None]
    assert stay(replace(ENTRY, priority=Priority.URGENT), 4.0) is None


def test_no_toast_stays_longer_than_half_a_minute() -> None:
    """However long the text, it leaves after 30 seconds; the inbox has it."""
    assert stay(replace(ENTRY, body="x" * 10_000)) == 30.0


def test_three_are_visible_and_the_rest_is_a_number() -> None:
    """Of five, the newest three are on the screen, newest first, and the chip says two more."""
    five = [replace(ENTRY, id=str(number)) for number in range(5)]
    arranged = arrange(five)
    assert ([entry.id for entry in arranged.visible], arranged.more) == (["4", "3", "2"], 2)


def test_an_urgent_one_keeps_its_place() -> None:
    """An urgent toast isn't pushed out by newer ones."""
    urgent = replace(ENTRY, id="urgent", priority=Priority.URGENT)
    newer = [replace(ENTRY, id=str(number)) for number in range(9)]
    arranged = arrange([urgent, *newer])
    assert ([entry.id for entry in arranged.visible], arranged.more) == (["8", "7", "urgent"], 7)


@given(st.lists(st.sampled_from(Priority), max_size=20), st.integers(1, 5))
def test_nobody_gets_lost_in_the_stack(priorities: list[Priority], slots: int) -> None:
    """Visible and counted together are all that wait, and no slot stays empty while somebody waits."""
    waiting = [replace(ENTRY, id=str(place), priority=each) for place, each in enumerate(priorities)]
    arranged = arrange(waiting, slots)
    assert len(arranged.visible) == min(slots, len(waiting))
    assert len(arranged.visible) + arranged.more == len(waiting)
