"""What programs that wait for this one are told: a line of JSON on standard output, or a picture."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desktop.entry import Entry
from desktop.options import Options
from desktop.text import is_own
from desktop.toast import Toast


class Reporter:
    """Prints what happens, if ``options`` ask for it; after a picture ``leave`` is called with a status."""

    def __init__(self, options: Options, leave: Callable[[int], None]) -> None:
        self._options, self._leave = options, leave

    def say(self, what: str, **details: object) -> None:
        """Print that something happened, if that is wanted."""
        wanted = self._options.report or (self._options.snapshot is not None and what == "painted")
        if wanted and sys.stdout is not None:
            sys.stdout.write(json.dumps({"report": what, **details}) + "\n")
            sys.stdout.flush()

    def painted(self, toast: Toast) -> None:
        """Tell of a toast that was painted; take its picture and leave if that is wanted."""
        details = {
            "painted_at": toast.painted_at,
            "received_at": toast.entry.received_at,
            "id": toast.entry.id,
            "revision": toast.entry.revision,
            **toast.painted_texts(),
        }
        if self._options.snapshot is None:
            self.say("painted", **details)
            return
        picture = self._options.snapshot.absolute()
        if _save(toast, picture):
            self.say("painted", **details, picture=str(picture))
            self._leave(0)
        else:
            sys.stderr.write(f"The picture could not be written to {picture}.\n")
            self._leave(1)

    def given(self, entry: Entry) -> None:
        """Tell of an entry that the system shows; how much of it is seen is the system's."""
        if not is_own(entry):
            details = {"painted_at": time.time(), "received_at": entry.received_at}
            self.say(
                "painted", **details, id=entry.id, revision=entry.revision, title=entry.title, by="system"
            )

    def give_up(self, state: str) -> None:
        """Leave: no toast was painted in time, and the link is in ``state``, in words."""
        waited = self._options.snapshot_timeout
        sys.stderr.write(f"No toast was painted within {waited:g} s; the link is {state}.\n")
        self._leave(1)


def _save(toast: Toast, picture: Path) -> bool:
    picture.parent.mkdir(parents=True, exist_ok=True)
    return toast.grab().save(str(picture))
