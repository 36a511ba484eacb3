"""How much of an entry is drawn while others may look at the screen. Pure."""

from dataclasses import replace

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.i18n import mark, tr
from desktop.text import MAX_TITLE, clean_line, is_own

HIDDEN_TITLE = mark("New item")


def veiled(entry: Entry, privacy: Privacy) -> Entry:
    """Return the entry as it may be drawn: in full, its type and source only, or that there is one.

    What this desktop tells by itself names no customer, and is always drawn. Nothing can be copied,
    opened in a browser or claimed from a veiled toast: whoever wants to opens the entry.
    """
    if privacy is Privacy.FULL or is_own(entry):
        return entry
    title = kind(entry.type) if privacy is Privacy.TYPE else tr(HIDDEN_TITLE)
    return replace(entry, title=title, body="", scripts=(), links=(), actions=(), claimable=False, count=1)


def kind(event_type: str) -> str:
    """Return an event's type in words: ``invoice.payment_failed`` is "Invoice payment failed"."""
    words = event_type.replace(".", " ").replace("_", " ").replace("-", " ").replace("/", " ").split()
    text = clean_line(" ".join(words), MAX_TITLE)
    return text[:1].upper() + text[1:] if text else tr(HIDDEN_TITLE)
