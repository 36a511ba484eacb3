"""The commonest form: a signature in a header of its own, time and id in others if they are signed."""

from collections.abc import Sequence

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import signed_url
from relay.schemes.fields import SECONDS, Clock, sole
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.template import Template
from relay.source import Source

BODY_ONLY = Template.parse("{body}")

_BODY = Binds.SENDER | Binds.BODY
_BINDS = {  # by whether time, id and URL are signed; joining flags takes longer than a hash of 1 kB
    (bool(time), bool(name), bool(url)): _BODY | time | name | url
    for time in (Binds(0), Binds.TIME)
    for name in (Binds(0), Binds.ID)
    for url in (Binds(0), Binds.URL)
}


class HeaderForm(msgspec.Struct, frozen=True, kw_only=True):
    """Signature, time and id in headers, each by its lower-case name.

    With a ``separator`` the signature header is a list; items without the prefix are another
    version's and are skipped. ``also`` names further headers that may hold signatures: one of all
    is enough. ``signed`` may have alternatives, of which any may be what was signed.
    """

    header: bytes
    also: tuple[bytes, ...] = ()
    prefix: bytes = b""
    separator: bytes | None = None
    timestamp: bytes | None = None
    clock: Clock = SECONDS
    id: bytes | None = None
    signed: Template = BODY_ONLY
    alternatives: tuple[Template, ...] = ()

    @property
    def signs_url(self) -> bool:
        """Say whether the source's public URL is needed."""
        return self.signed.has("url")

    @property
    def binds(self) -> Binds:
        """Return what a match proves: sender and body; time, id and URL if they are signed."""
        return _BINDS[bool(self.timestamp), bool(self.id), self.signs_url]

    def read(self, asked: Asked) -> Sequence[Unit]:
        """Return the one unit of the request.

        Raises:
            BadSignature: a header is missing, repeated or malformed, or there is no signature
                with the right prefix.
        """
        delivery = asked.delivery
        signatures = self._signatures(delivery)
        timestamp = sole(delivery, self.timestamp) if self.timestamp else b""
        event_id = sole(delivery, self.id) if self.id else b""
        signed = self._texts(asked.source, delivery, timestamp, event_id)
        time = self.clock.read(timestamp) if self.timestamp else None
        return (Unit(signatures=signatures, signed=signed, time=time),)

    def write(self, request: Unsigned, sign: Sign) -> Signed:
        """Return the security headers of a request."""
        timestamp, event_id = self.clock.write(request.now), request.id.encode()
        headers = {
            self.header: self.prefix + sign(self._texts(request.source, request, timestamp, event_id)[0])
        }
        if self.timestamp:
            headers[self.timestamp] = timestamp
        if self.id:
            headers[self.id] = event_id
        return Signed(headers={name.decode(): value.decode() for name, value in headers.items()})

    def _texts(
        self, source: Source, request: Delivery | Unsigned, timestamp: bytes, event_id: bytes
    ) -> list[bytes]:
        """Return what may have been signed, the likeliest first."""
        if self.signed is BODY_ONLY and not self.alternatives:
            return [request.body]
        values = {
            "body": request.body,
            "timestamp": timestamp,
            "id": event_id,
            "method": request.method.encode(),
            "url": signed_url(source, request.target) if self.signs_url else b"",
        }
        return [template.fill(values) for template in (self.signed, *self.alternatives)]

    def _signatures(self, delivery: Delivery) -> list[bytes]:
        if not self.also:
            return self._items(sole(delivery, self.header))
        names = [name for name in (self.header, *self.also) if delivery.header_values(name)]
        if not names:
            raise BadSignature("missing-header", self.header.decode())
        return [item for name in names for item in self._items(sole(delivery, name))]

    def _items(self, value: bytes) -> list[bytes]:
        items = [value] if self.separator is None else [item.strip() for item in value.split(self.separator)]
        found = [item.removeprefix(self.prefix) for item in items if item.startswith(self.prefix)]
        if not any(found):
            raise BadSignature("no-signature", f"none begins with {self.prefix.decode()!r}")
        return found
