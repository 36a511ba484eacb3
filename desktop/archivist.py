"""Asks the archive from Qt: one thread reads, the answers come to the GUI thread in their order.

Whoever waits for an answer is known on the GUI thread only. Were a window in the hands of the thread, it
could be the last to let go of it, and Qt's half of the window would be destroyed there.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

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
        self._asked = 0
        self._waiting: dict[int, tuple[Callable[[Any], None], Callable[[], None]]] = {}
        self._answered.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        work: Callable[[Archive], _Answer],
        take: Callable[[_Answer], None],
        fail: Callable[[], None] = lambda: None,
    ) -> None:
        """Run ``work`` on the thread; its answer goes to ``take``, or ``fail`` is called after ``failed``.

        ``work`` holds no widget.
        """
        if not self._closed:
            self._asked += 1
            self._waiting[self._asked] = (take, fail)
            self._thread.submit(self._run, work, self._asked)

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
            self._waiting.clear()

    def _run(self, work: Callable[[Archive], object], number: int) -> None:
        answer, problem = None, ""
        try:
            answer = work(self._archive)
        except (InboxError, OSError) as error:
            problem = str(error)
        try:
            self._answered.emit((number, answer, problem))
        except RuntimeError:
            return  # the Qt half is gone: nobody waits any more

    @Slot(object)
    def _hand_over(self, told: tuple[int, object, str]) -> None:
        number, answer, problem = told
        if self._closed:
            return
        take, fail = self._waiting.pop(number)
        if problem:
            self.failed.emit(problem)
            fail()
        else:
            take(answer)
