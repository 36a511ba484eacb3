"""Key pairs to try providers with that sign with a private key of their own.

The public half is written so that the source's ``secret`` may name it, the private half beside it:
whoever has that file can sign as the provider, so it is for trying only.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import ECKey

from relay.errors import ConfigError
from relay.schemes.jws import named_key
from relay.schemes.mac import Equality, Mac, PlainHash
from relay.schemes.provider import Provider

PRIVATE = ".private"
"""What the private key's file is called behind the public one's name."""

RSA_BITS = 2048

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_MAKERS: tuple[Callable[[], PrivateKey], ...] = (
    Ed25519PrivateKey.generate,
    lambda: ec.generate_private_key(ec.SECP256R1()),
    lambda: rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS),
)

_SHARED = (Mac, PlainHash, Equality)


def make_pair(name: str, row: Provider) -> tuple[str, PrivateKey]:
    """Return a public key as a source's secret has it, and its private key.

    Raises:
        ConfigError: the provider signs with a shared secret, or with keys that the relay fetches.
    """
    wiring = row.wiring
    # Making an RSA key takes a moment: not for rows that could never use one.
    shared = wiring is not None and isinstance(wiring.scheme.primitive, _SHARED)
    if wiring is not None and wiring.scheme.key is not None and not shared:
        for maker in _MAKERS:
            private = maker()
            for text in spellings(private):
                if _is_public(wiring.scheme.key, text):
                    return text, private
    problem = f"{row.title} does not sign with a private key whose public half is configured."
    raise ConfigError("NAME", problem, hint=f"See: deskbell-relay providers {name}")


def _is_public(read: Callable[[str], Any], text: str) -> bool:
    try:
        found = read(text)
    except ValueError:
        return False
    kinds = (Ed25519PublicKey, ec.EllipticCurvePublicKey, rsa.RSAPublicKey, ECKey)
    keys = list(found.values()) if isinstance(found, dict) else [found]  # some have a name
    return bool(keys) and all(isinstance(key, kinds) for key in keys)


def spellings(private: PrivateKey) -> Iterator[str]:
    """Yield a key's public half as the rows of the table read it, in one line each."""
    public = private.public_key()
    if isinstance(public, Ed25519PublicKey):
        raw = public.public_bytes_raw()
        yield from (raw.hex(), base64.b64encode(raw).decode(), f"whpk_{base64.b64encode(raw).decode()}")
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    yield base64.b64encode(der).decode()
    if isinstance(private, ec.EllipticCurvePrivateKey):
        yield json.dumps(named_key(private).as_dict(private=False))


def write_pair(name: str, row: Provider, file: Path) -> tuple[Path, Path]:
    """Write a new pair to ``file`` and beside it, for their owner only; return both paths.

    Raises:
        ConfigError: there is a file already, it can't be written, or the provider has no use for a pair.
    """
    text, private = make_pair(name, row)
    public_file, private_file = file.absolute(), private_beside(file.absolute())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, content in ((public_file, f"{text}\n".encode()), (private_file, pem)):
        _write_new(path, content)
    return public_file, private_file


def _write_new(path: Path, content: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        problem = f"can't be made: {error.strerror}."
        raise ConfigError(str(path), problem, hint="Nothing is overwritten.") from None
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)


def private_beside(public: Path) -> Path:
    """Return where the private key of a public one is kept."""
    return public.with_name(public.name + PRIVATE)


def find_private(origin: str) -> PrivateKey | None:
    """Return the private key beside the file that a secret came from (``file:…``), None if there is none.

    Raises:
        ConfigError: what is there is no key.
    """
    way, _, place = origin.partition(":")
    file = private_beside(Path(place).expanduser()) if way == "file" and place else None
    if file is None or not file.is_file():
        return None
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise ConfigError(str(file), "is no private key without a password.") from None
    if not isinstance(key, PrivateKey):
        raise ConfigError(str(file), "is no key of a kind that a provider here signs with.")
    return key
