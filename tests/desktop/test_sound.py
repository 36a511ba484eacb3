"""Sounds are short, rare, repeated only when urgent, and silent when switched off."""

import os
import stat
import sys
import wave
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import sound
from desktop.gate import Sound
from desktop.sound import QUIETEST_SECONDS, REPEATS, Sounds, file_of, player


class Speaker:
    """The far end: what was to be heard."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.heard: list[str] = []

    def __call__(self, path: Path) -> bool:
        self.heard.append(path.stem)
        return self.works


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands."""
    return Clock()


@pytest.mark.parametrize("wanted", [Sound.SOFT, Sound.URGENT])
def test_a_tone_is_a_short_file_that_every_player_reads(wanted: Sound) -> None:
    """At most 0.6 s of plain PCM, which begins and ends in silence."""
    with wave.open(str(file_of(wanted))) as file:
        frames = file.readframes(file.getnframes())
        assert file.getnframes() / file.getframerate() <= 0.6
        assert (file.getcomptype(), file.getsampwidth()) == ("NONE", 2)
    assert abs(int.from_bytes(frames[:2], "little", signed=True)) < 300
    assert abs(int.from_bytes(frames[-2:], "little", signed=True)) < 300
    assert max(frames) > 0


def test_a_burst_is_one_sound(qtbot: QtBot, clock: Clock) -> None:
    """However many arrive within three seconds."""
    del qtbot
    speaker = Speaker()
    sounds = Sounds(clock, play=speaker)

    begun = [sounds.sound(str(number), Sound.SOFT) for number in range(9)]
    clock.now += QUIETEST_SECONDS

    assert begun == [True] + [False] * 8
    assert sounds.sound("later", Sound.SOFT)
    assert speaker.heard == ["soft", "soft"]


def test_a_storm_is_heard_once_in_half_a_minute(qtbot: QtBot, clock: Clock) -> None:
    """From the eleventh soft one within a minute on; what is urgent is heard all the same, and calm ends it."""
    del qtbot
    sounds = Sounds(clock, play=Speaker())
    heard = []
    for second in range(0, 60, 3):
        clock.now = float(second)
        heard.append(sounds.sound(str(second), Sound.SOFT))
    assert heard == [True] * 10 + [False] * 9 + [True]
    clock.now = 61.0
    assert sounds.sound("u", Sound.URGENT)
    clock.now = 200.0
    assert sounds.sound("a", Sound.SOFT)
    clock.now = 204.0
    assert sounds.sound("b", Sound.SOFT)


def test_the_switch_truly_silences(qtbot: QtBot, clock: Clock) -> None:
    """Nothing new is begun, and nothing that repeats goes on."""
    speaker = Speaker()
    sounds = Sounds(clock, play=speaker, repeat_seconds=0.01)
    sounds.sound("1", Sound.URGENT)
    sounds.on = False
    clock.now += 60
    qtbot.wait(60)

    assert not sounds.sound("2", Sound.URGENT)
    assert speaker.heard == ["urgent"]


def test_an_urgent_sound_repeats_until_it_is_handled(qtbot: QtBot, clock: Clock) -> None:
    """And only for the one that is urgent."""
    speaker = Speaker()

    def play(path: Path) -> bool:
        clock.now += QUIETEST_SECONDS
        return speaker(path)

    sounds = Sounds(clock, play=play, repeat_seconds=0.01)
    sounds.sound("1", Sound.URGENT)
    qtbot.waitUntil(lambda: len(speaker.heard) == 3)
    sounds.handled("1")
    heard = len(speaker.heard)
    qtbot.wait(60)

    assert len(speaker.heard) == heard


def test_an_urgent_sound_ends_by_itself(qtbot: QtBot, clock: Clock) -> None:
    """Six times in all: whoever has not heard it by then is not there."""
    speaker = Speaker()

    def play(path: Path) -> bool:
        clock.now += QUIETEST_SECONDS
        return speaker(path)

    sounds = Sounds(clock, play=play, repeat_seconds=0.01)
    sounds.sound("1", Sound.URGENT)
    qtbot.waitUntil(lambda: not sounds.repeating)

    assert speaker.heard == ["urgent"] * REPEATS


def test_a_sound_that_cannot_be_played_is_told_once(qtbot: QtBot, clock: Clock) -> None:
    """A broken player must not fill the screen with complaints."""
    sounds = Sounds(clock, play=Speaker(works=False))
    told: list[str] = []
    sounds.failed.connect(told.append)
    sounds.sound("1", Sound.SOFT)
    clock.now += QUIETEST_SECONDS
    sounds.sound("2", Sound.SOFT)
    del qtbot

    assert told == ["The sound could not be played on this computer."]


def test_a_preview_is_heard_at_once(qtbot: QtBot, clock: Clock) -> None:
    """Somebody pressed a button and wants to hear it, also twice and while sounds are off."""
    del qtbot
    speaker = Speaker()
    sounds = Sounds(clock, play=speaker)
    sounds.on = False

    assert sounds.preview(Sound.SOFT)
    assert sounds.preview(Sound.URGENT)
    assert not sounds.preview(Sound.NONE)
    assert speaker.heard == ["soft", "urgent"]


@pytest.mark.skipif(sys.platform != "linux", reason="the players are looked for on Linux")
def test_the_first_player_that_is_there_plays_the_file(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real program is started with the file's path, and is not waited for."""
    heard = tmp_path / "heard"
    program = tmp_path / "paplay"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {heard}.part && mv {heard}.part {heard}\n', "ascii")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin:/usr/bin")
    monkeypatch.setattr(sound, "_PLAYERS", (("no-such-player",), ("paplay",)))
    play, name = player()

    assert name == "paplay"
    assert play is not None
    assert play(file_of(Sound.SOFT))
    qtbot.waitUntil(heard.exists)
    assert heard.read_text("ascii") == str(file_of(Sound.SOFT))


@pytest.mark.skipif(sys.platform != "linux", reason="the players are looked for on Linux")
def test_a_system_without_a_player_says_so(
    qtbot: QtBot, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the names of those that would do."""
    del qtbot
    monkeypatch.setenv("PATH", str(tmp_path))
    told: list[str] = []
    sounds = Sounds(clock)
    sounds.failed.connect(told.append)

    assert not sounds.preview(Sound.SOFT)
    assert told[0].startswith("No sound player was found on this computer (one of pw-play, paplay")
