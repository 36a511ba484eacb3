"""A lock that is had in the order of asking, so that who has much to do keeps nobody waiting for long."""

import threading
from collections import deque


class Turn:
    """Used by ``with``. The thread whose turn it is may take it once more.

    A lock of Python's own goes to whoever is awake: a thread that gives it up and wants it again at
    once has it again, however long others have been waiting.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        """Wait until everybody who asked before is done."""
        me, called = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._owner in (None, me):
                self._owner = me
                self._depth += 1
                return
            called.acquire()
            self._waiting.append((me, called))
        try:
            called.acquire()
        except BaseException:  # a signal: nobody is to wait for who has gone
            self._leave(me, called)
            raise

    def __exit__(self, *_error: object) -> None:
        """Give the turn to who has waited longest."""
        with self._guard:
            self._depth -= 1
            if not self._depth:
                self._pass_on()

    def _pass_on(self) -> None:
        self._owner = None
        if self._waiting:
            self._owner, called = self._waiting.popleft()
            self._depth = 1
            called.release()

    def _leave(self, me: int, called: threading.Lock) -> None:
        with self._guard:
            if (me, called) in self._waiting:
                self._waiting.remove((me, called))
            else:
                self._depth = 0
                self._pass_on()
