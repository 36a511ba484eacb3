"""The dialog that pairs this computer with a relay: an address, a code, and sentences when it fails."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout

from desktop import assets
from desktop.clamped import ClampedText
from desktop.controls import Picture, allow
from desktop.form import Form
from desktop.i18n import tr
from desktop.theme import Looks

MAX_ADDRESS = 500
MAX_CODE = 100


class PairingDialog(Form):
    """Asks for an address and a code; knows nothing of the network.

    Signals:
        submitted(str, str): address and code, as typed.
    """

    submitted = Signal(str, str)

    def __init__(self, looks: Looks, address: str = "") -> None:
        super().__init__()
        self._looks = looks
        self.setWindowTitle(tr("Pair this computer"))
        self.setWindowIcon(assets.logo())
        self.address = QLineEdit(address)
        self.code = QLineEdit()
        self.error = ClampedText(name="error", lines=6)
        self.progress = QProgressBar()
        self.pair = QPushButton(tr("Pair"))
        self.cancel = QPushButton(tr("Not now"))
        self._build()
        self._watch()
        self.show_error("")
        (self.code if address else self.address).setFocus()

    def _build(self) -> None:
        sizes = self._looks.sizes
        self.setMinimumWidth(sizes["dialog"])
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["tiny"])
        column.addLayout(self._head())
        column.addSpacing(sizes["gap"])
        self._field(column, tr("Relay address"), self.address, "apps.example.com/deskbell", MAX_ADDRESS)
        column.addSpacing(sizes["small"])
        self._field(
            column,
            tr("Pairing code"),
            self.code,
            tr("from your IT or team lead, good for 10 minutes"),
            MAX_CODE,
        )
        column.addSpacing(sizes["small"])
        column.addWidget(self.error)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Pairing"))
        column.addWidget(self.progress)
        column.addStretch(1)
        column.addSpacing(sizes["gap"])
        column.addLayout(self._buttons())

    def _head(self) -> QHBoxLayout:
        sizes = self._looks.sizes
        row = QHBoxLayout()
        row.setSpacing(sizes["large"])
        row.addWidget(Picture(sizes["huge"] * 2), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(sizes["tiny"])
        words.addWidget(ClampedText(tr("Pair this computer"), name="headline", lines=1))
        text = tr("Deskbell shows you what happens to your customers, and what to say about it.")
        words.addWidget(ClampedText(text, name="soft", lines=3))
        row.addLayout(words, 1)
        return row

    def _field(self, column: QVBoxLayout, label: str, field: QLineEdit, hint: str, most: int) -> None:
        field.setPlaceholderText(hint)
        field.setMaxLength(most)
        field.setAccessibleName(label)
        column.addWidget(ClampedText(label, name="label", lines=1))
        column.addWidget(field)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["small"])
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.pair)
        self.pair.setObjectName("primary")
        self.pair.setDefault(True)
        self.cancel.setAutoDefault(False)
        return row

    def _watch(self) -> None:
        for field in (self.address, self.code):
            field.textChanged.connect(self._check)
        self.pair.clicked.connect(self._submit)
        self.cancel.clicked.connect(self.reject)

    def show_progress(self) -> None:
        """Say that the relay is being asked; nothing can be typed meanwhile."""
        self._show(busy=True, error="")

    def show_error(self, sentence: str, *, address: bool = False) -> None:
        """Say what went wrong, and let the agent type the ``address``, or else the code, again."""
        self._show(busy=False, error=sentence)
        if sentence:
            field = self.address if address else self.code
            field.setFocus()
            field.selectAll()

    def _show(self, *, busy: bool, error: str) -> None:
        self.error.set_text(error)
        self.error.setVisible(bool(error))
        self.progress.setVisible(busy)
        for field in (self.address, self.code):
            allow(field, not busy, tr("The relay is being asked."))
        self._check()
        self.make_room()

    def _check(self) -> None:
        complete = bool(self.address.text().strip()) and bool(self.code.text().strip())
        if not complete:
            allow(self.pair, False, tr("Address and code have to be filled in first."))
        else:
            allow(self.pair, self.address.isEnabled(), tr("The relay is being asked."))

    def _submit(self) -> None:
        self.submitted.emit(self.address.text().strip(), self.code.text().strip())
