"""The files of a folder of playbooks: which they are, and what they say. Reads, and decides nothing."""

from collections.abc import Sequence
from pathlib import Path

from relay.errors import PlaybookError

MAX_FILE = 256 * 1024
"""Bytes of one playbook: all its templates together."""


def is_playbook(name: str) -> bool:
    """Say whether a file of that name is a playbook; what begins with a dot is an editor's."""
    return name.endswith(".toml") and not name.startswith(".")


def listed(folder: Path) -> Sequence[Path]:
    """Return the playbooks of a folder, by name.

    Raises:
        PlaybookError: there is no such folder, it cannot be read, or it holds none.
    """
    try:
        found = sorted(file for file in folder.iterdir() if is_playbook(file.name))
    except NotADirectoryError:
        raise PlaybookError(str(folder), "", "this is a file; name the folder that it is in") from None
    except FileNotFoundError:
        raise PlaybookError(str(folder), "", "there is no such folder") from None
    except OSError as error:
        raise PlaybookError(str(folder), "", f"cannot be read: {error.strerror}") from None
    if not found:
        raise PlaybookError(str(folder), "", "there is no playbook (*.toml) in this folder")
    return found


def text(file: Path) -> str:
    """Return what a playbook's file says.

    Raises:
        PlaybookError: it cannot be read, is too large, or no text in UTF-8; then with its line.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise PlaybookError(file.stem, "", f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE:
        raise PlaybookError(file.stem, "", f"is larger than {MAX_FILE:,} bytes")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = "this line is no text in UTF-8; save the file in that encoding"
        raise PlaybookError(file.stem, "", problem, line=line) from None
