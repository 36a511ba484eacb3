"""The way to the relay that the settings say. Pure."""

from dataclasses import replace
from pathlib import Path

from desktop.proxies import NONE, SYSTEM, Network
from desktop.settings import Settings


def network(settings: Settings, given: Network) -> Network:
    """Return the way to the relay that the settings say; the rest is as ``given``."""
    proxy = {"system": SYSTEM, "none": NONE}.get(settings.proxy_mode, settings.proxy_url or SYSTEM)
    return replace(given, proxy=proxy, authority=Path(settings.ca_file) if settings.ca_file else None)
