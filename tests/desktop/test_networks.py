"""Between desktop and relay: proxies, certificates of strangers, and networks that change."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.address import parse_address
from desktop.certificate import Unreadable, read_certificate
from desktop.entry import LinkState
from desktop.pairing import PairingFailed, exchange
from desktop.paths import OUTSIDE, paths
from desktop.proxies import Network
from tests.desktop.desk import EAGER, TOKEN, Desk
from tests.desktop.far_end import FarEnd, note
from tests.desktop.middlemen import (
    HOST,
    Authority,
    Crossing,
    HttpProxy,
    Middleman,
    SocksProxy,
    Stripper,
)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "Example Company")


@pytest.fixture
def relay(authority: Authority) -> Iterator[FarEnd]:
    """A relay called ``relay.test``, over TLS, with the company's certificate."""
    relay = FarEnd()
    relay.tls, _ = authority.issue()
    relay.start()
    yield relay
    relay.finish()


def desk_at(relay: FarEnd, folder: Path, network: Network, path: str = "") -> Desk:
    """Make a desktop of the relay called ``relay.test``."""
    return Desk(folder / "inbox.db", f"https://{HOST}:{relay.port}{path}", network=network)


@pytest.mark.parametrize("login", ["", "mira:se%3Acret"])
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_the_link_goes_through_a_proxy(
    relay: FarEnd, authority: Authority, tmp_path: Path, kind: type[Middleman], login: str
) -> None:
    """Through HTTP CONNECT and SOCKS5, with and without a sign-in, and the proxy resolves the name."""
    proxy = kind(login=login.replace("%3A", ":"))
    scheme = "http" if kind is HttpProxy else "socks5h"
    url = f"{scheme}://{login + '@' if login else ''}127.0.0.1:{proxy.port}"
    desk = desk_at(relay, tmp_path, Network(proxy=url, authority=authority.file))
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.publish(note(1))
    desk.wait(lambda: desk.ids == ["n-1"])
    assert proxy.asked == [f"{HOST}:{relay.port}"]
    assert f"127.0.0.1:{proxy.port}" in desk.link.pulse.route
    assert "cret" not in desk.link.pulse.route
    desk.close()
    proxy.close()


def test_a_path_before_ours_is_kept_through_a_proxy(
    relay: FarEnd, authority: Authority, tmp_path: Path
) -> None:
    """A relay under ``/deskbell`` is asked at ``/deskbell/ws``."""
    proxy = HttpProxy()
    network = Network(proxy=proxy.url, authority=authority.file)
    desk = desk_at(relay, tmp_path, network, "/deskbell/")
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    assert relay.paths == ["/deskbell/ws"]
    desk.close()
    proxy.close()


@pytest.mark.parametrize(
    ("kind", "known", "refusal", "login", "sentence"),
    [
        (HttpProxy, "mira:right", b"", "", "asks for a sign-in"),
        (HttpProxy, "mira:right", b"", "mira:wrong@", "asks for a sign-in"),
        (HttpProxy, "", b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "", "HTTP 403"),
        (HttpProxy, "", b"220 smtp.example ready\r\n\r\n", "", "proxy"),
        (SocksProxy, "mira:right", b"", "", "asks for a sign-in"),
        (SocksProxy, "mira:right", b"", "mira:wrong@", "asks for a sign-in"),
        (SocksProxy, "", b"\x02", "", "does not allow it"),
    ],
)
def test_a_proxy_that_refuses_is_named(  # noqa: PLR0917 - the columns of a table
    tmp_path: Path, kind: type[Middleman], known: str, refusal: bytes, login: str, sentence: str
) -> None:
    """Whatever keeps a proxy from letting us through is said, and it is tried again."""
    proxy = kind(login=known, refusal=refusal)
    scheme = "http" if kind is HttpProxy else "socks5h"
    network = Network(proxy=f"{scheme}://{login}127.0.0.1:{proxy.port}")
    desk = Desk(tmp_path / "inbox.db", f"https://{HOST}", network=network)
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, sentence)
    assert status.reason.endswith("ask your IT.")
    desk.close()
    proxy.close()


