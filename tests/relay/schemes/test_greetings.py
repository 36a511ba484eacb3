"""Requests that check our URL: answered as the provider asks, never a way to anything else."""

import base64
import hmac
from typing import Any

import msgspec
import pytest

from relay.conformance import judge_row
from relay.errors import BadSignature, MethodNotAllowed
from relay.event import Delivery
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import Taken, ack, take

NOW = 1_760_000_000.0
SECRET = "deadbeefDEADBEEF"


def _source(name: str, **options: str) -> Prepared:
    return check_source(Source(name="shop", provider=name, secrets=(Secret(SECRET),), options=options))


def _take(source: Prepared, method: str = "GET", query: str = "", body: bytes = b"", **headers: Any) -> Taken:
    lines = [
        (name.replace("_", "-").encode(), value.encode())
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    delivery = Delivery(
        source="shop",
        method=method,
        target=f"/hooks/shop?{query}".encode(),
        headers=lines,
        body=body,
        received_at=NOW,
    )
    return take(delivery, source, NOW)


META = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock"


@pytest.mark.parametrize("name", ["meta", "whatsapp", "messenger"])
def test_meta(name: str) -> None:
    """The challenge goes back as text if the source's own word came with it."""
    taken = _take(_source(name, verify_token="meatyhamhock"), query=META)
    assert taken.verdict is None
    assert taken.reply is not None
    assert (taken.reply.status, taken.reply.body) == (200, b"1158201444")


@pytest.mark.parametrize(
    "query",
    [
        META.replace("meaty", "other"),
        META.replace("&hub.verify_token=meatyhamhock", ""),
        META + "&hub.verify_token=meatyhamhock",
        META + "&hub.challenge=2",
        META.replace("subscribe", "unsubscribe"),
        META.replace("1158201444", "%3Cscript%3E"),
        META.replace("1158201444", ""),
        META.replace("meaty", "%C3%A9"),
        META.replace("meaty", "%FF"),
        "",
    ],
)
def test_s18_meta_refuses(query: str) -> None:
    """Another word, none, two of them, or a challenge that is no token is refused, with 403."""
    source = _source("meta", verify_token="meatyhamhock")
    with pytest.raises(BadSignature):
        _take(source, query=query)
    refused = ack(source, "refused")
    assert refused is not None
    assert refused.status == 403


def test_meta_without_a_word() -> None:
    """A source that has no word answers none, not even an empty one."""
    with pytest.raises(BadSignature):
        _take(_source("meta"), query="hub.mode=subscribe&hub.challenge=1&hub.verify_token=")


def test_dropbox() -> None:
    """The challenge goes back as text that no browser takes for anything else."""
    reply = _take(_source("dropbox"), query="challenge=abc123").reply
    assert reply is not None
    assert (reply.status, reply.body) == (200, b"abc123")
    assert reply.content_type.startswith("text/plain")
    assert ("x-content-type-options", "nosniff") in reply.headers
    with pytest.raises(MethodNotAllowed):
        _take(_source("dropbox"))


def test_asana() -> None:
    """The secret goes back in its header, but is not taken for ours: it proves nothing afterwards."""
    source = _source("asana")
    reply = _take(source, "POST", body=b"{}", x_hook_secret="b537207f20cb").reply
    assert reply is not None
    assert (reply.status, reply.body, reply.headers) == (200, b"", (("x-hook-secret", "b537207f20cb"),))
    for secret in (["a", "a"], "a b", "a\r\nx: y", "é", ""):
        with pytest.raises(BadSignature):
            _take(source, "POST", body=b"{}", x_hook_secret=secret)
    signature = hmac.digest(b"b537207f20cb", b"{}", "sha256").hex()
    with pytest.raises(BadSignature, match="mismatch"):
        _take(source, "POST", body=b"{}", x_hook_signature=signature)
    with pytest.raises(BadSignature, match="mismatch"):
        _take(source, "POST", body=b"{}", x_hook_signature=signature, x_hook_secret="b537207f20cb")


def test_woocommerce_ping() -> None:
    """The unsigned ping is answered and stored nowhere; anything else has to be signed."""
    source = _source("woocommerce")
    assert _take(source, "POST", body=b"webhook_id=17").verdict is None
    for body in (b"webhook_id=17&a=1", b"webhook_id=", b'{"webhook_id": 17}', b""):
        with pytest.raises(BadSignature, match="missing-header"):
            _take(source, "POST", body=body)
    with pytest.raises(BadSignature, match="mismatch"):
        _take(source, "POST", body=b"webhook_id=17", x_wc_webhook_signature="AAAA")


def test_front_challenge() -> None:
    """Front's challenge is answered only to a signed request of the type sync."""
    source = _source("front-app")
    for kind, answered in (("sync", True), ("inbound_received", False)):
        body = b'{"type": "%s", "payload": {"id": "evt_1"}}' % kind.encode()
        signed = source.sign(body=body, now=NOW, event_id="", event_type="")
        headers = {name.replace("-", "_"): value for name, value in signed.items()}
        taken = _take(source, "POST", body=body, **headers, x_front_challenge="c1")
        assert (taken.reply is not None) == answered
        if taken.reply is not None:
            assert msgspec.json.decode(taken.reply.body) == {"challenge": "c1"}
        with pytest.raises(BadSignature):
            _take(source, "POST", body=body + b" ", **headers, x_front_challenge="c1")


def test_teams_is_answered_in_the_channel() -> None:
    """Teams shows the answer to whoever wrote the message, so there has to be one."""
    reply = ack(_source("microsoft-teams"), "stored")
    assert reply is not None
    assert msgspec.json.decode(reply.body)["type"] == "message"


def test_xero_intent_to_receive() -> None:
    """Xero's check has no events: a good signature is genuine, a bad one is refused with 401 and no body."""
    source = _source("xero")
    body = b'{"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": "S0m3"}'
    good = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    verdict = _take(source, "POST", body=body, x_xero_signature=good).verdict
    assert verdict is not None
    assert verdict.events == ()
    with pytest.raises(BadSignature):
        _take(source, "POST", body=body, x_xero_signature="AAAA")
    stored, refused = ack(source, "stored"), ack(source, "refused")
    assert stored is not None
    assert refused is not None
    assert (stored.status, stored.body, refused.status, refused.body) == (200, b"", 401, b"")


def test_line_verification() -> None:
    """LINE's check has no events either, and is genuine."""
    body = b'{"destination": "U1", "events": []}'
    good = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    verdict = _take(_source("line"), "POST", body=body, x_line_signature=good).verdict
    assert verdict is not None
    assert verdict.events == ()


@pytest.mark.parametrize("provider", ["meta", "whatsapp", "messenger"])
def test_meta_in_files(provider: str) -> None:
    """In a file of recorded requests the secret of Meta's check is the word."""
    row = {
        "id": "1",
        "provider": provider,
        "scheme": "hs_meta",
        "kind": "handshake",
        "secret": "meatyhamhock",
        "method": "GET",
        "url": f"https://relay.example.test/hook?{META}",
        "expect": "valid",
        "expect_response": {"status": 200, "text": "1158201444"},
    }
    assert not judge_row(row).unmet
    assert judge_row(row | {"secret": "another"}).verdict == "invalid"
