"""The doctor names what went wrong with a request, and is not fooled by a good one."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from relay.doctor import Diagnosis, diagnose, diagnose_refusal
from relay.event import Delivery
from relay.refusals import Refusal, Request, describe
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source

NOW = 1_790_000_000.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"id": "evt_1", "type": "invoice.paid", "name": "Maya Lindqvist", "to": "a/b <c>"}).encode()


def source(provider: str = "stripe", secret: str = SECRET, **more: Any) -> Prepared:
    """Return a source made ready."""
    secrets = more.pop("secrets", (Secret(secret, "env:KEY"),))
    return check_source(Source(name="shop", provider=provider, secrets=secrets, **more))


def delivery(signer: Prepared, body: bytes = BODY, *, arrives: bytes | None = None, **more: str) -> Delivery:
    """Return a request that was signed for ``body`` and arrives with another."""
    headers = signer.sign(body=body, now=NOW, event_id="evt_1", event_type="invoice.paid")
    lines = [(name.lower().encode(), value.encode()) for name, value in {**headers, **more}.items()]
    return Delivery(
        source="shop",
        method="POST",
        target=b"/hooks/shop",
        headers=lines,
        body=body if arrives is None else arrives,
        received_at=NOW,
    )


def codes(found: Diagnosis) -> list[str]:
    """Return what was found."""
    return [finding.code for finding in found.findings]


def test_a_good_request_is_called_good() -> None:
    """Nothing is wrong with what would be accepted."""
    found = diagnose(delivery(source()), source(), NOW)
    assert (found.accepted, found.findings) == (True, ())


UMLAUTS = '{"id":"evt_1","type":"a","name":"Zoë Müller","n":1}'.encode()


@pytest.mark.parametrize(
    ("signed", "arrives", "words"),
    [
        (BODY + b"\n", BODY, "line break at its end was taken away"),
        (BODY, BODY + b"\n", "line break was put at its end"),
        (b'{"id":\n1}', b'{"id":\r\n1}', "from LF to CR LF"),
        (b'{"id":\r\n1}\r\n', b'{"id":\n1}\n', "from CR LF to LF"),
        (BODY, b"\xef\xbb\xbf" + BODY, "byte order mark"),
        (BODY, json.dumps(json.loads(BODY), indent=2).encode(), "JSON was written anew"),
        (json.dumps(json.loads(BODY), indent=4).encode() + b"\n", BODY, "JSON was written anew"),
        (BODY, json.dumps(json.loads(BODY), sort_keys=True, separators=(",", ":")).encode(), "mismatch"),
        (UMLAUTS, UMLAUTS.decode().encode("latin-1"), "UTF-8 to Latin-1"),
        (UMLAUTS, UMLAUTS.decode("latin-1").encode(), "read as Latin-1"),
        (b'{"name":"Zo\\u00eb","b": 1}', '{"name":"Zoë","b": 1}'.encode(), "\\u escapes were turned"),
        ('{"name":"Zoë","b": 1}'.encode(), b'{"name":"Zo\\u00EB","b": 1}', "turned into \\u escapes"),
        (b'{"u": "a\\/b"}', b'{"u": "a/b"}', "\\/"),
        (BODY, gzip.compress(BODY, mtime=0), "packed"),
        (b"a=1&b=x+y%2F", b"a=1&b=x%20y%2f", "form"),
    ],
)  # fmt: skip
def test_an_altered_body_is_named(signed: bytes, arrives: bytes, words: str) -> None:
    """The usual ways in which something on the way rewrites a body are told apart."""
    found = diagnose(delivery(source(), signed, arrives=arrives), source(), NOW)
    assert words in " ".join([found.reason, *(one.sentence for one in found.findings)])
    if words != "mismatch":
        assert codes(found)[0] == "body-altered"
        assert found.findings[0].certain


@pytest.mark.parametrize(
    ("real", "configured", "code"),
    [
        (SECRET, f" {SECRET}", "secret-spelling"),
        (SECRET, f"{SECRET}\n", "secret-spelling"),
        (SECRET, f'"{SECRET}"', "secret-spelling"),
        (SECRET.removeprefix("whsec_"), SECRET, "secret-spelling"),
        ("another", SECRET, "mismatch"),
    ],
)
def test_a_wrong_secret_is_told_from_a_misspelt_one(real: str, configured: str, code: str) -> None:
    """Blanks, quotes and prefixes are found; a secret that is simply another is called that."""
    found = diagnose(delivery(source(secret=real)), source(secret=configured), NOW)
    assert codes(found)[-1] == code
    assert SECRET not in str(found)
    assert SECRET.removeprefix("whsec_") not in str(found)


def test_the_secret_of_another_source_is_recognised() -> None:
    """Two secrets that were swapped are named as such."""
    other = Source(name="till", provider="stripe", secrets=(Secret("another"),))
    found = diagnose(delivery(source(secret="another")), source(), NOW, neighbours=[other])
    assert codes(found) == ["other-secret"]
    assert "till" in found.findings[0].sentence


def test_an_undecoded_secret_is_recognised() -> None:
    """A sender that takes whsec_ as text where it has to be decoded is found out, and the reverse."""
    recipe = {
        "header": "webhook-signature", "prefix": "v1,", "encoding": "base64", "timestamp_header": "webhook-timestamp",
        "signed": "{id}.{timestamp}.{body}", "id": "header:webhook-id", "type": "body:type",
    }  # fmt: skip
    found = diagnose(delivery(source("generic-hmac", recipe=recipe)), source("standard-webhooks"), NOW)
    assert codes(found) == ["secret-decoding"]
    assert codes(
        diagnose(delivery(source("standard-webhooks")), source("generic-hmac", recipe=recipe), NOW)
    ) == ["secret-decoding"]


def test_an_expired_secret_is_named() -> None:
    """A signature by a secret that has ended is not called a wrong one."""
    expired = (Secret(SECRET, "env:OLD", until=NOW - 1), Secret("new", "env:NEW"))
    assert codes(diagnose(delivery(source()), source(secrets=expired), NOW)) == ["expired-secret"]


@pytest.mark.parametrize(
    ("later", "words"), [(1000, "1000 s before"), (-1000, "1000 s after"), (7203, "time zones"), (3e8, "before"), (1e12, "unit")]
)  # fmt: skip
def test_the_clock_is_measured(later: float, words: str) -> None:
    """By how much and which way the time is off is told, and that the signature is right."""
    found = diagnose(delivery(source()), source(), NOW + later)
    assert codes(found)[0].startswith("clock")
    assert words in found.findings[0].sentence
    assert "signature is right" in found.findings[0].sentence


@pytest.mark.parametrize("mode", [{"livemode": False}, {"sandbox": True}, {"environment": "TEST"}])
def test_test_mode_is_pointed_out(mode: Mapping[str, Any]) -> None:
    """A body of test mode with another secret suggests that the live one is configured."""
    body = json.dumps({"id": "evt_1", "type": "a", **mode}).encode()
    assert "mode" in codes(diagnose(delivery(source(secret="test"), body), source(), NOW))


def test_another_scheme_is_recognised() -> None:
    """The right secret with the wrong provider: the right one is named."""
    found = diagnose(delivery(source("github")), source("stripe"), NOW)
    assert "other-provider" in codes(found)
    assert any('"github"' in finding.sentence for finding in found.findings)


def test_a_signature_of_no_provider_is_described() -> None:
    """An HMAC that nobody in the table makes is described so that a recipe can be written."""
    recipe = {
        "header": "X-Odd",
        "id": "body:id",
        "type": "body:type",
        "algorithm": "sha512",
        "encoding": "base64",
    }
    found = diagnose(delivery(source("generic-hmac", recipe=recipe)), source(), NOW)
    assert "wrong-scheme" in codes(found)
    assert any("x-odd holds HMAC-SHA512 in base64 of {body}" in one.sentence for one in found.findings)


def test_a_missing_header_is_named_and_the_stranger_too() -> None:
    """Without the signature's header, its name is told; and whose header is there instead."""
    found = diagnose(delivery(source("github", secret="x")), source("stripe"), NOW)
    assert found.reason == "missing-header"
    assert "stripe-signature" in found.findings[0].sentence
    assert any("GitHub" in finding.sentence for finding in found.findings)


