"""The fold at the foot of an entry: "Why did I get this?", asked of the relay when it is opened."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.clamped import ClampedText
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.story import Story, more, sentences
from desktop.theme import Looks

_RIGHT, _DOWN = "▸", "▾"


class WhyBox(QWidget):
    """A button, and the sentences below it once it is pressed.

    Signals:
        opened(): the sentences are wanted; :meth:`tell` brings them.
    """

    opened = Signal()

    def __init__(self, looks: Looks, entry: Entry, agent: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry, self._agent = entry, agent
        self._is_open = False
        self.button, self.more = QPushButton(self), QPushButton(self)
        for button in (self.button, self.more):
            button.setObjectName("quiet")
        self.words = ClampedText(name="body", parent=self)
        self.steps = ClampedText(name="hint", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(looks.sizes["tiny"])
        column.addLayout(_left(self.button))
        column.addWidget(self.words)
        column.addLayout(_left(self.more))
        column.addWidget(self.steps)
        self.button.clicked.connect(lambda: self.open(not self._is_open))
        self.more.clicked.connect(lambda: self.show_steps(self.steps.isHidden()))
        self.open(on=False)

    def is_open(self) -> bool:
        """Say whether the sentences are wanted."""
        return self._is_open

    def tell(self, story: Story) -> None:
        """Show what is known by now."""
        told, steps = sentences(story, self._entry, self._agent), more(story)
        self.words.set_text("\n".join(told))
        self.steps.set_text("\n".join(steps))
        self.more.setVisible(self._is_open and bool(steps) and steps != told[:-1])
        self.updateGeometry()

    def open(self, on: bool) -> None:
        """Show the sentences, or fold them away."""
        self._is_open = on
        _turn(self.button, tr("Why did I get this?"), on=on)
        self.words.setVisible(on)
        self.more.hide()
        self.show_steps(False)
        if on:
            self.opened.emit()

    def show_steps(self, on: bool) -> None:
        """Show the relay's own sentences besides, or not."""
        _turn(self.more, tr("Every step, as the relay tells it"), on=on)
        self.steps.setVisible(on)


def _turn(button: QPushButton, words: str, *, on: bool) -> None:
    button.setText(f"{words} {_DOWN if on else _RIGHT}")
    button.setAccessibleName(words)
    button.setAccessibleDescription(tr("Unfolded") if on else tr("Folded"))


def _left(button: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch(1)
    return row
