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

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(looks.sizes["small"])
        self._grid.setVerticalSpacing(looks.sizes["tiny"])
        self._grid.setColumnStretch(1, 1)
        self._words: list[ClampedText] = []

    def show_steps(self, steps: Sequence[Step], now: float) -> None:
        """Show these steps in the place of others."""
        for widget in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        self._words.clear()
        for number, step in enumerate(steps):
            self._add(number, step, now)

    def words(self) -> list[str]:
        """Return the steps as they are read."""
        return [words.text() for words in self._words]

    def _add(self, number: int, step: Step, now: float) -> None:
        icon = Icon(self._looks, step.glyph, "soft", size="small_icon", text="small_size", parent=self)
        self._grid.addWidget(icon, number, 0, Qt.AlignmentFlag.AlignTop)
        words = ClampedText(step.words, name="hint", lines=3, parent=self)
        self._grid.addWidget(words, number, 1)
        self._words.append(words)
        if step.at is not None:
            when = ClampedText(age(step.at, now), name="hint", lines=1, parent=self)
            when.setToolTip(full_time(step.at))
            when.setAccessibleName(f"{age(step.at, now)}, {full_time(step.at)}")
            self._grid.addWidget(when, number, 2, Qt.AlignmentFlag.AlignRight)
