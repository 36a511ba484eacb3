"""Keys that a public document holds: certificates and key sets, at addresses that the scheme has pinned."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate
from cryptography.x509.oid import NameOID
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, RSAKey

from relay.errors import BadSignature
from relay.schemes.keyring import KeyNeeded, KeyRequest, document_of
from relay.schemes.pipeline import Asked

MIN_RSA_BITS = 1024


class JwkSet(msgspec.Struct, frozen=True):
    """A set of JSON web keys: RFC 7517 section 5."""

    keys: list[dict[str, Any]]


def certificate(asked: Asked, url: str) -> tuple[RSAPublicKey, list[str]]:
    """Return the key of a certificate, and the names that its subject has.

    Its validity isn't looked at: it was fetched from the provider's own host, and providers go on
    serving the ones that signed older requests.

    Raises:
        BadSignature: it can't be read or has no RSA key.
        KeyNeeded: it isn't at hand.
    """
    found = document_of(asked.ring, KeyRequest(url=url))
    try:
        read: Certificate = load_pem_x509_certificate(found)
        key = read.public_key()
        names = [str(one.value) for one in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except ValueError:
        raise BadSignature("unusable-key", "the fetched certificate can't be read") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
        raise BadSignature("unusable-key", "the fetched certificate has no RSA key")
    return key, names


def web_keys(asked: Asked, url: str, kid: str = "") -> Sequence[Key]:
    """Return the keys of a key set: the one called ``kid``, or all of them.

    Raises:
        BadSignature: the set can't be read.
        KeyNeeded: it isn't at hand, or lacks the key.
    """
    request = KeyRequest(url=url, kid=kid)
    document = document_of(asked.ring, request)
    try:
        found = msgspec.json.decode(document, type=JwkSet).keys
        wanted = [item for item in found if not kid or item.get("kid") == kid]
        if not wanted:
            raise KeyNeeded(request)
        return [web_key(item) for item in wanted]
    except ValueError:  # msgspec's errors are ValueErrors
        raise BadSignature("unusable-key", "the fetched key set can't be read") from None


def web_key(item: Mapping[str, Any]) -> Key:
    """Return a public JSON web key.

    Raises:
        ValueError: it is none, or is secret.
    """
    if item.get("kty") not in {"RSA", "EC"}:
        raise ValueError("is no public JSON web key")
    try:
        key: Key = JWKRegistry.import_key(dict(item))
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("is no public JSON web key") from None
    return key


def rsa_keys(keys: Sequence[Key]) -> list[RSAPublicKey]:
    """Return the RSA keys of a set as ``cryptography`` has them.

    Raises:
        BadSignature: there are none.
    """
    found = [key.public_key for key in keys if isinstance(key, RSAKey)]
    if not found:
        raise BadSignature("unusable-key", "the fetched key set has no RSA key")
    return found


def named_keys(secret: str) -> dict[str, ECKey]:
    """Return the elliptic-curve keys of a secret by their ids: a JSON web key, or a set of them.

    Raises:
        ValueError: it is none, or a key has no id.
    """
    try:
        found = msgspec.json.decode(secret.encode(), type=dict[str, Any])
        items = found.get("keys", [found])
        keys = {item["kid"]: web_key(item) for item in items}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("has to be a JSON web key with its kid, or a set of them") from None
    if not keys or not all(isinstance(kid, str) for kid in keys):
        raise ValueError("has no key with a kid")
    named = {kid: key for kid, key in keys.items() if isinstance(key, ECKey)}
    if len(named) != len(keys):
        raise ValueError("has a key that is not of an elliptic curve")
    return named
