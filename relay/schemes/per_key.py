"""Providers that send one signature for each of their keys: in numbered or in repeated headers."""

import re

from relay.errors import BadSignature
from relay.schemes.fields import every, sole
from relay.schemes.form import FunctionForm
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

MAX_DOCUSIGN_KEYS = 100
"""https://developers.docusign.com/platform/webhooks/connect/hmac."""

_DOCUSIGN = re.compile(rb"x-docusign-signature-([1-9][0-9]{0,2})")
_MOLLIE = b"x-mollie-signature"
_MOLLIE_PREFIX = b"sha256="


def read_docusign(asked: Asked) -> tuple[Unit]:
    """Return the unit of https://developers.docusign.com/platform/webhooks/connect/validate.

    The headers are numbered by key, each stands once, and any may be the one of our key.

    Raises:
        BadSignature: there is none, or one is repeated or malformed, or there are too many.
    """
    delivery = asked.delivery
    names = dict.fromkeys(name for name, _ in delivery.headers if _DOCUSIGN.fullmatch(name))
    if not names:
        raise BadSignature("missing-header", "x-docusign-signature-1")
    if len(names) > MAX_DOCUSIGN_KEYS:
        raise BadSignature("malformed-header", f"{len(names)} signatures")
    return (Unit(signatures=[sole(delivery, name) for name in names], signed=(delivery.body,)),)


def write_docusign(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of an account with one key."""
    return Signed(headers={"x-docusign-signature-1": sign(request.body).decode()})


DOCUSIGN = FunctionForm(reader=read_docusign, writer=write_docusign, binds=Binds.SENDER | Binds.BODY)


def read_mollie(asked: Asked) -> tuple[Unit]:
    """Return the unit of https://docs.mollie.com/reference/webhooks-new.

    While a key is replaced there is a signature for each, as two headers or as one list: so this
    header alone may be repeated. The prefix may lack.

    Raises:
        BadSignature: there is none, or one is malformed.
    """
    values = every(asked.delivery, _MOLLIE)
    items = [item.strip(b" ") for value in values for item in value.split(b",")]
    found = [item.removeprefix(_MOLLIE_PREFIX) for item in items]
    if not all(found):
        raise BadSignature("no-signature", "one is empty")
    return (Unit(signatures=found, signed=(asked.delivery.body,)),)


def write_mollie(request: Unsigned, sign: Sign) -> Signed:
    """Return the header of an account with one key."""
    return Signed(headers={_MOLLIE.decode(): (_MOLLIE_PREFIX + sign(request.body)).decode()})


MOLLIE = FunctionForm(reader=read_mollie, writer=write_mollie, binds=Binds.SENDER | Binds.BODY)
