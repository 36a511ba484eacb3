"""What the end of a link means, and when to come back."""

import random
import ssl
from itertools import islice

import pytest

from desktop import verdicts
from desktop.entry import LinkState
from relay.protocol import Close, may_retry


@pytest.mark.parametrize("code", list(Close))
def test_every_close_code_has_a_sentence_and_the_number_decides(code: Close) -> None:
    """Whether to come back is said by the code's number alone, and the agent reads a sentence."""
    verdict = verdicts.after_close(code)
    assert verdict.retry is may_retry(code)
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    ("code", "retry"), [(1006, True), (1009, True), (4499, True), (4500, False), (4999, False)]
)
def test_unknown_codes_follow_their_class(code: int, retry: bool) -> None:
    """A code that a newer relay invents is understood by its number."""
    assert verdicts.after_close(code).retry is retry


def test_a_broken_link_is_retried() -> None:
    """A link that ends without a close code comes back."""
    verdict = verdicts.after_close(None)
    assert (verdict.retry, verdict.state) == (True, LinkState.OFFLINE)


def test_a_superseded_sign_in_waits() -> None:
    """Two programs with one token don't throw each other out more often than each half minute."""
    verdict = verdicts.after_close(Close.SUPERSEDED)
    assert verdicts.delay(verdict, verdicts.back_off(lambda: 0.0), lambda: 0.0, first=True) >= 30.0


@pytest.mark.parametrize(
    ("status", "html", "verdict"),
    [
        (401, False, verdicts.SIGNED_OUT),
        (401, True, verdicts.SIGN_IN_PAGE),
        (403, False, verdicts.NOT_LET_IN),
        (404, True, verdicts.NOT_A_RELAY),
        (407, True, verdicts.PROXY),
        (426, False, verdicts.STRIPPED),
        (200, True, verdicts.SIGN_IN_PAGE),
        (200, False, verdicts.NOT_A_RELAY),
        (302, False, verdicts.SIGN_IN_PAGE),
        (511, True, verdicts.SIGN_IN_PAGE),
    ],
)
def test_a_refused_upgrade_is_explained(status: int, html: bool, verdict: verdicts.Verdict) -> None:
    """The HTTP answer to the upgrade tells a hotel's sign-in page from a revoked token."""
    assert verdicts.after_refusal(status, html=html) == verdict


def test_only_a_revoked_token_stops_the_retrying() -> None:
    """Whatever stands between us and the relay may go away by itself; a revoked token doesn't."""
    final = [status for status in range(200, 600) if not verdicts.after_refusal(status).retry]
    assert final == [401]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("999999", 300.0), (None, 5.0), ("Fri, 31 Dec", 5.0), ("-3", 5.0), ("²", 5.0)],
)
def test_retry_after_is_followed_within_bounds(header: str | None, seconds: float) -> None:
    """A relay can ask for patience, but nobody can send a desktop away for hours."""
    assert verdicts.after_refusal(503, retry_after=header).at_least == seconds


def test_a_foreign_certificate_is_named() -> None:
    """An untrusted certificate says so, with OpenSSL's reason, and is never accepted."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    verdict = verdicts.after_error(error)
    assert "self-signed certificate" in verdict.reason
    assert verdict.retry


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (TimeoutError(), verdicts.NO_ANSWER),
        (ConnectionRefusedError(), verdicts.UNREACHABLE),
        (ssl.SSLError(), verdicts.UNSAFE),
        (OSError(), verdicts.UNREACHABLE),
    ],
)
def test_network_errors_are_sentences(error: Exception, verdict: verdicts.Verdict) -> None:
    """Nobody has to read an errno."""
    assert verdicts.after_error(error) == verdict


# When to come back


def test_back_off_is_full_jitter_up_to_a_minute_and_endless() -> None:
    """At worst 0.5, 1, 2 … 60 s, at best none; and there is always a next one."""
    longest = list(islice(verdicts.back_off(lambda: 1.0), 5000))
    assert longest[:9] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert longest[-1] == 60.0
    assert set(islice(verdicts.back_off(lambda: 0.0), 50)) == {0.0}


def test_an_announced_restart_is_answered_soon_but_not_by_all_at_once() -> None:
    """After 1012 the first try comes within two seconds, spread evenly; the next ones back off."""
    chance = random.Random(4).random
    restart = verdicts.after_close(Close.RESTART)
    waits = [verdicts.delay(restart, verdicts.back_off(chance), chance, first=True) for _ in range(2000)]
    assert max(waits) <= 2.0
    assert all(300 < sum(low <= wait < low + 0.5 for wait in waits) < 700 for low in (0.0, 0.5, 1.0, 1.5))
    planned = verdicts.back_off(lambda: 1.0)
    assert [verdicts.delay(restart, planned, chance, first=False) for _ in range(3)] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("elapsed", "monotonic", "late", "slept"),
    [
        (5.0, 5.0, 0.0, False),
        (20.0, 5.0, 0.0, False),
        (20.1, 5.0, 0.0, True),
        (3600.0, 5.0, 0.0, True),
        (3600.0, 3600.0, 3595.0, True),
    ],
)
def test_sleep_is_time_that_passed_unnoticed(
    elapsed: float, monotonic: float, late: float, slept: bool
) -> None:
    """More than a few seconds that one clock has and the other has not, or a check that comes so late."""
    assert verdicts.has_slept(elapsed, monotonic, late=late) is slept
