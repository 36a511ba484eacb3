"""The history's window in every state, with what opens over it: for the gallery and the tests of windows."""

import os
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from desktop.entry import LinkState, Status
from desktop.filterbar import FilterBar
from desktop.history import HistoryWindow
from desktop.historydesk import HistoryDesk
from desktop.i18n import tr
from desktop.inquirer import Inquirer
from desktop.records import Records
from desktop.story import Story
from desktop.theme import Looks
from desktop.told import CallMade, Did, Past, Whole, Why
from desktop.tray import Tray, headline
from desktop.windowmode import WindowMode
from relay.protocol import How
from tests.desktop.room import Room, settle, until
from tests.desktop.samples import ME, NOW

Make = Callable[[Room], QWidget]


def _history(records: Records, looks: Looks) -> HistoryWindow:
    window = HistoryWindow(looks, records.model, agent=ME, wall=lambda: NOW)
    window.show_state(headline(Status(state=LinkState.LIVE, since=NOW - 900), NOW))
    window.show()
    read(window)
    return window


def read(window: HistoryWindow) -> None:
    """Wait until the archive has answered everything, also what was asked when the rows were painted."""
    for _ in range(2):
        until(lambda: not window._typing.isActive() and not window._model._archivist._waiting)
        settle(0.02)


def history_empty(room: Room) -> QWidget:
    """Return the window on the first day."""
    return _history(room.empty, room.looks)


def history_full(room: Room, chosen: str = "event-9") -> HistoryWindow:
    """Return the window with one entry chosen."""
    window = _history(room.full, room.looks)
    window.show_unread(4)
    window.select(chosen)
    until(lambda: window.detail is not None and window.detail.entry.id == chosen)
    return window


def history_searched(room: Room, text: str) -> QWidget:
    """Return the window with a search."""
    window = _history(room.full, room.looks)
    window.search.setText(text)
    read(window)
    return window


def history_filtered(room: Room) -> QWidget:
    """Return the window with filters that leave a few."""
    window = _history(room.full, room.looks)
    window.filters.period.choose("today")
    window.filters.type.choose("invoice.payment_failed")
    read(window)
    return window


def history_several(room: Room) -> QWidget:
    """Return the window with several entries chosen."""
    window = history_full(room)
    window.list.selectAll()
    settle(0.1)
    return window


def history_undo(room: Room) -> QWidget:
    """Return the window right after a deletion, which is not carried out."""
    window = history_full(room)
    window.undo_bar.offer([], tr("%n notifications deleted.", one="%n notification deleted.", n=3))
    window.undo_bar.button.show()
    return window


def history_offline(room: Room) -> QWidget:
    """Return the window while the relay cannot be reached."""
    window = history_full(room, "event-6")
    window.show_state(headline(Status(state=LinkState.OFFLINE, since=NOW - 190), NOW))
    window.show_notice(tr("The relay cannot be reached. Is this computer online?"))
    return window


def history_damaged(room: Room) -> QWidget:
    """Return the window after the inbox had to be begun anew."""
    window = _history(room.empty, room.looks)
    aside = "/home/mira/.local/share/deskbell/inbox.db.damaged-20270115"
    window.show_notice(tr("The inbox was damaged and begun anew. The old file is {aside}.", aside=aside))
    return window


def history_refused(room: Room) -> QWidget:
    """Return the window of a version that the relay does not understand any more."""
    window = history_full(room, "event-8")
    window.show_state(headline(Status(state=LinkState.REFUSED, since=NOW), NOW))
    window.show_notice(tr("This version of Deskbell is too old. An update is needed."))
    return window


def history_why(room: Room, story: Story | None = None, *, steps: bool = False) -> HistoryWindow:
    """Return the window with an entry's story asked for: while the relay is asked, told, or not to be had."""
    window = history_full(room, "event-8")
    detail = window.detail
    assert detail is not None
    detail.why.open(True)
    detail.tell(story or Story())
    detail.why.show_steps(steps)
    settle(0.1)
    detail.verticalScrollBar().setValue(detail.verticalScrollBar().maximum())
    return window


TOLD: Final = Story(
    why=Why(
        code="toast",
        how=How.SOUND,
        relation="unassigned",
        layer="team:billing",
        locked_by="lena@example.com",
        because=(
            "It went to Billing.",
            "By default, what is urgent and nobody's yet is a toast with sound.",
            "The team billing says: ticket-escalated is a toast with sound. Locked by lena@example.com: We agreed to see these at once.",
            "So it was a toast.",
        ),
    ),
    whole=Whole(
        history=(
            Past(at=NOW - 330, verb="claim", by="jonas@example.com"),
            Past(
                at=NOW - 240, verb="pass", by="jonas@example.com", to="Mira", reason="she knows the customer"
            ),
            Past(at=NOW - 180, verb="claim", by=ME),
        ),
        receipts=(Did(what="shown", at=NOW - 350), Did(what="copied", at=NOW - 100)),
        calls=(CallMade(label="Request a call back", by=ME, created_at=NOW - 60, state="done"),),
    ),
)


