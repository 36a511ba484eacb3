"""A table on its way to a file: some entries at a time, so that a search need not wait for all of them."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop import export
from desktop.archive import Archive
from desktop.archivist import Archivist

SOME = 1_000
"""Entries written between two looks at what else is asked of the archive: some 60 ms."""


class _Table:
    """The file while it is written, a part at a time, on the archive's thread; no widget and no signal."""

    def __init__(self, keys: Sequence[int], path: Path) -> None:
        self._keys, self._path = keys, path
        self._part = path.with_name(f"{path.name}.part")
        self._ended = threading.Event()

    def write(self, archive: Archive, place: int) -> int:
        """Write the entries from a place on; return how many were still there."""
        if self._ended.is_set():
            return 0
        first = place == 0
        keys = self._keys[place : place + SOME]
        found = archive.entries(keys)
        # The mark in front tells spreadsheets that it is UTF-8.
        with self._part.open(
            "w" if first else "a", encoding="utf-8-sig" if first else "utf-8", newline=""
        ) as file:
            number = export.write(file, (found[key] for key in keys if key in found), head=first)
        if self._ended.is_set():
            # It was stopped meanwhile, perhaps before the file was opened once more.
            self._part.unlink(missing_ok=True)
        elif place + SOME >= len(self._keys):
            self._part.replace(self._path)
        return number

    def stop(self) -> None:
        """Write no more, and leave nothing behind. A second call does nothing."""
        self._ended.set()
        with suppress(OSError):  # Windows keeps a file that is open: whoever writes it removes it then
            self._part.unlink()


class Exporter(QObject):
    """One table. The file is there as a whole in the end, or not at all.

    Signals:
        progressed(int, int): so many of so many entries are written.
        finished(int): all that there were, so many, are in the file.
        stopped(): it ended before that, and there is no file.
    """

    progressed = Signal(int, int)
    finished = Signal(int)
    stopped = Signal()

    def __init__(self, archivist: Archivist, keys: Sequence[int], path: Path) -> None:
        super().__init__()
        self._archivist, self._of, self._table = archivist, len(keys), _Table(keys, path)
        self._place = self._written = 0
        self._ended = False

    @property
    def progress(self) -> tuple[int, int] | None:
        """Return that so many of so many entries are written; None after its end."""
        return None if self._ended else (self._place, self._of)

    def start(self) -> None:
        """Begin; the signals follow. If the file can't be written, the archivist tells."""
        table, place = self._table, self._place
        self._archivist.ask(lambda archive: table.write(archive, place), self._wrote, self.stop)

    def stop(self) -> None:
        """Write no more, and leave nothing behind. A second call does nothing."""
        if not self._ended:
            self._ended = True
            self._table.stop()
            self.stopped.emit()

    def _wrote(self, number: int) -> None:
        if self._ended:
            return
        self._place += SOME
        self._written += number
        if self._place < self._of:
            self.progressed.emit(self._place, self._of)
            self.start()
        else:
            self._ended = True
            self.finished.emit(self._written)
