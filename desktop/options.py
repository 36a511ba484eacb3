"""What can be said when Deskbell is started: the command line and its one variable. Pure."""

import argparse
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CODE_VARIABLE = "DESKBELL_PAIR_CODE"
"""A pairing code comes by the environment, never by an argument: every user can read those."""

_ABOUT = "Deskbell waits in the tray and tells you the moment something happens to one of your customers."
_MORE = f"""`deskbell policy show` lists every setting, its value, and who has set it.
`deskbell doctor` looks at the way to the relay and at this computer, and says what is wrong.
For roll-outs: with --relay and the variable {CODE_VARIABLE} the computer is paired
without a dialog. The variable is removed from the environment as soon as it was read."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run."""

    profile: Path
    """The folder for account and inbox."""
    relay: str = ""
    code: str = field(default="", repr=False)
    snapshot: Path | None = None
    """Quit after the first toast, and keep its picture here."""
    snapshot_timeout: float = 30.0
    """Seconds."""
    report: bool = False
    """Print a JSON line on standard output when something happens that a program may wait for."""
    press: tuple[str, ...] = ()
    """For trials: buttons of the claim bar to press on every toast, each as soon as it is there."""
    theme: str = ""
    """Colours for this run; empty for those of the preferences."""
    preferences: Path | None = None
    """The file with the person's choices; None: beside the inbox."""

    @property
    def by_hand(self) -> bool:
        """Say whether a person sits there: neither a code nor a program that watches was given."""
        return not (self.code or self.report or self.snapshot)


def read(
    arguments: Sequence[str],
    environ: MutableMapping[str, str],
    home: Path,
    preferences: Path | None = None,
) -> Options:
    """Return the options; ``home`` is the profile if none is named. Takes the code out of ``environ``.

    ``preferences`` is the person's file; a profile that is named has its own.

    Raises:
        SystemExit: after ``--help``, or with a sentence about a wrong argument.
    """
    parser = _parser(home)
    chosen = parser.parse_args(arguments)
    code = environ.pop(CODE_VARIABLE, "").strip()
    if chosen.snapshot_timeout <= 0:
        parser.error("--snapshot-timeout has to be more than 0 seconds")
    return Options(
        profile=chosen.profile,
        relay=chosen.relay,
        code=code if chosen.relay else "",
        snapshot=chosen.snapshot,
        snapshot_timeout=chosen.snapshot_timeout,
        report=chosen.report,
        press=tuple(chosen.press),
        theme=chosen.theme,
        preferences=preferences if chosen.profile == home else None,
    )


def _parser(home: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deskbell", description=_ABOUT, epilog=_MORE)
    add = parser.add_argument
    add(
        "--profile",
        type=Path,
        default=home,
        metavar="DIR",
        help=f"folder for account and inbox (default: {home})",
    )
    add(
        "--relay",
        default="",
        metavar="URL",
        help="the relay's address, filled in when this computer is paired",
    )
    add(
        "--theme",
        choices=("system", "light", "dark", "contrast-light", "contrast-dark"),
        default="",
        help="colours for this run (default: as in the preferences)",
    )
    add(
        "--snapshot",
        type=Path,
        metavar="FILE.png",
        help="save a picture of the first toast, print what was painted as one JSON line, and quit",
    )
    add(
        "--snapshot-timeout",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="give up with exit status 1 if no toast was painted by then (default: 30)",
    )
    add(
        "--report",
        action="store_true",
        help="print a JSON line when the app has started, when the link is live, for each painted toast, "
        "and when one was claimed, lost to somebody else or withdrawn",
    )
    add(
        "--press",
        action="append",
        default=[],
        choices=("claim", "done", "release"),
        help="for trials: press this button of every toast as soon as it is there; may be repeated",
    )
    return parser


def choose_platform(environ: Mapping[str, str], system: str) -> str | None:
    """Return the Qt platform to ask for, or None to leave it to Qt.

    On Wayland a program cannot place its own windows, but through XWayland it can: X11 goes first.

    Raises:
        NoDisplayError: on Linux, and there is no screen.
    """
    if system != "linux" or environ.get("QT_QPA_PLATFORM"):
        return None
    if environ.get("DISPLAY"):
        return "xcb;wayland" if environ.get("WAYLAND_DISPLAY") else "xcb"
    if environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    raise NoDisplayError


class NoDisplayError(Exception):
    """There is no screen to show anything on; ``reason`` says what was tried."""

    def __init__(self, reason: str = "neither DISPLAY nor WAYLAND_DISPLAY is set.") -> None:
        super().__init__(reason)

    def __str__(self) -> str:
        return (
            f"Deskbell needs a graphical session: {self.args[0]} "
            "For a run without a screen set QT_QPA_PLATFORM=offscreen."
        )
