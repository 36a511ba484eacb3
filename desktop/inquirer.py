"""Asks the relay about entries that somebody looks at, once for each state of one; never blocks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.entry import Entry
from desktop.i18n import mark, tr
from desktop.story import Story
from desktop.told import Whole, Why

if TYPE_CHECKING:
    from desktop.api import ApiFailed, RelayApi
    from desktop.caller import Caller

MOST_KEPT = 200
"""Answers that are kept while the window is open."""

_PROBLEMS = {
    403: mark("The relay does not tell this."),
    404: mark("The relay does not know this notification any more, or is too old to tell."),
}
"""What an answer's status means here; other failures say it themselves."""

_Key = tuple[object, ...]


class Inquirer(QObject):
    """One per running app.

    Signals:
        answered(str): there is something to tell about the entry of this id.
    """

    answered = Signal(str)

    def __init__(self, caller: "Callable[[], Caller | None]") -> None:
        """``caller`` returns who asks the relay, None as long as that isn't loaded."""
        super().__init__()
        self._caller = caller
        self._stories: dict[_Key, Story] = {}

    def story(self, entry: Entry) -> Story:
        """Return what is known, and ask if nothing is: :attr:`answered` follows."""
        key, caller = _key(entry), self._caller()
        if key in self._stories:
            return self._stories[key]
        if caller is None:
            return Story(problem=tr("The relay cannot be asked right now."))
        self._keep(key, Story())
        self._ask(caller, entry.id, key)
        return self._stories[key]

    def forget(self) -> None:
        """Keep no answers: nobody looks any more, or another agent does."""
        self._stories.clear()

    def _ask(self, caller: "Caller", entry_id: str, key: _Key) -> None:
        caller.ask(
            lambda api: _look_up(api, entry_id),
            lambda found: self._tell(entry_id, key, Story(why=found[0], whole=found[1])),
            lambda failure: self._tell(entry_id, key, Story(problem=_problem(failure))),
        )

    def _tell(self, entry_id: str, key: _Key, story: Story) -> None:
        if key in self._stories:
            self._stories[key] = story
            self.answered.emit(entry_id)
            if story.problem:
                # It is asked again when somebody looks again.
                del self._stories[key]

    def _keep(self, key: _Key, story: Story) -> None:
        while len(self._stories) >= MOST_KEPT:
            self._stories.pop(next(iter(self._stories)))
        self._stories[key] = story


def _look_up(api: "RelayApi", entry_id: str) -> tuple[Why, Whole]:
    return api.why(entry_id), api.whole(entry_id)


def _key(entry: Entry) -> _Key:
    """Return what an answer is good for: an entry in one state."""
    return entry.id, entry.revision, entry.stage, entry.holder, entry.note, entry.until


def _problem(failure: "ApiFailed") -> str:
    return tr(_PROBLEMS[failure.status]) if failure.status in _PROBLEMS else str(failure)
