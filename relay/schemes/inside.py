"""What a body says of its own proof: read within bounds before anything is proven, or refused.

Here also are the readers that take such a proof out again, so that no token travels on to a desk.
"""

from collections.abc import Callable, Sequence
from typing import Any

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.bodies import Reader, read_json
from relay.schemes.document import Unreadable
from relay.schemes.fields import MAX_LENGTH, sole
from relay.schemes.form import FunctionForm
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import walk


def said(asked: Asked, reader: Reader = read_json) -> Any:
    """Return what the body says, of which nothing is proven yet.

    Raises:
        BadSignature: it can't be read.
    """
    try:
        return reader(asked.delivery)
    except Unreadable as error:
        raise BadSignature("malformed-body", str(error)) from None


def proof_at(document: Any, *path: str) -> bytes:
    """Return the signature, token or time that stands in a body, as bytes; a whole number as its digits.

    Raises:
        BadSignature: there is none, or it is no text of a bounded length.
    """
    value = walk(document, path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    name = ".".join(path)
    if value is None or value == "":
        raise BadSignature("missing-field", name)
    if not isinstance(value, str) or len(value) > MAX_LENGTH or not value.isascii():
        raise BadSignature("malformed-field", name)
    return value.encode()


def check_text(asked: Asked) -> None:
    """Check that the body is UTF-8, for schemes that hash a secret with it instead of using an HMAC.

    Such a hash can be continued by anyone; but what would be continued begins with padding, which no
    UTF-8 text can have.

    Raises:
        BadSignature: it isn't.
    """
    try:
        asked.delivery.body.decode()
    except UnicodeDecodeError:
        raise BadSignature("malformed-body", "not UTF-8") from None


def read_without(name: str) -> Reader:
    """Return a reader of JSON that leaves out the token that stands in the field ``name``."""

    def read(delivery: Delivery) -> Any:
        document = read_json(delivery)
        return (
            {key: value for key, value in document.items() if key != name}
            if isinstance(document, dict)
            else document
        )

    return read


def body_token(name: str) -> FunctionForm:
    """Return the form of a secret that stands in a field of a JSON body as it is."""

    def read(asked: Asked) -> tuple[Unit]:
        return (Unit(signatures=(proof_at(said(asked), name),), signed=(b"",)),)

    return FunctionForm(reader=read, writer=_adding(name), binds=Binds.SENDER)


def _adding(name: str) -> Callable[[Unsigned, Sign], Signed]:
    def write(request: Unsigned, sign: Sign) -> Signed:
        return Signed(body=with_first(request.body, name.encode(), sign(b"")))

    return write


def with_first(body: bytes, name: bytes, value: bytes) -> bytes:
    """Return a JSON object with a field put in front of the others; ``value`` needs no escapes.

    Raises:
        ValueError: the body is no object.
    """
    inside = body.strip()
    if inside[:1] != b"{":
        raise ValueError("has to be a JSON object")
    rest = inside[1:].lstrip()
    glue = b"" if rest.startswith(b"}") else b","
    return b'{"' + name + b'":"' + value + b'"' + glue + rest


def optional(delivery: Delivery, name: bytes) -> bytes | None:
    """Return the only value of a header, None if there is none.

    Raises:
        BadSignature: it is repeated or malformed.
    """
    return sole(delivery, name) if delivery.header_values(name) else None


def each_of(delivery: Delivery, names: Sequence[bytes]) -> list[bytes]:
    """Return the items of the comma-separated lists in those of the headers that are there.

    Raises:
        BadSignature: none of the headers is, or one is repeated or malformed.
    """
    found = [value for name in names if (value := optional(delivery, name)) is not None]
    if not found:
        raise BadSignature("missing-header", names[0].decode())
    return [item.strip() for value in found for item in value.split(b",")]
