"""Vonage's two schemes: signed fields, and a token that holds a hash of the body.

https://developer.vonage.com/en/getting-started/concepts/signing-messages
https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
"""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.address import MAX_FIELDS, query_field, split_target
from relay.schemes.bodies import read_any, read_query
from relay.schemes.fields import SECONDS, sole
from relay.schemes.form import FunctionForm
from relay.schemes.inside import proof_at, said
from relay.schemes.jws import bearer, body_hash_is, check_times, token_part
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.provider import Wiring
from relay.schemes.recipe import nearest
from relay.schemes.shapes import wired
from relay.source import Source

_NO_GLUE = str.maketrans("&=", "__")
_HASHES = ("md5", "sha1", "sha256", "sha512")
_BINDS = Binds.SENDER | Binds.BODY | Binds.TIME


def read_fields(delivery: Delivery) -> Any:
    """Return the fields that are signed: those of the query if the signature stands there."""
    return read_query(delivery) if query_field(delivery, "sig") is not None else read_any(delivery)


def read_signed(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request with a signature among its fields.

    Raises:
        BadSignature: no signature, no time, fields that aren't text, or a body beside a signed query.
    """
    delivery = asked.delivery
    if query_field(delivery, "sig") is not None and delivery.body:
        raise BadSignature("body-changed", "the query is signed, the body is not")
    document = said(asked, read_fields)
    signature, time = proof_at(document, "sig"), proof_at(document, "timestamp")
    if signature == signature.upper():  # some of its libraries write hexadecimal in capitals
        signature = signature.lower()
    text = signed_text({name: value for name, value in document.items() if name != "sig"})
    return (Unit(signatures=(signature,), signed=(text,), time=SECONDS.read(time)),)


def signed_text(document: Mapping[str, Any]) -> bytes:
    """Return the sorted fields, each with its name, glue in values replaced.

    Raises:
        BadSignature: a value that is neither text nor a whole number, or too many fields.
    """
    pieces = []
    if len(document) > MAX_FIELDS:
        raise BadSignature("malformed-fields", "too many")
    for name, value in sorted(document.items()):
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise BadSignature("malformed-fields", "neither text nor a whole number")
        pieces.append(f"&{name}={str(value).translate(_NO_GLUE)}")
    return "".join(pieces).encode()


def write_signed(request: Unsigned, sign: Sign) -> Signed:
    """Return a JSON body with time and signature, or a query with them if there is no body."""
    time = str(int(request.now))
    if request.body:
        document = msgspec.json.decode(request.body) | {"timestamp": time}
        return Signed(body=msgspec.json.encode(document | {"sig": sign(signed_text(document)).decode()}))
    path, query = split_target(request.target)
    pairs = query + (b"&" if query else b"") + b"timestamp=" + time.encode()
    asked = Delivery(
        source="", method="GET", target=b"?" + pairs, headers=[], body=b"", received_at=request.now
    )
    return Signed(target=path + b"?" + pairs + b"&sig=" + sign(signed_text(read_query(asked))))


SIGNED = FunctionForm(reader=read_signed, writer=write_signed, binds=_BINDS)


def build_signed(source: Source) -> Wiring:
    """Return the wiring for the hash that is set in the account.

    Raises:
        ConfigError: there is no such hash.
    """
    name = source.options.get("hash", "sha256")
    if name not in _HASHES:
        raise ConfigError(
            f"sources.{source.name}.options.hash", f"can't be {name!r}.", hint=nearest(name, _HASHES)
        )
    return wired(
        SIGNED,
        Mac(algorithm=name),
        reader=read_fields,
        id="body:messageId|body:message-id|body:message_uuid|arrival + body:status?",
        type="body:type|body:status|text:message",
    )


def read_token(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request with a token that holds a hash of the body.

    Raises:
        BadSignature: no token, or one without the time at which it was made.
    """
    value = bearer(sole(asked.delivery, b"authorization"))
    made = token_part(value, 1).get("iat")
    if isinstance(made, bool) or not isinstance(made, int | float):
        raise BadSignature("missing-claim", "iat")
    check = partial(_check_token, value, asked)
    return (Unit(signatures=(value,), signed=(b"",), time=float(made), bindings=(check,)),)


def _check_token(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    check_times(claims, asked.now, leeway=300.0, required=("iat",))
    if asked.delivery.body or "payload_hash" in claims:
        body_hash_is(claims, "payload_hash", asked)


def write_token(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token for the body."""
    claims = {"iat": int(request.now), "jti": request.id, "iss": "Vonage"}
    if request.body:
        claims["payload_hash"] = hashlib.sha256(request.body).hexdigest()
    return Signed(headers={"authorization": f"Bearer {sign(msgspec.json.encode(claims)).decode()}"})


TOKEN = FunctionForm(reader=read_token, writer=write_token, binds=_BINDS)
