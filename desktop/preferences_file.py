"""What the person has chosen, kept in one small file of their own.

It is written anew beside the old one and put in its place, so that a crash leaves either. One that
cannot be read is put aside, never overwritten, and told.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.i18n import tr

MAX_BYTES = 1 << 20
"""A larger file is none of ours."""


class PreferencesError(Exception):
    """The choice could not be kept; the text is a sentence for the person."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a file holds: names to values as they stand there, also of settings that are not known here."""

    values: Mapping[str, object]
    notice: str = ""
    """What the person has to know: the file was damaged, and where it is now."""


class PreferencesFile:
    """One file."""

    def __init__(self, path: Path) -> None:
        """``path`` need not exist."""
        self.path = path

    def read(self) -> Chosen:
        """Return what was chosen; nothing if there is no file. A damaged one is put aside."""
        try:
            with self.path.open("rb") as file:
                values = json.loads(file.read(MAX_BYTES).decode())
        except FileNotFoundError:
            return Chosen(values={})
        except OSError as problem:
            reason = problem.strerror or "unknown"
            return Chosen(
                values={},
                notice=tr(
                    "Your preferences could not be read ({reason}): the defaults count.", reason=reason
                ),
            )
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict):
            return Chosen(values=values)
        return Chosen(values={}, notice=self._put_aside())

    def _put_aside(self) -> str:
        aside = self.path.with_name(self.path.name + ".damaged")
        try:
            self.path.replace(aside)
        except OSError:
            return tr("Your preferences in {path} are damaged: the defaults count.", path=self.path)
        return tr("Your preferences were damaged: the defaults count. The old file is {aside}.", aside=aside)

    def write(self, values: Mapping[str, object]) -> None:
        """Keep what was chosen.

        Raises:
            PreferencesError: the file could not be written; the old one is as it was.
        """
        text = json.dumps(dict(values), indent=2, ensure_ascii=False, default=list) + "\n"
        beside = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, beside = tempfile.mkstemp(prefix=self.path.name, dir=self.path.parent)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(number)
            Path(beside).replace(self.path)
        except OSError as problem:
            with suppress(OSError):
                Path(beside).unlink()
            reason = problem.strerror or "unknown"
            raise PreferencesError(
                tr("The preferences could not be saved: {reason}.", reason=reason)
            ) from None
