"""Where secrets come from: the environment, a file that nobody else may read, a systemd credential.

Source for credentials: systemd.exec(5), ``LoadCredential=`` and ``$CREDENTIALS_DIRECTORY``.
"""

import os
import re
import shlex
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from relay.source import Secret

SECRET_FILE_LIMIT = 64 * 1024
"""Bytes. A signing secret has some dozens; a longer file is the wrong file."""

THREE_WAYS = (
    'Write where it is kept: "env:NAME" (an environment variable), "file:/path" (a file that only the '
    'relay\'s user can read) or "credential:NAME" (a systemd credential).'
)

ReadSecret = Callable[[Path, bool], bytes]
"""Reads a secret file; true if it must be private. Raises ``ValueError`` with a sentence, or ``OSError``."""

_READ_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_WAYS = ("env:", "file:", "credential:")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_.-]{0,64}", re.ASCII)
_ENTRY_KEYS = ("name", "at", "until")
_DAY = 86_400.0
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHARED = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A secret as the configuration names it: where it is kept, what it is called, until when it counts."""

    at: object
    name: str = ""
    until: float | None = None
    """Unix seconds; a day that was given is over when the next one begins, in UTC."""


def read_entry(given: object) -> Entry:
    """Return what is said of a secret: a reference alone, or a table ``{ name, at, until }``.

    Raises:
        ValueError: a key that is none, a reference missing, a name or a time that is none.
    """
    if not isinstance(given, dict):
        return Entry(at=given)
    for key in given:
        if key not in _ENTRY_KEYS:
            raise ValueError(f"a secret has no {key!r}; it has {', '.join(_ENTRY_KEYS)}.")
    if "at" not in given:
        raise ValueError(f"a secret lacks at. {THREE_WAYS}")
    name = given.get("name", "")
    if not isinstance(name, str) or not _LABEL.fullmatch(name):
        raise ValueError("a secret's name is up to 64 letters, digits, dots, hyphens and underscores.")
    return Entry(at=given["at"], name=name, until=_moment(given["until"]) if "until" in given else None)


def _moment(given: object) -> float:
    """Return a date or time of TOML in Unix seconds."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError("a secret's until has to say in which zone: write Z behind the time for UTC.")
        return given.timestamp()
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day, tzinfo=UTC).timestamp() + _DAY
    raise ValueError("a secret's until is a date such as 2027-01-31, without quotes.")


def resolve(reference: object, environ: Mapping[str, str], folder: Path, read: ReadSecret) -> Secret:
    """Return the secret that a reference such as ``env:NAME`` names.

    ``folder`` is where relative paths start. The sentences never repeat what was written in place
    of a reference, because that may be the secret.

    Raises:
        ValueError: no reference, nothing there, not allowed to be there, or empty.
    """
    if not isinstance(reference, str) or not reference.startswith(_WAYS):
        raise ValueError(f"a secret is not written into the configuration itself. {THREE_WAYS}")
    way, _, name = reference.partition(":")
    if way == "env":
        value = _from_environment(name, environ)
    elif way == "file":
        value = _from_file(_secret_path(name, folder), read, private=True)
    else:
        value = _from_file(_credential(name, environ), read, private=False)
    value = value.rstrip("\r\n")
    if not value.strip():
        raise ValueError(f"{reference} is empty; an empty secret would let everybody in.")
    if _CONTROL.search(value):
        raise ValueError(f"{reference} has a line break or another control character inside.")
    return Secret(value, reference)


def read_secret_file(path: Path, private: bool) -> bytes:
    """Read a small file; if it must be private, only after its open handle was found to be so.

    Raises:
        ValueError: not a regular file, too large, or others may read or change it.
        OSError: it can't be opened.
    """
    # Not blocking: a named pipe in the file's place would hold the start for ever.
    handle = os.open(path, _READ_WITHOUT_WAITING)
    try:
        _check_file(path, os.fstat(handle).st_mode, private=private)
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(SECRET_FILE_LIMIT + 1)
    finally:
        os.close(handle)
    if len(content) > SECRET_FILE_LIMIT:
        raise ValueError(f"{path} is larger than {SECRET_FILE_LIMIT} bytes; that is no secret.")
    return content


def _check_file(path: Path, mode: int, *, private: bool) -> None:
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path} is not a regular file.")
    if private and os.name == "posix" and mode & _SHARED:
        shown, command = f"{stat.S_IMODE(mode):04o}", f"chmod 600 {shlex.quote(str(path))}"
        raise ValueError(f"{path} can be read or changed by others (mode {shown}). Run: {command}")


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("the name after env: is not the name of an environment variable.")
    if name not in environ:
        raise ValueError(f"the environment variable {name} is not set.")
    return environ[name]


def _secret_path(name: str, folder: Path) -> Path:
    if not name or "\0" in name:
        raise ValueError("a path has to follow file:.")
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:
        raise ValueError(f"file:{name} begins with a home folder that doesn't exist.") from None


def _credential(name: str, environ: Mapping[str, str]) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("the name after credential: is not the name of a systemd credential.")
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ValueError(
            f"credential:{name} needs systemd to start the relay with LoadCredential={name}:/path; "
            "CREDENTIALS_DIRECTORY is not set."
        )
    return Path(folder) / name


def _from_file(path: Path, read: ReadSecret, *, private: bool) -> str:
    try:
        return read(path, private).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror or error}.") from None
