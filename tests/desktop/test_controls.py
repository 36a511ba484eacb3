"""The small parts that windows share."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.controls import bring_forward, set_glyph
from desktop.theme import Looks, Scheme


@pytest.mark.parametrize("before", [Qt.WindowState.WindowNoState, Qt.WindowState.WindowMaximized])
def test_a_minimised_window_comes_to_the_front(qtbot: QtBot, before: Qt.WindowState) -> None:
    """Whoever asks for a window sees it, as large as it was, wherever it had been put."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setWindowState(before | Qt.WindowState.WindowMinimized)
    window.show()
    bring_forward(window)
    assert window.isVisible()
    assert not window.isMinimized()
    assert window.isMaximized() is (before is Qt.WindowState.WindowMaximized)
    qtbot.waitUntil(window.isActiveWindow)


@pytest.mark.parametrize("direction", Qt.LayoutDirection.__members__.values())
@pytest.mark.parametrize("percent", [100, 200])
def test_a_glyph_keeps_its_distance_in_large_text(
    qtbot: QtBot, looks: Looks, percent: int, direction: Qt.LayoutDirection
) -> None:
    """Between it and the words there is as much as the text's size asks for, on the side where they are."""
    looks.use(Scheme.LIGHT, percent=percent, still=True)
    button = QPushButton("Copy")
    qtbot.addWidget(button)
    button.setLayoutDirection(direction)
    set_glyph(button, looks, "copy", "text")
    drawn = button.icon().pixmap(button.iconSize()).toImage()
    inked = [
        x for x in range(drawn.width()) if any(drawn.pixelColor(x, y).alpha() for y in range(drawn.height()))
    ]
    beside = inked[0] if button.isRightToLeft() else drawn.width() - 1 - inked[-1]
    icon, gap = looks.sizes["icon"], looks.sizes["tiny"]
    assert drawn.width() == icon + gap - 4  # which Qt leaves by itself
    assert beside >= gap - 4
    looks.use(Scheme.LIGHT, percent=100, still=False)
