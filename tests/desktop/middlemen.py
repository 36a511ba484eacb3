"""Who may stand between a desktop and its relay, for tests: proxies and certificate authorities.

The proxies are real ones, on threads of their own. Whatever host they are asked for, they go to this
computer: so a test can use names that nobody resolves.
"""

import socket
import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "relay.test"
LIMIT = 10.0


class Authority:
    """A certificate authority that this computer doesn't know."""

    def __init__(self, folder: Path, organisation: str, above: "Authority | None" = None) -> None:
        """``above`` has signed it; without one it is a root."""
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        common = f"{organisation} {'Issuing' if above else 'Root'}"
        parts = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common)]
        self._name = x509.Name([x509.NameAttribute(*part) for part in parts])
        extension = x509.BasicConstraints(ca=True, path_length=None)
        signed = (above or self)._sign(self._name, self._key, extension)
        pem = signed.public_bytes(serialization.Encoding.PEM)
        self.file = folder / f"{organisation}{'-issuing' if above else ''}.pem"
        self.file.write_bytes(pem)
        self._sent: bytes = pem + above._sent if above else b""
        """What servers send beside their own certificate: everything but the root."""

    def issue(self, host: str = HOST, *, days: int = 1) -> tuple[ssl.SSLContext, bytes]:
        """Return what a server for ``host`` needs, and its certificate (DER); ``days`` < 0: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signed = self._sign(name, key, names, days=days)
        file = self._folder / f"server-{signed.serial_number}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
            + self._sent
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context, signed.public_bytes(serialization.Encoding.DER)

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
        *,
        days: int = 1,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(extension, critical=True)
        )
        return builder.sign(self._key, hashes.SHA256())


class Middleman:
    """A proxy: takes connections, and carries bytes both ways."""

    def __init__(self, *, login: str = "", refusal: bytes = b"", host: str = "127.0.0.1") -> None:
        """``login`` is ``user:password``, if it wants one; ``refusal`` is all it says, if anything."""
        self.login, self.refusal = login, refusal
        self.asked: list[str] = []
        """Where it was asked to go, as ``host:port``."""
        self.piece = 1
        """Bytes of a reply that come at a time: who reads has to be ready for few."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._door = socket.create_server((host, 0), family=family)
        self.port = self._door.getsockname()[1]
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._ended = False
        threading.Thread(target=self._take, name="middleman", daemon=True).start()

    def close(self) -> None:
        """End it, and every connection through it."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        with self._lock:
            self._ended = True
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near = self._keep(self._door.accept()[0])
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with suppress(OSError):
            far = None
            with suppress(OSError):
                far = self._meet(near)
            if far is None:
                near.close()
                return
            threading.Thread(target=_carry, args=(far, near), daemon=True).start()
            _carry(near, far)

    def _keep(self, sock: socket.socket) -> socket.socket:
        """Have it closed at the end, or at once if that was reached meanwhile."""
        with self._lock:
            if not self._ended:
                self._open.append(sock)
                return sock
        sock.close()
        raise ConnectionAbortedError

    def _reach(self, port: int) -> socket.socket:
        return self._keep(socket.create_connection(("127.0.0.1", port)))

    def _meet(self, near: socket.socket) -> socket.socket | None:
        raise NotImplementedError


class HttpProxy(Middleman):
    """Speaks HTTP CONNECT (RFC 9110 section 9.3.6)."""

    offers: tuple[str, ...] = ('Basic realm="Where, Negotiate you ask?"',)
    """How one may sign in."""

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{self.login + '@' if self.login else ''}127.0.0.1:{self.port}"

    def _meet(self, near: socket.socket) -> socket.socket | None:
        head = _read_head(near)
        if not head:
            return None
        self.asked.append(head.split()[1].decode())
        known = b64encode(self.login.encode())
        if self.login and known not in head:
            offers = "".join(f"Proxy-Authenticate: {offer}\r\n" for offer in self.offers)
            near.sendall(f"HTTP/1.1 407 Who are you\r\n{offers}Content-Length: 0\r\n\r\n".encode())
            return None
        if self.refusal:
            near.sendall(self.refusal)
            return None
        far = self._reach(int(self.asked[-1].rpartition(":")[2]))
        near.sendall(b"HTTP/1.1 200 Here you go\r\n\r\n")
        return far


class Crossing(Middleman):
    """Stands where a relay is expected, and carries everything to it."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        """``port`` is the relay's on this computer."""
        self._to = port
        super().__init__(host=host)

    def _meet(self, near: socket.socket) -> socket.socket | None:
        return self._reach(self._to)


class Stripper(Crossing):
    """A proxy before the relay that knows nothing of WebSockets: it drops hop-by-hop headers, and passes on."""

    strips = True
    """It is set right while False."""

    def _meet(self, near: socket.socket) -> socket.socket | None:
        far = super()._meet(near)
        assert far is not None
        data = _read_head(near)
        if not data:
            return None
        head, end, body = data.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not self.strips or not _hop(line)]
        far.sendall(b"\r\n".join(lines) + end + body)
        return far


def _read_head(near: socket.socket) -> bytes:
    """Return a request's head, and what came with it; nothing if its sender went away."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = near.recv(4096)
        if not piece:
            return b""
        data += piece
    return data


def _hop(line: bytes) -> bool:
    return line.lower().startswith((b"upgrade:", b"connection:"))


class SocksProxy(Middleman):
    """Speaks SOCKS5 (RFC 1928, RFC 1929); ``refusal`` is the one byte of its reply."""

    @property
    def url(self) -> str:
        """Return its address."""
        return f"socks5h://{self.login + '@' if self.login else ''}127.0.0.1:{self.port}"

    def _meet(self, near: socket.socket) -> socket.socket | None:
        with near.makefile("rb") as said:
            methods = said.read(said.read(2)[1])
            method = 2 if self.login else 0
            near.sendall(bytes([5, method if method in methods else 255]))
            if method not in methods:
                return None
            if self.login and not self._knows(near, said.read(said.read(2)[1]), said.read(said.read(1)[0])):
                return None
            host = self._host(said)
            port = int.from_bytes(said.read(2))
        self.asked.append(f"{host}:{port}")
        reply = b"\x05" + (self.refusal or b"\x00") + b"\x00\x01\x7f\x00\x00\x01\x00\x00"
        for start in range(0, len(reply), self.piece):
            near.sendall(reply[start : start + self.piece])
        return None if self.refusal else self._reach(port)

    def _host(self, said: BinaryIO) -> str:
        kind = said.read(4)[3]
        if kind == 3:
            return said.read(said.read(1)[0]).decode()
        address = ip_address(said.read(4 if kind == 1 else 16))
        return f"[{address}]" if address.version == 6 else str(address)

    def _knows(self, near: socket.socket, user: bytes, password: bytes) -> bool:
        known = f"{user.decode()}:{password.decode()}" == self.login
        near.sendall(bytes([1, 0 if known else 1]))
        return known


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):  # also when the source was reset: who waits for it must not wait for ever
        target.shutdown(socket.SHUT_WR)
