"""What lies over a window, as its menus and dialogs do: for pictures and for the tests of windows."""

from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget


def over(window: QWidget) -> list[QWidget]:
    """Return the menus and dialogs that are open over a window."""
    tops = QApplication.topLevelWidgets()
    return [top for top in tops if top is not window and top.isVisible() and isinstance(top, QMenu | QDialog)]


def close_popups() -> None:
    """Close the menus that are open: the one on top first."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
