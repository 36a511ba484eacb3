"""Where managed values are kept: files on Linux, the registry on Windows, profiles on macOS.

On Linux every ``/etc/deskbell/policy.d/*.toml`` is read in the order of the names; its table
``[recommended]`` holds what the person may change. A file that anybody but root can write is
left out. On Windows the keys are those of group policies, on macOS what a profile has set.
Nothing here stops the start: what is wrong becomes a sentence in the layer.
"""

import getpass
import os
import plistlib
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from xml.parsers.expat import ExpatError

from desktop.i18n import mark, tr
from desktop.policy import Layer, Rank
from desktop.settings import SETTINGS

FOLDER = Path("/etc/deskbell/policy.d")
"""Of Linux."""
REGISTRY = r"Software\Policies\Deskbell\Deskbell"
"""Below HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER."""
INSTALLED = r"Software\Deskbell\Deskbell"
"""Below HKEY_LOCAL_MACHINE: what the installer wrote."""
PREFERENCES = Path("/Library/Managed Preferences")
"""Of macOS."""
BUNDLE = "org.deskbell.desktop"
MAX_BYTES = 1 << 20
"""A policy file is not larger than that."""

ReadKey = Callable[[str, str], Mapping[str, object] | None]
"""Takes a hive's name (HKLM, HKCU) and a path; returns the values, None if there is no such key."""


def managed() -> list[Layer]:
    """Return what is managed on this computer."""
    if sys.platform == "win32":
        return from_registry(_read_registry)
    if sys.platform == "darwin":
        return from_preferences(PREFERENCES, getpass.getuser())
    return from_folder(FOLDER)


def from_environment(environ: Mapping[str, str]) -> Layer:
    """Return what the environment says."""
    values = {key: environ[row.variable] for key, row in SETTINGS.items() if row.variable in environ}
    places = ", ".join(SETTINGS[key].variable for key in values)
    return Layer(rank=Rank.RUN, place=places or tr("the environment"), values=values)


def from_folder(folder: Path, owner: int = 0) -> list[Layer]:
    """Return what the policy files of a folder say; ``owner`` is the only user who may have written them."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as problem:
        return [_unreadable(str(folder), problem.strerror or str(problem))]
    return [layer for path in paths for layer in _from_file(path, owner)]


def _from_file(path: Path, owner: int) -> list[Layer]:
    place = str(path)
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            if state.st_uid != owner or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return [_unreadable(place, mark("somebody else than root may write it"))]
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            return [_unreadable(place, mark("it is too large"))]
        values = tomllib.loads(text.decode())
    except OSError as problem:
        return [_unreadable(place, problem.strerror or str(problem))]
    except ValueError as problem:
        return [_unreadable(place, str(problem))]
    return _split(place, values, Rank.MACHINE, Rank.MACHINE_ADVICE)


def _split(place: str, values: Mapping[str, object], enforced: Rank, advice: Rank) -> list[Layer]:
    """Return two layers: what is enforced, and what stands in the table ``recommended``."""
    advised = {name: value for name, value in values.items() if name.lower() == "recommended"}
    layers = [
        Layer(
            rank=enforced,
            place=place,
            values={name: value for name, value in values.items() if name not in advised},
        )
    ]
    for table in advised.values():
        if isinstance(table, Mapping):
            layers.append(Layer(rank=advice, place=place, values=table))
        else:
            layers.append(_unreadable(place, mark("recommended is no table")))
    return layers


def _unreadable(place: str, why: str) -> Layer:
    problem = tr("{place} is left out: {why}.", place=place, why=tr(why))
    return Layer(rank=Rank.MACHINE, place=place, values={}, problem=problem)


def from_preferences(folder: Path, user: str) -> list[Layer]:
    """Return what macOS profiles say, for the computer and for a user."""
    return [
        *_from_plist(folder / f"{BUNDLE}.plist", Rank.MACHINE, Rank.MACHINE_ADVICE),
        *_from_plist(folder / user / f"{BUNDLE}.plist", Rank.USER, Rank.USER_ADVICE),
    ]


def _from_plist(path: Path, enforced: Rank, advice: Rank) -> list[Layer]:
    try:
        values = plistlib.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as problem:
        return [_unreadable(str(path), problem.strerror or str(problem))]
    except (ValueError, ExpatError, plistlib.InvalidFileException) as problem:
        return [_unreadable(str(path), str(problem) or mark("it is no property list"))]
    if not isinstance(values, dict):
        return [_unreadable(str(path), mark("it is no table"))]
    # The system adds names of its own, such as PayloadUUID.
    own = {name: value for name, value in values.items() if not name.startswith("Payload")}
    return _split(str(path), own, enforced, advice)


def from_registry(read_key: ReadKey) -> list[Layer]:
    """Return what group policies and the installer have written."""
    keys = (
        (Rank.MACHINE, "HKLM", REGISTRY),
        (Rank.USER, "HKCU", REGISTRY),
        (Rank.MACHINE_ADVICE, "HKLM", REGISTRY + r"\Recommended"),
        (Rank.USER_ADVICE, "HKCU", REGISTRY + r"\Recommended"),
        (Rank.INSTALLED, "HKLM", INSTALLED),
    )
    found = [(rank, f"{hive}\\{path}", read_key(hive, path)) for rank, hive, path in keys]
    return [
        Layer(rank=rank, place=place, values=_known(values) if rank is Rank.INSTALLED else values)
        for rank, place, values in found
        if values
    ]


def _known(values: Mapping[str, object]) -> dict[str, object]:
    # The installer writes its version and folder beside the settings.
    names = {row.policy_name.lower() for row in SETTINGS.values()}
    return {name: value for name, value in values.items() if name.lower() in names}


def _read_registry(hive: str, path: str) -> Mapping[str, object] | None:
    """Return a key's values. A sub-key is a list: group policies write it with numbered values."""
    if sys.platform == "win32":
        import winreg

        root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
        try:
            with winreg.OpenKey(root, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
                subkeys, count, _ = winreg.QueryInfoKey(key)
                values = {name: value for name, value, _ in (winreg.EnumValue(key, n) for n in range(count))}
                names = list(map(partial(winreg.EnumKey, key), range(subkeys)))
        except OSError:
            return None
        lists = {name: _read_registry(hive, f"{path}\\{name}") for name in names if name != "Recommended"}
        return values | {name: list((table or {}).values()) for name, table in lists.items()}
    return None
