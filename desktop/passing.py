"""The dialog that asks to whom something is to be passed on, and why: people and teams, as one types."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from desktop import assets
from desktop.api import People
from desktop.clamped import ClampedText
from desktop.controls import allow
from desktop.entry import Entry
from desktop.form import Form
from desktop.i18n import tr
from desktop.recipients import Recipient, fitting, offered
from desktop.roll import Roll
from desktop.text import MAX_TITLE, clean_line
from desktop.theme import Looks

MAX_TO = 200
MAX_REASON = 500
"""Characters; the wire takes no more of either."""
MANY = 200
"""Colleagues in the relay's answer beyond which there may be more: then it is asked as one types."""
TYPING_MILLISECONDS = 250

_TO_THE_LIST = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class PassDialog(Form):
    """Asks for a colleague or a team; knows nothing of the network.

    Signals:
        chosen(str, str): an e-mail address or ``team:…``, and the reason.
        searched(str): the relay knows more people than it has told: ask it for these.
    """

    chosen = Signal(str, str)
    searched = Signal(str)

    def __init__(self, looks: Looks, entry: Entry, lately: Sequence[str] = ()) -> None:
        """``lately`` is to whom something was passed on before, the last one first."""
        super().__init__()
        self.setWindowTitle(tr("Pass on"))
        self.setWindowIcon(assets.logo())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._lately, self._teams = tuple(lately), entry.teams
        self._offered: tuple[Recipient, ...] = ()
        self._many = False
        self.to, self.reason = QLineEdit(maxLength=MAX_TO), QLineEdit(maxLength=MAX_REASON)
        self.roll = Roll(looks)
        self.state = ClampedText(name="hint", lines=2)
        self.send, self.cancel = QPushButton(tr("Pass on")), QPushButton(tr("Keep it"))
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._ask)
        self._build(looks, clean_line(entry.title, MAX_TITLE))
        self._connect()
        self.wait()

    def _build(self, looks: Looks, title: str) -> None:
        sizes = looks.sizes
        self.setMinimumWidth(sizes["dialog"])
        self.to.setAccessibleName(tr("To whom"))
        self.reason.setAccessibleName(tr("Why"))
        self.to.setPlaceholderText(tr("Name, address or team"))
        self.reason.setPlaceholderText(tr("what they need to know"))
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["tiny"])
        column.addWidget(ClampedText(title, name="headline", lines=2))
        column.addSpacing(sizes["gap"])
        column.addWidget(ClampedText(tr("To whom"), name="label", lines=1))
        column.addWidget(self.to)
        column.addWidget(self.roll, 1)
        column.addWidget(self.state)
        column.addSpacing(sizes["small"])
        column.addWidget(ClampedText(tr("Why"), name="label", lines=1))
        column.addWidget(self.reason)
        column.addSpacing(sizes["gap"])
        column.addLayout(self._buttons(sizes["small"]))

    def _buttons(self, gap: int) -> QHBoxLayout:
        self.send.setObjectName("primary")
        self.send.setDefault(True)
        self.cancel.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(gap)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.send)
        return row

    def _connect(self) -> None:
        self.to.installEventFilter(self)
        self.to.textChanged.connect(self._narrow)
        self.roll.picked.connect(self._look)
        self.roll.settled.connect(self.reason.setFocus)
        self.send.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.reject)

    # What the relay says

    def wait(self) -> None:
        """Say that the relay is being asked; whom this computer knows can be chosen already."""
        self._offer(None, tr("Asking the relay who is there…"))

    def show_people(self, people: People) -> None:
        """Offer whom the relay knows."""
        self._many = self._many or len(people.agents) >= MANY
        self._offer(people, "")

    def show_failure(self) -> None:
        """Say that the relay can't be asked: what is typed goes to it as it is."""
        words = tr("The relay cannot be asked right now. You can type an address or the name of a team.")
        self._offer(None, words)

    def _offer(self, people: People | None, words: str) -> None:
        self._offered = offered(people, self._lately, self._teams)
        self.state.set_text(words)
        self.state.setVisible(bool(words))
        self._show()
        self.make_room()

    # What is chosen

    def _narrow(self) -> None:
        self._show()
        if self._many and self.to.text().strip():
            self._typing.start()

    def _ask(self) -> None:
        self.searched.emit(self.to.text().strip())

    def _show(self) -> None:
        text = self.to.text()
        self.roll.show_all(fitting(self._offered, text), pick_first=bool(text.strip()))
        self._look()

    def _look(self) -> None:
        allow(self.send, self.roll.current() is not None, tr("Choose somebody first."))

    def _choose(self) -> None:
        recipient = self.roll.current()
        if recipient is not None:
            self.chosen.emit(recipient.key, self.reason.text().strip())
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows choose in the list while one types."""
        if watched is self.to and event.type() is QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]  # a QKeyEvent, as its type says
            if key in _TO_THE_LIST:
                self.roll.step({Qt.Key.Key_Up: -1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_Down: 1}.get(key, 5))
                return True
        return super().eventFilter(watched, event)
