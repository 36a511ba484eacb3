"""The way to the relay: what was set, the environment, the system, in this order; and why."""

import pytest

from desktop.address import parse_address
from desktop.proxies import NONE, BadProxy, Network, Route, from_environment, parse_proxy, spared

RELAY = parse_address("relay.example/deskbell")
SYSTEM = Route(proxy=parse_proxy("http://pac.example:8080"), origin="system settings")


def test_what_is_set_counts_before_everything() -> None:
    """A proxy that was set for Deskbell is taken, whatever environment and system say."""
    network = Network(
        proxy="proxy.example:3128", environ={"HTTPS_PROXY": "http://other"}, system=lambda _: SYSTEM
    )
    assert str(network.route(RELAY)) == "through the proxy http://proxy.example:3128 (set for Deskbell)"
    assert Network(proxy=NONE, system=lambda _: SYSTEM).route(RELAY).proxy is None


def test_the_environment_counts_before_the_system() -> None:
    """The variables are asked first, then the system, which is given the relay's address."""
    asked: list[str] = []

    def system(url: str) -> Route:
        asked.append(url)
        return SYSTEM

    first = Network(environ={"https_proxy": "http://env.example"}, system=system)
    assert "environment: https_proxy" in str(first.route(RELAY))
    assert asked == []
    assert Network(system=system).route(RELAY) is SYSTEM
    assert asked == ["https://relay.example/deskbell"]


def test_a_relay_on_this_computer_needs_no_proxy() -> None:
    """Nothing stands between a desktop and a relay on the same computer."""
    network = Network(proxy="http://proxy.example")
    assert network.route(parse_address("127.0.0.1:8080")).proxy is None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("proxy.example", "http://proxy.example:80"),
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("socks5://[::1]:9050", "socks5://[::1]:9050"),
        ("http://mira:se%20cret@proxy.example:8080", "http://proxy.example:8080"),
    ],
)
def test_a_proxy_is_read_and_shown_without_its_password(text: str, seen: str) -> None:
    """What is shown of a proxy has its scheme, host and port, and never a sign-in."""
    proxy = parse_proxy(text)
    assert str(proxy) == seen
    assert "se" not in repr(proxy).replace("None", "")


@pytest.mark.parametrize(
    "text", ["", "ftp://proxy", "http://", "http://a b", "http://p:99999", "http://p/x?y"]
)
def test_nonsense_is_refused_with_a_sentence(text: str) -> None:
    """What is no proxy's address is said, in a sentence."""
    with pytest.raises(BadProxy, match=r"\.$"):
        parse_proxy(text)


@pytest.mark.parametrize(
    ("listed", "host", "port", "said"),
    [
        ("*", "relay.example", 443, True),
        ("example", "relay.example", 443, True),
        (".example", "relay.example", 443, True),
        ("*.example", "relay.example", 443, True),
        ("ample", "relay.example", 443, False),
        ("localhost, relay.example:443", "relay.example", 443, True),
        ("relay.example:8443", "relay.example", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.0.0.0/8", "relay.example", 443, False),
        ("2001:db8::/32", "2001:db8::7", 443, True),
        ("", "relay.example", 443, False),
        (" , .", "relay.example", 443, False),
    ],
)
def test_no_proxy_spares_what_it_names(listed: str, host: str, port: int, said: bool) -> None:
    """Names, domains, addresses, networks and ports, as people write them into NO_PROXY."""
    assert spared(host, port, listed) is said


def test_no_proxy_is_told_as_the_reason() -> None:
    """A relay that the list names is reached directly, and the words say why."""
    environ = {"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "relay.example"}
    route = from_environment(environ, "relay.example", 443)
    assert str(route) == "directly (environment: NO_PROXY names the relay)"
