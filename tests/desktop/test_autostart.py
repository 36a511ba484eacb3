"""Deskbell is there when the computer is, unless somebody said no."""

import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import autostart
from desktop.autostart import LABEL, command, desktop_entry, keep, launch_agent, on_linux

STARTED = ("/opt/deskbell/deskbell",)
ODD = ("/opt/my apps/it's $HOME\\`x`\"/deskbell", "-m", "100%")


def entry(folder: Path) -> Path:
    """Return the file in a person's folder."""
    return folder / "autostart" / "deskbell.desktop"


def apply(on: bool, home: Path, started: tuple[str, ...] = STARTED, **environ: str) -> str:
    """Set it in a home of the test's own, where nothing is installed for everybody."""
    return autostart.apply(on, started, home, {"XDG_CONFIG_DIRS": str(home / "etc"), **environ})


linux = pytest.mark.skipif(sys.platform != "linux", reason="freedesktop's folder")


@linux
def test_it_is_written_and_removed(tmp_path: Path) -> None:
    """Into a home that has no such folder yet; a second time nothing changes."""
    file = entry(tmp_path / ".config")
    assert apply(True, tmp_path) == ""
    assert "Exec=/opt/deskbell/deskbell\n" in file.read_text()
    before = file.stat().st_mtime_ns
    assert apply(True, tmp_path) == ""
    assert file.stat().st_mtime_ns == before
    assert apply(False, tmp_path) == ""
    assert list(file.parent.iterdir()) == []
    assert apply(False, tmp_path) == ""


@linux
def test_the_configuration_may_be_elsewhere(tmp_path: Path) -> None:
    """Where the variable says."""
    assert apply(True, tmp_path, XDG_CONFIG_HOME=str(tmp_path / "elsewhere")) == ""
    assert entry(tmp_path / "elsewhere").is_file()


@linux
def test_a_program_that_moved_is_found_again(tmp_path: Path) -> None:
    """The next start writes where it is now."""
    apply(True, tmp_path)
    apply(True, tmp_path, ("/usr/bin/deskbell",))
    assert "Exec=/usr/bin/deskbell\n" in entry(tmp_path / ".config").read_text()


@linux
@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_a_person_switched_off_stays_off(tmp_path: Path, line: str) -> None:
    """The desktop's own settings have the last word, and the preferences say so."""
    apply(True, tmp_path)
    file = entry(tmp_path / ".config")
    file.write_text(file.read_text() + line + "\n")
    said = file.read_text()
    assert apply(True, tmp_path) == "is switched off in this computer's own settings."
    assert apply(False, tmp_path) == ""
    assert file.read_text() == said


@linux
def test_a_persons_own_lines_stay(tmp_path: Path) -> None:
    """A delay that somebody added is not swept away."""
    apply(True, tmp_path)
    file = entry(tmp_path / ".config")
    file.write_text(file.read_text() + "X-GNOME-Autostart-Delay=20\n")
    apply(True, tmp_path)
    assert "Delay=20" in file.read_text()


@linux
def test_what_is_installed_for_everybody_is_hidden_for_one(tmp_path: Path) -> None:
    """Off hides it for this person, on lets it count again; nothing is started twice."""
    installed = tmp_path / "etc" / "autostart" / "deskbell.desktop"
    installed.parent.mkdir(parents=True)
    installed.write_text(desktop_entry(STARTED))
    file = entry(tmp_path / ".config")
    assert apply(True, tmp_path) == ""
    assert not file.exists()
    assert apply(False, tmp_path) == ""
    assert "Hidden=true" in file.read_text()
    assert apply(True, tmp_path) == ""
    assert not file.exists()


@linux
def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file stands where the folder has to be, which no permission overcomes."""
    (tmp_path / ".config").write_text("")
    assert apply(True, tmp_path) == "could not be set: Not a directory."
    assert apply(False, tmp_path) == "could not be set: Not a directory."


@linux
@pytest.mark.parametrize("broken", ["", "no group\n", "[Desktop Entry\n", "[Other]\nHidden=true\n", "\udc00"])
def test_a_damaged_file_is_replaced(tmp_path: Path, broken: str) -> None:
    """Nobody has said no in it."""
    file = entry(tmp_path / ".config")
    file.parent.mkdir(parents=True)
    file.write_bytes(broken.encode("utf-8", "surrogatepass"))
    assert apply(True, tmp_path) == ""
    assert "Exec=" in file.read_text()


@linux
@pytest.mark.skipif(shutil.which("gio") is None, reason="GLib's own reader (Debian: libglib2.0-bin)")
def test_odd_paths_are_started_as_they_are(tmp_path: Path) -> None:
    """Blanks, percent, quotes and dollars come through, as GLib's launcher reads them."""
    program = Path(str(tmp_path) + ODD[0])
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nprintf \'%s\\n\' "$0" "$@" > {shlex.quote(str(tmp_path / "ran"))}\n')
    program.chmod(0o700)
    fifo = tmp_path / "ran"
    os.mkfifo(fifo)
    apply(True, tmp_path, (str(program), *ODD[1:]))
    subprocess.run(["gio", "launch", str(entry(tmp_path / ".config"))], check=True, timeout=30)
    with fifo.open(encoding="utf-8") as told:  # waits until the program writes
        assert told.read().splitlines() == [str(program), *ODD[1:]]


def test_macos_is_told_by_a_property_list(tmp_path: Path) -> None:
    """Whatever is in the path, launchd reads it back; and the file goes as a whole."""
    file = tmp_path / "LaunchAgents" / f"{LABEL}.plist"
    keep(file, launch_agent(ODD))
    assert plistlib.loads(file.read_bytes())["ProgramArguments"] == list(ODD)
    keep(file, "")
    assert not file.exists()


def test_the_command_is_the_packaged_program_or_python() -> None:
    """An AppImage is started by its own name, and Windows' Python without a console."""
    assert command("/opt/deskbell/deskbell", {}, packaged=True) == STARTED
    assert command("/tmp/.mount/x", {"APPIMAGE": "/home/mira/D.AppImage"}, packaged=True) == (
        "/home/mira/D.AppImage",
    )
    assert command("/usr/bin/python3", {}, packaged=False) == ("/usr/bin/python3", "-m", "desktop")
    assert command(r"C:\Py\python.exe", {}, packaged=False)[0] == r"C:\Py\pythonw.exe"


def test_a_folder_that_is_a_link_is_followed(tmp_path: Path) -> None:
    """People keep such folders under version control."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "autostart").symlink_to(tmp_path / "dotfiles")
    assert on_linux(True, STARTED, tmp_path / "autostart", for_everybody=False) == ""
    assert (tmp_path / "dotfiles" / "deskbell.desktop").is_file()
