"""Providers whose proof is no plain HMAC in a header: what they sign is taken, and nothing else."""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from relay.errors import BadSignature
from relay.event import QUARANTINED, Delivery
from relay.schemes.keyring import KeyNeeded, KeyRequest
from relay.schemes.pipeline import Binds, Unsigned
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import judge

NOW = 1_760_000_000.0
URL = "https://hooks.example.com"
TARGET = b"/hooks/shop?b=2&a=%C3%A9"

ED25519 = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
P256 = ec.derive_private_key(7**60, ec.SECP256R1())
JWK = ECKey.import_key({**ECKey.import_key(P256.public_key()).as_dict(private=False), "kid": "k1"})


@cache
def rsa_private() -> rsa.RSAPrivateKey:
    """Return a key for all tests of a process; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private: Any) -> str:
    """Return the public key of a private one in PEM."""
    return str(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


@cache
def certificate() -> bytes:
    """Return a certificate of the RSA key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "verification.paypal.com")])
    start = dt.datetime.fromtimestamp(NOW, dt.UTC)
    made = x509.CertificateBuilder(name, name, rsa_private().public_key(), 7, start, start + dt.timedelta(9))
    return made.sign(rsa_private(), hashes.SHA256()).public_bytes(Encoding.PEM)


@cache
def key_set() -> bytes:
    """Return a key set with the RSA key, under the name that the signers give."""
    key = RSAKey.import_key(pem(rsa_private())).as_dict(private=False)
    return msgspec.json.encode({"keys": [{**key, "kid": "k1"}]})


