"""The window and the command of the diagnostics: every line ends, and nothing is saved unseen."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop import doctor
from desktop.bridge import Bridge
from desktop.checks import Check
from desktop.checkup import Checkup
from desktop.diagnostics import DiagnosticsWindow, ReportDialog
from desktop.doctor import CHECKS, Finding, Mark
from desktop.entry import LinkState, Status
from desktop.equipment import about, equipment_checks, look_around
from desktop.inbox import Inbox
from desktop.instance import Instance, is_running
from desktop.keychain import Keychain, NoKeyring
from desktop.theme import Looks

FOUND = [
    doctor.clock(7200.0),
    doctor.tray(available=False),
    *(doctor.unlinked(check) for check in CHECKS if check not in {"clock", "tray"}),
]


def report(findings: Sequence[Finding]) -> str:
    """Return a report of some findings."""
    return doctor.bundle(findings, {})


@pytest.fixture
def window(qtbot: QtBot, looks: Looks) -> DiagnosticsWindow:
    checks = [Check(names=(each.check,), run=lambda each=each: [each]) for each in FOUND]  # type: ignore[misc]  # bound
    window = DiagnosticsWindow(looks, lambda: checks, report)
    qtbot.addWidget(window)
    return window


def no_keyring() -> Keychain:
    """Return a keychain of a computer that has no keyring."""

    def choose() -> None:
        raise NoKeyring("none here")

    return Keychain(choose)  # type: ignore[arg-type]  # it never returns


def test_every_line_ends(qtbot: QtBot, window: DiagnosticsWindow) -> None:
    """Each check's line says what was found, in words for screen readers too, and the head sums up."""
    window.show()
    window.run()
    assert window.lines["clock"].accessibleName() == "Clock: Checking…."
    assert not window.save.isEnabled()
    qtbot.waitUntil(lambda: not window.running)
    assert window.summary.text() == "1 problem: clock."
    assert window.progress.value() == len(CHECKS)
    said = window.lines["clock"].accessibleName()
    assert said.startswith("Clock: Problem. This computer's clock is 2 hours ahead")
    assert window.lines["tray"].mark.text() == "Note"
    assert window.save.isEnabled()


def test_progress_is_seen_while_a_check_hangs(qtbot: QtBot, looks: Looks) -> None:
    """What has ended is shown at once, and the window doesn't wait for the rest."""
    over = threading.Event()
    checks = [
        Check(names=("tray",), run=lambda: [doctor.tray(available=True)]),
        Check(names=("sound",), run=lambda: [doctor.sound("x", "")] * over.wait(30)),
    ]
    window = DiagnosticsWindow(looks, lambda: checks, report)
    qtbot.addWidget(window)
    window.run()
    qtbot.waitUntil(lambda: len(window.findings) == 1)
    assert window.lines["tray"].mark.text() == "Good"
    assert window.running
    over.set()
    qtbot.waitUntil(lambda: not window.running)


def test_closing_in_the_middle_is_harmless(qtbot: QtBot, looks: Looks) -> None:
    """A window that goes while a check runs takes nothing down with it."""
    over, gone = threading.Event(), threading.Event()

    def run() -> list[Finding]:
        over.wait(30)
        gone.set()
        return [doctor.tray(available=True)]

    window = DiagnosticsWindow(looks, lambda: [Check(names=("tray",), run=run)], report)
    window.run()
    with qtbot.waitSignal(window.destroyed):
        window.deleteLater()
    over.set()
    assert gone.wait(10)


def test_a_window_that_retires_does_not_wait_for_its_checks(qtbot: QtBot, looks: Looks) -> None:
    """What they find later is not listened to."""
    over = threading.Event()

    def run() -> list[Finding]:
        over.wait(30)
        return [doctor.tray(available=True)]

    window = DiagnosticsWindow(looks, lambda: [Check(names=("tray",), run=run)], report)
    window.run()
    with qtbot.waitSignal(window.destroyed):
        window.retire()
    over.set()


