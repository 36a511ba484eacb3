"""Working hours: a weekly plan such as ``mon-fri 08:00-18:00, sat 09:00-13:00``, in a time zone. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY
"""Minutes."""
MAX_SPANS = 50

_PART = re.compile(
    r"(?P<days>[a-z]{3}(?:-[a-z]{3})?|daily)\s+(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})"
)


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody works. ``spans`` are minutes of a week from Monday 00:00, each (begin, end).

    An end past the week's end goes on on Monday.
    """

    spans: tuple[tuple[int, int], ...]
    zone: str = "UTC"

    def covers(self, now: float) -> bool:
        """Say whether a moment (Unix seconds) lies within, by the clocks on the walls there."""
        local = datetime.fromtimestamp(now, ZoneInfo(self.zone))
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        return any(start <= at < end for start, end in self.spans for at in (minute, minute + WEEK))


def read_hours(plan: str | Sequence[str], zone: str) -> Hours:
    """Read a weekly plan; its parts stand in a list or have commas between them.

    ``22:00-06:00`` ends on the next day, and ``00:00-24:00`` is the whole day.

    Raises:
        ValueError: it can't be read, or there is no such time zone; the text is a sentence's end.
    """
    check_zone(zone)
    parts = plan.split(",") if isinstance(plan, str) else [part for text in plan for part in text.split(",")]
    if len(parts) > MAX_SPANS:
        raise ValueError(f"has more than {MAX_SPANS} parts.")
    spans = [span for part in parts for span in _spans(part.strip().lower())]
    return Hours(spans=tuple(sorted(spans)), zone=zone)


def check_zone(zone: str) -> None:
    """Refuse what isn't a time zone.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{zone!r} is not a time zone; write it like Europe/Berlin.") from None


def _spans(part: str) -> list[tuple[int, int]]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is not like mon-fri 08:00-18:00.")
    start, end = _minute(found["start"]), _minute(found["end"])
    length = (end - start) % DAY or DAY
    return [(day * DAY + start, day * DAY + start + length) for day in _days(found["days"])]


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if hour * 60 + minute > DAY or minute > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f"{text} is not a time of day.")
    return hour * 60 + minute


def _days(text: str) -> list[int]:
    if text == "daily":
        return list(range(7))
    names = text.split("-")
    for name in names:
        if name not in DAYS:
            raise ValueError(f"{name!r} is not a day; they are {', '.join(DAYS)} and daily.")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [day % 7 for day in range(first, last + 1 + (7 if last < first else 0))]
