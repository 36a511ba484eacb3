"""What a person types becomes the addresses of a relay, or a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.address import BadAddress, is_loopback, parse_address


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("relay.example.com", "https://relay.example.com"),
        ("  https://relay.example.com/  ", "https://relay.example.com"),
        ("HTTPS://Relay.Example.COM", "https://relay.example.com"),
        ("relay.example.com:8443", "https://relay.example.com:8443"),
        ("https://relay.example.com:443", "https://relay.example.com"),
        ("https://apps.example/deskbell/", "https://apps.example/deskbell"),
        ("apps.example/deskbell", "https://apps.example/deskbell"),
        ("wss://apps.example/deskbell/ws", "https://apps.example/deskbell"),
        ("https://apps.example/deskbell/v1/pair", "https://apps.example/deskbell"),
        ("localhost:8787", "http://localhost:8787"),
        ("127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("[::1]:8787", "http://[::1]:8787"),
        ("http://localhost:80", "http://localhost"),
        ("https://localhost:8443", "https://localhost:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_an_address_is_read_as_it_is_meant(typed: str, base: str) -> None:
    """The scheme may be missing, the case doesn't count, a prefix is kept, our own paths are cut."""
    assert parse_address(typed).base == base


def test_all_addresses_follow_from_the_base() -> None:
    """The WebSocket and the pairing have the same host, port, prefix and protection."""
    address = parse_address("apps.example:8443/deskbell")
    assert address.socket == "wss://apps.example:8443/deskbell/ws"
    assert address.pair == "https://apps.example:8443/deskbell/v1/pair"
    assert not address.loopback
    assert parse_address("localhost").socket == "ws://localhost/ws"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "enter the address"),
        ("   ", "enter the address"),
        ("relay example.com", "spaces"),
        ("relay\u200b.example", "spaces"),
        ("ftp://relay.example", "https://"),
        ("javascript://relay.example", "https://"),
        ("http://relay.example.com", "not be protected"),
        ("ws://10.0.0.5", "not be protected"),
        ("http://localhost.evil.example", "not be protected"),
        ("http://127.0.0.1.evil.example", "not be protected"),
        ("https://", "not an address"),
        ("https://relay.example:99999", "not an address"),
        ("https://relay.example:0", "not an address"),
        ("https://relay.example:x", "not an address"),
        ("https://[::1", "not an address"),
        ("https://mira@relay.example", "user name"),
        ("https://relay.example?token=1", "question mark"),
        ("https://relay.example#x", "hash"),
        ("https://" + "ä" * 80 + ".example", "name of a computer"),
    ],
)
def test_what_cannot_be_used_is_explained(typed: str, word: str) -> None:
    """Each mistake has its own sentence."""
    with pytest.raises(BadAddress, match=word) as caught:
        parse_address(typed)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_computer_is_known(host: str) -> None:
    """All names of the loopback interface count as this computer."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "example", "::2", "", "localhost.example"])
def test_other_computers_are_known(host: str) -> None:
    """Nothing else does."""
    assert not is_loopback(host)


@given(st.text())
def test_no_text_breaks_it(typed: str) -> None:
    """Whatever is typed gives an address, which reads as itself, or a sentence."""
    try:
        address = parse_address(typed)
    except BadAddress:
        return
    assert parse_address(address.base) == address
