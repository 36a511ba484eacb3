"""What a scheme signs, it verifies; and nothing else."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.pipeline import Binds
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import judge

NOW = 1_760_000_000.0

RECIPE = {"header": "X-Signature", "id": "body:id", "type": "body:type"}
TIMED = RECIPE | {"timestamp_header": "X-Time", "prefix": "v0="}


def _source(provider: str, secret: str = "whsec_c2VjcmV0", **recipe: str) -> Prepared:
    return check_source(Source(name="shop", provider=provider, secrets=(Secret(secret),), recipe=recipe))


SOURCES = {
    "github": _source("github"),
    "stripe": _source("stripe"),
    "standard-webhooks": _source("standard-webhooks"),
    "svix": _source("svix"),
    "plain": _source("generic-hmac", **RECIPE),
    "base64": _source("generic-hmac", **RECIPE, encoding="base64", algorithm="sha384"),
    "base64url": _source("generic-hmac", **RECIPE, encoding="base64url", algorithm="sha512"),
    "padded": _source("generic-hmac", **RECIPE, encoding="base64url-padded"),
    "timed": _source("generic-hmac", **TIMED),
    "slack-like": _source("generic-hmac", **TIMED, signed="v0:{timestamp}:{body}"),
    "milliseconds": _source("generic-hmac", **TIMED, timestamp_unit="ms", signed="{body}|{timestamp}"),
    "signed id": _source("generic-hmac", **(TIMED | {"id": "header:X-Id"}), signed="{id}.{timestamp}.{body}"),
    "trusting": _source(
        "generic-hmac",
        **(RECIPE | {"id": "header:X-Id", "type": "header:X-Type"}),
        trust_unsigned_headers="true",
    ),
}

secrets = st.binary(min_size=1, max_size=100).map(lambda key: f"whsec_{base64.b64encode(key).decode()}")
sources = st.sampled_from(sorted(SOURCES))
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)


def _deliver(body: bytes, headers: dict[str, str]) -> Delivery:
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Delivery(source="shop", method="POST", headers=lines, body=body, received_at=NOW)


def _signed(name: str, body: bytes, event_id: str = "evt-1") -> dict[str, str]:
    return SOURCES[name].sign(body=body, now=NOW, event_id=event_id, event_type="issues.opened")


def _takes(name: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        judge(_deliver(body, headers), SOURCES[name], NOW)
    except BadSignature:
        return False
    return True


@given(sources, st.binary(max_size=200), ids)
def test_signed_is_taken(name: str, body: bytes, event_id: str) -> None:
    """Any body and id that a scheme signs is proven."""
    assert _takes(name, body, _signed(name, body, event_id))


@given(sources, st.binary(max_size=200), st.binary(max_size=200))
def test_another_body_is_refused(name: str, body: bytes, other: bytes) -> None:
    """A signature is good for one body only."""
    assume(body != other)
    assert not _takes(name, other, _signed(name, body))


@given(sources, st.binary(min_size=1, max_size=200), st.data())
def test_one_bit_is_noticed(name: str, body: bytes, data: st.DataObject) -> None:
    """One flipped bit of the body is noticed."""
    place = data.draw(st.integers(0, len(body) * 8 - 1))
    altered = bytearray(body)
    altered[place // 8] ^= 1 << place % 8
    assert not _takes(name, bytes(altered), _signed(name, body))


@given(sources, st.data())
def test_altered_header_is_refused(name: str, data: st.DataObject) -> None:
    """One changed character in a header that proves something breaks the proof; it never breaks us."""
    headers = _signed(name, b"{}")
    form = SOURCES[name].wiring.scheme.form
    names = [key for key in headers if key.encode() in _proving(form)]
    key = data.draw(st.sampled_from(names))
    place = data.draw(st.integers(0, len(headers[key]) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != headers[key][place]))
    headers[key] = headers[key][:place] + other + headers[key][place + 1 :]
    assert not _takes(name, b"{}", headers)


def _proving(form: object) -> set[bytes]:
    names = (getattr(form, part, None) for part in ("header", "timestamp", "id"))
    return {name for name in names if name}


@given(sources, st.data())
def test_any_header_is_answered(name: str, data: st.DataObject) -> None:
    """Whatever stands in the headers, the answer is taken or refused, never another error."""
    headers = {key: data.draw(st.text(max_size=40)) for key in _signed(name, b"{}")}
    lines = [(key.encode(), value.encode("utf-8", "surrogatepass")) for key, value in headers.items()]
    delivery = Delivery(source="shop", method="POST", headers=lines, body=b"{}", received_at=NOW)
    with pytest.raises(BadSignature):
        judge(delivery, SOURCES[name], NOW)


@given(sources, secrets, secrets)
def test_another_secret_is_refused(name: str, one: str, other: str) -> None:
    """A request signed with another source's secret is refused."""
    assume(one != other)
    source = SOURCES[name].source
    signer, stranger = (_source(source.provider, secret, **source.recipe) for secret in (one, other))
    headers = signer.sign(body=b"{}", now=NOW, event_id="evt-1", event_type="a")
    with pytest.raises(BadSignature, match="mismatch"):
        judge(_deliver(b"{}", headers), stranger, NOW)


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_bound(name: str) -> None:
    """A proof says what it covers: the time and the id only where they are signed."""
    proof = judge(_deliver(b"{}", _signed(name, b"{}")), SOURCES[name], NOW).proof
    timed = name not in {"github", "plain", "base64", "base64url", "padded", "trusting"}
    named = name in {"standard-webhooks", "svix", "signed id"}
    assert (Binds.BODY in proof.binds, Binds.TIME in proof.binds, Binds.ID in proof.binds) == (
        True,
        timed,
        named,
    )
