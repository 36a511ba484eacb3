"""The relay's configuration: what it takes, where it comes from, and what it says when it is wrong."""

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from relay.config import Config, example, explain, load, problems, read, reference, variable
from relay.credentials import SECRET_FILE_LIMIT, read_secret_file
from relay.errors import ConfigError, ConfigErrors
from relay.peer import network
from relay.resources import resource
from relay.settings import SETTINGS, SOURCE_SETTINGS

HUSH = "whsec_never_show_this"
STRIPE = '[sources.stripe]\nprovider = "stripe"\nsecret = "env:STRIPE"\n'
ENV = {"STRIPE": HUSH}
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def parse(text: str, environ: Mapping[str, str] = ENV, folder: Path = Path("/etc/deskbell")) -> Config:
    return read(
        text,
        environ,
        folder=folder,
        filename="relay.toml",
        data_folder=Path("/data"),
        read_secret=read_secret_file,
        providers=("stripe", "github", "generic-hmac"),
    )


def wrong(text: str, environ: Mapping[str, str] = ENV, folder: Path = Path("/etc/deskbell")) -> list[str]:
    """Return the sentences about a text that has to be wrong."""
    with pytest.raises(ConfigErrors) as caught:
        parse(text, environ, folder)
    return [str(problem) for problem in caught.value.problems]


def test_nothing_configured_means_the_defaults() -> None:
    """An empty file is a good configuration: loopback, thirty days, no sources."""
    config = parse("")
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8787)
    assert config.journal.path == Path("/data/journal.db")
    assert config.playbooks.folder is None
    assert not config.sources


def test_every_key_can_be_written() -> None:
    """The file sets every key, in its own type."""
    config = parse(
        """
        [server]
        host = "0.0.0.0"
        port = 1
        public_url = "https://hooks.example.com/"
        allowed_origins = ["https://Desk.example.com"]
        trusted_proxies = ["10.0.0.0/8", "::1"]
        forwarded_header = "Forwarded"
        shutdown_seconds = 2.5
        max_connections = 7
        [journal]
        path = "state/j.db"
        retention_days = 7
        refused_requests = 5
        [playbooks]
        folder = "/srv/playbooks"
        time_zone = "Europe/Berlin"
        link_hosts = ["*.crm.example.com"]
        [people]
        file = "people.toml"
        [actions]
        signing_keys = [{ name = "2026", at = "env:SIGNING", until = 2027-01-31 }, "env:SIGNING"]
        secrets = ["env:CRM_TOKEN"]
        hosts = ["API.example.com", "*.crm.example.com"]
        private_networks = ["10.20.0.0/16"]
        timeout_seconds = 2.5
        tries = 3
        at_once = 2
        [log]
        level = "DEBUG"
        format = "json"
        [gateway]
        buffer_kib = 64
        """,
        {"SIGNING": HUSH, "CRM_TOKEN": HUSH},
    )
    assert config.server.public_url == "https://hooks.example.com"
    assert config.server.allowed_origins == ("https://desk.example.com",)
    assert config.server.shutdown_seconds == 2.5
    assert config.server.trusted_proxies == (network("10.0.0.0/8"), network("::1"))
    assert config.server.forwarded_header == "forwarded"
    assert config.journal.refused_requests == 5
    assert config.journal.path == Path("/etc/deskbell/state/j.db")
    assert config.journal.retention_days == 7.0
    assert config.playbooks.folder == Path("/srv/playbooks")
    assert config.playbooks.time_zone == "Europe/Berlin"
    assert config.playbooks.link_hosts == ("*.crm.example.com",)
    assert config.people.file == Path("/etc/deskbell/people.toml")
    assert [key.name for key in config.actions.signing_keys] == ["2026", ""]
    assert [secret.origin for secret in config.actions.secrets] == ["env:CRM_TOKEN"]
    assert config.actions.hosts == ("api.example.com", "*.crm.example.com")
    assert config.actions.private_networks == (network("10.20.0.0/16"),)
    assert (config.actions.timeout_seconds, config.actions.tries, config.actions.at_once) == (2.5, 3, 2)
    assert config.log.level == "debug"
    assert len(config.origins) == len(SETTINGS)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('signing_keys = "env:STRIPE"', "actions.signing_keys: must be a list in brackets."),
        ('signing_keys = ["env:MISSING"]', "the environment variable MISSING is not set."),
        ('secrets = ["tr0ub4dor"]', "a secret is not written into the configuration itself."),
        ('hosts = ["https://crm.example.com"]', "a host is like api.example.com or *.example.com."),
        ('hosts = ["*"]', "a host is like api.example.com or *.example.com."),
        ('hosts = "crm.example.com"', "must be a list in brackets, not text."),
        ("at_once = 0", "must be a whole number from 1 to 100, not 0."),
    ],
)
def test_wrong_settings_of_actions_are_sentences(line: str, sentence: str) -> None:
    """What calls are signed with and where they may go is checked at the start, and no secret is repeated."""
    (problem,) = wrong(f"[actions]\n{line}")
    assert sentence in problem
    assert "relay.toml:2" in problem
    assert "tr0ub4dor" not in problem


