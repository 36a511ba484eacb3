"""One relay for one journal: timers and calls of two would each be carried out twice."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from relay.errors import ConfigError

SUFFIX = ".relay"
"""Of the file beside the journal that is locked. It stays there; only the lock means something."""


@contextlib.contextmanager
def only_one(journal: Path) -> Iterator[None]:
    """Be the only relay on a journal. The system gives the lock up with the process, however that ends.

    Commands that read the journal, or add to it, don't ask for it.

    Raises:
        ConfigError: another relay is running on it, or the file cannot be had.
    """
    path = journal.with_name(f"{journal.name}{SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        problem = f"{path} cannot be opened: {error.strerror or error}."
        raise ConfigError("journal.path", problem) from None
    with file:
        try:
            _lock(file)
        except OSError:
            problem = f"another relay is running on {journal}."
            hint = "Stop it first, or give this one a journal of its own."
            raise ConfigError("journal.path", problem, hint=hint) from None
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
