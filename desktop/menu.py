"""A toast's menu: what can be done about an entry and has no button, and putting it off."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.claimbar import LABELS
from desktop.controls import LinkButton, plain
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.snooze import Snooze
from desktop.text import action_label

MAX_ACTIONS = 8
"""More would not be read; the history has all of them."""


class ToastMenu(QMenu):
    """Made when it is asked for, from what holds then.

    Signals:
        chosen(str, object): what, and which: ``"link"`` and its address, ``"claim"`` and one of
            :mod:`desktop.offers`, ``"action"`` and its name, ``"snooze"`` and a ``Snooze``, ``"open"``,
            ``"dismiss"``.
    """

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget, entry: Entry, claims: tuple[str, ...], *, own: bool) -> None:
        """``claims`` are what the claim bar has no room for; ``own`` says that no inbox knows the entry."""
        super().__init__(parent)
        self.setObjectName("toast_menu")
        self.setAccessibleName(tr("What can be done"))
        self._entry, self._claims, self._own = entry, claims, own
        self._links: list[LinkButton] = []

    def offer_link(self, button: LinkButton) -> None:
        """Take in a link that has no room as a button."""
        self._links.append(button)

    def fill(self) -> None:
        """Write the lines."""
        for what in self._claims:
            self._line(tr(LABELS[what]), "claim", what)
        for action in self._entry.actions[:MAX_ACTIONS]:
            self._line(action_label(action), "action", action.name)
        self.addSeparator()
        for button in self._links:
            self._line(f"{button.label.text()}  ({button.target.host})", "link", button.target.url)
        self._line(tr("Open in the history"), "open", None)
        self.addSeparator()
        if not self._own:
            for choice in Snooze:
                self._line(tr("Snooze {span}", span=tr(choice.value)), "snooze", choice)
            self.addSeparator()
        self._line(tr("Dismiss"), "dismiss", None)

    def _line(self, words: str, what: str, which: object) -> None:
        self.addAction(plain(words)).triggered.connect(partial(self.chosen.emit, what, which))

    def words(self) -> list[str]:
        """Return the lines as they are read."""
        return [action.text().replace("&&", "&") for action in self.actions() if not action.isSeparator()]

    def choose(self, words: str) -> None:
        """Choose a line by its words, as a press on it does."""
        next(action for action in self.actions() if action.text() == plain(words)).trigger()
