"""The form that Stripe began: time and signatures as ``name=value`` pairs in one header."""

from collections.abc import Sequence

import msgspec

from relay.errors import BadSignature
from relay.schemes.fields import SECONDS, Clock, sole
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.template import Template

TIME_AND_BODY = Template.parse("{timestamp}.{body}")

_BINDS = Binds.SENDER | Binds.BODY | Binds.TIME  # joining flags takes longer than a hash of 1 kB


class PairsForm(msgspec.Struct, frozen=True, kw_only=True):
    """A header such as ``t=1533204620,v1=2220f8…,v1=…``.

    The time stands there exactly once; the signature may be repeated while keys rotate; pairs of
    other names belong to other versions and are skipped. Blanks after a separator don't count if
    ``blanks`` are allowed.
    """

    header: bytes
    separator: bytes = b","
    time: bytes = b"t"
    signature: bytes = b"v1"
    clock: Clock = SECONDS
    blanks: bool = False
    signed: Template = TIME_AND_BODY

    @property
    def binds(self) -> Binds:
        """Return what a match proves."""
        return _BINDS

    @property
    def signs_url(self) -> bool:
        """Say that the URL is not signed."""
        return False

    def read(self, asked: Asked) -> Sequence[Unit]:
        """Return the one unit of the request.

        Raises:
            BadSignature: the header is missing, repeated or malformed, has not exactly one time,
                or no signature of this version.
        """
        items = sole(asked.delivery, self.header).split(self.separator)
        pairs = [(item.lstrip(b" ") if self.blanks else item).partition(b"=") for item in items]
        times = [value for name, _, value in pairs if name == self.time]
        signatures = [value for name, _, value in pairs if name == self.signature]
        if len(times) != 1:
            raise BadSignature("malformed-time", f"{len(times)} times in one header")
        if not any(signatures):
            raise BadSignature("no-signature", f"no {self.signature.decode()}=")
        time = self.clock.read(times[0])
        signed = self.signed.fill({"body": asked.delivery.body, "timestamp": times[0]})
        return (Unit(signatures=signatures, signed=(signed,), time=time),)

    def write(self, request: Unsigned, sign: Sign) -> Signed:
        """Return the security header of a request."""
        timestamp = self.clock.write(request.now)
        signature = sign(self.signed.fill({"body": request.body, "timestamp": timestamp}))
        pairs = (self.time + b"=" + timestamp, self.signature + b"=" + signature)
        return Signed(headers={self.header.decode(): self.separator.join(pairs).decode()})
