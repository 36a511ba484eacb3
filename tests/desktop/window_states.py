"""Every state of a window: for the gallery, and for the tests of languages and sizes."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import httpx
from PySide6.QtWidgets import QWidget

from desktop import doctor, pairing
from desktop.address import parse_address
from desktop.api import Colleague, People
from desktop.checks import Check
from desktop.diagnostics import DiagnosticsWindow, ReportDialog
from desktop.doctor import CHECKS, Finding
from desktop.firstrun import Welcome
from desktop.i18n import tr
from desktop.leaving import LeaveDialog
from desktop.passing import PassDialog
from desktop.policy import Layer, Rank
from desktop.preferences import PreferencesWindow
from desktop.preferences_file import PreferencesFile
from desktop.settings import Section
from desktop.signin import PairingDialog
from desktop.wishes import Wishes
from relay.protocol import Availability
from tests.desktop.room import Room, settle
from tests.desktop.samples import ME, entry

Make = Callable[[Room], QWidget]

POLICY: Final = Layer(
    rank=Rank.MACHINE,
    place="/etc/deskbell/policy.d/10-base.toml",
    values={
        "sound": False,
        "proxy_mode": "system",
        "privacy": "type",
        "urgent_always": True,
        "server_url": "relay.example.com",
    },
)
REPORT: Final = """\
Deskbell diagnostics

Deskbell: 0.1.0
Python: 3.12.4
System: Linux 6.8.0, x11, GNOME
Text size: 100 %

1 problem: certificate.
good         Name of the relay: relay.example.com is 192.0.2.7.
good         Way and proxy: Direct.
good         Connection: relay.example.com answered in 31 ms.
problem      Certificate: The relay's certificate is not trusted (unable to get local issuer certificate).
             Please ask your IT.
not checked  Relay: Not connected.

What Deskbell noted (values are left out):
12:00:01 WARNING desktop.connection: TLS: certificate verify failed
"""

# Preferences, welcome, pairing


def preferences(room: Room, page: Section | None = None, search: str = "") -> QWidget:
    """Return the preferences at a page, or with a search; IT has locked some of them."""
    wishes = Wishes(PreferencesFile(room.folder / "preferences.json"), {}, places=lambda: [POLICY])
    account = tr("Relay: {relay} · signed in as {agent}", relay="https://relay.example.com", agent=ME)
    window = PreferencesWindow(room.looks, wishes, tr("Deskbell's own toasts"), account)
    window.destroyed.connect(wishes.close)
    window.setProperty("wishes", wishes)  # it lives as long as the window
    if page is not None:
        window.pages.setCurrentRow(list(Section).index(page))
    window.search.setText(search)
    return window


def welcome(room: Room, *answers: bool) -> QWidget:
    """Return the welcome after some answers."""
    window = Welcome(room.looks)
    for yes in answers:
        (window.yes if yes else window.no).click()
    window.note_painted()
    return window


def pairing_dialog(
    room: Room, failure: Callable[[], pairing.PairingFailed] | None = None, *, busy: bool = False
) -> QWidget:
    """Return the dialog: fresh, while it asks, or after a failure."""
    window = PairingDialog(room.looks, "relay.example.com")
    window.show()
    if failure or busy:
        window.code.setText("7KQ4-M2XP")
    if busy:
        window.show_progress()
    if failure:
        problem = failure()
        window.show_error(str(problem), address=problem.address)
    return window


def wrong_code() -> pairing.PairingFailed:
    """Return what a relay's refusal comes to."""
    return pairing._refusal(400, httpx.Headers(), parse_address("relay.example.com"))


def unreachable() -> pairing.PairingFailed:
    """Return what a relay that isn't there comes to."""
    sentence = pairing._why(httpx.ConnectError(""), parse_address("relay.example.com"))
    return pairing.PairingFailed(sentence, address=True)


def sign_in_page() -> pairing.PairingFailed:
    """Return what a hotel's page comes to."""
    return pairing._refusal(302, httpx.Headers(), parse_address("relay.example.com"))


# Diagnostics


