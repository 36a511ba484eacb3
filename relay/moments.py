"""Times as people say them: days, hours, weekdays, "in 3 hours", in a language and a time zone.

A number is Unix seconds; text is ISO 8601. Text that ends in ``Z`` and numbers are said in the zone
of the playbooks; text with an offset of its own keeps it, because a departure is said in the time of
its airport.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from minijinja import pass_state

_JOINED: Mapping[str, str] = MappingProxyType({"en": "{1} at {0}", "de": "{1} um {0} Uhr", "fr": "{1} à {0}"})
"""Day and hour in a sentence, where CLDR has only a comma between them. Hour is 0, day is 1, as in CLDR."""

_DAYS: Mapping[str, str] = MappingProxyType({"d MMMM": "{0} {1}", "d. MMMM": "{0}. {1}", "MMMM d": "{1} {0}"})
"""The commonest of CLDR's patterns for a day, without the eight microseconds that Babel takes."""


class Missing(ValueError):
    """A value that the event doesn't have, or that is null."""


def zone_of(name: object) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises:
        ValueError: there is none.
    """
    try:
        return _zone(name) if isinstance(name, str) else _zone("")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def moment(value: object, zone: ZoneInfo, asked: object = None) -> datetime:
    """Read a time; ``asked`` is the name of a zone in which it is wanted whatever it came with.

    Raises:
        Missing: it is null or undefined.
        ValueError: it is no time.
    """
    if value is None:
        raise Missing("a time is missing")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a date wants Unix seconds or ISO 8601 text")
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            floating = value.endswith(("Z", "z"))
        elif asked is None:
            return datetime.fromtimestamp(value, tz=zone)
        else:
            read, floating = datetime.fromtimestamp(value, tz=UTC), True
        if asked is not None:
            return read.astimezone(zone_of(asked)) if read.tzinfo else read.replace(tzinfo=zone_of(asked))
        return read.astimezone(zone) if floating else read
    except (OverflowError, OSError):
        raise ValueError("a date wants Unix seconds or ISO 8601 text") from None
    except ValueError as error:
        known = str(error).startswith("there is no")
        raise ValueError(str(error) if known else "a date wants Unix seconds or ISO 8601 text") from None


def unix_seconds(value: object) -> float:
    """Return the Unix seconds of a time; text without an offset is UTC.

    Raises:
        ValueError: it is no time.
    """
    read = moment(value, zone_of("UTC"))
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def filters(locale: Locale, zone: ZoneInfo) -> Mapping[str, Callable[..., str]]:
    """Return the filters about times for a language; each takes a value and, if wanted, a zone's name."""
    # CLDR's "en" is that of the United States. Without a region we say "21 November" and "14:05".
    said = Locale("en", "GB") if locale.language == "en" and locale.territory is None else locale
    day = said.datetime_skeletons.get("MMMMd", "d MMMM")
    written = _DAYS.get(str(getattr(day, "pattern", day)))
    months = dict(said.months["format"]["wide"])
    long_day = said.date_formats["long"]
    plain_hours = said.time_formats["short"].pattern == "HH:mm"
    joined = _JOINED.get(said.language, str(said.datetime_formats["medium"]))

    def date(value: object, zone_name: object = None, *, year: bool = False) -> str:
        """Return the day: ``21 November``; with its year if that is wanted."""
        read = moment(value, zone, zone_name)
        if written and not year:
            return written.format(read.day, months[read.month])
        return plain(format_date(read, long_day if year else day, said))

    def time(value: object, zone_name: object = None) -> str:
        """Return the time of day: ``14:05``."""
        read = moment(value, zone, zone_name)
        if plain_hours:
            return f"{read.hour:02}:{read.minute:02}"
        return plain(format_time(read.time(), "short", locale=said))

    def date_time(value: object, zone_name: object = None, *, year: bool = False) -> str:
        """Return day and time: ``21 November at 14:05``."""
        return joined.format(time(value, zone_name), date(value, zone_name, year=year))

    def weekday(value: object, zone_name: object = None) -> str:
        """Return the day of the week: ``Saturday``."""
        return plain(format_date(moment(value, zone, zone_name), "EEEE", said))

    @pass_state
    def relative(state: Any, value: object) -> str:
        """Return how far it is from the event: ``in 3 hours``, ``2 days ago``."""
        seconds = unix_seconds(value) - state.lookup("event")["time"]
        return plain(format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=said))

    known = {"date": date, "time": time, "datetime": date_time, "weekday": weekday}
    return {**{name: remembered(one) for name, one in known.items()}, "relative": relative}


def remembered(filter_: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that knows what it said lately: one event's day stands in each of its scripts."""
    return lru_cache(maxsize=512, typed=True)(filter_)


def plain(text: str) -> str:
    """Return text with plain spaces: what is copied goes into systems that stumble over others."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u200f", "")
