"""SIGINT and SIGTERM reach the event loop: Qt alone would let them wait until something else happens."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

QUIT_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class QuitSignals(QObject):
    """Calls ``quit_`` on the GUI thread when the process is asked to end, until it is closed."""

    def __init__(self, quit_: Callable[[], None]) -> None:
        super().__init__()
        self._quit = quit_
        self._read_end, self._write_end = socket.socketpair()
        self._read_end.setblocking(False)
        self._write_end.setblocking(False)
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._wakeup_before = signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._asked) for number in QUIT_SIGNALS}

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self._quit()

    def _drain(self) -> None:
        # Being here is enough: Python runs the handler before the next line of any Python code.
        try:
            self._read_end.recv(64)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Put back what was there before. A second call does nothing."""
        if not self._before:
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._read_end.close()
        self._write_end.close()
