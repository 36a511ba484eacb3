"""Where toasts are put: our own windows, or a plain message of the system where windows can't be placed."""

import html
from collections.abc import Callable

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.stack import Stack
from desktop.text import MAX_BODY, MAX_TITLE, clean_line
from desktop.tray import Tray


class Screen:
    """The stack of toasts, or the tray's messages on a desktop that places windows by itself."""

    def __init__(
        self, stack: Stack, tray: Tray, claim: Callable[[str], bool], *, places_windows: bool
    ) -> None:
        """``claim`` marks an entry as shown; False means that it was before."""
        self._stack, self._tray, self._claim = stack, tray, claim
        self._places_windows = places_windows

    def add(self, entry: Entry, seconds: float | None, privacy: Privacy, *, still: bool) -> None:
        """Show an entry."""
        del still, privacy
        if self._places_windows:
            self._stack.add(entry, seconds)
        elif self._claim(entry.id):
            # Some notification services read HTML.
            body = html.escape(clean_line(entry.body, MAX_BODY), quote=False)
            self._tray.message(html.escape(clean_line(entry.title, MAX_TITLE), quote=False), body)
