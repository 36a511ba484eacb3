"""Linear signs the body alone; the time stands in the body, or else in a header.

https://linear.app/developers/webhooks#securing-webhooks
"""

import msgspec

from relay.errors import BadSignature
from relay.schemes.document import Unreadable, read_document
from relay.schemes.fields import MILLISECONDS, sole
from relay.schemes.form import FunctionForm
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import walk

_SIGNATURE = b"linear-signature"
_TIMESTAMP = b"linear-timestamp"
_FIELD = "webhookTimestamp"


def read_linear(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request of Linear's; its time in the body wins over the header's.

    Raises:
        BadSignature: a header is missing, repeated or malformed, or there is no time.
    """
    signature = sole(asked.delivery, _SIGNATURE)
    # Looked at even if the body has a time: a repeated one is ambiguous all the same.
    given = asked.delivery.header_values(_TIMESTAMP)
    header = sole(asked.delivery, _TIMESTAMP) if given else None
    text = _time_in(asked.delivery.body) or header
    if text is None:
        raise BadSignature("missing-time", f"neither {_FIELD} nor {_TIMESTAMP.decode()}")
    time = MILLISECONDS.read(text)
    return (Unit(signatures=(signature,), signed=(asked.delivery.body,), time=time),)


def _time_in(body: bytes) -> bytes | None:
    """Return the digits of the body's own time, None if it has none."""
    if _FIELD.encode() not in body:
        return None
    try:
        value = walk(read_document(body), (_FIELD,))
    except Unreadable:
        return None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadSignature("malformed-time", f"{_FIELD} is not a whole number")
    return str(value).encode()


def write_linear(request: Unsigned, sign: Sign) -> Signed:
    """Return the header, and the body with the time in it as Linear writes it.

    A body that has no fields stays as it is, and the time goes into a header.
    """
    time = MILLISECONDS.write(request.now)
    try:
        document = read_document(request.body)
    except Unreadable:
        document = None
    if not isinstance(document, dict):
        signature = sign(request.body).decode()
        return Signed(headers={_SIGNATURE.decode(): signature, _TIMESTAMP.decode(): time.decode()})
    body = msgspec.json.encode({**document, _FIELD: int(time)})
    return Signed(headers={_SIGNATURE.decode(): sign(body).decode()}, body=body)


LINEAR = FunctionForm(reader=read_linear, writer=write_linear, binds=Binds.SENDER | Binds.BODY)
