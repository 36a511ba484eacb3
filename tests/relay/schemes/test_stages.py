"""Each stage of the pipeline by a provider that needs it: URLs, public keys, tokens, batches, handshakes."""

import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import BadSignature, ConfigError, MethodNotAllowed
from relay.event import QUARANTINED, Delivery
from relay.schemes.bodies import read_multipart, read_xml
from relay.schemes.document import Unreadable
from relay.schemes.fields import iso_seconds
from relay.schemes.keyring import KeyNeeded
from relay.schemes.pipeline import Binds, Unsigned, Window
from relay.schemes.place import Where, read_items
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import ack, judge, methods, take, verify

Prepare = Callable[..., Prepared]

NOW = 1_760_000_000.0
URL = "https://hooks.example.com"
TARGET = b"/hooks/shop?a=1&b=%20"


def _send(source: Prepared, body: bytes, key: Any = None, **changed: Any) -> Delivery:
    """Return a request as the provider would send it, with ``changed`` parts."""
    request = Unsigned(body=body, id="evt-1", type="a.b", now=NOW, source=source.source, target=TARGET)
    added = source.signed(request, key)
    lines = [(name.lower().encode(), value.encode()) for name, value in added.headers.items()]
    sent = Delivery(source="shop", method="POST", target=TARGET, headers=lines, body=body, received_at=NOW)
    return msgspec.structs.replace(sent, **changed)


@pytest.mark.parametrize("provider", ["twilio", "messagebird-jwt", "hubspot-v3"])
def test_url_is_signed(prepare: Prepare, provider: str) -> None:
    """A scheme that signs the URL takes the configured address and the query as received, and no other."""
    source = prepare(provider, "k" * 32, public_url=URL + "/")
    body = b"" if provider == "twilio" else b"[]"
    assert Binds.URL in judge(_send(source, body), source, NOW).proof.binds
    for other in (b"/hooks/shop", b"/hooks/shop?a=1&b=+", b"/other?a=1&b=%20"):
        with pytest.raises(BadSignature):
            judge(_send(source, body, target=other), source, NOW)


def test_url_is_needed(prepare: Prepare) -> None:
    """A scheme that signs the URL can't do without the configured address."""
    with pytest.raises(ConfigError) as caught:
        prepare("twilio", "token")
    assert caught.value.key == "sources.shop.public_url"


def test_host_header_is_not_looked_at(prepare: Prepare) -> None:
    """The Host header can't make another URL of it."""
    source = prepare("twilio", "token", public_url=URL)
    lie = _send(source, b"a=1")
    lie = msgspec.structs.replace(lie, headers=[*lie.headers, (b"host", b"evil.example.com")])
    assert judge(lie, source, NOW).events
    stranger = prepare("twilio", "token", public_url="https://evil.example.com")
    with pytest.raises(BadSignature, match="mismatch"):
        judge(_send(stranger, b"a=1"), source, NOW)


