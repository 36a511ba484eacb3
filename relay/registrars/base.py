"""What the webhook APIs of all providers have in common, as the rest of the relay sees them."""

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar, Self

import msgspec

from relay.errors import CallFailed, ConfigError
from relay.remote import Api, Sleep
from relay.source import Secret

MAX_PAGES = 100
"""Pages of a list. Nobody has ten thousand webhooks; a list without an end is a fault."""


class SecretFrom(StrEnum):
    """Where the secret that signs deliveries comes from."""

    OURS = "ours"
    """We choose it and give it to the provider."""
    ONCE = "once"
    """The provider makes it and shows it once, when the webhook is created."""
    READABLE = "readable"
    """The provider makes it and shows it whenever it is asked."""
    ACCOUNT = "account"
    """It belongs to the account or app and is the same for each of its webhooks."""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as the provider has it. ``secret`` is set only where the provider just showed it."""

    id: str
    url: str
    events: tuple[str, ...] = ()
    active: bool = True
    secret: Secret | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook that there should be. No ``events`` means: those that it has.

    ``secret`` is what the provider shall sign with, where the choice is ours; ``key`` is unique to
    this wish, for providers that recognise a repeated request by one.
    """

    name: str
    url: str
    events: tuple[str, ...] = ()
    secret: Secret | None = None
    key: str = ""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What to call a provider's API with: the credential, where, and under which base address.

    ``at`` is the repository, shop, app or number; an empty ``base`` is the provider's own.
    """

    secret: Secret
    at: str = ""
    base: str = ""


class Registrar(ABC):
    """One provider's webhook API. Made by :meth:`connect`; used as ``async with``."""

    title: ClassVar[str]
    documentation: ClassVar[str]
    secret_from: ClassVar[SecretFrom]
    at_help: ClassVar[str] = ""
    """What ``--at`` names, empty if there is nothing to name."""
    needs: ClassVar[str]
    """The credential, and what it must be allowed to do."""
    events_help: ClassVar[str]
    """An example of an event's name."""
    default_events: ClassVar[tuple[str, ...]] = ()
    """What a new webhook sends if nothing was said; empty: it has to be said."""
    secret_note: ClassVar[str] = ""
    """For a secret of the account: where it is found."""
    additive: ClassVar[bool] = False
    """Events are subscribed one by one; those that were not wished stay."""

    def __init__(self, api: Api, at: str) -> None:
        self.api, self.at = api, at

    @classmethod
    @abstractmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for the place that ``credential.at`` names; nothing is sent yet.

        Raises:
            ConfigError: the place or the base address is not one.
        """

    @abstractmethod
    async def hooks(self) -> list[Hook]:
        """Return every webhook of the place, over all pages."""

    @abstractmethod
    async def create(self, wish: Wish) -> Hook:
        """Make a webhook."""

    @abstractmethod
    async def change(self, hook: Hook, wish: Wish) -> None:
        """Make an existing webhook as wished, and active."""

    @abstractmethod
    async def remove(self, hook: Hook) -> None:
        """Take a webhook away; that it's gone already is as good."""

    def event(self, name: str) -> str:
        """Return an event's name as the provider's lists have it."""
        return name

    async def shown_secret(self, hook: Hook) -> Secret:
        """Return the secret of a webhook, where the provider shows it at any time.

        Raises:
            CallFailed: it doesn't.
        """
        raise CallFailed(f"{self.title} does not show the secret of {hook.id}.")

    async def renew_secret(self, hook: Hook) -> Secret:
        """Have a new secret made, which counts at once, and return it.

        Raises:
            CallFailed: the provider can't do that.
        """
        raise CallFailed(f"{self.title} does not renew the secret of {hook.id}.")

    async def ping(self, hook: Hook) -> None:
        """Have the provider send a test delivery.

        Raises:
            ConfigError: the provider's API has no such call.
        """
        raise ConfigError("--ping", f"{self.title} can't be asked for a test delivery of {hook.id}.")

    def in_the_way(self, hook: Hook, wish: Wish) -> bool:
        """Say whether another webhook would be overwritten, because there is only one place for both."""
        del hook, wish
        return False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.api.__aexit__(None, None, None)

    def endless(self) -> CallFailed:
        """Return the error for a list that does not end."""
        return CallFailed(f"{self.title}'s list of webhooks has no end after {MAX_PAGES} pages.")


def bad_place(title: str, help_text: str) -> ConfigError:
    """Return the error for an ``--at`` that is missing or not of the right form."""
    return ConfigError("--at", f"has to say where at {title}: {help_text}.")