class Ring:
    """A ring with a certificate for each provider that has one, and a key set for the others."""

    certificates = (
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://api.paypal.com/v1/notifications/certs/CERT-0",
    )
    sets = (
        "https://api.shipengine.com/jwks",
        "https://developer.constantcontact.com/.well-known/jwks.json",
        "https://a.kinde.com/.well-known/jwks",
    )

    def find(self, request: KeyRequest) -> bytes | None:
        if request.url in self.certificates:
            return certificate()
        return key_set() if request.url in self.sets else None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a provider, before it is signed, and what has to become of it."""

    provider: str
    body: bytes
    found: tuple[tuple[str, str], ...]
    secret: str = "a secret of theirs, long enough"
    options: Mapping[str, str] = {}
    method: str = "POST"
    content: str = "application/json"


WECOM = json.dumps({"token": "t", "encoding_aes_key": "A" * 43, "receive_id": "corp"})
BRAINTREE = json.dumps({"public_key": "pk", "private_key": "sk"})
FORM = "application/x-www-form-urlencoded"
ITEM = (
    '{"NotificationRequestItem":{"pspReference":"%s","merchantReference":"a:b\\\\c",'
    '"amount":{"value":1,"currency":"EUR"},"eventCode":"REFUND","success":"true"}}'
)
XML = b"<notification><kind>dispute_opened</kind><timestamp>T</timestamp><subject><dispute><id>d1</id></dispute></subject></notification>"
HTTP = b'{"data":{"id":"e1","attributes":{"event":"license.created"}}}'

CASES = {
    case.provider if case.content == "application/json" or case.provider != "twilio" else "twilio form": case
    for case in (
        Case(provider="twilio", body=b"CallSid=CA1&CallStatus=busy&B=2&B=1", content=FORM, found=(("CA1:busy", "busy"),)),
        Case(provider="twilio", body=b'{"CallSid":"CA1","EventType":"x"}', found=(("CA1", "x"),)),
        Case(provider="mandrill", body=b"mandrill_events=%5B%7B%22_id%22%3A%22m1%22%2C%22event%22%3A%22open%22%2C%22ts%22%3A7%7D%5D", content=FORM, found=(("m1:open:7", "open"),)),
        Case(provider="square", body=b'{"event_id":"e1","type":"payment.created"}', found=(("e1", "payment.created"),)),
        Case(provider="trello", body=b'{"action":{"id":"a1","type":"updateCard"}}', found=(("a1", "updateCard"),)),
        Case(provider="hubspot-v1", body=b'[{"eventId":1,"subscriptionType":"c"}]', found=(("1", "c"),)),
        Case(provider="hubspot-v2", body=b'{"eventId":"e","subscriptionType":"c"}', found=(("e", "c"),)),
        Case(provider="plivo-v2", body=b"MessageUUID=m1&Status=sent", content=FORM, found=(("m1:sent", "sent"),)),
        Case(provider="plivo-v3", body=b"CallUUID=c1&CallStatus=busy&N=%C3%A9", content=FORM, found=(("c1:busy", "busy"),)),
        Case(provider="vonage-sig", body=b'{"messageId":"m1","status":"a&b","n":7}', found=(("m1:a&b", "a&b"),)),
        Case(provider="vonage-jwt", body=b'{"message_uuid":"m1","status":"read"}', found=(("m1:read", "read"),)),
        Case(provider="messagebird-legacy", body=b'{"id":"m1","type":"x"}', found=(("m1", "x"),)),
        Case(provider="contentful", body=b'{"sys":{"id":"1"}}', found=(("evt-1", "a.b"),)),
        Case(provider="keygen", body=HTTP, secret=ED25519.public_key().public_bytes_raw().hex(), found=(("e1", "license.created"),)),
        Case(provider="wecom", body=b"<xml><MsgType>event</MsgType><Event>click</Event><MsgId>7</MsgId></xml>", secret=WECOM, found=(("7", "event.click"),)),
        Case(provider="wechat", body=b"<xml><MsgType>text</MsgType><MsgId>7</MsgId><FromUserName>u</FromUserName></xml>", secret=WECOM, found=(("7:u", "text"),)),
        Case(provider="ebay", body=b'{"metadata":{"topic":"T"},"notification":{"notificationId":"n1"}}', secret=json.dumps({"verification_token": "v", "public_keys": {"k1": pem(P256).replace("\n", "")}}), found=(("n1", "T"),)),
        Case(provider="adyen", body=f'{{"notificationItems":[{ITEM % "p1"},{ITEM % "p2"}]}}'.encode(), secret="00ff" * 16, found=(("p1:REFUND:true", "REFUND"), ("p2:REFUND:true", "REFUND"))),
        Case(provider="mailgun", body=b'{"event-data":{"event":"opened"}}', found=(("evt-1", "opened"),)),
        Case(provider="braintree", body=XML, secret=BRAINTREE, content=FORM, found=(("dispute_opened:T:d1", "dispute_opened"),)),
        Case(provider="aws-sns", body=b"Hello", options={"topic": "arn:aws:sns:eu-central-1:1:t"}, found=(("evt-1", "Notification"),)),
        Case(provider="unisender-go", body=b'{"events_by_user":[{"events":[{"event_name":"e","event_data":{"job_id":"j","status":"sent"}}]}]}', found=(("j:sent", "e.sent"),)),
        Case(provider="aircall", body=b'{"event":"call.ended","timestamp":7,"data":{"id":3}}', found=(("call.ended:3:7", "call.ended"),)),
        Case(provider="zoho-crm", body=b'{"channel_id":"c","operation":"insert","module":"Leads","server_time":7,"ids":["9"]}', found=(("c:insert:7:9", "Leads.insert"),)),
        Case(provider="microsoft-graph", body=b'{"value":[{"id":"n1","subscriptionId":"s","changeType":"created","resource":"r"}]}', found=(("n1:s:created:r", "created"),)),
        Case(provider="livechat", body=b'{"action":"incoming_event","payload":{"event":{"id":"e1"}}}', found=(("e1", "incoming_event"),)),
        Case(provider="dialpad", body=b'{"call_id":7,"state":"ringing","event_timestamp":9}', found=(("7:ringing:9", "ringing"),)),
        Case(provider="sendgrid", body=b'[{"sg_event_id":"e1","event":"open"}]\r\n', secret=pem(P256), found=(("e1", "open"),)),
        Case(provider="discord", body=b'{"id":"i1","type":2,"data":{"name":"n"}}', secret=pem(ED25519), found=(("i1", "n"),)),
        Case(provider="telnyx", body=b'{"data":{"id":"e1","event_type":"call.hangup"}}', secret=base64.b64encode(ED25519.public_key().public_bytes_raw()).decode(), found=(("e1", "call.hangup"),)),
        Case(provider="paypal", body=b'{"id":"WH","event_type":"X"}', options={"webhook_id": "w"}, found=(("WH", "X"),)),
        Case(provider="wise", body=b'{"event_type":"x"}', secret="RSA", found=(("evt-1", "x"),)),
        Case(provider="shipstation", body=b'{"resource_type":"API_TRACK"}', found=(("*", "API_TRACK"),)),
        Case(provider="constant-contact", body=b'{"event_type":"x"}', found=(("*", "x"),)),
        Case(provider="plaid", body=b'{"webhook_type":"ITEM","webhook_code":"E"}', secret=json.dumps(JWK.as_dict(private=False)), found=(("*", "ITEM.E"),)),
        Case(provider="jira-connect", body=b'{"webhookEvent":"issue"}', found=(("evt-1", "issue"),)),
        Case(provider="monday", body=b'{"event":{"type":"x","triggerUuid":"u"}}', found=(("u", "x"),)),
        Case(provider="gohighlevel", body=b'{"webhookId":"w","type":"T"}', secret=pem(ED25519), found=(("w", "T"),)),
        Case(provider="kinde", body=b'{"event_id":"e1","type":"user.created"}', options={"domain": "a.kinde.com"}, found=(("e1", "user.created"),)),
    )
}  # fmt: skip

PRIVATE: dict[str, Any] = {
    "keygen": ED25519, "discord": ED25519, "telnyx": ED25519, "gohighlevel": ED25519, "ebay": P256, "sendgrid": P256,
}  # fmt: skip
BY_RSA = {"aws-sns", "paypal", "wise", "shipstation", "constant-contact"}
SECRETLESS = {"aws-sns", "paypal", "shipstation", "constant-contact", "kinde"}


@cache
def prepared(name: str) -> Prepared:
    """Return the source of a case."""
    case = CASES[name]
    secret = pem(rsa_private()) if case.secret == "RSA" else case.secret
    secrets = () if name in SECRETLESS else (Secret(secret),)
    return check_source(
        Source(name="shop", provider=case.provider, secrets=secrets, options=case.options, public_url=URL)
    )


@cache
def sent(name: str) -> Delivery:
    """Return the request of a case as its provider would send it."""
    case, source = CASES[name], prepared(name)
    request = Unsigned(
        body=case.body,
        id="evt-1",
        type="a.b",
        now=NOW,
        source=source.source,
        method=case.method,
        target=TARGET,
    )
    added = source.signed(request, _private(name))
    headers = {"content-type": case.content, **added.headers}
    lines = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    return Delivery(
        source="shop",
        method=case.method,
        target=added.target or TARGET,
        headers=lines,
        body=case.body if added.body is None else added.body,
        received_at=NOW,
    )


def _private(name: str) -> Any:
    """Return what a provider signs with; two providers' tokens name their key."""
    if name == "plaid":
        return ECKey.import_key(P256, {"kid": "k1"})
    if name == "kinde":
        return RSAKey.import_key(rsa_private(), {"kid": "k1"})
    return rsa_private() if name in BY_RSA else PRIVATE.get(name)


