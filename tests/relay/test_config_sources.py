"""What a source may have around its verification: secrets with an end, networks, a pace, limits."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from relay.config import Config, explain, read, warnings
from relay.credentials import read_secret_file
from relay.errors import ConfigErrors
from relay.networks import published_networks
from relay.peer import network

HUSH = "whsec_never_show_this"
STRIPE = '[sources.stripe]\nprovider = "stripe"\nsecret = "env:STRIPE"\n'
ENV = {"STRIPE": HUSH}


def parse(text: str, environ: Mapping[str, str] = ENV) -> Config:
    return read(
        text,
        environ,
        folder=Path("/etc/deskbell"),
        filename="relay.toml",
        data_folder=Path("/data"),
        read_secret=read_secret_file,
        providers=("stripe", "github"),
    )


def wrong(text: str) -> list[str]:
    """Return the sentences about a text that has to be wrong."""
    with pytest.raises(ConfigErrors) as caught:
        parse(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_source_has_everything_around_its_verification() -> None:
    """Address, options, networks, pace, compression, deduplication and what is kept: all per source."""
    source = parse(
        f"""
        {STRIPE}
        public_url = "https://hooks.example.com/in/"
        allow_unconfirmed = true
        url_token = "env:TOKEN"
        allow_networks = ["192.0.2.0/24", "stripe", "2001:db8::1"]
        rate = 2.5
        burst = 10
        encoding = "signed-raw"
        decoded_limit = "2 MiB"
        dedupe_days = 3
        keep_refused = true
        options = {{ audience = "desk" }}
        """,
        ENV | {"TOKEN": "query-token"},
    ).sources["stripe"]
    assert source.url_token is not None
    assert source.url_token.reveal() == "query-token"
    stripe = published_networks()["stripe"].networks
    assert source.allow_networks == (network("192.0.2.0/24"), *stripe, network("2001:db8::1"))
    assert (source.public_url, source.rate, source.burst) == ("https://hooks.example.com/in", 2.5, 10)
    assert (source.encoding, source.decoded_limit, source.dedupe_days) == ("signed-raw", 2 * 2**20, 3.0)
    assert (source.keep_refused, source.allow_unconfirmed, source.options) == (
        True,
        True,
        {"audience": "desk"},
    )


def test_the_servers_public_url_is_the_sources() -> None:
    """A source without an address of its own has the server's; without either it has none."""
    assert parse(STRIPE).sources["stripe"].public_url == ""
    text = f'[server]\npublic_url = "https://a.example.com"\n{STRIPE}'
    assert parse(text).sources["stripe"].public_url == "https://a.example.com"
    assert (
        parse(text, ENV | {"DESKBELL_RELAY_SERVER_PUBLIC_URL": "https://b.example.com"})
        .sources["stripe"]
        .public_url
        == "https://b.example.com"
    )


def test_s16_secrets_have_names_and_an_end() -> None:
    """A secret may be a table; a day ends at midnight UTC, a time is exact, and a plain one never ends."""
    source = parse(
        """
        [sources.stripe]
        provider = "stripe"
        secrets = [
          { name = "2025", at = "env:STRIPE", until = 2026-12-01 },
          { at = "env:STRIPE", until = 2026-12-01T12:00:00+02:00 },
          "env:STRIPE",
        ]
        """
    ).sources["stripe"]
    assert [secret.reveal() for secret in source.secrets] == [HUSH] * 3
    assert [(secret.name, secret.until) for secret in source.secrets] == [
        ("2025", 1_796_169_600.0),
        ("", 1_796_119_200.0),
        ("", None),
    ]


