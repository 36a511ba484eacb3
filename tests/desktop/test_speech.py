"""Another language takes effect at once: tray, menu and open windows, without a restart."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.entry import LinkState
from desktop.i18n import English, speak, tr
from desktop.settings import SETTINGS, Settings
from desktop.speech import Speech
from relay.protocol import Notification
from tests.desktop.far_end import FarEnd

MakeMessage = Callable[..., Notification]
MakeDesktop = Callable[..., Desktop]


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    """What a test has chosen doesn't stay."""
    before = QLocale()
    Speech(qapp, "en")
    yield
    Speech(qapp, "en")
    QLocale.setDefault(before)
    speak(English())


def words(desktop: Desktop) -> list[str]:
    """Return what the tray's menu says, without the state of the link."""
    menu = desktop.tray.menu()
    every = [action for action in menu.actions() if not action.isSeparator()]
    return [action.text() for action in [*every[1:], *desktop.tray.items.pauses.actions()]]


def qt_says() -> str:
    """Return a word that Qt itself puts into menus of text fields."""
    return QCoreApplication.translate("QWidgetTextControl", "&Undo")


def test_who_speaks_is_told_only_of_a_change(qtbot: QtBot, qapp: QApplication) -> None:
    """The same language again changes nothing; another one, Qt's own words and numbers follow."""
    speech = Speech(qapp, "en")
    with qtbot.assertNotEmitted(speech.changed):
        speech.follow(Settings(language="en"))
    with qtbot.waitSignal(speech.changed):
        speech.follow(Settings(language="de"))
    assert (tr("Preferences"), qt_says(), QLocale().language()) == (
        "Einstellungen",
        "&Rückgängig",
        QLocale.Language.German,
    )
    with qtbot.waitSignal(speech.changed):
        speech.follow(Settings(language="en"))
    assert (tr("Preferences"), qt_says()) == ("Preferences", "&Undo")


def test_the_running_app_changes_its_language(
    qtbot: QtBot, make_desktop: MakeDesktop, far_end: FarEnd, make_message: MakeMessage
) -> None:
    """Chosen in the preferences: menu, tooltip, and every open window speak German in the same moment."""
    far_end.notes = [make_message(1, at=4_000_000_000.0)]
    desktop = make_desktop()
    qtbot.waitUntil(lambda: desktop._status.state is LinkState.LIVE, timeout=20_000)
    qtbot.waitUntil(lambda: bool(desktop.stack.toasts()), timeout=20_000)
    desktop.history.show()
    assert desktop.checkup is not None
    desktop.checkup.show()
    desktop.comforts.show_preferences()
    old = desktop.comforts.preferences
    assert old is not None
    old.pages.setCurrentRow(2)
    english = words(desktop)
    toasts = desktop.stack.toasts()
    old.rows["language"].field.take("de")
    assert desktop.history.window is not None
    assert desktop.checkup.window is not None
    assert desktop.comforts.preferences is not None
    assert desktop.comforts.preferences is not old
    titles = [
        window.windowTitle()
        for window in (desktop.history.window, desktop.checkup.window, desktop.comforts.preferences)
        if window.isVisible()
    ]
    assert titles[1:] == ["Diagnose", "Einstellungen"]
    assert desktop.comforts.preferences.pages.currentRow() == 2
    german = words(desktop)
    assert [tr(each) for each in english] == german
    assert set(german) & set(english) == {"mira@example.com"}, "whose desktop it is"
    assert desktop.tray.tooltip().startswith("Deskbell: verbunden")
    assert desktop.stack.toasts() == toasts, "toasts stay until they are gone"
    desktop.comforts.preferences.rows["language"].field.take("en")
    assert words(desktop) == english
    assert desktop.history.window.isVisible()
    qtbot.waitUntil(
        lambda: (
            desktop.checkup is None or desktop.checkup.window is None or not desktop.checkup.window.running
        ),
        timeout=30_000,
    )


def test_a_wrong_value_is_said_in_the_language_that_is_spoken(qapp: QApplication) -> None:
    """What is refused in a field stands behind the setting's name, in German too."""
    Speech(qapp, "de")
    for key, raw in (("quiet_hours", "abends"), ("time_zone", "Berlin"), ("proxy_url", "gopher://old")):
        with pytest.raises(ValueError, match=r"kein|nicht"):
            SETTINGS[key].kind.read(raw)
