"""Starts Deskbell when its person signs in to the computer, by the system's own list of such programs.

Sources: freedesktop's Desktop Application Autostart Specification, Windows' key ``Run``, macOS'
launch agents (launchd.plist(5)). Only the person's own list is written; what they have switched off
there stays off.
"""

import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from configparser import ConfigParser, Error
from pathlib import Path

from desktop.i18n import tr

LABEL = "org.deskbell.desktop"
_FILE = "deskbell.desktop"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_GROUP = "Desktop Entry"
_HIDDEN = f"[{_GROUP}]\nType=Application\nName=Deskbell\nHidden=true\nX-Deskbell=true\n"
"""Hides what is installed for everybody; the last line says that it was us and not the person."""


def command(executable: str, environ: Mapping[str, str], *, packaged: bool) -> tuple[str, ...]:
    """Return what starts Deskbell: the packaged program, or Python with our package."""
    if packaged:
        # An AppImage runs from a folder that is gone at the next start.
        return (environ.get("APPIMAGE") or executable,)
    silent = re.sub(r"python\.exe$", "pythonw.exe", executable)
    return silent, "-m", "desktop"


def desktop_entry(started: Sequence[str]) -> str:
    """Return the file of the autostart folder that runs a command."""
    lines = (
        f"[{_GROUP}]",
        "Type=Application",
        "Name=Deskbell",
        "Icon=deskbell",
        f"Exec={' '.join(map(_quoted, started))}",
        "Terminal=false",
        "StartupNotify=false",
    )
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    """Return a word as the Desktop Entry Specification wants it in ``Exec``."""
    if not re.fullmatch(r"[A-Za-z0-9_./:@+,-]+", word):
        word = '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%") + '"'
    return word.replace("\\", "\\\\")


def launch_agent(started: Sequence[str]) -> str:
    """Return the property list of a launch agent that runs a command."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(started),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    return plistlib.dumps(agent).decode("utf-8")


def apply(on: bool, started: Sequence[str], home: Path, environ: Mapping[str, str]) -> str:
    """Put Deskbell on this system's list or take it off; return why not, as the rest of a sentence."""
    try:
        if sys.platform == "win32":
            return _on_windows(on, started)
        if sys.platform == "darwin":
            file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
            keep(file, launch_agent(started) if on else "")
            return ""
        folder = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "autostart"
        return on_linux(on, started, folder, _for_everybody(environ))
    except OSError as problem:
        return tr("could not be set: {reason}.", reason=problem.strerror or type(problem).__name__)


def _for_everybody(environ: Mapping[str, str]) -> bool:
    """Say whether it is on the list of the whole computer."""
    places = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return any((Path(place) / "autostart" / _FILE).is_file() for place in places.split(os.pathsep))


def on_linux(on: bool, started: Sequence[str], folder: Path, for_everybody: bool) -> str:
    """Write or remove the file in the person's folder; return why not, as the rest of a sentence.

    Raises:
        OSError: the folder cannot be written.
    """
    file = folder / _FILE
    before = _read(file)
    if _is_off(before) and "X-Deskbell" not in before:
        return tr("is switched off in this computer's own settings.") if on else ""
    if on and before.get("Exec") == _read_text(desktop_entry(started)).get("Exec"):
        return ""
    if for_everybody:
        keep(file, "" if on else _HIDDEN)
    else:
        keep(file, desktop_entry(started) if on else "")
    return ""


def _read(file: Path) -> Mapping[str, str]:
    try:
        return _read_text(file.read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return {}


def _read_text(text: str) -> Mapping[str, str]:
    parser = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",), strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # as configparser's documentation does it
    try:
        parser.read_string(text)
    except Error:
        return {}
    return dict(parser[_GROUP]) if parser.has_section(_GROUP) else {}


def _is_off(entry: Mapping[str, str]) -> bool:
    """Say whether a desktop's own settings have switched it off; GNOME has a key of its own."""
    return (
        entry.get("Hidden", "").lower() == "true"
        or entry.get("X-GNOME-Autostart-enabled", "").lower() == "false"
    )


def keep(file: Path, text: str) -> None:
    """Let a file have this text, as a whole or not at all; without a text it goes.

    Raises:
        OSError: it cannot be written.
    """
    if not text:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def _on_windows(on: bool, started: Sequence[str]) -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
            if on:
                winreg.SetValueEx(key, "Deskbell", 0, winreg.REG_SZ, subprocess.list2cmdline(started))
            else:
                try:
                    winreg.DeleteValue(key, "Deskbell")
                except FileNotFoundError:
                    return ""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _APPROVED) as key:
                state, _ = winreg.QueryValueEx(key, "Deskbell")
        except FileNotFoundError:
            return ""
        # The task manager's list: an odd first byte means that the person has switched it off.
        if on and state and state[0] % 2:
            return tr("is switched off in this computer's own settings.")
    return ""
