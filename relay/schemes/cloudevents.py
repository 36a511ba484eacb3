"""CloudEvents 1.0 over HTTP: structured, binary and batched, and the handshake of its webhook profile.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md and
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
"""

import base64
from typing import Any
from urllib.parse import unquote_to_bytes

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.document import Unreadable, read_document
from relay.schemes.pipeline import Asked
from relay.schemes.provider import Reply

_BATCH = b"application/cloudevents-batch+json"
_STRUCTURED = b"application/cloudevents+json"
_OTHER_FORMATS = b"application/cloudevents"
_PREFIX = b"ce-"
_ORIGIN = b"webhook-request-origin"
_ORIGIN_LIMIT = 253
"""Characters of a domain name (RFC 1035)."""


def read_cloudevents(delivery: Delivery) -> list[Any]:
    """Return the events of a request, each as its JSON format has it.

    Raises:
        Unreadable: not JSON where it has to be, another event format, or a header that is repeated
            or not percent-encoded UTF-8.
    """
    kind = _content_type(delivery)
    if kind == _BATCH:
        events = read_document(delivery.body)
        if not isinstance(events, list):
            raise Unreadable("a batch that is no list")
        return events
    if kind == _STRUCTURED:
        return [read_document(delivery.body)]
    if kind.startswith(_OTHER_FORMATS):
        raise Unreadable("CloudEvents in a format other than JSON")
    return [_binary(delivery, kind)]


def _content_type(delivery: Delivery) -> bytes:
    return b"".join(delivery.header_values(b"content-type")[:1]).split(b";")[0].strip().lower()


def _binary(delivery: Delivery, kind: bytes) -> dict[str, Any]:
    event: dict[str, Any] = {}
    for name, value in delivery.headers:
        if not name.startswith(_PREFIX):
            continue
        attribute = name.removeprefix(_PREFIX).decode("latin-1")
        if attribute in event:
            raise Unreadable(f"the header ce-{attribute} is repeated")
        event[attribute] = _decoded(value)
    if kind:
        event["datacontenttype"] = kind.decode("latin-1")
    return event | _data(delivery.body, kind)


def _decoded(value: bytes) -> str:
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise Unreadable("an attribute is not percent-encoded UTF-8") from None


def _data(body: bytes, kind: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if not kind or kind.endswith((b"/json", b"+json")):
        return {"data": read_document(body)}
    try:
        return {"data": body.decode()}
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(body).decode()}


def greet_cloudevents(asked: Asked) -> Reply | None:
    """Answer the OPTIONS request by which a sender asks whether it may send: it may.

    That tells nothing: what it sends is still verified. No rate is named, so that it may send at any.

    Raises:
        BadSignature: the header that says who asks is missing, repeated or no domain name.
    """
    if asked.delivery.method != "OPTIONS":
        return None
    values = asked.delivery.header_values(_ORIGIN)
    if len(values) != 1 or not _is_origin(values[0]):
        raise BadSignature("not-a-challenge", _ORIGIN.decode())
    return Reply(
        headers=(
            ("webhook-allowed-origin", values[0].decode("ascii")),
            ("webhook-allowed-rate", "*"),
            ("allow", "POST"),
        )
    )


def _is_origin(value: bytes) -> bool:
    if not 0 < len(value) <= _ORIGIN_LIMIT:
        return False
    return value.isascii() and value.translate(None, b".-").isalnum()