@pytest.mark.parametrize(
    ("offers", "sentence"),
    [
        (("Negotiate", "NTLM"), "asks for a sign-in by Negotiate/NTLM, which Deskbell cannot do."),
        (('Kerberos realm="X, Basic"',), "asks for a sign-in by Kerberos, which Deskbell cannot do."),
        (
            ("negotiate, NTLM TlRMTVNTUAAC=",),
            "asks for a sign-in by Negotiate/NTLM, which Deskbell cannot do.",
        ),
        (("NTLM", 'Basic realm="x"'), "asks for a sign-in that Deskbell does not have."),
        (("Obscure",), "asks for a sign-in that Deskbell does not have."),
        ((), "asks for a sign-in that Deskbell does not have."),
    ],
)
def test_a_proxy_that_wants_another_sign_in_says_which(
    tmp_path: Path, offers: tuple[str, ...], sentence: str
) -> None:
    """Which proxy, and by what it wants to know the person: that is what IT has to be told."""
    proxy = HttpProxy(login="mira:right")
    proxy.offers = offers
    desk = Desk(tmp_path / "inbox.db", f"https://{HOST}", network=Network(proxy=f"127.0.0.1:{proxy.port}"))
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, sentence)
    assert status.reason.endswith("Please ask your IT.")
    assert (f"The proxy 127.0.0.1:{proxy.port} " in status.reason) is ("cannot do" in sentence)
    desk.close()
    proxy.close()


def test_a_proxy_that_isnt_there_is_not_taken_for_a_relay(tmp_path: Path) -> None:
    """If nobody listens at the proxy's address, it is the proxy that cannot be reached."""
    for scheme in ("http", "socks5h"):
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        network = Network(proxy=f"{scheme}://127.0.0.1:{port}")
        desk = Desk(tmp_path / f"{scheme}.db", f"https://{HOST}", network=network)
        desk.link.start()
        desk.wait_for(LinkState.OFFLINE, "proxy of this network cannot be reached")
        desk.close()


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (Network(proxy="gopher://old"), "has to begin with http://"),
        (Network(authority=Path("/nowhere/company.pem")), "cannot be read (company.pem)"),
    ],
)
def test_what_is_set_wrongly_is_said(tmp_path: Path, network: Network, sentence: str) -> None:
    """A setting that cannot be used is told as what it is, not as a network that is away."""
    desk = Desk(tmp_path / "inbox.db", f"https://{HOST}", network=network)
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, sentence)
    desk.close()


def test_an_interceptor_is_named_and_gets_no_token(relay: FarEnd, tmp_path: Path) -> None:
    """A certificate of an authority that nobody added is refused, and the authority is named."""
    inspector = Authority(tmp_path, "Snoop Gateway")
    middle = FarEnd()
    middle.tls, _ = inspector.issue()
    middle.start()
    proxy = HttpProxy()
    desk = desk_at(middle, tmp_path, Network(proxy=proxy.url))
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, "issued by Snoop Gateway Root")
    assert "reading the connection" in status.reason
    assert middle.upgrades == []
    desk.close()
    proxy.close()
    middle.finish()


@pytest.mark.parametrize(
    ("host", "days", "sentence"),
    [(HOST, -1, "has expired"), ("other.test", 1, "for another name")],
)
def test_a_wrong_certificate_of_a_known_authority_is_told_apart(  # noqa: PLR0917 - fixtures, and a table's columns
    relay: FarEnd, authority: Authority, tmp_path: Path, host: str, days: int, sentence: str
) -> None:
    """Expired, or for another name: each has its own sentence."""
    relay.kill()
    relay.tls, _ = authority.issue(host, days=days)
    relay.start()
    proxy = HttpProxy()
    desk = desk_at(relay, tmp_path, Network(proxy=proxy.url, authority=authority.file))
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, sentence)
    assert relay.upgrades == []
    desk.close()
    proxy.close()


@pytest.mark.parametrize(
    "page",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Welcome to our hotel"),
        (302, {"Location": "https://portal.example/"}, b""),
    ],
)
def test_a_hotels_page_behind_a_proxy_is_named(
    relay: FarEnd, authority: Authority, tmp_path: Path, page: tuple[int, dict[str, str], bytes]
) -> None:
    """A captive portal is told as one also over TLS and through a proxy."""
    relay.refusal = page
    proxy = SocksProxy()
    desk = desk_at(relay, tmp_path, Network(proxy=proxy.url, authority=authority.file))
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "sign-in page")
    desk.close()
    proxy.close()


