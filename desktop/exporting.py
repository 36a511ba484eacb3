"""Asks where chosen entries are to be written, and says how far that is."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.exportbar import ExportBar
from desktop.exporter import Exporter
from desktop.i18n import tr
from desktop.models import InboxModel
from desktop.savedialog import save_dialog
from desktop.theme import Looks


class Exporting(QObject):
    """The export of a history window; it hears nothing more when the window is gone."""

    def __init__(self, window: QWidget, looks: Looks, model: InboxModel, bar: ExportBar) -> None:
        """``bar`` shows how far it is."""
        super().__init__(window)
        self._window, self._looks, self._model, self._bar = window, looks, model, bar
        bar.cancelled.connect(self._cancel)
        if model.exporter is not None and (progress := model.exporter.progress) is not None:
            self._follow(model.exporter)  # begun in a window that spoke another language
            bar.show_progress(*progress)

    def ask_for_file(self, keys: Sequence[int]) -> None:
        """Ask where entries, given by their keys, are to be written."""
        if not keys:
            return
        title, kind = tr("Export the chosen notifications"), tr("Table (*.csv)")
        dialog = save_dialog(self._window, self._looks, title, "deskbell.csv", kind)
        dialog.fileSelected.connect(lambda name: self.export_to(keys, Path(name)))
        dialog.open()

    def export_to(self, keys: Sequence[int], path: Path) -> Exporter:
        """Write entries to a CSV file, and say when it is there; return what writes."""
        table = self._model.export(keys, path)
        self._follow(table)
        table.start()
        return table

    def _follow(self, table: Exporter) -> None:
        table.progressed.connect(self._bar.show_progress)
        table.finished.connect(self._finished)
        table.stopped.connect(self._bar.hide)

    def _cancel(self) -> None:
        self._model.stop_export()
        self._bar.show_end(tr("The export was cancelled."))

    def _finished(self, number: int) -> None:
        self._bar.show_end(tr("%n exported.", one="%n notification exported.", n=number))