def test_actions_can_be_set_by_the_environment() -> None:
    """References and hosts are written with commas there, and the secrets they name are no unknown variables."""
    config = parse(
        "",
        {
            "DESKBELL_RELAY_ACTIONS_SECRETS": "env:DESKBELL_RELAY_A, env:B",
            "DESKBELL_RELAY_ACTIONS_HOSTS": "a.example, *.b.example",
            "DESKBELL_RELAY_A": HUSH,
            "B": HUSH,
        },
    )
    assert [secret.origin for secret in config.actions.secrets] == ["env:DESKBELL_RELAY_A", "env:B"]
    assert config.actions.hosts == ("a.example", "*.b.example")


def test_a_source_has_secrets_limits_and_a_recipe() -> None:
    """A source's section becomes the record that verification and intake use."""
    config = parse(
        """
        [sources.parcel-1]
        provider = "generic-hmac"
        secrets = ["env:OLD", "env:NEW"]
        body_limit = "64 KiB"
        tolerance_seconds = 60
        [sources.parcel-1.recipe]
        header = "X-Signature"
        """,
        {"OLD": "one\r\n", "NEW": "two"},
    )
    source = config.sources["parcel-1"]
    assert [secret.reveal() for secret in source.secrets] == ["one", "two"]
    assert (source.body_limit, source.tolerance_seconds) == (65536, 60.0)
    assert source.recipe == {"header": "X-Signature"}


@pytest.mark.parametrize(
    ("written", "count"),
    [('"1 MiB"', 2**20), ("4096", 4096), ('"2MB"', 2_000_000), ('"512 kib"', 2**19), ('"7"', 7)],
)
def test_a_size_may_have_a_unit(written: str, count: int) -> None:
    """Sizes are bytes, or a number with a unit."""
    assert parse(f"{STRIPE}body_limit = {written}").sources["stripe"].body_limit == count


def test_the_environment_overrides_the_file() -> None:
    """DESKBELL_RELAY_SECTION_NAME wins over the file, in each kind of value."""
    config = parse(
        "[server]\nport = 1\n",
        {
            "DESKBELL_RELAY_SERVER_PORT": "9000",
            "DESKBELL_RELAY_SERVER_ALLOWED_ORIGINS": "https://a.example.com, https://b.example.com",
            "DESKBELL_RELAY_JOURNAL_RETENTION_DAYS": "0.5",
            "DESKBELL_RELAY_LOG_LEVEL": "error",
            "DESKBELL_RELAY_CONFIG": "relay.toml",
            "PATH": "/bin",
        },
    )
    assert config.server.port == 9000
    assert config.server.allowed_origins == ("https://a.example.com", "https://b.example.com")
    assert config.journal.retention_days == 0.5
    assert config.origins["server.port"] == "DESKBELL_RELAY_SERVER_PORT"
    assert variable("server", "port") == "DESKBELL_RELAY_SERVER_PORT"


