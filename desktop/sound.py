"""Sounds: short, rare, and silent when switched off. Played by the system's own player.

Qt's multimedia module is a hundred megabytes for two tones, so each system is asked for what it
has: ``winsound`` on Windows, ``afplay`` on macOS, PipeWire, PulseAudio or ALSA on Linux. Nothing
here waits for a sound to end.
"""

import shutil
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from desktop.assets import RESOURCES
from desktop.gate import Sound
from desktop.i18n import tr

QUIETEST_SECONDS = 3.0
"""At most one sound in so many seconds, however much arrives."""
STORM, STORM_WINDOW, STORM_SECONDS = 10, 60.0, 30.0
"""More soft ones than this within so many seconds are a storm: at most one is heard in the last time."""
REPEAT_SECONDS = 30.0
"""An urgent one sounds again after so long,"""
REPEATS = 6
"""and this often in all, or until it is handled."""

_PLAYERS: Sequence[Sequence[str]] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "--quiet"),
    ("canberra-gtk-play", "--file"),
)
_FILES = {Sound.SOFT: "soft.wav", Sound.URGENT: "urgent.wav"}

Play = Callable[[Path], bool]
"""Begins to play a file; False if that failed."""


def file_of(sound: Sound) -> Path:
    """Return the file of a sound."""
    return RESOURCES / "sounds" / _FILES[sound]


def player() -> tuple[Play | None, str]:
    """Return how this system plays a file, and by what, in words; None with the reason if it can't."""
    if sys.platform == "win32":
        return _play_on_windows, "Windows"
    names = (("afplay",),) if sys.platform == "darwin" else _PLAYERS
    for program, *options in names:
        found = shutil.which(program)
        if found:
            return partial(_start, found, options), program
    wanted = ", ".join(program for program, *_ in names)
    return None, tr("No sound player was found on this computer (one of {wanted}).", wanted=wanted)


def _start(program: str, options: Sequence[str], path: Path) -> bool:
    return QProcess.startDetached(program, [*options, str(path)])[0]


def _play_on_windows(path: Path) -> bool:
    if sys.platform == "win32":
        import winsound

        flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
        with suppress(RuntimeError):
            winsound.PlaySound(str(path), flags)
            return True
    return False


class Sounds(QObject):
    """Plays what the gate asks for.

    Signals:
        failed(str): a sound could not be played; a sentence says why. Told once.
    """

    failed = Signal(str)

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        play: Play | None = None,
        repeat_seconds: float = REPEAT_SECONDS,
    ) -> None:
        """``clock`` gives seconds that only go forward; ``play`` takes the place of the system's player."""
        super().__init__()
        self._clock = clock
        self._play, self._trouble = (play, "") if play else player()
        self._last: float | None = None
        self._asked = deque[float](maxlen=STORM + 1)
        self._urgent: dict[str, int] = {}
        self._told = False
        self._timer = QTimer(self, interval=round(repeat_seconds * 1000))
        self._timer.timeout.connect(self._repeat)
        self.on = True
        """The agent's switch: nothing is heard while it is off, not even what was begun."""

    @property
    def repeating(self) -> bool:
        """Say whether something urgent still sounds now and then."""
        return bool(self._urgent)

    def sound(self, entry_id: str, sound: Sound) -> bool:
        """Let an entry be heard; say whether a sound was begun just now."""
        if sound is Sound.NONE or not self.on:
            return False
        if sound is Sound.URGENT and entry_id not in self._urgent:
            self._urgent[entry_id] = 1
            self._timer.start()
        return self._begin(
            sound, STORM_SECONDS if sound is Sound.SOFT and self._storms() else QUIETEST_SECONDS
        )

    def _storms(self) -> bool:
        """Count a soft one; say whether too many have come."""
        self._asked.append(self._clock())
        return len(self._asked) > STORM and self._asked[-1] - self._asked[0] <= STORM_WINDOW

    def handled(self, entry_id: str) -> None:
        """Stop repeating: somebody has dealt with it, or it is over."""
        self._urgent.pop(entry_id, None)
        if not self._urgent:
            self._timer.stop()

    def silence(self) -> None:
        """Stop everything that repeats."""
        self._urgent.clear()
        self._timer.stop()

    def preview(self, sound: Sound) -> bool:
        """Play a sound because somebody asked for it in the preferences, whatever the limits say."""
        return sound is not Sound.NONE and self._start(sound)

    def _begin(self, sound: Sound, least: float = QUIETEST_SECONDS) -> bool:
        now = self._clock()
        if self._last is not None and now - self._last < least:
            return False
        self._last = now
        return self._start(sound)

    def _start(self, sound: Sound) -> bool:
        if self._play is not None and self._play(file_of(sound)):
            return True
        if not self._told:
            self._told = True
            self.failed.emit(self._trouble or tr("The sound could not be played on this computer."))
        return False

    def _repeat(self) -> None:
        for entry_id, times in list(self._urgent.items()):
            if times >= REPEATS:
                del self._urgent[entry_id]
            else:
                self._urgent[entry_id] = times + 1
        if not self._urgent:
            self._timer.stop()
        elif self.on:
            self._begin(Sound.URGENT)
