"""Whom this desktop believes over TLS: the system's own list, to which a company adds its authority.

There is no way to go on without a good certificate.
"""

import ssl
import sys

import truststore


def tls_context() -> ssl.SSLContext:
    """Return a context that checks certificates and names by the system's rules.

    On Linux OpenSSL reads the system's list by itself; Windows and macOS are asked by truststore.
    """
    if sys.platform in {"win32", "darwin"}:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()
