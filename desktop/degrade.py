"""The same entry as the system's own notification: what is left of a toast by what the system can do. Pure.

Every form keeps the first thing an agent needs (who, what) and loses the rest in a fixed order:
the claim bar becomes buttons, the buttons a click that opens the history, the text its title.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.i18n import tr
from desktop.languages import by_language
from desktop.standing import Standing, standing
from desktop.text import clean_block, clean_line, clean_script, link_target, source_name, unfilled
from relay.protocol import Priority

TITLE_LIMIT = 70
BODY_LIMIT = 220
"""Characters: what every system shows without cutting (desktop rules: size and text)."""
MOST_BUTTONS = 3
"""GNOME, KDE and Windows all draw so many."""
LABEL_LIMIT = 24

CLAIM, DONE, COPY, OPEN = "claim", "done", "copy", "open"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a notification service can do."""

    body: bool = True
    buttons: bool = True
    clicks: bool = True
    """A click on the notification is told."""
    markup: bool = False
    """It reads HTML in the body, which therefore has to be escaped."""


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A notification as the system gets it."""

    title: str
    body: str
    buttons: tuple[tuple[str, str], ...]
    """Key and label of each, the most useful first."""
    urgent: bool
    low: bool
    opens: bool
    """A click opens the item."""


def degrade(
    entry: Entry,
    agent: str,
    can: Capabilities,
    privacy: Privacy = Privacy.FULL,
    languages: Sequence[str] = (),
) -> Plain:
    """Return what is left of an entry for the agent ``agent``, who reads ``languages``."""
    title, body = _words(entry, privacy)
    return Plain(
        title=title,
        body=(html.escape(body, quote=False) if can.markup else body) if can.body else "",
        buttons=_buttons(entry, agent, privacy, languages)[:MOST_BUTTONS] if can.buttons else (),
        urgent=entry.priority is Priority.URGENT,
        low=entry.priority is Priority.LOW,
        opens=can.clicks,
    )


def _words(entry: Entry, privacy: Privacy) -> tuple[str, str]:
    if privacy is Privacy.NOTHING:
        return tr("New item"), ""
    if privacy is Privacy.TYPE:
        return clean_line(
            tr("New from {source_name}", source_name=source_name(entry)), TITLE_LIMIT
        ), clean_line(entry.type, TITLE_LIMIT)
    title = clean_line(entry.title, TITLE_LIMIT)
    if entry.priority is Priority.URGENT:
        title = clean_line(tr("Urgent: {title}", title=title), TITLE_LIMIT)
    return title, clean_block(entry.body, BODY_LIMIT)


def reply(entry: Entry, languages: Sequence[str] = ()) -> str:
    """Return what "Copy reply" copies: the script that a toast offers first; empty if it isn't ready."""
    scripts = by_language(entry.scripts, languages)
    if not scripts or scripts[0].missing or unfilled(scripts[0].text):
        return ""
    return clean_script(scripts[0].text)


def _buttons(
    entry: Entry, agent: str, privacy: Privacy, languages: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return what is worth a button, the most useful first."""
    stands = standing(entry, agent)
    found: list[tuple[str, str]] = []
    if stands in {Standing.OPEN, Standing.OFFERED}:
        found.append((CLAIM, tr("Claim")))
    elif stands is Standing.MINE:
        found.append((DONE, tr("Done")))
    if privacy is not Privacy.FULL:
        return tuple(found)
    if reply(entry, languages):
        found.append((COPY, tr("Copy reply")))
    link = next((link for link in entry.links if link_target(link.url) is not None), None)
    if link is not None:
        found.append((OPEN, clean_line(link.label, LABEL_LIMIT) or tr("Open")))
    return tuple(found)


TRAY_MESSAGE = Capabilities(buttons=False, clicks=False, markup=True)
"""What a message of the tray can do; the service behind it is not known, so it is taken to read HTML."""

FORMS = {
    "own toast": None,
    "with buttons": Capabilities(markup=True),
    "without buttons": Capabilities(buttons=False),
    "tray message": TRAY_MESSAGE,
}
"""The four forms an entry takes, from the richest down; None: our own window."""


def table() -> str:
    """Return what each form keeps, as the documentation prints it."""
    rows = {
        "title and text": (
            "yes",
            "title, and text up to 220 characters",
            "the same",
            "the same",
        ),
        "priority": (
            "word, icon and colour",
            "the word when urgent; the system's own mark",
            "the same",
            "the word when urgent",
        ),
        "Claim, Done": ("yes", "yes", "in the history", "in the history"),
        "Copy": (
            "yes; says what is missing",
            "yes, unless something is missing",
            "in the history",
            "in the history",
        ),
        "links": ("all", "the first", "in the history", "in the history"),
        "snooze, pass on, actions": (
            "yes",
            "in the history",
            "in the history",
            "in the history",
        ),
        "click": (
            "opens the item",
            "opens the item",
            "opens the item",
            "opens the history from the tray",
        ),
        "update in place": ("yes", "replaced", "replaced", "a new message"),
        "withdrawal when claimed": ("with the name", "taken away", "taken away", "no"),
        "stays while urgent": ("yes", "if the system allows it", "if the system allows it", "no"),
        "privacy levels, pause, quiet hours": ("yes", "yes", "yes", "yes"),
        "sound": ("ours", "ours", "ours", "ours"),
    }
    head = "| | " + " | ".join(FORMS) + " |"
    line = "|---" * (len(FORMS) + 1) + "|"
    return "\n".join([head, line, *(f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items())])