PUBLIC = "https://hooks.example.com"


@pytest.mark.parametrize(
    ("theirs", "target"),
    [
        ("http://hooks.example.com", b"/hooks/shop?a=1"),
        ("https://hooks.example.com:8443", b"/hooks/shop?a=1"),
        ("https://hooks.example.com/deskbell", b"/hooks/shop?a=1"),
        ("https://hooks.example.com", b"/hooks/shop/?a=1"),
        ("https://other.example.com", b"/hooks/shop?a=1"),
    ],
)
def test_the_wrong_address_is_named(theirs: str, target: bytes) -> None:
    """The scheme, the port, a prefix, a slash or the host: what the provider has is told."""
    signer = source("hubspot-v3", public_url=theirs)
    body = b'[{"eventId": 1, "subscriptionType": "a"}]'
    request = delivery_of(signer, body, target)
    lines = [*request.headers, (b"host", b"other.example.com"), (b"x-forwarded-prefix", b"/deskbell")]
    arrived = msgspec.structs.replace(request, target=b"/hooks/shop?a=1", headers=lines)
    found = diagnose(arrived, source("hubspot-v3", public_url=PUBLIC), NOW)
    assert codes(found) == ["wrong-url"]
    assert f"{theirs}{target.partition(b'?')[0].decode()}," in found.findings[0].sentence


def delivery_of(signer: Prepared, body: bytes, target: bytes) -> Delivery:
    """Return a request whose address is signed."""
    request = Unsigned(body=body, id="1", type="a", now=NOW, source=signer.source, target=target)
    lines = [(name.encode(), value.encode()) for name, value in signer.signed(request).headers.items()]
    return Delivery(source="shop", method="POST", target=target, headers=lines, body=body, received_at=NOW)


def refused(request: Delivery, *, whole: bool) -> Refusal:
    """Return a request as the journal keeps it."""
    kept = Request(
        source="shop",
        at=NOW,
        peer="",
        method="POST",
        target=request.target,
        headers=request.headers,
        body=request.body,
    )
    return describe(kept, reason="mismatch", detail="mismatch", whole=whole)


def test_a_kept_request_is_judged_again() -> None:
    """A refusal that was kept whole gets the same diagnosis as the request."""
    kept = refused(delivery(source(), BODY + b"\n", arrives=BODY), whole=True)
    assert codes(diagnose_refusal(kept, source())) == ["body-altered"]


def test_a_mended_source_is_told() -> None:
    """A request that was refused and would now be accepted says so."""
    found = diagnose_refusal(refused(delivery(source()), whole=True), source())
    assert found.accepted
    assert "now it is accepted" in found.summary


def test_a_shape_gets_what_can_be_said() -> None:
    """If only the shape was kept, the reason is explained, and how to keep more."""
    found = diagnose_refusal(refused(delivery(source()), whole=False), source())
    assert codes(found) == ["mismatch", "not-kept"]
    assert "keep_refused" in found.findings[-1].advice
