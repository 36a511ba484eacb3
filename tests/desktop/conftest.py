"""What the desktop's tests share: looks, entries as they arrive, an inbox on a real disk, the whole app."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.app import Desktop
from desktop.entry import Entry
from desktop.historydesk import HistoryDesk
from desktop.inbox import Inbox
from desktop.inquirer import Inquirer
from desktop.instance import Instance
from desktop.keychain import Keychain
from desktop.options import Options
from desktop.pairing import save_account
from desktop.records import Records
from desktop.theme import Looks, Scheme
from relay.protocol import Link, Notification, Priority, Script
from tests.desktop.desk import Desk
from tests.desktop.far_end import FarEnd
from tests.desktop.gallery import shown
from tests.desktop.room import Room, furnished

NOW = 1_800_000_000.0

MakeMessage = Callable[..., Notification]
MakeEntry = Callable[..., Entry]
MakeDesktop = Callable[..., Desktop]
ShowState = Callable[[str], QWidget]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say what it cannot do: it is no fault of the code under test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged")
            )


def pytest_sessionfinish() -> None:
    """Empty the clipboard: without a screen Qt keeps it until after Python's end, and crashes over it."""
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        application.clipboard().clear()


@pytest.fixture
def looks(qapp: QApplication) -> Looks:
    """The light theme, applied to the application."""
    return Looks(qapp, Scheme.LIGHT)


@pytest.fixture
def make_message() -> MakeMessage:
    """Return a function that makes a notification, with what a test cares about replaced."""

    def make(seq: int = 1, **changes: Any) -> Notification:
        fields: dict[str, Any] = {
            "seq": seq,
            "id": f"event-{seq}",
            "source": "stripe",
            "provider": "stripe",
            "type": "invoice.payment_failed",
            "priority": Priority.NORMAL,
            "title": f"Payment {seq} failed: Ana Souza",
            "body": "The card was declined.",
            "scripts": (Script(name="Call back", text="Hi Ana, your payment did not go through."),),
            "links": (Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/1"),),
            "at": NOW,
        }
        return Notification(**fields | changes)

    return make


@pytest.fixture
def make_entry(make_message: MakeMessage) -> MakeEntry:
    """Return a function that makes an entry, with what a test cares about replaced."""
    return lambda seq=1, **changes: Entry.from_notification(make_message(seq, **changes), NOW)


@pytest.fixture
def relay() -> Iterator[FarEnd]:
    """A relay's stand-in that listens."""
    relay = FarEnd()
    relay.start()
    yield relay
    relay.finish()


@pytest.fixture
def desk(relay: FarEnd, tmp_path: Path) -> Iterator[Desk]:
    """A link to it that was not started yet, with an inbox and a record of all that it tells."""
    desk = Desk(tmp_path / "inbox.db", relay.url)
    yield desk
    desk.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox of the test's own."""
    opened = Inbox.open(tmp_path / "inbox.db")
    yield opened
    opened.close()


@pytest.fixture
def records(looks: Looks, inbox: Inbox, tmp_path: Path) -> Iterator[Records]:
    """The history's parts over that inbox."""
    made = Records(looks, inbox, tmp_path / "inbox.db", days=0)
    yield made
    made.close()


@pytest.fixture
def history(records: Records, inbox: Inbox, qtbot: QtBot) -> Iterator[HistoryDesk]:
    """The history over that inbox."""
    menu = QMenu()
    qtbot.addWidget(menu)
    desk = HistoryDesk(records, inbox, is_own=lambda _id: False, menu=menu, inquirer=Inquirer(lambda: None))
    yield desk
    if desk.window is not None:
        desk.window.stays_reachable = False
        desk.window.close()
        desk.window.deleteLater()


@pytest.fixture(scope="module")
def room(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """What the states of windows and toasts are made of."""
    looks = Looks(qapp, Scheme.LIGHT)
    with furnished(looks, tmp_path_factory.mktemp("room")) as made:
        yield made
    looks.use(Scheme.LIGHT)


@pytest.fixture
def show_state(room: Room) -> Iterator[ShowState]:
    """Return a function that shows a state of the gallery until the test is over."""
    with ExitStack() as looked_at:
        yield lambda name: looked_at.enter_context(shown(name, room))


class OneToken(KeyringBackend):
    """A keyring that has one token for everybody."""

    priority = 1  # what keyring asks of every backend

    def get_password(self, service: str, username: str) -> str:
        return "a-token-of-this-test"

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing."""

    def delete_password(self, service: str, username: str) -> None:
        """Have nothing to forget."""


@pytest.fixture
def far_end(relay: FarEnd) -> FarEnd:
    """The same stand-in, for whoever looks at it from the far side of a whole app."""
    return relay


@pytest.fixture
def make_desktop(qapp: QApplication, tmp_path: Path, far_end: FarEnd) -> Iterator[MakeDesktop]:
    """Return a function that starts the app, paired with the far end."""
    made: list[Desktop] = []

    def make(**changes: object) -> Desktop:
        profile = tmp_path / "profile"
        profile.mkdir(exist_ok=True)
        save_account(
            profile / "account.json",
            Account(relay=far_end.url, device="d", agent="mira@example.com", teams=()),
        )
        chosen = Options(profile=profile, **changes)  # type: ignore[arg-type]  # fields of several types
        desktop = Desktop(qapp, chosen, Instance(profile), Keychain(OneToken))
        made.append(desktop)
        desktop.start()
        return desktop

    yield make
    for desktop in made:
        desktop.close()
