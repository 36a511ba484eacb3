"""A source made ready once, at the start: its provider found, its keys decoded, its recipe checked."""

from collections.abc import Collection
from typing import Any

import msgspec

from relay.errors import ConfigError
from relay.event import Delivery
from relay.schemes.keyring import NO_KEYS, KeyRing
from relay.schemes.pipeline import Asked, Signed, Unsigned, Window
from relay.schemes.place import Where
from relay.schemes.provider import Provider, Trust, Wiring
from relay.schemes.providers import PROVIDERS
from relay.schemes.recipe import nearest
from relay.source import Source


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A source with everything that judging its requests takes. ``keys`` are in the order of its secrets."""

    source: Source
    provider: Provider
    wiring: Wiring
    keys: tuple[Any, ...]
    window: Window
    expiring: bool = False

    def __repr__(self) -> str:
        return f"Prepared({self.source.name})"  # never the keys

    def ask(self, delivery: Delivery, now: float, ring: KeyRing = NO_KEYS) -> Asked:
        """Return a delivery with all that may be needed to judge it at the time ``now``."""
        return Asked(delivery=delivery, source=self.source, keys=self.keys_at(now), now=now, ring=ring)

    def keys_at(self, now: float) -> tuple[Any, ...]:
        """Return the keys, None for each that has expired."""
        if not self.expiring:
            return self.keys
        ends = [secret.until for secret in self.source.secrets]
        return tuple(
            None if end is not None and now >= end else key for end, key in zip(ends, self.keys, strict=True)
        )

    def sign(self, *, body: bytes, now: float, event_id: str, event_type: str) -> dict[str, str]:
        """Return the headers with which the provider would send ``body``, signed with the newest secret.

        ``event_id`` and ``event_type`` matter where the provider puts them into headers. Headers
        such as Content-Type are the caller's.
        """
        request = Unsigned(body=body, id=event_id, type=event_type, now=now, source=self.source)
        return dict(self.signed(request).headers)

    def signed(self, request: Unsigned, key: Any = None) -> Signed:
        """Return what the provider would add to a request; public-key signatures need the private ``key``."""
        wiring, signing = self.wiring, self.keys[-1] if key is None else key
        headers = _named(wiring.id, request.id, "") | _named(wiring.type, request.type, wiring.type.glue)
        added = wiring.scheme.form.write(request, lambda text: wiring.scheme.primitive.sign(signing, text))
        return msgspec.structs.replace(added, headers=headers | dict(added.headers))


def _named(where: Where, text: str, glue: str) -> dict[str, str]:
    """Return the header in which an id or a type stands; of a joined type, its first word."""
    header = where.first.header
    if header is None:
        return {}
    return {header.decode(): text.partition(glue)[0] if glue and len(where.parts) > 1 else text}


def check_source(source: Source) -> Prepared:
    """Return the source made ready.

    Raises:
        ConfigError: an unknown provider, a secret that is missing, empty or undecodable, an option
            or the public URL missing, or a recipe that is wrong or not wanted. The text names the
            key, never a secret's value.
    """
    provider = PROVIDERS.get(source.provider)
    if provider is None:
        problem = f"there is no provider {source.provider!r}."
        raise _error(source, "provider", problem, nearest(source.provider, PROVIDERS))
    if provider.trust is Trust.UNCONFIRMED and not source.allow_unconfirmed:
        problem = f"how {provider.title} signs could not be confirmed."
        raise _error(source, "provider", problem, "Set allow_unconfirmed = true to use it all the same.")
    _check_options(source, provider)
    wiring = _wiring(source, provider)
    if wiring.scheme.form.signs_url and not source.public_url:
        problem = f"is missing: {provider.title} signs the address that it sends to."
        raise _error(source, "public_url", problem)
    tolerance = source.tolerance_seconds
    return Prepared(
        source=source,
        provider=provider,
        wiring=wiring,
        keys=_keys(source, wiring),
        window=wiring.scheme.window if tolerance is None else Window(old=tolerance, ahead=tolerance),
        expiring=any(secret.until is not None for secret in source.secrets),
    )


def _check_options(source: Source, provider: Provider) -> None:
    known: Collection[str] = {**provider.needs, **provider.takes}
    for name in source.options:
        if name not in known:
            hint = nearest(name, known) if known else f"{provider.title} has no options."
            raise _error(source, f"options.{name}", "there is no such option.", hint)
    for name, meaning in provider.needs.items():
        if not source.options.get(name, "").strip():
            raise _error(source, f"options.{name}", "is missing:", f"{meaning}.")


def _wiring(source: Source, provider: Provider) -> Wiring:
    if source.recipe and provider.wiring is not None:
        raise _error(source, "recipe", f"{provider.title} needs no recipe: how it signs is known.")
    if provider.wiring is not None:
        return provider.wiring
    if provider.build is None:
        raise _error(source, "provider", f"{provider.title} has no scheme.")
    return provider.build(source)


def _keys(source: Source, wiring: Wiring) -> tuple[Any, ...]:
    make = wiring.scheme.key
    if make is None:
        return ()
    if not source.secrets:
        raise _error(source, "secret", "is missing; every source has one.")
    keys = []
    for secret in source.secrets:
        try:
            keys.append(make(secret.reveal()))
        except ValueError as error:
            key = f"sources.{source.name}.secret"
            raise ConfigError(key, f"{error}.", where=secret.origin) from None
    return tuple(keys)


def _error(source: Source, key: str, problem: str, hint: str = "") -> ConfigError:
    return ConfigError(f"sources.{source.name}.{key}", problem, hint=hint)
