"""Filters that turn what providers send into what people say."""

import pytest

from relay import formats


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (4900, "eur", "€49.00"),
        (123456789, "usd", "$1,234,567.89"),
        (-4900, "gbp", "-£49.00"),
        (4900, "jpy", "¥4,900"),
        (4900, "kwd", "4.900 KWD"),
        (5, "sek", "0.05 SEK"),
        (0, "EUR", "€0.00"),
    ],
)
def test_money_is_written_with_the_currency_s_own_digits(amount: int, currency: str, text: str) -> None:
    """An amount in the smallest unit is written as that currency is."""
    assert formats.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "currency"), [("4900", "eur"), (49.0, "eur"), (True, "eur"), (1, None), (1, "")]
)
def test_money_refuses_what_is_no_amount(amount: object, currency: object) -> None:
    """An amount that is not a whole number, or a currency that is none, is a fault and not a wrong price."""
    with pytest.raises(ValueError, match="money wants"):
        formats.money(amount, currency)


def test_a_time_keeps_the_offset_it_came_with() -> None:
    """A departure is said in the airport's own time."""
    assert formats.time("2026-02-27T18:45:00+01:00") == "18:45"
    assert formats.date("2026-02-28T00:10:00+01:00") == "28 February"


def test_a_time_can_be_said_in_another_zone() -> None:
    """Unix seconds are UTC unless the playbook names a zone."""
    assert formats.time(1772193764) == "12:02"
    assert formats.time(1772193764, "Europe/Berlin") == "13:02"
    assert formats.time("2026-02-27T12:02:00Z", "Asia/Tokyo") == "21:02"


@pytest.mark.parametrize("value", ["soon", None, True, 1e30, "2026-13-01", float("nan")])
def test_a_time_that_cannot_be_read_is_a_fault(value: object) -> None:
    """What is no time is refused in one sentence."""
    with pytest.raises(ValueError, match="a date wants"):
        formats.time(value)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../../etc/passwd"])
def test_an_unknown_zone_is_a_fault(zone: str) -> None:
    """A zone that does not exist is named."""
    with pytest.raises(ValueError, match="no time zone"):
        formats.time(0, zone)


def test_the_first_name_is_the_first_word() -> None:
    """People are greeted by their first name."""
    assert formats.first_name("  Maya Lindqvist ") == "Maya"
    with pytest.raises(ValueError, match="wants a name"):
        formats.first_name("  ")
