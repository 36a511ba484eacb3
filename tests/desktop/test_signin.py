"""The pairing dialog, and the way from a code to a token and back."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.enrolment import Enrolment
from desktop.keychain import Keychain
from desktop.pairing import load_account, save_account
from desktop.signin import PairingDialog
from desktop.theme import Looks

TOKEN = "secret-token-0123456789"
GOOD = b'{"device":"d1","token":"secret-token-0123456789","agent":"mira@example.com","teams":["billing"]}'


class MemoryKeyring(KeyringBackend):
    """A keyring in memory, locked if a test says so."""

    priority = 1  # what keyring asks of every backend

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it untyped
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> dict[tuple[str, str], str]:
        if self.locked:
            raise KeyringLocked
        return self.kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self._open():
            raise PasswordDeleteError
        del self.kept[service, username]


class SlowKeyring(MemoryKeyring):
    """A keyring that asks its person first."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.opened = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret, once the keyring was opened."""
        self.begun.set()
        assert self.opened.wait(10)
        super().set_password(service, username, password)


class Relay(BaseHTTPRequestHandler):
    """The far end: takes one code, refuses others."""

    asked: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(body)
        good = b"GOOD-CODE" in body
        answer = GOOD if good else b'{"error":"no"}'
        self.send_response(200 if good else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Be quiet."""


@pytest.fixture
def relay() -> Iterator[str]:
    """The address of a relay's stand-in on loopback."""
    server = HTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def keyring() -> MemoryKeyring:
    """An empty keyring."""
    return MemoryKeyring()


@pytest.fixture
def enrolment(looks: Looks, keyring: MemoryKeyring, tmp_path: Path) -> Iterator[Enrolment]:
    """An enrolment that has no account yet."""
    made = Enrolment(looks, Keychain(lambda: keyring), tmp_path / "account.json")
    yield made
    made.close()


def test_pairing_needs_both_fields(qtbot: QtBot, looks: Looks) -> None:
    """The button is off until address and code are there; what is submitted is trimmed."""
    dialog = PairingDialog(looks)
    dialog.show()
    assert not dialog.pair.isEnabled()
    dialog.address.setText("  apps.example.com ")
    assert not dialog.pair.isEnabled()
    dialog.code.setText(" ABCD ")
    with qtbot.waitSignal(dialog.submitted) as heard:
        QTest.mouseClick(dialog.pair, Qt.MouseButton.LeftButton)
    assert heard.args == ["apps.example.com", "ABCD"]
    dialog.close()


def test_enter_submits(qtbot: QtBot, looks: Looks) -> None:
    """The keyboard alone can pair, and progress locks the fields until there is an answer."""
    dialog = PairingDialog(looks, "apps.example.com")
    dialog.show()
    dialog.code.setText("ABCD")
    with qtbot.waitSignal(dialog.submitted):
        QTest.keyClick(dialog.code, Qt.Key.Key_Return)
    dialog.show_progress()
    assert dialog.progress.isVisible()
    assert not dialog.pair.isEnabled()
    assert not dialog.address.isEnabled()
    dialog.show_error("The code is wrong.")
    assert not dialog.progress.isVisible()
    assert dialog.error.isVisible()
    assert dialog.pair.isEnabled()
    dialog.close()


def test_a_code_becomes_a_token_in_the_keyring(
    qtbot: QtBot, enrolment: Enrolment, keyring: MemoryKeyring, relay: str, tmp_path: Path
) -> None:
    """Pairing by code signs in, keeps the token in the keyring and the account, without it, in a file."""
    with (
        qtbot.waitSignal(enrolment.noticed, timeout=10_000) as noticed,
        qtbot.waitSignal(enrolment.signed_in) as heard,
    ):
        enrolment.begin(relay, "GOOD-CODE")
    assert heard.args is not None
    assert noticed.args == [""]
    account, token = heard.args
    assert (account.agent, token) == ("mira@example.com", TOKEN)
    assert list(keyring.kept.values()) == [TOKEN]
    assert load_account(tmp_path / "account.json") == account
    assert TOKEN not in (tmp_path / "account.json").read_text()


def test_quitting_right_after_pairing_keeps_the_token(
    qtbot: QtBot, looks: Looks, relay: str, tmp_path: Path
) -> None:
    """A keyring that takes a moment gets the token all the same: the code is used up."""
    keyring = SlowKeyring()
    enrolment = Enrolment(looks, Keychain(lambda: keyring), tmp_path / "account.json")
    with qtbot.waitSignal(enrolment.signed_in, timeout=10_000):
        enrolment.begin(relay, "GOOD-CODE")
    assert keyring.begun.wait(10)
    threading.Timer(0.1, keyring.opened.set).start()
    enrolment.finish()
    assert list(keyring.kept.values()) == [TOKEN]


def test_a_disk_that_cannot_be_written_does_not_waste_the_code(
    qtbot: QtBot, enrolment: Enrolment, relay: str, tmp_path: Path
) -> None:
    """The code is used up, so the agent is signed in all the same, and told that it will not last."""
    (tmp_path / "account.json").mkdir()  # no file can be written there
    with (
        qtbot.waitSignal(enrolment.noticed, timeout=10_000) as noticed,
        qtbot.waitSignal(enrolment.signed_in) as heard,
    ):
        enrolment.begin(relay, "GOOD-CODE")
    assert heard.args is not None
    assert noticed.args is not None
    assert "could not be saved" in noticed.args[0]


def test_a_locked_keyring_is_told(
    qtbot: QtBot, enrolment: Enrolment, keyring: MemoryKeyring, relay: str
) -> None:
    """Without a keyring the token is good for this session, and a sentence says so."""
    keyring.locked = True
    with qtbot.waitSignal(enrolment.noticed, timeout=10_000) as noticed:
        enrolment.begin(relay, "GOOD-CODE")
    assert noticed.args is not None
    assert "stay signed in until Deskbell is quit" in noticed.args[0]


def test_the_next_start_takes_the_token_from_the_keyring(
    qtbot: QtBot, enrolment: Enrolment, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    """A paired computer asks nothing."""
    account = Account(relay="https://r.example", device="d", agent="mira@example.com", teams=())
    save_account(tmp_path / "account.json", account)
    keyring.kept["Deskbell", "https://r.example"] = "kept"
    with qtbot.waitSignal(enrolment.signed_in, timeout=10_000) as heard:
        enrolment.begin()
    assert heard.args == [account, "kept"]
    assert enrolment.dialog is None


def test_a_keyring_that_opens_late_signs_in_all_the_same(
    qtbot: QtBot, looks: Looks, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    """While it is locked the dialog says so; as soon as it opens nobody needs another code."""
    account = Account(relay="https://r.example", device="d", agent="mira@example.com", teams=())
    save_account(tmp_path / "account.json", account)
    keyring.kept["Deskbell", "https://r.example"] = "kept"
    keyring.locked = True
    enrolment = Enrolment(looks, Keychain(lambda: keyring), tmp_path / "account.json", again_seconds=0.02)
    with qtbot.waitSignal(enrolment.signed_out, timeout=10_000):
        enrolment.begin()
    assert enrolment.dialog is not None
    assert "does not open" in enrolment.dialog.error.text()
    enrolment.dialog.reject()
    with qtbot.waitSignal(enrolment.signed_in, timeout=10_000) as heard:
        keyring.locked = False
    assert heard.args == [account, "kept"]
    assert enrolment.dialog is None, "put away, it does not come again"


def test_a_wrong_code_is_a_sentence_in_the_dialog(qtbot: QtBot, enrolment: Enrolment, relay: str) -> None:
    """A refused code opens the dialog with a reason, and the next code can be typed at once."""
    with qtbot.waitSignal(enrolment.signed_out, timeout=10_000):
        enrolment.begin(relay, "WRONG")
    qtbot.waitUntil(
        lambda: enrolment.dialog is not None and bool(enrolment.dialog.error.text()), timeout=5_000
    )
    dialog = enrolment.dialog
    assert dialog is not None
    assert dialog.error.text().endswith(".")
    assert dialog.address.text() == relay
    dialog.code.setText("GOOD-CODE")
    with qtbot.waitSignal(enrolment.signed_in, timeout=10_000):
        QTest.mouseClick(dialog.pair, Qt.MouseButton.LeftButton)
    assert enrolment.dialog is None


def test_a_bad_address_is_told_without_asking_anybody(qtbot: QtBot, enrolment: Enrolment) -> None:
    """An address that cannot be right is refused at once, with a sentence."""
    enrolment.begin()
    dialog = enrolment.dialog
    assert dialog is not None
    dialog.address.setText("http://relay.example.com")
    dialog.code.setText("X")
    QTest.mouseClick(dialog.pair, Qt.MouseButton.LeftButton)
    assert "would not be protected" in dialog.error.text()
    assert dialog.focusWidget() is dialog.address


def test_the_mistake_can_be_typed_over(qtbot: QtBot, enrolment: Enrolment, relay: str) -> None:
    """An address where nobody is leads back to the address, a wrong code to the code; the width stays."""
    enrolment.begin()
    dialog = enrolment.dialog
    assert dialog is not None
    width = dialog.width()
    for address, field in (("http://127.0.0.1:1", dialog.address), (relay, dialog.code)):
        dialog.address.setText(address)
        dialog.code.setText("WRONG")
        dialog.error.set_text("")
        QTest.mouseClick(dialog.pair, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(dialog.error.text()) and dialog.pair.isEnabled(), timeout=10_000)
        assert dialog.focusWidget() is field
        assert field.selectedText() == field.text()
    assert dialog.width() == width


def test_a_typed_code_is_confirmed(qtbot: QtBot, enrolment: Enrolment, relay: str) -> None:
    """Who has typed a good code is told so; a code from the environment needs no confirmation."""
    enrolment.begin()
    dialog = enrolment.dialog
    assert dialog is not None
    dialog.address.setText(relay)
    dialog.code.setText("GOOD-CODE")
    with qtbot.waitSignal(enrolment.paired, timeout=10_000) as told:
        QTest.mouseClick(dialog.pair, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].agent == "mira@example.com"
    with qtbot.assertNotEmitted(enrolment.paired), qtbot.waitSignal(enrolment.signed_in, timeout=10_000):
        enrolment.begin(relay, "GOOD-CODE")


def test_signing_out_forgets_everything(
    qtbot: QtBot, enrolment: Enrolment, keyring: MemoryKeyring, relay: str, tmp_path: Path
) -> None:
    """After signing out neither account nor token is left."""
    with qtbot.waitSignal(enrolment.noticed, timeout=10_000):
        enrolment.begin(relay, "GOOD-CODE")
    with qtbot.waitSignal(enrolment.signed_out):
        enrolment.sign_out()
    qtbot.waitUntil(lambda: not keyring.kept, timeout=5_000)
    assert not (tmp_path / "account.json").exists()
