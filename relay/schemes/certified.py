"""Schemes whose request names the address of its certificate: Amazon SNS and PayPal.

That address is not signed by anything trusted: so its host is pinned before it is asked for.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
https://developer.paypal.com/api/rest/webhooks/rest/
"""

import re
import zlib
from functools import partial
from typing import Any

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.asymmetric import Rsa
from relay.schemes.bodies import read_json
from relay.schemes.fetched import certificate
from relay.schemes.fields import ISO, sole
from relay.schemes.form import FunctionForm
from relay.schemes.inside import proof_at, said
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
_VERSIONS = {"1": Rsa(algorithm="sha1"), "2": Rsa(algorithm="sha256")}
_AWS_CERTIFICATE = re.compile(
    r"https://sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?/[A-Za-z0-9_-]{1,200}\.pem", re.ASCII
)
_AWS_PAGE = re.compile(r"https://sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?/\S{0,2000}", re.ASCII)

_PAYPAL = b"paypal-transmission-"
_PAYPAL_CERTIFICATE = re.compile(
    r"https://api(\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,200}", re.ASCII
)
_PAYPAL_ALGORITHM = b"SHA256withRSA"


def read_sns(asked: Asked) -> tuple[Unit]:
    """Return the unit of a message of a topic.

    Raises:
        BadSignature: a field is missing or odd, the certificate isn't Amazon's, or it's another topic.
        KeyNeeded: the certificate is not at hand.
    """
    document = said(asked)
    if not isinstance(document, dict):
        raise BadSignature("malformed-body", "not an object")
    primitive = _VERSIONS.get(str(document.get("SignatureVersion")))
    if primitive is None:
        raise BadSignature("wrong-version", "SignatureVersion")
    text = sns_text(document)
    signature, url = proof_at(document, "Signature"), _sns_certificate(document)
    key, _ = certificate(asked, url)
    check = partial(_check_sns, document, asked)
    return (
        Unit(signatures=(signature,), signed=(text,), keys=(key,), primitive=primitive, bindings=(check,)),
    )


def sns_text(document: dict[str, Any]) -> bytes:
    """Return what is signed: a line for the name and one for the value of each field that is there.

    Raises:
        BadSignature: an unknown type, or a field that is missing or no text.
    """
    kind = document.get("Type")
    names = _SIGNED.get(kind) if isinstance(kind, str) else None
    if names is None:
        raise BadSignature("malformed-field", "Type")
    lines = []
    for name in names:
        value = document.get(name)
        if value is None and name == "Subject":
            continue
        if not isinstance(value, str):
            raise BadSignature("missing-field", name)
        lines.append(f"{name}\n{value}\n")
    return "".join(lines).encode("utf-8", "surrogatepass")


def read_sns_message(delivery: Delivery) -> Any:
    """Return the fields of a message that were signed; others anyone could add on the way."""
    document = read_json(delivery)
    names = _SIGNED.get(str(document.get("Type")), ()) if isinstance(document, dict) else ()
    return {name: document[name] for name in names if name in document}


def _sns_certificate(document: dict[str, Any]) -> str:
    """Return the certificate's address; messages that reach functions spell its name otherwise."""
    found = [document[name] for name in ("SigningCertURL", "SigningCertUrl") if name in document]
    if len(found) != 1 or not isinstance(found[0], str) or not _AWS_CERTIFICATE.fullmatch(found[0]):
        raise BadSignature("foreign-certificate", "SigningCertURL")
    return found[0]


def _check_sns(document: dict[str, Any], asked: Asked) -> None:
    """Check the topic, since anyone has topics; and that what is to be opened is Amazon's."""
    topic, wanted = document["TopicArn"], asked.option("topic")
    if topic != wanted and not (wanted.endswith("*") and topic.startswith(wanted[:-1])):
        raise BadSignature("wrong-claim", "TopicArn")
    if "SubscribeURL" in document and not _AWS_PAGE.fullmatch(str(document["SubscribeURL"])):
        raise BadSignature("foreign-address", "SubscribeURL")


def write_sns(request: Unsigned, sign: Sign) -> Signed:
    """Return a notification of the second version whose message is the body."""
    document = {
        "Type": "Notification",
        "MessageId": request.id,
        "TopicArn": request.source.options["topic"],
        "Message": request.body.decode(),
        "Timestamp": ISO.write(request.now).decode(),
        "SignatureVersion": "2",
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
    }
    document["Signature"] = sign(sns_text(document)).decode()
    return Signed(body=msgspec.json.encode(document), headers={"x-amz-sns-message-type": "Notification"})


SNS = FunctionForm(reader=read_sns, writer=write_sns, binds=Binds.SENDER | Binds.BODY | Binds.ID)


def read_paypal(asked: Asked) -> tuple[Unit]:
    """Return the unit of an event: the body is bound by a CRC-32 only, which anyone can hit.

    Raises:
        BadSignature: a header is missing or malformed, or the certificate isn't PayPal's.
        KeyNeeded: the certificate is not at hand.
    """
    delivery = asked.delivery
    if sole(delivery, b"paypal-auth-algo") != _PAYPAL_ALGORITHM:
        raise BadSignature("wrong-algorithm", "paypal-auth-algo")
    name, time = sole(delivery, _PAYPAL + b"id"), sole(delivery, _PAYPAL + b"time")
    signature, url = sole(delivery, _PAYPAL + b"sig"), sole(delivery, b"paypal-cert-url").decode("ascii")
    at = ISO.read(time)
    if not _PAYPAL_CERTIFICATE.fullmatch(url):
        raise BadSignature("foreign-certificate", "paypal-cert-url")
    key, names = certificate(asked, url)
    if not any(one.endswith(".paypal.com") for one in names):
        raise BadSignature("foreign-certificate", "its name")
    text = _paypal_text(name, time, asked.option("webhook_id"), delivery.body)
    return (Unit(signatures=(signature,), signed=(text,), keys=(key,), time=at),)


def _paypal_text(name: bytes, time: bytes, webhook: str, body: bytes) -> bytes:
    return b"|".join((name, time, webhook.encode(), b"%d" % zlib.crc32(body)))


def write_paypal(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of an event."""
    time = ISO.write(request.now)
    text = _paypal_text(request.id.encode(), time, request.source.options["webhook_id"], request.body)
    headers = {
        _PAYPAL + b"id": request.id.encode(),
        _PAYPAL + b"time": time,
        _PAYPAL + b"sig": sign(text),
        b"paypal-auth-algo": _PAYPAL_ALGORITHM,
        b"paypal-cert-url": b"https://api.paypal.com/v1/notifications/certs/CERT-0",
    }
    return Signed(headers={name.decode(): value.decode() for name, value in headers.items()})


PAYPAL = FunctionForm(reader=read_paypal, writer=write_paypal, binds=Binds.SENDER | Binds.TIME)
