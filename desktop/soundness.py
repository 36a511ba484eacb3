"""Whether the inbox's file is sound: looked at off the GUI thread, and set aside when it is not.

A small file is looked through when it is opened. A large one only if whoever used it last did not
close it, and beside everything else, because it takes seconds. Damage that SQLite comes across on
its own is the same, at any time.
"""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from desktop.inbox import Inbox
from desktop.inbox_file import is_sound


class Soundness(QObject):
    """One per running app.

    Signals:
        damaged(): the file cannot be used any more; told once until :meth:`renewed`.
        looked(bool): the file was looked through; whether it is sound.
    """

    damaged = Signal()
    looked = Signal(bool)
    _found = Signal()

    def __init__(self, inbox: Inbox, path: Path) -> None:
        """``path`` is the inbox's file."""
        super().__init__()
        self._inbox, self._path, self._told = inbox, path, False
        # Whoever comes across damage may be the link's thread, or in the middle of a transaction.
        self._found.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        inbox.on_damage = self._note

    def look(self) -> None:
        """Look through the file in a thread, if that is due."""
        if self._inbox.unproven:
            threading.Thread(target=self._look, name="soundness", daemon=True).start()

    def renewed(self) -> None:
        """Take note that another file is in use: what is found from now on is about that."""
        self._told = False

    def close(self) -> None:
        """Listen no longer."""
        self._told = True

    def _look(self) -> None:
        sound = is_sound(self._path)
        try:
            self.looked.emit(sound)
        except RuntimeError:
            return  # the Qt half of this is gone
        if not sound:
            self._note()

    def _note(self) -> None:
        try:
            self._found.emit()
        except RuntimeError:
            return  # likewise

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self.damaged.emit()
