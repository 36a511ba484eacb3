"""Every window and toast as a screen reader and a keyboard see it: names, order, and what is the matter."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from desktop.theme import Scheme
from desktop.toast import Toast
from tests.desktop.gallery import STATES
from tests.desktop.overlays import over
from tests.desktop.room import Room
from tests.desktop.toast_states import TOASTS

ROLE, TEXT = QAccessible.Role, QAccessible.Text
CONTROLS = {
    ROLE.Button, ROLE.ButtonMenu, ROLE.CheckBox, ROLE.RadioButton, ROLE.ComboBox, ROLE.EditableText,
    ROLE.SpinBox, ROLE.Slider, ROLE.List, ROLE.Table, ROLE.Tree, ROLE.PageTab, ROLE.PageTabList,
}  # fmt: skip
WHOLE = {ROLE.ComboBox, ROLE.SpinBox, ROLE.List, ROLE.Table, ROLE.Tree, ROLE.EditableText}
"""These speak for their own parts."""
TAKES_KEYS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView)

Open = Callable[[str], QWidget]


@pytest.fixture
def opened(room: Room, show_state: Open) -> Open:
    """Return how to show a state as most see it."""
    room.looks.use(Scheme.LIGHT, still=True)
    return show_state


def controls(node: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Yield what can be used, as a screen reader goes through the tree."""
    if node.state().invisible:
        return
    if node.role() in CONTROLS:
        yield node
    if node.role() not in WHOLE:
        for number in range(node.childCount()):
            child = node.child(number)
            if child.isValid():
                yield from controls(child)


def nodes(node: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """Yield the whole tree, which has to end; what speaks for its own parts is tested with its model."""
    assert depth < 40
    yield node
    for number in range(0 if node.role() in WHOLE else node.childCount()):
        child = node.child(number)
        if child.isValid() and not child.state().invisible:
            yield from nodes(child, depth + 1)


def nameless(node: QAccessibleInterface) -> list[str]:
    """Return what can have the focus and has no name."""
    found = [each for each in nodes(node) if each.state().focusable]
    return [said(each) for each in found if not each.text(TEXT.Name)]


def unheard(window: QWidget) -> list[str]:
    """Return the controls without a word of their own, also those that no screen reader would come to.

    The system's own dialogs over a window have labels beside their fields.
    """
    return [
        f"{type(each).__name__} {each.objectName()}"
        for each in window.findChildren(QWidget)
        if isinstance(each, TAKES_KEYS) and each.isVisible() and each.window() is window and not _words(each)
    ]


def _words(control: QWidget) -> str:
    if isinstance(control.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QTableView):
        return "its parent speaks for it"
    return control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")


def said(node: QAccessibleInterface) -> str:
    """Return what is heard of a control: its name, its kind, and what it is set to or about."""
    words = (node.text(TEXT.Name), node.role().name, node.text(TEXT.Description), node.text(TEXT.Value))
    return " | ".join(words)


@pytest.mark.parametrize("name", STATES)
def test_each_control_is_named_and_told_from_the_others(opened: Open, name: str) -> None:
    """Nothing is only a picture, no two things sound alike, and what is greyed out says why.

    A label of Qt's would have its buddy; ours are texts with a name, and each field bears its label's.
    """
    window = opened(name)
    for top in (window, *(each for each in over(window) if isinstance(each, QDialog))):
        found = list(controls(QAccessible.queryAccessibleInterface(top)))
        assert [said(node) for node in found if not node.text(TEXT.Name).strip()] == []
        assert [words for words, count in Counter(map(said, found)).items() if count > 1] == []
        off = [node for node in found if node.state().disabled]
        assert [said(node) for node in off if not node.text(TEXT.Description)] == []
        assert nameless(QAccessible.queryAccessibleInterface(top)) == []
    assert unheard(window) == []
    labels = [label for label in window.findChildren(QLabel) if label.isVisible()]
    assert [label.text() for label in labels if label.buddy() is None] == []


def test_the_walk_finds_what_there_is(opened: Open) -> None:
    """Else it would find nothing amiss, either: a toast has its buttons, a page its fields."""
    toast = [
        node.text(TEXT.Name) for node in controls(QAccessible.queryAccessibleInterface(opened("toast-high")))
    ]
    assert {"Copy the suggested reply", "Claim this notification", "More", "Dismiss"} <= set(toast)
    page = controls(QAccessible.queryAccessibleInterface(opened("preferences-toasts")))
    roles = Counter(node.role() for node in page)
    assert roles[ROLE.ComboBox] >= 3
    assert roles[ROLE.EditableText] >= 2
    assert roles[ROLE.Button] >= 3
    assert sum(1 for _ in nodes(QAccessible.queryAccessibleInterface(opened("report")))) > 1


def taking_tab(window: QWidget) -> list[QWidget]:
    """Return what Tab goes to, in its order from the first control of the window until it comes back."""
    found: list[QWidget] = []
    at = window.nextInFocusChain()
    while at is not None and at is not window and at not in found:
        found.append(at)
        at = at.nextInFocusChain()
    return [each for each in found if _takes_tab(each)]


def _takes_tab(each: QWidget) -> bool:
    inner = isinstance(each.parentWidget(), QComboBox | QAbstractSpinBox | QKeySequenceEdit)
    tabs = bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return isinstance(each, TAKES_KEYS) and tabs and each.isVisible() and each.isEnabled() and not inner


def goes_back(window: QWidget, one: QWidget, other: QWidget) -> bool:
    """Say whether one reads backwards from a control to the next: up, or left in the same line."""
    a, b = (QRect(each.mapTo(window, each.rect().topLeft()), each.size()) for each in (one, other))
    beside = b.left() >= a.right() or a.left() >= b.right()
    if b.bottom() <= a.top():
        return not (beside and b.left() >= a.right())
    return b.top() < a.bottom() and b.right() <= a.left()


@pytest.mark.parametrize("name", [name for name in STATES if name not in TOASTS])
def test_tab_goes_as_one_reads(opened: Open, name: str) -> None:
    """From the left to the right and down, column by column."""
    window = opened(name)
    order = taking_tab(window)
    inside = [each for each in window.findChildren(QWidget) if each.window() is window]
    assert {each for each in inside if _takes_tab(each)} <= set(order)
    back = [
        f"{one.accessibleName() or type(one).__name__} -> {other.accessibleName() or type(other).__name__}"
        for one, other in pairwise(order)
        if goes_back(window, one, other)
    ]
    assert back == []


@pytest.mark.parametrize("name", TOASTS)
def test_a_toast_tells_its_state(opened: Open, name: str) -> None:
    """Its name is a sentence, its description what became of it."""
    toast = opened(name)
    assert isinstance(toast, Toast)
    assert len(toast.accessibleName().split()) > 3
    assert toast.accessibleDescription() == toast.claims.words.text()
