"""Schemes whose signature stands in the body: Adyen, Mailgun, Braintree, Unisender Go, Microsoft Graph.

https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/
https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
https://developer.paypal.com/braintree/docs/guides/webhooks/parse/python/
https://godocs.unisender.ru/web-api-ref#webhook
https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import query_field
from relay.schemes.bodies import chosen, read_any, read_form, read_json, read_xml
from relay.schemes.challenges import text_reply
from relay.schemes.document import Unreadable
from relay.schemes.fields import SECONDS
from relay.schemes.form import FunctionForm
from relay.schemes.inside import check_text, proof_at, said, with_first
from relay.schemes.keys import parts_of
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import read_items, walk
from relay.schemes.provider import Reply

_ADYEN = (
    ("pspReference",),
    ("originalReference",),
    ("merchantAccountCode",),
    ("merchantReference",),
    ("amount", "value"),
    ("amount", "currency"),
    ("eventCode",),
    ("success",),
)
_ADYEN_ITEM = "NotificationRequestItem"
_ADYEN_SIGNATURE = ("additionalData", "hmacSignature")

_PAYLOAD = re.compile(r"[A-Za-z0-9+/=\n]+")
_CHALLENGE = re.compile(r"[a-f0-9]{20,32}")
_MAX_PAIRS = 16

_GAP = b"\x00"
"""Where the key is spliced in. JSON has no such byte."""


def _items(document: Any, path: tuple[str, ...]) -> list[Any]:
    try:
        return read_items(path, document)
    except Unreadable as error:
        raise BadSignature("malformed-body", str(error)) from None


def read_adyen(asked: Asked) -> list[Unit]:
    """Return a unit for each item: every one is signed by itself.

    Raises:
        BadSignature: the body is no list of items, or one has no signature or an odd field.
    """
    items = _items(said(asked), ("notificationItems",))
    return [_adyen_unit(walk(item, (_ADYEN_ITEM,))) for item in items]


def _adyen_unit(item: Any) -> Unit:
    return Unit(signatures=(proof_at(item, *_ADYEN_SIGNATURE),), signed=(_adyen_text(item),))


def _adyen_text(item: Any) -> bytes:
    """Return the eight fields that are signed, joined as they are; a missing one is empty."""
    return ":".join(_plain(walk(item, path)) for path in _ADYEN).encode()


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int):
        return "" if value is None else str(value)
    raise BadSignature("malformed-field", "neither text nor a whole number")


def write_adyen(request: Unsigned, sign: Sign) -> Signed:
    """Return the body with each item signed."""
    document = msgspec.json.decode(request.body)
    for item in read_items(("notificationItems",), document):
        fields = item[_ADYEN_ITEM]
        fields.setdefault("additionalData", {})["hmacSignature"] = sign(_adyen_text(fields)).decode()
    return Signed(body=msgspec.json.encode(document))


ADYEN = FunctionForm(reader=read_adyen, writer=write_adyen, binds=Binds.SENDER)


def read_mailgun(asked: Asked) -> tuple[Unit]:
    """Return the unit of a JSON body or a form: time and token are signed, and nothing else is.

    Raises:
        BadSignature: one of the three fields is missing, or the body can't be read.
    """
    document = said(asked, read_any)
    within = ("signature",) if chosen(read_any, asked.delivery) is read_json else ()
    time, token = proof_at(document, *within, "timestamp"), proof_at(document, *within, "token")
    signature = proof_at(document, *within, "signature")
    return (Unit(signatures=(signature,), signed=(time + token,), time=SECONDS.read(time)),)


def write_mailgun(request: Unsigned, sign: Sign) -> Signed:
    """Return the JSON body with a signature; the event's id is the token."""
    time = SECONDS.write(request.now)
    proof = {"timestamp": time.decode(), "token": request.id}
    proof["signature"] = sign(time + request.id.encode()).decode()
    return Signed(body=msgspec.json.encode(msgspec.json.decode(request.body) | {"signature": proof}))


MAILGUN = FunctionForm(reader=read_mailgun, writer=write_mailgun, binds=Binds.SENDER | Binds.TIME | Binds.ID)


class BraintreeKey(msgspec.Struct, frozen=True, kw_only=True):
    """The public key's name, and the key of the HMAC, made from the private one."""

    name: bytes
    key: bytes


def braintree_key(secret: str) -> BraintreeKey:
    """Return the key of a secret with the parts ``public_key`` and ``private_key``.

    Raises:
        ValueError: a part is missing.
    """
    name, private = parts_of(secret, "public_key", "private_key")
    return BraintreeKey(
        name=name.encode(),
        key=hashlib.sha1(private.encode()).digest(),  # noqa: S324 - what the provider derives its key with
    )


