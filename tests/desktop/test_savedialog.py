"""The dialog that asks where a file is to be written, where the system has none of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QListView, QToolButton, QWidget

from desktop.savedialog import documents, save_dialog
from desktop.theme import Looks, Scheme, contrast

ARROWS = ("backButton", "forwardButton", "toParentButton")
Ask = Callable[[], QFileDialog]


@pytest.fixture
def ask(qapp: QApplication, looks: Looks) -> Iterator[Ask]:
    """Return how to open the dialog over a window."""
    window = QWidget()

    def opened() -> QFileDialog:
        window.resize(looks.sizes["window"], looks.sizes["window_height"])
        window.show()
        dialog = save_dialog(window, looks, "Export", "deskbell.csv", "Table (*.csv)")
        dialog.open()
        qapp.processEvents()
        return dialog

    yield opened
    window.close()
    window.deleteLater()
    looks.use(Scheme.LIGHT, percent=100, still=False)


OPAQUE = 255


def colours(button: QToolButton) -> set[str]:
    """Return the colours of a button's picture where it is fully there."""
    drawn = button.icon().pixmap(button.iconSize()).toImage()
    points = [(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
    return {drawn.pixelColor(x, y).name() for x, y in points if drawn.pixelColor(x, y).alpha() == OPAQUE}


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST_DARK])
def test_the_arrows_are_seen_on_every_ground(ask: Ask, looks: Looks, scheme: Scheme) -> None:
    """Qt draws them black; 3 is what graphics need (WCAG 1.4.11)."""
    looks.use(scheme, percent=100, still=True)
    dialog = ask()
    ground = looks.theme.roles["window"]
    for name in ARROWS:
        button = dialog.findChild(QToolButton, name)
        assert button is not None
        button.setEnabled(True)
        drawn = colours(button)
        assert drawn
        assert all(contrast(colour, ground) >= 3 for colour in drawn)


def test_large_text_has_its_room(ask: Ask, looks: Looks) -> None:
    """The folder can be read, and so can the places beside the files."""
    looks.use(Scheme.LIGHT, percent=200, still=True)
    dialog = ask()
    folder = dialog.findChild(QComboBox, "lookInCombo")
    places = dialog.findChild(QListView, "sidebar")
    assert folder is not None
    assert places is not None
    assert folder.width() >= folder.fontMetrics().averageCharWidth() * 30
    assert places.width() >= places.fontMetrics().averageCharWidth() * 12
    assert places.iconSize().width() == looks.sizes["icon"]


def test_it_proposes_a_name_in_the_agents_folder(ask: Ask) -> None:
    """And an ending that was left out is added."""
    dialog = ask()
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.directory().path() == documents()
    assert Path(dialog.selectedFiles()[0]).name == "deskbell.csv"
    assert dialog.defaultSuffix() == "csv"


def test_without_a_folder_for_documents_it_is_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not where the program happens to stand."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert documents() == str(tmp_path)
