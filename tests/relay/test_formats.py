"""Filters that turn what providers send into what people say, in their language."""

import pytest

from relay.formats import FILTERS, REMOVED, default, filters, first_name, name_case, phone, truncate
from relay.moments import Missing

EN = filters("en")
DE = filters("de", "Europe/Berlin")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (4900, "eur", "€49.00"),
        (123456789, "usd", "$1,234,567.89"),
        (-4900, "gbp", "-£49.00"),
        (4900, "jpy", "¥4,900"),
        (4900, "kwd", "KWD 4.900"),
        (5, "sek", "SEK 0.05"),
        (0, "EUR", "€0.00"),
    ],
)
def test_money_is_written_with_the_currency_s_own_digits(amount: int, currency: str, text: str) -> None:
    """An amount in the smallest unit is written as that currency is."""
    assert EN["money"](amount, currency) == text


@pytest.mark.parametrize(
    ("language", "amount", "currency", "text"),
    [
        ("de", 4900, "eur", "49,00 €"),
        ("de", 123456789, "usd", "1.234.567,89 $"),
        ("de", -4900, "eur", "-49,00 €"),
        ("de-CH", 4900, "chf", "CHF 49.00"),
        ("fr", 123456789, "eur", "1 234 567,89 €"),
        ("en-IN", 123456789, "inr", "₹12,34,567.89"),
        ("ja", 4900, "jpy", "￥4,900"),
    ],
)
def test_money_is_written_as_the_language_does(language: str, amount: int, currency: str, text: str) -> None:
    """Point, comma, groups and the place of the sign are the language's; spaces are plain ones."""
    assert filters(language)["money"](amount, currency) == text


def test_a_price_is_in_whole_units() -> None:
    """Many shops send prices as text in whole units."""
    assert EN["price"]("49.00", "eur") == "€49.00"
    assert DE["price"](1234.5, "EUR") == "1.234,50 €"
    with pytest.raises(ValueError, match="wants a number"):
        EN["price"]("a lot", "eur")


@pytest.mark.parametrize(
    ("amount", "currency"), [("4900", "eur"), (49.0, "eur"), (True, "eur"), (1, 7), (1, ""), (1, "euro")]
)
def test_money_refuses_what_is_no_amount(amount: object, currency: object) -> None:
    """An amount that is not a whole number, or a currency that is none, is a fault and not a wrong price."""
    with pytest.raises(ValueError, match="money wants"):
        EN["money"](amount, currency)


@pytest.mark.parametrize("name", sorted(FILTERS - {"default", "tojson", "relative"}))
def test_null_is_missing_for_every_filter(name: str) -> None:
    """What the event doesn't have is told apart from what it has wrong."""
    more = {"money": ("eur",), "price": ("eur",), "plural": ("day", "days")}
    with pytest.raises(Missing):
        EN[name](None, *more.get(name, ()))


def test_a_time_keeps_the_offset_it_came_with() -> None:
    """A departure is said in the airport's own time, whatever the zone of the playbooks."""
    assert DE["time"]("2026-02-27T18:45:00-05:00") == "18:45"
    assert EN["date"]("2026-02-28T00:10:00+01:00") == "28 February"


def test_a_time_without_an_offset_of_its_own_is_said_in_the_playbooks_zone() -> None:
    """Unix seconds and text in UTC are said where the people are."""
    assert DE["time"](1772193764) == "13:02"
    assert DE["time"]("2026-02-27T12:02:00Z") == "13:02"
    assert EN["time"]("2026-02-27T12:02:00Z") == "12:02"


def test_a_time_can_be_said_in_another_zone() -> None:
    """A zone that the playbook names comes first."""
    assert EN["time"](1772193764, "Europe/Berlin") == "13:02"
    assert EN["time"]("2026-02-27T18:45:00-05:00", "Asia/Tokyo") == "08:45"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("27 February", "27 February 2026", "13:02", "27 February at 13:02", "Friday")),
        ("en-US", ("February 27", "February 27, 2026", "1:02 PM", "February 27 at 1:02 PM", "Friday")),
        ("de", ("27. Februar", "27. Februar 2026", "13:02", "27. Februar um 13:02 Uhr", "Freitag")),
        ("fr", ("27 février", "27 février 2026", "13:02", "27 février à 13:02", "vendredi")),
    ],
)
def test_times_are_said_as_the_language_does(language: str, said: tuple[str, ...]) -> None:
    """Days, hours and weekdays have the language's order and words."""
    known = filters(language, "Europe/Berlin")
    at = "2026-02-27T12:02:44Z"

    assert said == (
        known["date"](at),
        known["date"](at, year=True),
        known["time"](at),
        known["datetime"](at),
        known["weekday"](at),
    )


