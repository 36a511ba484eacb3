"""Of all who say something about a setting, the right one wins, and it is known who."""

import itertools
import os
import plistlib
from pathlib import Path

import pytest

from desktop.policy import Layer, Rank, decide, key_of
from desktop.policy_places import (
    INSTALLED,
    MAX_BYTES,
    REGISTRY,
    from_environment,
    from_folder,
    from_preferences,
    from_registry,
)
from desktop.settings import SETTINGS, Settings

SAID = [rank for rank in Rank if rank is not Rank.DEFAULT]


def layer(rank: Rank, place: str = "somewhere", **values: object) -> Layer:
    """Return what a place says."""
    return Layer(rank=rank, place=place, values=values)


def test_without_a_word_the_defaults_count() -> None:
    """Nobody says anything, and what only IT sets is locked all the same."""
    decision = decide([])
    assert decision.settings == Settings()
    assert decision.problems == ()
    assert decision.effects["sound"].why() == "default"
    assert {key for key, effect in decision.effects.items() if effect.locked} == {
        key for key, row in SETTINGS.items() if row.managed_only
    }


@pytest.mark.parametrize(("higher", "lower"), list(itertools.combinations(SAID, 2)))
def test_the_higher_rank_wins(higher: Rank, lower: Rank) -> None:
    """Whatever the order in which places are read."""
    layers = [layer(lower, "low", away_seconds=30), layer(higher, "high", away_seconds=90)]
    for order in (layers, layers[::-1]):
        effect = decide(order).effects["away_seconds"]
        assert (effect.value, effect.rank, effect.place) == (90, higher, "high")
        assert effect.locked == (higher < Rank.CHOSEN)


def test_of_equals_the_later_wins() -> None:
    """Files of one folder are read in the order of their names."""
    layers = [layer(Rank.MACHINE, "10.toml", Sound=False), layer(Rank.MACHINE, "20.toml", SOUND="1")]
    effect = decide(layers).effects["sound"]
    assert effect.value is True
    assert effect.why() == "set by your IT (20.toml)"


def test_names_are_taken_in_any_case() -> None:
    """Registries don't tell capitals apart, and people mix both ways to write."""
    assert {key_of(name) for name in ("AllowQuit", "allow_quit", "ALLOWQUIT")} == {"allow_quit"}
    assert key_of("AllowQuiet") is None


def test_unknown_names_are_told() -> None:
    """A misspelt setting changes nothing and is not passed over."""
    decision = decide([layer(Rank.MACHINE, "10.toml", Sounds=False)])
    assert decision.settings == Settings()
    assert decision.problems == ("10.toml: there is no setting “Sounds”.",)


def test_what_helps_people_to_see_cannot_be_taken_away() -> None:
    """An enforced text size is a recommendation: the person's own choice wins."""
    layers = [layer(Rank.MACHINE, text_size=80, theme="light"), layer(Rank.CHOSEN, "", text_size=150)]
    decision = decide(layers)
    assert decision.settings.text_size == 150
    assert decision.effects["theme"].rank is Rank.MACHINE_ADVICE
    assert not decision.effects["theme"].locked


def test_a_value_that_cannot_be_read_is_left_out() -> None:
    """The next place counts, and the problem is told with place and name."""
    decision = decide([layer(Rank.MACHINE, "10.toml", Sound="loud"), layer(Rank.CHOSEN, "", sound=False)])
    assert decision.settings.sound is False
    assert decision.problems == ("10.toml: Sound is neither true nor false.",)


def test_what_protects_fails_closed() -> None:
    """A misspelt protection is the strictest one, not none."""
    values: dict[str, object] = {
        "AllowedLinkHosts": "https://crm",
        "AllowQuit": "maybe",
        "Privacy": 7,
        "HistoryDays": -1,
    }
    decision = decide([Layer(rank=Rank.MACHINE, place="10.toml", values=values)])
    settings = decision.settings
    assert settings.allowed_link_hosts == ("nowhere.invalid",)
    assert settings.allow_quit is False
    assert settings.privacy == "nothing"
    assert settings.history_days == 1
    assert len(decision.problems) == 4


def test_a_person_cannot_set_what_only_it_sets() -> None:
    """Their own file may say what it wants; the environment of a computer without IT may."""
    own = layer(Rank.CHOSEN, "", allow_quit=False)
    assert decide([own]).settings.allow_quit is True
    assert decide([layer(Rank.RUN, allow_quit=False)]).settings.allow_quit is False


def test_on_a_managed_computer_the_way_to_the_relay_is_its() -> None:
    """As soon as IT manages anything, neither person nor environment say where data goes."""
    wishes = [
        layer(rank, proxy_url="http://elsewhere.example", proxy_mode="fixed")
        for rank in (Rank.RUN, Rank.CHOSEN)
    ]
    assert decide(wishes).settings.proxy_mode == "fixed"
    decision = decide([*wishes, layer(Rank.MACHINE, sound=False)])
    assert decision.settings.proxy_mode == "system"
    assert decision.effects["proxy_mode"].locked
    assert decide([*wishes, layer(Rank.MACHINE_ADVICE, sound=False)]).settings.proxy_url


