"""Addresses of links: what is filled in is escaped, and the host is one that was meant. Pure."""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from relay.templatetext import rewritten

MAX_URL = 2_000
"""Characters."""

_SCHEMES = frozenset({"http", "https"})
# What DNS takes; other scripts are written as xn--, so that no letter looks like another.
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*\.?|\[[0-9a-f:.]+\]", re.ASCII)
_PATTERN = re.compile(r"(\*\.)?(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*", re.ASCII)
# Nearly all: a plain host, no port, nothing that an address must not have.
_PLAIN = re.compile(r"https?://((?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+)(?:[/?#][^\s\\]*)?", re.ASCII)
_ALREADY = re.compile(r"\|\s*(urlencode|urlpath|safe)\s*$")


def escaping(template: str, *, slashes: bool = False) -> str:
    """Return a link's template in which what is filled in gets escaped, but not the address's beginning.

    With ``slashes`` those are escaped, too, so that nothing filled in leads to another path.
    """
    first = len(template) - len(template.lstrip())
    escaped = "({}) | urlencode | replace('/', '%2F')" if slashes else "({}) | urlencode"

    def change(inside: str, start: int) -> str:
        return inside if start == first or _ALREADY.search(inside) else escaped.format(inside)

    return rewritten(template, change)


def written_host(template: str) -> str | None:
    """Return the host that the template itself names, None if it depends on the event."""
    fixed, dynamic, _ = template.strip().partition("{")
    found = re.match(r"[A-Za-z]+://([^/?#{]*)([/?#]?)", fixed)
    if found is None or not found[1] or (dynamic and not found[2]):
        return None
    try:
        return urlsplit(fixed).hostname
    except ValueError:
        return None


def allowed(host: str, patterns: Sequence[str]) -> bool:
    """Say whether a host is one of the patterns: itself, or below it for ``*.example.com``."""
    host = host.lower().rstrip(".")
    return any(
        host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
        for pattern in map(str.lower, patterns)
    )


def check_patterns(patterns: Sequence[str]) -> None:
    """Refuse a pattern that could not match any host, or every host.

    Raises:
        ValueError: one is wrong.
    """
    for pattern in patterns:
        if not _PATTERN.fullmatch(pattern.lower()):
            raise ValueError(f"{pattern!r} is no host; write 'pay.example.com' or '*.example.com'")


def check_template(template: str, hosts: Sequence[str], everywhere: Sequence[str]) -> None:
    """Refuse a link whose host can be judged already: it is wrong, or nobody has said which are right.

    ``hosts`` are the link's own, ``everywhere`` those of all playbooks; empty allows what is written.

    Raises:
        ValueError: the link could never be used.
    """
    check_beginning(template)
    host = written_host(template)
    if host is None and not (hosts or everywhere):
        raise ValueError("the host comes from the event; say in 'hosts' where the link may lead")
    if host is not None and everywhere and not allowed(host, everywhere):
        raise ValueError(f"{host} is not one of the hosts in link_hosts")


def check_beginning(template: str) -> None:
    """Refuse an address that nobody could open or call, whatever the event says.

    Raises:
        ValueError: it begins with another scheme, has a user name, or a host that is not plain ASCII.
    """
    fixed, _, _ = template.strip().partition("{")
    if fixed and not re.match(r"https?://", fixed, re.IGNORECASE):
        raise ValueError("an address begins with https:// or http://, or with what the event says")
    if "@" in re.split(r"[/?#]", fixed.partition("://")[2])[0]:
        raise ValueError("an address has no user name before its host")
    host = written_host(template)
    if host is not None:
        check_host(host)


def check_host(host: str) -> None:
    """Refuse a host that is not plain ASCII.

    Raises:
        ValueError: it has other letters, escapes or signs.
    """
    if not _HOST.fullmatch(host.lower()):
        raise ValueError("a host is written with plain letters; international ones as xn--…")


class Target:
    """Where a link may lead: the host that its template names, or else those of the lists."""

    def __init__(self, template: str, hosts: Sequence[str], everywhere: Sequence[str]) -> None:
        self._written = written_host(template)
        self._hosts, self._everywhere = (*hosts, *everywhere), tuple(everywhere)

    def check(self, url: str) -> None:
        """Refuse an address that a desktop should not open.

        Raises:
            ValueError: it is wrong, and how; the address itself is not quoted.
        """
        plain = _PLAIN.fullmatch(url)
        host = plain[1] if plain and len(url) <= MAX_URL and url.isprintable() else _checked_host(url)
        if host != self._written and not allowed(host, self._hosts):
            raise ValueError("it leads to a host that is not in 'hosts'")
        if self._everywhere and not allowed(host, self._everywhere):
            raise ValueError("it leads to a host that is not in link_hosts")


def _checked_host(url: str) -> str:
    """Return the host of an address that is not as plain as most are, or say what is wrong with it."""
    host = _parts(url).hostname or ""
    check_host(host)
    return host


def _parts(url: str) -> SplitResult:
    """Take an address apart.

    Raises:
        ValueError: it is none that anybody should open.
    """
    if len(url) > MAX_URL:
        raise ValueError(f"the address is longer than {MAX_URL} characters")
    # A blank is the only space that counts as printable.
    if " " in url or not url.isprintable():
        raise ValueError("the address has spaces or control characters")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("not an address") from None
    if parts.scheme not in _SCHEMES or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise ValueError("only http and https addresses with a host and no user name")
    return parts
