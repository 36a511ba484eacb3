"""Judging files of recorded requests: what is told about each row."""

import json
from pathlib import Path
from typing import Any

import pytest

from relay.conformance import Result, judge_all, judge_row, known

CHALLENGE: dict[str, Any] = {
    "id": "x/1", "provider": "x-twitter", "kind": "handshake", "secret": "key", "method": "GET",
    "url": "https://hooks.example.com/hooks/x?crc_token=abc", "expect": "valid",
}  # fmt: skip

# A signature that stands in Stripe's own tests.
STRIPE: dict[str, Any] = next(
    row
    for row in json.loads((Path(__file__).parents[1] / "vectors/stripe.json").read_text(encoding="utf-8"))
    if row["id"] == "stripe/dotnet-construct-event"
)


def test_expected_response() -> None:
    """An answer that is not the expected one is told, with what was expected."""
    answer = {"response_token": "sha256=nBluMtxBdfhvS91lhVbXrf90+xrzn5R/5OG+/E8P6i0="}
    wrong = judge_row(CHALLENGE | {"expect_response": {"status": 200, "json": answer}})
    assert wrong.verdict == "valid"
    assert wrong.unmet.startswith("expected json")
    assert wrong.response is not None
    right = judge_row(CHALLENGE | {"expect_response": {"status": 200, "json": wrong.response["json"]}})
    assert right.unmet == ""


def test_missed_expectation() -> None:
    """A verdict other than the expected one is told."""
    assert judge_row(CHALLENGE | {"expect": "invalid"}).unmet == "expected invalid"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"url": "https://hooks.example.com/"}, "MethodNotAllowed"),
        ({"method": "POST", "url": "https://hooks.example.com/"}, "missing-header"),
        ({"secret": ""}, "not configured: sources.conformance.secret: is empty."),
        ({"secret": None}, "not configured: sources.conformance.secret: is missing; every source has one."),
    ],
)
def test_reasons(change: dict[str, Any], reason: str) -> None:
    """A row that isn't valid says why."""
    assert judge_row(CHALLENGE | {"expect": "invalid"} | change) == Result(
        id="x/1", verdict="invalid", reason=reason
    )


def test_unknown_provider() -> None:
    """A provider without a row of ours is told, and the other rows are judged all the same."""
    strange = CHALLENGE | {"id": "y", "provider": "nobody"}
    assert not known(strange)
    assert [result.verdict for result in judge_all([strange, CHALLENGE])] == ["invalid", "valid"]


def test_a_row_without_a_time_is_judged_by_none() -> None:
    """A file that names no time means a scheme without one; freshness is then not asked for."""
    timed = STRIPE | {"now": None}

    assert judge_row(STRIPE | {"now": 1}).reason == "stale"
    assert judge_row(timed).verdict == "valid"


@pytest.mark.parametrize("name", ["Lemon_Squeezy", "lemon squeezy", "easypost-webhooks", "modern_treasury"])
def test_other_spellings_of_a_provider_are_known(name: str) -> None:
    """Whoever writes a file may spell a provider's name in their own way."""
    assert known({"provider": name})


@pytest.mark.parametrize("name", ["nobody", "s", "git", ""])
def test_a_name_that_fits_several_or_none_is_unknown(name: str) -> None:
    """A provider is never guessed."""
    assert not known({"provider": name})
