"""The words of the filters' page. Pure."""

from typing import Final

from desktop.i18n import mark, tr
from desktop.text import clean_line
from relay.protocol import How

HOW: Final = {
    How.SOUND: mark("Toast and sound"),
    How.TOAST: mark("Toast"),
    How.INBOX: mark("History only"),
    How.OFF: mark("Off"),
}
"""How something comes, as a button says it."""
SHORT: Final = {
    How.SOUND: mark("Sound"),
    How.TOAST: mark("Toast"),
    How.INBOX: mark("History"),
    How.OFF: mark("Off"),
}
"""The same in a cell of the table."""
COLUMN: Final = {
    "mine": mark("Mine"),
    "unassigned": mark("Nobody's"),
    "team": mark("Colleagues'"),
    "followed": mark("Followed"),
}
"""Whose case it is, over a column."""
RELATION: Final = {
    "mine": mark("Mine"),
    "unassigned": mark("Nobody's yet, in my teams"),
    "team": mark("A colleague's"),
    "followed": mark("Followed"),
}
"""The same, where there is room."""
DURATIONS: Final = (
    (mark("Always"), None),
    (mark("For 1 hour"), 3600.0),
    (mark("Until tomorrow"), 86_400.0),
    (mark("For 7 days"), 604_800.0),
)
"""For how long, and in seconds."""


def playbook_name(name: str) -> str:
    """Return a playbook's name as people read it: ``payment-failed`` → ``Payment failed``."""
    return clean_line(name.replace("-", " ").replace("_", " ").capitalize(), 60)


def layer_of(agent: str) -> str:
    """Return the name of an agent's own layer."""
    return f"agent:{agent.strip().casefold()}"


def layer_name(layer: str, agent: str) -> str:
    """Return a layer's name in words."""
    kind, _, who = layer.partition(":")
    if layer == layer_of(agent):
        return tr("Mine")
    words = {
        "product": tr("Deskbell's default"),
        "organisation": tr("The organisation"),
        "team": tr("Team {who}", who=who),
    }
    return words.get(kind, clean_line(who or layer, 60))
