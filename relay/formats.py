"""Template filters for what people say aloud: money, numbers, names, telephone numbers, times.

Each takes what providers send and returns text as the language writes it. A value that cannot be
read raises :class:`ValueError` with a sentence that never quotes it, which becomes a visible fault
of the playbook; one that isn't there raises :class:`relay.moments.Missing`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

import msgspec
import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal

from relay import moments
from relay.moments import Missing, plain, remembered, zone_of
from relay.names import given_name

# ISO 4217: currencies whose smallest unit is not a hundredth. Source: the standard's list of codes.
_MINOR_DIGITS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0)
    | dict.fromkeys(("XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
_PARTICLES = frozenset({"von", "van", "der", "den", "de", "da", "di", "du", "la", "le", "zu", "zur", "dos"})
_MAX_DIGITS = 10
MAX_TEXT = 200_000
"""Characters that a filter writes, where it could write more than it was given."""
MAX_RANGE = 1_000
MAX_NAME = 500

Filter = Callable[..., object]


def locale_of(language: str) -> Locale:
    """Return what is known of a language, by its BCP 47 tag.

    Raises:
        ValueError: there is no such language.
    """
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        raise ValueError(f"there is no language {language!r}; a tag is like 'de' or 'en-GB'") from None


class _Shape(NamedTuple):
    """How a language writes amounts of a currency: the parts around the digits, in groups of three."""

    before: str
    after: str
    minus: str
    after_minus: str
    group: str
    point: str

    def write(self, amount: int, digits: int) -> str:
        """Return an amount in the smallest unit, of which 10**digits make one."""
        whole, part = divmod(abs(amount), 10**digits)
        number = f"{whole:,}".replace(",", self.group)
        if digits:
            number += f"{self.point}{part:0{digits}}"
        before, after = (self.minus, self.after_minus) if amount < 0 else (self.before, self.after)
        return f"{before}{number}{after}"


@lru_cache(maxsize=4096)
def _shape(locale: Locale, code: str) -> _Shape | None:
    """Find the shape by an example: Babel takes some twenty microseconds for each amount.

    None if the language groups otherwise.
    """
    plus, minus = (_around(_example(locale, code, amount)) for amount in (1_234_567, -1_234_567))
    if plus is None or minus is None:
        return None
    point = plain(format_decimal(0.5, locale=locale, numbering_system="latn")).strip("0123456789") or "."
    return _Shape(plus[0], plus[2], minus[0], minus[2], plus[1], point)


def _example(locale: Locale, code: str, amount: Decimal | int) -> str:
    """Return an amount as Babel writes it, with a space between letters and digits."""
    written = plain(format_currency(amount, code, locale=locale, numbering_system="latn"))
    return re.sub(r"(?<=[^\W\d_])(?=[0-9])", " ", written)


def _around(example: str) -> tuple[str, str, str] | None:
    """Split an example at its whole number: what is before it, between its groups, and after it."""
    found = re.search(r"1(.)234(?:\1)567(?:[^0-9]0+)?", example)
    return (example[: found.start()], found[1], example[found.end() :]) if found else None


class _Words:
    """The filters of one language."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._plural = remembered(locale.plural_form)
        self._shapes: dict[object, tuple[_Shape | None, str, int]] = {}
        self._written = remembered(self._write_number)

    def money(self, amount: object, currency: object) -> str:
        """Return an amount in a currency's smallest unit as people write it: ``4900, "eur"`` → ``€49.00``."""
        if amount is None or currency is None:
            raise Missing("an amount or its currency is missing")
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise ValueError("money wants a whole number of the currency's smallest unit")
        return self._write(amount, currency, 0)

    def price(self, amount: object, currency: object) -> str:
        """Return an amount in whole units, as a number or as text: ``"49.00", "eur"`` → ``€49.00``."""
        if amount is None or currency is None:
            raise Missing("an amount or its currency is missing")
        return self._write(_number(amount, "price"), currency, 1)

    def _write(self, amount: float, currency: object, whole: int) -> str:
        """Write an amount in the smallest unit, or in ``whole`` units."""
        known = self._shapes.get(currency) if isinstance(currency, str) else None
        if known is None:
            code = _code(currency)
            known = self._shapes[currency] = (_shape(self._locale, code), code, _MINOR_DIGITS.get(code, 2))
        shape, code, digits = known
        smallest = round(amount * 10 ** (digits * whole))
        if shape is None:
            return _example(self._locale, code, Decimal(smallest).scaleb(-digits))
        return shape.write(smallest, digits)

    def number(self, value: object, digits: int | None = None) -> str:
        """Return a number as the language writes it, with so many digits after the point if that is said."""
        return self._written(_number(value, "number"), digits)

    def _write_number(self, amount: float, digits: int | None) -> str:
        """Write a number; Babel takes some fifteen microseconds for each."""
        pattern = None if digits is None else f"#,##0.{'0' * min(max(digits, 0), _MAX_DIGITS)}".rstrip(".")
        return plain(format_decimal(amount, pattern, locale=self._locale, numbering_system="latn"))

    def plural(self, value: object, one: str, other: str, few: str = "", many: str = "") -> str:
        """Return a number with the right form of a word: ``3, "day", "days"`` → ``3 days``."""
        amount = _number(value, "plural")
        form = {"one": one, "few": few, "many": many}.get(self._plural(abs(amount)))
        return f"{self._written(amount, None)} {form or other}"