def test_s16_an_end_is_told_before_it_comes() -> None:
    """From two weeks before on, each secret that ends is named, with the day; afterwards it is told, too."""
    text = STRIPE.replace('"env:STRIPE"', '{ name = "2025", at = "env:STRIPE", until = 2026-12-01 }')
    config, end, day = parse(text), 1_796_169_600.0, 86_400.0
    assert warnings(config, end - 14 * day - 1) == []
    assert warnings(config, end - 14 * day) == [
        "sources.stripe: the secret 2025 expires in 14 days, on 2026-12-02 00:00 UTC."
    ]
    assert "in 1 day, " in warnings(config, end - 1)[0]
    assert "has expired on 2026-12-02 00:00 UTC" in warnings(config, end)[0]
    assert "2025: env:STRIPE until 2026-12-02 00:00 UTC" in explain(config)
    assert warnings(parse(STRIPE), end) == []


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ('{ name = "a" }', "a secret lacks at. Write where it is kept"),
        ('{ at = "env:STRIPE", untill = 2026-12-01 }', "a secret has no 'untill'; it has name, at, until."),
        ('{ at = "env:STRIPE", until = "2026-12-01" }', "is a date such as 2027-01-31, without quotes"),
        ('{ at = "env:STRIPE", until = 2026-12-01T12:00:00 }', "write Z behind the time for UTC"),
        ('{ at = "env:STRIPE", name = "a b" }', "a secret's name is up to 64 letters"),
        (f'{{ at = "{HUSH}" }}', "a secret is not written into the configuration itself"),
        ("{ at = 1 }", "a secret is not written into the configuration itself"),
    ],
)
def test_a_wrong_secret_is_named_and_not_repeated(written: str, part: str) -> None:
    """Each mistake in a secret's table is a sentence with the line, and never shows what was written."""
    (sentence,) = wrong(STRIPE.replace('"env:STRIPE"', written))
    assert sentence.startswith("relay.toml:3: sources.stripe.secret: ")
    assert part in sentence
    assert HUSH not in sentence


def test_two_secrets_of_one_name() -> None:
    """Names are to tell secrets apart."""
    entry = '{ name = "a", at = "env:STRIPE" }'
    (sentence,) = wrong(STRIPE.replace('secret = "env:STRIPE"', f"secrets = [{entry}, {entry}]"))
    assert sentence == "relay.toml:3: sources.stripe.secrets: has two secrets of the name 'a'."


def test_a_source_may_have_no_secret() -> None:
    """Whether it needs one is for its provider to say: some sign with a public key."""
    assert parse('[sources.sns]\nprovider = "github"\n').sources["sns"].secrets == ()
    assert " unset " in explain(parse('[sources.sns]\nprovider = "github"\n'))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('allow_networks = ["10.0.0.1/8"]', "holds '10.0.0.1/8': 10.0.0.1/8 has host bits set; a network is like 192.0.2.0/24, or one of: stripe."),
        ('allow_networks = ["stirpe"]', "holds 'stirpe': 'stirpe' does not appear to be an IPv4 or IPv6 network; a network is like"),
        ('allow_networks = "10.0.0.0/8"', "must be a list of texts in brackets, not text."),
        ("allow_networks = [1]", "must be a list of texts in brackets, not a list."),
        ("rate = 0", "must be a number from 0.01 to 100000 a second, not 0."),
        ("burst = 5", "does nothing without rate."),
        ("decoded_limit = 5", "does nothing without encoding."),
        ('encoding = "gzip"', "must be refuse, signed-raw or signed-decoded, not 'gzip'."),
        ('keep_refused = "yes"', "must be true or false, not 'yes'."),
        ("dedupe_days = 0", "must be a number from 0.01 to 3650 days, not 0."),
        ("options = { a = 1 }", "must be text in quotes."),
        ('url_token = "letmein"', "a secret is not written into the configuration itself."),
    ],
)  # fmt: skip
def test_a_wrong_limit_of_a_source_is_named(line: str, sentence: str) -> None:
    """Each new key has its own sentence."""
    (found,) = wrong(f"{STRIPE}{line}")
    assert found.startswith("relay.toml:4: sources.stripe.")
    assert sentence in found
    assert "letmein" not in found


def test_networks_that_let_nobody_in_are_told() -> None:
    """Behind a proxy that isn't trusted all requests seem to come from this machine, which is no use."""
    text = f'{STRIPE}allow_networks = ["stripe"]\n'
    assert "name the proxy in front in server.trusted_proxies" in warnings(parse(text), 0.0)[0]
    assert warnings(parse(f'{text}[server]\ntrusted_proxies = ["127.0.0.1"]'), 0.0) == []
    assert warnings(parse(f'{text}[server]\nhost = "0.0.0.0"'), 0.0) == []
    assert warnings(parse(f'{STRIPE}allow_networks = ["127.0.0.1"]'), 0.0) == []
