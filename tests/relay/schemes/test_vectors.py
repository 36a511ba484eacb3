"""Requests that providers published, and damaged copies of them, each judged as it must be."""

from typing import Any

from relay.conformance import judge_row


def test_vector(vector: dict[str, Any]) -> None:
    """A recorded request is taken if it is genuine, and refused as such if it is not."""
    result = judge_row(vector)
    assert not result.unmet, result
    assert not result.reason.startswith("not configured"), result.reason
