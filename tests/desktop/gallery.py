"""Makes pictures of every window and toast, to be looked at: ``session.sh python -m tests.desktop.gallery OUT``.

Each state is drawn light, dark, in high contrast and with text twice as large; toasts and windows also in German.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QLocale
from PySide6.QtWidgets import QApplication, QWidget

from desktop.entry import Entry
from desktop.firstrun import Welcome
from desktop.history import HistoryWindow
from desktop.i18n import English, Language, speak
from desktop.inbox import Inbox
from desktop.records import Records
from desktop.theme import Looks, Scheme
from desktop.translator import Translated
from relay.protocol import Link, Notification, Priority, Script
from tests.desktop.windows import ME, windows

NOW = 1_800_000_000.0
STYLES: dict[str, tuple[Scheme, int]] = {
    "light": (Scheme.LIGHT, 100),
    "dark": (Scheme.DARK, 100),
    "contrast": (Scheme.CONTRAST_DARK, 100),
    "large": (Scheme.LIGHT, 200),
}


def message(seq: int = 1, **changes: Any) -> Notification:
    """Return a notification as a payment provider's playbook writes it."""
    titles = (
        "Payment of €240.00 failed: Ana Souza",
        "Parcel delivered: order 10432",
        "Flight LX 1402 is 50 min late",
    )
    fields: dict[str, Any] = {
        "seq": seq,
        "id": f"event-{seq}",
        "source": "stripe",
        "provider": "stripe",
        "type": "invoice.payment_failed",
        "priority": Priority.NORMAL,
        "title": titles[seq % len(titles)],
        "body": "The card was declined. Next attempt on Thursday.",
        "scripts": (
            Script(
                name="Offer another card",
                text="Hi Ana, your payment did not go through. Shall I send you a link?",
            ),
        ),
        "links": (Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/1"),),
        "at": NOW,
    }
    return Notification(**fields | changes)


def entry(seq: int = 1, **changes: Any) -> Entry:
    """Return such a notification as it is kept."""
    return Entry.from_notification(message(seq, **changes), NOW)


def settle(seconds: float = 0.15) -> None:
    """Let the window draw itself and be placed."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


@contextmanager
def shown(make: Callable[[], QWidget]) -> Iterator[QWidget]:
    """Show a window for as long as it is looked at."""
    window = make()
    window.show()
    settle()
    yield window
    window.hide()
    window.deleteLater()


def picture(window: QWidget, file: Path) -> None:
    """Save what a window looks like."""
    settle(0.05)
    if not window.grab().save(str(file)):
        raise SystemExit(f"{file} could not be written")


def states(looks: Looks, full: Records, empty: Records, folder: Path) -> dict[str, Callable[[], QWidget]]:
    """Return how to make each state; those of the windows first."""

    def searched() -> QWidget:
        window = HistoryWindow(looks, full.model, agent=ME, wall=lambda: NOW + 100)
        window.frame.search.setText("nobody has this")
        settle(0.4)
        return window

    def chosen() -> QWidget:
        window = HistoryWindow(looks, full.model, agent=ME, wall=lambda: NOW + 100)
        window.show()
        settle(0.4)
        window.select("event-8")
        return window

    def ended() -> QWidget:
        window = Welcome(looks)
        window.yes.click()
        window.no.click()
        window.yes.click()
        return window

    return {
        **windows(
            looks,
            empty,
            lambda seq=1, **changes: (
                replace(entry(seq), **changes) if "stage" in changes else entry(seq, **changes)
            ),
            folder,
        ),
        "history-full": chosen,
        "history-nothing-found": searched,
        "first-run-amiss": ended,
    }


def main(out: Path) -> None:
    """Make all pictures."""
    app = QApplication(["gallery"])
    out.mkdir(parents=True, exist_ok=True)
    looks = Looks(app, Scheme.LIGHT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept, nothing = Inbox.open(folder / "full.db"), Inbox.open(folder / "empty.db")
        kept.put(
            [message(seq, priority=list(Priority)[seq % 4]) for seq in range(1, 9)], device="d", epoch="e"
        )
        full, empty = Records(looks, kept, folder / "full.db"), Records(looks, nothing, folder / "empty.db")
        languages: dict[str, Language] = {"": English(), "-de": Translated("de", QLocale("de_DE"))}
        for style, (scheme, percent) in STYLES.items():
            looks.use(scheme, percent=percent, still=True)
            for ending, language in languages.items():
                speak(language)
                for state, make in states(looks, full, empty, folder).items():
                    if not ending or style == "light":
                        with shown(make) as window:
                            picture(window, out / f"{state}-{style}{ending}.png")
        for records, inbox in ((full, kept), (empty, nothing)):
            records.close()
            inbox.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
