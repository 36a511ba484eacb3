"""The buttons of an entry that let the relay call another system."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.controls import plain
from desktop.flow import FlowLayout
from desktop.i18n import tr
from desktop.text import action_label
from desktop.theme import Looks
from relay.protocol import Action

MOST = 12
"""Buttons; a playbook has three or four."""


class ActionRow(QWidget):
    """One button for each action; pressed once, they wait for the answer.

    Signals:
        pressed(Action): this one is wanted; its question has not been asked yet.
    """

    pressed = Signal(object)

    def __init__(self, looks: Looks, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        row = FlowLayout(self, looks.sizes["small"])
        for action in actions[:MOST]:
            label = action_label(action)
            button = QPushButton(plain(label), self)
            button.setAccessibleName(tr("{label}, done by the relay", label=label.removesuffix("…")))
            button.clicked.connect(partial(self._press, action))
            self.buttons[action.name] = button
            row.addWidget(button)
        if not self.buttons:
            self.hide()

    def allow(self, allowed: bool) -> None:
        """Let the buttons be pressed, or not: one press is on its way, or has been answered with yes."""
        for button in self.buttons.values():
            button.setEnabled(allowed)

    def _press(self, action: Action, _checked: bool = False) -> None:
        self.pressed.emit(action)
