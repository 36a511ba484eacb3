"""An asyncio loop on a thread of its own, for libraries that want one: the window never waits for them."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any

LEAVE_SECONDS = 1.0
"""What is still to be done at the end may take so long, and then the end itself."""


class SideLoop:
    """Begins with :meth:`start` and ends with :meth:`close`; it is not started twice."""

    def __init__(self, name: str) -> None:
        """``name`` is the thread's."""
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin the thread. What was given to the loop before is done now."""
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Do this on the thread, beside what else it does."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def call(self, callback: Callable[[], object]) -> None:
        """Call this on the thread, soon."""
        self.loop.call_soon_threadsafe(callback)

    def close(self, leave: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Do a last thing within its second, cancel everything else, and end the thread.

        When this returns, nothing that was done on the thread goes on: whoever owns it may go.
        """
        if not self._thread.is_alive():
            self.loop.close()
            return
        with suppress(Exception):  # it is the end anyhow
            self.do(leave()).result(LEAVE_SECONDS)
        self.call(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        try:
            self.loop.run_forever()
            self.loop.run_until_complete(end(*asyncio.all_tasks(self.loop)))
        finally:
            self.loop.close()


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they are gone, a second at most; what they had to say is of no interest."""
    for task in tasks:
        task.cancel()
    await asyncio.wait([asyncio.gather(*tasks, return_exceptions=True)], timeout=LEAVE_SECONDS)
