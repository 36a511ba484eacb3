"""Nanoseconds per verification, of each family of schemes, and beside the providers' own libraries.

``python -m bench.verify``. The libraries are the dependency group ``bench``; one that is not
installed is named as absent. All are measured in turns, in one process, on one body of 2 KiB.
"""

import importlib
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bench.figures import number, table
from relay.event import Delivery
from relay.schemes.pipeline import Unsigned, prove
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.providers import PROVIDERS
from relay.source import Secret, Source
from relay.verify import judge
from tests.every_row import NOW, RING, TARGET, prepare, request

BODY_BYTES = 2048
ROUNDS = 15
SECONDS = 0.02
"""Of each round of each contestant."""

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://hooks.example.com"

Verify = Callable[[], object]

ABOUT = """\
# How fast each scheme is verified

Written by `make bench`: the fastest of 15 rounds in turns, in one process, in nanoseconds.
*Proof* is the signature alone, with the reading of its headers; the next column also decodes the body
whole and finds id and type, which libraries leave to whoever uses them.

The aims: no slower than any provider's own library (the last column is then at least 1), and less than
10,000 ns for the HMAC of a body of 2 KiB. Where a library is faster, it is because ours refuses repeated,
blank, over-long and non-ASCII headers before it compares, and because one table serves every provider.
"""


def json_body() -> bytes:
    """Return a JSON body of ``BODY_BYTES``."""
    head, tail = b'{"id":"evt_1","type":"invoice.paid","event_id":"e1","filling":"', b'"}'
    return head + b"x" * (BODY_BYTES - len(head) - len(tail)) + tail


def form_body() -> bytes:
    """Return a form of ``BODY_BYTES``."""
    head = b"MessageSid=SM1&MessageStatus=delivered&To=%2B4930123456&Body="
    return head + b"x" * (BODY_BYTES - len(head))


def nanoseconds(verify: Verify) -> float:
    """Measure one call, for about ``SECONDS``."""
    calls, begin = 0, time.perf_counter_ns()
    end = begin + int(SECONDS * 1e9)
    while (now := time.perf_counter_ns()) < end:
        for _ in range(10):
            verify()
        calls += 10
    return (now - begin) / calls


def in_turns(contestants: Mapping[str, Verify]) -> dict[str, float]:
    """Return the least disturbed round of each, measured in turns."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, verify in contestants.items():
            found[name].append(nanoseconds(verify))
    return {name: min(values) for name, values in found.items()}


def signed(provider: str, body: bytes, kind: str) -> tuple[Prepared, Delivery]:
    """Return a source and a request that it takes now."""
    source = check_source(Source(name="shop", provider=provider, secrets=(Secret(SECRET),), public_url=URL))
    now = time.time()
    unsigned = Unsigned(
        body=body, id="msg_1", type="invoice.paid", now=now, source=source.source, target=TARGET
    )
    headers = {"content-type": kind, **source.signed(unsigned).headers}
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Delivery(source="shop", method="POST", target=TARGET, headers=lines, body=body, received_at=now)
    return source, request


def _stripe(library: Any, body: bytes, headers: Mapping[str, str]) -> Verify:
    text, header = body.decode(), headers["stripe-signature"]
    return lambda: library.WebhookSignature.verify_header(text, header, SECRET, 300)


def _webhook(library: Any, body: bytes, headers: Mapping[str, str]) -> Verify:
    webhook, text = library.Webhook(SECRET), body.decode()
    return lambda: webhook.verify(text, dict(headers))


def _slack(library: Any, body: bytes, headers: Mapping[str, str]) -> Verify:
    verifier, text = library.SignatureVerifier(SECRET), body.decode()
    time_, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    return lambda: verifier.is_valid(text, time_, signature)


def _twilio(library: Any, body: bytes, headers: Mapping[str, str]) -> Verify:
    pairs = [pair.partition("=") for pair in body.decode().split("&")]
    fields = {name: value.replace("%2B", "+") for name, _, value in pairs}
    validator, url = library.RequestValidator(SECRET), URL + TARGET.decode()
    return lambda: validator.validate(url, fields, headers["x-twilio-signature"])


Maker = Callable[[Any, bytes, Mapping[str, str]], Verify]

LIBRARIES: Mapping[str, tuple[str, Maker]] = {
    "stripe": ("stripe", _stripe),
    "standard-webhooks": ("standardwebhooks", _webhook),
    "svix": ("svix.webhooks", _webhook),
    "slack": ("slack_sdk.signature", _slack),
    "twilio": ("twilio.request_validator", _twilio),
}
"""By provider: the module of its own library, and how that verifies. GitHub has none for Python."""


def beside_libraries() -> str:
    """Return the table of providers whose library can be measured."""
    rows = []
    for provider in ("github", *LIBRARIES):
        form = provider == "twilio"
        body = form_body() if form else json_body()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        source, delivery = signed(provider, body, kind)
        asked = source.ask(delivery, delivery.received_at)
        contestants: dict[str, Verify] = {
            "proof": partial(prove, source.wiring.scheme, asked, source.window),
            "whole": partial(judge, delivery, source, delivery.received_at),
        }
        note = "none" if provider not in LIBRARIES else ""
        if provider in LIBRARIES:
            module, make = LIBRARIES[provider]
            headers = {name.decode(): value.decode() for name, value in delivery.headers}
            try:
                contestants["library"] = make(importlib.import_module(module), body, headers)
                if contestants["library"]() is False:
                    raise SystemExit(f"{module} refuses what was signed for {provider}")
            except ImportError:
                note = "absent: install the dependency group bench"
        found = in_turns(contestants)
        theirs = found.get("library")
        shown = note if theirs is None else number(theirs, 0)
        ratio = "" if theirs is None else f"{theirs / found['proof']:.1f}"
        rows.append((provider, number(found["proof"], 0), number(found["whole"], 0), shown, ratio))
    head = ("provider", "proof (ns)", "proof, id and type (ns)", "its library (ns)", "library / proof")
    return table(head, rows)


def families() -> str:
    """Return the table of every row that can be made here, with its smallest request."""
    rows = []
    for name in sorted(PROVIDERS):
        source, key = prepare(name)
        try:
            delivery = request(source, key).delivery("shop", NOW)
        except Exception as error:  # noqa: BLE001 - what can't be made here is told, and the others go on
            rows.append((name, type(error).__name__, ""))
            continue
        primitive = type(source.wiring.scheme.primitive).__name__
        verify = partial(judge, delivery, source, NOW, RING)
        best = min(nanoseconds(verify) for _ in range(3))
        rows.append((name, primitive, number(best, 0)))
    return table(("provider", "primitive", "proof, id and type (ns)"), rows)


def main() -> int:
    """Measure and print; return 0."""
    print(ABOUT)
    print(f"## Verifying a body of {BODY_BYTES} bytes\n\n{beside_libraries()}\n")
    print(f"## Every provider, with its smallest request\n\n{families()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