def _code(currency: object) -> str:
    """Return a currency's code; any three letters would do, so that a new one is no fault."""
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Za-z]{3}", currency):
        raise ValueError("money wants a currency code such as 'eur'")
    return currency.upper()


def _number(value: object, name: str) -> float:
    """Read a number, or text that is one."""
    if value is None:
        raise Missing("a number is missing")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} wants a number")
    try:
        read = value if isinstance(value, int) else float(value)
    except ValueError:
        raise ValueError(f"{name} wants a number") from None
    if not abs(read) < 1e15:  # noqa: PLR2004 - above it digits get lost; "not a number" is outside, too
        raise ValueError(f"{name} wants a number")
    return read


def _text(value: object, name: str) -> str:
    if value is None:
        raise Missing("a text is missing")
    if not isinstance(value, str):
        raise ValueError(f"{name} wants text")
    return value


def first_name(value: object) -> str:
    """Return how somebody is greeted: the given name, or a company's whole name."""
    if value is not None and not isinstance(value, str):
        raise ValueError("first_name wants a name")
    # A longer text is no name, and not worth being remembered.
    name = given_name((value or "")[:MAX_NAME])
    if not name:
        raise Missing("first_name wants a name")
    return name


def name_case(value: object) -> str:
    """Return a name as it is written: ``MAYA O'NEILL`` → ``Maya O'Neill``; mixed case is left as it is."""
    text = " ".join(_text(value, "name_case").split())
    if text not in {text.upper(), text.lower()}:
        return text
    words = [re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word.lower()) for word in text.split()]
    return " ".join(
        word.lower() if place and word.lower() in _PARTICLES else word for place, word in enumerate(words)
    )


