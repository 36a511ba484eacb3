"""The probes of the network: each looks at one thing, within a time limit, and says what it found.

They block, and run side by side in threads of their own. None of them disturbs the link of a
running app: with one, its link is asked instead of opening another with the same sign-in.
"""

import asyncio
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response

from desktop import chain, chainwords, doctor
from desktop.address import RelayAddress
from desktop.certificate import Unreadable
from desktop.dial import Dial, Resolver, dial, explain
from desktop.doctor import Finding
from desktop.entry import Status
from desktop.i18n import tr
from desktop.lineage import Lineage, trace
from desktop.polling import NotCarried, dial_by_requests
from desktop.proxies import BadProxy, Network, endpoint
from desktop.pulse import Pulse
from desktop.trust import BadAuthority, tls_context
from desktop.tunnel import ProxyFailed, open_tunnel, peer_chain
from desktop.verdicts import NOT_A_RELAY, after_certificate, after_error
from relay.protocol import SUBPROTOCOL

STEP_SECONDS = 5.0
"""For one step, such as connecting."""

LIMIT_SECONDS = 15.0
"""For all of it: somebody is waiting before the window."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One probe. ``names`` are the keys of :data:`desktop.doctor.CHECKS` that it answers."""

    names: tuple[str, ...]
    run: Callable[[], Sequence[Finding]]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Which relay is looked at, from where, as whom."""

    address: RelayAddress
    network: Network
    agent: str = ""
    token: str = field(default="", repr=False)
    """Empty: the relay is only asked whether it is there."""
    status: Status | None = None
    """The link of a running app, if this is one,"""
    pulse: Callable[[], Pulse | None] = lambda: None
    """and how it feels."""
    clock: Callable[[], float] = time.time


def examine(checks: Sequence[Check], limit: float = LIMIT_SECONDS) -> Iterator[Finding]:
    """Run checks side by side; yield what they find as it comes, and in the end who was late."""
    found: queue.SimpleQueue[tuple[Check, Sequence[Finding]]] = queue.SimpleQueue()
    for check in checks:
        # Daemons: quitting doesn't wait for a server that doesn't answer.
        threading.Thread(target=_run, args=(check, found), name=check.names[0], daemon=True).start()
    waiting = list(checks)
    deadline = time.monotonic() + limit
    while waiting:
        try:
            check, findings = found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        waiting.remove(check)
        yield from findings
    for check in waiting:
        yield from (doctor.late(name, limit) for name in check.names)


def _run(check: Check, found: "queue.SimpleQueue[tuple[Check, Sequence[Finding]]]") -> None:
    try:
        findings = check.run()
    except Exception as error:  # noqa: BLE001 - a probe that breaks says so; the others go on
        findings = [doctor.broken(name, type(error).__name__) for name in check.names]
    found.put((check, findings))


def network_checks(subject: Subject | None) -> list[Check]:
    """Return the probes of a relay; without one they say that there is none."""
    if subject is None:
        keys = ("names", "route", "reach", "certificate", "relay", "heartbeat", "clock")
        return [Check(names=keys, run=lambda: [doctor.unpaired(key) for key in keys])]
    last = _look_at_link if subject.status is not None else _open_link
    return [
        Check(names=("names",), run=lambda: [_look_up(subject)]),
        Check(names=("route",), run=lambda: [_choose(subject)]),
        Check(names=("reach",), run=lambda: [_connect(subject)]),
        Check(names=("certificate",), run=lambda: [_shake_hands(subject)]),
        Check(names=("relay", "heartbeat", "clock"), run=lambda: last(subject)),
    ]


def _look_up(subject: Subject) -> Finding:
    host, port = endpoint(subject.address)
    try:
        proxied = subject.network.route(subject.address).proxy is not None
    except BadProxy:
        proxied = False
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
    return doctor.names(host, addresses, proxied=proxied)


def _choose(subject: Subject) -> Finding:
    try:
        return doctor.route(str(subject.network.route(subject.address)))
    except BadProxy as problem:
        return doctor.no_route(str(problem))


def _connect(subject: Subject) -> Finding:
    host, port = endpoint(subject.address)
    began = time.monotonic()
    try:
        open_tunnel(host, port, subject.network.route(subject.address), STEP_SECONDS).close()
    except ProxyFailed as problem:
        return doctor.out_of_reach(host, str(problem), proxy=True, unspoken=bool(problem.unspoken))
    except TimeoutError:
        return doctor.out_of_reach(host, tr("does not answer"), proxy=False)
    except ConnectionRefusedError:
        return doctor.out_of_reach(host, tr("refuses the connection: nothing listens there"), proxy=False)
    except OSError:
        return doctor.out_of_reach(host, tr("cannot be reached"), proxy=False)
    return doctor.reach(host, time.monotonic() - began)


def _shake_hands(subject: Subject) -> Finding:
    """Look at the certificates as the link will: by the system's rules and the added authority."""
    if not subject.address.base.startswith("https:"):
        return chainwords.missing(tr("Not needed: the relay is on this computer."))
    host, port = endpoint(subject.address)
    try:
        context = tls_context(subject.network.authority)
        plain = open_tunnel(host, port, subject.network.route(subject.address), STEP_SECONDS)
        with plain, context.wrap_socket(plain, server_hostname=host) as protected:
            found = _trace(chain.shown(protected), chain.proven(protected), subject)
            return chainwords.trusted(found, protected.version() or "TLS", subject.clock())
    except ssl.SSLCertVerificationError as error:
        return _distrusted(error, subject)
    except ssl.SSLError as error:
        return chainwords.distrusted(after_error(error))
    except BadAuthority as problem:
        return chainwords.missing(str(problem))
    except (OSError, ProxyFailed, BadProxy, Unreadable):
        return chainwords.missing(tr("No certificate was shown: there was no connection."))


