"""Signing what we send, by Standard Webhooks: whoever gets a call can prove that it is ours. Pure.

Two kinds of keys: ``whsec_`` and base64 is shared with the receiver (HMAC-SHA256, signatures ``v1``);
``whsk_`` and base64 is ours alone, and the receiver gets its public half, ``whpk_`` (Ed25519, ``v1a``).
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relay.schemes.keys import whsec_key

ID_HEADER = "webhook-id"
TIME_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_PRIVATE_PREFIX = "whsk_"
_PUBLIC_PREFIX = "whpk_"
_SHORTEST = 24
"""Bytes of a shared key; the specification asks for 24 to 64."""
_SEED, _PAIR = 32, 64
"""Bytes of an Ed25519 private key alone (RFC 8032), and with its public half behind it."""

SigningKey = bytes | Ed25519PrivateKey


def signing_key(secret: str) -> SigningKey:
    """Return the key that ``whsec_…`` or ``whsk_…`` stands for.

    Raises:
        ValueError: neither, or too short to be secret; the sentence goes on after the key's name.
    """
    if secret.startswith(_PRIVATE_PREFIX):
        return _private_key(secret)
    if not secret.startswith("whsec_"):
        raise ValueError("is no signing key; one begins with whsec_ (shared) or whsk_ (Ed25519)")
    key = whsec_key(secret)
    if len(key) < _SHORTEST:
        raise ValueError(f"is too short: {len(key)} bytes; make one with: openssl rand -base64 32")
    return key


def public_key(key: SigningKey) -> str:
    """Return what a receiver gets to check signatures, ``whpk_…``; empty for a shared key."""
    if isinstance(key, bytes):
        return ""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{_PUBLIC_PREFIX}{base64.b64encode(raw).decode()}"


def signed_headers(keys: Sequence[SigningKey], *, id_: str, at: float, body: bytes) -> dict[str, str]:
    """Return the headers that prove a request. Each key signs, so that the receiver may know any of them.

    ``at`` is the time of this try in Unix seconds: a try that comes hours later is fresh, too.
    """
    moment = int(at)
    signed = f"{id_}.{moment}.".encode() + body
    signatures = " ".join(_signature(key, signed) for key in keys)
    return {ID_HEADER: id_, TIME_HEADER: str(moment), SIGNATURE_HEADER: signatures}


def _signature(key: SigningKey, signed: bytes) -> str:
    if isinstance(key, bytes):
        return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
    return f"v1a,{base64.b64encode(key.sign(signed)).decode()}"


def _private_key(secret: str) -> Ed25519PrivateKey:
    text = secret.removeprefix(_PRIVATE_PREFIX).rstrip("=")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64; it has to be copied whole, as whsk_…") from None
    if len(raw) not in {_SEED, _PAIR}:
        raise ValueError("is no Ed25519 key: whsk_ and 32 bytes (or 64 with the public half) in base64")
    key = Ed25519PrivateKey.from_private_bytes(raw[:_SEED])
    if raw[_SEED:] not in {b"", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)}:
        raise ValueError("is damaged: its public half is not that of its private half")
    return key