def phone(value: object, region: object = None) -> str:
    """Return a telephone number in groups; within ``region`` as one dials it there. Other text stays."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value, "phone")
    return _dialled(text, region.upper() if isinstance(region, str) else None)


@lru_cache(maxsize=1024)
def _dialled(text: str, home: str | None) -> str:
    try:
        number = phonenumbers.parse(text, home)
    except phonenumbers.NumberParseException:
        return text.strip()
    if not phonenumbers.is_possible_number(number):
        return text.strip()
    here = home is not None and number.country_code == phonenumbers.country_code_for_region(home)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if here else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def truncate(value: object, length: int = 80) -> str:
    """Return text of at most ``length`` characters, cut between words, with an ellipsis if it was cut."""
    text = " ".join(_text(value, "truncate").split())
    if len(text) <= length:
        return text
    short = text[: max(length - 1, 0)]
    whole, _, rest = short.rpartition(" ")
    # A word that is longer than half of it all is cut rather than left out.
    kept = whole if text[len(short) : len(short) + 1] != " " and len(rest) < length / 2 else short
    return f"{kept.rstrip(' ,;:.')}…"


def default(value: object, instead: object = "", boolean: object = False) -> object:
    """Return a value, or else what is to be said instead; null counts as missing."""
    return instead if value is None or (boolean and not value) else value


def urlpath(value: object) -> str:
    """Return a value for the path of an address: escaped, but for the slashes."""
    return quote(_text(value, "urlpath"), safe="/")


def urlencode(value: object) -> str:
    """Return a value for any one place of an address: escaped, with its slashes, too."""
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    # Browsers go up a folder at two dots, escaped or not.
    if text in {".", ".."}:
        raise ValueError("a dot alone has another meaning in an address")
    return quote(_text(text, "urlencode"), safe="")


def tojson(value: object) -> str:
    """Return a value as JSON."""
    return _within_limit(msgspec.json.encode(value).decode(), "tojson")


def replace(value: object, old: object, new: object) -> str:
    """Return text with other text in some places; a number is taken for its digits."""
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    text = _text(text, "replace")
    if not isinstance(old, str) or not isinstance(new, str) or not old:
        raise ValueError("replace wants the text to look for, and what comes instead")
    # Looked at before it is written: two long texts make one that no memory holds.
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise ValueError(f"replace would write more than {MAX_TEXT:,} characters")
    return text.replace(old, new)


def join(value: object, between: object = "") -> str:
    """Return the texts and numbers of a list as one text."""
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise ValueError("join wants a list")
    between = _text(between, "join")
    words: list[str] = []
    size = 0
    for one in value:
        if one is None:
            raise Missing("a value in the list is missing")
        if not isinstance(one, str | int | float):
            raise ValueError("join wants a list of texts; say which part is meant: map(attribute='name')")
        words.append(str(one))
        size += len(words[-1]) + len(between)
        if size > MAX_TEXT:
            raise ValueError(f"join would write more than {MAX_TEXT:,} characters")
    return between.join(words)


def few(*bounds: int) -> Sequence[int]:
    """Return whole numbers in a row, as Python's ``range`` does."""
    if not bounds or not all(bounds[2:3]):
        raise ValueError("range wants one to three whole numbers, the third not 0")
    numbers = range(*bounds)
    # Not by its length: that of a very long one is no number for Python.
    if any(True for _ in numbers[MAX_RANGE:]):
        raise ValueError(f"range gives {MAX_RANGE:,} numbers at most")
    return list(numbers)


def _within_limit(text: str, name: str) -> str:
    # Escaped again and again, a text doubles each time.
    if len(text) > MAX_TEXT:
        raise ValueError(f"{name} would write more than {MAX_TEXT:,} characters")
    return text


def _careful(change: Callable[[str], str], name: str) -> Filter:
    """Make a filter of a function of text; the engine's own would turn null into the word NONE."""
    return lambda value: change(_text(value, name))


_EVERYWHERE: Mapping[str, Filter] = MappingProxyType(
    {
        "first_name": first_name,
        "name_case": name_case,
        "phone": phone,
        "truncate": truncate,
        "default": default,
        "urlencode": urlencode,
        "urlpath": urlpath,
        "tojson": tojson,
    }
)
_REPLACED: Mapping[str, Filter] = MappingProxyType(
    {
        "d": default,
        "replace": replace,
        "join": join,
        "upper": _careful(str.upper, "upper"),
        "lower": _careful(str.lower, "lower"),
        "title": _careful(str.title, "title"),
        "capitalize": _careful(str.capitalize, "capitalize"),
    }
)
"""The engine's own that are safe only after a look at the value."""

REMOVED = ("indent", "batch", "slice", "format", "pprint", "wordwrap", "xmlattr")
"""Filters of the engine with which one number in an event would take all memory."""


def filters(language: str, zone: str = "UTC") -> Mapping[str, Filter]:
    """Return the filters as a language has them, with a zone for times that bring none.

    Raises:
        ValueError: there is no such language or zone.
    """
    locale = locale_of(language)
    words = _Words(locale)
    spoken: Mapping[str, Filter] = {
        "money": remembered(words.money),
        "price": remembered(words.price),
        "number": words.number,
        "plural": words.plural,
    }
    return {**_REPLACED, **_EVERYWHERE, **spoken, **moments.filters(locale, zone_of(zone))}


FILTERS = frozenset(filters("en")) - frozenset(_REPLACED)
"""Every filter of ours by the name that templates use; MiniJinja's own come on top."""
