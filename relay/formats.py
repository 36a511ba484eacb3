"""Template filters for what people say aloud: money, dates, times, first names.

Each takes what providers send and returns text; a value that cannot be read raises
:class:`ValueError` with a sentence, which becomes a visible fault of the playbook.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# ISO 4217: currencies whose smallest unit is not a hundredth. Source: the standard's list of codes.
_MINOR_DIGITS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0)
    | dict.fromkeys(("XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
_SYMBOLS: Mapping[str, str] = MappingProxyType({"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"})


def money(amount: object, currency: object) -> str:
    """Return an amount in a currency's smallest unit as people write it: ``4900, "eur"`` → ``€49.00``."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError("money wants a whole number of the currency's smallest unit")
    if not isinstance(currency, str) or not currency.isalpha():
        raise ValueError("money wants a currency code such as 'eur'")
    code = currency.upper()
    digits = _MINOR_DIGITS.get(code, 2)
    text = f"{abs(amount) / 10**digits:,.{digits}f}"
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(code)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {code}"


def _moment(value: object, zone: str | None) -> datetime:
    """Read Unix seconds or ISO 8601 text; without a zone, text keeps the offset that it came with."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a date wants Unix seconds or ISO 8601 text")
    try:
        moment = (
            datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, tz=UTC)
        )
    except (ValueError, OverflowError, OSError):
        raise ValueError("a date wants Unix seconds or ISO 8601 text") from None
    if zone is None:
        return moment
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone named {zone!r}") from None


def time(value: object, zone: str | None = None) -> str:
    """Return the time of day: ``14:05``."""
    return f"{_moment(value, zone):%H:%M}"


def date(value: object, zone: str | None = None) -> str:
    """Return the day: ``21 November``."""
    moment = _moment(value, zone)
    return f"{moment.day} {moment:%B}"


def first_name(value: object) -> str:
    """Return the first word of a name: ``Maya Lindqvist`` → ``Maya``."""
    if not isinstance(value, str) or not value.split():
        raise ValueError("first_name wants a name")
    return value.split()[0]


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {"money": money, "time": time, "date": date, "first_name": first_name}
)
"""Every filter of ours by the name that templates use; MiniJinja's own come on top."""
