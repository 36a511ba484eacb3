"""Signature headers that grow while keys rotate: Recurly's bare list and Persona's repeated pairs."""

from relay.errors import BadSignature
from relay.schemes.fields import MILLISECONDS, SECONDS, sole
from relay.schemes.form import FunctionForm
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

_BINDS = Binds.SENDER | Binds.BODY | Binds.TIME
_RECURLY = b"recurly-signature"
_PERSONA = b"persona-signature"
_MAX_SETS = 16


def read_recurly(asked: Asked) -> tuple[Unit]:
    """Return the unit of ``1659641851000,a8c8…,cafe…``: the time in milliseconds, then signatures.

    https://docs.recurly.com/docs/signature-verification; the unit of the time is that of its SDK.

    Raises:
        BadSignature: the header is missing, repeated or malformed, or has no signature.
    """
    timestamp, *signatures = sole(asked.delivery, _RECURLY).split(b",")
    time = MILLISECONDS.read(timestamp)
    if not any(signatures):
        raise BadSignature("no-signature", "nothing follows the time")
    signed = timestamp + b"." + asked.delivery.body
    return (Unit(signatures=signatures, signed=(signed,), time=time),)


def write_recurly(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with one signature."""
    timestamp = MILLISECONDS.write(request.now)
    signature = sign(timestamp + b"." + request.body)
    return Signed(headers={_RECURLY.decode(): (timestamp + b"," + signature).decode()})


def read_persona(asked: Asked) -> tuple[Unit]:
    """Return the unit of ``t=…,v1=…``, or of two such sets with a space between while keys rotate.

    https://docs.withpersona.com/docs/webhooks-best-practices. The sets were made at the same moment,
    so that none lends its time to another.

    Raises:
        BadSignature: the header is missing, repeated or malformed, or a set is not one time and one
            signature, or the sets' times differ.
    """
    sets = sole(asked.delivery, _PERSONA).split(b" ")
    if len(sets) > _MAX_SETS:
        raise BadSignature("malformed-header", f"{len(sets)} sets of a time and a signature")
    found = [_persona_set(one) for one in sets]
    timestamp = found[0][0]
    if any(other != timestamp for other, _ in found):
        raise BadSignature("malformed-time", "the sets have different times")
    signed = timestamp + b"." + asked.delivery.body
    signatures = [signature for _, signature in found]
    return (Unit(signatures=signatures, signed=(signed,), time=SECONDS.read(timestamp)),)


def _persona_set(text: bytes) -> tuple[bytes, bytes]:
    time, _, rest = text.partition(b",")
    if not time.startswith(b"t="):
        raise BadSignature("malformed-time", "a set does not begin with its time")
    if not rest.startswith(b"v1=") or len(rest) == len(b"v1="):
        raise BadSignature("no-signature", "a set has no v1=")
    return time.removeprefix(b"t="), rest.removeprefix(b"v1=")


def write_persona(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with one set."""
    timestamp = SECONDS.write(request.now)
    value = b"t=" + timestamp + b",v1=" + sign(timestamp + b"." + request.body)
    return Signed(headers={_PERSONA.decode(): value.decode()})


RECURLY = FunctionForm(reader=read_recurly, writer=write_recurly, binds=_BINDS)
PERSONA = FunctionForm(reader=read_persona, writer=write_persona, binds=_BINDS)
