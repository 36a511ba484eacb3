"""Looking for a usual signature where none was expected: which hash of what stands in which header. Pure."""

import base64
import hashlib
import hmac
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from relay.event import Delivery
from relay.schemes.mac import ENCODINGS
from relay.variants import keys

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384", "md5")

SHORTEST = 20
"""Characters of a header that may hold a signature: MD5 in base64 has 24."""

MOST_VALUES = 100
"""Headers that are looked at."""

MOST_TIMES = 4

_TEXTS = (
    "{body}",
    "{timestamp}.{body}",
    "{timestamp}:{body}",
    "{timestamp}{body}",
    "{timestamp}|{body}",
    "{body}{timestamp}",
    "{body}.{timestamp}",
    "v0:{timestamp}:{body}",
    "{id}.{timestamp}.{body}",
    "{id}{timestamp}{body}",
    "{url}{body}",
    "{body}{url}",
    "{method}{url}{body}",
    "{method}{url}{body}{timestamp}",
)
"""What providers sign, the commonest first."""

_TIME = re.compile(rb"(?:\A|[=,;])([0-9]{9,16}|[0-9-]{10}T[0-9:.]{8,16}Z?)(?=\Z|[,;])")
_NAMED = re.compile(rb"-id\Z|request-id|delivery")


def fingerprint(delivery: Delivery, secrets: Sequence[str], public_url: str) -> str:
    """Return which header holds a signature of what by one of the secrets; empty if none does."""
    values = [(name, value) for name, value in delivery.headers if len(value) >= SHORTEST][:MOST_VALUES]
    if not values:
        return ""
    joined = b"\n".join(value for _, value in values)
    for template, text in _texts(delivery, public_url):
        for secret in dict.fromkeys(secrets):
            for how, key in _keys(secret):
                for digest, name in _spelled(key, text):
                    if digest in joined:
                        return f"{_holder(values, digest)} holds {name} of {template}, with the secret {how}"
    return ""


def _keys(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield each key once with how it is made from the secret."""
    seen: set[bytes] = set()
    for sentence, key in keys(secret):
        if key not in seen:
            seen.add(key)
            decoded = sentence.partition(" for ")[2]
            yield (f"read as {decoded}" if decoded else "as it stands"), key


def _texts(delivery: Delivery, public_url: str) -> Iterator[tuple[str, bytes]]:
    times = _found(delivery, _TIME)
    names = [value for name, value in delivery.headers if _NAMED.search(name)][:MOST_TIMES]
    url = public_url.rstrip("/").encode() + delivery.target
    fixed = {"{body}": delivery.body, "{url}": url, "{method}": delivery.method.encode()}
    for template in _TEXTS:
        for time, named in itertools.product(
            times if "{timestamp}" in template else [b""], names if "{id}" in template else [b""]
        ):
            values = {**fixed, "{timestamp}": time, "{id}": named}
            yield template, _filled(template, values)


def _filled(template: str, values: Mapping[str, bytes]) -> bytes:
    pieces = re.split(r"(\{[a-z]+\})", template)
    return b"".join(values.get(piece, piece.encode()) for piece in pieces)


def _found(delivery: Delivery, pattern: re.Pattern[bytes]) -> list[bytes]:
    found = [match[1] for _, value in delivery.headers for match in pattern.finditer(value)]
    return list(dict.fromkeys(found))[:MOST_TIMES]


def _spelled(key: bytes, text: bytes) -> Iterator[tuple[bytes, str]]:
    for algorithm in ALGORITHMS:
        digest = hmac.digest(key, text, algorithm)
        plain = hashlib.new(algorithm, key + text, usedforsecurity=False).digest()
        for made, name in ((digest, f"HMAC-{algorithm.upper()}"), (plain, algorithm.upper())):
            for encoding, spell in ENCODINGS.items():
                yield spell(made), f"{name} in {encoding}"
            yield made.hex().upper().encode(), f"{name} in capital hex"
            yield base64.b64encode(made.hex().encode()), f"{name} in base64 of hex"


def _holder(values: Sequence[tuple[bytes, bytes]], digest: bytes) -> str:
    return next(name.decode("latin-1") for name, value in values if digest in value)
