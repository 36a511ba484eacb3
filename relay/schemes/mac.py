"""Primitives with a shared secret: HMAC (RFC 2104), hashes, equality; and the one constant-time compare."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

import msgspec

MAX_CANDIDATES = 16
"""How many signatures of one request are looked at: more than any provider sends while it rotates keys."""


_GIL_FREE_FROM = 2048
"""Bytes from which CPython's hashes release the interpreter's lock (HASHLIB_GIL_MINSIZE)."""

_LARGE = 64 * 1024
"""From here on another thread may run meanwhile: hashing takes longer than getting the lock back."""


def hmac_digest(key: bytes, text: bytes, algorithm: str) -> bytes:
    """Return ``hmac.digest`` of the same, without giving up the interpreter's lock for a small text.

    Whoever gives it up for the microseconds of a hash waits up to five milliseconds to get it back
    while the journal's threads are at work.
    """
    if len(text) >= _LARGE:
        return hmac.digest(key, text, algorithm)
    mac = hmac.new(key, digestmod=algorithm)
    for start in range(0, len(text), _GIL_FREE_FROM - 1):
        mac.update(text[start : start + _GIL_FREE_FROM - 1])
    return mac.digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that does not tell where the first difference is. Every scheme compares here."""
    return hmac.compare_digest(left, right)


def _hex(digest: bytes) -> bytes:
    return digest.hex().encode("ascii")


def _base64url(digest: bytes) -> bytes:
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "hex": _hex,
    "base64": base64.b64encode,
    "base64url": _base64url,
    "base64url-padded": base64.urlsafe_b64encode,
}
"""How a digest is spelled in a header. ``base64url`` has no padding (RFC 7515)."""

ALGORITHMS = ("sha256", "sha384", "sha512")
"""What a declarative recipe may ask for; MD5 and SHA-1 are left to providers that know nothing better."""


class Mac(msgspec.Struct, frozen=True, kw_only=True):
    """An HMAC in one spelling.

    Signatures are compared as they are spelled, not decoded: base64 has several texts for the
    same bytes, and upper-case hex would be another; only the canonical one is accepted. ``limit``
    is how many candidates are looked at.
    """

    algorithm: str = "sha256"
    encoding: str = "hex"
    limit: int = MAX_CANDIDATES

    def sign(self, key: bytes, signed: bytes) -> bytes:
        """Return the spelled signature of ``signed``."""
        return ENCODINGS[self.encoding](hmac_digest(key, signed, self.algorithm))

    def accepts(self, key: bytes, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first ``limit`` candidates is the signature of ``signed``."""
        expected = self.sign(key, signed)
        return any(same(expected, candidate) for candidate in candidates[: self.limit])


class PlainHash(msgspec.Struct, frozen=True, kw_only=True):
    """A hash of the key followed by the text: what some providers use in place of an HMAC."""

    algorithm: str = "sha256"
    encoding: str = "hex"

    def sign(self, key: bytes, signed: bytes) -> bytes:
        """Return the spelled hash."""
        return ENCODINGS[self.encoding](hashlib.new(self.algorithm, key + signed).digest())

    def accepts(self, key: bytes, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the first ``MAX_CANDIDATES`` candidates is the hash."""
        expected = self.sign(key, signed)
        return any(same(expected, candidate) for candidate in candidates[:MAX_CANDIDATES])


class Equality(msgspec.Struct, frozen=True, kw_only=True):
    """The secret itself is sent: it proves who knows it, and nothing about the request."""

    def sign(self, key: bytes, signed: bytes) -> bytes:  # noqa: ARG002 - nothing is signed
        """Return the secret."""
        return key

    def accepts(self, key: bytes, signed: bytes, candidates: Sequence[bytes]) -> bool:  # noqa: ARG002 - as above
        """Say whether one of the first ``MAX_CANDIDATES`` candidates is the secret."""
        return any(same(key, candidate) for candidate in candidates[:MAX_CANDIDATES])
