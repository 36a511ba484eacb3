"""Recorded requests of providers, and how to make a source and a delivery of one."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from relay.event import Delivery
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]

VECTORS = Path(__file__).parents[2] / "vectors"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes a ``vector`` once with each recorded request."""
    if "vector" in metafunc.fixturenames:
        rows = [row for path in sorted(VECTORS.glob("*.json")) for row in json.loads(path.read_text("utf-8"))]
        metafunc.parametrize("vector", rows, ids=[row["id"] for row in rows])


@pytest.fixture(scope="session")
def prepare() -> Prepare:
    """Give a function that makes a source ready."""

    def make(provider: str, *secrets: str, **options: Any) -> Prepared:
        hidden = tuple(Secret(secret, "env:KEY") for secret in secrets)
        return check_source(Source(name="shop", provider=provider, secrets=hidden, **options))

    return make


@pytest.fixture(scope="session")
def deliver() -> Deliver:
    """Give a function that makes a delivery; a header given as a list is repeated."""

    def make(body: bytes, headers: dict[str, str | Sequence[str]], now: float = 0.0) -> Delivery:
        lines = [
            (name.lower().encode(), value.encode())
            for name, values in headers.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        return Delivery(source="shop", method="POST", headers=lines, body=body, received_at=now)

    return make
