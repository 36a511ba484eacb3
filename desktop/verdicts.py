"""What the end of a link, or of a try, means: whether and when to come back, and what to tell. Pure.

A close code, a refused upgrade or an error of the network comes in; a :class:`Verdict` goes out.
"""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from desktop.entry import LinkState
from desktop.i18n import mark, tr
from relay.protocol import Close, may_retry

FIRST_DELAY = 0.5
"""Seconds: the longest wait before the first new try."""

LONGEST_DELAY = 60.0
"""Seconds: however long the relay is away, it is asked at least this often (promise P9)."""

RESTART_SPREAD = 2.0
"""Seconds over which the desktops come back after a restart that was announced."""

SUPERSEDED_WAIT = 30.0
"""Seconds: two programs with one token must not throw each other out in a tight circle."""

LONGEST_RETRY_AFTER = 300.0
"""Seconds: a relay, or a proxy before it, cannot send a desktop away for longer."""

CLOCK_JUMP = 15.0
"""Seconds by which the clock that goes on in sleep outran the one that does not: this computer has slept."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the end of a link, or of a try, means."""

    retry: bool
    """Come back by itself. If not, a person has to act, and the state is REFUSED."""
    reason: str
    """A sentence for the agent; empty if nothing is wrong."""
    at_least: float = 0.0
    """Seconds to wait before coming back, whatever the back-off says."""
    spread: float = 0.0
    """If set, the first new try comes at random within so many seconds instead of by the back-off."""
    blocked: bool = False
    """It may be the WebSocket alone that is not let through: requests are worth a try."""

    @property
    def state(self) -> LinkState:
        """Return the state to show while nothing is tried."""
        return LinkState.OFFLINE if self.retry else LinkState.REFUSED


# What the end of a link means

HOLE = Verdict(retry=True, reason=mark("The connection had a hole. Fetching what is missing."))
MISUNDERSTOOD = Verdict(
    retry=True, reason=mark("The relay sent something that this version does not understand.")
)
SILENT = Verdict(retry=True, reason=mark("The relay does not answer any more."))
WOKEN = Verdict(retry=True, reason=mark("This computer was asleep. Connecting again."), spread=1.0)
CANNOT_STORE = Verdict(
    retry=True,
    reason=mark("Notifications cannot be stored on this computer. Is the disk full?"),
    at_least=5.0,
)
BROKEN = Verdict(retry=True, reason=mark("Something went wrong in Deskbell. Trying again."), at_least=5.0)
BROKEN_OFF = Verdict(retry=True, reason=mark("The relay's answer broke off."))
NETWORK_CHANGED = Verdict(retry=True, reason=mark("The network has changed. Connecting again."), spread=1.0)
NO_ANSWER = Verdict(retry=True, reason=mark("The relay did not answer in time."))
UNREACHABLE = Verdict(retry=True, reason=mark("The relay cannot be reached. Is this computer online?"))
UNSAFE = Verdict(
    retry=True, reason=mark("No protected connection could be made. Please ask your IT."), at_least=5.0
)
PROXY = Verdict(
    retry=True,
    reason=mark("The proxy of this network does not let the connection through. Please ask your IT."),
)
PROXY_SIGN_IN = Verdict(
    retry=True,
    reason=mark(
        "The proxy of this network asks for a sign-in that Deskbell does not have. Please ask your IT."
    ),
    at_least=5.0,
)
SIGN_IN_PAGE = Verdict(
    retry=True, reason=mark("A sign-in page answers on this network. Please open a browser.")
)
SIGNED_OUT = Verdict(
    retry=False, reason=mark("This computer is not signed in any more. Please pair it again.")
)
NOT_A_RELAY = Verdict(retry=True, reason=mark("There is no Deskbell relay at this address."), at_least=5.0)
STRIPPED = Verdict(
    retry=True,
    reason=mark("Something before the relay does not let WebSockets through. Please ask your IT."),
    at_least=5.0,
    blocked=True,
)
NOT_LET_IN = Verdict(
    retry=True,
    reason=mark("Something before the relay refused the connection. Please ask your IT."),
    at_least=5.0,
    blocked=True,
)

_CLOSED: dict[int, Verdict] = {
    Close.NORMAL: Verdict(retry=True, reason=mark("The relay ended the connection.")),
    Close.GOING_AWAY: Verdict(retry=True, reason=mark("The relay is stopping."), spread=RESTART_SPREAD),
    Close.RESTART: Verdict(retry=True, reason=mark("The relay restarts."), spread=RESTART_SPREAD),
    Close.SLOW: Verdict(retry=True, reason=mark("This computer was too slow. Fetching what is missing.")),
    Close.SUPERSEDED: Verdict(
        retry=True, reason=mark("This sign-in is in use on another computer."), at_least=SUPERSEDED_WAIT
    ),
    Close.SILENT: Verdict(retry=True, reason=mark("The relay did not hear from this computer.")),
    Close.FLOOD: Verdict(retry=True, reason=mark("This computer sent too much."), at_least=5.0),
    Close.PROTOCOL: Verdict(
        retry=False,
        reason=mark("The relay does not understand this version of Deskbell. An update is needed."),
    ),
    Close.BAD_TOKEN: SIGNED_OUT,
    Close.OLD_VERSION: Verdict(
        retry=False, reason=mark("This version of Deskbell is too old. An update is needed.")
    ),
    Close.NOT_ALLOWED: Verdict(
        retry=False, reason=mark("The relay does not allow this sign-in here. Please ask your IT.")
    ),
}


