"""One row of the table of providers, and what it is made of."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from relay.schemes.bodies import Reader, read_json
from relay.schemes.pipeline import Asked, Scheme
from relay.schemes.place import Where
from relay.source import Source

HOUR = 60 * 60.0
DAY = 24 * HOUR


class Category(StrEnum):
    """What a provider is for."""

    PAYMENTS = "payments"
    SHOPS = "shops"
    SHIPPING = "shipping"
    TRAVEL = "travel"
    CUSTOMERS = "customers"
    SUPPORT = "support"
    MESSAGING = "messaging"
    WORK = "work"
    IDENTITY = "identity"
    DEVELOPERS = "developers"
    CLOUD = "cloud"
    GENERIC = "generic"


class Trust(StrEnum):
    """How we know a scheme, the best first."""

    VECTOR = "published vector"
    SDK = "provider's SDK"
    DOCUMENTATION = "documentation only"
    SECONDARY = "secondary source"
    UNCONFIRMED = "unconfirmed"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in the provider's own words."""

    status: int = 200
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Wiring(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to judge a request: how it is proven, and where its id and type stand.

    ``items`` is where the list of a batch stands, each item of it an event; None: one request, one
    event. ``reader`` reads a body that was proven.
    """

    scheme: Scheme
    id: Where
    type: Where
    items: tuple[str, ...] | None = None
    reader: Reader = read_json


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """How outcomes are answered; None: as the relay answers everyone."""

    stored: Reply | None = None
    duplicate: Reply | None = None
    quarantined: Reply | None = None
    refused: Reply | None = None

    @classmethod
    def always(cls, reply: Reply, refused: Reply | None = None) -> "Ack":
        """Answer whatever is genuine alike."""
        return cls(stored=reply, duplicate=reply, quarantined=reply, refused=refused)


Handshake = Callable[[Asked], Reply | None]
"""Answers the check of our URL; None if the request is none. May raise BadSignature."""


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A system that sends webhooks.

    ``wiring`` is None if ``build`` makes it from the source's own configuration. ``retry_span`` is
    for how many seconds the provider goes on trying, 0 if it doesn't, None if that isn't known;
    ``deadline`` is within how many seconds it wants an answer.

    ``greet`` answers before anything is verified; ``answer`` after the request was, and then nothing
    is stored. ``methods`` may bring events, ``greet_methods`` are taken for ``greet`` as well.
    ``needs`` and ``takes`` name the options of a source, required or not, with what they mean.
    """

    title: str
    category: Category
    documentation: str
    setup: str
    trust: Trust
    wiring: Wiring | None = None
    build: Callable[[Source], Wiring] | None = None
    retry_span: float | None = None
    deadline: float | None = None
    greet: Handshake | None = None
    answer: Handshake | None = None
    ack: Ack = Ack()
    methods: tuple[str, ...] = ("POST",)
    greet_methods: tuple[str, ...] = ()
    needs: Mapping[str, str] = {}
    takes: Mapping[str, str] = {}
