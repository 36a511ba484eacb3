"""The preferences show every setting, who has set it, and take what a person wants."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.kinds import Choice, Flag, Keys, Number, Screens, Several, Words
from desktop.policy import Layer, Rank
from desktop.preferences import PreferencesWindow
from desktop.preferences_file import PreferencesFile
from desktop.settings import SETTINGS, Section, Settings
from desktop.theme import Looks, Scheme
from desktop.wishes import Wishes

POLICY = Layer(rank=Rank.MACHINE, place="10-base.toml", values={"Sound": False, "Oops": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the person's choices are kept."""
    return tmp_path / "preferences.json"


@pytest.fixture
def wishes(qapp: QApplication, path: Path) -> Wishes:
    """Nobody has chosen anything; IT locks one setting and misspells another."""
    return Wishes(PreferencesFile(path), {}, places=lambda: [POLICY])


@contextmanager
def opened(looks: Looks, wishes: Wishes) -> Iterator[PreferencesWindow]:
    """Show the window, and take it away at once afterwards: many of them make every change of style slow."""
    made = PreferencesWindow(looks, wishes, "Deskbell's own toasts")
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)
    wishes.close()


@pytest.fixture
def window(qapp: QApplication, looks: Looks, wishes: Wishes) -> Iterator[PreferencesWindow]:
    """The window on the screen."""
    with opened(looks, wishes) as made:
        yield made


def visible(window: PreferencesWindow) -> set[str]:
    """Return the settings that are to be seen."""
    return {key for key, row in window.rows.items() if not row.isHidden()}


def test_every_setting_has_its_widget(window: PreferencesWindow) -> None:
    """The kind of value decides which, and all have names and sentences for the screen reader."""
    kinds = {
        Choice: QComboBox,
        Flag: QCheckBox,
        Number: QSpinBox,
        Words: QLineEdit,
        Keys: QKeySequenceEdit,
        Several: QLineEdit,
        Screens: QComboBox,
    }
    assert window.rows.keys() == SETTINGS.keys()
    for key, row in window.rows.items():
        widget = row.field.widget
        assert isinstance(widget, kinds[type(SETTINGS[key].kind)])
        assert widget.accessibleName() == SETTINGS[key].label
        assert SETTINGS[key].help in widget.accessibleDescription()


def test_a_page_shows_its_own(window: PreferencesWindow) -> None:
    """And nothing else."""
    for number, section in enumerate(Section):
        window.pages.setCurrentRow(number)
        assert visible(window) == {key for key, row in SETTINGS.items() if row.section is section}


def test_what_is_chosen_is_kept(qtbot: QtBot, window: PreferencesWindow, wishes: Wishes, path: Path) -> None:
    """Each kind of widget, by the keyboard, counts at once and is kept."""
    rows = window.rows

    def widget(key: str, page: int) -> QWidget:
        window.pages.setCurrentRow(page)
        found = rows[key].field.widget
        found.setFocus()
        return found

    combo = widget("theme", 0)
    QTest.keyClick(combo, Qt.Key.Key_Down)
    size = widget("text_size", 0)
    QTest.keyClick(size, Qt.Key.Key_Up)
    QTest.keyClick(widget("sound_normal", 2), Qt.Key.Key_Space)
    line = widget("holidays", 3)
    QTest.keyClicks(line, "2026-12-25")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert wishes.settings == Settings(
        theme="light", text_size=110, sound_normal=True, holidays=("2026-12-25",), sound=False
    )
    again = Wishes(PreferencesFile(path), {}, places=lambda: [POLICY])
    assert again.settings == wishes.settings
    assert window.isVisible()


def test_keys_are_pressed_not_written(window: PreferencesWindow, wishes: Wishes) -> None:
    """What is pressed is chosen, Backspace takes it away, and to look at the field changes nothing."""
    window.pages.setCurrentRow(1)
    row = window.rows["newest_toast_shortcut"]
    box = row.field.widget
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(window, Qt.Key.Key_Shift)
    assert wishes.settings.newest_toast_shortcut == "Ctrl+Alt+N"
    box.setFocus()
    window.pages.setFocus()
    assert wishes.settings.newest_toast_shortcut == "Ctrl+Alt+N"
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    assert wishes.settings.newest_toast_shortcut == ""
    QTest.keyClick(box, Qt.Key.Key_N)
    assert row.problem.text().startswith("Key for the newest toast needs Ctrl, Alt or Meta")
    assert wishes.settings.newest_toast_shortcut == ""


