"""A source of every provider in the table, with keys made for the test, and a request that it takes."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

from relay.errors import ConfigError
from relay.keypairs import make_pair, spellings
from relay.provider_pages import RECIPE, wiring_of
from relay.schemes.keyring import KeyRequest
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.providers import PROVIDERS
from relay.schemes.tokens import GOOGLE_CERTIFICATES
from relay.source import Secret, Source
from relay.specimen import Specimen, Wanted, make

NOW = 1_790_000_000.0
TARGET = b"/hooks/shop"
HEX = hashlib.sha256(b"a key for tests").hexdigest()


def sources(name: str, seed: str = "") -> Iterator[tuple[Source, Any]]:
    """Yield ways to configure a source of a provider, each with the private key if it has one."""
    row = PROVIDERS[name]
    options = {option: _OPTIONS.get(option, f"X-{option.replace('_', '-')}") for option in row.needs}
    wants_recipe = row.wiring is None and not row.needs
    common: dict[str, Any] = {
        "name": "shop",
        "provider": name,
        "options": options,
        "recipe": RECIPE if wants_recipe else {},
        "public_url": "https://hooks.example.com",
        "allow_unconfirmed": True,
        "url_token": Secret("a token of the URL"),
    }
    text = hashlib.sha256(f"a key for tests{seed}".encode()).hexdigest()
    pair = _CUSTOM[name]() if name in _CUSTOM else _pair(name, seed)
    if pair is not None:
        yield Source(secrets=(Secret(pair[0]),), **common), pair[1]
        return
    recipes: tuple[Mapping[str, str], ...] = (common["recipe"], {})
    for recipe in recipes:
        for secret in (text, f"whsec_{base64.b64encode(bytes.fromhex(text)).decode()}", _parts(name, text)):
            yield Source(secrets=(Secret(secret),), **{**common, "recipe": recipe}), None
    yield Source(secrets=(), **common), None


@cache
def _pair(name: str, seed: str) -> tuple[str, Any] | None:
    try:
        return make_pair(name, PROVIDERS[name])
    except ConfigError:
        return None


def _parts(name: str, text: str) -> str:
    """Return a secret with the named parts that the row's own complaint asks for."""
    wiring = wiring_of(name, PROVIDERS[name])
    try:
        if wiring is not None and wiring.scheme.key is not None:
            wiring.scheme.key("{}")
    except ValueError as error:
        needed = re.search(r"needs ([a-z_, ]+)", str(error))
        if needed:
            parts = {part.strip(): text for part in needed[1].split(",")}
            return json.dumps(
                parts | ({"encoding_aes_key": text[:43]} if "encoding_aes_key" in parts else {})
            )
    return json.dumps({"user": text, "password": text, "primary": text})


def _ebay() -> tuple[str, Any]:
    """Return eBay's token with one public key by its id."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = next(spellings(private))
    return json.dumps({"verification_token": HEX, "public_keys": {"one": public}}), private


_CUSTOM: dict[str, Callable[[], tuple[str, Any]]] = {"ebay": _ebay}
"""Providers whose public keys are part of a larger secret."""

_OPTIONS = {"domain": "example.kinde.com"}
"""Options that have to look like what they are."""


def prepare(name: str, seed: str = "") -> tuple[Prepared, Any]:
    """Return a source of a provider made ready, and the private key if there is one."""
    problems = []
    for source, key in sources(name, seed):
        try:
            return check_source(source), key
        except ConfigError as error:
            problems.append(str(error))
    raise AssertionError("; ".join(problems))


def request(
    prepared: Prepared, key: Any, *, event_id: str = "5b57f1d2", kind: str = "invoice.paid"
) -> Specimen:
    """Return a request that the source takes.

    Raises:
        ConfigError: nobody but the provider can make one.
    """
    wanted = Wanted(type=kind, id=event_id, now=NOW, target=TARGET)
    keys = [key] if prepared.wiring.scheme.key is not None else [key, PRIVATE]
    for number, one in enumerate(keys, start=1):
        try:
            return make(prepared, wanted, one, RING)
        except ConfigError:
            if number == len(keys):
                raise
    raise AssertionError("no key to try")


PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
"""What providers sign with whose keys are fetched."""


NAMES = ("sns.amazonaws.com", "messageverificationcerts.paypal.com")
"""Whom the certificate of these tests is made out to."""


class Ring:
    """Whatever is asked for is a document with our key: a certificate, certificates by name, a set of web keys."""

    def __init__(self) -> None:
        self._certificate = _certificate()

    def find(self, request: KeyRequest) -> bytes:
        """Return the document, whose key has the name that is asked for."""
        if request.url.endswith((".pem", ".crt")) or "/certs/" in request.url:
            return self._certificate
        if request.url == GOOGLE_CERTIFICATES:
            return json.dumps({request.kid: self._certificate.decode()}).encode()
        key = RSAKey.import_key(PRIVATE.public_key()).as_dict(private=False)
        return json.dumps({"keys": [{**key, "kid": request.kid or "one"}]}).encode()


def _certificate() -> bytes:
    """Return a certificate of our key for the names that providers' certificates have."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one) for one in NAMES])
    now = datetime.fromtimestamp(NOW, UTC)
    names = [x509.DNSName(one) for one in NAMES]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(PRIVATE.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(PRIVATE, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


RING = Ring()
