"""The small parts that windows share."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.controls import bring_forward


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
