"""The filters page: which kinds of notifications reach this agent, how, and who decided it.

A table of playbooks × relations, and beside it the chosen cell in words. An agent edits the own
layer; a lead may choose a led team's instead, lock a cell with a reason, and look first what a
change would have done to the last week.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop import assets
from desktop.api import ApiFailed, Filters, Preview, RelayApi
from desktop.clamped import ClampedText
from desktop.controls import Picture, allow
from desktop.filter_grid import HOWS, Grid
from desktop.filter_model import FilterModel
from desktop.filterwords import DURATIONS, HOW, RELATION, layer_name, layer_of, playbook_name
from desktop.i18n import tr
from desktop.inputs import CalmCombo, Tick
from desktop.text import clean_line
from desktop.theme import Looks
from relay.protocol import How

PREVIEW_DAYS = 7
MAX_REASON = 200

_Told = TypeVar("_Told")
_KEYS = {Qt.Key.Key_1: How.SOUND, Qt.Key.Key_2: How.TOAST, Qt.Key.Key_3: How.INBOX, Qt.Key.Key_4: How.OFF}


Ask = Callable[[Callable[[RelayApi], object], Callable[[object], None], Callable[[ApiFailed], None]], None]
"""As :meth:`desktop.caller.Caller.ask`."""


class FiltersWindow(QWidget):
    """The page. It asks the relay by itself; only what it has asked last is answered."""

    def __init__(
        self,
        looks: Looks,
        ask: Ask,
        *,
        agent: str,
        leads: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``ask`` asks the relay off the GUI thread; ``leads`` are the led teams."""
        super().__init__()
        self._looks, self._asks, self._agent, self._clock = looks, ask, agent, clock
        self._asked = 0
        self._layer = layer_of(agent)
        self.model = FilterModel(looks)
        self.setWindowTitle(tr("Filters"))
        self.setWindowIcon(assets.logo())
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._make_parts(leads)
        self._build()
        self._watch()
        self.refresh()

    def _make_parts(self, leads: tuple[str, ...]) -> None:
        looks = self._looks
        self.headline = ClampedText(tr("What reaches me, and how"), name="headline", lines=2)
        self.blank = ClampedText(name="empty", lines=6, centred=True)
        self.layers = CalmCombo(looks)
        self.layers.setAccessibleName(tr("Whose filters"))
        self.layers.addItem(tr("My filters"), self._layer)
        for team in leads:
            self.layers.addItem(tr("Team {team}", team=clean_line(team, 60)), f"team:{team.casefold()}")
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Filters: kinds of notifications by how they concern you"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(looks.sizes["press"] + looks.sizes["small"])
        self.table.setIconSize(QSize(looks.sizes["icon"], looks.sizes["icon"]))
        self.table.horizontalHeader().setHighlightSections(False)
        rows.setHighlightSections(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for header in (self.table.horizontalHeader(), rows):
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.state = ClampedText(name="soft", lines=3)
        self.again = QPushButton(tr("Try again"))
        self.heading = ClampedText(name="label", lines=2)
        self.because = ClampedText(name="body", lines=14)
        self.hows = {how: QPushButton(tr(HOW[how])) for how in HOWS}
        self.leave = QPushButton(tr("Leave it to the others"))
        self.duration = CalmCombo(looks)
        self.duration.setAccessibleName(tr("For how long"))
        for words, seconds in DURATIONS:
            self.duration.addItem(tr(words), seconds)
        self.lock = Tick(looks, tr("Lock it for the team"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why? The team will read this."))
        self.reason.setAccessibleName(tr("Reason for the lock"))
        self.reason.setMaxLength(MAX_REASON)
        self.effect = ClampedText(name="soft", lines=10)
        self.look = QPushButton(tr("Preview"))
        self.undo = QPushButton(tr("Undo changes"))
        self.save = QPushButton(tr("Save"))
        self.save.setObjectName("primary")

    def _build(self) -> None:
        sizes = self._looks.sizes
        self.resize(sizes["window"], sizes["window_height"])
        self._main = QWidget()
        row = QHBoxLayout(self._main)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes["large"])
        row.addWidget(self.table, 1)
        row.addWidget(self._side())
        column = QVBoxLayout(self)
        column.setContentsMargins(*[sizes["large"]] * 4)
        column.setSpacing(sizes["gap"])
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.layers)
        column.addLayout(head)
        column.addWidget(self._main, 1)
        column.addWidget(self._blank_page(), 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes["small"])
        foot.addWidget(self.state, 1, Qt.AlignmentFlag.AlignVCenter)
        for button in (self.again, self.look, self.undo, self.save):
            foot.addWidget(button)
        column.addLayout(foot)
        self.layers.setVisible(self.layers.count() > 1)

    def _blank_page(self) -> QWidget:
        """Return what stands there as long as there is no table: a sentence in the middle."""
        self._blank = QWidget()
        column = QVBoxLayout(self._blank)
        column.addStretch(2)
        column.addWidget(Picture(self._looks.sizes["huge"] * 3), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(self._looks.sizes["gap"])
        column.addWidget(self.blank)
        column.addStretch(3)
        return self._blank

    def _side(self) -> QFrame:
        """Return the panel about the chosen cell."""
        sizes = self._looks.sizes
        panel = QFrame()
        panel.setObjectName("script_box")
        panel.setFixedWidth(round(sizes["dialog"] * 0.8))
        column = QVBoxLayout(panel)
        column.setContentsMargins(*[sizes["gap"]] * 4)
        column.setSpacing(sizes["small"])
        column.addWidget(self.heading)
        for button in (*self.hows.values(), self.leave):
            button.setCheckable(True)
            column.addWidget(button)
        column.addWidget(self.duration)
        column.addWidget(self.lock)
        column.addWidget(self.reason)
        column.addSpacing(sizes["small"])
        column.addWidget(ClampedText(tr("Why it is so"), name="label", lines=1))
        column.addWidget(self.because)
        column.addWidget(self.effect)
        column.addStretch(1)
        return panel

    def _watch(self) -> None:
        self.table.selectionModel().currentChanged.connect(lambda *_: self._show_cell())
        self.layers.currentIndexChanged.connect(self._choose_layer)
        for how, button in self.hows.items():
            button.clicked.connect(lambda _=False, how=how: self.decide(how))
        self.leave.clicked.connect(lambda _=False: self.decide(None))
        self.again.clicked.connect(self.refresh)
        self.look.clicked.connect(self.preview)
        self.undo.clicked.connect(lambda: self._edit(lambda grid: grid.undone()))
        self.save.clicked.connect(self.store)
        for key, how in _KEYS.items():
            QShortcut(QKeySequence(key), self.table, lambda how=how: self.decide(how))
        QShortcut(QKeySequence(Qt.Key.Key_Backspace), self.table, lambda: self.decide(None))
        QShortcut(QKeySequence.StandardKey.Save, self, self.store)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)

    # What the relay tells

    def refresh(self) -> None:
        """Ask for the filters; changes that aren't saved are kept, if the layer still is what it was."""
        self._ask(lambda api: api.filters(), self._take, tr("Asking the relay…"))

    def _take(self, answer: object) -> None:
        if not isinstance(answer, Filters):
            return
        before = self.model.grid
        fresh = Grid.of(answer, self._layer)
        if before is not None and before.changed and before.layer == self._layer:
            kept = before.filters.layer(self._layer) == answer.layer(self._layer)
            fresh = Grid.of(answer, self._layer) if not kept else _carried(before, fresh)
        self.model.show_grid(fresh)
        if not self.table.currentIndex().isValid() and fresh.playbooks:
            self.table.setCurrentIndex(self.model.index(0, 0))
        words = (
            "" if fresh.playbooks else tr("The relay has no playbooks yet, so there is nothing to filter.")
        )
        self._show(words)

    def preview(self) -> None:
        """Ask what the changes would have done to the last week."""
        grid = self.model.grid
        if grid is not None:
            self._ask(
                lambda api: api.preview(grid.layer, grid.rules, budget=grid.budget, days=PREVIEW_DAYS),
                self._take_preview,
                tr("Looking at the last 7 days…"),
            )

    def _take_preview(self, answer: object) -> None:
        if isinstance(answer, Preview):
            said = " ".join(answer.sentences) or tr("Nothing of the last 7 days would have come otherwise.")
            self.effect.set_text(said)
            self._show("")

    def store(self) -> None:
        """Save the changes."""
        grid = self.model.grid
        if grid is not None and grid.changed:
            revision = grid.filters.revision
            self._ask(
                lambda api: api.change(grid.layer, grid.rules, budget=grid.budget, revision=revision),
                lambda _: self._saved(),
                tr("Saving…"),
            )

    def _saved(self) -> None:
        if self.model.grid is not None:
            self.model.show_grid(self.model.grid.undone())
        self.effect.set_text("")
        self.refresh()

    def _ask(self, call: Callable[[RelayApi], object], done: Callable[[object], None], words: str) -> None:
        self._asked += 1
        number = self._asked

        def if_newest(take: Callable[[_Told], None]) -> Callable[[_Told], None]:
            return lambda told: take(told) if number == self._asked and isValid(self) else None

        self._show(words, busy=True)
        self._asks(call, if_newest(done), if_newest(self._failed))

    def _failed(self, error: ApiFailed) -> None:
        self._show(str(error), failed=True)
        if error.stale:
            if self.model.grid is not None:
                self.model.show_grid(self.model.grid.undone())
            self.refresh()

    # What the agent does

    def decide(self, how: How | None) -> None:
        """Let the chosen cell be something else."""
        place = self.model.place(self.table.currentIndex())
        if place is None or self.model.grid is None or self.model.grid.shown(place).locked_by:
            return
        seconds = self.duration.currentData()
        until = self._clock() + seconds if how is not None and seconds is not None else None
        reason = clean_line(self.reason.text(), MAX_REASON) if self.lock.isChecked() else ""
        if self.lock.isChecked() and not reason:
            self._show(tr("Please say why it is locked: the team will read it."), failed=False)
            self.reason.setFocus()
            self._show_cell()
            return
        self._edit(lambda grid: grid.decide(place, how, until=until, lock=reason))

    def _edit(self, change: Callable[[Grid], Grid]) -> None:
        if self.model.grid is not None:
            self.model.show_grid(change(self.model.grid))
            self._show("")

    def _choose_layer(self) -> None:
        self._layer = str(self.layers.currentData())
        team = self._layer.removeprefix("team:") if self._layer.startswith("team:") else ""
        self.headline.set_text(
            tr("What reaches the team {team}, and how", team=clean_line(team, 60))
            if team
            else tr("What reaches me, and how")
        )
        if self.model.grid is not None:
            self.model.show_grid(Grid.of(self.model.grid.filters, self._layer))
        self._show("")

    # What is to be seen

    def _show(self, words: str, *, busy: bool = False, failed: bool = False) -> None:
        grid = self.model.grid
        changed = grid is not None and grid.changed
        count = grid.changes if grid is not None else 0
        waiting = tr("%n changes are not saved.", one="%n change is not saved.", n=count)
        filled = grid is not None and bool(grid.playbooks)
        self._main.setVisible(filled)
        self._blank.setVisible(not filled)
        said = words or (waiting if changed else "")
        (self.state if filled else self.blank).set_text(said)
        (self.blank if filled else self.state).set_text("")
        self.again.setVisible(failed)
        for button in (self.look, self.undo, self.save):
            button.setVisible(filled)
            why_not = tr("Please wait.") if busy else tr("Nothing has been changed.")
            allow(button, changed and not busy, why_not)
        self._show_cell()

    def _show_cell(self) -> None:
        place, grid = self.model.place(self.table.currentIndex()), self.model.grid
        for widget in (*self.hows.values(), self.leave, self.duration, self.lock, self.reason):
            allow(widget, place is not None, tr("Choose a cell of the table."))
        leading = self._layer.startswith("team:")
        self.lock.setVisible(leading)
        self.reason.setVisible(leading)
        if place is None or grid is None:
            self.heading.set_text(tr("Choose a cell of the table."))
            self.because.set_text("")
            return
        shown = grid.shown(place)
        self.heading.set_text(f"{playbook_name(place.playbook)} · {tr(RELATION[place.relation])}")
        for how, button in self.hows.items():
            button.setChecked(shown.wish is how)
        self.leave.setChecked(shown.wish is None)
        lines = [*shown.because]
        if shown.locked_by:
            lines.append(tr("It cannot be changed here."))
        if shown.layer:
            lines.append(tr("Decided by: {layer_name}.", layer_name=layer_name(shown.layer, self._agent)))
        self.because.set_text("\n".join(lines))
        for widget in (*self.hows.values(), self.leave, self.duration, self.lock, self.reason):
            allow(widget, not shown.locked_by, self.because.text())


def _carried(before: Grid, fresh: Grid) -> Grid:
    """Return the fresh page with the changes that aren't saved yet."""
    return replace(fresh, rules=before.rules, budget=before.budget)
