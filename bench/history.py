"""The history window over 100,000 entries, off screen: opening, scrolling, searching.

Run it by itself: ``python -m bench.history``.
"""

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from bench.figures import Spread, number, quantile, table
from desktop.entry import Entry
from desktop.history import HistoryWindow
from desktop.inbox import Inbox
from desktop.inbox_rows import INSERT, to_row
from desktop.models import InboxModel
from desktop.records import Records
from desktop.search import Query, State
from desktop.theme import Looks, Scheme
from relay.protocol import How, Link, Notification, Priority, Script

ENTRIES = 100_000
ROUNDS = 7
STEPS = 300
"""Screens that are scrolled through."""
FRAME_SECONDS = 0.016
PATIENCE = 30_000

SEARCHES = {
    "nothing in particular": Query(),
    "`p`": Query(text="p"),
    "`payment`": Query(text="payment"),
    "`ana ord-4`": Query(text="ana ord-4"),
    "a word that is in all": Query(text="order"),
    "unread": Query(unread=True),
    "one type": Query(type="flight.delayed"),
    "`weber`, new, one type": Query(text="weber", type="flight.delayed", state=State.NEW),
}

_NAMES = (
    "Ana",
    "Jonas",
    "Priya",
    "Chen",
    "Zoë",
    "Björn",
    "Souza",
    "Weber",
    "Okafor",
    "Petrov",
    "Müller",
    "Díaz",
)
_KINDS = (
    ("stripe", "invoice.payment_failed", "Payment failed: {who}", "The card for order {order} was declined."),
    ("carrier", "parcel.delivered", "Parcel delivered: {who}", "Order {order} was handed to a neighbour."),
    (
        "airline",
        "flight.delayed",
        "Flight delayed by {minutes} min: {who}",
        "Booking {order} misses its connection.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class History:
    """Milliseconds."""

    opening: Spread
    """From making the window to a screen of loaded rows."""
    stalls: float
    """The longest time in which nothing else could be drawn while the list was scrolled, p99."""
    worst: float
    searches: dict[str, tuple[Spread, Spread, int]]
    """From the question to the new list; what it took of the processor; how many rows the list has."""


def main() -> int:
    """Measure and print; return 0."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        found = run(app, Path(folder) / "inbox.db")
    print(text(found))
    return 0


def run(app: QApplication, path: Path, *, entries: int = ENTRIES) -> History:
    """Fill an inbox and measure the window over it."""
    inbox = Inbox.open(path)
    fill(path, entries)
    records = Records(Looks(app, Scheme.LIGHT), inbox, path, days=0)
    opening = [_open(records) for _ in range(ROUNDS + 1)][1:]
    window = records.make_window("mira@example.com")
    window.show()
    _wait(records.model.searched.connect, lambda: None)
    gaps = sorted(_scroll(window))
    searches = {name: _search(records.model, query) for name, query in SEARCHES.items()}
    window.close()
    records.close()
    inbox.close()
    return History(opening=Spread.of(opening), stalls=quantile(gaps, 0.99), worst=gaps[-1], searches=searches)


def fill(path: Path, count: int) -> None:
    """Put entries into an inbox, in one transaction and without its fsync."""
    chance, now = random.Random(1), time.time()
    db = sqlite3.connect(path)
    with db:
        for seq in range(1, count + 1):
            at = now - 25.0 * (count - seq)
            entry = Entry.from_notification(_message(chance, seq, at), at)
            db.execute(INSERT, to_row(entry))
        db.execute("UPDATE entry SET shown = 1, read = row < ?", (count - 60,))
    db.close()


def _message(chance: random.Random, seq: int, at: float) -> Notification:
    source, kind, title, body = chance.choice(_KINDS)
    words = {
        "who": " ".join(chance.sample(_NAMES, 2)),
        "order": f"ORD-{chance.randint(10_000, 99_999)}",
        "minutes": str(chance.randint(20, 400)),
    }
    reply = (
        "Hello {who}, I have just seen it. Order {order} is safe, and I will call you back within the hour."
    )
    return Notification(
        seq=seq,
        id=f"event-{seq}",
        source=source,
        provider=source,
        type=kind,
        priority=chance.choice(list(Priority)),
        title=title.format(**words),
        body=body.format(**words),
        scripts=(Script(name="Reply", language="en", text=reply.format(**words)),),
        links=(Link(label="Open", url="https://example.com/record"),),
        how=How.INBOX,
        teams=("support",),
        at=at,
    )


def _open(records: Records) -> float:
    begun = time.perf_counter()
    window = records.make_window("mira@example.com")
    window.show()
    first = records.model.index
    _until(lambda: records.model.rowCount() > 0 and records.model.entry(first(0)) is not None)
    window.grab()
    took = 1000 * (time.perf_counter() - begun)
    window.close()
    window.deleteLater()
    return took


def _scroll(window: HistoryWindow) -> list[float]:
    """Go through the whole list in steps; return for how long each kept everything else waiting, at most."""
    bar, gaps = window.list.verticalScrollBar(), list[float]()
    app = QApplication.instance()
    for step in range(STEPS + 1):
        begun = time.perf_counter()
        bar.setValue(bar.maximum() * step // STEPS)
        longest = 0.0
        while app is not None and time.perf_counter() - begun < FRAME_SECONDS:
            before = time.perf_counter()
            app.processEvents()
            longest = max(longest, time.perf_counter() - before)
        gaps.append(1000 * longest)
    return gaps


def _search(model: InboxModel, query: Query) -> tuple[Spread, Spread, int]:
    took, used = list[float](), list[float]()
    for _ in range(ROUNDS + 1):
        begun, busy = time.perf_counter(), time.process_time()
        _wait(model.searched.connect, lambda: model.search(query))
        took.append(1000 * (time.perf_counter() - begun))
        used.append(1000 * (time.process_time() - busy))
    return Spread.of(took[1:]), Spread.of(used[1:]), model.rowCount()


def _wait(connect: Callable[[Callable[[], None]], object], begin: Callable[[], None]) -> None:
    """Begin something and wait for a signal."""
    loop = QEventLoop()
    connect(loop.quit)
    QTimer.singleShot(PATIENCE, loop, loop.quit)
    begin()
    loop.exec()


def _until(ready: Callable[[], bool]) -> None:
    app, end = QApplication.instance(), time.perf_counter() + PATIENCE / 1000
    while app is not None and not ready() and time.perf_counter() < end:
        app.processEvents()


def text(found: History) -> str:
    """Return what was measured as a page."""
    return f"# The history window, off screen\n\n{rows(found)}"


def rows(found: History) -> str:
    """Return what was measured as a table."""
    lines = [
        ("open the window, to a screen of rows", "", found.opening.text(0), ""),
        ("stall while scrolling, p99 / longest", "", f"{number(found.stalls)} / {number(found.worst)}", ""),
        *(
            (f"search: {name}", f"{count:,}", took.text(), used.text())
            for name, (took, used, count) in found.searches.items()
        ),
    ]
    return table((f"{ENTRIES:,} entries", "rows", "ms", "of the processor, ms"), lines)


if __name__ == "__main__":
    sys.exit(main())
