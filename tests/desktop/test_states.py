"""Every state of every window and toast, in all languages and large: nothing is cut off."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QTableView, QWidget

from desktop.clamped import ClampedText
from desktop.i18n import English, Language, speak
from desktop.theme import Scheme
from desktop.toast import Toast
from desktop.translator import Translated
from tests.desktop.gallery import STATES
from tests.desktop.overlays import over
from tests.desktop.room import Room


class Pseudo(English):
    """No language at all: English with accents, and half as long again; for layouts from right to left."""

    def text(self, text: str, number: int | None) -> str:
        """Return ``text`` made longer, with its placeholders."""
        if number == 1 and "%n" not in text:
            return ""
        return f"⟦{text} {'ẽ' * (len(text) // 2)}⟧"


LANGUAGES: dict[str, Callable[[], Language]] = {
    "en": English,
    "de": lambda: Translated("de", QLocale("de_DE")),
    "pseudo": Pseudo,
}
WAYS = [("en", 150), ("de", 100), ("pseudo", 200)]
"""Language and size of text: as most see it, and as bad as it gets."""
SHORTENED = {"facet", "facet_on"}
"""Buttons that shorten their words by themselves."""
FOREIGN = {
    "title",
    "body",
    "source",
    "script_text",
    "link_label",
    "link_host",
    "script_name",
    "missing",
    "age",
}
"""What senders wrote may end with an ellipsis; the age only in a made-up language, whose words nest."""

Open = Callable[[str, str, int], QWidget]
ShowState = Callable[[str], QWidget]


@pytest.fixture
def opened(qapp: QApplication, room: Room, show_state: ShowState) -> Iterator[Open]:
    """Return how to show a state in a language and at a size of text."""

    def show(name: str, language: str, percent: int) -> QWidget:
        speak(LANGUAGES[language]())
        right = language == "pseudo"
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft if right else Qt.LayoutDirection.LeftToRight)
        room.looks.use(Scheme.LIGHT, percent=percent, still=True)
        return show_state(name)

    yield show
    speak(English())
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def narrow_buttons(window: QWidget) -> list[str]:
    """Return the buttons that are narrower or lower than what they say."""
    return [
        f"{button.text()!r}: {button.size().toTuple()} for {button.minimumSizeHint().toTuple()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.text()
        and button.objectName() not in SHORTENED
        and (
            button.width() < button.minimumSizeHint().width()
            or button.height() < button.minimumSizeHint().height()
        )
    ]


def cut_texts(window: QWidget) -> list[str]:
    """Return the texts that are lower than their lines, or end before their last word."""
    texts = [text for text in window.findChildren(ClampedText) if text.isVisible() and text.text()]
    low = [text.text() for text in texts if text.height() < text.heightForWidth(text.width())]
    foreign = FOREIGN if isinstance(window, Toast) else set()
    short = [t.text() for t in texts if t.objectName() not in foreign and t.is_cut(t.width())]
    return [*(f"too low: {text}" for text in low), *(f"cut: {text}" for text in short)]


def low_rows(window: QWidget) -> list[str]:
    """Return the tables whose rows are lower than a line, or whose columns are narrower than their heads.

    In the made-up language heads may end with an ellipsis: no real one is that long.
    """
    found = []
    for table in window.findChildren(QTableView):
        model, metrics = table.model(), table.fontMetrics()
        if model.rowCount() and table.rowHeight(0) < metrics.lineSpacing():
            found.append(f"rows of {table.rowHeight(0)}")
        heads = [
            str(model.headerData(n, Qt.Orientation.Horizontal) or "")
            for n in range(table.horizontalHeader().count())
        ]
        if table.horizontalHeader().isVisible() and not window.isRightToLeft():
            wide = enumerate(metrics.horizontalAdvance(head) for head in heads)
            found += [heads[number] for number, width in wide if table.columnWidth(number) < width]
    return found


def narrow_menus(window: QWidget) -> list[str]:
    """Return the open menus that are smaller than what they say, or that say nothing."""
    menus = [each for each in over(window) if isinstance(each, QMenu)]
    small = [menu for menu in menus if menu.size() != menu.sizeHint().expandedTo(menu.size())]
    empty = [menu for menu in menus if not any(action.text() for action in menu.actions())]
    return [f"{menu.size().toTuple()} for {menu.sizeHint().toTuple()}" for menu in (*small, *empty)]


class Flashes(QObject):
    """Takes down which windows come up."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See each window that is shown."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(watched)
        return False


@pytest.mark.parametrize(("language", "percent"), WAYS)
@pytest.mark.parametrize("name", STATES)
def test_all_is_there_at_once_and_nothing_is_cut_off(
    qapp: QApplication, opened: Open, name: str, language: str, percent: int
) -> None:
    """No part is a window of its own before it has its place, and all words have their room, to the last line."""
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    window = opened(name, language, percent)
    qapp.removeEventFilter(flashes)
    wanted = [window, *over(window)]
    assert [type(each).__name__ for each in flashes.windows if each not in wanted] == []
    assert [*narrow_buttons(window), *cut_texts(window), *low_rows(window), *narrow_menus(window)] == []
