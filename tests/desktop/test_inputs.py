"""What a style sheet alone does not draw as large as the text, and in the theme's colours."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAction, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.inputs import TickMenu
from desktop.theme import Looks, Scheme


def inked(menu: TickMenu, box: QRect) -> QRect:
    """Return the part of a box in which something else than the ground is drawn."""
    drawn = menu.grab(box).toImage()
    ground = drawn.pixelColor(0, 0)
    points = [QPoint(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
    region = QRegion()
    for point in points:
        if drawn.pixelColor(point) != ground:
            region += QRect(point, point)
    return region.boundingRect()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_tick_of_a_menu_grows_with_the_text(qtbot: QtBot, looks: Looks, percent: int) -> None:
    """It stands at the choice that holds, and nowhere else."""
    looks.use(Scheme.LIGHT, percent=percent, still=True)
    window = QWidget()
    qtbot.addWidget(window)
    menu = TickMenu(looks, window)
    for words in ("Any", "New"):
        menu.addAction(QAction(words, menu, checkable=True, checked=words == "New"))
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    column = looks.sizes["icon"] + looks.sizes["tiny"]
    off, on = (
        inked(menu, QRect(box.topLeft(), box.bottomRight() - QPoint(box.width() - column, 0)))
        for box in map(menu.actionGeometry, menu.actions())
    )
    assert off.isEmpty()
    assert on.width() >= looks.sizes["icon"] // 2
    looks.use(Scheme.LIGHT, percent=100, still=False)
