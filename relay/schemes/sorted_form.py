"""Schemes that sign the URL followed by the sorted fields of the form: Twilio and its relatives.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import hashlib
from functools import partial

from relay.errors import BadSignature
from relay.schemes.address import fields, query_field, signed_url, spellings
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

_HEADER = b"x-twilio-signature"
_HASH = "bodySHA256"


def sorted_fields(body: bytes) -> bytes:
    """Return each name with its value, sorted, equal pairs once.

    Raises:
        BadSignature: the body is no form.
    """
    return "".join(name + value for name, value in sorted(set(fields(body)))).encode()


def read_twilio(asked: Asked) -> tuple[Unit]:
    """Return the unit of a Twilio request: the fields are signed, or a hash of the body in the URL is.

    Raises:
        BadSignature: the header is missing or malformed, or the body is covered by neither.
    """
    delivery = asked.delivery
    signature = sole(delivery, _HEADER)
    urls = spellings(signed_url(asked.source, delivery.target))
    expected = query_field(delivery, _HASH)
    if expected is not None:
        return (
            Unit(signatures=(signature,), signed=urls, bindings=(partial(_check_hash, expected, asked),)),
        )
    text = sorted_fields(delivery.body)
    return (Unit(signatures=(signature,), signed=[url + text for url in urls]),)


def _check_hash(expected: str, asked: Asked) -> None:
    found = hashlib.sha256(asked.delivery.body).hexdigest()
    if not same(found.encode(), expected.encode()):
        raise BadSignature("body-changed", _HASH)


def write_twilio(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of a form that Twilio would send."""
    text = signed_url(request.source, request.target) + sorted_fields(request.body)
    return Signed(headers={_HEADER.decode(): sign(text).decode()})


TWILIO = FunctionForm(
    reader=read_twilio, writer=write_twilio, binds=Binds.SENDER | Binds.BODY | Binds.URL, signs_url=True
)
