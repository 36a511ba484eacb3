"""What the system tells about the person: read from a real session, and put together."""

import os
import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from desktop.linux_session import QUESTIONS, Question
from desktop.surroundings import Answer, Surroundings, Watch, merge
from desktop.windows_session import idle_seconds, is_focused, is_presenting
from tests.desktop.in_session import in_session, seen_by

NO_BUS = """
from PySide6.QtCore import QCoreApplication
from desktop.linux_session import BusReader
app = QCoreApplication([])
reader = BusReader()
for _ in range(3):
    reader.ask(print)
    app.processEvents()
print(len(reader.children()))
"""


class Told:
    """A reader that answers what the test gives it: the system's far end."""

    def __init__(self, name: str, **fields: bool | float | None) -> None:
        self.name = name
        self.fields = fields

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        for field, value in self.fields.items():
            answer(field, value)


def test_one_reader_that_says_yes_is_enough() -> None:
    """Of idle times the shortest counts: somebody has touched something."""
    answers = {
        ("a", "do_not_disturb"): None,
        ("b", "do_not_disturb"): True,
        ("a", "idle"): 90.0,
        ("b", "idle"): 4.0,
        ("c", "idle"): None,
    }

    assert merge(answers) == Surroundings(do_not_disturb=True, idle=4.0)


def test_what_nobody_tells_is_no() -> None:
    """A system that says nothing must not silence anything."""
    assert merge({}) == Surroundings()


def test_only_what_matters_is_told(qtbot: QtBot) -> None:
    """Leaving and coming back, not each second of idling."""
    del qtbot
    reader = Told("desk", idle=0.0)
    watch = Watch([reader], away_seconds=60)
    told: list[bool] = []
    watch.changed.connect(lambda _: told.append(watch.away))
    for idle in (5.0, 59.0, 60.0, 300.0, 1.0, 2.0):
        reader.fields["idle"] = idle
        watch.ask()

    assert told == [True, False]


def test_the_diagnostics_hear_what_is_not_told(qtbot: QtBot) -> None:
    """In words that an administrator understands."""
    del qtbot
    watch = Watch([Told("desk", idle=1.0, do_not_disturb=None)])
    watch.ask()

    assert watch.untold() == ["do not disturb", "full screen", "locked screen"]


@pytest.mark.parametrize("value", ["yes", 1, None, [True]])
def test_an_answer_of_another_kind_is_none(value: object) -> None:
    """A service may answer anything."""
    flag = next(question for question in QUESTIONS if question.field == "locked")

    assert flag.read(value) is None


def test_times_are_read_in_their_unit() -> None:
    """Mutter counts milliseconds."""
    idle: Question = next(question for question in QUESTIONS if question.field == "idle")

    assert idle.read(90_500) == 90.5
    assert idle.read("soon") is None


def test_windows_states_mean_what_its_documentation_says() -> None:
    """Busy, full screen and presentation are presenting; a new account's first hour is not."""
    assert [state for state in range(8) if is_presenting(state)] == [2, 3, 4]


def test_focus_assist_is_known_or_it_is_not() -> None:
    """Off, priority only, alarms only; a state nobody knows, or a Windows without it, says nothing."""
    assert [is_focused(0, profile) for profile in range(4)] == [False, True, True, None]
    assert is_focused(-1073741772, 0) is None


def test_the_counter_of_windows_goes_round() -> None:
    """After 49 days it begins anew; somebody who typed just before is not idle for 49 days."""
    assert idle_seconds(500, 2**32 - 500) == 1.0


def test_without_a_bus_nothing_waits_for_an_answer() -> None:
    """What waited would be kept for ever, one more each time that is asked."""
    nowhere = dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"), "unix:path=/nowhere")
    done = subprocess.run(
        [sys.executable, "-c", NO_BUS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **nowhere},
    )
    assert done.stdout == "0\n"


@pytest.mark.desktop_session
@in_session
def test_a_real_session_tells_what_the_person_does() -> None:
    """Do not disturb in the notification service, a full screen, going away and coming back."""
    seen = seen_by("surroundings_desk", seconds=120)

    assert [name for name, held in seen.items() if not held] == []