def test_a_secret_may_be_in_a_variable_of_any_name() -> None:
    """A variable that a source's secret names is not mistaken for a misspelt setting."""
    text = STRIPE.replace("env:STRIPE", "env:DESKBELL_RELAY_STRIPE_SECRET")
    assert parse(text, {"DESKBELL_RELAY_STRIPE_SECRET": HUSH}).sources["stripe"].secrets[0].reveal() == HUSH


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[server]\nprot = 1", "relay.toml:2: server.prot: is not a setting. Did you mean port?"),
        ("[sever]\nport = 1", "relay.toml:1: sever: is not a section of this file. Did you mean server?"),
        ("port = 1", "relay.toml:1: port: is not a section of this file. It belongs below [server]."),
        ("[log]\nport = 1", "relay.toml:2: log.port: is not a setting. It belongs below [server]."),
        ("server = 1", "relay.toml:1: server: must be a section: write [server] on a line of its own."),
        (
            "[server]\n\nport = 70000",
            "relay.toml:3: server.port: must be a whole number from 0 to 65535, not 70000.",
        ),
        (
            "server.port = true",
            "relay.toml:1: server.port: must be a whole number from 0 to 65535, not true or false.",
        ),
        (
            "[journal]\nretention_days = nan",
            "relay.toml:2: journal.retention_days: must be a number from 0.01 to 3650 days, not nan.",
        ),
        ('[server]\nhost = " "', "relay.toml:2: server.host: must not be empty."),
        (
            "[log]\nlevel = 'loud'",
            "relay.toml:2: log.level: must be debug, info, warning or error, not 'loud'.",
        ),
        (
            "[server]\npublic_url = 'ftp://x'",
            "relay.toml:2: server.public_url: must be an address such as https://hooks.example.com, not 'ftp://x'.",
        ),
        (
            "[server]\nallowed_origins = ['https://a.example.com/path']",
            "relay.toml:2: server.allowed_origins: holds 'https://a.example.com/path'; an origin is like https://",
        ),
        (
            "[server]\nallowed_origins = 'x'",
            "relay.toml:2: server.allowed_origins: must be a list in brackets, not text.",
        ),
        (
            STRIPE.replace('"stripe"', '"stirpe"'),
            "relay.toml:2: sources.stripe.provider: 'stirpe' is not a known provider. Did you mean stripe?",
        ),
        (
            STRIPE.replace('provider = "stripe"\n', ""),
            "relay.toml:1: sources.stripe.provider: is missing; it is one of: generic-hmac, github, stripe.",
        ),
        (
            STRIPE.replace("secret = ", "secrt = "),
            "relay.toml:3: sources.stripe.secrt: is not a setting. Did you mean secret?",
        ),
        (
            f'{STRIPE}body_limit = "1 XB"',
            "relay.toml:4: sources.stripe.body_limit: must be a size such as \"1 MiB\", 1 byte to 100 MiB, not '1 XB'.",
        ),
        (
            f"{STRIPE}secrets = []",
            "relay.toml:4: sources.stripe.secrets: stands beside secret; keep one of the two.",
        ),
        (f"{STRIPE}recipe = {{ a = 1 }}", "relay.toml:4: sources.stripe.recipe.a: must be text in quotes."),
        (
            "[sources]\nstripe = 1",
            "relay.toml:2: sources.stripe: must be a section: write [sources.stripe] on a line of its own.",
        ),
        (STRIPE.replace("sources.stripe", 'sources."a/../b"'), "relay.toml:1: sources.a/../b: is not a name"),
        ("[server]\nport = = 1", "relay.toml:2: TOML: Invalid value."),
        ("a = " + "[" * 5000, "relay.toml: TOML: is nested too deeply."),
    ],
)
def test_a_wrong_key_is_named_with_its_line(text: str, sentence: str) -> None:
    """Each mistake names file, line, key, what is wrong, and the nearest right word."""
    assert any(found.startswith(sentence) for found in wrong(text)), wrong(text)


