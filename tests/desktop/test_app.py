"""The app as a whole: it starts, shows what arrives, tells what it painted, and leaves in order."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from desktop import inbox_file, options
from desktop.address import Account
from desktop.app import Desktop
from desktop.entry import LinkState
from desktop.options import NoDisplayError, choose_platform
from desktop.toast import Toast
from relay.protocol import Close, How, Link, Notification, Priority, Script, Welcome
from tests.desktop.far_end import FarEnd

MakeMessage = Callable[..., Notification]
HOME = Path("/home/mira/deskbell")


MakeDesktop = Callable[..., Desktop]


def live(qtbot: QtBot, desktop: Desktop) -> None:
    """Wait until the app is connected."""
    qtbot.waitUntil(lambda: desktop._status.state is LinkState.LIVE, timeout=20_000)


def shown(desktop: Desktop) -> list[str]:
    """Return the titles of the toasts on the screen."""
    return [toast.title.text() for toast in desktop.stack.toasts()]


def test_qt_keeps_its_references_to_none() -> None:
    """Qt's void calls don't eat references to None, as PySide6 6.12.0 does under Python 3.11."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(300):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 100


def test_what_arrives_is_stored_shown_and_counted(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """A notification becomes an entry, a toast and a number in the tray; one for the inbox only no toast."""
    now = 4_000_000_000.0  # in the future, so never too old for a toast
    far_end.notes = [make_message(1, at=now), make_message(2, at=now, how=How.INBOX)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: shown(desktop) == ["Payment 1 failed: Ana Souza"], timeout=20_000)
    live(qtbot, desktop)
    assert desktop.inbox.unread_count() == 2
    assert "2 unread" in desktop.tray.tooltip()
    toast = desktop.stack.toasts()[0]
    toast.dismissed.emit("event-1")
    assert desktop.inbox.unread_count() == 1
    far_end.publish(make_message(3, at=now))
    qtbot.waitUntil(lambda: shown(desktop) == ["Payment 3 failed: Ana Souza"], timeout=20_000)


def test_nothing_is_shown_twice_after_a_restart(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """What had its toast has none after the next start (promise P3)."""
    far_end.notes = [make_message(1, at=4_000_000_000.0)]
    first = make_desktop()
    qtbot.waitUntil(lambda: bool(shown(first)), timeout=20_000)
    first.close()
    second = make_desktop()
    live(qtbot, second)
    assert shown(second) == []
    assert second.inbox.count() == 1


def test_old_ones_are_told_as_a_number(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """What piled up while the agent was away is one toast, not a hundred."""
    far_end.notes = [make_message(seq, at=1_000.0) for seq in range(1, 101)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: shown(desktop) == ["While you were away: 100 items"], timeout=20_000)
    (toast,) = desktop.stack.toasts()
    assert toast.source.text() == "Deskbell"


def test_the_first_toast_is_reported_with_what_was_painted(  # noqa: PLR0917 - fixtures
    qtbot: QtBot,
    make_desktop: MakeDesktop,
    far_end: FarEnd,
    make_message: MakeMessage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A snapshot saves a picture, prints one line of what the widgets drew, and quits."""
    statuses: list[int] = []
    monkeypatch.setattr(Desktop, "quit", lambda self, status=0: statuses.append(status))
    picture = tmp_path / "pictures/toast.png"
    far_end.notes = [
        make_message(
            1,
            at=4_000_000_000.0,
            priority=Priority.HIGH,
            scripts=(Script(name="Call", text="Hello Ana"),),
            links=(Link(label="Open", url="https://x.example/1"),),
        )
    ]
    make_desktop(snapshot=picture)
    qtbot.waitUntil(lambda: statuses == [0], timeout=20_000)
    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["report"] == "painted"
    assert (report["id"], report["title"]) == ("event-1", "Payment 1 failed: Ana Souza")
    assert (report["body"], report["script"]) == ("The card was declined.", "Hello Ana")
    assert report["links"] == [{"label": "Open", "host": "x.example"}]
    assert report["painted_at"] >= report["received_at"] > 1_700_000_000
    assert report["picture"] == str(picture)
    assert QImage(str(picture)).width() > 300


def test_a_press_on_a_link_opens_the_browser_and_marks_as_read(
    qtbot: QtBot,
    make_desktop: MakeDesktop,
    far_end: FarEnd,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The address that was pressed is the one that is opened."""
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    far_end.notes = [make_message(1, at=4_000_000_000.0)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: bool(shown(desktop)), timeout=20_000)
    desktop.stack.link_opened.emit("event-1", "https://dashboard.stripe.com/invoices/1")
    assert opened == ["https://dashboard.stripe.com/invoices/1"]
    assert desktop.inbox.unread_count() == 0


def test_opening_a_toast_shows_its_entry(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """The history comes up with that entry chosen, and the toast is gone."""
    far_end.notes = [make_message(1, at=4_000_000_000.0), make_message(2, at=4_000_000_000.0)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: len(shown(desktop)) == 2, timeout=20_000)
    desktop.stack.opened.emit("event-1")
    window = desktop.history.window
    assert window is not None
    qtbot.waitUntil(lambda: [each.id for each in [window.current()] if each] == ["event-1"], timeout=5_000)
    assert shown(desktop) == ["Payment 2 failed: Ana Souza"]
    qtbot.waitUntil(lambda: desktop.inbox.unread_count() == 1, timeout=5_000)


@pytest.mark.parametrize("keep", [True, False])
def test_signing_out_leaves_nothing_for_the_next(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage, keep: bool
) -> None:
    """Toasts, history and what waits are gone; what was kept comes back with its owner alone."""
    desktop = make_desktop()
    live(qtbot, desktop)
    desktop.history.show()
    far_end.publish(make_message(1, at=time.time(), priority=Priority.URGENT))
    qtbot.waitUntil(lambda: len(shown(desktop)) == 1, timeout=10_000)
    assert desktop.leaving is not None
    desktop.leaving.leave(keep)
    window = desktop.history.window
    assert shown(desktop) == []
    assert window is not None
    assert window.list.model().rowCount() == desktop.inbox.count() == 0
    assert desktop.enrolment is not None
    for agent, count in (("jonas@example.com", 0), ("mira@example.com", int(keep))):
        account = Account(relay=far_end.url, device="d2", agent=agent, teams=())
        desktop.enrolment.signed_in.emit(account, "another-token-of-this-test")
        assert desktop.inbox.count() == count


def test_an_inbox_that_cannot_be_exchanged_is_not_written_to(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another agent signs in and the former one's file can't be put aside: nothing is received into it."""
    desktop = make_desktop()
    live(qtbot, desktop)
    assert desktop.enrolment is not None

    def refuse(*_: object) -> None:
        raise PermissionError("the file is in use")

    monkeypatch.setattr(inbox_file, "move", refuse)
    account = Account(relay=far_end.url, device="d2", agent="jonas@example.com", teams=())
    desktop.enrolment.signed_in.emit(account, "another-token-of-this-test")
    assert desktop.bridge is not None
    assert desktop.bridge.pulse() is None
    assert desktop.inbox.owner().endswith("mira@example.com")
    desktop.history.show()
    assert desktop.history.window is not None
    assert "in use" in desktop.history.window.notice.text()


def test_a_revoked_desktop_says_so(qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd) -> None:
    """When the relay says not to come back, tray and window say it in words."""
    desktop = make_desktop()
    live(qtbot, desktop)
    desktop.history.show()
    far_end.close_all(Close.BAD_TOKEN)
    states = {LinkState.REFUSED, LinkState.SIGNED_OUT}
    qtbot.waitUntil(lambda: desktop._status.state in states, timeout=20_000)
    assert desktop.history.window is not None
    assert desktop.history.window.state.text() in {"Needs attention", "Not paired"}


def test_a_test_toast_can_be_shown_and_copied(qtbot: QtBot, make_desktop: MakeDesktop) -> None:
    """The menu's test toast needs no relay, is not in the inbox, and is not called verified."""
    desktop = make_desktop()
    desktop.tray.items.test_asked.emit()
    qtbot.waitUntil(lambda: shown(desktop) == ["This is a test toast"], timeout=5_000)
    (toast,) = desktop.stack.toasts()
    toast.copied.emit(toast.entry.id)
    assert desktop.inbox.count() == 0
    assert toast.source.text() == "Deskbell"


def test_closing_with_an_open_toast_and_window_is_orderly(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """Leaving closes link, toasts, windows and inbox; leaving twice is harmless."""
    before = {w for w in QGuiApplication.topLevelWindows() if w.isVisible()}
    far_end.notes = [make_message(1, at=4_000_000_000.0)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: bool(shown(desktop)), timeout=20_000)
    desktop.history.show()
    desktop.close()
    desktop.close()
    assert shown(desktop) == []
    assert {w for w in QGuiApplication.topLevelWindows() if w.isVisible()} <= before
    far_end.wait(lambda: bool(far_end.closes))


def test_a_welcome_without_end_is_catching_up(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd
) -> None:
    """Until everything that was missed is there, the tray says "catching up"."""
    far_end.greeting = lambda _hello: [
        Welcome(epoch="e1", latest=9, agent="m@example.com", teams=(), time=0.0)
    ]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: desktop._status.state is LinkState.CATCHING_UP, timeout=20_000)
    assert "catching up" in desktop.tray.tooltip()


# The command line


def test_the_pairing_code_is_taken_out_of_the_environment() -> None:
    """The code is read once and is gone for every process that is started later."""
    environ = {options.CODE_VARIABLE: " ABCD ", "OTHER": "x"}
    chosen = options.read(["--relay", "https://r.example"], environ, HOME)
    assert (chosen.relay, chosen.code, chosen.profile) == ("https://r.example", "ABCD", HOME)
    assert environ == {"OTHER": "x"}
    assert "ABCD" not in repr(chosen)


def test_a_code_without_a_relay_is_ignored() -> None:
    """A code alone pairs with nobody, and is taken out of the environment all the same."""
    environ = {options.CODE_VARIABLE: "ABCD"}
    assert options.read([], environ, HOME).code == ""
    assert not environ


@pytest.mark.parametrize(
    ("environ", "system", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux", "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", "xcb;wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", None),
        ({}, "win32", None),
        ({}, "darwin", None),
    ],
)
def test_x11_goes_before_wayland(environ: dict[str, str], system: str, platform: str | None) -> None:
    """Toasts can be placed through X11 only, so it is tried first; a choice of the user's is kept."""
    assert choose_platform(environ, system) == platform


def test_no_screen_is_a_sentence() -> None:
    """Without a screen there is nothing to try."""
    with pytest.raises(NoDisplayError, match="needs a graphical session"):
        choose_platform({}, "linux")


@contextmanager
def start(tmp_path: Path, *arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Start the app as its user would; a test that fails does not leave it running."""
    kept = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    command = [sys.executable, "-m", "desktop", "--profile", str(tmp_path / "p"), *arguments]
    place = {"XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    program = subprocess.Popen(
        command, env=kept | place | environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with program as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_it_exits_with_2(tmp_path: Path) -> None:
    """A server's shell gets a clear sentence and status 2."""
    with start(tmp_path, QT_QPA_PLATFORM="") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "needs a graphical session" in errors


def test_a_snapshot_gives_up_in_time(tmp_path: Path) -> None:
    """If no toast is painted in time the status is 1, and a sentence says how the link is."""
    arguments = ("--snapshot", str(tmp_path / "x.png"), "--snapshot-timeout", "0.5")
    with start(tmp_path, *arguments, QT_QPA_PLATFORM="offscreen") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No toast was painted within 0.5 s; the link is not paired." in errors


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_one_instance_that_leaves_at_sigterm(tmp_path: Path) -> None:
    """A second start ends with 0 and leaves the first alone; SIGTERM ends the first with 0."""
    with start(tmp_path, "--report", QT_QPA_PLATFORM="offscreen") as first:
        assert first.stdout is not None
        said = [json.loads(first.stdout.readline())["report"] for _ in range(2)]
        assert said == ["ready", "started"]
        with start(tmp_path, QT_QPA_PLATFORM="offscreen") as second:
            _, errors = second.communicate(timeout=60)
        assert second.returncode == 0
        assert "running already" in errors
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 0


def test_help_tells_how_to_pair_without_a_dialog(tmp_path: Path) -> None:
    """The help names the variable for the code, and that it isn't an argument."""
    with start(tmp_path, "--help") as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert options.CODE_VARIABLE in output
    assert Toast.__name__ not in output


def test_what_is_read_in_the_history_leaves_the_screen(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """It is in front of the agent in full; the toast of another one stays."""
    now = 4_000_000_000.0
    far_end.notes = [make_message(seq, at=now, priority=Priority.URGENT) for seq in (1, 2)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: len(shown(desktop)) == 2, timeout=20_000)
    desktop.history.select("event-1")

    qtbot.waitUntil(lambda: shown(desktop) == ["Payment 2 failed: Ana Souza"], timeout=20_000)
