"""The window of the diagnostics: a line for each check as it ends, and the report before it is saved.

Nothing is sent anywhere. What would be saved is shown first, as it will be in the file.
"""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop import assets, doctor
from desktop.checks import Check, examine
from desktop.clamped import ClampedText
from desktop.controls import Icon, allow
from desktop.crossing import Tell, listen
from desktop.doctor import CHECKS, MARKS, Finding, Mark
from desktop.i18n import tr
from desktop.savedialog import save_dialog
from desktop.theme import Looks

FILE_NAME = "deskbell-diagnostics.txt"

_WAITING = ("more", "low")
_PICTURES = {
    Mark.GOOD: ("check", "done"),
    Mark.NOTE: ("normal", "normal"),
    Mark.BAD: ("urgent", "urgent"),
    Mark.SKIPPED: ("low", "low"),
}
"""Glyph and colour role of each mark; the words beside them say the same."""


class Examination(QObject):
    """One run of the checks, in a thread of its own.

    Signals:
        found(Finding): a check has ended.
        ended(): all have.
    """

    found = Signal(object)
    ended = Signal()

    def start(self, checks: Sequence[Check]) -> None:
        """Begin; the signals come on the GUI thread."""
        run = (checks, listen(self, Examination._take))
        threading.Thread(target=_examine, args=run, name="examination", daemon=True).start()

    def _take(self, finding: Finding | None) -> None:
        if finding is None:
            self.ended.emit()
        else:
            self.found.emit(finding)


def _examine(checks: Sequence[Check], tell: Tell) -> None:
    for finding in examine(checks):
        tell(finding)
    tell(None)


class Line(QWidget):
    """One check: waiting, or what it found."""

    def __init__(self, looks: Looks, check: str) -> None:
        super().__init__()
        self._name = tr(CHECKS[check])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, looks.sizes["small"], 0, looks.sizes["small"])
        row.setSpacing(looks.sizes["gap"])
        self._icon = Icon(looks, *_WAITING)
        self.mark = ClampedText("", name="soft", lines=1)
        self.sentence = ClampedText("", name="body")
        self.advice = ClampedText("", name="soft")
        self.details = ClampedText("", name="soft")
        words = QVBoxLayout()
        words.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(looks.sizes["small"])
        head.addWidget(ClampedText(self._name, name="label", lines=1), 1)
        head.addWidget(self.mark)
        words.addLayout(head)
        words.addWidget(self.sentence)
        words.addWidget(self.advice)
        words.addWidget(self.details)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.wait()

    def wait(self) -> None:
        """Say that it is being looked at."""
        self._show(_WAITING, tr("Checking…"))

    def show_finding(self, finding: Finding) -> None:
        """Show what was found."""
        self._show(_PICTURES[finding.mark], tr(MARKS[finding.mark]), finding)

    def _show(self, picture: tuple[str, str], mark: str, finding: Finding | None = None) -> None:
        said = [finding.sentence, finding.advice, "\n".join(finding.details)] if finding else [""] * 3
        self._icon.show_glyph(*picture)
        parts = (self.mark, self.sentence, self.advice, self.details)
        for part, text in zip(parts, [mark, *said], strict=True):
            part.set_text(text)
            part.setVisible(bool(text))
        self.setAccessibleName(" ".join(filter(None, (f"{self._name}: {mark}.", *said))))


