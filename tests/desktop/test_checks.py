"""The probes, against real servers: each says what is there, within its time."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import doctor
from desktop.address import parse_address
from desktop.chain import public_authorities
from desktop.checks import Check, Subject, examine, network_checks
from desktop.doctor import Finding, Mark
from desktop.entry import LinkState, Status
from desktop.proxies import Network, endpoint
from desktop.pulse import Pulse
from tests.desktop.far_end import FarEnd
from tests.desktop.middlemen import HOST, Authority, HttpProxy, SocksProxy, Stripper
from tests.relay_process import RelayProcess

TOKEN = "dbt_a-secret-token-of-this-test"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "Example Company")


@pytest.fixture
def relay(authority: Authority) -> Iterator[FarEnd]:
    """A relay called ``relay.test``, over TLS."""
    relay = FarEnd()
    relay.tls, _ = authority.issue()
    relay.start()
    yield relay
    relay.finish()


def look(subject: Subject | None) -> dict[str, Finding]:
    """Run all probes of the network; return what they found, by name."""
    return {finding.check: finding for finding in examine(network_checks(subject))}


def at(relay: FarEnd, network: Network, token: str = TOKEN) -> Subject:
    """Return the relay called ``relay.test`` as what is looked at."""
    address = parse_address(f"https://{HOST}:{relay.port}")
    return Subject(address=address, network=network, agent="mira@example.com", token=token)


def test_a_healthy_relay_behind_a_proxy(relay: FarEnd, authority: Authority) -> None:
    """Everything is good, the issuer and the proxy are named, and nobody had to say hello."""
    proxy = HttpProxy()
    found = look(at(relay, Network(proxy=proxy.url, authority=authority.file)))
    assert {name: each.mark for name, each in found.items() if each.mark is not Mark.GOOD} == {
        "names": Mark.NOTE,
        "certificate": Mark.NOTE,  # the certificate of the test ends tomorrow
    }
    assert "issued by Example Company Root" in found["certificate"].sentence
    assert f"127.0.0.1:{proxy.port}" in found["route"].sentence
    assert "mira@example.com" in found["relay"].sentence
    assert relay.hellos == []
    proxy.close()


def test_without_a_sign_in_the_relay_is_only_greeted(relay: FarEnd, authority: Authority) -> None:
    """A 401 to nobody is what a relay has to say; with a token it means to pair again."""
    relay.refusal = (401, {}, b"")
    proxy = SocksProxy()
    network = Network(proxy=proxy.url, authority=authority.file)
    assert look(at(relay, network, token=""))["relay"].mark is Mark.GOOD
    found = look(at(relay, network))["relay"]
    assert (found.mark, "pair it again" in found.sentence) == (Mark.BAD, True)
    proxy.close()


def test_an_interceptor_is_named(relay: FarEnd, tmp_path: Path) -> None:
    """Without the authority nothing is trusted, its name is told, and no token leaves."""
    proxy = HttpProxy()
    found = look(at(relay, Network(proxy=proxy.url)))
    for name in ("certificate", "relay"):
        assert found[name].mark is Mark.BAD
        assert "issued by Example Company Root" in found[name].sentence
        assert found[name].advice == "Please ask your IT."
    assert relay.upgrades == []
    proxy.close()


def test_the_whole_chain_is_told(
    relay: FarEnd, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three certificates each is named with its issuer and its end, trusted or not, and who is behind."""
    relay.kill()
    relay.tls, _ = Authority(tmp_path, "Example Branch", authority).issue(days=60)
    relay.start()
    proxy = HttpProxy()
    strange = look(at(relay, Network(proxy=proxy.url)))
    issuer, root = "Example Branch Issuing", "Example Company Root"
    for name in ("certificate", "relay"):
        assert f"issued by {issuer}, signed by {root}." in strange[name].sentence
    assert [line.partition(", good")[0] for line in strange["certificate"].details] == [
        f"1. {HOST}, issued by {issuer}",
        f"2. {issuer}, issued by {root}",
        f"3. {root}, not known to this computer",
    ]
    added = look(at(relay, Network(proxy=proxy.url, authority=authority.file)))["certificate"]
    assert f"Trusted: issued by {issuer}, signed by {root}" in added.sentence
    assert added.details[-1] == f"3. {root}, known to this computer"
    # The company's own administrators have put it into the system's list: it may be a gateway's.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    known = look(at(relay, Network(proxy=proxy.url)))["certificate"]
    assert (known.mark, known.sentence) == (
        Mark.NOTE,
        f"Trusted, but signed by {root}, not by a public authority.",
    )
    proxy.close()