def findings() -> list[Finding]:
    """Return what is found on a computer on which some things are amiss."""
    return [
        doctor.names("relay.example.com", ["192.0.2.7", "2001:db8::7"], proxied=False),
        doctor.route(tr("directly")),
        doctor.reach("relay.example.com", 0.031),
        *(doctor.unlinked(check) for check in ("certificate", "relay", "heartbeat")),
        doctor.clock(7200.0),
        doctor.tray(available=False),
        doctor.notifications("dunst", placed=True),
        doctor.keyring(works=True, reason="", holds=True),
        doctor.sound("pw-play", ""),
        doctor.screens(["DP-1, 2560 × 1440 at 150 %", "eDP-1, 1920 × 1200 at 100 %"]),
    ]


def diagnostics(room: Room, *, ended: bool) -> QWidget:
    """Return the diagnostics at work, or at their end."""
    stop = threading.Event()
    found = [each for each in findings() if each.check in CHECKS]
    checks = [Check(names=(each.check,), run=partial(_told, [each])) for each in found]
    if not ended:
        checks = [*checks[:5], Check(names=("heartbeat",), run=partial(_wait, stop))]
    window = DiagnosticsWindow(room.looks, lambda: checks, lambda _found: REPORT)
    window.destroyed.connect(stop.set)
    window.run()
    settle(0.3)
    return window


def _told(found: Sequence[Finding]) -> Sequence[Finding]:
    return found


def _wait(stop: threading.Event) -> Sequence[Finding]:
    stop.wait(20)
    return [doctor.heartbeat(0.03)]


# Work among people

PEOPLE: Final = People(
    agents=(
        Colleague(
            agent="noor@example.com", name="Noor Haddad", teams=("Billing",), state=Availability.AVAILABLE
        ),
        Colleague(
            agent="jonas@example.com", name="Jonas Weber", teams=("Billing", "VIP"), state=Availability.BUSY
        ),
        Colleague(agent="lena@example.com", name="Lena Krüger", teams=("Billing",), state=Availability.AWAY),
        Colleague(agent="omar@example.com", name="Omar Said", teams=("Second Line",)),
    ),
    teams=("Billing", "Second Line", "VIP"),
)


def pass_on(room: Room, people: People | None = None, text: str = "", *, offline: bool = False) -> QWidget:
    """Return the dialog: as it waits, with people to choose from, with a search, or without the relay."""
    dialog = PassDialog(room.looks, entry(teams=("billing", "retention")), ("lena@example.com",))
    if people is not None:
        dialog.show_people(people)
    if offline:
        dialog.show_failure()
    dialog.to.setText(text)
    return dialog


WINDOWS: Final[dict[str, Make]] = {
    **{f"preferences-{section.name.lower()}": partial(preferences, page=section) for section in Section},
    "preferences-found": partial(preferences, search="sound"),
    "preferences-none-found": partial(preferences, search="zebra"),
    "first-run-hello": welcome,
    "first-run-see": lambda room: welcome(room, True),
    "first-run-hear": lambda room: welcome(room, True, True),
    "first-run-well": lambda room: welcome(room, True, True, True),
    "first-run-amiss": lambda room: welcome(room, True, False, True),
    "pairing-fresh": pairing_dialog,
    "pairing-asking": partial(pairing_dialog, busy=True),
    "pairing-wrong-code": partial(pairing_dialog, failure=wrong_code),
    "pairing-unreachable": partial(pairing_dialog, failure=unreachable),
    "pairing-sign-in-page": partial(pairing_dialog, failure=sign_in_page),
    "pass-on": partial(pass_on, people=PEOPLE),
    "pass-on-asking": pass_on,
    "pass-on-search": partial(pass_on, people=PEOPLE, text="bil"),
    "pass-on-offline": partial(pass_on, offline=True),
    "sign-out": lambda room: LeaveDialog(room.looks, ME),
    "diagnostics-running": partial(diagnostics, ended=False),
    "diagnostics-ended": partial(diagnostics, ended=True),
    "report": lambda room: ReportDialog(room.looks, REPORT),
}
"""How to make each state, by its name."""
