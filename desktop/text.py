"""Text from outside, made fit to be drawn and copied; hosts and times in words. Pure.

Nothing here knows Qt. Every string that a provider or a template can influence goes through
:func:`clean_line` or :func:`clean_block` before a widget gets it, and every address through
:func:`link_target` before a button does (promise P7).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import SplitResult, urlsplit

from desktop.entry import OPEN, Entry
from desktop.i18n import clock_time, day, full_moment, mark, tr
from relay.protocol import Action, Priority

MAX_TITLE = 160
"""Characters: two lines of a toast hold about 90."""
MAX_BODY = 2_000
MAX_SCRIPT = 8_000
MAX_LABEL = 40
MAX_HOST = 34
MAX_URL = 4_096

MAX_MARKS = 3
"""Combining marks kept in a row: enough for Vietnamese, Hebrew and Thai, too few to smear over lines."""

_KEPT_FORMATS: Final = {"\u200c", "\u200d"}
"""Zero-width joiners: Persian, Indic scripts and emoji families need them."""

_FIRST_MARK = "\u0300"
"""Below it is nothing that is drawn over another character."""

_UNFILLED = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}|\{%(?:(?!\{%|%\}).)*%\}", re.DOTALL)
"""No part of it can match the same text in two ways: a hostile script must not hold up the window."""
_BLANKS = re.compile(r"[^\S\n]+")
_MANY_LINES = re.compile(r"\n{3,}")

_PROVIDERS: Final = {"stripe": "Stripe", "github": "GitHub"}
_MINUTE, _HOUR = 60, 3600
_WORDS: Final = {
    Priority.LOW: mark("Low"),
    Priority.NORMAL: mark("Normal"),
    Priority.HIGH: mark("High"),
    Priority.URGENT: mark("Urgent"),
}


def clean_block(text: str, limit: int) -> str:
    """Return ``text`` without characters that command instead of show, at most ``limit`` long.

    Line breaks stay (at most one empty line in a row). Control characters, bidirectional
    overrides, invisible format characters, private and unassigned code points go.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _shown_characters(text[: limit * 4])
    lines = [_BLANKS.sub(" ", line).strip() for line in kept.split("\n")]
    return shorten(_MANY_LINES.sub("\n\n", "\n".join(lines)).strip(), limit)


def clean_script(text: str) -> str:
    """Return a script as it is shown and copied: cleaned like a block, with its own spacing kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _shown_characters(text[: MAX_SCRIPT * 4])
    return shorten("\n".join(line.rstrip() for line in kept.split("\n")).strip(), MAX_SCRIPT)


def clean_line(text: str, limit: int) -> str:
    """Return ``text`` as :func:`clean_block` does, on one line."""
    return shorten(" ".join(clean_block(text, limit * 4).split()), limit)


def shorten(text: str, limit: int) -> str:
    """Return ``text``, cut to ``limit`` characters with an ellipsis if it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _shown_characters(text: str) -> str:
    if text.replace("\n", "").isprintable() and max(text, default="") < _FIRST_MARK:
        return text  # as nearly all are
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character in "\n\u2028\u2029\v\f":
            shown.append("\n")
        elif character == "\t":
            shown.append(" ")
        elif character in _KEPT_FORMATS or (category[0] != "C" and marks <= MAX_MARKS):
            shown.append(character)
    return "".join(shown)


def unfilled(script: str) -> tuple[str, ...]:
    """Return the placeholders that the relay left in a script; one that has any may not be copied."""
    found = ((match.group(1) or "").strip() or match.group(0) for match in _UNFILLED.finditer(script))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class LinkTarget:
    """An address that may be opened, and what is shown of it."""

    url: str
    host: str
    """In ASCII (punycode), with a port if it is unusual: what the browser will really ask."""


