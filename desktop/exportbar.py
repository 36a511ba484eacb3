"""How far a table is written, with the chance to stop it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from desktop.clamped import ClampedText
from desktop.i18n import tr
from desktop.theme import Looks

END_MILLISECONDS = 8_000
"""How long it says what it came to."""


class ExportBar(QFrame):
    """A line that is there while something is written, and a moment longer to say what it came to.

    Signals:
        cancelled(): nothing more is to be written.
    """

    cancelled = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.setObjectName("undo")
        self.words = ClampedText(name="undo_text", lines=1)
        self.button = QPushButton(tr("Cancel"))
        self.button.setObjectName("quiet")
        self.button.setAccessibleName(tr("Cancel the export"))
        row = QHBoxLayout(self)
        row.setContentsMargins(*(looks.sizes[name] for name in ("large", "tiny", "small", "tiny")))
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.cancelled)
        self._time = QTimer(self, singleShot=True, interval=END_MILLISECONDS)
        self._time.timeout.connect(self.hide)
        self.hide()

    def show_progress(self, number: int, of: int) -> None:
        """Say that so many of so many are written."""
        self.words.set_text(tr("Exporting… {percent} %", percent=100 * number // of))
        self.button.show()
        self._time.stop()
        self.show()

    def show_end(self, words: str) -> None:
        """Say what it came to; there is nothing to cancel any more."""
        self.words.set_text(words)
        self.button.hide()
        self._time.start()
        self.show()