def after_close(code: int | None) -> Verdict:
    """Judge a WebSocket that has ended; ``code`` is None if it just broke (RFC 6455: 1006)."""
    if code is None:
        return Verdict(retry=True, reason=tr("The connection was lost."))
    if code in _CLOSED:
        return _CLOSED[code]
    if may_retry(code):
        return Verdict(retry=True, reason=tr("The connection was ended (code {code}).", code=code))
    return Verdict(
        retry=False,
        reason=tr("The relay refused this computer (code {code}). Please ask your IT.", code=code),
    )


_REFUSED: dict[int, Verdict] = {
    400: replace(NOT_A_RELAY, blocked=True),
    401: SIGNED_OUT,
    403: NOT_LET_IN,  # the relay refuses only web pages so; this was a proxy or a firewall
    404: NOT_A_RELAY,
    405: replace(NOT_A_RELAY, blocked=True),
    407: PROXY,
    426: STRIPPED,  # the relay, too, answers so when a proxy has taken the upgrade out of the request
    501: STRIPPED,
    511: SIGN_IN_PAGE,  # RFC 6585 section 6
}


def after_refusal(status: int, *, html: bool = False, retry_after: str | None = None) -> Verdict:
    """Judge an upgrade that was answered by HTTP; ``html`` if a page for people came instead."""
    if 300 <= status < 400 or (html and status in {200, 401}):  # noqa: PLR2004 - RFC 9110 section 15.4
        return SIGN_IN_PAGE
    if status in {429, 503}:
        wait = _seconds(retry_after)
        return Verdict(retry=True, reason=tr("The relay is not ready at the moment."), at_least=wait)
    if status in _REFUSED:
        return _REFUSED[status]
    if status >= 500:  # noqa: PLR2004 - RFC 9110 section 15.6
        return Verdict(
            retry=True, reason=tr("The relay has a problem at the moment (HTTP {status}).", status=status)
        )
    return NOT_A_RELAY


def after_error(error: BaseException) -> Verdict:
    """Judge a connection that could not be opened, or broke, by the network's own error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return after_certificate(error)
    if isinstance(error, ssl.SSLError):
        return UNSAFE
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    return UNREACHABLE


_NOT_YET, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64
"""What OpenSSL says (X509_V_ERR_…); on Windows and macOS only the text says why."""


def after_certificate(error: ssl.SSLCertVerificationError, issuer: str = "") -> Verdict:
    """Judge a certificate that was not trusted; ``issuer`` is who signed it, if that is known."""
    code, message = getattr(error, "verify_code", 0), getattr(error, "verify_message", "unknown")
    if code == _EXPIRED:
        why = tr("The relay's certificate has expired. Is this computer's clock right?")
    elif code == _NOT_YET:
        why = tr("The relay's certificate is not valid yet. Is this computer's clock right?")
    elif code in {_OTHER_NAME, _OTHER_ADDRESS}:
        why = tr("The certificate at the relay's address is for another name.")
    elif issuer:
        why = tr(
            "The relay's certificate is not trusted: it was issued by {issuer}. "
            "Something may be reading the connection.",
            issuer=issuer,
        )
    else:
        why = tr("The relay's certificate is not trusted ({message}).", message=message)
    return Verdict(retry=True, reason=tr("{why} Please ask your IT.", why=why), at_least=5.0)


def _seconds(value: str | None) -> float:
    """Read a Retry-After of seconds (RFC 9110 section 10.2.3), within bounds; a date counts as 5 s."""
    if value is None or not (value.isascii() and value.isdigit()):
        return 5.0
    return min(float(value), LONGEST_RETRY_AFTER)


# When to come back


def back_off(random: Callable[[], float]) -> Iterator[float]:
    """Yield delays in seconds for ever: full jitter over 0.5, 1, 2, … 60 s.

    ``random`` returns a number from 0 to 1. Full jitter spreads thousands of desktops best
    (Brooker, "Exponential Backoff And Jitter", 2015).
    """
    for attempt in count():
        yield random() * min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(attempt, 10))


def delay(verdict: Verdict, planned: Iterator[float], random: Callable[[], float], *, first: bool) -> float:
    """Return the seconds to wait before the next try.

    ``first`` says that this is the first try after a link that worked. A wait that many were told
    at once is stretched at random by up to as much again.
    """
    if verdict.spread and first:
        return random() * verdict.spread
    return verdict.at_least * (1.0 + random()) + next(planned)


def has_slept(elapsed: float, monotonic: float, *, late: float = 0.0) -> bool:
    """Say whether the computer slept while ``elapsed`` and ``monotonic`` seconds passed.

    Linux and macOS stop the monotonic clock during sleep. Windows may not; there a check that
    comes ``late`` by as much says the same. The clock on the wall says nothing of it: it can be set.
    """
    return elapsed - monotonic > CLOCK_JUMP or late > CLOCK_JUMP
