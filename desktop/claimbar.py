"""The foot of a toast where work is taken: Claim, or what one can do with what one has."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.announce import announce
from desktop.clamped import ClampedText
from desktop.controls import Icon, allow, plain
from desktop.i18n import mark, tr
from desktop.offers import ACT, CLAIM, DONE, OFFERS, PASS, RELEASE
from desktop.standing import Standing
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line
from desktop.theme import Looks

_WORDS = {Standing.OFFERED: mark("This is offered to you"), Standing.MINE: mark("You have it")}

LABELS = {CLAIM: mark("Claim"), DONE: mark("Done"), RELEASE: mark("Give back"), PASS: mark("Pass on…")}
_SPOKEN = {
    CLAIM: mark("Claim this notification"),
    DONE: mark("Mark as done"),
    RELEASE: mark("Give it back"),
    PASS: mark("Pass it on to somebody else"),
}
_WAITING = {
    CLAIM: mark("Claiming…"),
    DONE: mark("Saving…"),
    RELEASE: mark("Giving back…"),
    PASS: mark("Passing on…"),
    ACT: mark("Sending…"),
}


class ClaimBar(QWidget):
    """A line of words and up to three buttons; nothing at all where there is nothing to claim.

    Signals:
        pressed(str): one of ``CLAIM``, ``DONE``, ``RELEASE``, ``PASS``.
        answered(bool): a question was answered with yes or no.
        reshaped(): it needs another height.
    """

    pressed = Signal(str)
    answered = Signal(bool)
    reshaped = Signal()

    def __init__(self, looks: Looks, standing: Standing, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.beside, self._wants_beside = QWidget(self), False
        """Stands in the row of the buttons, and takes the room they leave."""
        self.words = ClampedText(name="label", lines=2, parent=self)
        self._over = Icon(looks, "check", "done", text="body_size", parent=self)
        self.buttons = {what: QPushButton(plain(tr(LABELS[what])), self) for what in LABELS}
        self.yes, self.no = QPushButton(self), QPushButton(tr("No"), self)
        self._most, self._question, self._ticked = len(LABELS), "", True
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.sizes["small"])
        for what, button in self.buttons.items():
            button.setAccessibleName(tr(_SPOKEN[what]))
            button.clicked.connect(partial(self.pressed.emit, what))
            row.addWidget(button)
        for button, answer in ((self.yes, True), (self.no, False)):
            button.clicked.connect(partial(self._answer, answer))
            row.addWidget(button)
        for button in self.in_order():
            # As high as what stands beside them.
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.beside, 1)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, looks.sizes["small"], 0, 0)
        column.setSpacing(looks.sizes["tiny"])
        said = QHBoxLayout()
        said.setSpacing(looks.sizes["tiny"])
        said.addWidget(self._over, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.words, 1)
        column.addLayout(said)
        column.addLayout(row)
        self.standing = standing
        """For whom it is: what can be done."""
        self._arrange("")

    def offered(self) -> tuple[str, ...]:
        """Return what can be done now, with a button or without."""
        return OFFERS[self.standing]

    def in_order(self) -> list[QPushButton]:
        """Return the buttons as they stand."""
        return [*self.buttons.values(), self.yes, self.no]

    def hidden(self) -> tuple[str, ...]:
        """Return what can be done but has no button."""
        return self.offered()[self._most :]

    def limit(self, most: int, *, beside: bool) -> None:
        """Show at most so many buttons, and what stands beside them or not."""
        if (most, beside) != (self._most, self._wants_beside):
            self._most, self._wants_beside = most, beside
            self._arrange("")

    def stand(self, standing: Standing) -> None:
        """Show what can be done now."""
        self.standing = standing
        self._arrange("")

    def wait(self, what: str) -> None:
        """Show at once that a button was pressed; nothing else can be until the answer is there."""
        for each, button in self.buttons.items():
            allow(button, False, tr(_WAITING[what]))
            button.setText(plain(tr(_WAITING[what] if each == what else LABELS[each])))
        if what == ACT or what in self.hidden():
            self.words.set_text(tr(_WAITING[what]))
            self._speak()
            self.words.show()
            self.show()
            self._reshape()

    def say(self, words: str) -> None:
        """Say something, an error for example; the buttons are as before they were pressed."""
        self._arrange(words)

    def ask(self, question: str, label: str) -> None:
        """Ask before something is done; the answer comes by ``answered``."""
        self._question = clean_line(question, MAX_TITLE)
        self.yes.setText(plain(clean_line(label, MAX_LABEL) or tr("Yes")))
        self._arrange("")

    def _answer(self, yes: bool, _checked: bool = False) -> None:
        self._question = ""
        self._arrange("")
        self.answered.emit(yes)

    def leave(self, words: str, *, ticked: bool = True) -> None:
        """Say a last word: nothing can be done any more; ``ticked``: and somebody has seen to it."""
        self.standing, self._question, self._ticked = Standing.GONE, "", ticked
        self._arrange(words)

    def is_ticked(self) -> bool:
        """Say whether its last word has a tick: somebody has seen to it."""
        return not self._over.isHidden()

    def _speak(self) -> None:
        """Say what came of a press to whoever pressed it by keys, without seeing it."""
        if self.words.text() and self.isActiveWindow():
            announce(self, self.words.text())

    def _arrange(self, words: str) -> None:
        shown = () if self._question else self.offered()[: self._most]
        self.words.set_text(self._question or words or tr(_WORDS.get(self.standing, "")))
        self.words.setVisible(bool(self.words.text()))
        self._speak()
        for what, button in self.buttons.items():
            button.setText(plain(tr(LABELS[what])))
            allow(button, True, "")
            _show(button, what in shown)
        for button in (self.yes, self.no):
            _show(button, bool(self._question))
        self._over.setVisible(self.standing is Standing.GONE and bool(words) and self._ticked)
        self.beside.setVisible(self._wants_beside and not self._question)
        filled = bool(self.words.text() or shown or self._question or self._wants_beside)
        if self.parentWidget() is not None or not filled:
            # One that is not in its place yet would flash up as a window of its own.
            self.setVisible(filled)
        self._reshape()

    def _reshape(self) -> None:
        for layout in self.findChildren(QLayout):
            layout.invalidate()
        self.updateGeometry()
        self.reshaped.emit()


def _show(button: QPushButton, shown: bool) -> None:
    # Each time it is told Qt asks all layouts above it again.
    decided = button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    if not decided or button.isHidden() == shown:
        button.setVisible(shown)