def test_a_changed_network_is_noticed_at_once(tmp_path: Path) -> None:
    """When another way leads outside, a dead link is found without waiting for the heartbeat."""
    relay = FarEnd()
    relay.start()
    ways = [("192.168.1.2", "")]
    pace = replace(EAGER, heartbeat=3600.0, probe_limit=0.2, clock_check=0.02, paths=lambda: tuple(ways[-1]))
    desk = Desk(tmp_path / "inbox.db", relay.url, pace)
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.deaf = True
    ways.append(("10.0.0.7", ""))
    desk.wait_for(LinkState.OFFLINE, "network has changed")
    relay.deaf = False
    desk.wait_for(LinkState.LIVE)
    # A link that survived the change is kept.
    ways.append(("192.168.1.2", "2001:db8::2"))
    relay.wait(lambda: relay.pings == 2)
    desk.wait_for(LinkState.LIVE)
    assert len(relay.hellos) == 2
    desk.close()
    relay.finish()


def test_a_network_that_comes_back_ends_the_waiting(tmp_path: Path) -> None:
    """Who is offline and gets a network again tries at once, whatever the back-off says."""
    relay = FarEnd()
    relay.start()
    relay.refusal = (503, {"Retry-After": "300"}, b"")
    ways: list[tuple[str, ...]] = [("", "")]
    desk = Desk(tmp_path / "inbox.db", relay.url, replace(EAGER, clock_check=0.02, paths=lambda: ways[-1]))
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "not ready")
    relay.refusal = None
    ways.append(("10.0.0.7", ""))
    desk.wait_for(LinkState.LIVE)
    desk.close()
    relay.finish()


def test_our_own_address_on_a_way_is_an_address_or_nothing() -> None:
    """Nothing is sent; what comes back is one of ours, or empty where there is no way."""
    assert paths(["127.0.0.1"]) == ("127.0.0.1",)
    assert paths(["not an address"]) == ("",)
    found = paths()
    assert len(found) == len(OUTSIDE)
    assert all(not each or ipaddress.ip_address(each) for each in found)


def test_the_second_address_of_a_name_is_tried_beside_the_first(tmp_path: Path) -> None:
    """A relay whose IPv6 address doesn't answer is reached by IPv4 within the opening limit."""
    relay = FarEnd()
    relay.start()
    desk = Desk(
        tmp_path / "inbox.db", relay.url.replace("127.0.0.1", "localhost"), replace(EAGER, open_limit=5)
    )
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    desk.close()
    relay.finish()


def test_a_relay_is_reached_by_ipv6(tmp_path: Path) -> None:
    """An address in brackets works like a name."""
    relay = FarEnd()
    relay.start()
    crossing = Crossing(relay.port, host="::1")
    desk = Desk(tmp_path / "inbox.db", f"http://[::1]:{crossing.port}")
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    desk.close()
    crossing.close()
    relay.finish()


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_a_proxy_is_asked_for_an_ipv6_address(
    relay: FarEnd, authority: Authority, tmp_path: Path, kind: type[Middleman]
) -> None:
    """In brackets over HTTP (RFC 9110 section 9.3.6), as sixteen bytes over SOCKS5; nothing else is asked."""
    proxy = kind()
    network = Network(proxy=proxy.url, authority=authority.file)  # type: ignore[attr-defined]  # both have one
    desk = Desk(tmp_path / "inbox.db", f"https://[2001:db8::7]:{relay.port}", network=network)
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "another name")
    assert proxy.asked[0] == f"[2001:db8::7]:{relay.port}"
    desk.close()
    proxy.close()


def test_a_proxy_that_takes_the_upgrade_away_is_named(tmp_path: Path) -> None:
    """A proxy before the relay that knows nothing of WebSockets is told as that, not as a wrong address."""
    relay = FarEnd()
    relay.start()
    stripper = Stripper(relay.port)
    desk = Desk(tmp_path / "inbox.db", f"http://127.0.0.1:{stripper.port}")
    desk.link.start()
    status = desk.wait_for(LinkState.OFFLINE, "does not let WebSockets through")
    assert status.reason.endswith("Please ask your IT.")
    desk.close()
    stripper.close()
    relay.finish()


