"""Signed tokens (JWS, RFC 7515, and JWT, RFC 7519) by ``joserfc``: the primitive, and what claims bind.

The algorithms are the scheme's and never the token's own choice.
"""

import hashlib
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from relay.errors import BadSignature
from relay.schemes.document import Unreadable, read_document
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked

PairKey = EllipticCurvePrivateKey | RSAPrivateKey
"""The private half of a pair that was made for trying."""


class Jws(msgspec.Struct, frozen=True, kw_only=True):
    """A compact token that is proven by itself; the signed bytes of its unit stay empty."""

    algorithms: tuple[str, ...]

    def sign(self, key: Key | PairKey, signed: bytes) -> bytes:
        """Return a token with the payload ``signed``; it names its key if that has a name."""
        signing = named_key(key) if isinstance(key, PairKey) else key
        header = {"alg": self.algorithms[0], "typ": "JWT"}
        if signing.kid:
            header["kid"] = signing.kid
        return jws.serialize_compact(header, signed, signing, algorithms=list(self.algorithms)).encode()

    def accepts(self, key: Key, signed: bytes, candidates: Sequence[bytes]) -> bool:  # noqa: ARG002 - in the token
        """Say whether the first candidate is a token signed by ``key``.

        Raises:
            BadSignature: it is no compact token of JSON objects, or asks for an extension.
        """
        if not all(_canonical(part) for part in candidates[0].split(b".")):
            raise BadSignature("malformed-token", "not base64url as an encoder writes it")
        header = token_part(candidates[0], 0)
        if header.get("alg") not in self.algorithms or "crit" in header or "b64" in header:
            raise BadSignature("wrong-algorithm")
        try:
            jws.deserialize_compact(candidates[0], key, algorithms=list(self.algorithms))
        except (JoseError, ValueError):
            return False
        return True


def _canonical(part: bytes) -> bool:
    """Say whether a part has no spare bits set: there would be several texts for the same token."""
    try:
        raw = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        return False
    return urlsafe_b64encode(raw).rstrip(b"=") == part


def named_key(private: PairKey) -> ECKey | RSAKey:
    """Return a private key called by its thumbprint (RFC 7638) in hexadecimal, which both halves have."""
    if isinstance(private, EllipticCurvePrivateKey):
        return ECKey.import_key(private, {"kid": _name(ECKey.import_key(private))})
    return RSAKey.import_key(private, {"kid": _name(RSAKey.import_key(private))})


def _name(key: Key) -> str:
    """Return a key's thumbprint, in the digits that every reader of a name takes."""
    return urlsafe_b64decode(key.thumbprint() + "=").hex()


def oct_key(secret: str) -> OctKey:
    """Return a shared secret as a key of joserfc.

    Raises:
        ValueError: empty or blank.
    """
    if not secret.strip():
        raise ValueError("is empty")
    with warnings.catch_warnings():  # a short secret is the provider's choice; refusing it proves nothing
        warnings.simplefilter("ignore")
        return OctKey.import_key(secret)


def bearer(value: bytes) -> bytes:
    """Return the token of an Authorization header.

    Raises:
        BadSignature: it is not of the kind ``Bearer``.
    """
    kind, _, token = value.partition(b" ")
    if kind.lower() != b"bearer" or not token:
        raise BadSignature("no-signature", "not a bearer token")
    return token


def token_part(token: bytes, index: int) -> Mapping[str, Any]:
    """Return the header (0) or the claims (1) of a compact token, which proves nothing by itself.

    Raises:
        BadSignature: not a compact token of JSON objects.
    """
    parts = token.split(b".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise BadSignature("malformed-token", "not three parts")
    try:
        found = read_document(urlsafe_b64decode(parts[index] + b"=" * (-len(parts[index]) % 4)))
    except (Unreadable, ValueError):
        raise BadSignature("malformed-token", "not JSON in base64url") from None
    if not isinstance(found, dict):
        raise BadSignature("malformed-token", "not an object")
    return found


def check_times(
    claims: Mapping[str, Any], now: float, *, leeway: float, required: Sequence[str] = ()
) -> None:
    """Check ``nbf``, ``iat`` and ``exp``, each if it is there; those of ``required`` have to be.

    Raises:
        BadSignature: too early, too late, missing or not a number.
    """
    for name in ("nbf", "iat", "exp"):
        value = claims.get(name)
        if value is None:
            if name in required:
                raise BadSignature("missing-claim", name)
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadSignature("malformed-claim", name)
        late = now - value if name == "exp" else value - now
        if late > leeway:
            raise BadSignature("stale", f"{name} is {late:.0f} s {'ago' if name == 'exp' else 'ahead'}")


def claim_is(claims: Mapping[str, Any], name: str, *allowed: str) -> None:
    """Check that a claim is one of the texts ``allowed``.

    Raises:
        BadSignature: anything else.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not any(same(value.encode(), word.encode()) for word in allowed):
        raise BadSignature("wrong-claim", name)


def audience_has(claims: Mapping[str, Any], audience: str) -> None:
    """Check that a token is meant for ``audience``: RFC 7519 section 4.1.3, a text or a list of them.

    Raises:
        BadSignature: it is not.
    """
    value = claims.get("aud")
    if audience not in (value if isinstance(value, list) else [value]):
        raise BadSignature("wrong-claim", "aud")


def body_hash_is(claims: Mapping[str, Any], name: str, asked: Asked) -> None:
    """Check a claim with the SHA-256 of the body in hexadecimal.

    Raises:
        BadSignature: the body is another.
    """
    value = claims.get(name)
    expected = hashlib.sha256(asked.delivery.body).hexdigest()
    if not isinstance(value, str) or not same(value.encode(), expected.encode()):
        raise BadSignature("body-changed", name)
