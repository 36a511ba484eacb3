"""Signing out: what becomes of the history is asked, the relay is told, and how that went is said.

This computer signs out at once, whatever the relay says. Trying again later would mean keeping the
very token that signing out is to make void: an administrator can revoke the computer instead.
"""

import platform

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from desktop import assets
from desktop.api import ApiFailed
from desktop.caller import Caller
from desktop.clamped import ClampedText
from desktop.controls import bring_forward, plain
from desktop.form import Form
from desktop.i18n import tr
from desktop.text import MAX_LABEL, clean_line
from desktop.theme import Looks

_UNAUTHORIZED = 401
"""RFC 9110 section 15.5.2: the token is void already."""


class LeaveDialog(Form):
    """Asks whether to sign out, and what becomes of the history.

    Signals:
        chosen(bool): sign out, and keep the history (True) or remove it.
    """

    chosen = Signal(bool)

    def __init__(self, looks: Looks, agent: str) -> None:
        super().__init__()
        self.setWindowTitle(tr("Sign out"))
        self.setWindowIcon(assets.logo())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.keep = QPushButton(plain(tr("Sign out and keep the history")))
        self.remove = QPushButton(plain(tr("Sign out and remove the history")))
        self.stay = QPushButton(plain(tr("Stay signed in")))
        self._build(looks, agent)
        self.keep.clicked.connect(lambda: self._choose(keep=True))
        self.remove.clicked.connect(lambda: self._choose(keep=False))
        self.stay.clicked.connect(self.reject)

    def _build(self, looks: Looks, agent: str) -> None:
        sizes = looks.sizes
        self.setMinimumWidth(sizes["dialog"])
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["small"])
        who = clean_line(agent, MAX_LABEL)
        question = tr("Sign {who} out of this computer?", who=who)
        column.addWidget(ClampedText(question, name="headline", lines=2))
        work = tr(
            "Notifications stop. What you have claimed is given back, unless you are signed in elsewhere."
        )
        column.addWidget(ClampedText(work, name="soft", lines=4))
        kept = tr("A history that is kept is shown to you alone, when you sign in here again.")
        column.addWidget(ClampedText(kept, name="soft", lines=3))
        column.addSpacing(sizes["gap"])
        self.keep.setObjectName("primary")
        self.stay.setDefault(True)
        for button in (self.keep, self.remove, self.stay):
            column.addWidget(button)

    def _choose(self, *, keep: bool) -> None:
        self.chosen.emit(keep)
        self.accept()


class Leaving(QObject):
    """One per running app.

    Signals:
        left(bool): sign out on this computer now, and keep the history (True) or remove it.
        noticed(str): a sentence for the agent: the relay could not be told.
    """

    left = Signal(bool)
    noticed = Signal(str)

    def __init__(self, looks: Looks, caller: Caller) -> None:
        super().__init__(caller)
        self._looks, self._caller = looks, caller
        self.dialog: LeaveDialog | None = None

    def ask(self) -> None:
        """Ask whoever is signed in, in front of everything."""
        if self.dialog is None:
            dialog = self.dialog = LeaveDialog(self._looks, self._caller.agent)
            dialog.chosen.connect(self.leave)
            dialog.finished.connect(self._forget)
        bring_forward(self.dialog)

    def leave(self, keep: bool) -> None:
        """Sign out here at once, and make the token void at the relay."""
        if self._caller.agent:
            self._caller.ask(lambda api: api.sign_out(), lambda _: None, self._untold)
        self.left.emit(keep)

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()

    def _untold(self, failure: ApiFailed) -> None:
        if failure.status == _UNAUTHORIZED:
            return
        name = clean_line(platform.node(), MAX_LABEL)
        self.noticed.emit(
            tr(
                "You are signed out here, but the relay could not be told. "
                "Ask your IT to revoke this computer ({name}).",
                name=name,
            )
        )

    def _forget(self) -> None:
        self.dialog = None
