"""Networks that providers publish, as data: ``resources/networks/NAME.toml``, each with its date."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache

import msgspec

from relay.peer import Network, network
from relay.resources import resource


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's own list: where it is published, and of which day ours is."""

    title: str
    published: str
    taken: date
    networks: tuple[Network, ...]


@cache
def published_networks() -> Mapping[str, Published]:
    """Return every list, by the name that a source's ``allow_networks`` gives."""
    files = sorted(resource("networks").glob("*.toml"))
    return {file.stem: _read(file.read_text(encoding="utf-8")) for file in files}


def _read(text: str) -> Published:
    given = tomllib.loads(text)
    return Published(
        title=given["title"],
        published=given["published"],
        taken=given["taken"],
        networks=tuple(network(one) for one in given["networks"]),
    )
