"""Every window, as it looks with something in it; for the tests of languages and for the gallery."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop import doctor
from desktop.checks import Check
from desktop.diagnostics import DiagnosticsWindow, ReportDialog
from desktop.doctor import CHECKS
from desktop.entry import Entry
from desktop.filters import FiltersWindow
from desktop.firstrun import Welcome
from desktop.history import HistoryWindow
from desktop.i18n import English
from desktop.leaving import LeaveDialog
from desktop.passing import PassDialog
from desktop.preferences import PreferencesWindow
from desktop.preferences_file import PreferencesFile
from desktop.records import Records
from desktop.signin import PairingDialog
from desktop.theme import Looks
from desktop.toast import Toast
from desktop.wishes import Wishes
from relay.protocol import Priority, Script, Stage
from tests.desktop.filter_states import answering

ME = "mira@example.com"
MakeEntry = Callable[..., Entry]


class Pseudo(English):
    """No language at all: English with accents, and half as long again; for layouts from right to left."""

    def text(self, text: str, number: int | None) -> str:
        """Return ``text`` made longer, with its placeholders."""
        if number == 1 and "%n" not in text:
            return ""
        return f"⟦{text} {'ẽ' * (len(text) // 2)}⟧"


def toasts(looks: Looks, make_entry: MakeEntry) -> dict[str, Callable[[], QWidget]]:
    """Return how to make a toast of each kind."""
    made = {
        f"toast-{priority.name.lower()}": make_entry(number, priority=priority, claimable=True)
        for number, priority in enumerate(Priority, 1)
    }
    first = made["toast-normal"]
    made["toast-mine"] = replace(first, stage=Stage.CLAIMED, holder=ME)
    made["toast-missing"] = replace(first, scripts=(Script(name="Reply", text="Hi {{ name }}, {{ item }}."),))
    return {name: _toast(looks, entry) for name, entry in made.items()}


def _toast(looks: Looks, entry: Entry) -> Callable[[], QWidget]:
    def make() -> QWidget:
        toast = Toast(looks, entry, seconds=None, agent=ME, composited=False)
        toast.fit(toast.sizeHint().height())
        return toast

    return make


def windows(
    looks: Looks, records: Records, make_entry: MakeEntry, folder: Path
) -> dict[str, Callable[[], QWidget]]:
    """Return how to make each window by its name."""
    findings = [doctor.clock(7200.0), doctor.tray(available=False)]
    findings += [doctor.unlinked(check) for check in CHECKS if check not in {"clock", "tray"}]
    checks = [Check(names=(each.check,), run=lambda each=each: [each]) for each in findings]  # type: ignore[misc] # bound
    wishes = Wishes(PreferencesFile(folder / "preferences.json"), {}, places=list)
    return {
        "history": lambda: HistoryWindow(looks, records.model, agent=ME),
        "preferences": lambda: PreferencesWindow(looks, wishes, "Deskbell", "https://relay.example.com"),
        "filters": lambda: FiltersWindow(looks, answering(None), agent=ME, leads=("billing",)),
        "diagnostics": lambda: DiagnosticsWindow(looks, lambda: checks, lambda _found: "Report"),
        "report": lambda: ReportDialog(looks, "Deskbell 0.1.0\nClock: two hours ahead of the relay's.\n"),
        "pairing": lambda: PairingDialog(looks, "relay.example.com"),
        "first-run": lambda: Welcome(looks),
        "sign-out": lambda: LeaveDialog(looks, ME),
        "pass-on": lambda: PassDialog(looks, make_entry(1, teams=("billing",))),
        **toasts(looks, make_entry),
    }
