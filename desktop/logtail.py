"""What was logged, without any value: only the sentences that stand in the code.

So that a file or a report can carry them, whatever was in an address, an event or an error's text.
"""

import logging
import time
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType

LINES = 200
PLACES = 12
"""Of the lines of code that led to an error, the innermost so many are named."""
_HOME = Path(__file__).parents[1]


class Sentences(logging.Formatter):
    """Time, level, place and the sentence before its values are filled in; of an error where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and for an error one more for each place."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        # A sentence that has no places may have been put together already.
        said = str(record.msg) if record.args or record.name.startswith("desktop") else "…"
        line = f"{when} {record.levelname} {record.name}: {said}"
        kind, _, trace = record.exc_info or (None, None, None)
        return line if kind is None else "\n  ".join((f"{line} ({kind.__name__})", *_places(trace)))


class Tail(logging.Handler):
    """Keeps the last lines; add it to the root logger once."""

    def __init__(self, most: int = LINES) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(Sentences())
        self._kept: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was logged."""
        self._kept.append(self.format(record))

    def lines(self) -> list[str]:
        """Return what is kept, oldest first."""
        return list(self._kept)


def _places(trace: TracebackType | None) -> list[str]:
    """Return the lines of code that led to an error, innermost last; none of what stood in variables."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)][
        -PLACES:
    ]


def _short(filename: str) -> str:
    """Return a file's name without the folders of this computer, which may name its user."""
    path = Path(filename)
    return str(path.relative_to(_HOME)) if path.is_relative_to(_HOME) else path.name
