"""Public-key signatures by ``cryptography``: Ed25519, ECDSA, RSA. We hold the provider's public key only.

The ``sign`` of each takes the private key: for tests and the simulator, with a pair made for them.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from relay.schemes.mac import ENCODINGS, MAX_CANDIDATES

HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - what two providers still sign with; their choice
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}

_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "hex": lambda text: bytes.fromhex(text.decode("ascii")),
    "base64": lambda text: base64.b64decode(text, validate=True),
}


def unspelled(text: bytes, encoding: str) -> bytes | None:
    """Return the bytes of a signature, None if it isn't spelled as an encoder would."""
    try:
        raw = _DECODERS[encoding](text)
    except (ValueError, binascii.Error):
        return None
    return raw if ENCODINGS[encoding](raw) == text else None


class Ed25519(msgspec.Struct, frozen=True, kw_only=True):
    """Ed25519 (RFC 8032)."""

    encoding: str = "hex"

    def sign(self, key: Ed25519PrivateKey, signed: bytes) -> bytes:
        """Return the spelled signature."""
        return ENCODINGS[self.encoding](key.sign(signed))

    def accepts(self, key: Ed25519PublicKey, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first ``MAX_CANDIDATES`` candidates is a signature."""
        return _any(self.encoding, candidates, lambda raw: key.verify(raw, signed))


class Ecdsa(msgspec.Struct, frozen=True, kw_only=True):
    """ECDSA with a signature in DER."""

    algorithm: str = "sha256"
    encoding: str = "base64"

    def sign(self, key: EllipticCurvePrivateKey, signed: bytes) -> bytes:
        """Return the spelled signature."""
        return ENCODINGS[self.encoding](key.sign(signed, ec.ECDSA(HASHES[self.algorithm])))

    def accepts(self, key: EllipticCurvePublicKey, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first ``MAX_CANDIDATES`` candidates is a signature."""
        how = ec.ECDSA(HASHES[self.algorithm])
        return _any(self.encoding, candidates, lambda raw: key.verify(raw, signed, how))


class Rsa(msgspec.Struct, frozen=True, kw_only=True):
    """RSA with the padding of PKCS #1 v1.5 (RFC 8017)."""

    algorithm: str = "sha256"
    encoding: str = "base64"

    def sign(self, key: RSAPrivateKey, signed: bytes) -> bytes:
        """Return the spelled signature."""
        return ENCODINGS[self.encoding](key.sign(signed, padding.PKCS1v15(), HASHES[self.algorithm]))

    def accepts(self, key: RSAPublicKey, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first ``MAX_CANDIDATES`` candidates is a signature."""
        how = HASHES[self.algorithm]
        return _any(self.encoding, candidates, lambda raw: key.verify(raw, signed, padding.PKCS1v15(), how))


def _any(encoding: str, candidates: Sequence[bytes], check: Callable[[bytes], None]) -> bool:
    for candidate in candidates[:MAX_CANDIDATES]:
        raw = unspelled(candidate, encoding)
        if raw is None:
            continue
        try:
            check(raw)
        except InvalidSignature:
            continue
        return True
    return False


def ed25519_key(secret: str) -> Ed25519PublicKey:
    """Return the public key of 32 bytes in hexadecimal or base64, or of a PEM text.

    Raises:
        ValueError: neither.
    """
    if secret.lstrip().startswith("-----"):
        key = _public_key(secret)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("is not an Ed25519 public key")
        return key
    for encoding in ("hex", "base64"):
        raw = unspelled(secret.strip().encode("ascii", "replace"), encoding)
        if raw is not None and len(raw) == 32:  # noqa: PLR2004 - RFC 8032
            return Ed25519PublicKey.from_public_bytes(raw)
    raise ValueError("is no Ed25519 public key: 32 bytes in hexadecimal or base64")


def whpk_key(secret: str) -> Ed25519PublicKey:
    """Return the public key that ``whpk_`` + base64 stands for (Standard Webhooks, version 1a).

    Raises:
        ValueError: not that; a private key, above all.
    """
    if secret.startswith(("whsk_", "whsec_")):
        raise ValueError("is a secret key; what is needed is the public one, which begins with whpk_")
    text = secret.strip().removeprefix("whpk_").rstrip("=")
    raw = unspelled((text + "=" * (-len(text) % 4)).encode("ascii", "replace"), "base64")
    if raw is None or len(raw) != 32:  # noqa: PLR2004 - RFC 8032
        raise ValueError("is no public key: whpk_ and 32 bytes in base64; it has to be copied whole")
    return Ed25519PublicKey.from_public_bytes(raw)


def ec_key(secret: str) -> EllipticCurvePublicKey:
    """Return the elliptic-curve public key of a PEM text or of base64 without its frame.

    Raises:
        ValueError: there is none.
    """
    key = _public_key(secret)
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("is not an elliptic-curve public key")
    return key


def rsa_key(secret: str) -> RSAPublicKey:
    """Return the RSA public key of a PEM text (a certificate will do) or of base64 without its frame.

    Raises:
        ValueError: there is none, or it has fewer than 1024 bits.
    """
    key = _public_key(secret)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("is not an RSA public key")
    if key.key_size < 1024:  # noqa: PLR2004 - what providers' old test keys have; shorter can be factored
        raise ValueError("is too short for an RSA key")
    return key


def _public_key(secret: str) -> object:
    text = secret.strip().encode()
    try:
        if text.startswith(b"-----BEGIN CERTIFICATE"):
            return load_pem_x509_certificate(text).public_key()
        if text.startswith(b"-----"):
            return load_pem_public_key(text)
        return load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no public key in PEM or base64") from None
