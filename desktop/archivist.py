"""Asks the archive from Qt: one thread reads, the answers come to the GUI thread in their order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.archive import Archive
from desktop.inbox import InboxError

_Answer = TypeVar("_Answer")


class Archivist(QObject):
    """One per running app.

    Signals:
        failed(str): the archive could not be read; a sentence for the agent.
    """

    failed = Signal(str)
    _answered = Signal(object)

    def __init__(self, archive: Archive, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._archive = archive
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._closed = False
        self._answered.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        work: Callable[[Archive], _Answer],
        take: Callable[[_Answer], None],
        fail: Callable[[], None] = lambda: None,
    ) -> None:
        """Run ``work`` on the thread; its answer goes to ``take``, or ``fail`` is called after ``failed``."""
        if not self._closed:
            self._thread.submit(self._run, work, take, fail)

    def rest(self) -> None:
        """Wait for what is being read, and let go of the file; the next question opens it again."""
        if not self._closed:
            self._thread.submit(self._archive.rest).result()

    def close(self) -> None:
        """Wait for what is being read, and close the archive. No answer comes any more; again: nothing."""
        if not self._closed:
            self._closed = True
            self._thread.shutdown(cancel_futures=True)
            self._archive.close()

    def _run(
        self, work: Callable[[Archive], _Answer], take: Callable[[_Answer], None], fail: Callable[[], None]
    ) -> None:
        try:
            answer = work(self._archive)
        except (InboxError, OSError) as problem:
            sentence = str(problem)
            self._tell(lambda: self._apologise(sentence, fail))
        else:
            self._tell(lambda: take(answer))

    def _tell(self, what: Callable[[], None]) -> None:
        try:
            self._answered.emit(what)
        except RuntimeError:
            return  # the Qt half is gone: nobody waits any more

    def _apologise(self, sentence: str, fail: Callable[[], None]) -> None:
        self.failed.emit(sentence)
        fail()

    @Slot(object)
    def _hand_over(self, what: Callable[[], None]) -> None:
        if not self._closed:
            what()
