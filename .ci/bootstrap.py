"""Bring what Deskbell needs onto a machine that has only python3, make and git.

System libraries (Debian and its children), uv into the folder ``.uv``, then the locked
dependencies into ``.venv``. Standard library only, and safe to run again: what is there is left
alone. ``make run`` and ``make test`` call it.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV_VERSION = "0.13.9"
PYTHON = (3, 11)
GROUPS: Mapping[str, Sequence[str]] = {"run": ["--no-dev"], "test": [], "bench": ["--group", "bench"]}
"""What each purpose needs beyond the programs' own dependencies."""

# Found by adding one missing library at a time to a minimal Debian 12, for PySide6-Essentials 6.11.
LIBRARIES: Mapping[str, str] = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
# A small real desktop for the tests: display, window manager, panel, secret service, eyes and hands.
PROGRAMS: Mapping[str, str] = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "tint2": "tint2",
    "dunst": "dunst",
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-daemon": "dbus-daemon",
    "dbus-run-session": "dbus-daemon",
    "xprop": "x11-utils",
    "scrot": "scrot",
    "xdotool": "xdotool",
    "xclip": "xclip",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "gio": "libglib2.0-bin",
}


def main() -> int:
    """Set up the machine; 0 if everything is in place, 1 after saying what a person has to do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("purpose", choices=tuple(GROUPS), help="run needs the least")
    purpose = parser.parse_args().purpose
    if sys.version_info < PYTHON:
        return _say(f"Deskbell needs Python 3.{PYTHON[1]} or newer; this is {sys.version.split()[0]}.")
    uv = find_uv()
    if sys.platform == "linux" and not install(missing_packages(purpose, need_venv=uv is None)):
        return 1
    uv = uv or bring_uv()
    command = [str(uv), "sync", "--quiet", "--locked", "--all-extras", *GROUPS[purpose]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def missing_packages(purpose: str, *, need_venv: bool) -> list[str]:
    """Return the Debian packages that are needed and absent."""
    packages = {package for library, package in LIBRARIES.items() if not _loads(library)}
    if not _has_font():
        packages.add("fonts-dejavu-core")
    if purpose != "run":
        packages |= {package for program, package in PROGRAMS.items() if not shutil.which(program)}
    if need_venv and not _can_make_venv():
        packages.add("python3-venv")
    return sorted(packages)


def install(packages: Sequence[str]) -> bool:
    """Install packages if we may, else print the command that would; say whether they are there now."""
    if not packages:
        return True
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        _say("Deskbell needs these libraries (Debian names); please install them: " + " ".join(packages))
        return False
    prefix = _as_root()
    if prefix is None:
        _say("Please run this once, then try again:\n  sudo " + " ".join(command))
        return False
    _say("Installing system packages: " + " ".join(packages))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*command, "-qq"]):
        if subprocess.run([*prefix, *step], env=quiet, stdout=subprocess.DEVNULL, check=False).returncode:
            _say("That failed; please run it yourself to see why:\n  sudo " + " ".join(command))
            return False
    return True


def find_uv() -> Path | None:
    """Return a uv that is there already: our own first, then the machine's."""
    own = ROOT / ".uv" / "bin" / "uv"
    if own.exists():
        return own
    found = shutil.which("uv")
    # A version manager's shim may exist without a uv behind it.
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return Path(found)
    return None


def bring_uv() -> Path:
    """Install uv into ``.uv`` beside the checkout's files, and nowhere else."""
    folder = ROOT / ".uv"
    _say(f"Bringing uv {UV_VERSION} into {folder.name}/")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"uv=={UV_VERSION}"], check=True)
    return folder / "bin" / "uv"


def _as_root() -> list[str] | None:
    """Return what to put before a command to run it as root; None if we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font() -> bool:
    """Say whether there is any scalable font: without one Qt draws boxes."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def _can_make_venv() -> bool:
    found = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return found.returncode == 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
