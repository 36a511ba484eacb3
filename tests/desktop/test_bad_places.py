"""A home that cannot be written, a disk that is full: what arrives is shown all the same, and it is said."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.app import Desktop
from desktop.entry import LinkState
from desktop.inbox import Inbox, InboxError
from desktop.instance import Instance
from desktop.keychain import Keychain
from desktop.options import Options
from desktop.pairing import save_account
from desktop.shelter import Shelter
from relay.protocol import Notification
from tests.desktop.conftest import OneToken
from tests.desktop.far_end import FarEnd

MakeMessage = Callable[..., Notification]
ROOT = Path(__file__).parents[2]


def test_a_profile_that_can_be_written_is_used(tmp_path: Path) -> None:
    """There is nothing to tell, and the inbox is where it belongs."""
    shelter = Shelter(tmp_path / "profile")
    assert (shelter.path, shelter.notice) == (tmp_path / "profile" / "inbox.db", "")
    shelter.close()
    assert shelter.path.exists()


def test_without_any_place_there_is_no_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not even temporary files can be made, the start ends with a sentence."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    (tmp_path / "file").touch()
    with pytest.raises(InboxError, match="cannot be written"):
        Shelter(tmp_path / "file" / "profile")


def test_a_home_that_cannot_be_written_loses_no_toast(
    qtbot: QtBot, qapp: object, tmp_path: Path, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """The sign-in is read, what arrives is shown, the agent is told, and nothing stays behind."""
    profile = tmp_path / "profile"
    account = Account(relay=far_end.url, device="d", agent="mira@example.com", teams=())
    save_account(profile / "account.json", account)
    (profile / "inbox.db").mkdir()  # where no file can be made, whoever tries
    far_end.notes = [make_message(1, at=4_000_000_000.0)]
    desktop = Desktop(qapp, Options(profile=profile), Instance(profile), Keychain(OneToken))  # type: ignore[arg-type] # a QApplication
    desktop.start()
    qtbot.waitUntil(lambda: bool(desktop.stack.toasts()), timeout=20_000)
    qtbot.waitUntil(lambda: desktop._status.state is LinkState.LIVE, timeout=20_000)
    assert f"Nothing can be stored in {profile}" in desktop.tray.tooltip()
    kept = desktop.shelter.path
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert desktop.inbox.count() == 1
    desktop.close()
    assert not kept.parent.exists()


def test_the_app_starts_where_no_folder_can_be_made(tmp_path: Path) -> None:
    """No traceback: the app runs, reports that it has started, and ends when it is told to."""
    command = [sys.executable, "-m", "desktop", "--profile", "/dev/null/home", "--report"]
    environ = {
        "QT_QPA_PLATFORM": "offscreen",
        "PATH": "/usr/bin",
        "HOME": str(tmp_path),
        "DBUS_SESSION_BUS_ADDRESS": "unix:",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout is not None
        said = [json.loads(app.stdout.readline())["report"] for _ in range(2)]
        app.terminate()
        _, errors = app.communicate(timeout=30)
    assert said == ["ready", "started"]
    assert "Traceback" not in errors
    assert app.returncode == 0


def test_a_full_disk_stores_all_of_a_batch_or_nothing(tmp_path: Path, make_message: MakeMessage) -> None:
    """SQLite's own limit of pages is as full as a disk: a sentence, nothing half, and it goes on when there is room."""
    inbox = Inbox.open(tmp_path / "inbox.db")
    inbox.put([make_message(1)], device="d", epoch="e")
    db = inbox._connection()
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(InboxError, match=r"The disk is full: .*\(database or disk is full\)"):
        inbox.put([make_message(seq, body="word " * 3_000) for seq in range(2, 50)], device="d", epoch="e")
    assert (inbox.count(), inbox.cursor("d").after) == (1, 1)
    db.execute("PRAGMA max_page_count = 100000")
    inbox.put([make_message(2)], device="d", epoch="e")
    assert inbox.cursor("d").after == 2
    inbox.close()
