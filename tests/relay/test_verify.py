"""From a delivery to an event, or to a refusal."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import BadSignature
from relay.event import QUARANTINED, Delivery, Event
from relay.schemes.place import MAX_LENGTH
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import judge, verify

NOW = 1_760_000_000.0


def _source(provider: str, **recipe: str) -> Prepared:
    secrets = (Secret("whsec_c2VjcmV0"),)
    return check_source(Source(name="shop", provider=provider, secrets=secrets, recipe=recipe))


STRIPE = _source("stripe")
GITHUB = _source("github")
NESTED = _source("generic-hmac", header="X-Signature", id="body:items.0.id", type="body:meta.kind")


def _delivery(source: Prepared, body: bytes, **headers: str) -> Delivery:
    signed = source.sign(body=body, now=NOW, event_id="guid-1", event_type="issues.opened")
    lines = [(name.encode(), value.encode()) for name, value in (signed | headers).items()]
    return Delivery(source="shop", method="POST", headers=lines, body=body, received_at=NOW + 1)


def _event(source: Prepared, body: bytes, **headers: str) -> Event:
    (event,) = verify(_delivery(source, body, **headers), source, NOW)
    return event


def test_event() -> None:
    """An event has the source's name, the sender's id and type, the time of arrival and the exact body."""
    body = b'{ "type": "invoice.paid",\n "id": "evt_1" }'
    assert _event(STRIPE, body) == Event(
        source="shop", provider="stripe", id="evt_1", type="invoice.paid", time=NOW + 1, data=body
    )


@pytest.mark.parametrize(
    ("body", "event_type"),
    [
        (b'{"action": "opened"}', "issues.opened"),
        (b"{}", "issues"),
        (b'{"action": null}', "issues"),
        (b'{"action": ""}', "issues"),
    ],
)
def test_github_type(body: bytes, event_type: str) -> None:
    """GitHub's type is the event's name, and the action if there is one; its id is in a header."""
    event = _event(GITHUB, body)
    assert (event.id, event.type) == ("guid-1", event_type)


def test_nested_places() -> None:
    """A recipe's id and type may stand inside objects and lists; a number is as good as text."""
    event = _event(NESTED, b'{"items": [{"id": 4711}], "meta": {"kind": "parcel.delivered"}}')
    assert (event.id, event.type) == ("4711", "parcel.delivered")


UNUSABLE: dict[str, tuple[Prepared, bytes, str]] = {
    "not JSON": (STRIPE, b"payment failed", "malformed"),
    "not UTF-8": (STRIPE, b'{"id": "\xff"}', "not UTF-8"),
    "no id": (STRIPE, b'{"type": "a"}', "no id"),
    "no type": (STRIPE, b'{"id": "1"}', "no type"),
    "empty id": (STRIPE, b'{"id": "", "type": "a"}', "no id"),
    "id is null": (STRIPE, b'{"id": null, "type": "a"}', "no id"),
    "id is an object": (STRIPE, b'{"id": {}, "type": "a"}', "neither text"),
    "id is true": (STRIPE, b'{"id": true, "type": "a"}', "neither text"),
    "id is a fraction": (STRIPE, b'{"id": 1.5, "type": "a"}', "neither text"),
    "id too long": (STRIPE, b'{"id": "%s", "type": "a"}' % (b"x" * (MAX_LENGTH + 1)), "201 characters"),
    "type too long": (STRIPE, b'{"id": "1", "type": "%s"}' % (b"x" * (MAX_LENGTH + 1)), "201 characters"),
    "line break in the id": (STRIPE, b'{"id": "1\\n2", "type": "a"}', "control"),
    "nul in the id": (STRIPE, b'{"id": "\\u0000", "type": "a"}', "control"),
    "reversed text in the type": (STRIPE, '{"id": "1", "type": "a\u202eb"}'.encode(), "control"),
    "one of our types": (STRIPE, b'{"id": "1", "type": "deskbell.quarantined"}', "the relay's own"),
    "a list": (STRIPE, b"[]", "no id"),
    "a number": (STRIPE, b"1", "no id"),
    "list too short": (NESTED, b'{"items": [], "meta": {"kind": "a"}}', "no id"),
    "action too long": (GITHUB, b'{"action": "%s"}' % (b"x" * MAX_LENGTH), "207 characters"),
    "action is a list": (GITHUB, b'{"action": []}', "neither text"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_quarantine(case: str) -> None:
    """A genuine delivery that can't be used is kept whole, under a name made from its body, with the reason."""
    source, body, words = UNUSABLE[case]
    event = _event(source, body)
    assert event.type == QUARANTINED
    assert event.id == f"quarantine:{hashlib.sha256(body).hexdigest()}"
    assert event.data == body
    assert words in (event.problem or "")


@pytest.mark.parametrize("value", ["", "é", "a\tb"])
def test_bad_id_header(value: str) -> None:
    """An id header that can't be used puts the delivery into quarantine, too."""
    assert _event(GITHUB, b"{}", **{"x-github-delivery": value}).type == QUARANTINED


def test_repeated_id_header() -> None:
    """Two id headers leave open which one is meant."""
    delivery = _delivery(GITHUB, b"{}")
    twice = Delivery(
        source="shop",
        method="POST",
        headers=[*delivery.headers, (b"x-github-delivery", b"guid-2")],
        body=b"{}",
        received_at=NOW,
    )
    assert [event.type for event in verify(twice, GITHUB, NOW)] == [QUARANTINED]


def test_id_at_the_limit() -> None:
    """An id of 200 characters is still good."""
    name = "x" * MAX_LENGTH
    assert _event(STRIPE, b'{"id": "%s", "type": "a"}' % name.encode()).id == name


@pytest.mark.parametrize("case", UNUSABLE)
def test_unsigned_is_never_quarantined(case: str) -> None:
    """Only what is proven is kept: the same bodies without a good signature are refused."""
    source, body, _ = UNUSABLE[case]
    with pytest.raises(BadSignature):
        verify(_delivery(source, body + b" "), _other(source), NOW)


def _other(source: Prepared) -> Prepared:
    """Return the same source with another secret."""
    record: dict[str, Any] = {"provider": source.source.provider, "recipe": source.source.recipe}
    return check_source(Source(name="shop", secrets=(Secret("whsec_YW5vdGhlcg=="),), **record))


def test_judgement_says_what_is_proven() -> None:
    """The verdict tells which secret matched and what the signature covers, without making an event."""
    verdict = judge(_delivery(STRIPE, b'{"id": "1", "type": "a"}'), STRIPE, NOW)
    (event,) = verdict.events
    assert (event.id, event.type, event.problem, verdict.proof.key) == ("1", "a", None, 0)


@given(st.binary(max_size=200))
def test_any_signed_body_becomes_an_event(body: bytes) -> None:
    """Whatever a sender signs becomes an event, readable or in quarantine."""
    event = _event(STRIPE, body)
    assert event.data == body
    assert (event.type == QUARANTINED) == (event.problem is not None)