def test_the_token_is_not_in_what_a_proxy_sees(relay: FarEnd, authority: Authority, tmp_path: Path) -> None:
    """A proxy is told where to, and the token only travels inside TLS."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        network = Network(proxy=f"http://127.0.0.1:{door.getsockname()[1]}", authority=authority.file)
        desk = desk_at(relay, tmp_path, network)
        desk.link.start()
        door.settimeout(10)
        near, _ = door.accept()
        head = near.recv(65536)
        near.close()
        desk.close()
    assert head.startswith(b"CONNECT relay.test:")
    assert TOKEN.encode() not in head


def test_a_certificate_tells_whose_it_is(authority: Authority) -> None:
    """Subject, issuer and times are what the authority wrote."""
    _, der = authority.issue()
    found = read_certificate(der)
    assert (str(found.subject), str(found.issuer)) == (HOST, "Example Company Root")
    assert found.ends - found.starts == pytest.approx(3 * 86400, abs=2)


def test_nonsense_is_no_certificate(authority: Authority) -> None:
    """Whatever a stranger sends instead of a certificate is refused, cut off at any byte."""
    _, der = authority.issue()
    for cut in range(0, 120, 7):
        with pytest.raises(Unreadable):
            read_certificate(der[:cut])
    for junk in (b"\x30\x80\x00\x00", b"\xff" * 40, b"\x30\x84\xff\xff\xff\xff", ssl.RAND_bytes(64)):
        with pytest.raises(Unreadable):
            read_certificate(junk)


def test_the_heartbeat_is_measured(tmp_path: Path) -> None:
    """How long an answer took, and what the clocks differ by, is known to the diagnostics."""
    relay = FarEnd()
    relay.start()
    desk = Desk(tmp_path / "inbox.db", relay.url, replace(EAGER, heartbeat=0.05))
    desk.link.start()
    desk.wait_for(LinkState.LIVE)
    relay.wait(lambda: relay.pings >= 2)
    assert desk.link.pulse.answered is not None
    assert 0 <= desk.link.pulse.answered < 10
    assert desk.link.pulse.ahead == pytest.approx(0, abs=5)
    assert "on this computer" in desk.link.pulse.route
    desk.close()
    relay.finish()


def test_another_way_is_taken_at_once(relay: FarEnd, authority: Authority, tmp_path: Path) -> None:
    """Who sets the right proxy doesn't wait for the back-off of the wrong one."""
    proxy = HttpProxy()
    wrong = HttpProxy(refusal=b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
    desk = desk_at(relay, tmp_path, Network(proxy=wrong.url, authority=authority.file))
    desk.link.start()
    desk.wait_for(LinkState.OFFLINE, "HTTP 403")
    desk.link.reroute(Network(proxy=proxy.url, authority=authority.file))
    desk.wait_for(LinkState.LIVE)
    desk.close()
    proxy.close()
    wrong.close()


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_pairing_goes_the_same_way(authority: Authority, tmp_path: Path, kind: type[Middleman]) -> None:
    """A code is exchanged through the proxy and by the authority that the link will use."""
    page = FarEnd()
    page.tls, _ = authority.issue()
    page.start()
    page.refusal = (200, {"Content-Type": "text/html"}, b"<html>Welcome to our hotel")
    proxy = kind()
    proxy.piece = 100  # httpx takes a reply in one piece only
    scheme = "http" if kind is HttpProxy else "socks5h"
    network = Network(proxy=f"{scheme}://127.0.0.1:{proxy.port}", authority=authority.file)
    with pytest.raises(PairingFailed):
        exchange(parse_address(f"https://{HOST}:{page.port}"), "CODE", "name", network=network)
    assert proxy.asked == [f"{HOST}:{page.port}"]
    if kind is HttpProxy:
        shut = HttpProxy(login="mira:right")
        with pytest.raises(PairingFailed, match="asks for a sign-in that Deskbell does not have"):
            exchange(parse_address(HOST), "CODE", "name", network=Network(proxy=f"127.0.0.1:{shut.port}"))
        shut.close()
    with pytest.raises(PairingFailed, match="has to begin with"):
        exchange(parse_address(HOST), "CODE", "name", network=Network(proxy="gopher://old"))
    proxy.close()
    page.finish()
