"""``deskbell doctor``: the diagnostics in a terminal, also without a screen."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from desktop import doctor, options
from desktop.address import Account, BadAddress, parse_address
from desktop.checks import Subject, examine, network_checks
from desktop.equipment import View, about, equipment_checks, look_around, users
from desktop.instance import is_running
from desktop.keychain import Keychain
from desktop.pairing import load_account
from desktop.proxies import Network
from desktop.system_proxy import system_route

_ABOUT = "Look at the way to the relay and at this computer, and say what is wrong."


def main(arguments: Sequence[str], home: Path) -> int:
    """Print what was found; return 0 if nothing is wrong, 1 if something is, 2 for wrong arguments."""
    chosen = _parser(home).parse_args(arguments)
    app, view = _session()
    account = load_account(chosen.profile / "account.json")
    keychain = Keychain(limit=5.0)
    try:
        subject = _subject(
            chosen.relay, account, keychain, alone=view is not None and not is_running(chosen.profile)
        )
    except BadAddress as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    relay = account.relay if account else ""
    checks = [*network_checks(subject), *equipment_checks(view, keychain, relay)]
    findings = list(examine(checks))
    sys.stdout.write("\n".join([*doctor.lines(findings), "", doctor.summary(findings)]) + "\n")
    if chosen.save is not None:
        token = subject.token if subject else ""
        text = doctor.bundle(findings, about(), secrets=[token], users=users(os.environ))
        chosen.save.write_text(text, encoding="utf-8")
    del app
    return 0 if doctor.healthy(findings) else 1


def _parser(home: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deskbell doctor", description=_ABOUT)
    parser.add_argument(
        "--profile",
        type=Path,
        default=home,
        metavar="DIR",
        help=f"folder of account and inbox (default: {home})",
    )
    parser.add_argument(
        "--relay", default="", metavar="URL", help="look at this relay, as a computer that isn't paired"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE.txt", help="also save a report without names and secrets"
    )
    return parser


def _session() -> tuple[QCoreApplication, View | None]:
    """Begin Qt, with a screen if there is one."""
    try:
        wanted = options.choose_platform(os.environ, sys.platform)
    except options.NoDisplayError:
        return QCoreApplication(sys.argv[:1]), None
    if wanted is not None:
        os.environ["QT_QPA_PLATFORM"] = wanted
    return QApplication(sys.argv[:1]), look_around()


def _subject(typed: str, account: Account | None, keychain: Keychain, *, alone: bool) -> Subject | None:
    """Say what is to be looked at; the sign-in is used only if no app of this person could lose its link."""
    network = Network(environ=os.environ, system=system_route)
    if typed:
        return Subject(address=parse_address(typed), network=network)
    if account is None:
        return None
    token = (keychain.load(account.relay).token if alone else None) or ""
    return Subject(address=parse_address(account.relay), network=network, agent=account.agent, token=token)