class BraintreeMac(msgspec.Struct, frozen=True):
    """Pairs of a public key's name and a signature; those under other names are others'."""

    def sign(self, key: BraintreeKey, signed: bytes) -> bytes:
        """Return the pair."""
        return key.name + b"|" + hmac.digest(key.key, signed, "sha1").hex().encode()

    def accepts(self, key: BraintreeKey, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first pairs is ours."""
        expected = self.sign(key, signed)
        return any(same(expected, candidate) for candidate in candidates[:_MAX_PAIRS])


def read_braintree(asked: Asked) -> tuple[Unit]:
    """Return the unit of a form with a payload; it may have lost its last line break on the way.

    Raises:
        BadSignature: a field is missing, or the payload is not in base64.
    """
    document = said(asked, read_form)
    payload = walk(document, ("bt_payload",))
    if not isinstance(payload, str) or not _PAYLOAD.fullmatch(payload):
        raise BadSignature("malformed-field", "bt_payload")
    if _CHALLENGE.fullmatch(payload):  # anybody gets such a text signed
        raise BadSignature("malformed-field", "a challenge for a payload")
    pairs = proof_at(document, "bt_signature").split(b"&")
    text = payload.encode()
    return (Unit(signatures=pairs, signed=(text, text + b"\n")),)


def write_braintree(request: Unsigned, sign: Sign) -> Signed:
    """Return the form with an XML body as its payload."""
    payload = base64.encodebytes(request.body) or b"\n"
    return Signed(body=_form(bt_signature=sign(payload), bt_payload=payload))


def _form(**fields: bytes) -> bytes:
    return b"&".join(name.encode() + b"=" + _quoted(value) for name, value in fields.items())


def _quoted(value: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte if not bytes((byte,)).isalnum() else bytes((byte,)) for byte in value)


def read_braintree_notification(delivery: Delivery) -> Any:
    """Return what the XML in the payload says."""
    payload = walk(read_form(delivery), ("bt_payload",))
    if not isinstance(payload, str):
        raise Unreadable("no payload")
    try:
        body = base64.b64decode(payload)
    except (binascii.Error, ValueError):
        raise Unreadable("not base64") from None
    return read_xml(msgspec.structs.replace(delivery, body=body))


def greet_braintree(asked: Asked) -> Reply | None:
    """Answer the check of the address; what is signed so is taken for no payload.

    Raises:
        BadSignature: the challenge is none.
    """
    value = query_field(asked.delivery, "bt_challenge")
    if value is None:
        return None
    if not _CHALLENGE.fullmatch(value):
        raise BadSignature("not-a-challenge", "bt_challenge")
    for key in reversed(asked.keys):
        if key is not None:
            return text_reply(BraintreeMac().sign(key, value.encode()).decode())
    raise BadSignature("mismatch", "every secret has expired")


BRAINTREE = FunctionForm(reader=read_braintree, writer=write_braintree, binds=Binds.SENDER | Binds.BODY)


class Spliced(msgspec.Struct, frozen=True):
    """MD5 of the body in which the key takes the place of the signature."""

    def sign(self, key: bytes, signed: bytes) -> bytes:
        """Return the hash; ``signed`` has a gap for the key."""
        return hashlib.md5(signed.replace(_GAP, key)).hexdigest().encode()  # noqa: S324 - the provider's own

    def accepts(self, key: bytes, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether the first candidate is the hash."""
        return same(self.sign(key, signed), candidates[0])


def read_unisender(asked: Asked) -> tuple[Unit]:
    """Return the unit of a body that was hashed with the key in the place of its field ``auth``.

    Raises:
        BadSignature: no such field, or its text stands elsewhere in the body, too.
    """
    check_text(asked)
    body, value = asked.delivery.body, proof_at(said(asked), "auth")
    quoted = b'"' + value + b'"'
    if body.count(value) != 1 or body.count(quoted) != 1 or _GAP in body:
        raise BadSignature("malformed-field", "auth")
    return (Unit(signatures=(value,), signed=(body.replace(value, _GAP),)),)


def write_unisender(request: Unsigned, sign: Sign) -> Signed:
    """Return the body with its hash."""
    text = with_first(request.body, b"auth", _GAP)
    return Signed(body=text.replace(_GAP, sign(text)))


UNISENDER = FunctionForm(reader=read_unisender, writer=write_unisender, binds=Binds.SENDER | Binds.BODY)


def read_graph(asked: Asked) -> list[Unit]:
    """Return a unit for each notification: every one has the word that the subscription was made with.

    Raises:
        BadSignature: the body is no list of notifications, or one is without the word.
    """
    items = _items(said(asked), ("value",))
    return [Unit(signatures=(proof_at(item, "clientState"),), signed=(b"",)) for item in items]


def write_graph(request: Unsigned, sign: Sign) -> Signed:
    """Return the body with the word in each notification."""
    document = msgspec.json.decode(request.body)
    items = [item | {"clientState": sign(b"").decode()} for item in document["value"]]
    return Signed(body=msgspec.json.encode(document | {"value": items}))


def read_graph_notifications(delivery: Delivery) -> Any:
    """Return the notifications without the word that proved them."""
    items = read_items(("value",), read_json(delivery))
    return {"value": [_without_word(item) for item in items]}


def _without_word(item: Any) -> Any:
    return (
        {key: value for key, value in item.items() if key != "clientState"}
        if isinstance(item, dict)
        else item
    )


GRAPH = FunctionForm(reader=read_graph, writer=write_graph, binds=Binds.SENDER)
