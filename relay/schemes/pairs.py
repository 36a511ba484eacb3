"""The form that Stripe began: time and signatures as ``name=value`` pairs in one header."""

from collections.abc import Callable, Sequence

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.fields import sole, unix_seconds
from relay.schemes.pipeline import Binds, Unit, Unsigned
from relay.schemes.template import Template

TIME_AND_BODY = Template.parse("{timestamp}.{body}")

_BINDS = Binds.SENDER | Binds.BODY | Binds.TIME  # joining flags takes longer than a hash of 1 kB


class PairsForm(msgspec.Struct, frozen=True, kw_only=True):
    """A header such as ``t=1533204620,v1=2220f8…,v1=…``.

    The time stands there exactly once; the signature may be repeated while keys rotate; pairs of
    other names belong to other versions and are skipped. ``tick`` is the time's unit in seconds.
    """

    header: bytes
    separator: bytes = b","
    time: bytes = b"t"
    signature: bytes = b"v1"
    tick: float = 1.0
    signed: Template = TIME_AND_BODY

    @property
    def binds(self) -> Binds:
        """Return what a match proves."""
        return _BINDS

    def read(self, delivery: Delivery) -> Sequence[Unit]:
        """Return the one unit of the request.

        Raises:
            BadSignature: the header is missing, repeated or malformed, has not exactly one time,
                or no signature of this version.
        """
        pairs = [item.partition(b"=") for item in sole(delivery, self.header).split(self.separator)]
        times = [value for name, _, value in pairs if name == self.time]
        signatures = [value for name, _, value in pairs if name == self.signature]
        if len(times) != 1:
            raise BadSignature("malformed-time", f"{len(times)} times in one header")
        if not any(signatures):
            raise BadSignature("no-signature", f"no {self.signature.decode()}=")
        time = unix_seconds(times[0], self.tick)
        signed = self.signed.fill(body=delivery.body, timestamp=times[0])
        return (Unit(signatures=signatures, signed=(signed,), time=time),)

    def write(self, request: Unsigned, sign: Callable[[bytes], bytes]) -> dict[str, str]:
        """Return the security header of a request."""
        timestamp = b"%d" % int(request.now / self.tick)
        signature = sign(self.signed.fill(body=request.body, timestamp=timestamp))
        pairs = (self.time + b"=" + timestamp, self.signature + b"=" + signature)
        return {self.header.decode(): self.separator.join(pairs).decode()}
