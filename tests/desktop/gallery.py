"""Makes pictures of every window and toast, to be looked at: ``session.sh python -m tests.desktop.gallery OUT``.

Each state is drawn light, dark, in high contrast and with text twice as large; windows also in German.
Words after OUT choose: only states whose name has one of them are drawn.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, reduce
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.theme import Looks, Scheme
from desktop.translator import settle as speak
from tests.desktop.filter_states import FILTERS
from tests.desktop.history_states import HISTORY
from tests.desktop.overlays import close_popups, over
from tests.desktop.room import Room, furnished, settle
from tests.desktop.toast_states import TOASTS
from tests.desktop.window_states import WINDOWS

STYLES: dict[str, tuple[Scheme, int]] = {
    "light": (Scheme.LIGHT, 100),
    "dark": (Scheme.DARK, 100),
    "contrast": (Scheme.CONTRAST_DARK, 100),
    "large": (Scheme.LIGHT, 200),
}
ZONE = "Europe/Berlin"
"""Times on pictures are those of one place, wherever they are made."""


def _toast(make: Callable[[Looks], QWidget], room: Room) -> QWidget:
    return make(room.looks)


STATES: dict[str, Callable[[Room], QWidget]] = {
    **{name: partial(_toast, make) for name, make in TOASTS.items()},
    **HISTORY,
    **WINDOWS,
    **FILTERS,
}
"""How to make each state, by its name."""


@contextmanager
def shown(name: str, room: Room) -> Iterator[QWidget]:
    """Show a state for as long as it is looked at."""
    window = STATES[name](room)
    window.show()
    for _ in range(5):  # texts that wrap ask for another height once they know their width
        QApplication.processEvents()
    yield window
    close_popups()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def picture(window: QWidget, file: Path) -> None:
    """Save what a window looks like."""
    settle(0.2)
    if not with_what_is_over(window).save(str(file)):
        raise SystemExit(f"{file} could not be written")


def with_what_is_over(window: QWidget) -> QPixmap:
    """Return what a window looks like, with its menus and dialogs in their places."""
    others = over(window)
    whole = reduce(QRect.united, [each.geometry() for each in others], window.geometry())
    drawn = QPixmap(whole.size())
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    for each in (window, *others):
        place = each.geometry().translated(-whole.topLeft())
        painter.drawPixmap(place.topLeft(), each.grab())
        if isinstance(each, QDialog) and each is not window:
            painter.drawRect(place.adjusted(0, 0, -1, -1))  # on a screen its frame tells it from the window
    painter.end()
    return drawn


def main(out: Path, wanted: list[str]) -> None:
    """Make all pictures, or those that are wanted."""
    os.environ["TZ"] = ZONE
    time.tzset()
    app = QApplication(["gallery"])
    out.mkdir(parents=True, exist_ok=True)
    looks = Looks(app, Scheme.LIGHT)
    languages = {"": "en", "-de": "de"}
    with tempfile.TemporaryDirectory() as name, furnished(looks, Path(name)) as room:
        for style, (scheme, percent) in STYLES.items():
            looks.use(scheme, percent=percent, still=True)
            for ending, language in languages.items():
                if ending and style != "light":
                    continue
                speak(app, language)
                for state in STATES:
                    if not wanted or any(word in state for word in wanted):
                        with shown(state, room) as window:
                            picture(window, out / f"{state}-{style}{ending}.png")
    app.clipboard().clear()  # without a screen Qt keeps it until after Python's end, and crashes over it


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
