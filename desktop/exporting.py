"""Asks where chosen entries are to be written, and says how far that is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.i18n import tr
from desktop.models import InboxModel
from desktop.savedialog import save_dialog
from desktop.theme import Looks


class Exporting:
    """The export of a history window."""

    def __init__(self, window: QWidget, looks: Looks, model: InboxModel, say: Callable[[str], None]) -> None:
        """``say`` shows a sentence in the window for a few seconds."""
        self._window, self._looks, self._model, self._say = window, looks, model, say

    def ask_for_file(self, keys: Sequence[int]) -> None:
        """Ask where entries, given by their keys, are to be written."""
        if not keys:
            return
        title, kind = tr("Export the chosen notifications"), tr("Table (*.csv)")
        dialog = save_dialog(self._window, self._looks, title, "deskbell.csv", kind)
        dialog.fileSelected.connect(lambda name: self.export_to(keys, Path(name)))
        dialog.open()

    def export_to(self, keys: Sequence[int], path: Path) -> None:
        """Write entries to a CSV file, and say when it is there."""
        table = self._model.export(keys, path)
        table.progressed.connect(self._progressed)
        table.finished.connect(self._finished)
        table.start()

    def _progressed(self, number: int, of: int) -> None:
        self._say(tr("Exporting… {percent} %", percent=100 * number // of))

    def _finished(self, number: int) -> None:
        self._say(tr("%n exported.", one="%n notification exported.", n=number))