def test_it_can_forbid_variables() -> None:
    """With AllowEnvironment off, variables say nothing, not even about that."""
    run = layer(Rank.RUN, theme="dark", allow_environment="1")
    assert decide([run]).settings.theme == "dark"
    decision = decide([run, layer(Rank.MACHINE, AllowEnvironment=0)])
    assert decision.settings.theme == "system"
    assert decision.settings.allow_environment is False


def test_variables_are_read() -> None:
    """Only those of settings are."""
    found = from_environment({"DESKBELL_THEME": "dark", "DESKBELL_PAIR_CODE": "x", "THEME": "light"})
    assert dict(found.values) == {"theme": "dark"}
    assert found.place == "DESKBELL_THEME"


# Files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of policies with one file."""
    made = tmp_path / "policy.d"
    made.mkdir()
    write(made / "10-base.toml", "AllowQuit = false\nSound = true\n[Recommended]\nTheme = 'dark'\n")
    return made


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file with a mode."""
    path.write_text(text)
    path.chmod(mode)


def test_files_are_read_in_the_order_of_their_names(folder: Path) -> None:
    """What is enforced, what is recommended, and which file said so."""
    write(folder / "20-sales.toml", "Sound = false\n")
    write(folder / "notes.txt", "not a policy")
    decision = decide(from_folder(folder, os.getuid()))
    assert decision.problems == ()
    assert decision.settings.allow_quit is False
    assert decision.effects["sound"].why() == f"set by your IT ({folder / '20-sales.toml'})"
    assert decision.effects["theme"].why() == f"recommended by your IT ({folder / '10-base.toml'})"


def test_a_file_that_others_may_write_is_left_out(folder: Path) -> None:
    """Only root's own files count, and the rest is told."""
    write(folder / "20.toml", "Theme = 'light'\n", mode=0o666)
    [problem] = decide(from_folder(folder, os.getuid())).problems
    assert problem == f"{folder / '20.toml'} is left out: somebody else than root may write it."
    assert decide(from_folder(folder, os.getuid() + 1)).settings == Settings()


@pytest.mark.parametrize("text", ["Sound = ", "\xff", "recommended = 1", "#" * (MAX_BYTES + 1)])
def test_a_broken_file_is_told(folder: Path, text: str) -> None:
    """It stops neither the start nor the other files."""
    (folder / "20.toml").write_bytes(text.encode("latin-1"))
    decision = decide(from_folder(folder, os.getuid()))
    assert decision.settings.allow_quit is False
    [problem] = decision.problems
    assert problem.startswith(f"{folder / '20.toml'} is left out: ")


def test_no_folder_is_no_policy(tmp_path: Path) -> None:
    """Most computers have none."""
    assert from_folder(tmp_path / "none") == []


# The registry and profiles


def test_the_registry_is_read() -> None:
    """Enforced and recommended, for computer and user, and what the installer wrote."""
    keys: dict[tuple[str, str], dict[str, object]] = {
        ("HKLM", REGISTRY): {"AllowQuit": 0, "AllowedLinkHosts": ["crm.example.com"]},
        ("HKCU", REGISTRY): {"AllowQuit": 1, "Sound": 0},
        ("HKCU", REGISTRY + r"\Recommended"): {"AwaySeconds": 120},
        ("HKLM", INSTALLED): {"SoundNormal": 1, "Version": "1.0", "AwaySeconds": 30},
    }
    decision = decide(from_registry(lambda hive, path: keys.get((hive, path))))
    assert decision.problems == ()
    assert decision.effects["allow_quit"].why() == rf"set by your IT (HKLM\{REGISTRY})"
    assert decision.settings.allowed_link_hosts == ("crm.example.com",)
    assert decision.effects["sound"].why() == rf"set by your IT for you (HKCU\{REGISTRY})"
    assert decision.settings.away_seconds == 120
    assert decision.effects["sound_normal"].why() == rf"set when installed (HKLM\{INSTALLED})"


def test_profiles_are_read(tmp_path: Path) -> None:
    """What a profile sets for the computer wins over what it sets for the user."""
    (tmp_path / "mira").mkdir()
    name = "org.deskbell.desktop.plist"
    machine = {"Sound": False, "PayloadUUID": "x", "Recommended": {"Theme": "dark"}}
    (tmp_path / name).write_bytes(plistlib.dumps(machine))
    (tmp_path / "mira" / name).write_bytes(plistlib.dumps({"Sound": True, "HistoryDays": 7}))
    decision = decide(from_preferences(tmp_path, "mira"))
    assert decision.problems == ()
    assert decision.settings.sound is False
    assert decision.settings.history_days == 7
    assert decision.settings.theme == "dark"


def test_a_broken_profile_is_told(tmp_path: Path) -> None:
    """It is left out with a sentence."""
    (tmp_path / "org.deskbell.desktop.plist").write_bytes(b"<plist>")
    assert len(decide(from_preferences(tmp_path, "mira")).problems) == 1