class DiagnosticsWindow(QDialog):
    """Looks at everything when it is shown, and again when asked."""

    def __init__(
        self,
        looks: Looks,
        checks: Callable[[], Sequence[Check]],
        report: Callable[[Sequence[Finding]], str],
    ) -> None:
        """``checks`` makes what is to be looked at; ``report`` the redacted text of what was found."""
        super().__init__()
        self._looks, self._checks, self._report = looks, checks, report
        self._examination: Examination | None = None
        self._running = False
        self.findings: list[Finding] = []
        self.setWindowTitle(tr("Diagnostics"))
        self.setWindowIcon(assets.logo())
        self.lines = {check: Line(looks, check) for check in CHECKS}
        self.summary = ClampedText("", name="headline", lines=3)
        self.progress = QProgressBar()
        self.again = QPushButton(tr("Check again"))
        self.copy = QPushButton(tr("Copy"))
        self.save = QPushButton(tr("Save report…"))
        self.finish = QPushButton(tr("Close"))
        self._build()
        self.again.clicked.connect(self.run)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.finish.clicked.connect(self.close)

    def _build(self) -> None:
        sizes = self._looks.sizes
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["gap"])
        column.addWidget(self.summary)
        self.progress.setRange(0, len(CHECKS))
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.setAccessibleName(tr("Checks that have ended"))
        column.addWidget(self.progress)
        column.addWidget(self._list(), 1)
        row = QHBoxLayout()
        row.setSpacing(sizes["small"])
        row.addWidget(self.again)
        row.addStretch(1)
        for button in (self.copy, self.save, self.finish):
            row.addWidget(button)
        self.finish.setDefault(True)
        column.addLayout(row)
        self.resize(_within(self, sizes["reading"], sizes["window_height"]))

    def _list(self) -> QScrollArea:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, self._looks.sizes["small"], 0)
        column.setSpacing(0)
        for line in self.lines.values():
            column.addWidget(line)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        area.setAccessibleName(tr("What was checked"))
        return area

    @property
    def running(self) -> bool:
        """Say whether something is still being looked at."""
        return self._running

    def run(self) -> None:
        """Look at everything, once more."""
        self._running = True
        self.copy.setText(tr("Copy"))
        self.findings = []
        for line in self.lines.values():
            line.wait()
        self._show_progress()
        self.summary.set_text(tr("Checking…"))
        # A run that is still going is not listened to any more.
        if self._examination is not None:
            self._examination.deleteLater()
        examination = self._examination = Examination(self)
        examination.found.connect(self._found)
        examination.ended.connect(self._ended)
        examination.start(self._checks())

    def retire(self) -> None:
        """Close for good; what is still being looked at is not listened to any more."""
        self.close()
        self.deleteLater()

    def _found(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.lines[finding.check].show_finding(finding)
        self._show_progress()

    def _ended(self) -> None:
        self._running = False
        self.summary.set_text(doctor.summary(self.findings))
        self._show_progress(ended=True)

    def _show_progress(self, *, ended: bool = False) -> None:
        self.progress.setValue(len(self.findings))
        self.progress.setVisible(not ended)
        for button in (self.again, self.copy, self.save):
            allow(button, ended, tr("The checks are not over yet."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report(self.findings))
        self.copy.setText(tr("Copied"))

    def _save(self) -> None:
        ReportDialog(self._looks, self._report(self.findings), self).open()


class ReportDialog(QDialog):
    """Shows a report as it would be saved, and saves it."""

    def __init__(
        self,
        looks: Looks,
        text: str,
        parent: QWidget | None = None,
        *,
        choose: Callable[[QWidget], str] | None = None,
    ) -> None:
        """``choose`` returns the path of the file, empty for none; by default the system's dialog asks."""
        super().__init__(parent)
        self._text, self._choose = text, choose or partial(_choose, looks)
        self.setWindowTitle(tr("Save the report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(tr("The report"))
        self.error = ClampedText("", name="error", lines=3)
        self.error.hide()
        self.save = QPushButton(tr("Save…"))
        self.save.setObjectName("primary")
        self.cancel = QPushButton(tr("Cancel"))
        self._build(looks)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)

    def _build(self, looks: Looks) -> None:
        sizes = looks.sizes
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["gap"])
        said = tr(
            "This is all that will be in the file. Sign-ins, names and addresses of people are left out, "
            "and so is everything about customers. Nothing is sent: give the file to your IT if you like."
        )
        column.addWidget(ClampedText(said, name="body"))
        column.addWidget(self.text, 1)
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.setSpacing(sizes["small"])
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        self.save.setDefault(True)
        column.addLayout(row)
        self.resize(_within(self, sizes["reading"], sizes["window_height"]))

    def _save(self) -> None:
        path = self._choose(self)
        if not path:
            return
        try:
            Path(path).write_text(self._text, encoding="utf-8")
        except OSError as problem:
            self.error.set_text(tr("The report could not be saved: {strerror}.", strerror=problem.strerror))
            self.error.show()
            return
        self.accept()


def _within(window: QWidget, width: int, height: int) -> QSize:
    """Return a size that fits on the screen, however large the text is."""
    free = window.screen().availableSize()
    return QSize(min(width, free.width()), min(height, free.height() - height // 16))


def _choose(looks: Looks, parent: QWidget) -> str:
    chosen = [""]
    dialog = save_dialog(parent, looks, tr("Save the report"), FILE_NAME, tr("Text (*.txt)"))
    dialog.fileSelected.connect(chosen.append)
    dialog.exec()
    return chosen[-1]
