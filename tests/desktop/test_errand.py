"""A blocking call in a thread of its own, and who may hold what meanwhile."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from desktop.errand import Errand

LIMIT = 20_000


def test_an_errand_reports_on_the_gui_thread(qtbot: QtBot) -> None:
    """A blocking call runs elsewhere, and its result comes here."""
    errand = Errand()
    threads: list[QThread] = []
    errand.done.connect(lambda _: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(errand.done, timeout=LIMIT) as done:
        errand.start(lambda: threading.current_thread().name)
    assert done.args == ["errand"]
    assert threads == [QThread.currentThread()]


def test_an_errand_that_fails_says_so(qtbot: QtBot) -> None:
    """An exception comes as a value, and only once."""
    errand = Errand()
    finished: list[object] = []
    errand.done.connect(finished.append)

    def fail() -> object:
        raise ValueError("no")

    with qtbot.waitSignal(errand.failed, timeout=LIMIT) as failed:
        errand.start(fail)
    assert failed.args is not None
    assert str(failed.args[0]) == "no"
    assert finished == []


def test_an_errand_whose_owner_left_ends_quietly(qtbot: QtBot) -> None:
    """A dialog may be closed while its errand is under way."""
    go, gone = threading.Event(), threading.Event()
    owner = QObject()
    errand = Errand(owner)

    def wait() -> object:
        go.wait(10)
        gone.set()
        return None

    errand.start(wait)
    thread = next(each for each in threading.enumerate() if each.name == "errand")
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed, timeout=LIMIT):
        del owner
    go.set()
    thread.join(10)
    assert gone.is_set()
    assert not thread.is_alive()


def test_the_thread_of_an_errand_does_not_hold_it(qtbot: QtBot) -> None:
    """Whoever lets go of an errand that is under way destroys it there, and not in its thread."""
    go, gone = threading.Event(), threading.Event()
    errand = Errand()
    weakref.finalize(errand, gone.set)
    errand.start(lambda: go.wait(10))
    del errand
    assert gone.is_set()
    go.set()


def test_what_an_errand_works_with_is_let_go_on_the_gui_thread(qtbot: QtBot) -> None:
    """Its work may know a window: that is destroyed where windows are."""
    threads: list[threading.Thread] = []
    errand, window = Errand(), QObject()
    weakref.finalize(window, lambda: threads.append(threading.current_thread()))

    def work(window: QObject = window) -> object:
        raise ValueError(window.objectName())

    with qtbot.waitSignal(errand.failed, timeout=LIMIT) as failed:
        errand.start(work)
        del work, window
    del failed
    gc.collect()
    assert threads == [threading.current_thread()]
