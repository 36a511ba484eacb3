"""``deskbell doctor``: the diagnostics in a terminal, also without a screen.

It reads the same preferences and managed settings as the app, and so gives the same answers.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from desktop import display, doctor
from desktop.address import Account, BadAddress, parse_address
from desktop.checks import Subject, examine, network_checks
from desktop.doctor import Finding
from desktop.equipment import View, about, equipment_checks, look_around, users
from desktop.instance import is_running
from desktop.keychain import Keychain
from desktop.options import NoDisplayError
from desktop.pairing import load_account
from desktop.policy_command import decided
from desktop.proxies import Network
from desktop.settings import Settings
from desktop.system_proxy import system_route
from desktop.way import network

_ABOUT = "Look at the way to the relay and at this computer, and say what is wrong."
_MORE = """Exit status: 0 nothing is wrong, 1 something is, 2 wrong arguments. The settings are those of the
app: `deskbell policy show` lists them. Without a graphical session tray and screens are not checked."""

WELL, ILL, MISUSED = 0, 1, 2
"""Exit statuses."""


def main(arguments: Sequence[str], home: Path, preferences: Path) -> int:
    """Print what was found; return 0 if nothing is wrong, 1 if something is, 2 for wrong arguments.

    ``home`` is the profile if none is named, and ``preferences`` the person's file that belongs to it.

    Raises:
        SystemExit: after ``--help``, or with status 2 and a sentence about a wrong argument.
    """
    chosen = _parser(home).parse_args(arguments)
    file = preferences if chosen.profile == home else chosen.profile / "preferences.json"
    decision = decided(file, os.environ)
    sys.stderr.writelines(f"{problem}\n" for problem in decision.problems)
    app, view = _session()
    account = load_account(chosen.profile / "account.json")
    keychain = Keychain(limit=5.0)
    alone = view is not None and not is_running(chosen.profile)
    try:
        subject = _subject(chosen.relay, decision.settings, account, keychain, alone=alone)
        findings = _look(subject, view, keychain, account)
        sys.stdout.write(_json(findings) if chosen.json else _text(findings))
        if chosen.save is not None:
            _save(chosen.save, findings, subject)
    except (BadAddress, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return MISUSED
    del app
    return WELL if doctor.healthy(findings) else ILL


def _parser(home: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deskbell doctor", description=_ABOUT, epilog=_MORE)
    add = parser.add_argument
    add(
        "--profile",
        type=Path,
        default=home,
        metavar="DIR",
        help=f"folder of account and inbox (default: {home})",
    )
    add("--relay", default="", metavar="URL", help="look at this relay, as a computer that isn't paired")
    add("--json", action="store_true", help="print the findings as one JSON object")
    add("--save", type=Path, metavar="FILE.txt", help="also save a report without names and secrets")
    return parser


def _session() -> tuple[QCoreApplication, View | None]:
    """Begin Qt, with a screen if there is one that answers."""
    try:
        wanted = display.choose(os.environ, sys.platform)
    except NoDisplayError as problem:
        sys.stderr.write(f"Tray and screens are not checked: {problem.args[0]}\n")
        return QCoreApplication(sys.argv[:1]), None
    if wanted is not None:
        os.environ["QT_QPA_PLATFORM"] = wanted
    return QApplication(sys.argv[:1]), look_around()


def _subject(
    typed: str, settings: Settings, account: Account | None, keychain: Keychain, *, alone: bool
) -> Subject | None:
    """Say what is to be looked at; the sign-in is used only if no app of this person could lose its link.

    Before the computer is paired it is the relay that IT has set, if there is one.
    """
    way = network(settings, Network(environ=os.environ, system=system_route))
    if typed or account is None:
        relay = typed or settings.server_url
        return Subject(address=parse_address(relay), network=way) if relay else None
    token = (keychain.load(account.relay).token if alone else None) or ""
    return Subject(address=parse_address(account.relay), network=way, agent=account.agent, token=token)


def _look(
    subject: Subject | None, view: View | None, keychain: Keychain, account: Account | None
) -> list[Finding]:
    relay = account.relay if account else ""
    return list(examine([*network_checks(subject), *equipment_checks(view, keychain, relay)]))


def _text(findings: Sequence[Finding]) -> str:
    return "\n".join([*doctor.lines(findings), "", doctor.summary(findings), ""])


def _json(findings: Sequence[Finding]) -> str:
    """Return the findings for a program. Keys and marks stay as they are; sentences may change."""
    found = {
        "healthy": doctor.healthy(findings),
        "summary": doctor.summary(findings),
        "about": about(),
        "findings": [
            {name: getattr(each, name) for name in ("check", "mark", "sentence", "advice", "details")}
            for each in doctor.in_order(findings)
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _save(file: Path, findings: Sequence[Finding], subject: Subject | None) -> None:
    token = subject.token if subject else ""
    text = doctor.bundle(findings, about(), secrets=[token], users=users(os.environ))
    file.write_text(text, encoding="utf-8")
