"""The key of a customer: equal for equal customers, and nothing to be read from it."""

import re

import pytest

from relay.subjects import subject_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ana@example.com", "stripe"), (" Ana@Example.com ", "zendesk")),
        (("+44 20 7946 0117", "aircall"), ("0044 (20) 7946-0117", "twilio")),
        (("cus_Ana", "stripe"), ("cus_Ana", "stripe")),
    ],
)
def test_one_customer_has_one_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Addresses and numbers name the same customer in every source, however they are written."""
    assert subject_key(*one) == subject_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("42", "stripe"), ("42", "zendesk")),
        (("cus_Ana", "stripe"), ("cus_ana", "stripe")),
        (("ana@example.com", "stripe"), ("bo@example.com", "stripe")),
        (("+442079460117", "twilio"), ("442079460117", "twilio")),
    ],
)
def test_two_customers_have_two_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Ids count within their source, letter by letter; a number without a country code is an id."""
    assert subject_key(*one) != subject_key(*other)


@pytest.mark.parametrize("said", ["ana@example.com", "+442079460117", "cus_1", "x" * 10_000])
def test_a_key_says_nothing(said: str) -> None:
    """Whatever it was made of, it is 32 hexadecimal digits."""
    assert re.fullmatch("[0-9a-f]{32}", subject_key(said, "stripe"))


@pytest.mark.parametrize("said", ["", "  ", "\n"])
def test_nobody_has_no_key(said: str) -> None:
    """What names nobody is put together with nothing."""
    assert subject_key(said, "stripe") == ""
