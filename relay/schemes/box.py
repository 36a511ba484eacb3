"""Box signs with two keys at once, each in a header of its own, so that either may be exchanged.

https://developer.box.com/guides/webhooks/v2/signatures-v2/
"""

import json
import re
from collections.abc import Sequence

import msgspec

from relay.errors import BadSignature
from relay.schemes.fields import ISO, sole
from relay.schemes.form import FunctionForm
from relay.schemes.keys import text_key
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

_HEADERS = (b"box-signature-primary", b"box-signature-secondary")
_TIMESTAMP = b"box-delivery-timestamp"
_CONSTANTS = {b"box-signature-version": b"1", b"box-signature-algorithm": b"HmacSHA256"}
_NOT_ASCII = re.compile("[\u007f-\U0010ffff]")
_MAC = Mac(encoding="base64")


class TwoKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The primary and the secondary key; None if there is none."""

    primary: bytes | None
    secondary: bytes | None

    def __repr__(self) -> str:
        return "TwoKeys(…)"


def two_keys(secret: str) -> TwoKeys:
    """Return the keys of a JSON object with the parts primary and secondary, of which one may lack.

    A secret that is no such object is one key, which may be either.

    Raises:
        ValueError: the secret is empty, or a part is no text or empty.
    """
    try:
        parts = json.loads(secret)
    except (ValueError, RecursionError):
        parts = None
    if not isinstance(parts, dict):
        key = text_key(secret)
        return TwoKeys(primary=key, secondary=key)
    found = {name: parts[name] for name in ("primary", "secondary") if parts.get(name) is not None}
    if not found or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("has to be a JSON object with the parts primary and secondary")
    keys = {name: text_key(value) for name, value in found.items()}
    return TwoKeys(primary=keys.get("primary"), secondary=keys.get("secondary"))


class TwoMacs(msgspec.Struct, frozen=True, kw_only=True):
    """HMAC-SHA256 in base64 with two keys: the first candidate is the primary's, the second the other's."""

    def sign(self, key: TwoKeys, signed: bytes) -> bytes:
        """Return both signatures with a comma between, empty where there is no key of its own."""
        other = None if key.secondary == key.primary else key.secondary
        return b",".join(_MAC.sign(one, signed) if one else b"" for one in (key.primary, other))

    def accepts(self, key: TwoKeys, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether a candidate is the signature by the key in the same place."""
        pairs = zip((key.primary, key.secondary), candidates, strict=False)
        return any(one is not None and _MAC.accepts(one, signed, (given,)) for one, given in pairs)


def read_box(asked: Asked) -> tuple[Unit]:
    """Return the unit of a delivery. Some are signed with what is not ASCII escaped.

    Raises:
        BadSignature: version or algorithm are others, neither signature is there, or a header is
            missing, repeated or malformed.
    """
    delivery = asked.delivery
    for name, wanted in _CONSTANTS.items():
        if sole(delivery, name) != wanted:
            raise BadSignature("wrong-version", name.decode())
    signatures = [sole(delivery, name) if delivery.header_values(name) else b"" for name in _HEADERS]
    if not any(signatures):
        raise BadSignature("missing-header", _HEADERS[0].decode())
    timestamp = sole(delivery, _TIMESTAMP)
    bodies = dict.fromkeys((delivery.body, escaped(delivery.body)))
    signed = [body + timestamp for body in bodies]
    return (Unit(signatures=signatures, signed=signed, time=ISO.read(timestamp)),)


def escaped(body: bytes) -> bytes:
    """Return a body with JSON's escapes for what is not ASCII; as it is if that isn't UTF-8."""
    if body.isascii() and b"\x7f" not in body:
        return body
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    return _NOT_ASCII.sub(_escape, text).encode()


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))


def write_box(request: Unsigned, sign: Sign) -> Signed:
    """Return the security headers of a delivery."""
    timestamp = ISO.write(request.now)
    signatures = sign(request.body + timestamp).split(b",")
    headers = {
        name.decode(): value.decode() for name, value in zip(_HEADERS, signatures, strict=True) if value
    }
    constants = {name.decode(): value.decode() for name, value in _CONSTANTS.items()}
    return Signed(headers={**headers, **constants, _TIMESTAMP.decode(): timestamp.decode()})


BOX = FunctionForm(reader=read_box, writer=write_box, binds=Binds.SENDER | Binds.BODY | Binds.TIME)
