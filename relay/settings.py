"""The relay's settings, each declared once: type, default, limits, help.

The reader, the documentation's tables, the example file and ``deskbell-relay check`` are all
derived from these declarations (:mod:`relay.config`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from relay.calls import TRIES
from relay.kinds import (
    Kind,
    Setting,
    boolean,
    choice,
    declared,
    hosts,
    integer,
    networks,
    number,
    optional,
    origins,
    path,
    setting,
    size,
    text,
    time_zone,
    web_address,
)
from relay.networks import published_networks
from relay.peer import FORWARDED_HEADERS, X_FORWARDED_FOR, Network
from relay.source import DEFAULT_BODY_LIMIT, REFUSE, SIGNED_DECODED, SIGNED_RAW, Secret, Source


@dataclass(frozen=True, kw_only=True)
class Server:
    """The door: where the relay listens, for webhooks and desktops alike."""

    host: str = setting(
        text("host name or address"),
        "127.0.0.1",
        "The address to listen on. Anything but a loopback address needs a TLS proxy in front.",
    )
    port: int = setting(integer(0, 65535), 8787, "The TCP port to listen on; 0 takes any free one.")
    public_url: str | None = setting(
        optional(web_address()),
        None,
        "The address under which providers and desktops reach the relay; used in printed webhook URLs.",
        example="https://hooks.example.com",
    )
    allowed_origins: tuple[str, ...] = setting(
        origins(),
        (),
        "Web pages that may open the WebSocket. Desktops send no origin; leave it empty unless you know why.",
    )
    trusted_proxies: tuple[Network, ...] = setting(
        networks(),
        (),
        "The reverse proxies in front, whose word about the sender's address counts; all others' is ignored.",
    )
    forwarded_header: str = setting(
        choice(*FORWARDED_HEADERS),
        X_FORWARDED_FOR,
        "The header in which those proxies name the address they saw. A request's other ones are ignored.",
    )
    shutdown_seconds: float = setting(
        number(0, 300, "seconds"),
        10.0,
        "How long a stop waits for requests and desktops before it cuts them off.",
    )
    # Some 12 KiB each when idle: ten thousand take about 120 MB.
    max_connections: int = setting(
        integer(1, 1_000_000),
        10_000,
        "How many desktops may be connected at once; more are told to come back.",
    )


@dataclass(frozen=True, kw_only=True)
class JournalSettings:
    """What is kept, where and for how long."""

    path: Path = setting(  # noqa: RUF009 - a declaration; its default is immutable
        path(),
        Path("journal.db"),
        "The journal's SQLite file, on a local disk. Its folder is made if it's missing.",
        default_text="deskbell/relay/journal.db in the user's data folder",
        example="/var/lib/deskbell/journal.db",
    )
    retention_days: float = setting(
        number(0.01, 3650, "days"),
        30.0,
        "How long events and notifications are kept; a desktop away for longer is told how many it missed.",
    )
    refused_requests: int = setting(
        integer(0, 1000),
        20,
        "How many refused requests of each source and reason are kept for a person to look at.",
    )


@dataclass(frozen=True, kw_only=True)
class Playbooks:
    """The rules that turn events into notifications."""

    folder: Path | None = setting(  # noqa: RUF009 - as above
        optional(path()),
        None,
        "The folder with the playbooks (*.toml).",
        default_text="unset: the built-in ones",
        example="playbooks",
    )
    time_zone: str = setting(
        time_zone(),
        "UTC",
        "The zone in which times are said that bring none of their own.",
        example="Europe/Berlin",
    )
    link_hosts: tuple[str, ...] = setting(
        hosts(),
        (),
        "The only hosts to which links may lead.",
        default_text="those that the playbooks name",
    )


@dataclass(frozen=True, kw_only=True)
class PeopleSettings:
    """The agents and teams, beside what was said when each desktop was paired."""

    file: Path | None = setting(  # noqa: RUF009 - as above
        optional(path()),
        None,
        "The file with names, teams, skills, working hours and the ids that providers have for agents.",
        default_text="unset: agents and teams are those of the paired desktops",
        example="people.toml",
    )


def _kept(describe: str) -> Kind[tuple[Secret, ...]]:
    """Describe a list of secrets that are kept elsewhere; :mod:`relay.config` reads them."""
    return Kind(
        describe=describe,
        read=lambda _value, _folder: (),
        show=lambda secrets: ", ".join(secret.origin for secret in secrets) or "none",
        from_text=lambda value: [item.strip() for item in value.split(",") if item.strip()],
    )


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Calls to other systems that playbooks make: what they are signed with, and where they may go."""

    signing_keys: tuple[Secret, ...] = setting(
        _kept("list of references to secrets"),
        (),
        "Our own keys (whsec_… or whsk_…), oldest first: every call is signed with each of them.",
        secret=True,
    )
    secrets: tuple[Secret, ...] = setting(
        _kept("list of references to secrets"),
        (),
        "The secrets that playbooks may name in headers and as keys; all others are out of their reach.",
        secret=True,
    )
    hosts: tuple[str, ...] = setting(
        hosts(),
        (),
        "The hosts that may be called.",
        default_text="any on the public internet",
    )
    private_networks: tuple[Network, ...] = setting(
        networks(),
        (),
        "Networks that may be called although they are not public, and without TLS, too.",
    )
    timeout_seconds: float = setting(
        number(0.1, 120, "seconds"), 15.0, "How long a call may take before it is tried again later."
    )
    tries: int = setting(
        integer(1, 50), TRIES, "How often a call is made before it is given up; seven take some seven hours."
    )
    at_once: int = setting(
        integer(1, 100), 8, "How many calls are made at the same time; half of them to one host at most."
    )


