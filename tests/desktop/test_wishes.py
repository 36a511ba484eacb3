"""What a person chooses is kept, follows IT, and survives damage."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.policy import Layer, Rank
from desktop.preferences_file import PreferencesError, PreferencesFile
from desktop.settings import Settings
from desktop.wishes import Wishes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the wishes are kept; nothing is there yet."""
    return tmp_path / "config" / "preferences.json"


class Policies:
    """What IT says, changed by a test."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []

    def __call__(self) -> list[Layer]:
        return self.layers


def make(path: Path, places: Policies | None = None, **environ: str) -> Wishes:
    """Return wishes as at the start of the app."""
    return Wishes(PreferencesFile(path), environ, places=places or Policies())


def test_a_choice_is_kept(qtbot: QtBot, path: Path) -> None:
    """It counts at once, is told, and is there after a restart."""
    wishes = make(path)
    with qtbot.waitSignal(wishes.changed) as heard:
        assert wishes.choose("holidays", ("2026-12-25",))
    assert heard.args == [Settings(holidays=("2026-12-25",))]
    assert make(path).settings.holidays == ("2026-12-25",)
    assert wishes.effect("holidays").why() == "chosen by you"
    assert path.stat().st_mode & 0o077 == 0


def test_a_choice_can_be_taken_back(qtbot: QtBot, path: Path) -> None:
    """One or all; what a newer version has put into the file stays."""
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "dark", "sound": False, "hologram": 3}))
    wishes = make(path)
    assert wishes.is_chosen("theme")
    wishes.reset("theme")
    assert wishes.settings == Settings(sound=False)
    wishes.reset()
    assert wishes.settings == Settings()
    assert json.loads(path.read_text()) == {"hologram": 3}


def test_it_may_take_over_while_the_app_runs(qtbot: QtBot, path: Path) -> None:
    """A new policy counts without a restart; the person's choice waits below it."""
    policies = Policies()
    wishes = make(path, policies)
    wishes.choose("sound", value=False)
    policies.layers = [Layer(rank=Rank.MACHINE, place="10.toml", values={"Sound": True})]
    with qtbot.waitSignal(wishes.changed):
        wishes.reload()
    assert wishes.settings.sound is True
    assert wishes.effect("sound").locked
    assert not wishes.is_chosen("sound")
    policies.layers = []
    wishes.reload()
    assert wishes.settings.sound is False


def test_policies_are_read_again_now_and_then(qtbot: QtBot, path: Path) -> None:
    """Nobody has to press anything."""
    policies = Policies()
    wishes = make(path, policies)
    policies.layers = [Layer(rank=Rank.MACHINE, place="10.toml", values={"Sound": False})]
    wishes._refresh.setInterval(1)
    with qtbot.waitSignal(wishes.changed):
        pass
    wishes.close()
    assert not wishes._refresh.isActive()


def test_nothing_is_told_that_did_not_change(qtbot: QtBot, path: Path) -> None:
    """The same again is no change."""
    wishes = make(path)
    with qtbot.assertNotEmitted(wishes.changed):
        wishes.reload()


def test_variables_and_the_command_line_win_over_the_file(path: Path, qtbot: QtBot) -> None:
    """For this run; the file is as it was."""
    wishes = Wishes(
        PreferencesFile(path), {"DESKBELL_THEME": "dark"}, places=Policies(), overrides={"theme": "light"}
    )
    assert wishes.settings.theme == "light"
    assert wishes.effect("theme").why() == "set for this run (the command line)"
    assert wishes.effect("theme").locked
    assert not path.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_put_aside(path: Path, damage: bytes, qtbot: QtBot) -> None:
    """It is told, kept, and a new one can be begun."""
    path.parent.mkdir()
    path.write_bytes(damage)
    wishes = make(path)
    assert wishes.settings == Settings()
    assert str(path) + ".damaged" in wishes.notice
    assert path.with_name("preferences.json.damaged").read_bytes() == damage
    assert wishes.choose("sound", value=False)
    assert make(path).settings.sound is False


def test_a_wrong_value_in_the_file_is_told(path: Path, qtbot: QtBot) -> None:
    """The others count."""
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "mauve", "sound": False}))
    decision = make(path).decision
    assert decision.settings == Settings(sound=False)
    assert len(decision.problems) == 1


def test_what_cannot_be_kept_does_not_count(path: Path, qtbot: QtBot) -> None:
    """The person reads why, and sees the value that is in force."""
    path.parent.write_text("a file where the folder should be")
    wishes = make(path)
    with qtbot.waitSignal(wishes.failed) as heard:
        assert not wishes.choose("sound", value=False)
    assert heard.args is not None
    assert heard.args[0].startswith("The preferences could not be saved: ")
    assert wishes.settings.sound is True


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Nothing lies about, either."""
    target = tmp_path / "preferences.json"
    target.mkdir()
    (target / "something").touch()
    with pytest.raises(PreferencesError):
        PreferencesFile(target).write({"sound": False})
    assert [entry.name for entry in tmp_path.iterdir()] == ["preferences.json"]