def taken(name: str, delivery: Delivery, now: float = NOW) -> bool:
    """Say whether a request is proven; nothing but our own refusals may be raised."""
    try:
        judge(delivery, prepared(name), now, Ring())
    except (BadSignature, KeyNeeded):
        return False
    return True


@pytest.mark.parametrize("name", CASES)
def test_signed_is_taken(name: str) -> None:
    """What the provider signs is proven, and brings the events that it means."""
    events = judge(sent(name), prepared(name), NOW, Ring()).events
    wanted = CASES[name].found
    assert QUARANTINED not in {event.type for event in events}
    found = [("*" if wanted[0][0] == "*" else event.id, event.type) for event in events]
    assert found == list(wanted)


def _unproven(name: str) -> set[bytes]:
    """Return the headers that no provider of these signs."""
    wiring = prepared(name).wiring
    places = [
        place.header for where in (wiring.id, wiring.type) for part in where.parts for place in part.places
    ]
    return {header for header in places if header} | {b"content-type", b"x-amz-sns-message-type"} - {
        b"paypal-transmission-id"
    }


@pytest.mark.parametrize("name", CASES)
def test_altered_headers_are_refused(name: str) -> None:
    """One changed character anywhere in what proves a request breaks the proof."""
    delivery = sent(name)
    for index, (header, value) in enumerate(delivery.headers):
        start = value.find(b'keyid="') + 7  # names a key, and is not signed
        for place in range(len(value)):
            if header in _unproven(name) or (start > 6 and place == start):
                continue
            changed = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
            headers = [*delivery.headers]
            headers[index] = (header, changed)
            assert not taken(name, msgspec.structs.replace(delivery, headers=headers)), (header, place)


@pytest.mark.parametrize("name", CASES)
def test_missing_and_repeated_headers_are_refused(name: str) -> None:
    """Without a header that proves something, or with it twice, a request is refused."""
    delivery = sent(name)
    for line in delivery.headers:
        if line[0] in _unproven(name) or line[0] == b"x-hubspot-signature-version":
            continue
        without = [other for other in delivery.headers if other != line]
        assert not taken(name, msgspec.structs.replace(delivery, headers=without)), line
        assert not taken(name, msgspec.structs.replace(delivery, headers=[*delivery.headers, line])), line


