"""Proofs that the operator chooses: a token in a header or in the URL, a password, a certificate.

None of them signs anything: they prove who knows a secret, not what was sent. What the events' id
and type are is up to the operator as well, so that a source may say where they stand.
"""

import base64
import binascii
from collections.abc import Callable
from typing import TypeVar

from relay.errors import BadSignature, ConfigError
from relay.schemes.address import query_field
from relay.schemes.bodies import Reader, read_any
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.keys import parts_of, text_key
from relay.schemes.mac import Equality
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import Where, header_name
from relay.schemes.provider import Wiring
from relay.schemes.shapes import token, wired
from relay.source import Source

PLACES = {
    "id": "where the event's id stands, such as body:id or header:X-Id",
    "type": "where the event's type stands, such as body:type or text:order",
}
"""Options of every row that sends whatever it was told to."""

ANY_ID = "body:id|arrival"
ANY_TYPE = "body:type|body:event|text:event"

_AUTHORIZATION = b"authorization"
_BASIC = b"basic "
_EQUAL = Equality()

_T = TypeVar("_T")


def chosen_header(
    header: str = "",
    *,
    prefix: str = "",
    id: str = ANY_ID,  # noqa: A002 - the word that rows use
    type: str = ANY_TYPE,  # noqa: A002 - as above
    items: str | None = None,
    reader: Reader = read_any,
) -> Callable[[Source], Wiring]:
    """Return a builder for a secret in the header that the option ``header`` names."""

    def build(source: Source) -> Wiring:
        name = source.options.get("header", header)
        _parsed(source, "header", header_name, name)
        where, kind = _places(source, id, type)
        return token(name, prefix=prefix, id=where, type=kind, items=items, reader=reader)

    return build


def basic_key(secret: str) -> bytes:
    """Return ``user:password`` of a secret with the parts user and password.

    Raises:
        ValueError: a part is missing, or the user has a colon (RFC 7617 section 2).
    """
    user, password = parts_of(secret, "user", "password")
    if ":" in user:
        raise ValueError("has a colon in its user, which no sender could write")
    return f"{user}:{password}".encode()


def read_basic(asked: Asked) -> tuple[Unit]:
    """Return user and password of RFC 7617; the password may have colons.

    Raises:
        BadSignature: the header is missing, repeated or malformed, or of another scheme.
    """
    value = sole(asked.delivery, _AUTHORIZATION)
    if value[: len(_BASIC)].lower() != _BASIC:
        raise BadSignature("malformed-header", "not Basic")
    text = value[len(_BASIC) :]
    try:
        given = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("malformed-header", "not base64") from None
    if base64.b64encode(given) != text:
        raise BadSignature("malformed-header", "not base64 as an encoder writes it")
    return (Unit(signatures=(given,), signed=(b"",)),)


def write_basic(request: Unsigned, sign: Sign) -> Signed:  # noqa: ARG001 - nothing of it is signed
    """Return the header with user and password."""
    return Signed(headers={"authorization": f"Basic {base64.b64encode(sign(b'')).decode()}"})


BASIC = FunctionForm(reader=read_basic, writer=write_basic, binds=Binds.SENDER)


def basic(
    *,
    id: str = ANY_ID,  # noqa: A002 - the word that rows use
    type: str = ANY_TYPE,  # noqa: A002 - as above
    items: str | None = None,
    reader: Reader = read_any,
) -> Wiring:
    """Return the wiring of basic authentication."""
    return wired(BASIC, _EQUAL, key=basic_key, id=id, type=type, items=items, reader=reader)


def build_basic(source: Source) -> Wiring:
    """Return basic authentication for a source that says where id and type stand."""
    where, kind = _places(source, ANY_ID, ANY_TYPE)
    return basic(id=where, type=kind)


def header_or_basic(
    *,
    id: str,  # noqa: A002 - the word that rows use
    type: str,  # noqa: A002 - as above
) -> Callable[[Source], Wiring]:
    """Return a builder for a secret in the header that the option ``header`` names; without it, basic."""

    def build(source: Source) -> Wiring:
        if "header" in source.options:
            return chosen_header(id=id, type=type)(source)
        where, kind = _places(source, id, type)
        return basic(id=where, type=kind)

    return build


def build_url_token(source: Source) -> Wiring:
    """Return the wiring of a secret in the field of the URL that the option ``parameter`` names."""
    name = source.options.get("parameter", "token")
    if not (name.isascii() and name.replace("_", "").replace("-", "").isalnum()):
        raise _refused(source, "parameter", "has to be letters, digits, - and _.")

    def read(asked: Asked) -> tuple[Unit]:
        value = query_field(asked.delivery, name)
        if not value:
            raise BadSignature("missing-token", name)
        return (Unit(signatures=(value.encode(),), signed=(b"",)),)

    def write(request: Unsigned, sign: Sign) -> Signed:
        glue = b"&" if b"?" in request.target else b"?"
        return Signed(target=request.target + glue + f"{name}=".encode() + _quoted(sign(b"")))

    form = FunctionForm(reader=read, writer=write, binds=Binds.SENDER)
    where, kind = _places(source, ANY_ID, ANY_TYPE)
    return wired(form, _EQUAL, id=where, type=kind, reader=read_any)


def _quoted(secret: bytes) -> bytes:
    return "".join(f"%{octet:02X}" for octet in secret).encode()


def build_mutual_tls(source: Source) -> Wiring:
    """Return the wiring of a client certificate that a proxy in front has checked.

    Anyone who reaches the relay past the proxy could write the header that names the certificate. So
    the proxy proves itself with a secret in a header of its own: that is the source's secret. Both
    headers have to stand there once; a proxy that adds its own to a stranger's makes two.
    """
    named = _parsed(source, "header", header_name, source.options.get("header", ""))
    proxy = _parsed(source, "proxy_header", header_name, source.options.get("proxy_header", ""))
    if named == proxy:
        raise _refused(source, "proxy_header", "is the header of the certificate; it needs its own.")
    wanted = source.options.get("certificate", "").encode()

    def read(asked: Asked) -> tuple[Unit, Unit]:
        return (
            Unit(signatures=(sole(asked.delivery, named),), signed=(b"",), keys=(wanted,)),
            Unit(signatures=(sole(asked.delivery, proxy),), signed=(b"",)),
        )

    def write(request: Unsigned, sign: Sign) -> Signed:  # noqa: ARG001 - nothing of it is signed
        return Signed(headers={named.decode(): wanted.decode(), proxy.decode(): sign(b"").decode()})

    form = FunctionForm(reader=read, writer=write, binds=Binds.SENDER)
    where, kind = _places(source, ANY_ID, ANY_TYPE)
    return wired(form, _EQUAL, key=text_key, id=where, type=kind, reader=read_any)


def _places(source: Source, event_id: str, event_type: str) -> tuple[str, str]:
    """Return where id and type stand: as the source says, or else as its provider's row does."""
    found = source.options.get("id", event_id), source.options.get("type", event_type)
    for name, text in zip(("id", "type"), found, strict=True):
        _parsed(source, name, lambda value: Where.parse(value, "."), text)
    return found


def _parsed(source: Source, name: str, parse: Callable[[str], _T], text: str) -> _T:
    try:
        return parse(text)
    except ValueError as error:
        raise _refused(source, name, f"{error}.") from None


def _refused(source: Source, name: str, problem: str) -> ConfigError:
    return ConfigError(f"sources.{source.name}.options.{name}", problem)
