"""What a setting is changed with: one widget for each kind of value, all with the same two doors."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QKeySequenceEdit, QLineEdit, QSpinBox, QWidget

from desktop import assets
from desktop.i18n import tr
from desktop.inputs import CalmCombo, CalmSpin, Tick
from desktop.kinds import Choice, Flag, Keys, Number, Screens, Several, Value, Words
from desktop.settings import Setting
from desktop.theme import Looks


class Field(QObject):
    """A widget and the setting it changes.

    Signals:
        changed(value): the person has given another value that can be used.
        refused(str): what they typed can't be used; the rest of a sentence.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, looks: Looks, row: Setting, parent: QWidget) -> None:
        """``parent`` is where its widget stands."""
        super().__init__(parent)
        self.row = row
        self.widget, self._show = _made(looks, row, self, parent)
        self.widget.setAccessibleName(tr(row.label))
        self.widget.setAccessibleDescription(tr(row.help))

    def show_value(self, value: Value) -> None:
        """Show a value; nobody is told."""
        self.widget.blockSignals(True)
        self._show(value)
        self.widget.blockSignals(False)

    def take(self, raw: object) -> None:
        """Tell of what the person gave, or why it can't be used."""
        try:
            value = self.row.kind.read(raw)
        except ValueError as problem:
            self.refused.emit(str(problem))
        else:
            self.changed.emit(value)


Shower = Callable[[Value], None]


def _made(looks: Looks, row: Setting, field: Field, parent: QWidget) -> tuple[QWidget, Shower]:
    match row.kind:
        case Choice() as kind:
            return _choice(CalmCombo(looks, parent), kind, field)
        case Flag():
            return _flag(Tick(looks, tr(row.label), parent), field)
        case Number() as kind:
            return _number(CalmSpin(looks, parent), kind, field)
        case Keys() as kind:
            return _keys(_KeyBox(looks, tr(row.label), tr(kind.hint), parent), field)
        case Screens() as kind:
            return _screens(CalmCombo(looks, parent), kind, field)
        case Words() | Several() as kind:
            return _line(QLineEdit(parent), kind, field)


def _choice(combo: QComboBox, kind: Choice, field: Field) -> tuple[QWidget, Shower]:
    for word, label in kind.labels.items():
        combo.addItem(tr(label), word)
    combo.activated.connect(lambda index: field.take(combo.itemData(index)))
    return combo, lambda value: combo.setCurrentIndex(combo.findData(value))


def _screens(combo: QComboBox, kind: Screens, field: Field) -> tuple[QWidget, Shower]:
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)  # noqa: S101 - a widget cannot exist without

    def show(value: Value) -> None:
        combo.clear()
        for word, label in kind.labels.items():
            combo.addItem(tr(label), word)
        names = [screen.name() for screen in app.screens()]
        for name in names:
            combo.addItem(name, name)
        if combo.findData(value) < 0:
            combo.addItem(tr("{screen} (not connected)", screen=value), value)
        combo.setCurrentIndex(combo.findData(value))

    def again() -> None:
        combo.blockSignals(True)
        show(combo.currentData())
        combo.blockSignals(False)

    for change in (app.screenAdded, app.screenRemoved):
        # When it is told, a screen that goes is still in the list.
        connection = change.connect(lambda _screen: QTimer.singleShot(0, combo, again))
        combo.destroyed.connect(partial(app.disconnect, connection))
    combo.activated.connect(lambda index: field.take(combo.itemData(index)))
    return combo, show


def _flag(box: QCheckBox, field: Field) -> tuple[QWidget, Shower]:
    box.clicked.connect(field.take)
    return box, lambda value: box.setChecked(bool(value))


def _number(spin: QSpinBox, kind: Number, field: Field) -> tuple[QWidget, Shower]:
    spin.setRange(kind.least, kind.most)
    # The style sheet's padding does not reach the line inside.
    spin.lineEdit().setTextMargins(spin.fontMetrics().averageCharWidth(), 0, 0, 0)
    spin.setSingleStep(kind.step)
    spin.setSuffix(f" {tr(kind.unit)}" if kind.unit else "")
    spin.setKeyboardTracking(False)
    spin.valueChanged.connect(field.take)
    return spin, lambda value: spin.setValue(int(value) if isinstance(value, int) else kind.least)


class _KeyBox(QKeySequenceEdit):
    """Takes down the keys that are pressed in it; Backspace, Delete and the cross take them away.

    Signals:
        pressed(str): others than before, written as in files.
    """

    pressed = Signal(str)

    def __init__(self, looks: Looks, label: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks, self._hint, self._shown = looks, hint, ""
        self.setMaximumSequenceLength(1)
        self.line = _line_in(self)
        self.line.setAccessibleName(label)
        self.line.setPlaceholderText(hint)
        self.cross = self.line.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self.cross.setText(tr("No key"))
        self.cross.setToolTip(tr("No key"))
        self.cross.triggered.connect(self.clear)
        self.line.textChanged.connect(self._dress)
        looks.changed.connect(self._dress)
        self.keySequenceChanged.connect(self._take)
        self._dress()

    def show_keys(self, value: Value) -> None:
        """Show what is written so in files."""
        self._shown = str(value)
        self.setKeySequence(QKeySequence(self._shown, QKeySequence.SequenceFormat.PortableText))
        self._dress()

    def _take(self, keys: QKeySequence) -> None:
        written = keys.toString(QKeySequence.SequenceFormat.PortableText)
        # Qt also tells when the field was only left.
        if written != self._shown:
            self._shown = written
            self.pressed.emit(written)
        # Qt has put its own words into the empty field.
        self._dress()

    def _dress(self) -> None:
        colour = self._looks.theme.colour("soft")
        side = self._looks.sizes["icon"]
        self.cross.setIcon(QIcon(assets.glyph("close", colour, side, self.devicePixelRatioF())))
        self.cross.setVisible(bool(self.line.text()))
        self.line.setPlaceholderText(self._hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys; what nobody would choose has its usual meaning."""
        alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if alone and event.key() in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self.clear()
        elif alone and event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


def _line_in(box: QWidget) -> QLineEdit:
    line = box.findChild(QLineEdit)
    assert line is not None  # noqa: S101 - Qt's widget is made of one
    return line


def _keys(box: _KeyBox, field: Field) -> tuple[QWidget, Shower]:
    box.pressed.connect(field.take)
    return box, box.show_keys


def _line(line: QLineEdit, kind: Words | Several, field: Field) -> tuple[QWidget, Shower]:
    line.setPlaceholderText(tr(kind.hint))
    # Text that was only looked at is no change.
    line.editingFinished.connect(lambda: field.take(line.text()) if line.isModified() else None)

    def show(value: Value) -> None:
        line.setText(_text(value))
        line.setModified(False)

    return line, show


def _text(value: Value | Sequence[str]) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
