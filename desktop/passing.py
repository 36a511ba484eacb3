"""The dialog that asks to whom something is to be passed on, and why."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from desktop import assets
from desktop.clamped import ClampedText
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.text import MAX_TITLE, clean_line
from desktop.theme import Looks

MAX_TO = 200
MAX_REASON = 500
"""Characters; the wire takes no more of either."""


class PassDialog(QDialog):
    """Asks for a colleague or a team; knows nothing of the network.

    Signals:
        chosen(str, str): an e-mail address or ``team:…``, and the reason.
    """

    chosen = Signal(str, str)

    def __init__(self, looks: Looks, entry: Entry) -> None:
        super().__init__()
        self.setWindowTitle(tr("Pass on"))
        self.setWindowIcon(assets.logo())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.to = QComboBox(editable=True)
        self.to.addItems([clean_line(team, MAX_TO) for team in entry.teams])
        self.to.setCurrentText("")
        self.reason = QLineEdit(maxLength=MAX_REASON)
        self.send = QPushButton(tr("Pass on"))
        self.cancel = QPushButton(tr("Keep it"))
        self._build(looks, clean_line(entry.title, MAX_TITLE))
        self.send.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.reject)
        self.to.editTextChanged.connect(self._look)
        self._look("")

    def _build(self, looks: Looks, title: str) -> None:
        sizes = looks.sizes
        self.setMinimumWidth(sizes["dialog"])
        self.to.setAccessibleName(tr("To whom"))
        self.reason.setAccessibleName(tr("Why"))
        line = self.to.lineEdit()
        if line is not None:
            line.setPlaceholderText(tr("mira@example.com, or the name of a team"))
            line.setMaxLength(MAX_TO)
        self.reason.setPlaceholderText(tr("what they need to know"))
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["tiny"])
        column.addWidget(ClampedText(title, name="headline", lines=2))
        column.addSpacing(sizes["gap"])
        column.addWidget(ClampedText(tr("To whom"), name="label", lines=1))
        column.addWidget(self.to)
        column.addSpacing(sizes["small"])
        column.addWidget(ClampedText(tr("Why"), name="label", lines=1))
        column.addWidget(self.reason)
        column.addSpacing(sizes["gap"])
        column.addLayout(self._buttons(sizes["small"]))

    def _buttons(self, gap: int) -> QHBoxLayout:
        self.send.setObjectName("primary")
        self.send.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(gap)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.send)
        return row

    def _look(self, text: str) -> None:
        self.send.setEnabled(bool(text.strip()))

    def _choose(self) -> None:
        self.chosen.emit(addressee(self.to.currentText()), self.reason.text().strip())
        self.accept()


def addressee(text: str) -> str:
    """Return what a person typed as the wire wants it: an address, or a team's key."""
    name = text.strip()
    return name if "@" in name or name.startswith("team:") else f"team:{name}"
