"""How far a table is written, with the chance to stop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from desktop.clamped import ClampedText
from desktop.i18n import tr
from desktop.theme import Looks


class ExportBar(QFrame):
    """A line that is there while something is written.

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
        self.hide()

    def show_progress(self, number: int, of: int) -> None:
        """Say that so many of so many are written."""
        self.words.set_text(tr("Exporting… {percent} %", percent=100 * number // of))
        self.show()
