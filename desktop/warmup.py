"""Done once and early, so that the first toast that matters is as quick as the second."""

from desktop.own import own_entry
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import Script


def warm_up(looks: Looks) -> None:
    """Draw a toast that nobody sees: the first one of a process loads fonts and pictures."""
    toast = Toast(looks, own_entry("Deskbell", "", (Script(name="", text="x"),)), seconds=None)
    toast.fit(toast.sizeHint().height())
    toast.grab()
    toast.deleteLater()
