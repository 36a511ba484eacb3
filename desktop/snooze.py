"""Until when something is put off, and in which words. Pure; the inbox keeps it over a restart."""

from datetime import datetime, timedelta
from enum import StrEnum

from desktop.i18n import clock_time, mark, tr

MORNING = 8
"""The hour at which "tomorrow" begins, by this computer's zone."""


class Snooze(StrEnum):
    """For how long."""

    FIVE = mark("5 minutes")
    FIFTEEN = mark("15 minutes")
    HOUR = mark("1 hour")
    TOMORROW = mark("until tomorrow")


_SECONDS = {Snooze.FIVE: 300.0, Snooze.FIFTEEN: 900.0, Snooze.HOUR: 3600.0}


def until(choice: Snooze, now: float) -> float:
    """Return when something comes back that is put off at ``now``; both in Unix seconds."""
    if choice in _SECONDS:
        return now + _SECONDS[choice]
    # By the wall clock: adding 24 hours is wrong on the days when clocks are changed.
    day = datetime.fromtimestamp(now).date() + timedelta(days=1)  # noqa: DTZ006 - the agent's own zone
    return datetime(day.year, day.month, day.day, MORNING).timestamp()  # noqa: DTZ001 - as above


def farewell(when: float, now: float) -> str:
    """Return the last word of a toast that is put off: "Back at 14:05"."""
    then, today = datetime.fromtimestamp(when).astimezone(), datetime.fromtimestamp(now).astimezone()
    at = clock_time(then)
    return tr("Back at {at}", at=at) if then.date() == today.date() else tr("Back tomorrow at {at}", at=at)
