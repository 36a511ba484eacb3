"""The way out, against real servers: what may be called, what may not, and what a server may do to us."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from relay.calls import Reply
from relay.egress import ANSWER_LIMIT, QUOTE_LIMIT, Egress, Request, is_public
from tests.relay.conftest import Serve

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HOST = "crm.example.com"
PATIENCE = 30


class Far:
    """A system that is called: notes what arrives, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.status, self.body = 200, b"{}"
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI)."""
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append((scope["method"], scope["path"], headers, body))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Names:
    """A resolver of our own: each name has a list of answers, the last of which stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host; one that is an address already is itself."""
        self.asked += 1
        given = self._answers.get(host)
        if given is None:
            return [host.strip("[]")]
        return given.pop(0) if len(given) > 1 else given[0]


def send(url: str, egress: Egress | None = None, **more: Any) -> Reply:
    """Make one request by an egress that may call loopback, unless another is given."""
    request = Request(**({"method": "POST", "url": url, "body": b'{"a":1}'} | more))
    return asyncio.run(asyncio.wait_for((egress or Egress(networks=LOOPBACK)).send(request), PATIENCE))


@contextmanager
def talking(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """Serve one connection by a function, and give the address of the server."""

    def work() -> None:
        connection, _ = door.accept()
        with connection:
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(PATIENCE)
        thread = threading.Thread(target=work)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def far(serve: Serve) -> tuple[Far, int]:
    """A running system and its port."""
    system = Far()
    return system, serve(system)


def test_a_request_arrives_as_it_was_made(far: tuple[Far, int]) -> None:
    """Method, path, headers and body reach the other side, and nothing else of ours does."""
    system, port = far
    reply = send(f"http://127.0.0.1:{port}/mails", headers={"x-a": "b", "content-type": "text/plain"})
    assert reply == Reply(status=200)
    method, path, headers, body = system.asked[0]
    assert (method, path, body) == ("POST", "/mails", b'{"a":1}')
    assert headers == {
        "host": f"127.0.0.1:{port}",
        "accept-encoding": "identity",
        "connection": "close",
        "x-a": "b",
        "content-type": "text/plain",
        "content-length": "7",
    }


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", None), ("PUT", "0")])
def test_a_request_without_a_body_says_so(far: tuple[Far, int], method: str, length: str | None) -> None:
    """Where a body is expected its length is given even if it is nothing."""
    system, port = far
    send(f"http://127.0.0.1:{port}/", method=method, body=b"")
    assert system.asked[0][2].get("content-length") == length


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::",  # ourselves
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "fc00::1", "fd12:3456::1", "fec0::1",  # private
        "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",  # link-local, metadata
        "168.63.129.16", "100.100.100.200", "192.0.0.192",  # metadata with addresses of its own
        "100.64.0.1", "100.127.255.254",  # carrier-grade NAT
        "224.0.0.1", "239.1.1.1", "ff02::1", "255.255.255.255", "240.0.0.1",  # multicast, broadcast, reserved
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",  # IPv4 in IPv6
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a83f:8110", "64:ff9b:1::1",  # NAT64
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:0:80ff:fffe",  # 6to4, Teredo
        "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "100::1",  # documentation, tests
        "3fff::1", "3fff:fff:ffff::1", "192.88.99.1", "64:ff9b::c058:6301",  # newer than Python's own lists
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_called(address: str) -> None:
    """Whatever name or spelling leads there: it is final, and the sentence says where it led."""
    egress = Egress(resolver=Names(crm_example_com=[[address]]))
    reply = send(f"https://{HOST}/", egress)
    assert reply.final
    assert reply.problem.startswith("leads to ")
    literal = f"[{address.partition('%')[0]}]" if ":" in address else address
    assert send(f"https://{literal}/", Egress(resolver=Names())).final


@pytest.mark.parametrize(
    "literal", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "localhost."]
)
def test_other_spellings_of_loopback_are_found_by_the_resolver(literal: str) -> None:
    """The system's own resolver says what a spelling means, before anything is connected to."""
    reply = send(f"https://{literal}:9/", Egress())
    assert reply.final or reply.problem == "is not known to DNS."


def test_public_addresses_may_be_called() -> None:
    """What is on the internet is no secret place."""
    assert is_public(ip_address("93.184.216.34"))
    assert is_public(ip_address("2606:2800:220:1::1"))
    assert is_public(ip_address("64:ff9b::5db8:d822"))
    for beside in ("192.88.98.255", "192.88.100.1", "3ffe:ffff::1"):
        assert is_public(ip_address(beside))


