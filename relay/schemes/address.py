"""The URL as the provider knows it, and what stands in its query: never taken from the Host header."""

from urllib.parse import parse_qsl, urlsplit

from relay.errors import BadSignature
from relay.event import Delivery
from relay.source import Source

MAX_FIELDS = 1000
"""Of a query or a form. The largest real ones have some hundred."""

_PORTS = {"http": 80, "https": 443}


def signed_url(source: Source, target: bytes) -> bytes:
    """Return the public URL of a request: the configured address, then path and query as received."""
    return source.public_url.rstrip("/").encode() + target


def spellings(url: bytes) -> list[bytes]:
    """Return a URL as it is, and with the scheme's default port put in or left out: proxies change that."""
    try:
        parts = urlsplit(url.decode("latin-1"))
        host, found = parts.netloc, parts.port
    except ValueError:  # a target without its slash runs into the host
        return [url]
    port = _PORTS.get(parts.scheme)
    if found is not None:
        other = host.removesuffix(f":{found}")
    elif port is not None:
        other = f"{host}:{port}"
    else:
        return [url]
    return [url, url.replace(host.encode("latin-1"), other.encode("latin-1"), 1)]


def split_target(target: bytes) -> tuple[bytes, bytes]:
    """Return path and query as received, without the question mark."""
    path, _, query = target.partition(b"?")
    return path, query


def fields(text: bytes) -> list[tuple[str, str]]:
    """Return the fields of a query or of a form body in their order, decoded.

    Raises:
        BadSignature: too many of them, or not UTF-8.
    """
    try:
        return parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:  # a UnicodeDecodeError is one, too
        raise BadSignature("malformed-fields", "not a query or form in UTF-8") from None


def query_field(delivery: Delivery, name: str) -> str | None:
    """Return a field of the query, None if it isn't there.

    Raises:
        BadSignature: it stands there twice, or the query can't be read.
    """
    values = [value for key, value in fields(split_target(delivery.target)[1]) if key == name]
    if len(values) > 1:
        raise BadSignature("repeated-field", name)
    return values[0] if values else None
