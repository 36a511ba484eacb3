"""What stands beside the list of the history: one entry in full, a word about several, or nothing."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.detail import Detail
from desktop.entry import Entry
from desktop.historyframe import Frame
from desktop.inquirer import Inquirer
from desktop.models import InboxModel
from desktop.theme import Looks


class Pages(QObject):
    """One for each history window.

    Signals:
        copied(str), link_opened(str, str), pressed(str, str), acted(str, str), marked(bool),
        removal_asked(): as of :class:`desktop.detail.Detail`.
    """

    copied = Signal(str)
    link_opened = Signal(str, str)
    pressed = Signal(str, str)
    acted = Signal(str, str)
    marked = Signal(bool)
    removal_asked = Signal()

    def __init__(self, looks: Looks, frame: Frame, model: InboxModel, wall: Callable[[], float]) -> None:
        super().__init__(frame)
        self._looks, self._frame, self._model, self._wall = looks, frame, model, wall
        self._inquirer: Inquirer | None = None
        self._languages: Callable[[], Sequence[str]] = tuple
        self.detail: Detail | None = None
        """The page of the entry that is shown; None if none is."""

    def follow(self, inquirer: Inquirer, languages: Callable[[], Sequence[str]]) -> None:
        """Ask ``inquirer`` why an entry came; ``languages`` returns which replies are wanted first."""
        self._inquirer, self._languages = inquirer, languages
        inquirer.answered.connect(self._tell_story)

    def show_nothing(self) -> None:
        """Show that nothing is chosen, or has yet to be loaded."""
        self._turn_to(None, self._frame.empty_page)

    def show_several(self, number: int) -> None:
        """Show that so many are chosen."""
        self._frame.several.show_count(number)
        self._turn_to(None, self._frame.several)

    def show_entry(self, entry: Entry) -> bool:
        """Show an entry as it is now; say whether it is another than before."""
        old = self.detail
        again = old is not None and old.entry.id == entry.id
        detail = Detail(
            self._looks,
            entry,
            self._wall(),
            agent=self._model.agent,
            language="" if old is None else old.language,
            languages=self._languages(),
            parent=self._frame.pages,
        )
        for name in ("copied", "link_opened", "pressed", "acted", "marked", "removal_asked"):
            getattr(detail, name).connect(getattr(self, name))
        detail.story_wanted.connect(self._tell_story)
        place = old.verticalScrollBar().value() if again and old is not None else 0
        asked = again and old is not None and old.why.is_open()
        self._turn_to(detail, detail)
        if again:
            detail.why.open(asked)
            detail.keep_place(place)
        return not again

    def say(self, entry_id: str, words: str, again: bool) -> bool:
        """Say what came of a press, if that entry is shown; ``again`` lets actions be pressed once more."""
        detail = self.detail
        if detail is None or detail.entry.id != entry_id or not detail.isVisible():
            return False
        detail.say(words, again=again)
        return True

    def answered(self, entry_id: str) -> None:
        """Take it that what was pressed about an entry has been answered."""
        if self.detail is not None and self.detail.entry.id == entry_id:
            self.detail.answered()

    def _tell_story(self, entry_id: str = "") -> None:
        detail, inquirer = self.detail, self._inquirer
        if detail is None or inquirer is None or entry_id not in {detail.entry.id, ""}:
            return
        if detail.why.is_open():
            detail.tell(inquirer.story(detail.entry))

    def _turn_to(self, detail: Detail | None, page: QWidget) -> None:
        old, self.detail = self.detail, detail
        self._model.open_id = "" if detail is None else detail.entry.id
        self._frame.show_page(page)
        if old is not None:
            self._frame.drop_page(old)
