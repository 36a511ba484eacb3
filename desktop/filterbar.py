"""The bar below the search: buttons that narrow the list by state, time, type, team, and what is unread."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.archive import Choices
from desktop.controls import plain
from desktop.flow import FlowLayout
from desktop.i18n import mark, tr
from desktop.inputs import TickMenu
from desktop.search import Narrowing, Period, Query, State, bounds
from desktop.text import MAX_LABEL, clean_line
from desktop.theme import Looks

Offer = tuple[str, str]
"""A value and its words."""

ARROW = " ▾"
"""Stands on a button that has a menu."""

_STATES: Sequence[Offer] = (
    (State.NEW, mark("New")),
    (State.MINE, mark("Claimed by me")),
    (State.OTHERS, mark("Claimed by others")),
    (State.MISSED, mark("Missed")),
    (State.PASSED, mark("Passed on")),
    (State.DONE, mark("Done")),
    (State.EXPIRED, mark("Expired")),
    (State.WITHDRAWN, mark("Not needed any more")),
)
_PERIODS: Sequence[Offer] = (
    (Period.TODAY, mark("Today")),
    (Period.YESTERDAY, mark("Yesterday")),
    (Period.WEEK, mark("Last 7 days")),
)


class Facet(QPushButton):
    """A button with a menu: what it narrows by, or the one value that was chosen.

    Signals:
        chosen(): another value was chosen.
    """

    chosen = Signal()

    def __init__(self, looks: Looks, label: str, anything: str, offers: Sequence[Offer] = ()) -> None:
        """``label`` stands on the button, ``anything`` in the menu for no choice at all."""
        super().__init__()
        self._looks, self._label, self._anything = looks, label, anything
        self._offers: tuple[Offer, ...] = ()
        self.value = ""
        self._menu = TickMenu(looks, self)
        self.clicked.connect(self._open)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.offer(offers)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Offer other values; the one that is chosen stays, even if it isn't among them."""
        self._offers = tuple(offers)
        if self.value and self.value not in dict(self._offers):
            self._offers = (*self._offers, (self.value, clean_line(self.value, MAX_LABEL)))
        menu = self._menu
        menu.clear()
        group = QActionGroup(menu)
        for value, words in (("", self._anything), *self._offers):
            action = QAction(plain(words), menu, checkable=True, checked=value == self.value)
            action.triggered.connect(lambda _checked=False, value=value: self.choose(value))
            group.addAction(action)
            menu.addAction(action)
        self._dress()

    def choose(self, value: str) -> None:
        """Choose a value; an empty one is none."""
        if value != self.value:
            self.value = value
            self.offer(self._offers)
            self.chosen.emit()

    def words(self) -> str:
        """Return what stands on the button."""
        return dict(self._offers).get(self.value, self._label) if self.value else self._label

    def _dress(self) -> None:
        self.setObjectName("facet_on" if self.value else "facet")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setToolTip(plain(self.words()) if self.value else "")
        self.setAccessibleName(f"{self._label}: {self.words() if self.value else self._anything}")
        self._fit()
        self.updateGeometry()

    def _fit(self) -> None:
        room = self.width() - self._frame()
        shown = self.fontMetrics().elidedText(self.words(), Qt.TextElideMode.ElideRight, max(0, room))
        self.setText(f"{plain(shown)}{ARROW}")

    def _frame(self) -> int:
        """Return the width of everything around the words: margins, border and the arrow."""
        sizes = self._looks.sizes
        return 2 * (sizes["small"] + sizes["thick"]) + self.fontMetrics().horizontalAdvance(ARROW)

    def _open(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the words to what fits."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return the room for all words, within reason."""
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self.words()) + self._frame() + 1
        return QSize(min(wide, self._looks.sizes["column"] * 3 // 5), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for a few letters."""
        few = self.fontMetrics().averageCharWidth() * 3 + self._frame()
        return QSize(few, super().minimumSizeHint().height())


class FilterBar(QWidget):
    """All facets side by side.

    Signals:
        changed(): another filter is set.
    """

    changed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.state = Facet(looks, tr("State"), tr("Any state"), _spoken(_STATES))
        self.period = Facet(looks, tr("Time"), tr("Any time"), _spoken(_PERIODS))
        self.type = Facet(looks, tr("Type"), tr("Any type"))
        self.team = Facet(looks, tr("Team"), tr("Any team"))
        self.unread = QPushButton(tr("Unread"))
        self.unread.setCheckable(True)
        self.unread.setObjectName("facet")
        self.unread.setAccessibleName(tr("Only what is unread"))
        self.narrowing: Narrowing | None = None
        self.card = QPushButton("×")
        self.card.setObjectName("facet_on")
        self.card.clicked.connect(lambda: self.narrow(None))
        self.card.hide()
        row = FlowLayout(self, looks.sizes["tiny"])
        row.addWidget(self.card)
        for facet in self._facets():
            facet.chosen.connect(self.changed)
            row.addWidget(facet)
        row.addWidget(self.unread)
        self.unread.toggled.connect(lambda _on: self.changed.emit())
        self.offer(Choices())

    def _facets(self) -> tuple[Facet, ...]:
        return self.state, self.period, self.type, self.team

    def offer(self, choices: Choices) -> None:
        """Offer the types and teams that there are; a facet without anything to choose from is hidden."""
        for facet, values, words in (
            (self.type, choices.types, kind_words),
            (self.team, choices.teams, _team_words),
        ):
            facet.offer([(value, words(value)) for value in values])
            facet.setVisible(bool(values) or bool(facet.value))

    def query(self, text: str, agent: str, now: float) -> Query:
        """Return what is looked for, with the words of the search and whose desktop it is."""
        since, until = bounds(Period(self.period.value), now)
        query = Query(
            text=text.strip(),
            type=self.type.value,
            team=self.team.value,
            state=State(self.state.value),
            unread=self.unread.isChecked(),
            since=since,
            until=until,
            agent=agent,
        )
        return query if self.narrowing is None else self.narrowing.of(query)

    def narrow(self, narrowing: Narrowing | None) -> None:
        """Look only for what a card stands for, with no other filter; None: for everything again."""
        self._reset()
        self.narrowing = narrowing
        if narrowing is not None:
            words = clean_line(narrowing.words, MAX_LABEL)
            self.card.setText(f"{plain(words)} ×")
            self.card.setAccessibleName(tr("Only {what}: take this away", what=words))
        self.card.setVisible(narrowing is not None)
        self.changed.emit()

    def clear(self) -> None:
        """Take all filters away; :attr:`changed` comes once, if there were any."""
        was = self.is_set()
        self._reset()
        if was:
            self.changed.emit()

    def _reset(self) -> None:
        self.blockSignals(True)
        for facet in self._facets():
            facet.choose("")
        self.unread.setChecked(False)
        self.narrowing = None
        self.card.hide()
        self.blockSignals(False)

    def is_set(self) -> bool:
        """Say whether any filter is set."""
        hidden = self.unread.isChecked() or self.narrowing is not None
        return hidden or any(facet.value for facet in self._facets())


def kind_words(kind: str) -> str:
    """Return an event type as people read it: ``invoice.payment_failed`` as "Invoice payment failed"."""
    words = clean_line(kind.replace(".", " ").replace("_", " "), MAX_LABEL)
    return words[:1].upper() + words[1:]


def _team_words(team: str) -> str:
    return clean_line(team, MAX_LABEL)


def _spoken(offers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((value, tr(words)) for value, words in offers)
