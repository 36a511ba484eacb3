"""Asks where a file is to be written: by the system's dialog, or by Qt's own where the system has none.

Qt's own is made for text of one size on a light ground: here it gets room, and arrows in the theme's colours.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QIcon, QTransform
from PySide6.QtWidgets import QFileDialog, QListView, QSplitter, QToolButton, QWidget

from desktop import assets
from desktop.theme import Looks

_TURNS: Final = {"backButton": 90, "forwardButton": 270, "toParentButton": 180}
"""Qt's name of each arrow, and by how many degrees the one that points down is turned for it."""
_PLACES: Final = (
    QStandardPaths.StandardLocation.HomeLocation,
    QStandardPaths.StandardLocation.DesktopLocation,
    QStandardPaths.StandardLocation.DocumentsLocation,
    QStandardPaths.StandardLocation.DownloadLocation,
)


def documents() -> str:
    """Return the folder to begin in: what starts with the computer stands in none of the agent's."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return folder if Path(folder).is_dir() else str(Path.home())


def save_dialog(parent: QWidget, looks: Looks, title: str, name: str, kind: str) -> QFileDialog:
    """Return a dialog that proposes ``name``; ``kind`` is as in ``Table (*.csv)``. Closed, it is gone."""
    dialog = QFileDialog(parent, title, documents(), kind)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    # In columns each is too narrow for what stands in it.
    dialog.setViewMode(QFileDialog.ViewMode.List)
    places = dict.fromkeys(QStandardPaths.writableLocation(each) for each in _PLACES)
    dialog.setSidebarUrls([QUrl.fromLocalFile(place) for place in places if Path(place).is_dir()])
    _dress(dialog, parent, looks)
    return dialog


def _dress(dialog: QFileDialog, parent: QWidget, looks: Looks) -> None:
    """Fit Qt's own dialog; the system's has none of these parts."""
    side = looks.sizes["icon"]
    for button in dialog.findChildren(QToolButton):
        button.setIconSize(QSize(side, side))
        if button.objectName() in _TURNS:
            button.setIcon(_arrow(looks, _TURNS[button.objectName()]))
    for view in dialog.findChildren(QListView):
        view.setIconSize(QSize(side, side))
    for halves in dialog.findChildren(QSplitter):
        wide = min(looks.sizes["preferences"], parent.width())
        dialog.resize(wide, min(looks.sizes["dialog"], parent.height()))
        halves.setSizes([wide // 4, wide - wide // 4])


def _arrow(looks: Looks, degrees: int) -> QIcon:
    icon = QIcon()
    for mode, role in ((QIcon.Mode.Normal, "text"), (QIcon.Mode.Disabled, "low")):
        down = assets.glyph("down", looks.theme.colour(role), looks.sizes["icon"])
        icon.addPixmap(down.transformed(QTransform().rotate(degrees)), mode)
    return icon
