"""Quiet hours as people write them, over midnight, weekends, holidays and the nights of summer time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.quiet import DAYS, MAX_WINDOWS, Plan, begins, ends, is_quiet, parse

BERLIN = ZoneInfo("Europe/Berlin")
EVENINGS = parse("mon-fri 18:00-08:00; sat-sun 00:00-24:00", zone=BERLIN)


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    """Return Unix seconds of a wall clock's time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-11-18 17:59", False),
        ("2026-11-18 18:00", True),
        ("2026-11-19 03:00", True),
        ("2026-11-19 07:59", True),
        ("2026-11-19 08:00", False),
        ("2026-11-21 12:00", True),
        ("2026-11-23 07:59", False),
    ],
)
def test_an_evening_lasts_until_the_next_morning(moment: str, quiet: bool) -> None:
    """A window over midnight is one window, and belongs to the day on which it begins."""
    assert is_quiet(EVENINGS, at(moment)) is quiet


def test_windows_that_touch_end_together() -> None:
    """Friday evening, Saturday and Sunday are one quiet, until Monday at midnight."""
    assert ends(EVENINGS, at("2026-11-20 19:00")) == at("2026-11-23 00:00")
    assert ends(EVENINGS, at("2026-11-18 12:00")) is None


def test_the_shift_ends_when_quiet_begins() -> None:
    """That is what a pause until the end of the shift waits for."""
    assert begins(EVENINGS, at("2026-11-18 12:00")) == at("2026-11-18 18:00")
    assert begins(EVENINGS, at("2026-11-18 20:00")) == at("2026-11-18 20:00")
    assert begins(parse(""), at("2026-11-18 12:00")) is None


def test_a_holiday_is_quiet_from_midnight_to_midnight() -> None:
    """However the weekday's plan looks."""
    plan = parse("", holidays=["2026-12-25"], zone="Europe/Berlin")

    assert [is_quiet(plan, at(f"2026-12-{moment}")) for moment in ("24 23:59", "25 00:00", "25 23:59")] == [
        False,
        True,
        True,
    ]
    assert ends(plan, at("2026-12-25 10:00")) == at("2026-12-26 00:00")


def test_a_night_in_which_the_clocks_are_set_keeps_its_wall_times() -> None:
    """The night of 25 October 2026 is an hour longer in Berlin; the window still ends at eight."""
    plan = parse("sat 22:00-08:00", zone=BERLIN)

    assert ends(plan, at("2026-10-24 23:00")) == at("2026-10-25 08:00")
    assert (at("2026-10-25 08:00") - at("2026-10-24 22:00")) / 3600 == 11


def test_the_zone_decides_what_evening_is() -> None:
    """The same moment is quiet in Tokyo and not in New York."""
    moment = datetime(2026, 11, 18, 14, 0, tzinfo=UTC).timestamp()

    assert is_quiet(parse("22:00-07:00", zone="Asia/Tokyo"), moment)
    assert not is_quiet(parse("22:00-07:00", zone="America/New_York"), moment)


def test_quiet_without_an_end_has_none() -> None:
    """Somebody who is never to be disturbed is told no time."""
    assert ends(parse("00:00-24:00"), at("2026-11-18 12:00")) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("evenings", "has “evenings”, which is no window"),
        ("mon-fri 18:00-25:00", "25:00 is no time of day"),
        ("mon 18:60-19:00", "18:60 is no time of day"),
        ("lu-ve 18:00-08:00", "“lu” is no day; the days are mon, tue"),
        ("mon 24:00-08:00", "begins at 24:00"),
        ("; ".join(["mon 1:00-2:00"] * (MAX_WINDOWS + 1)), "more than 50"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, sentence: str) -> None:
    """The sentence says which part of the plan is wrong."""
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@pytest.mark.parametrize("days", ["mo-fr", "Montag-Freitag", "mon-fr", "mo,di,mi,do,fr", "monday-friday"])
def test_german_days_are_read_too(days: str) -> None:
    """A plan means the same on every desktop, whichever language wrote it."""
    assert parse(f"{days} 18:00-08:00; so 9:00-10:00") == parse("mon-fri 18:00-08:00; sun 9:00-10:00")


def test_a_wrong_holiday_or_zone_is_named() -> None:
    """Both stand beside the plan in the settings."""
    with pytest.raises(ValueError, match=r"“25\.12\.”, which is no date"):
        parse("", holidays=["25.12."])
    with pytest.raises(ValueError, match="“Berlin”, and there is no such time zone"):
        parse("", zone="Berlin")


@given(
    st.sampled_from(DAYS),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60),
    st.floats(1.6e9, 2.0e9),
)
def test_the_end_of_quiet_is_not_quiet(day: str, begin: int, end: int, now: float) -> None:
    """Whatever the plan: when it ends it is over, and a moment before it was not."""
    plan: Plan = parse(f"{day} {begin // 60}:{begin % 60:02}-{end // 60}:{end % 60:02}", zone="Europe/Berlin")
    over = ends(plan, now)

    assert is_quiet(plan, now) is (over is not None)
    if over is not None:
        assert not is_quiet(plan, over)
        assert is_quiet(plan, over - 1) or over - now < 1
    else:
        start = begins(plan, now)
        assert start is not None
        assert is_quiet(plan, start)
