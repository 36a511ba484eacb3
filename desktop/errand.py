"""One blocking call in a thread of its own, for the pairing dialog, the keyring, and the relay's API."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.crossing import Job, listen


class Errand(QObject):
    """It is run once, and listened to while it lives.

    Signals:
        done(object): what the call returned.
        failed(object): the exception that it raised.
    """

    done = Signal(object)
    failed = Signal(object)

    def start(self, work: Callable[[], object]) -> None:
        """Begin; exactly one of the signals follows, on the GUI thread."""
        job = Job(work, listen(self, Errand._report))
        # A daemon: quitting does not wait for a server or a person that doesn't answer.
        threading.Thread(target=job.run, name="errand", daemon=True).start()

    def _report(self, job: Job) -> None:
        try:
            result = job.take()
        except Exception as error:  # noqa: BLE001 - whoever started the errand is told
            self.failed.emit(error)
        else:
            self.done.emit(result)
