"""The common shapes of a row's wiring, so that a plain provider needs a few words of data.

Header names are written as the provider writes them. ``id`` and ``type`` are read by
:meth:`relay.schemes.place.Where.parse`: ``header:X-Id``, ``body:data.id|body:id``,
``body:type + body:action?``.
"""

from collections.abc import Callable
from typing import Any

from relay.schemes.bodies import Reader, read_json
from relay.schemes.fields import SECONDS, Clock, sole
from relay.schemes.form import FunctionForm
from relay.schemes.header import BODY_ONLY, HeaderForm
from relay.schemes.keys import text_key, whsec_key
from relay.schemes.mac import Equality, Mac
from relay.schemes.pairs import TIME_AND_BODY, PairsForm
from relay.schemes.pipeline import Asked, Binds, Form, Primitive, Scheme, Sign, Signed, Unit, Unsigned, Window
from relay.schemes.place import Where, header_name
from relay.schemes.provider import Wiring
from relay.schemes.template import Template


def wired(
    form: Form,
    primitive: Primitive,
    *,
    id: str,  # noqa: A002 - the word that rows use
    type: str,  # noqa: A002 - as above
    key: Callable[[str], Any] | None = text_key,
    window: Window | None = None,
    items: str | None = None,
    reader: Reader = read_json,
) -> Wiring:
    """Return a wiring of any form. ``items`` is the path of a batch's list, ``.`` if the body is it."""
    path = None if items is None else tuple(step for step in items.split(".") if step)
    return Wiring(
        scheme=Scheme(form=form, primitive=primitive, key=key, window=window or Window()),
        id=Where.parse(id, ":"),
        type=Where.parse(type, "."),
        items=path,
        reader=reader,
    )


def in_header(
    header: str,
    *,
    id: str,  # noqa: A002 - the word that rows use
    type: str,  # noqa: A002 - as above
    prefix: str = "",
    separator: str | None = None,
    also: tuple[str, ...] = (),
    algorithm: str = "sha256",
    encoding: str = "hex",
    primitive: Primitive | None = None,
    timestamp: str | None = None,
    clock: Clock = SECONDS,
    signed_id: str | None = None,
    signed: str = "{body}",
    alternatives: tuple[str, ...] = (),
    key: Callable[[str], Any] | None = text_key,
    window: Window | None = None,
    items: str | None = None,
    reader: Reader = read_json,
) -> Wiring:
    """Return the wiring of a signature in a header of its own: an HMAC, or ``primitive``."""
    form = HeaderForm(
        header=header_name(header),
        also=tuple(header_name(name) for name in also),
        prefix=prefix.encode(),
        separator=separator.encode() if separator else None,
        timestamp=header_name(timestamp) if timestamp else None,
        clock=clock,
        id=header_name(signed_id) if signed_id else None,
        signed=BODY_ONLY if signed == "{body}" else Template.parse(signed),
        alternatives=tuple(Template.parse(text) for text in alternatives),
    )
    how = primitive or Mac(algorithm=algorithm, encoding=encoding)
    return wired(form, how, id=id, type=type, key=key, window=window, items=items, reader=reader)


def in_pairs(
    header: str,
    *,
    id: str,  # noqa: A002 - the word that rows use
    type: str,  # noqa: A002 - as above
    separator: str = ",",
    blanks: bool = False,
    time: str = "t",
    signature: str = "v1",
    clock: Clock = SECONDS,
    signed: str = "{timestamp}.{body}",
    algorithm: str = "sha256",
    encoding: str = "hex",
    key: Callable[[str], Any] = text_key,
    window: Window | None = None,
    items: str | None = None,
) -> Wiring:
    """Return the wiring of a header such as ``t=…,v1=…``."""
    form = PairsForm(
        header=header_name(header),
        separator=separator.encode(),
        blanks=blanks,
        time=time.encode(),
        signature=signature.encode(),
        clock=clock,
        signed=TIME_AND_BODY if signed == "{timestamp}.{body}" else Template.parse(signed),
    )
    mac = Mac(algorithm=algorithm, encoding=encoding)
    return wired(form, mac, id=id, type=type, key=key, window=window, items=items)


def token(
    header: str,
    *,
    id: str,  # noqa: A002 - the word that rows use
    type: str,  # noqa: A002 - as above
    prefix: str = "",
    items: str | None = None,
    reader: Reader = read_json,
) -> Wiring:
    """Return the wiring of a secret that is sent as it is, after ``prefix``, in a header of its own."""
    name, begin = header_name(header), prefix.encode()

    def read(asked: Asked) -> tuple[Unit]:
        value = sole(asked.delivery, name)
        given = value.removeprefix(begin) if value.startswith(begin) else b""
        return (Unit(signatures=(given,), signed=(b"",)),)

    def write(request: Unsigned, sign: Sign) -> Signed:  # noqa: ARG001 - nothing of it is signed
        return Signed(headers={name.decode(): (begin + sign(b"")).decode()})

    form = FunctionForm(reader=read, writer=write, binds=Binds.SENDER)
    return wired(form, Equality(), id=id, type=type, items=items, reader=reader)


def standard_webhooks(
    prefix: str,
    *,
    id: str = "",  # noqa: A002 - the word that rows use
    type: str = "body:type",  # noqa: A002 - as above
    version: str = "v1",
    primitive: Primitive | None = None,
    key: Callable[[str], Any] = whsec_key,
) -> Wiring:
    """Return the wiring of the Standard Webhooks specification under a header prefix.

    ``id`` names the header of the id where that is not the prefix and ``id``.
    """
    name = id or f"{prefix}id"
    return in_header(
        f"{prefix}signature",
        prefix=f"{version},",
        separator=" ",
        timestamp=f"{prefix}timestamp",
        signed_id=name,
        signed="{id}.{timestamp}.{body}",
        encoding="base64",
        primitive=primitive,
        key=key,
        id=f"header:{name}",
        type=type,
    )
