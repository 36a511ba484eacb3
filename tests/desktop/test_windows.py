"""Every window can be used without seeing it: all has a name, a place in the tree, and keys that lead there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QTableView,
    QWidget,
)

from desktop.entry import Entry
from desktop.records import Records
from desktop.theme import Looks
from tests.desktop.windows import windows

NAMES = [
    "history", "preferences", "filters", "diagnostics", "report", "pairing", "first-run", "pass-on", "sign-out",
    "toast-low", "toast-normal", "toast-high", "toast-urgent", "toast-mine", "toast-missing",
]  # fmt: skip
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView)

Open = Callable[[str], QWidget]


@pytest.fixture
def opened(
    qapp: QApplication, records: Records, looks: Looks, make_entry: Callable[..., Entry], tmp_path: Path
) -> Iterator[Open]:
    """Return how to show a window."""
    shown: list[QWidget] = []

    def show(name: str) -> QWidget:
        window = windows(looks, records, make_entry, tmp_path)[name]()
        shown.append(window)
        window.show()
        for _ in range(5):  # texts that wrap ask for another height once they know their width
            qapp.processEvents()
        return window

    yield show
    for window in shown:
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("name", NAMES)
def test_controls_have_names(opened: Open, name: str) -> None:
    """A screen reader says what each control is for."""
    window = opened(name)
    nameless = [
        f"{type(control).__name__} {control.objectName()}"
        for control in window.findChildren(QWidget)
        if isinstance(control, CONTROLS) and control.isVisible() and not _said(control)
    ]
    assert nameless == []


def _said(control: QWidget) -> str:
    if isinstance(control.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QTableView):
        return "its parent speaks for it"
    words = control.accessibleName()
    return words or (control.text() if isinstance(control, QAbstractButton) else "")


@pytest.mark.parametrize("name", NAMES)
def test_the_accessibility_tree_can_be_walked(opened: Open, name: str) -> None:
    """The tree ends, each part knows its place in it, and what can have focus has a name."""
    root = QAccessible.queryAccessibleInterface(opened(name))
    assert root.isValid()
    nameless, count = _walk(root, depth=0)
    assert count > 1
    assert nameless == []


def _walk(node: QAccessibleInterface, depth: int) -> tuple[list[str], int]:
    assert depth < 40
    nameless, count = [], 1
    state = node.state()
    if state.focusable and not node.text(QAccessible.Text.Name):
        nameless.append(str(node.role()))
    # A table of many rows is as deep as it is long: what it shows is tested with its model.
    # A box of choices or a number speaks for its own parts.
    below_box = node.role() in {QAccessible.Role.ComboBox, QAccessible.Role.SpinBox}
    for number in range(0 if below_box else min(node.childCount(), 60)):
        child = node.child(number)
        if child.isValid():
            more, below = _walk(child, depth + 1)
            nameless, count = nameless + more, count + below
    return nameless, count


@pytest.mark.parametrize("name", ["pairing", "preferences", "first-run", "pass-on"])
def test_the_keyboard_reaches_all(opened: Open, name: str) -> None:
    """Tab comes back to where it began, and was at every control that takes it meanwhile."""
    window = opened(name)
    window.activateWindow()
    wanted = {each for each in window.findChildren(QWidget) if _takes_tab(each)}
    seen: set[QWidget] = set()
    at: QWidget | None = window.nextInFocusChain()
    while at is not None and at not in seen:
        seen.add(at)
        at = at.nextInFocusChain()
    assert wanted <= seen


def _takes_tab(each: QWidget) -> bool:
    tabs = each.focusPolicy() in {
        Qt.FocusPolicy.TabFocus,
        Qt.FocusPolicy.StrongFocus,
        Qt.FocusPolicy.WheelFocus,
    }
    inner = isinstance(each.parentWidget(), QComboBox | QAbstractSpinBox)
    return isinstance(each, CONTROLS) and tabs and each.isVisible() and each.isEnabled() and not inner
