"""Quiet hours: a weekly plan, over midnight, in a time zone, with holidays. Pure.

A plan is written as people say it: ``mon-fri 18:00-08:00; sat-sun 00:00-24:00``, or ``mo-fr``. A window
belongs to the day on which it begins; one that ends earlier than it begins ends on the next day. Days
are days of the calendar, so that a night in which the clocks are set is an hour longer or shorter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desktop.i18n import tr

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GERMAN = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
"""Also read, whichever language is spoken, and by two letters: a plan means the same everywhere."""
MAX_WINDOWS = 50
"""Windows of one plan; a week has seven days."""
MAX_HOLIDAYS = 200

_MIDNIGHT = 24 * 60
_WINDOW = re.compile(r"(?P<days>[a-z,\- ]*?)\s*(?P<begin>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})")


@dataclass(frozen=True, kw_only=True)
class Window:
    """From ``begin`` to ``end`` (minutes after midnight) on the days it begins on, Monday being 0."""

    days: frozenset[int]
    begin: int
    end: int

    @property
    def over_midnight(self) -> bool:
        """Say whether it ends on the day after."""
        return self.end <= self.begin


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When it is quiet. Without windows and holidays it never is."""

    windows: tuple[Window, ...] = ()
    holidays: frozenset[date] = frozenset()
    """Quiet from midnight to midnight."""
    zone: tzinfo = UTC


def parse(text: str, *, holidays: Sequence[str] = (), zone: str | tzinfo = UTC) -> Plan:
    """Read a plan.

    Raises:
        ValueError: with a sentence that names the part that can't be read.
    """
    parts = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    if len(parts) > MAX_WINDOWS or len(holidays) > MAX_HOLIDAYS:
        raise ValueError(
            tr("has more than {windows} windows or {days} holidays.", windows=MAX_WINDOWS, days=MAX_HOLIDAYS)
        )
    return Plan(
        windows=tuple(map(_window, parts)), holidays=frozenset(map(_holiday, holidays)), zone=_zone(zone)
    )


def is_quiet(plan: Plan, now: float) -> bool:
    """Say whether it is quiet at ``now`` (Unix seconds)."""
    return any(begin <= now < end for begin, end in _around(plan, now))


def ends(plan: Plan, now: float) -> float | None:
    """Return when the quiet that holds now ends, in Unix seconds; None if it isn't quiet.

    Windows that touch or overlap are one. What lasts for two weeks has no end.
    """
    moment = now
    for begin, end in _around(plan, now):
        if begin <= moment < end:
            moment = end
    return moment if now < moment < now + _FOREVER else None


def begins(plan: Plan, now: float) -> float | None:
    """Return when it is quiet next: the end of the shift. ``now`` itself if it is quiet already."""
    if is_quiet(plan, now):
        return now
    return min((begin for begin, _ in _around(plan, now) if begin > now), default=None)


_AHEAD = 15
"""Days that are looked at."""
_FOREVER = (_AHEAD - 2) * 86_400.0


def _around(plan: Plan, now: float) -> list[tuple[float, float]]:
    """Return the windows that may matter, by their beginnings, from yesterday on, in Unix seconds."""
    today = datetime.fromtimestamp(now, plan.zone).date()
    spans = [span for offset in range(-1, _AHEAD) for span in _of_day(plan, today + timedelta(days=offset))]
    return sorted(spans)


def _of_day(plan: Plan, day: date) -> Iterator[tuple[float, float]]:
    for window in plan.windows:
        if day.weekday() in window.days:
            end = window.end + (_MIDNIGHT if window.over_midnight else 0)
            yield _at(plan, day, window.begin), _at(plan, day, end)
    if day in plan.holidays:
        yield _at(plan, day, 0), _at(plan, day, _MIDNIGHT)


def _at(plan: Plan, day: date, minutes: int) -> float:
    days, rest = divmod(minutes, _MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), plan.zone)
    return wall.timestamp()


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part.lower())
    if found is None:
        raise ValueError(tr("has “{part}”, which is no window such as “mon-fri 18:00-08:00”.", part=part))
    begin, end = _minutes(found["begin"], part), _minutes(found["end"], part)
    if begin == _MIDNIGHT:
        raise ValueError(tr("has “{part}”, which begins at 24:00; write 0:00 of the next day.", part=part))
    return Window(days=_days(found["days"], part), begin=begin, end=end)


def _minutes(text: str, part: str) -> int:
    hours, minutes = map(int, text.split(":"))
    total = hours * 60 + minutes
    if minutes >= 60 or total > _MIDNIGHT:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(tr("has “{part}”, in which {moment} is no time of day.", part=part, moment=text))
    return total


def _days(text: str, part: str) -> frozenset[int]:
    """Read ``mon-fri``, ``sat,sun`` or nothing, which is every day; a range may go over the weekend."""
    chosen: set[int] = set()
    for item in filter(None, re.split(r"[,\s]+", text.strip())):
        first, _, last = item.partition("-")
        begin, end = _day(first, part), _day(last or first, part)
        chosen.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(chosen or range(7))


def _day(name: str, part: str) -> int:
    if name[:3] in DAYS:
        return DAYS.index(name[:3])
    for number, day in enumerate(_GERMAN):
        if name in {day, day[:2]}:
            return number
    days = tr("mon, tue, wed, thu, fri, sat, sun")
    raise ValueError(
        tr("has “{part}”, in which “{name}” is no day; the days are {days}.", part=part, name=name, days=days)
    )


def _holiday(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(tr("has “{day}”, which is no date such as 2026-12-25.", day=text)) from None


def _zone(zone: str | tzinfo) -> tzinfo:
    if isinstance(zone, tzinfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(tr("is “{zone}”, and there is no such time zone.", zone=zone)) from None
