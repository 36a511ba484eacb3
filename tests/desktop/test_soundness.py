"""A damaged inbox: found off the GUI thread, kept aside, and rebuilt from the relay."""

import shutil
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.entry import LinkState
from desktop.inbox import Inbox, InboxError
from desktop.inbox_file import SMALL_BYTES
from desktop.soundness import Soundness
from relay.protocol import Notification
from tests.desktop.far_end import FarEnd

MakeMessage = Callable[..., Notification]
MakeDesktop = Callable[..., Desktop]

ENTRIES = 1500
LONGEST_STALL = 0.5
"""Seconds; a whole look at the file on a slow disk takes longer."""


@pytest.fixture
def large(tmp_path: Path, make_message: MakeMessage) -> Path:
    """An inbox too large to be looked through at the start, closed by nobody: its app was killed."""
    path = tmp_path / "first" / "inbox.db"
    inbox = Inbox.open(path)
    inbox.put([make_message(seq, body="word " * 1000) for seq in range(1, ENTRIES)], device="d", epoch="e")
    with inbox._write() as db:
        db.execute("SELECT 1")
    inbox._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    inbox.put([make_message(ENTRIES)], device="d", epoch="e")
    killed = tmp_path / "profile" / "inbox.db"
    killed.parent.mkdir()
    for tail in ("", "-wal"):
        shutil.copy(f"{path}{tail}", f"{killed}{tail}")
    inbox.close()
    assert killed.stat().st_size > SMALL_BYTES
    return killed


def damage(path: Path) -> None:
    """Overwrite pages in the middle of a file, as a dying disk does."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 4096 * 50)


def ticks() -> tuple[QTimer, list[float]]:
    """Return a timer that notes when the event loop came round."""
    moments: list[float] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: moments.append(time.monotonic()))
    timer.start()
    return timer, moments


def test_a_large_damaged_file_is_found_beside_everything_else(qtbot: QtBot, large: Path) -> None:
    """It opens at once, the event loop goes on, and the damage is told once."""
    damage(large)
    inbox = Inbox.open(large)
    assert (inbox.unproven, inbox.set_aside) == (True, None)
    soundness = Soundness(inbox, large)
    told: list[bool] = []
    soundness.damaged.connect(lambda: told.append(True))
    timer, moments = ticks()
    with qtbot.waitSignals([soundness.looked, soundness.damaged], timeout=30_000):
        soundness.look()
    timer.stop()
    assert max((b - a for a, b in pairwise(moments)), default=0.0) < LONGEST_STALL
    inbox.on_damage()
    qtbot.wait(1)
    assert told == [True]
    inbox.begin_anew()
    soundness.renewed()
    assert inbox.set_aside is not None
    assert inbox.set_aside.stat().st_size > SMALL_BYTES
    assert (inbox.count(), inbox.owner(), inbox.unproven) == (0, "", False)
    inbox.close()


def test_nobody_waits_for_the_look(qtbot: QtBot, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes, the windows go on: the event loop ends a look that waits for it."""
    over = threading.Event()
    monkeypatch.setattr("desktop.soundness.is_sound", lambda _path: over.wait(20))
    inbox = Inbox.open(large)
    soundness = Soundness(inbox, large)
    with qtbot.waitSignal(soundness.looked, timeout=30_000) as looked:
        soundness.look()
        QTimer.singleShot(0, over.set)
    assert looked.args == [True]
    inbox.close()


def test_a_sound_file_stays(qtbot: QtBot, large: Path) -> None:
    """An app that was killed has done no harm: everything is there, and nobody is told."""
    inbox = Inbox.open(large)
    soundness = Soundness(inbox, large)
    soundness.damaged.connect(lambda: pytest.fail("a sound file was called damaged"))
    with qtbot.waitSignal(soundness.looked, timeout=30_000) as looked:
        soundness.look()
    assert looked.args == [True]
    assert inbox.count() == ENTRIES
    inbox.close()


def test_what_was_closed_is_not_looked_through(qtbot: QtBot, large: Path) -> None:
    """After an orderly end a large file costs no time at the next start."""
    Inbox.open(large).close()
    inbox = Inbox.open(large)
    assert not inbox.unproven
    inbox.close()


def test_damage_that_is_come_across_is_told(qtbot: QtBot, large: Path) -> None:
    """Whoever reads a damaged page gets an error, and the file is called damaged without another look."""
    Inbox.open(large).close()
    damage(large)
    inbox = Inbox.open(large)
    soundness = Soundness(inbox, large)
    with qtbot.waitSignal(soundness.damaged, timeout=30_000), pytest.raises(InboxError, match="malformed"):
        inbox.search(limit=ENTRIES)
    inbox.close()


def test_the_app_goes_on_with_what_the_relay_has(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage, large: Path
) -> None:
    """The damaged file is kept, the agent is told where, the relay sends everything again."""
    damage(large)
    far_end.notes = [make_message(seq) for seq in (1, 2, 3)]
    desktop = make_desktop()
    desktop.history.show()
    qtbot.waitUntil(lambda: desktop.inbox.set_aside is not None, timeout=30_000)
    qtbot.waitUntil(lambda: desktop._status.state is LinkState.LIVE, timeout=30_000)
    qtbot.waitUntil(lambda: desktop.inbox.count() == 3, timeout=30_000)
    assert desktop.inbox.set_aside is not None
    assert str(desktop.inbox.set_aside) in desktop.tray.tooltip()
    assert far_end.hellos[-1].after is None
    qtbot.waitUntil(lambda: desktop.records.model.rowCount() == 3, timeout=30_000)


def test_a_damaged_file_that_cannot_be_moved_is_told_once(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, large: Path
) -> None:
    """The agent reads why, and the app neither signs in nor tries for ever."""
    damage(large)
    for seconds in range(120):
        name = time.strftime("%Y%m%d-%H%M%S", time.gmtime(time.time() + seconds))
        (large.parent / f"inbox.corrupt-{name}.db").mkdir()
    desktop = make_desktop()
    told, notices = list[bool](), list[str]()
    desktop.soundness.damaged.connect(lambda: told.append(True))
    desktop.history.noticed.connect(notices.append)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert [sentence for sentence in notices if "inbox.corrupt-" in sentence]
    with qtbot.assertNotEmitted(desktop.soundness.damaged, wait=500):
        desktop.history.refresh()
    assert "" not in notices
    assert desktop.inbox.set_aside is None
