"""Public-key schemes whose key is one of several: ShipEngine, Constant Contact, eBay.

https://docs.shipstation.com/apis/docs/guides/webhooks-validation
https://v3.developer.constantcontact.com/api_guide/webhook_authenticity.html
https://developer.ebay.com/marketplace-account-deletion
"""

import binascii
import hashlib
import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from relay.errors import BadSignature
from relay.schemes.address import query_field, signed_url, split_target
from relay.schemes.asymmetric import Rsa, ec_key
from relay.schemes.challenges import json_reply, token_text
from relay.schemes.document import Unreadable, read_document
from relay.schemes.fetched import rsa_keys, web_keys
from relay.schemes.fields import ISO, sole
from relay.schemes.form import FunctionForm
from relay.schemes.keys import parts_of, text_key
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.provider import Reply

SHIPENGINE_KEYS = "https://api.shipengine.com/jwks"
CONTACT_KEYS = "https://developer.constantcontact.com/.well-known/jwks.json"

_SHIP = b"x-shipengine-rsa-sha256-"
_SHIP_TIME = b"x-shipengine-timestamp"
_CONTACT = b"x-ctct-webhook-sig"
_EBAY = b"x-ebay-signature"
_EBAY_ALGORITHMS = ("ecdsa", "ECDSA")
_MAX_KID = 200
_ALL = Binds.SENDER | Binds.BODY | Binds.TIME


