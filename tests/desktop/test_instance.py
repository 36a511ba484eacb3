"""One Deskbell at a time, and a second start shows the first one's window."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from desktop.instance import Instance, instance_key

ROOT = Path(__file__).parents[2]
LIMIT = 20_000

CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop.instance import Instance

app = QCoreApplication([])
instance = Instance(Path(sys.argv[1]))
first = instance.acquire()
instance.asked_to_show.connect(lambda: print("asked", flush=True))
instance.replaced.connect(lambda: (print("replaced", flush=True), app.quit()))
print("first" if first else "second", flush=True)
if first:
    app.exec()
    instance.release()
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a runtime folder of its own; its path is short enough for a socket."""
    folder = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def launch(profile: Path) -> "subprocess.Popen[str]":
    """Start another Deskbell of the same profile."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, str(profile)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


@pytest.fixture
def other(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start a first Deskbell in another process."""
    process = launch(tmp_path)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "first\n"
        yield process
        process.kill()
    process.wait(20)


def test_the_first_may_run(qtbot: QtBot, tmp_path: Path) -> None:
    """Where nobody runs, one becomes the first; released, the next one does."""
    for _ in range(2):
        instance = Instance(tmp_path)
        assert instance.acquire()
        instance.release()
        instance.release()


def test_a_second_start_shows_the_first_ones_window(qtbot: QtBot, tmp_path: Path) -> None:
    """The second process is told that there is one, and the first is asked to show itself."""
    instance = Instance(tmp_path)
    assert instance.acquire()
    with qtbot.waitSignal(instance.asked_to_show, timeout=LIMIT):
        second = launch(tmp_path)
    printed, _ = second.communicate(timeout=20)
    assert printed == "second\n"
    assert second.returncode == 0
    instance.release()


def test_the_first_may_be_another_process(
    qtbot: QtBot, tmp_path: Path, other: "subprocess.Popen[str]"
) -> None:
    """Seen from the second: the other one answers, and so this one doesn't run."""
    assert not Instance(tmp_path).acquire()
    assert other.stdout is not None
    assert other.stdout.readline() == "asked\n"


@pytest.mark.skipif(
    sys.platform == "win32", reason="there is no SIGKILL, and pipes vanish with their process"
)
def test_a_killed_one_is_no_obstacle(qtbot: QtBot, tmp_path: Path, other: "subprocess.Popen[str]") -> None:
    """What a crash leaves behind doesn't keep the next one from running."""
    other.send_signal(signal.SIGKILL)
    other.wait(20)
    instance = Instance(tmp_path)
    assert instance.acquire()
    instance.release()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP")
def test_a_hanging_one_is_replaced(qtbot: QtBot, tmp_path: Path, other: "subprocess.Popen[str]") -> None:
    """If the first takes the question and doesn't answer, the second takes over; the first goes if it can."""
    other.send_signal(signal.SIGSTOP)
    instance = Instance(tmp_path, limit=0.2)
    assert instance.acquire()
    other.send_signal(signal.SIGCONT)
    assert other.stdout is not None
    assert other.stdout.readline() == "replaced\n"
    assert other.wait(20) == 0
    with qtbot.waitSignal(instance.asked_to_show, timeout=LIMIT):
        third = launch(tmp_path)
    assert third.communicate(timeout=20)[0] == "second\n"
    instance.release()


def test_two_profiles_run_side_by_side(qtbot: QtBot, tmp_path: Path) -> None:
    """A test profile doesn't stand in the way of the real one."""
    one, two = Instance(tmp_path / "one"), Instance(tmp_path / "two")
    assert one.acquire()
    assert two.acquire()
    one.release()
    two.release()


def test_the_key_is_of_person_session_and_profile(tmp_path: Path) -> None:
    """On a terminal server every person and every session has its own."""
    keys = {
        instance_key(profile, session, user)
        for profile in (tmp_path / "a", tmp_path / "b")
        for session in ("", ":0", ":1")
        for user in ("1000", "1001")
    }
    assert len(keys) == 12
    assert instance_key(tmp_path / "a", ":0", "1000") == instance_key(
        tmp_path / "x" / ".." / "a", ":0", "1000"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the pipe by its ACL")
def test_only_the_owner_can_ask(qtbot: QtBot, tmp_path: Path, runtime: Path) -> None:
    """Other people on this computer cannot open the socket."""
    instance = Instance(tmp_path)
    assert instance.acquire()
    (path,) = [item for item in runtime.iterdir() if stat.S_ISSOCK(item.stat().st_mode)]
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    instance.release()


@pytest.mark.parametrize("words", [b"", b"show", b"quit now\n", b"x" * 100_000])
def test_nonsense_on_the_socket_does_nothing(qtbot: QtBot, tmp_path: Path, words: bytes) -> None:
    """Whoever says something else is let go; the next question is answered."""
    instance = Instance(tmp_path)
    assert instance.acquire()
    asked: list[bool] = []
    instance.asked_to_show.connect(lambda: asked.append(True))
    stranger = QLocalSocket()
    stranger.connectToServer(instance._name)
    stranger.write(words)
    stranger.flush()
    if len(words) < 5:
        stranger.disconnectFromServer()
    qtbot.waitUntil(lambda: stranger.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=LIMIT)
    assert asked == []
    with qtbot.waitSignal(instance.asked_to_show, timeout=LIMIT):
        second = launch(tmp_path)
    assert second.communicate(timeout=20)[0] == "second\n"
    instance.release()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no socket files")
def test_without_a_socket_it_runs_all_the_same(
    qtbot: QtBot, tmp_path: Path, runtime: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If the socket cannot be made, the app runs, and the log says what is missing."""
    instance = Instance(tmp_path)
    instance._name = str(runtime / ("n" * 200))  # longer than a socket's path may be
    assert instance.acquire()
    assert "second start" in caplog.text
    instance.release()
