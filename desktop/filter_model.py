"""The grid of the filters page as Qt shows it: words, a picture of how something comes, and padlocks."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QIcon

from desktop import assets
from desktop.filter_grid import RELATIONS, Grid, Place, Shown
from desktop.filterwords import COLUMN, HOW, RELATION, SHORT, playbook_name
from desktop.i18n import tr
from desktop.theme import Looks
from relay.protocol import How

_PICTURES = {How.SOUND: "sound", How.TOAST: "toast", How.INBOX: "list", How.OFF: "off"}
"""The glyph of each way."""

_Index = QModelIndex | QPersistentModelIndex


class FilterModel(QAbstractTableModel):
    """The grid as Qt shows it."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.grid: Grid | None = None

    def show_grid(self, grid: Grid | None) -> None:
        """Show another state of the page; rows and columns stay where they are if they are the same."""
        same = grid is not None and self.grid is not None and grid.playbooks == self.grid.playbooks
        if not same:
            self.beginResetModel()
        self.grid = grid
        if not same:
            self.endResetModel()
        elif grid is not None:
            last = self.index(len(grid.playbooks) - 1, len(RELATIONS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def place(self, index: _Index) -> Place | None:
        """Return the cell of an index."""
        if self.grid is None or not index.isValid():
            return None
        return Place(playbook=self.grid.playbooks[index.row()], relation=RELATIONS[index.column()])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many playbooks there are."""
        return 0 if parent.isValid() or self.grid is None else len(self.grid.playbooks)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many relations there are."""
        return 0 if parent.isValid() else len(RELATIONS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a playbook's or a relation's name."""
        if self.grid is None or role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return tr(RELATION[RELATIONS[section]])
        if orientation == Qt.Orientation.Horizontal:
            return tr(COLUMN[RELATIONS[section]])
        return playbook_name(self.grid.playbooks[section])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's words, weight, colour, and the sentence for the screen reader."""
        place = self.place(index)
        if place is None or self.grid is None:
            return None
        shown = self.grid.shown(place)
        how = shown.wish if shown.changed and shown.wish is not None else shown.how
        match role:
            case Qt.ItemDataRole.DisplayRole:
                words = tr("Left to others") if how is None else tr(SHORT[how])
                return f"{words} •" if shown.changed else words
            case Qt.ItemDataRole.AccessibleTextRole:
                held = "" if how is None else tr(HOW[how])
                locked = tr(", locked by {locked_by}", locked_by=shown.locked_by) if shown.locked_by else ""
                return f"{playbook_name(place.playbook)}, {tr(RELATION[place.relation])}: {held}{locked}"
            case _:
                return self._look(shown, how, role)

    def _look(self, shown: Shown, how: How | None, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._picture(shown, how)
            case Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setBold(shown.changed or shown.wish is not None)
                return font
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._looks.theme.colour("soft" if how is How.OFF else "text"))
            case _:
                return None

    def _picture(self, shown: Shown, how: How | None) -> QIcon | None:
        """Return a padlock, or how it comes."""
        if how is None:
            return None
        glyph = "lock" if shown.locked_by else _PICTURES[how]
        colour = self._looks.theme.colour("soft")
        return QIcon(assets.glyph(glyph, colour, self._looks.sizes["icon"]))
