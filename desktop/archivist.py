"""Asks the archive from Qt: one thread reads, the answers come to the GUI thread in their order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.archive import Archive
from desktop.crossing import Job, listen
from desktop.inbox import InboxError

_Answer = TypeVar("_Answer")


class Archivist(QObject):
    """One per running app.

    Signals:
        failed(str): the archive could not be read; a sentence for the agent.
    """

    failed = Signal(str)

    def __init__(self, archive: Archive, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._archive = archive
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._closed = False
        self._waiting: dict[Job, tuple[Callable[[Any], None], Callable[[], None]]] = {}
        self._tell = listen(self, Archivist._hand_over)

    def ask(
        self,
        work: Callable[[Archive], _Answer],
        take: Callable[[_Answer], None],
        fail: Callable[[], None] = lambda: None,
    ) -> None:
        """Run ``work`` on the thread; its answer goes to ``take``, or ``fail`` is called after ``failed``."""
        if not self._closed:
            archive = self._archive
            job = Job(lambda: work(archive), self._tell)
            self._waiting[job] = (take, fail)
            self._thread.submit(job.run)

    def rest(self) -> None:
        """Wait for what is being read, and let go of the file; the next question opens it again."""
        if not self._closed:
            self._thread.submit(self._archive.rest).result()

    def drop(self) -> None:
        """Expect no more answers to what was asked until now; whoever waits for one is told: ``fail``."""
        dropped, self._waiting = self._waiting, {}
        for _take, fail in dropped.values():
            fail()

    def close(self) -> None:
        """Wait for what is being read, and close the archive. No answer comes any more; again: nothing."""
        if not self._closed:
            self._closed = True
            self._thread.shutdown(cancel_futures=True)
            self._archive.close()
            self._waiting.clear()

    def _hand_over(self, job: Job) -> None:
        take, fail = self._waiting.pop(job, (None, None))
        if take is None or fail is None:
            return  # nobody waits for it any more
        try:
            answer = job.take()
        except (InboxError, OSError) as problem:
            self.failed.emit(str(problem))
            fail()
        else:
            take(answer)
