"""What other threads have to say: in order, on the GUI thread, to whoever is still there."""

import subprocess
import sys
import threading
import weakref

from PySide6.QtCore import QObject, QThread, Signal
from pytestqt.qtbot import QtBot

from desktop.crossing import listen

LIMIT = 20_000
MANY = 200

# The process ends with threads in the middle of a sentence, which are stopped wherever they are.
ENDING = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QObject
from desktop.crossing import listen
app = QCoreApplication([])
sys.setswitchinterval(1e-6)
tell = listen(app, print)
def talk():
    while True:
        tell(1)
for _ in range(4):
    threading.Thread(target=talk, daemon=True).start()
print("still here")
"""

# Windows that are closed while their threads have something to say, again and again. When threads
# emitted the signals of what belongs to a window, this ended in a segmentation fault each time.
CLOSING = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from desktop.errand import Errand
app = QCoreApplication([])
sys.setswitchinterval(1e-6)
for _ in range(3000):
    window = QObject()
    for _ in range(4):
        Errand(window).start(lambda: None)
    window.deleteLater()
    del window
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.processEvents()
print("still here")
"""


class Window(QObject):
    """Has what it was told, and on which thread."""

    told = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[QThread] = set()

    def take(self, what: object) -> None:
        """Note it."""
        self.heard.append(what)
        self.threads.add(QThread.currentThread())
        if what == MANY - 1:
            self.told.emit()


def test_what_a_thread_says_comes_in_order_on_the_gui_thread(qtbot: QtBot) -> None:
    """Everything, once, as it was said."""
    window = Window()
    tell = listen(window, Window.take)
    with qtbot.waitSignal(window.told, timeout=LIMIT):
        threading.Thread(target=lambda: [tell(number) for number in range(MANY)]).start()
    assert window.heard == list(range(MANY))
    assert window.threads == {QThread.currentThread()}


def test_what_is_said_to_a_window_that_has_gone_is_lost(qtbot: QtBot) -> None:
    """Whether its C++ half was deleted or Python let go of it; others still hear what they are told."""
    deleted, forgotten, left = Window(), Window(), Window()
    tells = [listen(each, Window.take) for each in (deleted, forgotten, left)]
    deleted.deleteLater()
    with qtbot.waitSignal(deleted.destroyed, timeout=LIMIT):
        pass
    gone = weakref.ref(forgotten)
    del forgotten
    assert gone() is None
    with qtbot.waitSignal(left.told, timeout=LIMIT):
        for tell in tells:
            tell(MANY - 1)
    assert (deleted.heard, left.heard) == ([], [MANY - 1])


def test_windows_close_while_their_threads_speak() -> None:
    """A thousand times over nothing of Qt is touched that is being destroyed."""
    done = subprocess.run([sys.executable, "-c", CLOSING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "still here\n", "")


def test_the_process_ends_while_threads_speak() -> None:
    """What Qt has left is destroyed at the end; nobody touches it any more by then."""
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "still here\n", "")