@dataclass(frozen=True, kw_only=True)
class Log:
    """What the relay tells about itself. Payloads and secrets are never logged."""

    level: str = setting(
        choice("debug", "info", "warning", "error"), "info", "The least urgent level to log."
    )
    format: str = setting(
        choice("auto", "json", "text"),
        "auto",
        "JSON lines, or text for people; auto is text on a terminal and JSON elsewhere.",
    )


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The desktops' connections."""

    # About 250 notifications of the usual size; the journal has the rest.
    buffer_kib: int = setting(
        integer(64, 65536, "KiB"),
        256,
        "How much may wait for one desktop that doesn't read; past it, it is told to come back.",
    )


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that was configured; made by :func:`relay.config.load`."""

    server: Server = field(default_factory=Server)
    journal: JournalSettings = field(default_factory=JournalSettings)
    playbooks: Playbooks = field(default_factory=Playbooks)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    actions: Actions = field(default_factory=Actions)
    log: Log = field(default_factory=Log)
    gateway: Gateway = field(default_factory=Gateway)
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where each key came from, for people: ``relay.toml:12`` or a variable's name; no entry: the default."""


SECTIONS: Mapping[str, type] = MappingProxyType(
    {
        "server": Server,
        "journal": JournalSettings,
        "playbooks": Playbooks,
        "people": PeopleSettings,
        "actions": Actions,
        "log": Log,
        "gateway": Gateway,
    }
)
"""The fixed sections of the file, in the order of the documentation."""

SETTINGS: Mapping[tuple[str, str], Setting[object]] = MappingProxyType(
    {(section, name): item for section, cls in SECTIONS.items() for name, item in declared(cls).items()}
)
"""Every key of the fixed sections."""


def _references(describe: str) -> Kind[object]:
    """Describe where secrets are kept; :mod:`relay.credentials` reads them."""
    return Kind(describe=describe, read=lambda value, _: value)


def _table() -> Kind[object]:
    """Describe a table of texts; :mod:`relay.config` looks at each of its keys."""
    return Kind(describe="table of texts", read=lambda value, _: value)


def _published() -> Mapping[str, tuple[Network, ...]]:
    return {name: one.networks for name, one in published_networks().items()}


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """One provider's deliveries to /hooks/NAME; repeat the section for each, under its own name."""

    provider: str | None = setting(
        optional(text("a provider's name")), None, "How deliveries are signed.", default_text="required"
    )
    secret: object = setting(
        _references('"env:NAME", "file:/path" or "credential:NAME"'),
        None,
        "Where the signing secret is kept. One of secret and secrets is required.",
        secret=True,
    )
    secrets: object = setting(
        _references('list of the same, or of { name = "…", at = "env:NAME", until = 2027-01-31 }'),
        None,
        "Several secrets, oldest first, while one is replaced; each is accepted until its day is over.",
        secret=True,
    )
    public_url: str | None = setting(
        optional(web_address()),
        None,
        "The address before /hooks/NAME as the provider has it, for those that sign it.",
        default_text="that of [server]",
    )
    options: object = setting(
        _table(),
        None,
        "What else the provider's scheme needs and is no secret; see deskbell-relay providers.",
        default_text="none",
    )
    recipe: object = setting(
        _table(),
        None,
        "The options of a declarative provider such as generic-hmac.",
        default_text="none",
    )
    allow_unconfirmed: bool = setting(
        boolean(), False, "Use a provider although what is known of its signatures could not be confirmed."
    )
    url_token: object = setting(
        _references("as secret"),
        None,
        "A secret that has to stand at the end of the URL as ?token=…, besides the signature.",
        secret=True,
    )
    allow_networks: tuple[Network, ...] = setting(
        networks(_published),
        (),
        "From where requests may come; others get 403. Behind a proxy, set trusted_proxies, too.",
        default_text="anywhere",
    )
    rate: float | None = setting(
        optional(number(0.01, 100_000, "a second")),
        None,
        "How many requests a second are taken; more get 429 and a time to come back.",
        default_text="any number",
    )
    burst: int | None = setting(
        optional(integer(1, 100_000)),
        None,
        "How many of them may come at once.",
        default_text="those of two seconds",
    )
    # A request is held in memory until it is on disk: a hundred at once of this size still fit.
    body_limit: int = setting(
        size(1, 100 * 2**20),
        DEFAULT_BODY_LIMIT,
        "The largest request body; a larger one is refused with 413.",
    )
    encoding: str = setting(
        choice(REFUSE, SIGNED_RAW, SIGNED_DECODED),
        REFUSE,
        "Whether a gzip or deflate body is taken, and then which bytes are signed: packed or unpacked.",
    )
    decoded_limit: int | None = setting(
        optional(size(1, 100 * 2**20)),
        None,
        "The largest body once unpacked; a larger one is refused with 413.",
        default_text="body_limit",
    )
    tolerance_seconds: float | None = setting(
        optional(number(1, 86400, "seconds")),
        None,
        "How far a signed time may be from the relay's clock, for providers that sign one.",
        default_text="the provider's, mostly 300",
    )
    dedupe_days: float | None = setting(
        optional(number(0.01, 3650, "days")),
        None,
        "For how long at least the same id is not taken a second time, even if its event was removed.",
        default_text="as long as the provider retries, or 7",
    )
    keep_refused: bool = setting(
        boolean(),
        False,
        "Keep refused requests whole, signatures and bodies too, so that they can be judged again.",
    )


SOURCE_SETTINGS: Mapping[str, Setting[object]] = MappingProxyType(declared(SourceSettings))
"""The keys of a ``[sources.NAME]`` section."""
