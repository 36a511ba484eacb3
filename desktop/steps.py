"""The timeline as it is drawn: an icon, words, and when it was; the exact time is in the tooltip."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.clamped import ClampedText
from desktop.controls import Icon
from desktop.text import age, full_time
from desktop.theme import Looks
from desktop.timeline import Step


class Steps(QWidget):
    """A line for each step."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(looks.sizes["small"])
        self._grid.setVerticalSpacing(looks.sizes["tiny"])
        self._grid.setColumnStretch(1, 1)

    def show_steps(self, steps: Sequence[Step], now: float) -> None:
        """Show these steps in the place of others."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, step in enumerate(steps):
            self._add(number, step, now)

    def words(self) -> list[str]:
        """Return the steps as they are read."""
        items = (self._grid.itemAtPosition(row, 1) for row in range(self._grid.rowCount()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget.text() for widget in widgets if isinstance(widget, ClampedText)]

    def _add(self, number: int, step: Step, now: float) -> None:
        icon = Icon(self._looks, step.glyph, "soft", size="small_icon", text="small_size")
        self._grid.addWidget(icon, number, 0, Qt.AlignmentFlag.AlignTop)
        words = ClampedText(step.words, name="hint", lines=3)
        self._grid.addWidget(words, number, 1)
        if step.at is not None:
            when = ClampedText(age(step.at, now), name="hint", lines=1)
            when.setToolTip(full_time(step.at))
            when.setAccessibleName(f"{age(step.at, now)}, {full_time(step.at)}")
            self._grid.addWidget(when, number, 2, Qt.AlignmentFlag.AlignRight)
