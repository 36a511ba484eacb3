"""The list of programs that start by themselves follows the setting, once the computer is paired."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.enrolment import Enrolment
from desktop.keychain import Keychain
from desktop.options import Options
from desktop.policy import Layer, Rank
from desktop.preferences_file import PreferencesFile
from desktop.starting import Starting
from desktop.theme import Looks
from desktop.wishes import Wishes

OWN = Options(profile=Path("profile"), preferences=Path("preferences.json"))


class System:
    """A system that can be told, or refuses."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.refusal = ""

    def apply(self, on: bool) -> str:
        """Take a wish."""
        self.told.append(on)
        return self.refusal


@pytest.fixture
def enrolment(qapp: QApplication, looks: Looks, tmp_path: Path) -> Enrolment:
    """Nobody is signed in."""
    return Enrolment(looks, Keychain(), tmp_path / "account.json")


@pytest.fixture
def layers() -> list[Layer]:
    """What IT says; a test may add to it."""
    return []


@pytest.fixture
def wishes(tmp_path: Path, layers: list[Layer]) -> Iterator[Wishes]:
    """Settings at their defaults."""
    made = Wishes(PreferencesFile(tmp_path / "preferences.json"), {}, places=lambda: layers)
    yield made
    made.close()


def test_it_begins_with_the_pairing(wishes: Wishes, enrolment: Enrolment) -> None:
    """A program that was only looked at does not come again by itself."""
    system = System()
    Starting(wishes, enrolment, OWN, system.apply)
    wishes.choose("theme", "dark")
    assert system.told == []
    enrolment.signed_in.emit(None, "")
    assert system.told == [True]
    wishes.choose("autostart", value=False)
    assert system.told == [True, False]


def test_another_setting_leaves_the_system_alone(wishes: Wishes, enrolment: Enrolment) -> None:
    """The list is written once for each choice; one that was refused is tried again."""
    system = System()
    Starting(wishes, enrolment, OWN, system.apply)
    enrolment.signed_in.emit(None, "")
    wishes.choose("theme", "dark")
    assert system.told == [True]
    system.refusal = "could not be set: Read-only file system."
    wishes.choose("autostart", value=False)
    wishes.choose("theme", "light")
    assert system.told == [True, False, False]


def test_it_has_the_last_word(wishes: Wishes, enrolment: Enrolment, layers: list[Layer]) -> None:
    """A managed value counts within a minute, whatever the person has chosen."""
    system = System()
    Starting(wishes, enrolment, OWN, system.apply)
    enrolment.signed_in.emit(None, "")
    layers.append(Layer(rank=Rank.MACHINE, place="10.toml", values={"Autostart": False}))
    wishes.reload()
    assert system.told == [True, False]


def test_a_refusal_stands_beside_the_setting(wishes: Wishes, enrolment: Enrolment) -> None:
    """Until it works."""
    system = System()
    system.refusal = "could not be set: Read-only file system."
    Starting(wishes, enrolment, OWN, system.apply)
    enrolment.signed_in.emit(None, "")
    assert wishes.hindrances["autostart"] == "could not be set: Read-only file system."
    system.refusal = ""
    wishes.choose("autostart", value=False)
    assert wishes.hindrances["autostart"] == ""


def test_a_trial_does_not_start_by_itself(wishes: Wishes, enrolment: Enrolment) -> None:
    """A profile of its own leaves the computer as it is."""
    system = System()
    Starting(wishes, enrolment, Options(profile=Path("profile")), system.apply)
    enrolment.signed_in.emit(None, "")
    wishes.choose("autostart", value=False)
    assert system.told == []
