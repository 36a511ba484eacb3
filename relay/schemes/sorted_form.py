"""Schemes that sign the URL followed by the sorted fields of the form: Twilio and its relatives.

https://www.twilio.com/docs/usage/security#validating-requests
https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
"""

import hashlib
from functools import partial
from typing import Any

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import fields, query_field, signed_url, spellings, split_target
from relay.schemes.bodies import read_form
from relay.schemes.document import Unreadable, read_document
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import walk

_HEADER = b"x-twilio-signature"
_MANDRILL = b"x-mandrill-signature"
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
    """Return the header of a form that Twilio would send; other bodies get their hash into the URL."""
    try:
        form = b"=" in request.body or not request.body
        text = sorted_fields(request.body) if form and request.body[:1] not in {b"{", b"["} else None
    except BadSignature:
        text = None
    if text is not None:
        return Signed(headers=_signature(sign, signed_url(request.source, request.target) + text))
    glue = b"&" if split_target(request.target)[1] else b"?"
    digest = hashlib.sha256(request.body).hexdigest().encode()
    target = request.target + glue + _HASH.encode() + b"=" + digest
    return Signed(headers=_signature(sign, signed_url(request.source, target)), target=target)


def _signature(sign: Sign, text: bytes) -> dict[str, str]:
    return {_HEADER.decode(): sign(text).decode()}


TWILIO = FunctionForm(
    reader=read_twilio, writer=write_twilio, binds=Binds.SENDER | Binds.BODY | Binds.URL, signs_url=True
)


def read_mandrill(asked: Asked) -> tuple[Unit]:
    """Return the unit of a form that Mandrill sent.

    Raises:
        BadSignature: the header is missing or malformed, or the body is no form.
    """
    delivery = asked.delivery
    text = _mandrill_text(signed_url(asked.source, delivery.target), delivery.body)
    return (Unit(signatures=(sole(delivery, _MANDRILL),), signed=(text,)),)


def _mandrill_text(url: bytes, body: bytes) -> bytes:
    return url + "".join(name + value for name, value in sorted(fields(body))).encode()


def write_mandrill(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of a form that Mandrill would send."""
    text = _mandrill_text(signed_url(request.source, request.target), request.body)
    return Signed(headers={_MANDRILL.decode(): sign(text).decode()})


def read_mandrill_events(delivery: Delivery) -> Any:
    """Return the list that stands as JSON in the form's one field."""
    text = walk(read_form(delivery), ("mandrill_events",))
    if not isinstance(text, str):
        raise Unreadable("no single field mandrill_events")
    return {"mandrill_events": read_document(text.encode())}


MANDRILL = FunctionForm(
    reader=read_mandrill, writer=write_mandrill, binds=Binds.SENDER | Binds.BODY | Binds.URL, signs_url=True
)