def read_shipengine(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request whose time and body are signed.

    Raises:
        BadSignature: a header is missing or malformed.
        KeyNeeded: the key set is not at hand, or lacks the key.
    """
    delivery = asked.delivery
    kid, time = sole(delivery, _SHIP + b"key-id"), sole(delivery, _SHIP_TIME)
    signature = sole(delivery, _SHIP + b"signature")
    if len(kid) > _MAX_KID:
        raise BadSignature("malformed-header", "key-id")
    at = ISO.read(time)
    keys = rsa_keys(web_keys(asked, SHIPENGINE_KEYS, kid.decode("ascii")))
    return (Unit(signatures=(signature,), signed=(time + b"." + delivery.body,), keys=keys, time=at),)


def write_shipengine(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of a request."""
    time = ISO.write(request.now)
    headers = {
        _SHIP + b"key-id": b"k1",
        _SHIP + b"signature": sign(time + b"." + request.body),
        _SHIP_TIME: time,
    }
    return Signed(headers={name.decode(): value.decode() for name, value in headers.items()})


SHIPENGINE = FunctionForm(reader=read_shipengine, writer=write_shipengine, binds=_ALL)


def read_contact(asked: Asked) -> tuple[Unit]:
    """Return the unit of a detached signature over the body as it is: RFC 7515 with RFC 7797.

    Raises:
        BadSignature: the header is missing or malformed, or asks for anything else.
        KeyNeeded: the key set is not at hand, or lacks the key.
    """
    value = sole(asked.delivery, _CONTACT)
    head, payload, signature = _three(value)
    header = _header(head)
    time = header.get("ts")
    if header.get("alg") != "RS256" or header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise BadSignature("wrong-algorithm", "not RS256 over the body as it is")
    if payload or isinstance(time, bool) or not isinstance(time, int):
        raise BadSignature("malformed-token", "not detached, or without its time")
    kid = header.get("kid", "")
    if not isinstance(kid, str) or len(kid) > _MAX_KID:
        raise BadSignature("malformed-token", "kid")
    keys = rsa_keys(web_keys(asked, CONTACT_KEYS, kid))
    signed = head + b"." + asked.delivery.body
    return (Unit(signatures=(_spelled(signature),), signed=(signed,), keys=keys, time=float(time)),)


def _three(value: bytes) -> tuple[bytes, bytes, bytes]:
    parts = value.split(b".")
    if len(parts) != 3:  # noqa: PLR2004 - header, nothing, signature
        raise BadSignature("malformed-token", "not three parts")
    return parts[0], parts[1], parts[2]


def _header(text: bytes) -> Mapping[str, Any]:
    try:
        found = read_document(urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    except (Unreadable, ValueError):
        raise BadSignature("malformed-token", "not JSON in base64url") from None
    if not isinstance(found, dict):
        raise BadSignature("malformed-token", "not an object")
    return found


def _spelled(signature: bytes) -> bytes:
    """Return a signature in base64url as the primitive has it, in base64; empty if it isn't canonical."""
    try:
        raw = b64decode(signature + b"=" * (-len(signature) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
    return b64encode(raw) if urlsafe_b64encode(raw).rstrip(b"=") == signature else b""


def write_contact(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of a request."""
    header = {"alg": "RS256", "ts": int(request.now), "b64": False, "crit": ["b64"]}
    head = urlsafe_b64encode(msgspec.json.encode(header)).rstrip(b"=")
    raw = b64decode(sign(head + b"." + request.body))
    value = head + b".." + urlsafe_b64encode(raw).rstrip(b"=")
    return Signed(headers={_CONTACT.decode(): value.decode()})


CONTACT = FunctionForm(reader=read_contact, writer=write_contact, binds=_ALL)

RSA = Rsa()


class EbayKey(msgspec.Struct, frozen=True, kw_only=True):
    """The word that answers the challenge, and eBay's public keys by their ids."""

    word: bytes
    public: Mapping[str, EllipticCurvePublicKey]


def ebay_key(secret: str) -> EbayKey:
    """Return the key of a verification token, or of an object with that and ``public_keys`` by their ids.

    Raises:
        ValueError: empty, or a public key can't be read.
    """
    if not secret.lstrip().startswith("{"):
        return EbayKey(word=text_key(secret), public={})
    (word,) = parts_of(secret, "verification_token")
    given = json.loads(secret).get("public_keys", {})
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise ValueError("has public_keys that are no texts by their ids")
    return EbayKey(word=text_key(word), public={kid: ec_key(_unframed(text)) for kid, text in given.items()})


def _unframed(text: str) -> str:
    """Return a PEM text without its frame; eBay sends it all on one line, which no reader of PEM takes."""
    for frame in ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"):
        text = text.replace(frame, "")
    return "".join(text.split())


def read_ebay(asked: Asked) -> tuple[Unit]:
    """Return the unit of a notification: an object in base64 names the key and holds the signature.

    Raises:
        BadSignature: the header is missing or malformed, or the key is none of the source's.
    """
    header = sole(asked.delivery, _EBAY)
    try:
        text = b64decode(header, validate=True)
        found = read_document(text)
    except (Unreadable, ValueError):
        raise BadSignature("malformed-header", _EBAY.decode()) from None
    if b64encode(text) != header:  # base64 has several spellings of the same bytes
        raise BadSignature("malformed-header", "not canonical base64")
    kid = found.get("kid") if isinstance(found, dict) else None
    if not isinstance(kid, str) or not isinstance(found.get("signature"), str):
        raise BadSignature("malformed-header", _EBAY.decode())
    if found.get("alg") not in _EBAY_ALGORITHMS or found.get("digest") != "SHA1":
        raise BadSignature("wrong-algorithm", _EBAY.decode())
    keys = [None if key is None else key.public.get(kid) for key in asked.keys]
    if not any(keys):
        raise BadSignature("unknown-key", "kid")
    return (
        Unit(
            signatures=(found["signature"].encode("utf-8", "replace"),),
            signed=(asked.delivery.body,),
            keys=keys,
        ),
    )


def write_ebay(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of a notification, by the first of the source's keys."""
    kid = next(iter(ebay_key(request.source.secrets[-1].reveal()).public))
    proof = {"alg": "ECDSA", "kid": kid, "signature": sign(request.body).decode(), "digest": "SHA1"}
    return Signed(headers={_EBAY.decode(): b64encode(msgspec.json.encode(proof)).decode()})


def greet_ebay(asked: Asked) -> Reply | None:
    """Answer the check of the address with a hash of the challenge, the word and the address.

    Raises:
        BadSignature: the challenge is no token.
    """
    value = query_field(asked.delivery, "challenge_code")
    if value is None:
        return None
    url = signed_url(asked.source, split_target(asked.delivery.target)[0])
    for key in reversed(asked.keys):
        if key is not None:
            digest = hashlib.sha256(token_text(value) + key.word + url).hexdigest()
            return json_reply({"challengeResponse": digest})
    raise BadSignature("mismatch", "every secret has expired")


EBAY = FunctionForm(reader=read_ebay, writer=write_ebay, binds=Binds.SENDER | Binds.BODY, signs_url=True)