def test_public_key(prepare: Prepare) -> None:
    """A public-key signature is made with the private key, and proven with the public one."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    source = prepare("sendgrid", base64.b64encode(public).decode())
    body = b'[{"sg_event_id": "1", "event": "open"}, {"sg_event_id": "2", "event": "click"}]'
    events = verify(_send(source, body, private), source, NOW)
    assert [(event.id, event.type) for event in events] == [("1", "open"), ("2", "click")]
    assert msgspec.json.decode(events[1].data) == {"sg_event_id": "2", "event": "click"}
    with pytest.raises(BadSignature, match="mismatch"):
        verify(msgspec.structs.replace(_send(source, body, private), body=body + b" "), source, NOW)


@pytest.mark.parametrize(
    "body", [b'[{"eventId": 1, "subscriptionType": "a"}, {"eventId": 2}]', b"{}", b"[1]"]
)
def test_a_batch_is_all_or_nothing(prepare: Prepare, body: bytes) -> None:
    """One bad item puts the whole batch into quarantine, so that nothing of it is lost."""
    source = prepare("hubspot-v3", "key", public_url=URL)
    (event,) = verify(_send(source, body), source, NOW)
    assert (event.type, event.data) == (QUARANTINED, body)


def test_an_empty_batch(prepare: Prepare) -> None:
    """A batch without items is genuine and brings nothing."""
    source = prepare("hubspot-v3", "key", public_url=URL)
    assert verify(_send(source, b"[]"), source, NOW) == ()


def test_nested_batches() -> None:
    """Items of lists within lists are found by a star; what is no list is unreadable."""
    document = {"entry": [{"changes": [1, 2]}, {"changes": [3]}]}
    assert read_items(("entry", "*", "changes"), document) == [1, 2, 3]
    with pytest.raises(Unreadable):
        read_items(("entry", "*", "other"), document)


def test_form_as_data(prepare: Prepare) -> None:
    """What a form says reaches the playbooks as JSON."""
    source = prepare("twilio", "token", public_url=URL)
    sent = _send(source, b"CallSid=CA1&CallStatus=ringing&To=%2B49")
    sent = msgspec.structs.replace(
        sent, headers=[*sent.headers, (b"content-type", b"application/x-www-form-urlencoded; charset=utf-8")]
    )
    (event,) = verify(sent, source, NOW)
    assert (event.id, event.type) == ("CA1:ringing", "ringing")
    assert msgspec.json.decode(event.data) == {"CallSid": "CA1", "CallStatus": "ringing", "To": "+49"}


def test_token_equality(prepare: Prepare) -> None:
    """A static token proves who sends, and says so: not the body."""
    source = prepare("gitlab", "sampleToken!")
    assert judge(_send(source, b"{}"), source, NOW).proof.binds == Binds.SENDER
    other = prepare("gitlab", "sampleToken")
    with pytest.raises(BadSignature, match="mismatch"):
        judge(_send(other, b"{}"), source, NOW)


def test_fetched_key_is_asked_for() -> None:
    """A key that isn't at hand is asked for by address and id, instead of a refusal."""
    options = {"audience": "a", "email": "b@example.com"}
    source = check_source(Source(name="shop", provider="google-pubsub", secrets=(), options=options))
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k7"}').rstrip(b"=")
    lines = [(b"authorization", b"Bearer " + head + b".e30.c2ln")]
    delivery = Delivery(source="shop", method="POST", headers=lines, body=b"{}", received_at=NOW)
    with pytest.raises(KeyNeeded) as caught:
        judge(delivery, source, NOW)
    assert caught.value.request.kid == "k7"
    assert caught.value.request.url.startswith("https://www.googleapis.com/")


@pytest.mark.parametrize("options", [{}, {"audience": "a"}, {"audience": "a", "email": "b", "emial": "c"}])
def test_options_are_checked(options: dict[str, str]) -> None:
    """A missing or unknown option stops the start and is named."""
    with pytest.raises(ConfigError, match=r"options\.(em|audience)"):
        check_source(Source(name="shop", provider="google-pubsub", secrets=(), options=options))


def test_expired_secret(prepare: Prepare) -> None:
    """From its end on a secret proves nothing, and the others keep their numbers."""
    secrets = (Secret("old", until=NOW), Secret("new"))
    source = check_source(Source(name="shop", provider="github", secrets=secrets))
    for secret, index in (("old", 0), ("new", 1)):
        sent = _send(prepare("github", secret), b"{}")
        assert judge(sent, source, NOW - 1).proof.key == index
        if index:
            assert judge(sent, source, NOW).proof.key == index
        else:
            with pytest.raises(BadSignature):
                judge(sent, source, NOW)


def test_window(prepare: Prepare) -> None:
    """The window is the provider's, or else what the source says, both ways."""
    assert prepare("stripe", "key").window == Window(old=300, ahead=300)
    assert prepare("stripe", "key", tolerance_seconds=5).window == Window(old=5, ahead=5)


def test_signed_handshake(prepare: Prepare) -> None:
    """A challenge that is signed is verified first; then it is answered, and nothing else is."""
    source = prepare("slack", "key")
    body = b'{"type": "url_verification", "challenge": "c1"}'
    reply = take(_send(source, body), source, NOW).reply
    assert reply is not None
    assert msgspec.json.decode(reply.body) == {"challenge": "c1"}
    with pytest.raises(BadSignature):
        take(_send(source, body, headers=_send(source, b"{}").headers), source, NOW)
    assert take(_send(source, b"{}"), source, NOW).reply is None


@pytest.mark.parametrize("token", ["", "a" * 257, '{"id":1}', "a b", "a%00b"])
def test_no_signing_oracle(prepare: Prepare, token: str) -> None:
    """A challenge that could be an event is refused, since the answer would sign it."""
    source = prepare("x-twitter", "key")
    target = b"/hooks/shop?crc_token=" + token.encode()
    with pytest.raises(BadSignature, match="not-a-challenge"):
        take(_send(source, b"", method="GET", target=target, headers=[]), source, NOW)


