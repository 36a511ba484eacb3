"""Text from outside is cleaned, hosts are shown as they are, times are said in words."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import text
from desktop.entry import Entry
from relay.protocol import Priority, Stage

NOW = 1_800_000_000.0
NOON = 1_800_014_400.0


@given(st.text())
def test_a_cleaned_line_has_no_commands_and_no_breaks(anything: str) -> None:
    """Whatever comes in, a line has no control character, no override and one line."""
    line = text.clean_line(anything, 80)
    assert len(line) <= 80
    assert "\n" not in line
    assert all(unicodedata.category(c)[0] != "C" or c in "\u200c\u200d" for c in line)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(anything: str) -> None:
    """What was cleaned is clean."""
    once = text.clean_block(anything, 1_000_000)
    assert text.clean_block(once, 1_000_000) == once


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("<b>bold</b> & &amp;", "<b>bold</b> & &amp;"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("one\u2028two\r\nthree\rfour", "one\ntwo\nthree\nfour"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("Z" + "\u0316" * 50, "Z\u0316\u0316\u0316"),
        ("\u067e\u0646\u062c\u200c\u0634\u0646", "\u067e\u0646\u062c\u200c\u0634\u0646"),
        ("\ufeffzero\u200bwidth\u2060", "zerowidth"),
        ("\U000e0041tag\ud800", "tag"),
    ],
)
def test_what_commands_is_removed_and_what_is_meant_stays(raw: str, shown: str) -> None:
    """Overrides, escapes, smears and invisible characters go; letters, markup and joiners stay as text."""
    assert text.clean_block(raw, 200) == shown


def test_a_script_keeps_its_own_spacing() -> None:
    """A script is copied with the spaces and lines that its author gave it."""
    assert (
        text.clean_script("Dear Ana,\r\n\r\n  - first\n  - second\x07\n")
        == "Dear Ana,\n\n  - first\n  - second"
    )


@pytest.mark.parametrize(
    ("script", "holes"),
    [
        ("Hi Ana", ()),
        ("Hi {{ contact.name }}, {{contact.name}} {{ amount }}", ("contact.name", "amount")),
        ("{% if x %}", ("{% if x %}",)),
    ],
)
def test_unfilled_placeholders_are_found_once_each(script: str, holes: tuple[str, ...]) -> None:
    """A script that still has placeholders names each of them once."""
    assert text.unfilled(script) == holes


@pytest.mark.parametrize("part", ["{{", "{{ ", "{%", "{{ {%"])
def test_no_script_holds_up_the_search_for_placeholders(part: str) -> None:
    """What looks like very many half-open placeholders is read in one go."""
    begun = time.perf_counter()
    text.unfilled(part * 50_000)
    text.unfilled(part + " " * 100_000)
    assert time.perf_counter() - begun < 5


def test_what_waits_for_an_agent_says_so(make_entry: Callable[..., Entry]) -> None:
    """Only what can be claimed waits; what somebody has, or only tells something, has an age."""
    now = NOW + 130
    assert text.waiting(make_entry(claimable=True), now) == "waiting 2 min"
    assert text.waiting(make_entry(claimable=True), NOW) == "now"
    assert text.waiting(make_entry(), now) == "2 min"
    assert text.waiting(make_entry(claimable=True, stage=Stage.CLAIMED), now) == "2 min"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.com/",
        "https://",
        "//example.com",
        "https://bank.com@evil.example/",
        "https://user:pw@example.com/",
        "https://exa mple.com/",
        "https://example.com\\@evil.example/",
        "https://example.com/\u202eabc",
        "https://example.com:port/",
        "https://[::1",
        "https://" + "a" * 5_000 + ".example",
        "https://..example/",
    ],
)
def test_dangerous_addresses_are_refused(url: str) -> None:
    """Other schemes, user names, blanks, backslashes and nonsense never become a button."""
    target = text.link_target(url)
    assert target is None or target.host == "..example"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://dashboard.stripe.com/invoices/1?x=1#y", "dashboard.stripe.com"),
        ("HTTP://Example.COM:8080/", "example.com:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://pаypal.com/", "xn--pypal-4ve.com"),  # noqa: RUF001 - the Cyrillic letter is the point
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_a_host_is_shown_as_the_browser_will_ask_for_it(url: str, host: str) -> None:
    """Foreign letters are shown as punycode, unusual ports are shown."""
    target = text.link_target(url)
    assert target is not None
    assert target.host == host


def test_a_long_host_keeps_the_end_that_says_whose_it_is() -> None:
    """A host that is too long loses its left end."""
    target = text.link_target("https://www.bank.com.secure.login.account.session.evil.example/")
    assert target is not None
    assert target.host.endswith("evil.example")
    assert target.host.startswith("…")


@pytest.mark.parametrize(("seconds", "words"), [(-5, "now"), (59, "now"), (60, "1 min"), (3_599, "59 min")])
def test_an_age_is_said_in_few_words(seconds: float, words: str) -> None:
    """A young entry is now or some minutes old; a clock that is wrong makes it now."""
    assert text.age(NOON - seconds, NOON) == words


def test_an_older_age_becomes_a_time_or_a_date() -> None:
    """An entry of another day says which day."""
    assert text.age(NOON - 86_400, NOON).startswith("Yesterday ")
    assert text.age(NOON - 400 * 86_400, NOON).endswith("2025")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (180, "3 min"), (3_600, "1 h"), (7_500, "2 h 5 min")]
)
def test_a_span_is_said_in_few_words(seconds: float, words: str) -> None:
    """A length of time has at most two units."""
    assert text.span(seconds) == words


def test_the_spoken_sentence_says_priority_source_and_title_first(make_entry: Callable[..., Entry]) -> None:
    """A screen reader hears what matters before any button."""
    entry = make_entry(priority=Priority.URGENT, title="Flight delayed", at=NOON - 120)
    assert text.spoken(entry, NOON).startswith("Urgent notification from Stripe, 2 min ago: Flight delayed.")


def test_an_unknown_provider_is_called_by_its_source(make_entry: Callable[..., Entry]) -> None:
    """A source is named as people would write it, and what we say ourselves is not called verified."""
    assert text.sender(make_entry(provider="generic-hmac", source="parcel-post")) == "Parcel post · verified"
    assert text.sender(make_entry(provider="deskbell", source="deskbell")) == "Deskbell"
