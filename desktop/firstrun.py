"""The welcome after pairing: where Deskbell is, and whether its toasts are seen and heard here."""

import sys
from enum import Enum

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from desktop import assets
from desktop.clamped import ClampedText
from desktop.controls import Picture
from desktop.form import Form
from desktop.i18n import mark, tr
from desktop.theme import Looks

PAINT_MILLISECONDS = 3_000
"""A toast that was not painted by then is told to be missing."""


class Step(Enum):
    """Where the welcome is."""

    HELLO = "hello"
    SEE = "see"
    HEAR = "hear"
    END = "end"


_SAID = {
    Step.HELLO: (
        mark("This computer is paired"),
        mark("Deskbell waits in the tray and tells you what happens to your customers. Does that work here?"),
    ),
    Step.SEE: (mark("Did you see it?"), mark("A toast should be in the corner of your screen now.")),
    Step.HEAR: (mark("Did you hear it?"), mark("One soft tone should have been played.")),
}
_BUTTONS = {
    Step.HELLO: (mark("Show a test toast"), mark("Not now")),
    Step.SEE: (mark("Yes, I saw it"), mark("No")),
    Step.HEAR: (mark("Yes, I heard it"), mark("No")),
    Step.END: (mark("Done"), mark("Try again")),
}
_UNSEEN = mark(
    "Toasts are not seen here. Look whether this computer is set to do not disturb, and on which screen "
    "and in which corner the preferences show toasts. Everything is in the history meanwhile."
)
_UNHEARD = mark(
    "The tone was not heard here. Look at this computer's volume, and at sound in the preferences."
)
_PIN = mark(
    "Windows puts new icons behind the arrow in the task bar: drag Deskbell's out of it, so that you see it."
)
_WELL = mark("You are ready. The icon in the tray says at any time whether you are connected.")


class Welcome(Form):
    """Three questions, each answered by one press.

    Signals:
        test_asked(): show a toast and play the soft tone.
        answered(object, object): whether it was seen and heard; None for what was not asked.
        preferences_asked(): something was missed, and the person wants to see to it.
    """

    test_asked = Signal()
    answered = Signal(object, object)
    preferences_asked = Signal()

    def __init__(self, looks: Looks, *, has_sound: bool = True, platform: str = sys.platform) -> None:
        """``has_sound`` says whether a tone is played; else nobody is asked whether they heard it."""
        super().__init__()
        self._looks, self._has_sound, self._platform = looks, has_sound, platform
        self.step = Step.HELLO
        self.seen: bool | None = None
        self.heard: bool | None = None
        self.setWindowTitle(tr("Welcome to Deskbell"))
        self.setWindowIcon(assets.logo())
        self.headline = ClampedText(name="headline", lines=2)
        self.words = ClampedText(name="body", lines=8)
        self.trouble = ClampedText(name="error", lines=4)
        self.yes, self.no = QPushButton(), QPushButton()
        self.settings = QPushButton(tr("Preferences…"))
        self._missing = QTimer(self, singleShot=True, interval=PAINT_MILLISECONDS)
        self._missing.timeout.connect(self._tell_missing)
        self._build()
        self.yes.clicked.connect(lambda: self._answer(yes=True))
        self.no.clicked.connect(lambda: self._answer(yes=False))
        self.settings.clicked.connect(self.preferences_asked)
        self._go(Step.HELLO)

    def _build(self) -> None:
        sizes = self._looks.sizes
        self.setMinimumWidth(sizes["dialog"])
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["large"])
        top = QHBoxLayout()
        top.setSpacing(sizes["large"])
        top.addWidget(Picture(sizes["huge"] * 2), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(sizes["small"])
        for text in (self.headline, self.words, self.trouble):
            texts.addWidget(text)
        texts.addStretch(1)
        top.addLayout(texts, 1)
        column.addLayout(top, 1)
        row = QHBoxLayout()
        row.setSpacing(sizes["small"])
        self.settings.setAutoDefault(False)
        row.addWidget(self.settings)
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self.yes.setObjectName("primary")
        self.yes.setDefault(True)
        self.no.setAutoDefault(False)
        column.addLayout(row)

    def note_painted(self) -> None:
        """Take in that the toast is on the screen."""
        self._missing.stop()
        self._say_trouble("")

    def _answer(self, *, yes: bool) -> None:
        match self.step:
            case Step.HELLO:
                self._try() if yes else self.reject()
            case Step.SEE:
                self.seen = yes
                self._go(Step.HEAR if self._has_sound else Step.END)
            case Step.HEAR:
                self.heard = yes
                self._go(Step.END)
            case Step.END:
                self.reject() if yes else self._try()

    def _try(self) -> None:
        self.seen = self.heard = None
        self._go(Step.SEE)
        self._missing.start()
        self.test_asked.emit()

    def _tell_missing(self) -> None:
        self._say_trouble(tr("The toast could not be shown on this computer."))

    def _say_trouble(self, sentence: str) -> None:
        self.trouble.set_text(sentence)
        self.trouble.setVisible(bool(sentence))
        self.make_room()

    def _go(self, step: Step) -> None:
        self.step = step
        self._missing.stop()
        headline, words = map(tr, _SAID.get(step, ("", ""))) if step is not Step.END else self._result()
        self.headline.set_text(headline)
        self.words.set_text(words)
        self.setAccessibleDescription(f"{headline}. {words}")
        went_wrong = step is Step.END and False in {self.seen, self.heard}
        self.settings.setVisible(went_wrong)
        yes, no = map(tr, _BUTTONS[step])
        self.yes.setText(yes)
        self.no.setText(no)
        self.no.setVisible(step is not Step.END or went_wrong)
        self.yes.setFocus()
        self._say_trouble("")

    def _result(self) -> tuple[str, str]:
        wrong = [
            tr(text) for answer, text in ((self.seen, _UNSEEN), (self.heard, _UNHEARD)) if answer is False
        ]
        if wrong:
            return tr("Something is amiss"), "\n".join(wrong)
        hints = (_WELL, _PIN) if self._platform == "win32" else (_WELL,)
        return tr("All is well"), "\n".join(map(tr, hints))

    def reject(self) -> None:
        """Leave, by whatever way, and tell what was answered."""
        self._missing.stop()
        self.answered.emit(self.seen, self.heard)
        super().reject()
