"""Schemes that sign a canonical form of the request: MessageBird's older one, Contentful, Keygen, HubSpot.

https://developers.messagebird.com/api/#verifying-http-requests (before tokens)
https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/
https://keygen.sh/docs/api/signatures/
https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import fields, signed_url, split_target
from relay.schemes.fields import MILLISECONDS, SECONDS, sole
from relay.schemes.form import FunctionForm
from relay.schemes.inside import check_text, optional
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

_BODY = Binds.SENDER | Binds.BODY
_ALL = _BODY | Binds.URL | Binds.TIME

_BIRD, _BIRD_TIME = b"messagebird-signature", b"messagebird-request-timestamp"

_CONTENTFUL = "x-contentful-signature"
_NAMES = b"x-contentful-signed-headers"
_TIME = b"x-contentful-timestamp"
_MAX_HEADERS = 50

_KEYGEN = b"keygen-signature"
_COVERED = "(request-target) host date digest"
_PARAMETER = re.compile(r'([a-z]{1,20})="([^"\\]*)"(?:, ?|$)')
_PARAMETERS = {"keyid", "algorithm", "signature", "headers"}

_URI = ";,/?:@&=+$-_.!~*'()#"
"""What JavaScript's encodeURI leaves as it is, besides letters and digits."""


def read_messagebird(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request signed with its time, its sorted query and a hash of its body.

    Raises:
        BadSignature: a header is missing or malformed, or the query can't be read.
    """
    delivery = asked.delivery
    time = sole(delivery, _BIRD_TIME)
    signed = _bird_text(time, delivery.target, delivery.body)
    return (Unit(signatures=(sole(delivery, _BIRD),), signed=(signed,), time=SECONDS.read(time)),)


def _bird_text(time: bytes, target: bytes, body: bytes) -> bytes:
    query = urlencode(sorted(fields(split_target(target)[1]))).encode()
    return b"\n".join((time, query, hashlib.sha256(body).digest()))


def write_messagebird(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of such a request."""
    time = SECONDS.write(request.now)
    signature = sign(_bird_text(time, request.target, request.body))
    return Signed(headers={_BIRD.decode(): signature.decode(), _BIRD_TIME.decode(): time.decode()})


MESSAGEBIRD_LEGACY = FunctionForm(reader=read_messagebird, writer=write_messagebird, binds=_BODY | Binds.TIME)


def read_contentful(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request that says itself which of its headers are signed.

    Raises:
        BadSignature: a header is missing, repeated or malformed, or list and time aren't signed.
    """
    delivery = asked.delivery
    signature, names = sole(delivery, _CONTENTFUL.encode()), sole(delivery, _NAMES).split(b",")
    if len(set(names)) != len(names) or not {_NAMES, _TIME} <= set(names) or len(names) > _MAX_HEADERS:
        raise BadSignature("malformed-header", _NAMES.decode())
    headers = {name: sole(delivery, name) for name in names if name.islower()}
    signed = _contentful_text(delivery.method, delivery.target, headers, delivery.body)
    return (Unit(signatures=(signature,), signed=(signed,), time=MILLISECONDS.read(headers[_TIME])),)


def _contentful_text(method: str, target: bytes, headers: dict[bytes, bytes], body: bytes) -> bytes:
    values = headers | {_NAMES: b",".join(sorted(headers))}
    lines = b";".join(name + b":" + value for name, value in sorted(values.items()))
    return b"\n".join((method.encode(), _encoded(target.decode("latin-1")), lines, body))


def _encoded(target: str) -> bytes:
    """Return path and query as the provider's library encodes them: the query once more than the path."""
    path, *rest = target.split("?")
    query = quote(rest[0], safe="-_.!~*'()") if rest else ""
    return quote(f"{path}?{query}" if query else path, safe=_URI).encode()


def write_contentful(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of such a request."""
    time = MILLISECONDS.write(request.now)
    headers = {_NAMES: b"", _TIME: time}
    signature = sign(_contentful_text(request.method, request.target, headers, request.body))
    added = {_CONTENTFUL: signature.decode(), _NAMES.decode(): b",".join(sorted(headers)).decode()}
    return Signed(headers=added | {_TIME.decode(): time.decode()})


CONTENTFUL = FunctionForm(reader=read_contentful, writer=write_contentful, binds=_ALL)


def read_keygen(asked: Asked) -> tuple[Unit]:
    """Return the unit of a request signed after draft-cavage-http-signatures, with a digest of its body.

    The host that is signed is that of the public URL, never what the Host header says.

    Raises:
        BadSignature: a header is missing or malformed, or not all that has to be is signed.
    """
    delivery = asked.delivery
    parameters = _parameters(sole(delivery, _KEYGEN).decode("ascii"))
    if parameters["headers"] != _COVERED or parameters["algorithm"] != "ed25519":
        raise BadSignature("wrong-algorithm", "not Ed25519 over target, host, date and digest")
    date, digest = sole(delivery, b"date"), sole(delivery, b"digest")
    unit = Unit(
        signatures=(parameters["signature"].encode(),),
        signed=(_keygen_text(asked.source.public_url, delivery, date, digest),),
        time=_http_date(date),
        bindings=(partial(_check_digest, digest, delivery.body),),
    )
    return (unit,)


def _parameters(text: str) -> dict[str, str]:
    """Return the parameters, each of which stands there once, and nothing else does."""
    found = _PARAMETER.findall(text)
    parameters = dict(found)
    if _PARAMETER.sub("", text) or len(parameters) != len(found) or parameters.keys() != _PARAMETERS:
        raise BadSignature("malformed-header", _KEYGEN.decode())
    return parameters


def _keygen_text(url: str, request: Delivery | Unsigned, date: bytes, digest: bytes) -> bytes:
    target = request.method.lower().encode() + b" " + request.target
    host = urlsplit(url).netloc.rpartition("@")[2].encode()
    lines = (b"(request-target): " + target, b"host: " + host, b"date: " + date, b"digest: " + digest)
    return b"\n".join(lines)


def _http_date(text: bytes) -> float:
    try:
        return parsedate_to_datetime(text.decode("ascii")).timestamp()
    except (ValueError, TypeError, OverflowError):
        raise BadSignature("malformed-time", "not a date of HTTP") from None


def _check_digest(digest: bytes, body: bytes) -> None:
    expected = b"sha-256=" + base64.b64encode(hashlib.sha256(body).digest())
    if not same(digest, expected):
        raise BadSignature("body-changed", "digest")


def write_keygen(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of such a request."""
    date = format_datetime(datetime.fromtimestamp(int(request.now), UTC), usegmt=True)
    digest = f"sha-256={base64.b64encode(hashlib.sha256(request.body).digest()).decode()}"
    text = _keygen_text(request.source.public_url, request, date.encode(), digest.encode())
    signature = f'keyid="k", algorithm="ed25519", signature="{sign(text).decode()}", headers="{_COVERED}"'
    return Signed(headers={_KEYGEN.decode(): signature, "date": date, "digest": digest})


KEYGEN = FunctionForm(reader=read_keygen, writer=write_keygen, binds=_ALL, signs_url=True)


def hubspot(version: str) -> FunctionForm:
    """Return the form of HubSpot's first or second version: a hash of the secret and the request.

    The version's header may lack; if it says another one, the request is not of this source.
    """
    text: Callable[[Asked | Unsigned], bytes] = _hubspot_body if version == "v1" else _hubspot_request

    def read(asked: Asked) -> tuple[Unit]:
        if optional(asked.delivery, b"x-hubspot-signature-version") not in {None, version.encode()}:
            raise BadSignature("wrong-version", f"not {version}")
        check_text(asked)
        return (Unit(signatures=(sole(asked.delivery, b"x-hubspot-signature"),), signed=(text(asked),)),)

    def write(request: Unsigned, sign: Sign) -> Signed:
        signature = sign(text(request)).decode()
        return Signed(headers={"x-hubspot-signature": signature, "x-hubspot-signature-version": version})

    url = version != "v1"
    binds = _BODY | Binds.URL if url else _BODY
    return FunctionForm(reader=read, writer=write, binds=binds, signs_url=url)


def _hubspot_body(asked: Asked | Unsigned) -> bytes:
    return asked.body if isinstance(asked, Unsigned) else asked.delivery.body


def _hubspot_request(asked: Asked | Unsigned) -> bytes:
    request = asked if isinstance(asked, Unsigned) else asked.delivery
    return request.method.encode() + signed_url(asked.source, request.target) + request.body