# What opens over it


def facet_open(room: Room, facet: Callable[[FilterBar], QPushButton]) -> HistoryWindow:
    """Return the window with the menu of one of the buttons below the search."""
    window = history_full(room)
    until(lambda: window.filters.type.isVisible() and window.filters.team.isVisible())
    facet(window.filters).click()
    settle(0.1)
    return window


def facet_chosen(room: Room) -> HistoryWindow:
    """Return the window with a menu in which something is chosen."""
    window = history_full(room)
    until(window.filters.type.isVisible)
    window.filters.type.choose("invoice.payment_failed")
    read(window)
    window.filters.type.click()
    settle(0.1)
    return window


_FILES: Final = ("deskbell.csv", "deskbell-2026-12.csv", "Refunds.csv")
"""What lies in the folder already."""


def export_dialog(room: Room) -> HistoryWindow:
    """Return the window that asks where the chosen ones are to be written, where the system doesn't ask."""
    folder = room.folder / "Documents"
    folder.mkdir(exist_ok=True)
    for name in _FILES:
        (folder / name).touch()
        os.utime(folder / name, (NOW, NOW))
    window = history_full(room)
    window.list.selectAll()
    window.ask_for_file()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(folder))
    settle(0.4)
    return window


def exporting(room: Room, *, written: int) -> HistoryWindow:
    """Return the window while a large export is on its way, or when it is there."""
    window = history_full(room)
    window.list.selectAll()
    if written < _MANY:
        window.frame.export_bar.show_progress(written, _MANY)
    else:
        window.exporting._finished(written)
    settle(0.1)
    return window


_MANY: Final = 12_000


def window_mode(room: Room, state: LinkState, *, menu: bool = False) -> QWidget:
    """Return the window as it stands in for a tray that isn't there."""
    tray = Tray(wall=lambda: NOW, available=lambda: False)
    desk = HistoryDesk(
        room.full,
        room.inbox,
        is_own=lambda _id: False,
        menu=tray.menu(),
        inquirer=Inquirer(lambda: None),
    )
    desk._agent = ME
    tray.said.connect(desk.show_state)
    mode = WindowMode(tray, desk, lambda: None, wait_milliseconds=0)
    tray.items.show_account(ME)
    tray.show_status(Status(state=state, since=NOW - 190))
    desk.refresh()
    mode.begin()
    until(lambda: desk.window is not None)
    window = desk.window
    assert window is not None
    window.setProperty("parts", (tray, desk, mode))  # they live as long as the window
    window.destroyed.connect(tray.close)
    settle(0.3)
    if menu:
        window.frame.menu_button.showMenu()
        settle(0.1)
    return window


HISTORY: Final[dict[str, Make]] = {
    "history-empty": history_empty,
    "history-full": history_full,
    "history-claimed": partial(history_full, chosen="event-8"),
    "history-nothing-found": partial(history_searched, text="nobody has this"),
    "history-found": partial(history_searched, text="payment"),
    "history-filtered": history_filtered,
    "history-several": history_several,
    "history-undo": history_undo,
    "history-offline": history_offline,
    "history-damaged": history_damaged,
    "history-refused": history_refused,
    "history-why-asking": history_why,
    "history-why": partial(history_why, story=TOLD),
    "history-why-steps": partial(history_why, story=TOLD, steps=True),
    "history-why-offline": partial(history_why, story=Story(problem="The relay cannot be asked right now.")),
    "history-menu-state": partial(facet_open, facet=lambda bar: bar.state),
    "history-menu-time": partial(facet_open, facet=lambda bar: bar.period),
    "history-menu-type": facet_chosen,
    "history-menu-team": partial(facet_open, facet=lambda bar: bar.team),
    "history-export-dialog": export_dialog,
    "history-exporting": partial(exporting, written=5_000),
    "history-exported": partial(exporting, written=_MANY),
    "window-mode": partial(window_mode, state=LinkState.LIVE),
    "window-mode-menu": partial(window_mode, state=LinkState.LIVE, menu=True),
    "window-mode-offline": partial(window_mode, state=LinkState.OFFLINE),
}
"""How to make each state, by its name."""