def test_all_mistakes_are_told_at_once() -> None:
    """One run shows everything that has to be mended."""
    sentences = wrong(f"[server]\nport = 'x'\nhots = 'y'\n{STRIPE}body_limit = 0\n[nonsense]\n", {})
    assert len(sentences) == 5
    with pytest.raises(ConfigError, match=r"(?s)server.hots.*server.port.*body_limit.*STRIPE.*nonsense"):
        parse(f"[server]\nport = 'x'\nhots = 'y'\n{STRIPE}body_limit = 0\n[nonsense]\n", {})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "DESKBELL_RELAY_SERVER_PROT",
            "1",
            "environment: DESKBELL_RELAY_SERVER_PROT: is not a setting. Did you mean DESKBELL_RELAY_SERVER_PORT?",
        ),
        (
            "DESKBELL_RELAY_SERVER_PORT",
            "http",
            "DESKBELL_RELAY_SERVER_PORT: server.port: must be a whole number from 0 to 65535, not 'http'.",
        ),
        ("DESKBELL_RELAY_SERVER_HOST", "", "DESKBELL_RELAY_SERVER_HOST: server.host: must not be empty."),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, sentence: str) -> None:
    """A misspelt or bad variable stops the start; it would else do nothing, silently."""
    assert wrong("", {name: value}) == [sentence]


@pytest.mark.parametrize("written", [f'"{HUSH}"', f'"sha256:{HUSH}"', "12345678", f'["{HUSH}"]', '""'])
def test_a_literal_secret_is_refused_and_not_repeated(written: str) -> None:
    """A secret in the file itself is refused with the three ways, without printing it."""
    (sentence,) = wrong(STRIPE.replace('"env:STRIPE"', written))
    assert all(way in sentence for way in ("env:NAME", "file:/path", "credential:NAME"))
    assert HUSH not in sentence
    assert "12345678" not in sentence


@pytest.mark.parametrize(
    ("reference_", "environ", "part"),
    [
        ("env:NOT_THERE", {}, "the environment variable NOT_THERE is not set"),
        ("env:EMPTY", {"EMPTY": " \n"}, "env:EMPTY is empty"),
        ("env:TWO", {"TWO": "a\nb"}, "line break"),
        ("env:", {}, "is not the name of an environment variable"),
        ("file:", {}, "a path has to follow file:"),
        ("file:/not/there", {}, "/not/there can't be read: No such file"),
        ("credential:x", {}, "LoadCredential=x:/path"),
        (
            "credential:../../etc/passwd",
            {"CREDENTIALS_DIRECTORY": "/run"},
            "is not the name of a systemd credential",
        ),
    ],
)
def test_s15_a_secret_that_is_not_there_is_named(reference_: str, environ: dict[str, str], part: str) -> None:
    """A missing, empty or broken secret stops the start and says which it is."""
    (sentence,) = wrong(STRIPE.replace("env:STRIPE", reference_), environ)
    assert part in sentence
    assert sentence.startswith("relay.toml:3: sources.stripe.secret: ")


def test_a_private_file_holds_a_secret(tmp_path: Path) -> None:
    """A file beside the configuration is read, without the line break at its end."""
    file = tmp_path / "key"
    file.write_text(f"{HUSH}\n")
    file.chmod(0o600)
    config = parse(STRIPE.replace("env:STRIPE", "file:key"), folder=tmp_path)
    assert config.sources["stripe"].secrets[0].reveal() == HUSH


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_s15_a_file_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    """A shared secret file is refused with the command that mends it."""
    file = tmp_path / "my key"
    file.write_text(HUSH)
    file.chmod(mode)
    (sentence,) = wrong(STRIPE.replace("env:STRIPE", "file:my key"), folder=tmp_path)
    assert f"(mode {mode:04o})" in sentence
    assert sentence.endswith(f"Run: chmod 600 '{file}'")
    assert HUSH not in sentence


@posix
@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("folder", "is not a regular file"),
        ("pipe", "is not a regular file"),
        ("socket", "can't be read"),
        ("large", "is larger than 65536 bytes"),
        ("binary", "is not UTF-8 text"),
    ],
)
def test_what_is_no_secret_file_is_refused(tmp_path: Path, kind: str, part: str) -> None:
    """Folders, pipes, sockets, huge and binary files are refused; none of them hangs the start."""
    place = tmp_path / "key"
    with socket.socket(socket.AF_UNIX) as door:
        match kind:
            case "folder":
                place.mkdir(mode=0o700)
            case "pipe":
                os.mkfifo(place, 0o600)
            case "socket":
                door.bind(str(place))
            case "large":
                place.write_bytes(b"x" * (SECRET_FILE_LIMIT + 1))
            case _:
                place.write_bytes(b"\xff\xfe")
        place.chmod(0o700 if kind == "folder" else 0o600)
        (sentence,) = wrong(STRIPE.replace("env:STRIPE", f"file:{place}"))
    assert f"{place} {part}" in sentence


