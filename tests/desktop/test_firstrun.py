"""The welcome finds out whether toasts are seen and heard on this computer."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.firstrun import Step, Welcome
from desktop.theme import Looks


@pytest.fixture
def welcome(qtbot: QtBot, looks: Looks) -> Welcome:
    """The welcome on the screen."""
    made = Welcome(looks)
    qtbot.addWidget(made)
    made.show()
    return made


def at(welcome: Welcome) -> Step:
    """Return where the welcome is now."""
    return welcome.step


def test_all_is_well(qtbot: QtBot, welcome: Welcome) -> None:
    """A toast is shown, seen and heard: the last words say so, and there is nothing to try again."""
    with qtbot.waitSignal(welcome.test_asked):
        welcome.yes.click()
    assert at(welcome) is Step.SEE
    welcome.note_painted()
    welcome.yes.click()
    assert at(welcome) is Step.HEAR
    welcome.yes.click()
    assert welcome.headline.text() == "All is well"
    assert welcome.no.isHidden()
    assert welcome.settings.isHidden()
    with qtbot.waitSignal(welcome.answered) as heard:
        welcome.yes.click()
    assert heard.args == [True, True]
    assert not welcome.isVisible()


@pytest.mark.parametrize(
    ("seen", "heard", "said"),
    [(False, True, "Toasts are not seen here."), (True, False, "The tone was not heard here.")],
)
def test_what_is_amiss_is_explained(
    qtbot: QtBot, welcome: Welcome, seen: bool, heard: bool, said: str
) -> None:
    """With a way to the preferences, and another try."""
    welcome.yes.click()
    (welcome.yes if seen else welcome.no).click()
    (welcome.yes if heard else welcome.no).click()
    assert at(welcome) is Step.END
    assert said in welcome.words.text()
    with qtbot.waitSignal(welcome.preferences_asked):
        welcome.settings.click()
    with qtbot.waitSignal(welcome.test_asked):
        welcome.no.click()
    assert at(welcome) is Step.SEE
    assert welcome.seen is welcome.heard is None


def test_a_toast_that_is_not_painted_is_told(qtbot: QtBot, welcome: Welcome) -> None:
    """Nobody has to wonder whether to wait."""
    welcome._missing.setInterval(1)
    welcome.yes.click()
    qtbot.waitUntil(lambda: not welcome.trouble.isHidden(), timeout=5_000)
    assert welcome.trouble.text() == "The toast could not be shown on this computer."
    welcome.note_painted()
    assert welcome.trouble.isHidden()


def test_without_sound_nobody_is_asked_for_it(qtbot: QtBot, looks: Looks) -> None:
    """Where sound is off, seeing is enough."""
    welcome = Welcome(looks, has_sound=False)
    qtbot.addWidget(welcome)
    welcome.yes.click()
    welcome.yes.click()
    assert at(welcome) is Step.END
    assert (welcome.seen, welcome.heard) == (True, None)


def test_it_can_be_left_at_once(qtbot: QtBot, welcome: Welcome) -> None:
    """Not now is an answer, as is Escape."""
    with qtbot.waitSignal(welcome.answered) as heard:
        welcome.no.click()
    assert heard.args == [None, None]
    welcome.show()
    with qtbot.waitSignal(welcome.answered):
        welcome.reject()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_no_text_is_cut(qtbot: QtBot, looks: Looks, percent: int) -> None:
    """The longest words have room at every size."""
    looks.use(looks._scheme, percent=percent)
    welcome = Welcome(looks)
    qtbot.addWidget(welcome)
    welcome.show()
    for button in (welcome.yes, welcome.no, welcome.no):
        QApplication.processEvents()
        for text in (welcome.headline, welcome.words):
            assert not text.is_cut(text.width())
        button.click()
    looks.use(looks._scheme)


def test_on_windows_the_icon_has_to_be_pulled_out(qtbot: QtBot, looks: Looks) -> None:
    """Windows hides new icons, and the link's state with them."""
    said = []
    for platform in ("win32", "linux"):
        welcome = Welcome(looks, has_sound=False, platform=platform)
        qtbot.addWidget(welcome)
        welcome.yes.click()
        welcome.yes.click()
        said.append("behind the arrow" in welcome.words.text())

    assert said == [True, False]
