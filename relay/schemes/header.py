"""The commonest form: a signature in a header of its own, time and id in others if they are signed."""

from collections.abc import Callable, Sequence

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.fields import sole, unix_seconds
from relay.schemes.pipeline import Binds, Unit, Unsigned
from relay.schemes.template import Template

BODY_ONLY = Template.parse("{body}")

_BODY = Binds.SENDER | Binds.BODY
_BINDS = {  # by whether time and id are signed; joining flags takes longer than a hash of 1 kB
    (False, False): _BODY,
    (True, False): _BODY | Binds.TIME,
    (False, True): _BODY | Binds.ID,
    (True, True): _BODY | Binds.TIME | Binds.ID,
}


class HeaderForm(msgspec.Struct, frozen=True, kw_only=True):
    """Signature, time and id in headers, each by its lower-case name.

    With a ``separator`` the signature header is a list; items without the prefix are another
    version's and are skipped. ``tick`` is the unit of the time header in seconds.
    """

    header: bytes
    prefix: bytes = b""
    separator: bytes | None = None
    timestamp: bytes | None = None
    tick: float = 1.0
    id: bytes | None = None
    signed: Template = BODY_ONLY

    @property
    def binds(self) -> Binds:
        """Return what a match proves: sender and body, and time and id if they are signed."""
        return _BINDS[bool(self.timestamp), bool(self.id)]

    def read(self, delivery: Delivery) -> Sequence[Unit]:
        """Return the one unit of the request.

        Raises:
            BadSignature: a header is missing, repeated or malformed, or there is no signature
                with the right prefix.
        """
        signatures = self._signatures(sole(delivery, self.header))
        timestamp = sole(delivery, self.timestamp) if self.timestamp else b""
        event_id = sole(delivery, self.id) if self.id else b""
        signed = self.signed.fill(body=delivery.body, timestamp=timestamp, id=event_id)
        time = unix_seconds(timestamp, self.tick) if self.timestamp else None
        return (Unit(signatures=signatures, signed=(signed,), time=time),)

    def write(self, request: Unsigned, sign: Callable[[bytes], bytes]) -> dict[str, str]:
        """Return the security headers of a request."""
        timestamp, event_id = b"%d" % int(request.now / self.tick), request.id.encode()
        signed = self.signed.fill(body=request.body, timestamp=timestamp, id=event_id)
        headers = {self.header: self.prefix + sign(signed)}
        if self.timestamp:
            headers[self.timestamp] = timestamp
        if self.id:
            headers[self.id] = event_id
        return {name.decode(): value.decode() for name, value in headers.items()}

    def _signatures(self, value: bytes) -> list[bytes]:
        items = [value] if self.separator is None else value.split(self.separator)
        found = [item.removeprefix(self.prefix) for item in items if item.startswith(self.prefix)]
        if not any(found):
            raise BadSignature("no-signature", f"none begins with {self.prefix.decode()!r}")
        return found
