"""Whose request it is, behind which proxies, and who only says so."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.peer import FORWARDED, MAX_HOPS, X_FORWARDED_FOR, address, network, sender, within

PROXIES = [network("10.0.0.0/8"), network("fd00::/8"), network("192.0.2.7")]


def behind(*values: str, connection: str = "10.0.0.1", header: str = X_FORWARDED_FOR) -> str:
    """Return the sender of a request with these header lines."""
    headers = [(header.encode(), value.encode("latin-1")) for value in values]
    return str(sender(connection, headers, PROXIES, header))


def test_r1_a_stranger_may_claim_nothing() -> None:
    """What an untrusted sender writes into the header is ignored, whichever header it is."""
    for header in (X_FORWARDED_FOR, FORWARDED):
        assert (
            behind("203.0.113.9", "for=203.0.113.9", connection="198.51.100.4", header=header)
            == "198.51.100.4"
        )
    headers = [(b"x-real-ip", b"203.0.113.9"), (b"forwarded", b"for=203.0.113.9")]
    assert sender("10.0.0.1", headers, PROXIES) == ip_address("10.0.0.1")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9, 10.1.1.1, 192.0.2.7"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9", "10.1.1.1"], "203.0.113.9"),
        (["203.0.113.9, 192.0.2.8"], "192.0.2.8"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["[::ffff:203.0.113.9]:4711"], "203.0.113.9"),
        (["2001:db8::1"], "2001:db8::1"),
        (["[2001:db8::1]:443"], "2001:db8::1"),
        (["fe80::1%eth0"], "fe80::1"),
        (["[fe80::1%eth0]:443, fd00::2"], "fe80::1"),
        (["  203.0.113.9  "], "203.0.113.9"),
        (["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ([], "10.0.0.1"),
    ],
)  # fmt: skip
def test_r2_the_right_most_untrusted_address_counts(values: list[str], expected: str) -> None:
    """Proxies append: the last address that is not one of ours is the sender, however it is written."""
    assert behind(*values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["for=203.0.113.9"], "203.0.113.9"),
        (["for=1.1.1.1, For=203.0.113.9;proto=https;by=10.0.0.1"], "203.0.113.9"),
        (["proto=https; for=203.0.113.9", "by=x;for=10.1.1.1"], "203.0.113.9"),
        (['for="[2001:db8::1]:4711"'], "2001:db8::1"),
        (['for="203.0.113.9:_port"'], "203.0.113.9"),
        (['for=1.1.1.1;by="a,for=2.2.2.2"'], "1.1.1.1"),
    ],
)
def test_r2_forwarded_is_read_too(values: list[str], expected: str) -> None:
    """The standard header says the same in other words (RFC 7239)."""
    assert behind(*values, header=FORWARDED) == expected


@pytest.mark.parametrize(
    "value", ["unknown", "_hidden", "1.1.1.1, ", "1.1.1.1, 203.0.113.256", "1.1.1.1,é", ","]
)
def test_r2_what_cannot_be_told_is_nobody(value: str) -> None:
    """If the last hop's address is no address, no further one is believed."""
    assert behind(value) == "None"
    assert not within(None, PROXIES)


def test_r2_a_long_chain_is_cut() -> None:
    """Ten thousand hops cost no more than a few, and lead to none that the sender made up."""
    chain = ", ".join(["203.0.113.9"] + ["10.1.1.1"] * 10_000)
    assert behind(chain) == "10.1.1.1"
    assert behind(", ".join(["203.0.113.9"] + ["10.1.1.1"] * (MAX_HOPS - 1))) == "203.0.113.9"


def test_without_proxies_the_connection_counts() -> None:
    """If no proxy is trusted, the other end of the socket is the sender."""
    assert sender("::ffff:198.51.100.4", [(b"x-forwarded-for", b"1.1.1.1")], []) == ip_address("198.51.100.4")
    assert sender("", [], []) is None


@given(st.lists(st.text(max_size=60).map(lambda text: text.encode("latin-1", "replace")), max_size=4))
def test_r1_hostile_headers_raise_nothing(values: list[bytes]) -> None:
    """Whatever stands in the header, the answer is an address or None."""
    for header in (X_FORWARDED_FOR, FORWARDED):
        sender("10.0.0.1", [(header.encode(), value) for value in values], PROXIES, header)


def test_a_network_is_not_an_address_inside_it() -> None:
    """A slip of the pen in a list of networks is an error, not a smaller list."""
    with pytest.raises(ValueError, match="host bits"):
        network("10.0.0.1/8")
    assert address("10.0.0.1/8") is None
    assert not within(ip_address("10.0.0.1"), [network("::/0")])
