"""What a body says, by its kind: JSON, form, multipart, XML. Read only after it was proven.

Every reader returns names, lists and texts that JSON can hold, and raises
:class:`relay.schemes.document.Unreadable`. What a field that stands several times says is a list.
"""

from collections.abc import Callable, Iterable
from email.message import Message
from email.parser import BytesParser
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped] # it has no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped] # as above

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import MAX_FIELDS, fields
from relay.schemes.document import MAX_DEPTH, Unreadable, read_document

Reader = Callable[[Delivery], Any]

MAX_LINES = 5000
"""Documents of one body that has one on each line."""


def read_json(delivery: Delivery) -> Any:
    """Return a JSON body."""
    return read_document(delivery.body)


def read_form(delivery: Delivery) -> Any:
    """Return the fields of a form in application/x-www-form-urlencoded."""
    return _collected(_fields(delivery.body))


def read_query(delivery: Delivery) -> Any:
    """Return the fields of the query: for providers that send a GET."""
    return _collected(_fields(delivery.target.partition(b"?")[2]))


def read_multipart(delivery: Delivery) -> Any:
    """Return the text fields of a form in multipart/form-data (RFC 7578); files are left out."""
    head = b"Content-Type: " + b"".join(delivery.header_values(b"content-type")[:1]) + b"\r\n\r\n"
    try:
        message = BytesParser().parsebytes(head + delivery.body)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    payload = message.get_payload()
    parts = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    if not parts or len(parts) > MAX_FIELDS:
        raise Unreadable("not multipart/form-data of a bounded number of parts")
    return _collected(_part(part) for part in parts if not part.get_filename())


def read_xml(delivery: Delivery) -> Any:
    """Return an XML body as objects: children by their names without namespace, text as text.

    Document types, entities and external references are refused.
    """
    root = xml_tree(delivery.body)
    return {_local(root): element_value(root)}


def xml_tree(body: bytes) -> Element:
    """Return the root of an XML body.

    Raises:
        Unreadable: not XML, or XML with a document type.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise Unreadable("not XML, or XML with a document type") from None
    return root


def element_value(element: Element) -> Any:
    """Return what an element holds: its text, or an object of its children by their names.

    Raises:
        Unreadable: it is nested too deeply.
    """
    return _element(element, 1)


def read_body_or_query(delivery: Delivery) -> Any:
    """Return the body by its content type; without one, the fields of the query."""
    return read_any(delivery) if delivery.body else read_query(delivery)


def read_lines(delivery: Delivery) -> Any:
    """Return the documents of a body: one on each line, or the items of one list, or a single one."""
    lines = [line for line in delivery.body.split(b"\n") if line.strip()]
    if len(lines) > MAX_LINES:
        raise Unreadable(f"{len(lines)} lines")
    if not delivery.body.lstrip().startswith(b"{") or len(lines) < 2:  # noqa: PLR2004 - one line is one document
        document = read_document(delivery.body)
        return document if isinstance(document, list) else [document]
    try:
        return [read_document(line) for line in lines]
    except Unreadable:
        return [read_document(delivery.body)]


def read_any(delivery: Delivery) -> Any:
    """Return the body by its content type: form, multipart or XML; JSON if it is anything else."""
    return chosen(read_any, delivery)(delivery)


def chosen(reader: Reader, delivery: Delivery) -> Reader:
    """Return the reader for this delivery: ``reader`` itself, unless it goes by the content type."""
    if reader is not read_any:
        return reader
    kind = b"".join(delivery.header_values(b"content-type")[:1]).split(b";")[0].strip().lower()
    return _READERS.get(kind, read_json)


_READERS: dict[bytes, Reader] = {
    b"application/x-www-form-urlencoded": read_form,
    b"multipart/form-data": read_multipart,
    b"application/xml": read_xml,
    b"text/xml": read_xml,
    b"application/soap+xml": read_xml,
}


def _fields(text: bytes) -> list[tuple[str, str]]:
    try:
        return fields(text)
    except BadSignature as error:
        raise Unreadable(str(error)) from None


def _part(part: Message) -> tuple[str, str]:
    name = part.get_param("name", header="content-disposition")
    raw = part.get_payload(decode=True)
    if not isinstance(name, str) or not isinstance(raw, bytes):
        raise Unreadable("a part without a name or with parts of its own")
    try:
        return name, raw.decode()
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _element(element: Element, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Unreadable("nested too deeply")
    children = list(element)
    if not children:
        return (element.text or "").strip()
    found: dict[str, list[Any]] = {}
    for child in children:
        found.setdefault(_local(child), []).append(_element(child, depth + 1))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