def test_a_screen_is_chosen_from_those_there_are(
    qtbot: QtBot, window: PreferencesWindow, wishes: Wishes
) -> None:
    """Three wishes and each connected screen; one that is gone stays chosen, and says so; changes are followed."""
    combo = window.rows["toast_screen"].field.widget
    assert isinstance(combo, QComboBox)
    names = [screen.name() for screen in QGuiApplication.screens()]
    kept = ["primary", "pointer", "active", *names]
    assert [combo.itemData(place) for place in range(combo.count())] == kept
    wishes.choose("toast_screen", "DP-9")
    assert combo.currentText() == "DP-9 (not connected)"
    combo.addItem("stale", "stale")
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    app.screenAdded.emit(QGuiApplication.primaryScreen())
    qtbot.waitUntil(lambda: combo.findData("stale") < 0)
    assert combo.currentData() == "DP-9"
    combo.activated.emit(2)
    assert wishes.settings.toast_screen == "active"


def test_what_hinders_a_setting_stands_beside_it(window: PreferencesWindow, wishes: Wishes) -> None:
    """For as long as it does: another choice does not sweep it away."""
    row = window.rows["newest_toast_shortcut"]
    wishes.hinder("newest_toast_shortcut", "is taken by another program.")
    wishes.choose("theme", "dark")
    assert row.problem.text() == "Key for the newest toast is taken by another program."
    wishes.hinder("newest_toast_shortcut", "")
    assert row.problem.isHidden()


def test_a_wrong_value_is_refused_beside_it(qtbot: QtBot, window: PreferencesWindow, wishes: Wishes) -> None:
    """What was typed stays to be mended, and nothing is kept."""
    window.pages.setCurrentRow(3)
    row = window.rows["quiet_hours"]
    line = row.field.widget
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "whenever")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert row.problem.text().startswith("Quiet hours has “whenever”, which is no window")
    assert not row.problem.isHidden()
    assert line.text() == "whenever"
    assert wishes.settings.quiet_hours == ""
    line.clear()
    QTest.keyClicks(line, "18:00-8:00")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert row.problem.isHidden()
    assert wishes.settings.quiet_hours == "18:00-8:00"


def test_a_locked_setting_says_by_whom(window: PreferencesWindow) -> None:
    """It has a padlock, cannot be changed, and the screen reader is told, too."""
    row = window.rows["sound"]
    assert not row.field.widget.isEnabled()
    assert not row.lock.isHidden()
    assert row.why.text() == "Set by your IT (10-base.toml)."
    assert row.field.widget.accessibleDescription().endswith("Set by your IT (10-base.toml).")
    assert window.rows["allow_quit"].why.text() == "Only your IT can change this."
    assert window.rows["theme"].lock.isHidden()


def test_what_it_got_wrong_is_told(window: PreferencesWindow) -> None:
    """Somebody has to see it, and it is not the log that people look at."""
    assert window.problems.text() == "10-base.toml: there is no setting “Oops”."
    assert not window.problems.isHidden()


def test_one_can_be_reset(qtbot: QtBot, window: PreferencesWindow, wishes: Wishes) -> None:
    """The button is there when there is something to reset."""
    row = window.rows["theme"]
    assert row.reset.isHidden()
    wishes.choose("theme", "dark")
    assert not row.reset.isHidden()
    row.reset.click()
    assert wishes.settings.theme == "system"
    assert row.reset.isHidden()


def test_resetting_all_wants_two_presses(window: PreferencesWindow, wishes: Wishes) -> None:
    """One slip of the finger takes nothing away."""
    assert not window.reset_all.isEnabled()
    wishes.choose("theme", "dark")
    wishes.choose("text_size", 150)
    window.reset_all.click()
    assert wishes.settings.theme == "dark"
    window.reset_all.click()
    assert wishes.settings == Settings(sound=False)
    assert window.reset_all.text() == "Reset all"


def test_search_looks_on_every_page(window: PreferencesWindow) -> None:
    """By label, sentence and page; without a hit it says so, and the page comes back afterwards."""
    window.pages.setCurrentRow(1)
    before = visible(window)
    window.search.setText("proxy")
    assert visible(window) == {"proxy_mode", "proxy_url"}
    assert window.pages.selectedItems() == []
    window.search.setText("proxy zebra")
    assert visible(window) == set()
    assert not window.none.isHidden()
    window.search.clear()
    assert visible(window) == before
    assert window.none.isHidden()
    window.search.setText("proxy")
    window.pages.setCurrentRow(0)
    assert window.search.text() == ""
    assert "theme" in visible(window)


def test_a_choice_that_cannot_be_kept_is_taken_back(window: PreferencesWindow, path: Path) -> None:
    """The window shows what counts, and says why."""
    path.mkdir()
    (path / "something").touch()
    row = window.rows["sound_high"]
    box = row.field.widget
    assert isinstance(box, QCheckBox)
    box.click()
    assert box.isChecked()
    assert window.problems.text().startswith("The preferences could not be saved: ")