def test_a_trusted_interceptor_is_named(
    relay: FarEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway whose authority the system trusts opens the connection, and that is said."""
    gateway = Authority(tmp_path, "Zscaler")
    relay.kill()
    relay.tls, _ = Authority(tmp_path, "Zscaler", gateway).issue(days=60)
    relay.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(gateway.file))
    proxy = HttpProxy()
    found = look(at(relay, Network(proxy=proxy.url)))["certificate"]
    assert (found.mark, found.sentence) == (
        Mark.NOTE,
        "Trusted, but read on the way: signed by Zscaler Root, not by a public authority.",
    )
    proxy.close()


def test_public_authorities_are_known_by_name() -> None:
    """The list that browsers trust is there, so that a company's own authority stands out."""
    known = {str(each) for each in public_authorities()}
    assert "Internet Security Research Group (ISRG Root X1)" in known
    assert len(known) > 80


@pytest.mark.parametrize(
    "page",
    [(200, {"Content-Type": "text/html"}, b"<html>"), (302, {"Location": "https://portal.example"}, b"")],
)
def test_a_captive_portal_is_named(
    relay: FarEnd, authority: Authority, page: tuple[int, dict[str, str], bytes]
) -> None:
    """A page for people instead of the relay is told as one."""
    relay.refusal = page
    proxy = HttpProxy()
    found = look(at(relay, Network(proxy=proxy.url, authority=authority.file)))
    assert "sign-in page" in found["relay"].sentence
    assert found["heartbeat"].mark is Mark.SKIPPED
    proxy.close()


def test_a_proxy_that_refuses_is_named() -> None:
    """The connection's line says that it is the proxy, and what it wants."""
    proxy = HttpProxy(login="mira:right")
    network = Network(proxy=f"http://mira:wrong@127.0.0.1:{proxy.port}")
    found = look(Subject(address=parse_address(HOST), network=network))
    assert found["reach"].sentence == "The proxy asks for a sign-in."
    assert found["certificate"].mark is Mark.SKIPPED
    assert "wrong" not in "".join(each.sentence for each in found.values())
    proxy.close()


def test_a_proxy_that_wants_windows_sign_in_is_explained() -> None:
    """The line says which proxy and which sign-in, and the advice what IT can set."""
    proxy = HttpProxy(login="mira:right")
    proxy.offers = ("Negotiate", "NTLM")
    found = look(Subject(address=parse_address(HOST), network=Network(proxy=f"127.0.0.1:{proxy.port}")))
    sentence = (
        f"The proxy 127.0.0.1:{proxy.port} asks for a sign-in by Negotiate/NTLM, which Deskbell cannot do."
    )
    assert found["reach"].sentence == found["relay"].sentence == sentence
    assert found["reach"].advice.startswith(f"Please ask your IT to let {HOST} through without a sign-in")
    proxy.close()


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    """A name that doesn't resolve is told in its own line."""
    found = look(Subject(address=parse_address("relay.invalid"), network=Network()))
    assert found["names"].mark is Mark.BAD
    assert "relay.invalid is not known" in found["names"].sentence
    assert found["reach"].mark is Mark.BAD


def test_a_port_where_nobody_listens() -> None:
    """A computer that is there without a relay on it refuses, and that is said."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    found = look(Subject(address=parse_address(f"http://127.0.0.1:{port}"), network=Network()))
    assert "nothing listens there" in found["reach"].sentence
    assert found["certificate"].mark is Mark.SKIPPED


def test_a_setting_that_cannot_be_used() -> None:
    """A proxy that is none is told where the way is told."""
    found = look(Subject(address=parse_address(HOST), network=Network(proxy="gopher://old")))
    assert found["route"].mark is Mark.BAD
    assert found["route"].advice == "Please look at the preferences."


def test_without_a_relay_nothing_is_looked_up() -> None:
    """A computer that is not paired is told so, for each line."""
    found = look(None)
    assert {each.mark for each in found.values()} == {Mark.SKIPPED}
    assert len(found) == 7


def test_a_running_app_is_asked_for_its_own_link(relay: FarEnd) -> None:
    """No second link is opened, which would end the first; the pulse of the own one is told."""
    subject = Subject(
        address=parse_address(f"http://127.0.0.1:{relay.port}"),
        network=Network(),
        token=TOKEN,
        status=Status(state=LinkState.LIVE, since=time.time() - 300),
        pulse=lambda: Pulse(route="directly", answered=0.02, ahead=3600.0),
    )
    found = look(subject)
    assert found["relay"].sentence == "Connected for 5 minutes."
    assert found["heartbeat"].sentence == "The relay answers in 20 ms."
    assert found["clock"].sentence == "This computer's clock is 60 minutes ahead of the relay's."
    assert relay.upgrades == []


def test_a_probe_that_hangs_is_left() -> None:
    """The others are told at once, and the one that hangs when the time is up."""
    over = threading.Event()
    hangs = Check(names=("names",), run=lambda: [doctor.names("h", ["1"], proxied=False)] * over.wait(30))
    quick = Check(names=("tray",), run=lambda: [doctor.tray(available=True)])
    found = list(examine([hangs, quick], limit=0.3))
    over.set()
    assert [(each.check, each.mark) for each in found] == [("tray", Mark.GOOD), ("names", Mark.BAD)]


def test_a_probe_that_breaks_says_so() -> None:
    """An error inside a probe is a line, without the error's text."""

    def run() -> list[Finding]:
        raise RuntimeError("dbt_secret")

    (found,) = examine([Check(names=("sound",), run=run)])
    assert found.sentence == "This could not be checked (RuntimeError)."


def test_the_real_relay_is_understood(relay_process: RelayProcess) -> None:
    """Against the real relay: the door answers without a sign-in, and a paired one gets its ping."""
    relay_process.start()
    paired = relay_process.pair("mira@example.com")
    address = parse_address(relay_process.url)
    greeted = look(Subject(address=address, network=Network()))
    assert (greeted["relay"].sentence, greeted["relay"].mark) == ("The relay answers.", Mark.GOOD)
    found = look(Subject(address=address, network=Network(), agent=paired.agent, token=paired.token))
    assert [found[name].mark for name in ("relay", "heartbeat", "clock")] == [Mark.GOOD] * 3
    stripper = Stripper(endpoint(address)[1])
    behind = parse_address(f"http://127.0.0.1:{stripper.port}")
    found = look(Subject(address=behind, network=Network(), token=paired.token))
    assert (found["relay"].sentence, found["relay"].mark) == ("The relay is reached by requests.", Mark.NOTE)
    assert [found[name].mark for name in ("heartbeat", "clock")] == [Mark.GOOD] * 2
    found = look(Subject(address=behind, network=Network(), token="dbt_unknown"))
    assert found["relay"].sentence == "Something before the relay does not let WebSockets through."
    stripper.close()