def test_one_bad_address_among_good_ones_is_enough(far: tuple[Far, int]) -> None:
    """A name with a public and a private address is refused, in whatever order they come."""
    for answer in (["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"]):
        reply = send(f"https://{HOST}/", Egress(resolver=Names(crm_example_com=[answer])))
        assert (reply.final, reply.problem.startswith("leads to 10.0.0.1, 93.184.216.34")) == (True, True)
    assert send(f"https://{HOST}/", Egress(resolver=Names(crm_example_com=[[]]))).final


def test_metadata_is_never_called_even_in_an_allowed_network() -> None:
    """Allowing a whole range for an inner system doesn't open the cloud's credentials."""
    for address in ("169.254.169.254", "fd00:ec2::254", "168.63.129.16"):
        egress = Egress(
            networks=(ip_network("169.254.0.0/16"), ip_network("fd00::/8"), ip_network("168.63.0.0/16")),
            resolver=Names(crm_example_com=[[address]]),
        )
        assert send(f"https://{HOST}/", egress).final


def test_a_name_that_changes_its_mind_is_connected_where_it_was_checked(far: tuple[Far, int]) -> None:
    """DNS rebinding: each call asks once, and connects to what was checked in that answer."""
    system, port = far
    names = Names(crm_example_com=[["127.0.0.1"], ["127.0.0.9"], ["10.0.0.1"]])
    egress = Egress(networks=(ip_network("127.0.0.1/32"),), resolver=names)
    assert send(f"http://{HOST}:{port}/", egress).status == 200
    assert names.asked == 1
    assert send(f"http://{HOST}:{port}/", egress).final
    assert send(f"http://{HOST}:{port}/", egress).final
    assert len(system.asked) == 1


def test_the_second_address_is_tried_if_the_first_is_silent(far: tuple[Far, int]) -> None:
    """A name with several addresses is reached by the one that listens."""
    _, port = far
    egress = Egress(networks=LOOPBACK, resolver=Names(crm_example_com=[["::1", "127.0.0.2", "127.0.0.1"]]))
    assert send(f"http://{HOST}:{port}/", egress).status == 200


def test_plain_http_is_for_private_networks_only() -> None:
    """On the internet everybody on the way could read what is sent."""
    egress = Egress(networks=LOOPBACK, resolver=Names(crm_example_com=[["93.184.216.34"]]))
    assert send(f"http://{HOST}/", egress).final


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("api.example.com", True),
        ("eu.crm.example.com", True),
        ("API.EXAMPLE.COM", True),
        ("crm.example.com", False),
        ("api.example.com.evil.example", False),
        ("evilapi.example.com", False),
        ("api.example.com.", False),
    ],
)
def test_only_listed_hosts_are_called(far: tuple[Far, int], host: str, allowed: bool) -> None:
    """With a list nothing else is called, however much it looks like it."""
    _, port = far

    async def everywhere(_: str, __: int) -> Sequence[str]:
        return ["127.0.0.1"]

    egress = Egress(hosts=("api.example.com", "*.crm.example.com"), networks=LOOPBACK, resolver=everywhere)
    reply = send(f"http://{host}:{port}/", egress)
    assert (reply.status == 200, reply.final) == (allowed, not allowed)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/",
        "file:///etc/passwd",
        "https://",
        "https://u:p@a/",
        "https://a:99999/",
        "//a/",
        "",
        "https://[::1",
    ],
)
def test_what_is_no_address_to_call_is_final(url: str) -> None:
    """Other schemes, user names and nonsense end the call at once."""
    assert send(url).final


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(far: tuple[Far, int], status: int) -> None:
    """Where the other side points to is not where we were told to call."""
    system, port = far
    system.status, system.headers = status, [(b"location", b"http://127.0.0.1:1/latest/meta-data")]
    assert send(f"http://127.0.0.1:{port}/").status == status
    assert len(system.asked) == 1


