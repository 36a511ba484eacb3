"""Plivo's two schemes: https://www.plivo.com/docs/messaging/concepts/signature-validation.

The second version signs the address alone; the third also signs query and form, sorted.
"""

from relay.schemes.address import fields, signed_url, split_target
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.inside import each_of
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.source import Source

_V2 = b"x-plivo-signature-v2"
_V3 = (b"x-plivo-signature-v3", b"x-plivo-signature-ma-v3")
"""The second is the main account's, where a subaccount's token signs the first."""


def _addresses(source: Source, target: bytes) -> list[bytes]:
    """Return the address without its query; without the slash as well if it has no other path."""
    url = signed_url(source, split_target(target)[0])
    return [url, url[:-1]] if split_target(target)[0] == b"/" else [url]


def read_v2(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request whose address is signed with a nonce.

    Raises:
        BadSignature: a header is missing, repeated or malformed.
    """
    delivery = asked.delivery
    nonce = sole(delivery, _V2 + b"-nonce")
    signed = [url + nonce for url in _addresses(asked.source, delivery.target)]
    return (Unit(signatures=(sole(delivery, _V2),), signed=signed),)


def write_v2(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of a request of the second version."""
    nonce = _nonce(request)
    text = _addresses(request.source, request.target)[0] + nonce
    return Signed(headers={_V2.decode(): sign(text).decode(), f"{_V2.decode()}-nonce": nonce.decode()})


def read_v3(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request whose address, query and form are signed with a nonce.

    Raises:
        BadSignature: a header is missing, repeated or malformed, or query or body are no fields.
    """
    delivery = asked.delivery
    nonce = sole(delivery, _V3[0] + b"-nonce")
    rest = _rest(delivery.method, delivery.target, delivery.body) + b"." + nonce
    texts = [url + rest for url in _addresses(asked.source, delivery.target)]
    return (Unit(signatures=each_of(delivery, _V3), signed=texts + [_twice(text) for text in texts]),)


def _rest(method: str, target: bytes, body: bytes) -> bytes:
    """Return what is signed after the address.

    A form without a query still has the question mark; a dot stands only between the two.
    """
    query = "&".join(f"{name}={value}" for name, value in sorted(fields(split_target(target)[1])))
    form = "" if method == "GET" else "".join(name + value for name, value in sorted(fields(body)))
    if not query and not form:
        return b""
    return f"?{query}{'.' if query and form else ''}{form}".encode()


def _twice(text: bytes) -> bytes:
    """Return a text as the provider's library has it: what is not ASCII is encoded twice."""
    return text.decode("latin-1").encode()


def write_v3(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of a request of the third version."""
    nonce = _nonce(request)
    text = _addresses(request.source, request.target)[0] + _rest(request.method, request.target, request.body)
    headers = {_V3[0]: sign(text + b"." + nonce), _V3[0] + b"-nonce": nonce}
    return Signed(headers={name.decode(): value.decode() for name, value in headers.items()})


def _nonce(request: Unsigned) -> bytes:
    return b"%020d" % int(request.now)


V2 = FunctionForm(reader=read_v2, writer=write_v2, binds=Binds.SENDER, signs_url=True)
V3 = FunctionForm(
    reader=read_v3, writer=write_v3, binds=Binds.SENDER | Binds.BODY | Binds.URL, signs_url=True
)