def test_the_wheel_changes_nothing(window: PreferencesWindow, wishes: Wishes) -> None:
    """Scrolling over a field scrolls the page."""
    for key in ("theme", "text_size"):
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(window.rows[key].field.widget, event)
        assert not event.isAccepted()
    assert wishes.settings == Settings(sound=False)


def test_sounds_can_be_listened_to(qtbot: QtBot, window: PreferencesWindow) -> None:
    """Those that have one."""
    with qtbot.waitSignal(window.sound_asked) as heard:
        window.rows["sound_urgent"].listen.click()
    assert heard.args == ["sound_urgent"]
    assert window.rows["theme"].listen.isHidden()


def test_every_button_has_a_name(window: PreferencesWindow) -> None:
    """Nothing is only a picture to the screen reader."""
    for button in window.findChildren(QPushButton):
        assert button.accessibleName() or button.text()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_no_text_is_cut(looks: Looks, wishes: Wishes, percent: int) -> None:
    """On every page, in every size, each sentence is whole and each button fits its words."""
    looks.use(Scheme.LIGHT, percent=percent)
    with opened(looks, wishes) as window:
        window.resize(looks.sizes["preferences"], looks.sizes["window_height"])
        for number in range(len(Section)):
            window.pages.setCurrentRow(number)
            QApplication.processEvents()
            for key in visible(window):
                row = window.rows[key]
                for text in (row.about, row.why, row.problem):
                    assert text.isHidden() or not text.is_cut(text.width()), key
                line = row.field.widget.findChild(QLineEdit)
                assert line is None or line.width() > looks.sizes["press"], key
                assert row.field.widget.width() >= row.field.widget.minimumSizeHint().width(), key
    looks.use(Scheme.LIGHT)


def test_a_sample_toast_follows_what_is_chosen(qtbot: QtBot, window: PreferencesWindow) -> None:
    """Pages whose settings can be seen show a toast that changes with them; the others don't."""
    assert window.sample.isVisible()
    before = window.sample.picture.toImage()
    window._wishes.choose("privacy", "nothing")
    qtbot.waitUntil(lambda: window.sample.picture.toImage() != before, timeout=20_000)
    # Without the customer's words there is less to show.
    assert window.sample.sizeHint().height() < before.deviceIndependentSize().height()
    window.pages.setCurrentRow(list(Section).index(Section.SOUND))
    assert not window.sample.isVisible()


def test_the_sample_toast_wears_new_colours(qtbot: QtBot, looks: Looks, window: PreferencesWindow) -> None:
    """Another theme repaints it; it is a picture and no window of its own."""
    shown = {each for each in QApplication.topLevelWidgets() if each.isVisible()}
    before = window.sample.picture.toImage()
    looks.use(Scheme.DARK)
    qtbot.waitUntil(lambda: window.sample.picture.toImage() != before, timeout=20_000)
    assert {each for each in QApplication.topLevelWidgets() if each.isVisible()} <= shown


def test_the_sample_toast_is_not_drawn_where_nobody_sees_it(
    qapp: QApplication, window: PreferencesWindow
) -> None:
    """On a page without it a change costs nothing; who comes back sees it at once."""
    before = window.sample.picture.cacheKey()
    window.pages.setCurrentRow(list(Section).index(Section.SOUND))
    window._wishes.choose("privacy", "nothing")
    qapp.processEvents()
    qapp.processEvents()
    assert window.sample.picture.cacheKey() == before
    window.pages.setCurrentRow(list(Section).index(Section.PRIVACY))
    assert window.sample.isVisible()
    assert window.sample.picture.cacheKey() != before


def test_where_there_is_little_room_the_sample_is_smaller(window: PreferencesWindow) -> None:
    """It keeps its shape."""
    whole = window.sample.sizeHint()
    assert window.sample.heightForWidth(whole.width() * 2) == whole.height()
    half = window.sample.heightForWidth(whole.width() // 2)
    assert abs(half - whole.height() / 2) <= 1


def test_a_search_stays_while_the_keyboard_goes_on(qtbot: QtBot, window: PreferencesWindow) -> None:
    """Tab leads from the field to the pages, which wait until one of them is chosen."""
    window.activateWindow()
    window.search.setFocus()
    window.search.setText("holidays")
    window.pages.setFocus(Qt.FocusReason.TabFocusReason)
    found, marked = window.search.text(), len(window.pages.selectedItems())
    QTest.keyClick(window.pages, Qt.Key.Key_Down)

    assert (found, marked) == ("holidays", 0)
    assert window.search.text() == ""
    assert len(window.pages.selectedItems()) == 1
