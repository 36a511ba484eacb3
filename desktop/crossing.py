"""The crossing from other threads to the GUI thread.

A thread may neither be the last to hold a Qt object (its C++ half would be destroyed there) nor emit a
signal of one that the GUI thread may be destroying at that moment: either ends the app once in a while.
So threads hold plain objects and plain functions only. What they have to say is carried by one object
that lives as long as the process, to receivers that only the GUI thread knows.
"""

import atexit
import threading
import weakref
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import Shiboken

_Receiver = TypeVar("_Receiver", bound=QObject)

Tell = Callable[[object], None]
"""May be called from any thread, at any time, as often as there is something to say."""


class _Crossing(QObject):
    _told = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._messages: deque[tuple[int, object]] = deque()
        self._receivers: dict[int, tuple[weakref.ref[QObject], Callable[[Any, Any], None]]] = {}
        self._numbers = count()
        self._door, self._open = threading.Lock(), True
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def listen(self, receiver: QObject, take: Callable[[Any, Any], None]) -> Tell:
        number = next(self._numbers)
        reference = weakref.ref(receiver, lambda _: self._receivers.pop(number, None))
        self._receivers[number] = (reference, take)

        def tell(what: object) -> None:
            with self._door:
                if self._open:
                    self._messages.append((number, what))
                    self._told.emit()

        return tell

    def close(self) -> None:
        """Carry nothing any more, whatever threads still say."""
        with self._door:
            self._open = False

    @Slot()
    def _deliver(self) -> None:
        """Hand over one message: there is one signal for each."""
        number, what = self._messages.popleft()
        reference, take = self._receivers.get(number, (None, None))
        receiver = None if reference is None else reference()
        if take is not None and receiver is not None and Shiboken.isValid(receiver):
            take(receiver, what)


_crossings: list[_Crossing] = []


def listen(receiver: _Receiver, take: Callable[[_Receiver, Any], None]) -> Tell:
    """Return a function by which any thread tells ``receiver`` something; called on the GUI thread.

    ``take(receiver, what)`` is called on the GUI thread on a later turn of its event loop, in the order
    of the telling, while the receiver lives; it is a function of the class, not of the receiver, so
    that nothing here keeps the receiver alive.
    """
    if not _crossings:
        _crossings.append(_Crossing())
        # When Python ends PySide destroys what is left of Qt, with threads in the middle of a sentence.
        atexit.register(_crossings[0].close)
    return _crossings[0].listen(receiver, take)


def _nothing() -> None:
    """Be the work of a job that is over."""


class Job:
    """A call to be made on another thread, which lets go of everything before the GUI thread is told.

    Made and taken on the GUI thread; :meth:`run` is for the other.
    """

    def __init__(self, work: Callable[[], object], tell: Tell) -> None:
        """``tell`` is given the job when the call has ended."""
        self._work = work
        self._tell = tell
        self._result: object = None
        self._error: Exception | None = None

    def run(self) -> None:
        """Make the call."""
        try:
            self._result = self._work()
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
            self._error = error
        self._tell(self)

    def take(self) -> object:
        """Return what the call returned, or raise what it raised; nothing of it stays in the job."""
        result, error = self._result, self._error
        self._work, self._result, self._error = _nothing, None, None
        if error is not None:
            raise error
        return result
