"""Schemes whose request names its certificate: where that may be, what is signed, and whose topic it is."""

import datetime as dt
import json
from collections.abc import Callable

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.asymmetric import Rsa
from relay.schemes.certified import sns_text
from relay.schemes.keyring import KeyRequest
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared
from relay.verify import judge, verify

Prepare = Callable[..., Prepared]

NOW = 1_760_000_000.0
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem"


class Ring:
    """A ring with one certificate, under every address."""

    def __init__(self, key: rsa.RSAPrivateKey, name: str) -> None:
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        start = dt.datetime.fromtimestamp(NOW, dt.UTC)
        made = x509.CertificateBuilder(who, who, key.public_key(), 7, start, start + dt.timedelta(9))
        self.document = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def find(self, request: KeyRequest) -> bytes | None:
        return self.document


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """Give the provider's private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def request(body: bytes, **headers: str) -> Delivery:
    """Return a request."""
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Delivery(source="shop", method="POST", headers=lines, body=body, received_at=NOW)


@pytest.mark.parametrize(
    ("topic", "good"),
    [("arn:1:t", True), ("arn:1:*", True), ("*", True), ("arn:1:", False), ("arn:2:*", False)],
)
def test_sns_another_topic(prepare: Prepare, key: rsa.RSAPrivateKey, topic: str, good: bool) -> None:
    """A genuine message of another topic is refused."""
    writer = prepare("aws-sns", options={"topic": "arn:1:t"})
    unsigned = Unsigned(body=b"m", id="e", type="a", now=NOW, source=writer.source)
    sent = request(writer.signed(unsigned, key).body or b"")
    source, ring = prepare("aws-sns", options={"topic": topic}), Ring(key, "sns.amazonaws.com")
    if good:
        assert verify(sent, source, NOW, ring)[0].id == "e"
    else:
        with pytest.raises(BadSignature, match="TopicArn"):
            verify(sent, source, NOW, ring)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=k", True),
        ("https://evil.example/?Action=ConfirmSubscription", False),
    ],
)
def test_s18_sns_confirmation(
    prepare: Prepare, key: rsa.RSAPrivateKey, version: str, url: str, good: bool
) -> None:
    """A confirmation is an event for a person to open; an address that isn't Amazon's is none."""
    document = {
        "Type": "SubscriptionConfirmation", "MessageId": "1", "TopicArn": "t", "Message": "m", "Timestamp": "x",
        "Token": "k", "SubscribeURL": url, "SignatureVersion": version, "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://evil.example/",
    }  # fmt: skip
    signer = Rsa(algorithm="sha1" if version == "1" else "sha256")
    document["Signature"] = signer.sign(key, sns_text(document)).decode()
    source, ring = prepare("aws-sns", options={"topic": "t"}), Ring(key, "sns.amazonaws.com")
    sent = request(json.dumps(document).encode())
    if good:
        (event,) = verify(sent, source, NOW, ring)
        assert event.type == "SubscriptionConfirmation"
        assert set(msgspec.json.decode(event.data)) == set(document) - {
            "Signature", "SignatureVersion", "SigningCertURL", "UnsubscribeURL",
        }  # fmt: skip
    else:
        with pytest.raises(BadSignature, match="foreign-address"):
            verify(sent, source, NOW, ring)


@pytest.mark.parametrize(("name", "good"), [("x.paypal.com", True), ("x.paypal.com.evil.example", False)])
def test_paypal_certificate_is_paypals(
    prepare: Prepare, key: rsa.RSAPrivateKey, name: str, good: bool
) -> None:
    """The certificate has to be made out to PayPal."""
    source = prepare("paypal", options={"webhook_id": "w"})
    body = b'{"id":"e","event_type":"x"}'
    added = source.signed(Unsigned(body=body, id="e", type="a", now=NOW, source=source.source), key)
    sent = request(body, **added.headers)
    if good:
        assert verify(sent, source, NOW, Ring(key, name))[0].id == "e"
    else:
        with pytest.raises(BadSignature, match="foreign-certificate"):
            verify(sent, source, NOW, Ring(key, name))


def test_unusable_certificate(prepare: Prepare, key: rsa.RSAPrivateKey) -> None:
    """What was fetched and is no certificate proves nothing."""
    writer = prepare("aws-sns", options={"topic": "t"})
    ring = Ring(key, "x")
    ring.document = b"<html>"
    unsigned = Unsigned(body=b"m", id="e", type="a", now=NOW, source=writer.source)
    with pytest.raises(BadSignature, match="unusable-key"):
        judge(request(writer.signed(unsigned, key).body or b""), writer, NOW, ring)


def test_sns_topic(prepare: Prepare) -> None:
    """Which topic's messages are taken has to be said, since anyone can have Amazon sign one."""
    with pytest.raises(ConfigError, match="topic"):
        prepare("aws-sns")


def test_sns_text() -> None:
    """Each signed field has a line for its name and one for its value; a subject may lack."""
    document = {"Type": "Notification", "MessageId": "1", "TopicArn": "t", "Message": "m", "Timestamp": "x"}
    assert (
        sns_text(document | {"Subject": None})
        == b"Message\nm\nMessageId\n1\nTimestamp\nx\nTopicArn\nt\nType\nNotification\n"
    )
    confirmation = document | {"Type": "UnsubscribeConfirmation", "SubscribeURL": "u", "Token": "k"}
    assert b"SubscribeURL\nu\n" in sns_text(confirmation)
    assert b"Token\nk\n" in sns_text(confirmation)
    for broken in (document | {"Type": "Other"}, document | {"Message": 7}, confirmation | {"Token": None}):
        with pytest.raises(BadSignature):
            sns_text(broken)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        "https://sns.evil.example/a.pem",
        "https://s3.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com:444/a.pem",
        "https://x@sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.pem?b",
        "https://sns.eu-central-1.amazonaws.com/a.pem\n",
        "https://sns.eu-central-1.amazonaws.com/a.crt",
        None,
    ],
)
def test_sns_certificate_is_pinned(prepare: Prepare, url: str | None) -> None:
    """A certificate that isn't Amazon's is never asked for."""
    source = prepare("aws-sns", options={"topic": "*"})
    document = {"Type": "Notification", "MessageId": "1", "TopicArn": "t", "Message": "m", "Timestamp": "x"}
    document |= {"SignatureVersion": "1", "Signature": "AA=="} | (
        {} if url is None else {"SigningCertURL": url}
    )
    with pytest.raises(BadSignature, match="foreign-certificate"):
        judge(request(json.dumps(document).encode()), source, NOW)