def test_proxies_of_the_environment_are_not_used(
    far: tuple[Far, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect for us, and nobody would check where to."""
    system, port = far
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(f"http://127.0.0.1:{port}/").status == 200
    assert system.asked


def test_retry_after_and_the_reason_come_back(far: tuple[Far, int]) -> None:
    """What the other side says about a refusal: on one line, clipped, without our secrets."""
    system, port = far
    system.status, system.headers = 429, [(b"retry-after", b"7")]
    system.body = b"slow\ndown,\x1b[31m token tr0ub4dor " + b"x" * 1000
    reply = send(f"http://127.0.0.1:{port}/", hidden=("tr0ub4dor",))
    assert (reply.status, reply.retry_after) == (429, 7.0)
    assert reply.quote.startswith(r"slow down,\x1b[31m token … xxx")
    assert len(reply.quote) < QUOTE_LIMIT + 20


def test_a_server_that_says_nothing_is_left() -> None:
    """The limit counts for the whole call; it may work later."""
    go = threading.Event()
    with talking(lambda _: go.wait(PATIENCE)) as url:
        reply = send(url, Egress(networks=LOOPBACK, seconds=0.2))
        go.set()
    assert reply == Reply(problem="did not answer within 0.2 seconds.")


def test_a_resolver_that_says_nothing_is_left() -> None:
    """A dead DNS server is no reason to wait for ever."""

    async def never(_: str, __: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    reply = send(f"https://{HOST}/", Egress(resolver=never, seconds=0.1))
    assert reply.problem == "did not answer within 0.1 seconds."


@pytest.mark.parametrize("status", [b"200 OK", b"422 No"])
def test_an_endless_answer_counts_by_its_status(status: bytes) -> None:
    """The call was answered: what follows the headers is cut off, and doesn't make it be sent again."""

    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 %s\r\ncontent-type: text/plain\r\n\r\n" % status)
        try:
            while True:
                connection.sendall(b"y" * ANSWER_LIMIT)
        except OSError:
            return

    with talking(flood) as url:
        reply = send(url)
    assert reply.status == int(status[:3])
    assert len(reply.quote) <= QUOTE_LIMIT


@pytest.mark.parametrize("status", [b"204 Fine", b"422 No"])
def test_a_body_that_never_comes_counts_by_its_status(status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the headers the answer is known, even if the other side then falls silent."""
    monkeypatch.setattr("relay.egress.QUOTE_SECONDS", 0.1)
    go = threading.Event()

    def stall(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 %s\r\ncontent-length: 100\r\n\r\n" % status)
        go.wait(PATIENCE)

    with talking(stall) as url:
        reply = send(url, Egress(networks=LOOPBACK, seconds=5))
        go.set()
    assert reply.status == int(status[:3])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 2",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 60_000,
        b"HTTP/1.1 99 No\r\n\r\n",
    ],
)
def test_nonsense_is_a_broken_connection(answer: bytes) -> None:
    """What is no HTTP, breaks off, or has headers without end can be tried again later."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        try:
            connection.sendall(answer)
        except OSError:
            return

    with talking(talk) as url:
        reply = send(url)
    assert reply.status is None
    assert not reply.final
    assert reply.problem.startswith("broke the connection")


def test_nobody_listening_is_a_sentence() -> None:
    """A refused connection and an unknown name are named as such, and can be tried again."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/") == Reply(problem="refused the connection.")

    async def unknown(_: str, __: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert send(f"https://{HOST}/", Egress(resolver=unknown)) == Reply(problem="is not known to DNS.")


def test_tls_is_checked_by_the_name(serve: Serve, certificate: tuple[Path, Path]) -> None:
    """The connection goes to the checked address, certificate and Host are the name's."""
    system, (cert, key) = Far(), certificate
    port = serve(system, ssl_certfile=str(cert), ssl_keyfile=str(key))
    names = Names(crm_example_com=[["127.0.0.1"]], crm_example_org=[["127.0.0.1"]])
    known = ssl.create_default_context(cafile=cert)
    trusting = Egress(networks=LOOPBACK, resolver=names, context=known)
    assert send(f"https://{HOST}:{port}/", trusting).status == 200
    assert system.asked[0][2]["host"] == f"{HOST}:{port}"
    # The same server under another name: the certificate doesn't fit.
    assert "certificate that is not trusted" in send(f"https://crm.example.org:{port}/", trusting).problem
    reply = send(f"https://{HOST}:{port}/", Egress(networks=LOOPBACK, resolver=names))
    assert reply.problem == "has a certificate that is not trusted: self-signed certificate."
    assert not reply.final
    assert len(system.asked) == 1


def test_tls_to_a_plain_server_is_a_sentence(far: tuple[Far, int]) -> None:
    """A server that speaks no TLS is not spoken to without."""
    _, port = far
    reply = send(f"https://127.0.0.1:{port}/")
    assert reply.problem == "does not speak TLS as it should."
