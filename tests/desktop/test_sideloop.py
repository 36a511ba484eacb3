"""A loop beside the window: it does what it is given, and leaves nothing behind when it ends."""

import asyncio
import threading
from contextlib import suppress

import pytest

from desktop.sideloop import SideLoop


def test_work_is_done_on_its_own_thread() -> None:
    """Whoever gives it something can go on, and may ask for the result."""
    loop = SideLoop("beside")
    loop.start()

    async def where() -> str:
        return threading.current_thread().name

    assert loop.do(where()).result(10.0) == "beside"
    loop.close(where)


def test_the_last_thing_is_done_and_the_rest_is_cancelled() -> None:
    """What waits for ever doesn't hold up the end, and knows that it is over."""
    loop, done = SideLoop("beside"), list[str]()
    loop.start()
    waiting = loop.do(asyncio.Event().wait())

    async def leave() -> None:
        done.append("left")

    loop.close(leave)
    assert done == ["left"]
    assert waiting.cancelled()
    assert loop.loop.is_closed()


def test_one_that_fails_to_leave_ends_all_the_same() -> None:
    """An error at the end is nobody's business any more."""
    loop = SideLoop("beside")
    loop.start()

    async def leave() -> None:
        raise OSError

    loop.close(leave)
    assert loop.loop.is_closed()


def test_work_that_will_not_be_cancelled_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot hold up the end, and does nothing any more: its loop is closed."""
    monkeypatch.setattr("desktop.sideloop.LEAVE_SECONDS", 0.05)
    loop, begun = SideLoop("beside"), threading.Event()
    loop.start()

    async def stay() -> None:
        # It is pending when it is collected, which asyncio would report in the midst of another test.
        staying = asyncio.current_task()
        assert staying is not None
        staying._log_destroy_pending = False  # type: ignore[attr-defined] # there is no public word for it
        begun.set()
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def leave() -> None:
        """Leave nothing."""

    loop.do(stay())
    assert begun.wait(10.0)
    loop.close(leave)
    assert loop.loop.is_closed()
    assert "beside" not in [each.name for each in threading.enumerate()]


def test_one_that_never_began_is_closed() -> None:
    """There is no thread to end, and nothing is begun for it."""
    loop = SideLoop("beside")

    async def leave() -> None:
        raise AssertionError

    loop.close(leave)
    assert loop.loop.is_closed()