def test_methods(prepare: Prepare) -> None:
    """A method that only brings handshakes brings no events."""
    source = prepare("x-twitter", "key")
    assert methods(source) == ("POST", "GET")
    with pytest.raises(MethodNotAllowed):
        take(_send(source, b"{}", method="GET"), source, NOW)


def test_ack(prepare: Prepare) -> None:
    """A provider's own answers are data; the others have none."""
    refused = ack(prepare("xero", "key"), "refused")
    assert refused is not None
    assert (refused.status, refused.body) == (401, b"")
    assert ack(prepare("stripe", "key"), "stored") is None


XML_BAD = [
    b"", b"<a>", b"<!DOCTYPE a><a/>", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "http://example.com/a"><a/>', b"<a>" * 200 + b"</a>" * 200, b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("body", XML_BAD)
def test_hostile_xml(deliver: Callable[..., Delivery], body: bytes) -> None:
    """XML with a document type or too deep is unreadable."""
    with pytest.raises(Unreadable):
        read_xml(deliver(body, {}))


def test_xml(deliver: Callable[..., Delivery]) -> None:
    """XML is read as objects and lists, names without their namespace."""
    body = b'<s:E xmlns:s="urn:x"><s:I>1</s:I><s:I>2</s:I><N><Id> 7 </Id></N></s:E>'
    assert read_xml(deliver(body, {})) == {"E": {"I": ["1", "2"], "N": {"Id": "7"}}}


def test_multipart(deliver: Callable[..., Delivery]) -> None:
    """Text fields of a multipart form are read; files are left out."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\nfile\r\n--x--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert read_multipart(deliver(body, headers)) == {"a": "1"}
    with pytest.raises(Unreadable):
        read_multipart(deliver(b"a=1", headers))


@given(st.binary(max_size=80), st.text(st.characters(codec="ascii"), max_size=30))
def test_any_multipart_is_answered(body: bytes, kind: str) -> None:
    """Whatever a body is, it is read or named unreadable."""
    lines = [(b"content-type", b"multipart/form-data; boundary=" + kind.encode())]
    delivery = Delivery(source="shop", method="POST", headers=lines, body=b"--" + body, received_at=0)
    for read in (read_multipart, read_xml):
        try:
            read(delivery)
        except Unreadable:
            continue


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:10Z", 10.0),
        ("1970-01-01T01:00:00.5+01:00", 0.5),
        ("1970-01-01T00:00:00.123456789Z", 0.123456789),
    ],
)
def test_iso_times(text: str, seconds: float) -> None:
    """RFC 3339 times are read with their zone and their fraction."""
    assert iso_seconds(text.encode()) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "1970-13-01T00:00:00Z", "1970-01-01", "1970-01-01T00:00:00", "0000-00-00T00:00:00Z"]
)
def test_no_iso_times(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(BadSignature, match="malformed-time"):
        iso_seconds(text.encode())


def test_where(deliver: Callable[..., Delivery]) -> None:
    """Places have alternatives, several parts, and parts that may lack."""
    delivery = deliver(b"", {"X-Id": "7"}, 1.5)
    document = {"a": "1", "b": ""}
    for text, found in (
        ("body:c|body:a", "1"), ("body:b|header:X-Id", "7"), ("body:a + body:c?", "1"), ("body:a + header:X-Id", "1:7"),
        ("text:w", "w"), ("arrival", "1.500000-e3b0c44298fc1c14"),
    ):  # fmt: skip
        assert Where.parse(text, ":").read("id", delivery, document) == found
    with pytest.raises(Unreadable):
        Where.parse("body:a + body:b", ":").read("id", delivery, document)


HEADERS = [
    b'{"alg":"none"}', b'{"alg":"RS256"}', b'{"alg":["HS256"]}', b"[]", b"{", b'{"alg":"HS256","crit":["exp"]}',
    b'{"alg":"HS256","b64":false,"crit":["b64"]}', b"{}",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADERS)
def test_hostile_tokens(prepare: Prepare, head: bytes) -> None:
    """A token chooses neither its algorithm nor an extension."""
    source = prepare("messagebird-jwt", "k" * 32, public_url=URL)
    good = dict(_send(source, b"{}").headers)[b"messagebird-signature-jwt"]
    _, payload, signature = good.split(b".")
    forged = b".".join([base64.urlsafe_b64encode(head).rstrip(b"="), payload, signature])
    with pytest.raises(BadSignature):
        judge(_send(source, b"{}", headers=[(b"messagebird-signature-jwt", forged)]), source, NOW)
