"""Whether the inbox's file is sound: looked at off the GUI thread, and set aside when it is not.

A small file is looked through when it is opened. A large one only if whoever used it last did not
close it, and beside everything else, because it takes seconds. Damage that SQLite comes across on
its own is the same, at any time.
"""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.crossing import Tell, listen
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

    def __init__(self, inbox: Inbox, path: Path) -> None:
        """``path`` is the inbox's file."""
        super().__init__()
        self._inbox, self._path, self._told = inbox, path, False
        # Whoever comes across damage may be the link's thread, or in the middle of a transaction.
        tell = listen(self, Soundness._hit)
        inbox.on_damage = lambda: tell(None)

    def look(self) -> None:
        """Look through the file in a thread, if that is due."""
        if self._inbox.unproven:
            look = (self._path, listen(self, Soundness._take))
            threading.Thread(target=_look, args=look, name="soundness", daemon=True).start()

    def renewed(self) -> None:
        """Take note that another file is in use: what is found from now on is about that."""
        self._told = False

    def close(self) -> None:
        """Listen no longer."""
        self._told = True

    def _take(self, sound: bool) -> None:
        self.looked.emit(sound)
        if not sound:
            self._hit()

    def _hit(self, _nothing: None = None) -> None:
        if not self._told:
            self._told = True
            self.damaged.emit()


def _look(path: Path, tell: Tell) -> None:
    tell(is_sound(path))
