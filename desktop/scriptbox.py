"""The box with the suggested words and the one button that matters: Copy."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLocale, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.clamped import NO_LIMIT, ClampedText
from desktop.clipboard import Clipboard
from desktop.controls import allow, set_glyph
from desktop.i18n import tr
from desktop.languages import by_language, tag
from desktop.text import MAX_LABEL, clean_line, clean_script, unfilled
from desktop.theme import Looks
from relay.protocol import Script

COPIED_MILLISECONDS = 1_500
"""How long the button says "Copied"."""
MOST_NAMED = 3
"""Missing values that are named: two lines."""


class _Button(QPushButton):
    """A button that can be pressed a little above and below what is drawn of it, too."""

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        """Say whether a press is meant for it."""
        return self.rect().contains(pos)


class ScriptBox(QFrame):
    """One or more scripts, one at a time, with Copy.

    A script with an unfilled placeholder cannot be copied; the box says what is missing.

    Signals:
        copied(): the script that is shown was put on the clipboard.
        reshaped(): it was unfolded or folded, or another script is shown; its height is another.
    """

    copied = Signal()
    reshaped = Signal()

    def __init__(
        self,
        looks: Looks,
        scripts: tuple[Script, ...],
        *,
        lines: int = NO_LIMIT,
        clipboard: Clipboard | None = None,
        languages: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Show the scripts, those in the first of ``languages`` (or the system's) first."""
        super().__init__(parent)
        self.setObjectName("script_box")
        self._looks, self._clipboard = looks, clipboard or Clipboard()
        self._scripts = by_language(scripts, languages or QLocale.system().uiLanguages())
        self._number = 0
        self._preview, self._unfolded = lines, False
        self._width = looks.sizes["toast"]
        self._rest = QTimer(self, singleShot=True, interval=COPIED_MILLISECONDS)
        self._rest.timeout.connect(self._dress)
        self._scroll = QScrollArea(self)
        self.text = ClampedText(name="script_text", lines=lines, parent=self._scroll.viewport())
        self.missing = ClampedText(name="missing", lines=2, parent=self)
        self.name = ClampedText(name="script_name", lines=1, parent=self)
        self.copy = _Button(self)
        self.more = _Button(tr("Show all"), self)
        self.other = _Button(self)
        self._build()
        looks.changed.connect(self._dress)
        self._show_script()

    def _build(self) -> None:
        sizes = self._looks.sizes
        for button in (self.more, self.other):
            button.setObjectName("quiet")
            # As high as what stands beside them, so that they are hit as easily.
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.copy.clicked.connect(self._copy)
        self.more.clicked.connect(self._fold)
        self.other.clicked.connect(self._turn)
        head = QHBoxLayout()
        head.setSpacing(sizes["tiny"])
        head.addWidget(self.name, 1)
        for button in (self.other, self.more, self.copy):
            head.addWidget(button)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.text)
        column = QVBoxLayout(self)
        # Less than elsewhere: the buttons reach beyond what is drawn of them.
        column.setContentsMargins(sizes["gap"], sizes["inset"], sizes["small"], sizes["small"])
        column.setSpacing(sizes["thick"])
        column.addLayout(head)
        column.addWidget(self._scroll)
        column.addWidget(self.missing)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the button's glyph as what it is by now."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self._dress()

    def buttons(self) -> list[QPushButton]:
        """Return what can be pressed."""
        return [self.copy, self.more, self.other]

    def is_unfolded(self) -> bool:
        """Say whether the whole script is asked for."""
        return self._unfolded

    def script(self) -> str:
        """Return the words as they are shown and copied."""
        return clean_script(self._scripts[self._number].text)

    def fit(self, width: int, lines: int, extra: int = 0) -> None:
        """Take a width; show ``lines`` of the script and, unfolded, ``extra`` pixels more of it."""
        sizes = self._looks.sizes
        self._width = width - sizes["gap"] - sizes["small"] - 2 * sizes["hair"]
        self._preview = lines
        self.text.ensurePolished()
        cut = len(self.text.text()) > 0 and self._is_cut(lines)
        self.more.setVisible(cut or self._unfolded)
        self.text.set_lines(NO_LIMIT if self._unfolded else lines)
        step = self.text.fontMetrics().lineSpacing()
        room = step * lines + (extra if self._unfolded else 0)
        whole = self.text.heightForWidth(self._width)
        if self._unfolded and whole > room:  # the bar to scroll with takes some of the width
            whole = self.text.heightForWidth(self._width - sizes["bar"])
        self._scroll.setFixedHeight(min(whole, room))
        # The card's layout keeps what it was told before until the event loop gets round to it.
        self.updateGeometry()

    def _is_cut(self, lines: int) -> bool:
        self.text.set_lines(lines)
        return self.text.is_cut(self._width)

    def _show_script(self) -> None:
        script = self._scripts[self._number]
        holes = tuple(dict.fromkeys((*script.missing, *unfilled(script.text))))
        self.name.set_text(clean_line(script.name, MAX_LABEL) or tr("Suggested reply"))
        self._scroll.setAccessibleName(self.name.text())
        self.text.set_text(self.script())
        self.other.setText(self._which())
        self.other.setAccessibleName(tr("Show the next suggested reply"))
        self.other.setVisible(len(self._scripts) > 1)
        self.missing.set_text(_missing(holes) if holes else "")
        self.missing.setVisible(bool(holes))
        allow(self.copy, not holes, self.missing.text())
        self._dress()

    def _which(self) -> str:
        """Return which of several scripts is shown; its language stands with it if they differ in it."""
        place = tr("{place} of {all}", place=self._number + 1, all=len(self._scripts))
        several = len({script.language for script in self._scripts}) > 1
        letters = tag(self._scripts[self._number]) if several else ""
        return f"{letters} · {place}" if letters else place

    def _dress(self) -> None:
        self._rest.stop()
        self.copy.setObjectName("primary")
        self.copy.setText(tr("Copy"))
        self.copy.setAccessibleName(tr("Copy the suggested reply"))
        set_glyph(self.copy, self._looks, "copy", "on_accent" if self.copy.isEnabled() else "soft")
        self._restyle()

    def _restyle(self) -> None:
        if not self.copy.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            return  # it is about to be styled for the first time
        self.copy.style().unpolish(self.copy)
        self.copy.style().polish(self.copy)

    def _copy(self) -> None:
        self._clipboard.put(self.script())
        width = self.copy.width()
        self.copy.setObjectName("copied")
        self.copy.setText(tr("Copied"))
        self.copy.setAccessibleName(tr("Copied"))
        set_glyph(self.copy, self._looks, "check", "done")
        self._restyle()
        self.copy.setMinimumWidth(width)
        self._rest.start()
        self.copied.emit()

    def _fold(self) -> None:
        self._unfolded = not self._unfolded
        self.more.setText(tr("Show less") if self._unfolded else tr("Show all"))
        self.reshaped.emit()

    def _turn(self) -> None:
        self._number = (self._number + 1) % len(self._scripts)
        self._show_script()
        self.reshaped.emit()


def _missing(holes: tuple[str, ...]) -> str:
    names = ", ".join(clean_line(hole, MAX_LABEL) for hole in holes[:MOST_NAMED])
    rest = len(holes) - MOST_NAMED
    if rest > 0:
        return tr("Not ready to copy: {names} and {rest} more are missing.", names=names, rest=rest)
    return tr(
        "Not ready to copy: {names} are missing.",
        one="Not ready to copy: {names} is missing.",
        n=len(holes),
        names=names,
    )
