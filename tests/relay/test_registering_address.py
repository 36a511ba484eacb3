"""Which source, under which address: read before its secret exists, refused where no provider gets to."""

from pathlib import Path

import pytest

from relay.errors import ConfigError
from relay.hookplace import hook_url, read_entry, same_address, shown


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/hooks/desk"),
        ("https://hooks.example.com/", "https://hooks.example.com/hooks/desk"),
        ("https://example.com/relay", "https://example.com/relay/hooks/desk"),
        ("https://example.com/relay/", "https://example.com/relay/hooks/desk"),
        ("https://hooks.example.com/hooks/desk", "https://hooks.example.com/hooks/desk"),
        ("https://example.com/relay/hooks/desk?token=x", "https://example.com/relay/hooks/desk?token=x"),
        ("https://hooks.example.com:8443", "https://hooks.example.com:8443/hooks/desk"),
        ("https://203.0.114.7", "https://203.0.114.7/hooks/desk"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com/hooks/desk"),
    ],
)
def test_the_path_is_completed(given: str, url: str) -> None:
    """The relay's address is enough; a whole one is taken as it is."""
    assert same_address(hook_url(given, "desk"), url)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("", "must begin with https://"),
        ("hooks.example.com", "must begin with https://"),
        ("http://hooks.example.com", "must begin with https://"),
        ("ftp://hooks.example.com", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://[::1", "is no address"),
        ("https://example.com:99999", "a port that does not exist"),
        ("https://mira:pw@example.com", "neither a user name"),
        ("https://example.com/#x", "nor a fragment"),
        ("https://example.com/hooks/other", "leads to another source"),
        ("https://example.com/hooks/", "leads to another source"),
        ("https://example.com/hooks/desk/more", "leads to another source"),
        ("https://localhost", "can't be reached"),
        ("https://LOCALHOST:8443", "can't be reached"),
        ("https://relay", "can't be reached"),
        ("https://relay.internal", "can't be reached"),
        ("https://127.0.0.1", "can't be reached"),
        ("https://10.1.2.3", "can't be reached"),
        ("https://192.168.0.1/hooks/desk", "can't be reached"),
        ("https://[::1]", "can't be reached"),
        ("https://[fd00::1]", "can't be reached"),
        ("https://169.254.169.254", "can't be reached"),
    ],
)
def test_an_address_that_no_provider_gets_to_is_refused(given: str, complaint: str) -> None:
    """Each is a sentence about ``--url``, before the provider is asked."""
    with pytest.raises(ConfigError) as told:
        hook_url(given, "desk")
    assert "--url" in str(told.value)
    assert complaint in str(told.value)
    assert "pw" not in str(told.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://A.EXAMPLE:443/x", True),
        ("https://a.example/x", "https://a.example/x/", False),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://a.example/x", "https://a.example/x?token=1", False),
        ("https://a.example/x", "http://a.example/x", False),
        ("https://a.example/x", "https://a.example:99999/x", False),
        ("https://a.example/x", "", False),
    ],
)
def test_two_spellings_of_one_address(one: str, other: str, same: bool) -> None:
    """A webhook is ours if it leads to the same place, not only if it is spelt the same."""
    assert same_address(one, other) is same


def test_a_token_in_an_address_is_not_shown() -> None:
    """Lists may be pasted into tickets; a token in the query stays out, and so does what drives a terminal."""
    assert shown("https://a.example/x?token=secret") == "https://a.example/x?…"
    assert shown("https://a.example/\x1b[2J\n") == r"https://a.example/\x1b[2J\x0a"


def entry(folder: Path, text: str) -> tuple[str, tuple[str, ...], str]:
    """Return provider, references and address of the source "desk" in a configuration."""
    file = folder / "relay.toml"
    file.write_text(text)
    found = read_entry(file, "desk")
    assert found.folder == folder
    return found.provider, found.references, found.public_url


@pytest.mark.parametrize(
    ("line", "references"),
    [
        ('secret = "file:missing"', ("file:missing",)),
        ('secrets = ["env:OLD", "file:new"]', ("env:OLD", "file:new")),
        ('secrets = [{ name = "2025", at = "env:OLD" }, { at = "file:new" }]', ("env:OLD", "file:new")),
        ("", ()),
        ("secret = 7", ()),
        ("secrets = 7", ()),
        ('secret.public_key = "env:A"', ()),
    ],
)
def test_a_source_is_read_before_its_secret_exists(
    tmp_path: Path, line: str, references: tuple[str, ...]
) -> None:
    """Registering is what makes the secret, so its absence is no fault here."""
    text = f'[server]\npublic_url = "https://a.example"\n[sources.desk]\nprovider = "stripe"\n{line}\n'
    assert entry(tmp_path, text) == ("stripe", references, "https://a.example")


def test_a_source_may_have_an_address_of_its_own(tmp_path: Path) -> None:
    """A source's public address goes before the relay's."""
    text = '[server]\npublic_url = "https://a.example"\n[sources.desk]\nprovider = "x"\npublic_url = "https://b.example"\n'
    assert entry(tmp_path, text)[2] == "https://b.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[sources]\n",
        "[sources.desk]\n",
        "sources = 7",
        "[sources]\ndesk = 7",
        "[sources.desk]\nprovider = 7",
    ],
)
def test_an_unconfigured_source_is_said_with_the_lines_to_add(tmp_path: Path, text: str) -> None:
    """A name that isn't in the configuration is told with what to write."""
    with pytest.raises(ConfigError, match=r"\[sources\.desk\] with provider"):
        entry(tmp_path, text)


@pytest.mark.parametrize("content", [b"[server", b"\xff\xfe", b"x = 1\nx = 2"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes) -> None:
    """A torn configuration is a sentence with the file's name."""
    file = tmp_path / "relay.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"relay\.toml"):
        read_entry(file, "desk")
