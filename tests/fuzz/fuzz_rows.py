"""An atheris target over headers, path and body of every provider: nothing but a refusal may come out.

Not part of the test run; ``atheris`` is not among the dependencies (it needs clang where there is no wheel)::

    uv pip install atheris
    python -m tests.fuzz.fuzz_rows -max_total_time=600 build/corpus

The first byte chooses the provider, the second what is kept of a genuine request; the rest becomes
headers, query and body. A crash is written to a file; run again with that file as the argument.
"""

import importlib
import sys
from contextlib import suppress
from typing import Any

from relay.conformance import judge_row
from relay.errors import ConfigError, SenderError
from relay.event import Delivery
from relay.recorded import read_http, read_rows
from relay.schemes.prepared import Prepared
from relay.schemes.providers import PROVIDERS
from relay.verify import take
from tests.every_row import NOW, RING, TARGET, prepare, request

NAMES = sorted(PROVIDERS)


def genuine(name: str) -> tuple[Prepared, Delivery]:
    """Return a source and, if one can be made, a request that it takes."""
    prepared, key = prepare(name)
    try:
        return prepared, request(prepared, key).delivery("shop", NOW)
    except ConfigError:
        return prepared, Delivery(
            source="shop", method="POST", target=TARGET, headers=[], body=b"{}", received_at=NOW
        )


CASES = [genuine(name) for name in NAMES]


def one(data: bytes) -> None:
    """Judge one hostile request, and read one hostile file; anything but a refusal is raised."""
    if len(data) < 2:
        return
    prepared, real = CASES[data[0] % len(CASES)]
    keep, rest = data[1], data[2:]
    pieces = rest.split(b"\0")
    headers = [
        (name, value if keep & 1 else (pieces[number % len(pieces)]))
        for number, (name, value) in enumerate(real.headers)
    ]
    delivery = Delivery(
        source="shop",
        method=("POST", "GET", "OPTIONS", "HEAD")[keep >> 6],
        target=real.target if keep & 2 else b"/" + pieces[0],
        headers=headers * (2 if keep & 8 else 1),
        body=real.body if keep & 4 else rest,
        received_at=NOW,
    )
    with suppress(SenderError):
        take(delivery, prepared, NOW, RING)
    files(rest)


def files(data: bytes) -> None:
    """Read bytes as a saved request and as a file of recorded ones."""
    with suppress(ConfigError):
        read_http(data, "shop", NOW)
    with suppress(ConfigError):
        for entry in read_rows(data):
            if not isinstance(entry, str):
                judge_row(entry)


def main() -> None:
    """Fuzz until told to stop."""
    atheris: Any = importlib.import_module("atheris")
    atheris.instrument_all()
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
