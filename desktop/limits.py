"""What the text of a setting has to look like; each check raises the rest of a sentence. Pure."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from desktop import quiet
from desktop.i18n import tr

_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def is_zone(name: str) -> None:
    """Raise ValueError unless this is a time zone."""
    quiet.parse("", zone=name)


def is_holiday(day: str) -> None:
    """Raise ValueError unless this is a day."""
    quiet.parse("", holidays=[day])


def is_host(name: str) -> None:
    """Raise ValueError unless this is a host, or a pattern for the hosts below one."""
    if not _HOST.fullmatch(name.lower()):
        raise ValueError(
            tr("has “{name}”, which is no host such as crm.example.com or *.example.com.", name=name)
        )


def is_proxy(url: str) -> None:
    """Raise ValueError unless this is the address of a proxy."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https", "socks5", "socks5h"} and bool(parts.hostname)
        fits = fits and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(tr("is no address such as http://proxy.example.com:3128."))


def is_server(url: str) -> None:
    """Raise ValueError unless this may be the address of a relay."""
    if url.startswith(("http:", "ws:")) or any(sign.isspace() for sign in url):
        raise ValueError(tr("is no address such as https://relay.example.com."))


def is_path(text: str) -> None:
    """Raise ValueError unless this is a full path, on whichever system."""
    if not (PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()):
        raise ValueError(tr("is no full path."))
