"""One configured sender of webhooks: its provider, its secrets, its limits. A frozen record."""

from collections.abc import Mapping

import msgspec

from relay.peer import Network

REFUSE = "refuse"
SIGNED_RAW = "signed-raw"
SIGNED_DECODED = "signed-decoded"
"""What a source does about a compressed body; the last two say which bytes are signed."""

DEFAULT_BODY_LIMIT = 1024 * 1024
"""Bytes. GitHub's largest deliveries are 25 MB, but those that concern an agent are some kB."""

DEFAULT_TOLERANCE_SECONDS = 300.0
"""How old or how far in the future a signed time may be if the provider says nothing else."""


class Secret:
    """A secret that can't be printed by accident; ``reveal`` is called where it is used, nowhere else.

    A secret with named parts is the text of a JSON object: ``{"user": "…", "password": "…"}``.
    """

    __slots__ = ("_value", "name", "origin", "until")

    def __init__(self, value: str, origin: str = "", *, name: str = "", until: float | None = None) -> None:
        """Keep ``value``; ``origin`` says where it came from (``env:NAME``), for people.

        From ``until`` on (Unix seconds) nothing is proven by it any more.
        """
        self._value = value
        self.origin = origin
        self.name = name
        self.until = until

    def reveal(self) -> str:
        """Return the secret's text."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.origin or '…'})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A sender as configured: ``[sources.NAME]`` of the relay's configuration.

    ``recipe`` holds the options of a declarative provider (``generic-hmac``): header, prefix,
    encoding, algorithm, timestamp header, where id and type are found. It is empty for the others.
    """

    name: str
    provider: str
    secrets: tuple[Secret, ...]
    """Oldest first; any may match, so that a rotation leaves no gap."""
    body_limit: int = DEFAULT_BODY_LIMIT
    tolerance_seconds: float | None = None
    """How far a signed time may be from now, both ways; None: what the provider says."""
    recipe: Mapping[str, str] = msgspec.field(default_factory=dict)
    public_url: str = ""
    """The address before the path, as the provider has it, for schemes that sign it; never from Host."""
    options: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What else the provider's scheme needs to know, and is no secret: an audience, a webhook's id."""
    allow_unconfirmed: bool = False
    """Use a provider although what is known of its scheme could not be confirmed."""
    url_token: Secret | None = None
    """What has to stand in the query of the URL as ``token``."""
    allow_networks: tuple[Network, ...] = ()
    """From where requests may come; empty: from anywhere."""
    rate: float | None = None
    """Requests a second; None: any number."""
    burst: int | None = None
    """Requests at once; None: those of two seconds."""
    encoding: str = REFUSE
    """Whether a body may be compressed, and if so what of it is signed."""
    decoded_limit: int | None = None
    """Bytes of a body once unpacked; None: as many as of a plain one."""
    dedupe_days: float | None = None
    """For how long an id is not taken twice; None: as long as the provider goes on trying."""
    keep_refused: bool = False
    """Keep refused requests as they came, to try them again."""
