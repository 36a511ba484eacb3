"""What was just deleted, with the chance to take it back for a moment: only then it is gone for good."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from desktop.clamped import ClampedText
from desktop.i18n import tr
from desktop.text import MAX_LABEL
from desktop.theme import Looks

UNDO_MILLISECONDS = 8_000
"""How long a deletion can be taken back."""


class UndoBar(QFrame):
    """A line that is there for a few seconds.

    Signals:
        undone(): everything is to be as it was.
        settled(list[int]): the rows of what is gone for good.
    """

    undone = Signal()
    settled = Signal(list)

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.setObjectName("undo")
        self._rows: list[int] = []
        self.words = ClampedText(name="undo_text", lines=2)
        self.button = QPushButton(tr("Undo"))
        self.button.setObjectName("quiet")
        self.button.setAccessibleName(tr("Undo the deletion"))
        row = QHBoxLayout(self)
        row.setContentsMargins(*(looks.sizes[name] for name in ("large", "tiny", "small", "tiny")))
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.undo)
        self._time = QTimer(self, singleShot=True, interval=UNDO_MILLISECONDS)
        self._time.timeout.connect(self.settle)
        self.hide()

    def offer(self, rows: list[int], words: str) -> None:
        """Offer to take back a deletion, or only say ``words``; what was offered before is settled."""
        self.settle()
        self._rows = rows
        self.words.set_lines(1 if len(words) <= MAX_LABEL else 2)
        self.words.set_text(words)
        self.button.setVisible(bool(rows))
        self.show()
        self._time.start()

    def undo(self) -> None:
        """Take the deletion back, if there is one to take back."""
        if self._rows:
            self._rows = []
            self.settle()
            self.undone.emit()

    def settle(self) -> None:
        """Let it be for good now, if there is anything."""
        rows, self._rows = self._rows, []
        self._time.stop()
        self.hide()
        if rows:
            self.settled.emit(rows)
