"""Front: applications with their challenge, and channels, whose calls without a body sign a word."""

from typing import Any

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.bodies import read_json
from relay.schemes.challenges import body_of, echo_header
from relay.schemes.fields import MILLISECONDS, sole
from relay.schemes.form import FunctionForm
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import walk
from relay.schemes.provider import Reply

_HEADER = b"x-front-signature"
_TIME = b"x-front-request-timestamp"
_BODILESS = ("GET", "DELETE")
_WORD = b"undefined"

_echo = echo_header("X-Front-Challenge", "challenge")


def answer_front(asked: Asked) -> Reply | None:
    """Answer the signed request that checks our URL: https://dev.frontapp.com/docs/application-webhooks."""
    return _echo(asked) if walk(body_of(asked), ("type",)) == "sync" else None


def read_channel(asked: Asked) -> tuple[Unit]:
    """Return the unit of https://dev.frontapp.com/docs/security-1: a time, a colon and the body.

    Raises:
        BadSignature: a header is missing, repeated or malformed, or a GET or DELETE has a body,
            which would not be signed.
    """
    delivery = asked.delivery
    signature, time = sole(delivery, _HEADER), sole(delivery, _TIME)
    if delivery.method in _BODILESS and delivery.body not in (b"", _WORD):
        raise BadSignature("body-changed", f"a {delivery.method} with a body")
    signed = time + b":" + _signed_body(delivery)
    return (Unit(signatures=(signature,), signed=(signed,), time=MILLISECONDS.read(time)),)


def write_channel(request: Unsigned, sign: Sign) -> Signed:
    """Return the headers of a call to a channel."""
    time = MILLISECONDS.write(request.now)
    signature = sign(time + b":" + _signed_body(request))
    return Signed(headers={_HEADER.decode(): signature.decode(), _TIME.decode(): time.decode()})


def _signed_body(request: Delivery | Unsigned) -> bytes:
    return _WORD if request.method in _BODILESS else request.body


def read_call(delivery: Delivery) -> Any:
    """Return a JSON body; an empty object for a GET or DELETE."""
    return {} if delivery.method in _BODILESS else read_json(delivery)


CHANNEL = FunctionForm(
    reader=read_channel, writer=write_channel, binds=Binds.SENDER | Binds.BODY | Binds.TIME
)
