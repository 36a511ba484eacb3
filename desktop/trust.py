"""Whom this desktop believes over TLS: the system's own list, to which a company adds its authority.

There is no way to go on without a good certificate.
"""

import ssl
import sys
from collections.abc import Iterable
from pathlib import Path

import truststore

from desktop.i18n import tr

_LISTS = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")
"""Where Linux systems keep their list: a packaged OpenSSL may look where it was built instead."""


class BadAuthority(Exception):
    """The file with added authorities cannot be used; the text is a sentence for the agent."""


def tls_context(added: Path | None = None) -> ssl.SSLContext:
    """Return a context that checks certificates and names by the system's rules.

    ``added`` is a file (PEM) with authorities that count besides the system's. On Linux OpenSSL reads
    the system's list by itself; Windows and macOS are asked by truststore.

    Raises:
        BadAuthority: the file is missing, or has no certificate.
    """
    if sys.platform in {"win32", "darwin"}:
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.create_default_context()
        known = ssl.get_default_verify_paths()
        for path in [] if known.cafile or known.capath else present(_LISTS):
            context.load_verify_locations(path)
    if added is not None:
        _add(context, added)
    return context


def present(paths: Iterable[str]) -> list[str]:
    """Return the first of some files that is there, or nothing."""
    return [path for path in paths if Path(path).is_file()][:1]


def _add(context: ssl.SSLContext, added: Path) -> None:
    try:
        context.load_verify_locations(added)
    except (OSError, ssl.SSLError) as error:
        raise BadAuthority(
            tr(
                "The file with your company's certificates cannot be read ({name}). Please ask your IT.",
                name=added.name,
            )
        ) from error
