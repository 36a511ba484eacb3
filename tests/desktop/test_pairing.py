"""A pairing code becomes a token, or a sentence that an agent understands."""

import datetime as dt
import ipaddress
import json
import ssl
import stat
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desktop.address import Account, parse_address
from desktop.pairing import Paired, PairingFailed, exchange, load_account, save_account
from desktop.proxies import Network

TOKEN = "dbt_0123456789abcdef0123456789abcdef"
GOOD = {"token": TOKEN, "device": "dev-1", "agent": "mira@example.com", "teams": ["billing"]}

Answer = tuple[int, dict[str, str], bytes]


class Relay:
    """The far end's HTTP: gives one answer, and remembers what was asked."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answer: Answer = (200, {"Content-Type": "application/json"}, json.dumps(GOOD).encode())
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, json.loads(body)))
                status, headers, content = outer.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def pair(self, code: str = "K7QF-92MX-4TRB", prefix: str = "") -> Paired:
        """Exchange a code here."""
        return exchange(parse_address(f"http://127.0.0.1:{self.port}{prefix}"), code, "Mira's laptop")

    def fail(self, answer: Answer) -> PairingFailed:
        """Give ``answer``, and return the failure that it became."""
        self.answer = answer
        with pytest.raises(PairingFailed) as caught:
            self.pair()
        return caught.value

    def stop(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay()
    yield relay
    relay.stop()


def test_a_good_code_becomes_a_token(relay: Relay) -> None:
    """The relay is asked once, with code and name; its answer is the account and the token."""
    paired = relay.pair(" K7QF-92MX-4TRB ", prefix="/deskbell")
    assert relay.asked == [("/deskbell/v1/pair", {"code": "K7QF-92MX-4TRB", "name": "Mira's laptop"})]
    assert paired.token == TOKEN
    assert paired.account == Account(
        relay=f"http://127.0.0.1:{relay.port}/deskbell",
        device="dev-1",
        agent="mira@example.com",
        teams=("billing",),
    )
    assert TOKEN not in repr(paired)


def test_an_empty_code_asks_nobody(relay: Relay) -> None:
    """Without a code the agent is asked for one, and the relay is left alone."""
    with pytest.raises(PairingFailed, match="enter the pairing code"):
        relay.pair("  ")
    assert relay.asked == []


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ((403, {"Content-Type": "application/json"}, b"{}"), "not accepted"),
        ((400, {"Content-Type": "application/json"}, b"{}"), "not accepted"),
        ((403, {"Content-Type": "text/html"}, b"<html>"), "web page"),
        ((302, {"Location": "https://portal.example"}, b""), "web page"),
        ((511, {"Content-Type": "text/html"}, b"<html>"), "web page"),
        ((200, {"Content-Type": "text/html"}, b"\n <!DOCTYPE html><html>"), "web page"),
        ((200, {"Content-Type": "application/json"}, b"{}"), "no Deskbell relay"),
        ((200, {}, b'{"token": "short", "device": "d", "agent": "a"}'), "no Deskbell relay"),
        ((200, {}, json.dumps(GOOD | {"token": TOKEN + "\r\nX-Evil: 1"}).encode()), "no Deskbell relay"),
        ((200, {}, b"\xff\xfe"), "no Deskbell relay"),
        ((200, {}, b"[" * 200_000), "no Deskbell relay"),
        ((404, {"Content-Type": "text/html"}, b"<html>"), "no Deskbell relay"),
        ((405, {}, b""), "no Deskbell relay"),
        ((503, {"Retry-After": "7"}, b""), "not ready"),
        ((500, {}, b""), "has a problem"),
    ],
)
def test_every_refusal_is_a_sentence(relay: Relay, answer: Answer, word: str) -> None:
    """A refused code, a hotel's page, another program's answer, a sick relay: each is told apart."""
    failure = relay.fail(answer)
    assert word in str(failure)
    assert str(failure).endswith(".")
    assert len(relay.asked) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("61", "2 minutes"),
        ("30", "1 minute,"),
        ("", "10 minutes"),
        ("soon", "10 minutes"),
    ],
)
def test_too_many_wrong_codes_say_how_long(relay: Relay, header: str, words: str) -> None:
    """Who is asked to wait is told for how many minutes, rounded up."""
    failure = relay.fail((429, {"Retry-After": header}, b""))
    assert words in str(failure)


def test_an_unreachable_relay_is_said(relay: Relay) -> None:
    """Nobody listening is a sentence too."""
    relay.stop()
    with pytest.raises(PairingFailed, match="could not be reached"):
        relay.pair()


def test_a_name_that_doesnt_exist_is_said() -> None:
    """A mistyped name is a sentence too; ``.invalid`` never exists (RFC 6761)."""
    with pytest.raises(PairingFailed, match=r"could not be reached|proxy"):
        exchange(parse_address("relay.invalid"), "CODE", "name")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for this computer that nobody has signed but itself."""
    x509 = pytest.importorskip("cryptography.x509", reason="makes the certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "relay.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def protected(certificate: Path) -> Iterator[Relay]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    relay = Relay(context)
    relay.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are the point
    yield relay
    relay.stop()


def test_an_unknown_certificate_gets_no_code(protected: Relay) -> None:
    """A certificate that this computer doesn't trust ends the exchange before the code is sent."""
    with pytest.raises(PairingFailed, match=r"certificate .* is not trusted .*self-signed") as caught:
        exchange(parse_address(f"https://127.0.0.1:{protected.port}"), "CODE", "name")
    assert "IT" in str(caught.value)
    assert protected.asked == []


def test_a_trusted_certificate_is_accepted(protected: Relay, certificate: Path) -> None:
    """With the company's own authority in the system's list the exchange works."""
    network = Network(authority=certificate)
    paired = exchange(parse_address(f"https://127.0.0.1:{protected.port}"), "CODE", "name", network=network)
    assert paired.token == TOKEN


def test_a_server_without_tls_gets_no_code(relay: Relay) -> None:
    """Asked for https, nothing is sent in the clear instead."""
    with pytest.raises(PairingFailed, match="protected connection"):
        exchange(parse_address(f"https://127.0.0.1:{relay.port}"), "CODE", "name")
    assert relay.asked == []


ACCOUNT = Account(relay="https://relay.example", device="dev-1", agent="mira@example.com", teams=("a", "b"))


def test_an_account_survives_a_restart(tmp_path: Path) -> None:
    """What was written is read again, also over an older one; the token isn't part of it."""
    path = tmp_path / "profile" / "account.json"
    assert load_account(path) is None
    save_account(path, Account(relay="x", device="y", agent="z", teams=()))
    save_account(path, ACCOUNT)
    assert load_account(path) == ACCOUNT
    assert [item.name for item in path.parent.iterdir()] == ["account.json"]
    assert "token" not in path.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the profile folder by its ACL")
def test_an_account_is_private(tmp_path: Path) -> None:
    """Other people on this computer cannot read who is signed in."""
    path = tmp_path / "account.json"
    save_account(path, ACCOUNT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"relay": 1}', b"\xff\xff"])
def test_an_unreadable_account_is_none(tmp_path: Path, content: bytes) -> None:
    """A damaged file means to pair again, not a crash at the start."""
    path = tmp_path / "account.json"
    path.write_bytes(content)
    assert load_account(path) is None