def link_target(url: str) -> LinkTarget | None:
    """Return what to open for ``url``, or None if it may not be opened.

    Only http and https, with a host, without user name or password (``https://bank.com@evil.example``
    looks like the bank), blanks, control characters or backslashes, which browsers read as slashes.
    """
    if len(url) > MAX_URL or "\\" in url or any(not c.isprintable() or c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return None
    host = _ascii_host(parts)
    if not host:
        return None
    bracketed = f"[{host}]" if ":" in host else host
    shown = bracketed if port is None else f"{bracketed}:{port}"
    return LinkTarget(url=parts._replace(netloc=shown).geturl(), host=_shorten_host(shown))


def _ascii_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""


def _shorten_host(host: str) -> str:
    # The right end says whose host it is; a long left end is how a false one hides it.
    return host if len(host) <= MAX_HOST else "…" + host[-(MAX_HOST - 1) :]


def source_name(entry: Entry) -> str:
    """Return the sender's name as people write it: a known provider's own, else the source's."""
    name = _PROVIDERS.get(entry.provider)
    if name is None:
        words = entry.source.replace("_", " ").replace("-", " ").split()
        name = " ".join(words).capitalize() if words else tr("Unknown source")
    return clean_line(name, MAX_LABEL)


OWN = "deskbell"
"""The source of what Deskbell tells by itself: a test toast, a digest, a storm."""


def is_own(entry: Entry) -> bool:
    """Say whether this desktop made the entry itself; then it is in no inbox, and nobody else knows it.

    What the relay tells by itself has the same source, but came with a number.
    """
    return is_from_relay(entry) and entry.seq == 0


def is_from_relay(entry: Entry) -> bool:
    """Say whether Deskbell tells it, the relay or this desktop: then nothing was signed or verified."""
    return entry.source == OWN and entry.provider == OWN


def sender(entry: Entry) -> str:
    """Return who says it, and that the relay has verified it: nothing else is ever delivered (P2)."""
    if is_from_relay(entry):
        return "Deskbell"
    return tr("{source_name} · verified", source_name=source_name(entry))


def priority_word(priority: Priority) -> str:
    """Return the word that stands beside a priority's icon: colour alone says nothing to many."""
    return tr(_WORDS[priority])


def action_label(action: Action) -> str:
    """Return the words on an action's button; an ellipsis says that a question comes first."""
    label = clean_line(action.label, MAX_LABEL) or clean_line(action.name, MAX_LABEL)
    return f"{label}…" if action.confirm else label


def age(at: float, now: float) -> str:
    """Return how long ago Unix time ``at`` was, in the few words a toast has room for."""
    seconds = max(0.0, now - at)
    if seconds < _MINUTE:
        return tr("now")
    if seconds < _HOUR:
        return tr("%n min", n=int(seconds // 60))
    then, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone()
    if then.date() == today.date():
        return clock_time(then)
    if then.date() == today.date() - timedelta(days=1):
        return tr("Yesterday {at}", at=clock_time(then))
    return day(then, with_year=then.year != today.year)


def waiting(entry: Entry, now: float) -> str:
    """Return for how long somebody has waited for an agent, "waiting 2 min"; else how old it is."""
    since = age(entry.at, now)
    open_ = entry.claimable and entry.stage in OPEN
    return tr("waiting {since}", since=since) if open_ and _MINUTE <= now - entry.at < _HOUR else since


def full_time(at: float) -> str:
    """Return Unix time ``at`` as a local date and time with seconds."""
    return full_moment(datetime.fromtimestamp(at).astimezone())


def span(seconds: float) -> str:
    """Return a length of time in words for a tooltip: ``40 s``, ``3 min``, ``2 h 5 min``."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return (
            tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
            if minutes
            else tr("{hours} h", hours=hours)
        )
    return tr("{minutes} min", minutes=minutes) if minutes else tr("{whole} s", whole=whole)


def _heard(seconds: float, when: str) -> str:
    if seconds < _MINUTE:
        return tr("just now")
    return tr("{when} ago", when=when) if seconds < _HOUR else when


def spoken(entry: Entry, now: float) -> str:
    """Return the one sentence a screen reader says before the buttons: priority, source, what, when."""
    title = clean_line(entry.title, MAX_TITLE).rstrip(".")
    when = age(entry.at, now)
    seconds = max(0.0, now - entry.at)
    heard = _heard(seconds, when)
    parts = [
        tr(
            "{priority_word} notification from {source_name}, {heard}: {title}.",
            priority_word=priority_word(entry.priority),
            source_name=source_name(entry),
            heard=heard,
            title=title,
        )
    ]
    body = clean_line(entry.body, MAX_BODY)
    if body:
        parts.append(body)
    if entry.scripts:
        parts.append(tr("A suggested reply can be copied."))
    return " ".join(parts)