def _distrusted(error: ssl.SSLCertVerificationError, subject: Subject) -> Finding:
    """Look again without trust, and say whose certificates these are."""
    found: Lineage | None = None
    with suppress(OSError, ProxyFailed, BadProxy, Unreadable):
        route = subject.network.route(subject.address)
        found = _trace(peer_chain(*endpoint(subject.address), route, STEP_SECONDS), [], subject)
    return chainwords.distrusted(after_certificate(error, found.issuer if found else ""), found)


def _trace(shown: Sequence[bytes], proven: Sequence[bytes], subject: Subject) -> Lineage:
    return trace(
        chain.read_all(shown),
        chain.read_all(proven),
        public=chain.public_authorities(),
        added=chain.added_authorities(subject.network.authority),
    )


def _look_at_link(subject: Subject, pause: Callable[[float], None] = time.sleep) -> list[Finding]:
    """Ask the link of the running app, which was just told to send a ping."""
    if subject.status is None:
        return []
    pulse = subject.pulse()
    carried = pulse is not None and pulse.by_requests
    linked = doctor.link(subject.status, subject.clock(), by_requests=carried)
    if linked.mark is doctor.Mark.BAD:
        return [linked, doctor.unlinked("heartbeat"), doctor.unlinked("clock")]
    deadline = time.monotonic() + STEP_SECONDS
    while pulse is not None and pulse.answered is None and time.monotonic() < deadline:
        pause(0.1)
        pulse = subject.pulse()
    if pulse is None or pulse.ahead is None:
        return [linked, doctor.heartbeat(None), doctor.unlinked("clock")]
    return [linked, doctor.heartbeat(pulse.answered), doctor.clock(pulse.ahead)]


def _open_link(subject: Subject) -> list[Finding]:
    """Open a WebSocket of our own, say nothing on it but a ping, and close it."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(Resolver())
        return runner.run(_open(subject))


async def _open(subject: Subject, prepare: Callable[..., Dial] = dial) -> list[Finding]:
    unlinked = [doctor.unlinked("heartbeat"), doctor.unlinked("clock")]
    carried = prepare is not dial
    try:
        way = prepare(
            subject.address,
            subject.token or "none",
            open_limit=STEP_SECONDS,
            close_limit=1.0,
            network=subject.network,
        )
        async with way as link:
            if link.subprotocol != SUBPROTOCOL:
                return [doctor.refused(NOT_A_RELAY), *unlinked]
            taken_in = doctor.by_requests() if carried else doctor.upgraded(subject.agent)
            return [taken_in, await _ping(link), _date(link.response, subject)]
    except InvalidStatus as error:
        verdict = await explain(error, subject.address, subject.network)
        if verdict.blocked and not carried:
            with suppress(NotCarried):
                return await _open(subject, dial_by_requests)
        status = error.response.status_code
        said = doctor.answered(status, verdict, signed_in=bool(subject.token))
        return [said, unlinked[0], _date(error.response, subject)]
    except NotCarried:
        raise
    except Exception as error:  # noqa: BLE001 - the same judgement as the link's own
        return [doctor.refused(await explain(error, subject.address, subject.network)), *unlinked]


async def _ping(link: ClientConnection) -> Finding:
    """Measure a ping of the WebSocket itself (RFC 6455 section 5.5.2)."""
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return doctor.heartbeat(await (await link.ping()))
    except (TimeoutError, ConnectionClosed):
        return doctor.heartbeat(None)


def _date(response: Response | None, subject: Subject) -> Finding:
    """Compare the clocks by the answer's date, which is exact to a second."""
    try:
        said = parsedate_to_datetime(response.headers["Date"] if response else "")
    except (KeyError, ValueError):
        return doctor.unlinked("clock")
    return doctor.clock(subject.clock() - said.timestamp())
