"""Which way leads to the relay: directly, or through which proxy, and who said so. Pure.

Asked in this order: what was set for Deskbell, the environment's variables, the system's own
settings. How the system is asked is a parameter, because it needs Qt and may take seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from desktop.address import RelayAddress
from desktop.i18n import tr

SYSTEM, NONE = "system", "none"
"""What the setting may say instead of a proxy's address."""

_SCHEMES = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_VARIABLES = ("wss_proxy", "https_proxy", "all_proxy")
_PORTS = {"https": 443, "http": 80}


class BadProxy(ValueError):
    """What was set is not the address of a proxy; the text is a sentence for the agent."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """One proxy. ``scheme`` is ``http``, ``https`` (TLS to the proxy itself), ``socks5`` or ``socks5h``."""

    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    url: str = field(repr=False)
    """As it was given, with user and password."""

    @property
    def socks(self) -> bool:
        """Say whether it speaks SOCKS, and not HTTP."""
        return self.scheme.startswith("socks")

    def __str__(self) -> str:
        """Return it without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Route:
    """The way to a relay: through ``proxy``, or directly; ``origin`` says why, in words."""

    proxy: Proxy | None = None
    origin: str

    def __str__(self) -> str:
        """Return a sentence's part: "through http://proxy.example:3128 (environment: HTTPS_PROXY)"."""
        way = tr("through the proxy {proxy}", proxy=self.proxy) if self.proxy else tr("directly")
        return f"{way} ({self.origin})"


def _ask_nobody(_url: str) -> Route | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Network:
    """How this desktop reaches its relay."""

    proxy: str = SYSTEM
    """``system``, ``none``, or a proxy's address."""
    authority: Path | None = None
    """A file (PEM) with certificate authorities to be trusted besides the system's."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    system: Callable[[str], Route | None] = _ask_nobody
    """Asks the system; takes the relay's ``https`` address. May block: call it off the GUI thread."""

    def route(self, address: RelayAddress) -> Route:
        """Choose the way. May block for as long as the system's own settings take.

        Raises:
            BadProxy: what was set is not the address of a proxy.
        """
        if address.loopback:
            return Route(origin=tr("the relay is on this computer"))
        if self.proxy == NONE:
            return Route(origin=tr("set so for Deskbell"))
        if self.proxy != SYSTEM:
            return Route(proxy=parse_proxy(self.proxy), origin=tr("set for Deskbell"))
        said = from_environment(self.environ, *endpoint(address))
        return said or self.system(address.base) or Route(origin=tr("no proxy is set"))


def endpoint(address: RelayAddress) -> tuple[str, int]:
    """Return host, without brackets, and port of a relay."""
    parts = urlsplit(address.base)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def parse_proxy(text: str) -> Proxy:
    """Read a proxy's address; without a scheme it is an HTTP proxy.

    Raises:
        BadProxy: nothing usable.
    """
    url = text.strip() if "://" in text else f"http://{text.strip()}"
    parts = _split(url)
    if parts.scheme not in _SCHEMES:
        raise BadProxy(tr("The proxy's address has to begin with http://, https:// or socks5://."))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = parts.port or _SCHEMES[parts.scheme]
    host = parts.hostname or ""
    return Proxy(scheme=parts.scheme, host=host, port=port, user=user, password=password, url=url)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable, parts = False, urlsplit("")
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    if not usable or beyond or any(character.isspace() for character in url):
        raise BadProxy(tr("This is not the address of a proxy. It looks like http://proxy.example.com:3128."))
    return parts


def from_environment(environ: Mapping[str, str], host: str, port: int) -> Route | None:
    """Return what the environment says of a host; None if it says nothing.

    Raises:
        BadProxy: a variable has no usable address.
    """
    for variable in _VARIABLES:
        for name in (variable, variable.upper()):
            if environ.get(name, "").strip():
                if spared(host, port, environ.get("no_proxy") or environ.get("NO_PROXY", "")):
                    return Route(origin=tr("environment: NO_PROXY names the relay"))
                return Route(proxy=parse_proxy(environ[name]), origin=tr("environment: {name}", name=name))
    return None


def spared(host: str, port: int, listed: str) -> bool:
    """Say whether a ``NO_PROXY`` list names a host: by name, domain, address, network, with port or ``*``."""
    return any(
        _names(entry.strip().lower(), host.lower(), port) for entry in listed.split(",") if entry.strip()
    )


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass  # one of the two is a name
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        if int(number) != port:
            return False
        entry = name.strip("[]")
    entry = entry.removeprefix("*").lstrip(".")
    return bool(entry) and (host == entry or host.endswith(f".{entry}"))