@pytest.mark.parametrize("value", ["soon", True, 1e30, "2026-13-01", float("nan")])
def test_a_time_that_cannot_be_read_is_a_fault(value: object) -> None:
    """What is no time is refused in one sentence that does not quote it."""
    with pytest.raises(ValueError, match=r"^a date wants Unix seconds or ISO 8601 text$"):
        EN["time"](value)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../../etc/passwd", 7])
def test_an_unknown_zone_is_a_fault(zone: object) -> None:
    """A zone that does not exist is no reason to guess."""
    with pytest.raises(ValueError, match=r"^there is no such time zone$"):
        EN["time"](0, zone)


def test_an_unknown_language_is_refused() -> None:
    """A misspelt language is found when the playbook is read."""
    with pytest.raises(ValueError, match="there is no language 'xx-klingon'"):
        filters("xx-klingon")


def test_numbers_are_written_as_the_language_does() -> None:
    """Numbers have the language's point and groups, and so many digits as are wanted."""
    assert EN["number"](12345.678) == "12,345.678"
    assert DE["number"](12345.678, 1) == "12.345,7"
    assert DE["number"]("3", 0) == "3"
    with pytest.raises(ValueError, match="number wants a number"):
        EN["number"](float("inf"))


def test_a_word_has_the_form_of_its_number() -> None:
    """One day, three days; other languages have more forms."""
    assert EN["plural"](1, "day", "days") == "1 day"
    assert EN["plural"](0, "day", "days") == "0 days"
    assert DE["plural"](1200, "Punkt", "Punkte") == "1.200 Punkte"
    assert filters("pl")["plural"](3, "dzień", "dni", few="dni-few", many="dni") == "3 dni-few"


def test_a_name_that_is_blank_is_missing() -> None:
    """Nobody is greeted by nothing."""
    with pytest.raises(Missing):
        first_name("  ")
    with pytest.raises(ValueError, match="wants a name"):
        first_name(7)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("MAYA LINDQVIST", "Maya Lindqvist"),
        ("maya o'neill-smith", "Maya O'Neill-Smith"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("VON HUMBOLDT", "Von Humboldt"),
        ("Ronald McDonald", "Ronald McDonald"),
        ("ÉMILE ÖZDEMIR", "Émile Özdemir"),
    ],
)
def test_a_shouted_name_is_written_as_a_name(name: str, written: str) -> None:
    """Names in capitals come from old systems; a name in mixed case is as its owner writes it."""
    assert name_case(name) == written


@pytest.mark.parametrize(
    ("number", "region", "said"),
    [
        ("+4930123456", None, "+49 30 123456"),
        ("+4930123456", "de", "030 123456"),
        ("+4930123456", "US", "+49 30 123456"),
        ("030 123456", "DE", "030 123456"),
        ("(415) 555-0132", "US", "(415) 555-0132"),
        ("ask for Maya", "DE", "ask for Maya"),
        (" 12 ", "DE", "12"),
        (4930123456, None, "4930123456"),
    ],
)
def test_a_telephone_number_is_said_in_groups(number: object, region: str | None, said: str) -> None:
    """A number is written as one dials it; what is no number stays as it came."""
    assert phone(number, region) == said


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("hello wide world", 16, "hello wide world"),
        ("hello wide world", 15, "hello wide…"),
        ("hello wide, world", 13, "hello wide…"),
        ("a" * 20, 10, "a" * 9 + "…"),
        ("hello  wide\nworld", 80, "hello wide world"),
    ],
)
def test_long_text_is_cut_between_words(text: str, length: int, short: str) -> None:
    """What is cut says so, and no word is cut that need not be."""
    assert truncate(text, length) == short
    assert len(short) <= length


def test_default_takes_the_place_of_null() -> None:
    """Null and undefined are one thing for whoever writes a script."""
    assert default(None, "there") == "there"
    assert default("", "there") == ""
    assert default("", "there", boolean=True) == "there"


def test_what_could_take_all_memory_is_gone() -> None:
    """Filters that make a text of any length out of one number are not there."""
    assert not set(REMOVED) & set(EN)