def test_a_systemd_credential_holds_a_secret(tmp_path: Path) -> None:
    """A credential is read from systemd's folder, whatever its mode there."""
    (tmp_path / "stripe").write_text(HUSH)
    (tmp_path / "stripe").chmod(0o444)
    config = parse(
        STRIPE.replace("env:STRIPE", "credential:stripe"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )
    assert config.sources["stripe"].secrets[0].reveal() == HUSH


def test_secrets_are_never_shown() -> None:
    """Neither the record's repr nor the explanation prints a secret."""
    config = parse(STRIPE)
    assert HUSH not in repr(config)
    assert HUSH not in explain(config)
    assert "set (env:STRIPE)" in explain(config)


def test_the_explanation_says_where_each_value_comes_from() -> None:
    """Every key is listed with its value, its origin and its help."""
    text = explain(parse(f"{STRIPE}[server]\nport = 1\n", ENV | {"DESKBELL_RELAY_LOG_LEVEL": "error"}))
    assert re.search(r"port +1 +relay.toml:5 +The TCP port", text)
    assert re.search(r"level +error +DESKBELL_RELAY_LOG_LEVEL +The least", text)
    assert re.search(r"host +127.0.0.1 +default +The address", text)
    assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for _, name in SETTINGS)
    assert "No sources" in explain(parse(""))


def test_the_reference_has_every_key() -> None:
    """The documentation's tables are made from the declarations, none left out."""
    page = reference()
    assert all(f"| `{name}` |" in page for _, name in SETTINGS)
    assert all(f"| `{name}` |" in page for name in SOURCE_SETTINGS)


def test_the_example_file_is_made_from_the_declarations() -> None:
    """The shipped example is what the declarations say, and loads as it is."""
    shipped = resource("relay.example.toml").read_text(encoding="utf-8")
    assert shipped == example()
    assert parse(shipped, {}) == parse("", {})


def test_the_example_file_loads_with_everything_switched_on(tmp_path: Path) -> None:
    """Each commented line of the example is a good one."""
    text = re.sub(r"^#(?=\S)", "", example(), flags=re.MULTILINE).replace("standard-webhooks", "stripe")
    (tmp_path / "github.secret").touch(mode=0o600)
    (tmp_path / "github.secret").write_text(HUSH)
    (tmp_path / "parcel-secret").write_text(HUSH)
    secrets = dict.fromkeys(("STRIPE_WEBHOOK_SECRET", "AIRLINE_OLD_SECRET", "AIRLINE_NEW_SECRET"), HUSH)
    config = parse(text, secrets | {"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path)
    assert list(config.sources) == ["stripe", "github", "airline", "parcel"]
    assert config.server == parse('[server]\npublic_url = "https://hooks.example.com"', {}).server


def test_a_file_is_loaded_from_the_disk(tmp_path: Path) -> None:
    """Loading reads the file and the secrets beside it, also with a byte order mark."""
    (tmp_path / "relay.toml").write_bytes(b"\xef\xbb\xbf" + STRIPE.encode())
    config = load(tmp_path / "relay.toml", ENV)
    assert config.sources["stripe"].provider == "stripe"
    assert config.journal.path.parts[-3:] == ("deskbell", "relay", "journal.db")
    assert load(None, {}).server.port == 8787
    assert problems(None, {}) == []


@pytest.mark.parametrize("content", [None, b"\xff", b"#" * (1024 * 1024 + 1)])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A missing, binary or huge configuration file is one problem with its path."""
    file = tmp_path / "relay.toml"
    if content is not None:
        file.write_bytes(content)
    (problem,) = problems(file, {})
    assert str(file) in str(problem)


def test_a_key_in_a_long_text_does_not_confuse_the_lines() -> None:
    """Quoted and dotted keys, comments and lists of many lines keep the right line numbers."""
    text = '[server] # the "door"\nallowed_origins = [\n  "https://a.example.com",\n]\n"port" = 0\nhost = 1\n'
    assert wrong(text) == ["relay.toml:6: server.host: must be text in quotes, not a number."]