@pytest.mark.parametrize("name", [name for name in CASES if name != "adyen"])
def test_altered_bodies_are_refused(name: str) -> None:
    """One changed bit of a body that is signed breaks the proof, and so does a byte more."""
    delivery = sent(name)
    if Binds.BODY not in prepared(name).wiring.scheme.form.binds:
        return
    body = delivery.body
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not taken(name, msgspec.structs.replace(delivery, body=changed)), place
    assert not taken(name, msgspec.structs.replace(delivery, body=body + b"x"))


@pytest.mark.parametrize("name", CASES)
def test_altered_addresses_are_refused(name: str) -> None:
    """Where the address is signed, one changed bit of it breaks the proof; so does another method."""
    delivery = sent(name)
    binds = prepared(name).wiring.scheme.form.binds
    if Binds.URL in binds:
        for place in range(len(delivery.target)):
            target = delivery.target
            changed = target[:place] + bytes([target[place] ^ 1]) + target[place + 1 :]
            assert not taken(name, msgspec.structs.replace(delivery, target=changed)), place
    if name in {"hubspot-v2", "contentful", "keygen", "jira-connect"}:
        assert not taken(name, msgspec.structs.replace(delivery, method="PUT"))


@pytest.mark.parametrize("name", CASES)
def test_old_and_early_requests_are_refused(name: str) -> None:
    """Where a time is signed, a request is refused long after it and long before."""
    if Binds.TIME in prepared(name).wiring.scheme.form.binds:
        assert not taken(name, sent(name), NOW + 10 * 24 * 3600)
        assert name in {"jira-connect", "monday"} or not taken(name, sent(name), NOW - 3600)


@pytest.mark.parametrize("name", [name for name in CASES if name not in SECRETLESS])
def test_another_key_is_refused(name: str) -> None:
    """A request that was signed with another key is refused."""
    case = CASES[name]
    other = {
        "keygen": "00" * 31 + "09", "telnyx": "00" * 31 + "09", "wise": None, "sendgrid": None, "discord": "00" * 31 + "09",
        "gohighlevel": "00" * 31 + "09", "plaid": None, "ebay": "another", "adyen": "ff" * 32,
        "wecom": WECOM.replace('"t"', '"u"'), "wechat": WECOM.replace('"t"', '"u"'),
        "braintree": BRAINTREE.replace("sk", "sl"),
    }.get(name, "another secret, long enough too")  # fmt: skip
    if other is None:
        return
    source = check_source(
        Source(
            name="shop",
            provider=case.provider,
            secrets=(Secret(other),),
            options=case.options,
            public_url=URL,
        )
    )
    with pytest.raises(BadSignature):
        judge(sent(name), source, NOW, Ring())


texts = st.text(max_size=60) | st.binary(max_size=30).map(lambda raw: base64.b64encode(raw).decode())


@given(st.sampled_from(sorted(CASES)), st.data())
def test_any_request_is_answered(name: str, data: st.DataObject) -> None:
    """Whatever stands in headers, address and body, a request is taken or refused: nothing else is raised."""
    delivery = sent(name)
    headers = [
        (key, value if data.draw(st.booleans()) else data.draw(texts).encode("utf-8", "surrogatepass"))
        for key, value in delivery.headers
    ]
    place = data.draw(st.integers(0, len(delivery.body)))
    body = data.draw(
        st.just(delivery.body)
        | st.binary(max_size=60)
        | st.just(delivery.body[:place] + b"\xff" + delivery.body[place:])
    )
    target = data.draw(st.just(delivery.target) | st.binary(max_size=30).map(lambda raw: b"/?" + raw))
    method = data.draw(st.sampled_from(["POST", "GET"]))
    changed = msgspec.structs.replace(delivery, headers=headers, body=body, target=target, method=method)
    taken(name, changed)


@given(st.sampled_from(sorted(CASES)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["value", "signature", "timestamp", "token", "auth", "Type", "notificationItems", "NotificationRequestItem",
         "additionalData", "hmacSignature", "SignatureVersion", "Signature", "clientState", "secret_key", "amount"]
    ), inner, max_size=5),
))  # fmt: skip
def test_any_document_is_answered(name: str, document: Any) -> None:
    """Whatever a body says in the places where proofs stand, it is refused and nothing else."""
    body = json.dumps(document).encode()
    assert not taken(name, msgspec.structs.replace(sent(name), body=body)) or name in {
        "plivo-v2", "jira-connect", "monday",
    }  # fmt: skip
