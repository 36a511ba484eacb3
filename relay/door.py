"""One source's door: what is decided about a request by all but its body and its signature. Pure."""

import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from relay.answers import DUPLICATE, QUARANTINED, REFUSED, STORED, Answer
from relay.errors import (
    AddressRefused,
    BadSignature,
    BodyTooLarge,
    MethodNotAllowed,
    TooManyRequests,
    UnsupportedEncoding,
)
from relay.inflate import coding
from relay.pace import Pace
from relay.peer import Address, within
from relay.schemes.prepared import Prepared
from relay.source import REFUSE
from relay.verify import ack, methods

DAY = 86_400.0

UNKNOWN_RETRY_SPAN = 7 * DAY
"""For providers of which it isn't known how long they try again; most that say so stay below a week."""

BURST_SECONDS = 2.0
"""A source without a burst of its own may send what it may in so many seconds, at once."""

_ANSWERS: Mapping[str, Answer] = {
    "stored": STORED,
    "duplicate": DUPLICATE,
    "quarantined": QUARANTINED,
    "refused": REFUSED,
}

_TOKEN = b"token="


class Door:
    """A prepared source with what its requests have to pass, computed once."""

    def __init__(self, prepared: Prepared) -> None:
        source = prepared.source
        self.prepared, self.source, self.name = prepared, source, source.name
        self.methods = tuple(dict.fromkeys(methods(prepared)))
        self.decoded_limit = source.decoded_limit or source.body_limit
        self.answers = {
            outcome: Answer.spoken(reply) if (reply := ack(prepared, outcome)) else usual
            for outcome, usual in _ANSWERS.items()
        }
        """What its provider wants to hear, by outcome."""
        self.guarded = bool(source.allow_networks) or source.rate is not None
        """Whether more than the method has to be looked at by :meth:`admit`."""
        self._token = source.url_token.reveal().encode() if source.url_token else None
        self._pace = (
            None
            if source.rate is None
            else Pace(source.rate, source.burst or max(1, round(source.rate * BURST_SECONDS)))
        )

    def admit(self, method: str, sender: Address | None, now: float) -> None:
        """Let a request in by what costs nothing to look at; ``now`` is for the pace, in seconds.

        Raises:
            AddressRefused, TooManyRequests, MethodNotAllowed: it stays out.
        """
        if self.source.allow_networks and not within(sender, self.source.allow_networks):
            raise AddressRefused(f"{sender or 'an unknown address'} is in none of the source's networks")
        if self._pace is not None and (wait := self._pace.wait(now)):
            raise TooManyRequests(wait)
        if method not in self.methods:
            raise MethodNotAllowed(f"{method} brings no events")

    def packing(self, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Return how the body is packed, empty if it is not, from headers that a body may follow.

        Raises:
            BodyTooLarge: the declared length is over the limit.
            UnsupportedEncoding: the source doesn't take it packed, or not so.
        """
        codings: list[bytes] = []
        for name, value in headers:
            # The HTTP parser lets only digits through.
            if name == b"content-length" and int(value) > self.source.body_limit:
                raise BodyTooLarge(self.source.body_limit)
            if name == b"content-encoding":
                codings.append(value)
        if not codings:
            return b""
        packed = coding(codings)
        if packed and self.source.encoding == REFUSE:
            raise UnsupportedEncoding(
                "the source takes no packed bodies; its encoding says how they are signed"
            )
        return packed

    def remembers(self) -> float:
        """Return for how many seconds an id must not be taken a second time.

        At least as long as the provider tries again, and as a signed request stays fresh: what is
        replayed within that time is a duplicate.
        """
        span = self.prepared.provider.retry_span
        usual = UNKNOWN_RETRY_SPAN if span is None else span
        days = self.source.dedupe_days
        window = self.prepared.window
        return max(usual if days is None else days * DAY, window.old + window.ahead)

    def check_token(self, query: bytes) -> None:
        """Look for the token that the source's URL has to end with, if it has one.

        Raises:
            BadSignature: it is missing, wrong or repeated.
        """
        if self._token is None:
            return
        pairs = query.split(b"&")
        given = [unquote_to_bytes(pair[len(_TOKEN) :]) for pair in pairs if pair.startswith(_TOKEN)]
        if len(given) != 1 or not hmac.compare_digest(given[0], self._token):
            raise BadSignature("url-token", "the URL's token is missing, wrong or repeated")
