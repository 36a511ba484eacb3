"""The log on disk: a packaged app has no standard error that anybody could read.

It holds the sentences of :class:`desktop.logtail.Sentences` and no values, so that it can be handed on.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from desktop.logtail import Sentences

NAME = "deskbell.log"
"""Beside the inbox."""
MAX_BYTES = 512 * 1024
OLD_FILES = 2
"""How large a file becomes, and how many full ones are kept: 1.5 MiB in all."""

_log = logging.getLogger(__name__)


class LogFile(RotatingFileHandler):
    """Writes what is logged into the profile's file; add it to the root logger once."""

    def __init__(self, profile: Path) -> None:
        """``profile`` is a folder that exists; the file is made with the first line."""
        super().__init__(
            profile / NAME, maxBytes=MAX_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True
        )
        self.setFormatter(Sentences())

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without the line: a full disk is told of where it matters, at the inbox."""

    def close(self) -> None:
        """Log no more into the file. A second call does nothing."""
        sys.excepthook = sys.__excepthook__
        logging.getLogger().removeHandler(self)
        super().close()


def begin(profile: Path) -> LogFile:
    """Log into ``profile`` from now on, also what nobody has caught, until the file is closed."""
    file = LogFile(profile)
    logging.getLogger().addHandler(file)
    sys.excepthook = _uncaught
    return file


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log where an error came from, and show it where there is somebody to read it."""
    if issubclass(kind, Exception):
        _log.critical("an error that nobody expected", exc_info=(kind, error, trace))
    if sys.stderr is not None:
        sys.__excepthook__(kind, error, trace)
