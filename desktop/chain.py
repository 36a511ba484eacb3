"""The certificates that a server has shown, from its own to the last, and the authorities that are known.

Only the diagnostics read them: whom to believe was decided before, in :mod:`desktop.trust`.
"""

import _ssl
import ssl
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from desktop.certificate import Certificate, Name, Unreadable, read_certificate

MOST = 10
"""Certificates of a chain that are looked at; public ones have two to four."""


def shown(protected: ssl.SSLSocket) -> list[bytes]:
    """Return what the server has sent (DER), its own certificate first, whoever signed it."""
    return _ask(protected, "get_unverified_chain") or _own(protected)


def proven(protected: ssl.SSLSocket) -> list[bytes]:
    """Return the chain (DER) by which OpenSSL trusts the server, up to the authority this computer knows.

    On Windows and macOS the system trusts without saying why: there it is what was sent.
    """
    return _ask(protected, "get_verified_chain") or shown(protected)


def _ask(protected: ssl.SSLSocket, method: str) -> list[bytes]:
    """Return a chain. Python has these methods since 3.10, and made them public in 3.13.

    Before that they are where truststore takes them from, too: the object behind the socket.
    """
    public = getattr(protected, method, None)
    if public is not None:
        return list(public())[:MOST]
    private = getattr(getattr(protected, "_sslobj", None), method, lambda: None)
    return [each.public_bytes(_ssl.ENCODING_DER) for each in (private() or [])[:MOST]]


def _own(protected: ssl.SSLSocket) -> list[bytes]:
    return [protected.getpeercert(binary_form=True) or b""]


def read_all(chain: Iterable[bytes]) -> list[Certificate]:
    """Read the certificates of a chain, up to the first that cannot be read.

    Raises:
        Unreadable: not even the server's own can be.
    """
    found: list[Certificate] = []
    for der in chain:
        try:
            found.append(read_certificate(der))
        except Unreadable:
            if not found:
                raise
            break
    return found


@cache
def public_authorities() -> frozenset[Name]:
    """Return the authorities that browsers know: Mozilla's list, as it comes with httpx."""
    # Only the doctor asks; an app at rest doesn't need its 10 MiB.
    import httpx

    return _names(httpx.create_ssl_context(trust_env=False))


def added_authorities(file: Path | None) -> frozenset[Name]:
    """Return the authorities of a file (PEM) that was added to the system's list; none if it is unusable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if file is not None:
            context.load_verify_locations(file)
    except (OSError, ssl.SSLError):
        return frozenset()
    return _names(context)


def _names(context: ssl.SSLContext) -> frozenset[Name]:
    return frozenset(
        each.subject for der in context.get_ca_certs(binary_form=True) for each in read_all([der])
    )
