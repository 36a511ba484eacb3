"""The last things that were logged, without any value: only the sentences that stand in the code.

So that a report can carry them, whatever was in an address, an event or an error's text.
"""

import logging
import time
from collections import deque

LINES = 200


class Tail(logging.Handler):
    """Keeps the last lines; add it to the root logger once."""

    def __init__(self, most: int = LINES) -> None:
        super().__init__(logging.INFO)
        self._kept: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep time, level, place and the sentence before its values are filled in."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        # A sentence that has no places may have been put together already.
        said = str(record.msg) if record.args or record.name.startswith("desktop") else "…"
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        self._kept.append(f"{when} {record.levelname} {record.name}: {said}{kind}")

    def lines(self) -> list[str]:
        """Return what is kept, oldest first."""
        return list(self._kept)
