"""Weekly plans: days, midnight, time zones, and sentences for what can't be read."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from relay.hours import Hours, read_hours


def at(text: str, zone: str = "UTC") -> float:
    """Return the Unix seconds of a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-20 07:59", False),
        ("2026-11-20 08:00", True),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 12:00", False),
        ("2026-11-22 09:30", True),
    ],
)
def test_a_plan_covers_its_hours(moment: str, works: bool) -> None:
    """Friday has office hours, Saturday none, Sunday a part of its own; the end is not part of it."""
    assert read_hours("mon-fri 08:00-18:00, sun 09:00-10:00", "UTC").covers(at(moment)) is works


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-22 21:59", False),
        ("2026-11-22 23:00", True),
        ("2026-11-23 05:59", True),
        ("2026-11-23 06:00", False),
        ("2026-11-23 23:00", False),
    ],
)
def test_a_night_shift_ends_on_the_next_day(moment: str, works: bool) -> None:
    """From Sunday evening to Monday morning is one span, over the end of the week."""
    assert read_hours("sun 22:00-06:00", "UTC").covers(at(moment)) is works


def test_hours_are_those_of_the_clocks_there() -> None:
    """Eight in Berlin is another moment in summer than in winter, and eight on both days."""
    hours = read_hours("daily 08:00-09:00", "Europe/Berlin")

    assert hours.covers(datetime(2026, 7, 1, 6, 30, tzinfo=UTC).timestamp())
    assert hours.covers(datetime(2026, 12, 1, 7, 30, tzinfo=UTC).timestamp())
    assert not hours.covers(datetime(2026, 12, 1, 6, 30, tzinfo=UTC).timestamp())


def test_days_may_go_over_the_week() -> None:
    """``sat-mon`` is Saturday, Sunday and Monday."""
    hours = read_hours(["sat-mon 10:00-11:00"], "UTC")
    assert [start // 1440 for start, _ in hours.spans] == [0, 5, 6]


def test_a_whole_day_is_a_whole_day() -> None:
    """``00:00-24:00`` leaves no minute out."""
    assert read_hours("tue 00:00-24:00", "UTC") == Hours(spans=((1440, 2880),))


@pytest.mark.parametrize(
    ("plan", "zone", "words"),
    [
        ("weekdays 8-18", "UTC", "'weekdays 8-18' is not like mon-fri 08:00-18:00."),
        ("mon-fry 08:00-18:00", "UTC", "'fry' is not a day"),
        ("mon 08:00-25:00", "UTC", "25:00 is not a time of day."),
        ("mon 08:61-09:00", "UTC", "08:61 is not a time of day."),
        ("mon 08:00-18:00", "Berlin", "'Berlin' is not a time zone; write it like Europe/Berlin."),
        ("mon 08:00-18:00", "../etc/passwd", "is not a time zone"),
        (", ".join(["mon 08:00-09:00"] * 51), "UTC", "has more than 50 parts."),
    ],
)
def test_what_cannot_be_read_is_told(plan: str, zone: str, words: str) -> None:
    """Each mistake is a sentence that names what is wrong."""
    with pytest.raises(ValueError, match=re.escape(words)):
        read_hours(plan, zone)
