"""Where the inbox is: in the profile, or, if nothing can be written there, in a place for this run."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.i18n import tr
from desktop.inbox import Inbox, InboxError

NAME = "inbox.db"

_log = logging.getLogger(__name__)


class Shelter:
    """The inbox of a profile.

    A home that is read-only, or a disk that is full, keeps nobody from being told what happens: what
    arrives is then kept in the system's folder for temporary files, until Deskbell ends.
    """

    def __init__(self, profile: Path) -> None:
        """Open the inbox.

        Raises:
            InboxError: it can be opened nowhere.
        """
        self.notice = ""
        """What there is to tell the agent, as a sentence; empty for nothing."""
        self._folder: TemporaryDirectory[str] | None = None
        self.path = profile / NAME
        try:
            self.inbox = Inbox.open(self.path)
        except InboxError as problem:
            _log.error("the profile cannot be used: %s", problem)
            self.inbox = self._elsewhere(problem)
            self.notice = tr(
                "Nothing can be stored in {folder}: what arrives is kept until Deskbell ends. "
                "Please ask your IT.",
                folder=profile,
            )

    def close(self) -> None:
        """Close the inbox; what was kept for this run is removed. A second call does nothing."""
        self.inbox.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _elsewhere(self, problem: InboxError) -> Inbox:
        try:
            folder = self._folder = TemporaryDirectory(prefix="deskbell-", ignore_cleanup_errors=True)
        except OSError:
            raise problem from None
        self.path = Path(folder.name) / NAME
        return Inbox.open(self.path)
