"""The foot of a toast where work is taken: Claim, or what one can do with what one has."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.clamped import ClampedText
from desktop.controls import plain
from desktop.standing import Standing
from desktop.theme import Looks

CLAIM, DONE, RELEASE, PASS = "claim", "done", "release", "pass"

_OFFERS: dict[Standing, tuple[str, tuple[str, ...]]] = {
    Standing.PLAIN: ("", ()),
    Standing.OPEN: ("", (CLAIM,)),
    Standing.OFFERED: ("This is offered to you", (CLAIM, RELEASE)),
    Standing.MINE: ("You have it", (DONE, RELEASE, PASS)),
    Standing.GONE: ("", ()),
}
"""The words and the buttons of each standing."""

_LABELS = {CLAIM: "Claim", DONE: "Done", RELEASE: "Give back", PASS: "Pass on…"}
_SPOKEN = {
    CLAIM: "Claim this notification",
    DONE: "Mark as done",
    RELEASE: "Give it back",
    PASS: "Pass it on to somebody else",
}
_WAITING = {CLAIM: "Claiming…", DONE: "Saving…", RELEASE: "Giving back…", PASS: "Passing on…"}


class ClaimBar(QWidget):
    """A line of words and up to three buttons; nothing at all where there is nothing to claim.

    Signals:
        pressed(str): one of ``CLAIM``, ``DONE``, ``RELEASE``, ``PASS``.
        reshaped(): it needs another height.
    """

    pressed = Signal(str)
    reshaped = Signal()

    def __init__(self, looks: Looks, standing: Standing) -> None:
        super().__init__()
        self.words = ClampedText(name="label", lines=2, parent=self)
        self.buttons = {what: QPushButton(plain(_LABELS[what])) for what in _LABELS}
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.sizes["small"])
        for what, button in self.buttons.items():
            button.setAccessibleName(_SPOKEN[what])
            button.clicked.connect(partial(self.pressed.emit, what))
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, looks.sizes["small"], 0, 0)
        column.setSpacing(looks.sizes["tiny"])
        column.addWidget(self.words)
        column.addLayout(row)
        self._standing = standing
        self._arrange("")

    def offered(self) -> tuple[str, ...]:
        """Return which buttons there are now."""
        return _OFFERS[self._standing][1]

    def stand(self, standing: Standing) -> None:
        """Show what can be done now."""
        self._standing = standing
        self._arrange("")

    def wait(self, what: str) -> None:
        """Show at once that a button was pressed; nothing else can be until the answer is there."""
        for each, button in self.buttons.items():
            button.setEnabled(False)
            button.setText(plain(_WAITING[what] if each == what else _LABELS[each]))

    def say(self, words: str) -> None:
        """Say something, an error for example; the buttons are as before they were pressed."""
        self._arrange(words)

    def leave(self, words: str) -> None:
        """Say a last word: nothing can be done any more."""
        self._standing = Standing.GONE
        self._arrange(words)

    def _arrange(self, words: str) -> None:
        usual, offered = _OFFERS[self._standing]
        self.words.set_text(words or usual)
        self.words.setVisible(bool(self.words.text()))
        for what, button in self.buttons.items():
            button.setText(plain(_LABELS[what]))
            button.setEnabled(True)
            button.setVisible(what in offered)
        self.setVisible(bool(self.words.text() or offered))
        self.reshaped.emit()
