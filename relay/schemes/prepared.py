"""A source made ready once, at the start: its provider found, its keys decoded, its recipe checked."""

import msgspec

from relay.errors import ConfigError
from relay.schemes.pipeline import Unsigned
from relay.schemes.providers import PROVIDERS, Provider, Wiring
from relay.schemes.recipe import nearest, read_recipe
from relay.source import Source


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A source with everything that judging its requests takes. ``keys`` are in the order of its secrets."""

    source: Source
    wiring: Wiring
    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Prepared({self.source.name})"  # never the keys

    def sign(self, *, body: bytes, now: float, event_id: str, event_type: str) -> dict[str, str]:
        """Return the headers with which the provider would send ``body``, signed with the newest secret.

        ``event_id`` and ``event_type`` matter where the provider puts them into headers. Headers
        such as Content-Type are the caller's.
        """
        wiring, key = self.wiring, self.keys[-1]
        headers: dict[str, str] = {}
        if wiring.id.header:
            headers[wiring.id.header.decode()] = event_id
        if wiring.type[0].header:
            joined = len(wiring.type) > 1
            headers[wiring.type[0].header.decode()] = event_type.partition(".")[0] if joined else event_type
        request = Unsigned(body=body, id=event_id, type=event_type, now=now)
        signed = wiring.scheme.form.write(request, lambda text: wiring.scheme.primitive.sign(key, text))
        return headers | signed


def check_source(source: Source) -> Prepared:
    """Return the source made ready.

    Raises:
        ConfigError: an unknown provider, a secret that is missing, empty or undecodable, or a
            recipe that is wrong or not wanted. The text names the key, never a secret's value.
    """
    provider = PROVIDERS.get(source.provider)
    if provider is None:
        problem = f"there is no provider {source.provider!r}."
        raise ConfigError(
            f"sources.{source.name}.provider", problem, hint=nearest(source.provider, PROVIDERS)
        )
    wiring = _wiring(source, provider)
    if not source.secrets:
        raise ConfigError(f"sources.{source.name}.secret", "is missing; every source has one.")
    return Prepared(source=source, wiring=wiring, keys=_keys(source, wiring))


def _wiring(source: Source, provider: Provider) -> Wiring:
    if provider.wiring is None:
        return read_recipe(source)
    if source.recipe:
        problem = f"{provider.title} needs no recipe: how it signs is known."
        raise ConfigError(f"sources.{source.name}.recipe", problem)
    return provider.wiring


def _keys(source: Source, wiring: Wiring) -> tuple[bytes, ...]:
    keys = []
    for secret in source.secrets:
        try:
            keys.append(wiring.scheme.key(secret.reveal()))
        except ValueError as error:
            key = f"sources.{source.name}.secret"
            raise ConfigError(key, f"{error}.", where=secret.origin) from None
    return tuple(keys)