def test_copy_takes_the_report(qtbot: QtBot, window: DiagnosticsWindow) -> None:
    """What is copied is the redacted text, and the button says that it was."""
    window.run()
    qtbot.waitUntil(lambda: not window.running)
    window.copy.click()
    assert QGuiApplication.clipboard().text() == report(window.findings)
    assert window.copy.text() == "Copied"


def test_a_report_is_shown_before_it_is_saved(qtbot: QtBot, looks: Looks, tmp_path: Path) -> None:
    """The file has exactly what was on the screen; saying no writes nothing."""
    file = tmp_path / "report.txt"
    answers = ["", str(file)]
    dialog = ReportDialog(looks, "all there is\n", choose=lambda _: answers.pop(0))
    qtbot.addWidget(dialog)
    dialog.save.click()
    assert not list(tmp_path.iterdir())
    dialog.save.click()
    assert file.read_text(encoding="utf-8") == "all there is\n"


def test_a_report_that_cannot_be_written_says_so(qtbot: QtBot, looks: Looks, tmp_path: Path) -> None:
    """The dialog stays, with a sentence."""
    dialog = ReportDialog(looks, "text", choose=lambda _: str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.save.click()
    assert dialog.error.text().startswith("The report could not be saved")
    assert dialog.isVisible()


@pytest.mark.parametrize("yes", [True, False])
def test_where_to_save_is_asked_in_a_dialog_that_can_be_read(
    qtbot: QtBot, looks: Looks, tmp_path: Path, yes: bool
) -> None:
    """It proposes a name; saying no writes nothing."""
    dialog = ReportDialog(looks, "all there is\n")
    qtbot.addWidget(dialog)
    dialog.show()
    asked: list[str] = []

    def answer() -> None:
        asking = dialog.findChild(QFileDialog)
        assert asking is not None
        asking.setDirectory(str(tmp_path))
        asked.append(Path(asking.selectedFiles()[0]).name)
        asking.accept() if yes else asking.reject()

    QTimer.singleShot(0, dialog, answer)
    dialog.save.click()

    assert asked == ["deskbell-diagnostics.txt"]
    assert [file.name for file in tmp_path.iterdir()] == (asked if yes else [])


def test_every_control_has_a_name(window: DiagnosticsWindow) -> None:
    """Screen readers have something to say at every stop."""
    assert all(button.text() for button in window.findChildren(QPushButton))
    assert all(line.accessibleName() for line in window.lines.values())


def test_the_running_app_is_looked_at(qtbot: QtBot, looks: Looks, inbox: Inbox) -> None:
    """Signed out, the relay's lines are skipped, and all lines of this computer end."""
    checkup = Checkup(
        looks, Bridge(inbox), no_keyring(), lambda: Status(state=LinkState.SIGNED_OUT, since=0.0)
    )
    checkup.show()
    window = checkup.window
    assert window is not None
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: not window.running, timeout=20_000)
    marks = {finding.check: finding.mark for finding in window.findings}
    assert set(marks) == set(CHECKS)
    assert marks["relay"] is Mark.SKIPPED
    assert marks["keyring"] is Mark.BAD
    assert marks["screens"] is Mark.GOOD
    assert "Deskbell" in window._report(window.findings)
    checkup.close()


def test_this_computer_is_described(qtbot: QtBot) -> None:
    """The session's screens are seen, and versions are told; without a session the lines are skipped."""
    view = look_around()
    assert view is not None
    assert "%" in view.screens[0]
    assert {"Deskbell", "System", "Qt"} <= set(about())
    marks = {
        finding.check: finding.mark
        for check in equipment_checks(None, no_keyring(), "")
        if check.names != ("notifications",)
        for finding in check.run()
    }
    assert marks["tray"] is marks["screens"] is Mark.SKIPPED


def test_whether_an_app_runs_is_seen_without_disturbing_it(qtbot: QtBot, tmp_path: Path) -> None:
    """Looking for a running app doesn't make it show its window."""
    assert not is_running(tmp_path)
    instance = Instance(tmp_path)
    asked: list[bool] = []
    instance.asked_to_show.connect(lambda: asked.append(True))
    assert instance.acquire()
    assert is_running(tmp_path)
    qtbot.waitUntil(lambda: not instance._callers)
    assert asked == []
    instance.release()
