"""The page for several chosen entries: how many, and what can be done with all of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.clamped import ClampedText
from desktop.i18n import tr
from desktop.theme import Looks


class Several(QWidget):
    """Buttons for a selection.

    Signals:
        marked(bool): it is to be marked as read (True) or unread.
        removal_asked(): it is to be deleted.
        export_asked(): it is to be written to a file.
    """

    marked = Signal(bool)
    removal_asked = Signal()
    export_asked = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.setObjectName("page")
        self.words = ClampedText(name="headline", lines=2, centred=True)
        self.read, self.unread = QPushButton(tr("Mark read")), QPushButton(tr("Mark unread"))
        self.export, self.remove = QPushButton(tr("Export…")), QPushButton(tr("Delete"))
        self.read.clicked.connect(lambda: self.marked.emit(True))
        self.unread.clicked.connect(lambda: self.marked.emit(False))
        self.export.clicked.connect(self.export_asked)
        self.remove.clicked.connect(self.removal_asked)
        rows = QVBoxLayout()
        rows.setSpacing(looks.sizes["small"])
        for pair in ((self.read, self.unread), (self.export, self.remove)):
            row = QHBoxLayout()
            row.setSpacing(looks.sizes["small"])
            for button in pair:
                button.setMinimumWidth(looks.sizes["column"] // 3)
                row.addWidget(button)
            rows.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.words)
        column.addSpacing(looks.sizes["large"])
        column.addLayout(rows)
        column.setAlignment(rows, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_count(self, count: int) -> None:
        """Say how many are chosen."""
        self.words.set_text(tr("%n notifications chosen", one="%n notification chosen", n=count))
