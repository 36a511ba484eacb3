"""Where the configuration says that things are: the relay's own address, and the playbooks. Pure."""

from pathlib import Path

from relay.resources import resource
from relay.settings import Config


def public_url(settings: Config) -> str:
    """Return the address under which people reach the relay, without a slash at the end."""
    server = settings.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    return (server.public_url or f"http://{host}:{server.port}").rstrip("/")


def playbook_folder(settings: Config) -> Path:
    """Return the configured playbooks, or those that are shipped."""
    return settings.playbooks.folder or resource("playbooks")
