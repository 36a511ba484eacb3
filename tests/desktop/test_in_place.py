"""News of a case changes its toast in the same window: nothing moves, flickers or takes the keyboard."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.countdown import EXTENSION_SECONDS
from desktop.entry import Entry
from desktop.guard import HOLD_SECONDS
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import Action, Link, Priority, Script

MakeEntry = Callable[..., Entry]
MakeToast = Callable[..., Toast]
LONG = Script(name="Call", text="Words to say, and many more of them. " * 40)


class Clock:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A monotonic clock under control."""
    return Clock()


@pytest.fixture
def make_toast(qtbot: QtBot, looks: Looks, make_entry: MakeEntry, clock: Clock) -> MakeToast:
    """Return a function that shows a toast."""

    def make(seconds: float | None = 20.0, **changes: object) -> Toast:
        toast = Toast(looks, make_entry(**changes), seconds=seconds, clock=clock)
        qtbot.addWidget(toast)
        toast.fit(600)
        toast.move(200, 200)
        toast.show()
        toast.start()
        return toast

    return make


def enter(toast: Toast) -> None:
    """Let the pointer come over a toast."""
    middle = QPointF(50, 50)
    QApplication.sendEvent(toast, QEnterEvent(middle, middle, middle))


def test_everything_on_it_is_new_and_the_window_is_the_same(make_toast: MakeToast) -> None:
    """Words, number, priority, script, links: what stood there before is gone."""
    toast = make_toast()
    window, place = toast.winId(), toast.pos()
    news = replace(
        toast.entry, revision=2, count=3, title="Third attempt failed", priority=Priority.HIGH,
        scripts=(Script(name="Call", text="New words"),), links=(Link(label="Pay", url="https://pay.example.com/"),),
    )  # fmt: skip
    toast.revise(news, 20.0)
    at_once = [toast.title, toast.count, toast.dismiss, toast.script, toast.links[0]]
    assert all(part is not None and part.isVisible() for part in at_once)
    QApplication.processEvents()

    assert (toast.winId(), toast.pos()) == (window, place)
    assert toast.isVisible()
    assert (toast.title.text(), toast.count.text(), toast.priority.text()) == (
        "Third attempt failed",
        "× 3",
        "High",
    )
    assert toast.count.toolTip() == "3 times"
    assert [link.label.text() for link in toast.links] == ["Pay"]
    assert toast.script is not None
    assert toast.script.script() == "New words"
    assert "Payment 1 failed" not in f"{toast.painted_texts()}{toast.accessibleName()}"


def test_it_is_as_high_as_a_fresh_one(make_toast: MakeToast) -> None:
    """More or less on it, it takes the room it needs at once."""
    toast = make_toast()
    for changes in ({"links": (), "scripts": ()}, {"body": "More words. " * 20, "count": 2}):
        fresh = make_toast(**changes)
        toast.revise(fresh.entry, 20.0)
        assert toast.shapes(600) == fresh.shapes(600)


@pytest.mark.parametrize("most", [600, 150, 20])
def test_the_tallest_is_the_first_of_all_shapes(make_toast: MakeToast, most: int) -> None:
    """Only it is measured where it fits, and it is the smallest where none does."""
    for changes in ({}, {"body": "More words. " * 20}, {"scripts": ()}):
        toast = make_toast(**changes)
        assert toast.tallest(most) == toast.shapes(most)[0]


def test_nothing_is_drawn_in_between(make_toast: MakeToast) -> None:
    """The window is never painted half empty, and never hidden."""
    toast = make_toast()
    seen: list[tuple[str, bool]] = []
    paint = toast.paintEvent

    def watched(event: object) -> None:
        seen.append((toast.title.text(), toast.isVisible()))
        paint(event)  # type: ignore[arg-type]  # the event as it came

    toast.paintEvent = watched  # type: ignore[method-assign]  # to see each picture
    toast.revise(replace(toast.entry, title="New", priority=Priority.HIGH, links=()), 20.0)
    QApplication.processEvents()
    assert set(seen) <= {("New", True)}


def test_it_takes_no_focus(make_toast: MakeToast, qtbot: QtBot) -> None:
    """No part of it asks for the keyboard."""
    toast = make_toast()
    toast.revise(replace(toast.entry, title="New", links=()), 20.0)
    assert all(button.focusPolicy() is Qt.FocusPolicy.NoFocus for button in toast.in_order())


def test_its_time_stands_still_if_it_did(make_toast: MakeToast, clock: Clock) -> None:
    """Under the pointer nothing counts down, whatever is new."""
    toast = make_toast()
    enter(toast)
    toast.revise(replace(toast.entry, title="New", links=()), 20.0)
    assert not toast.is_running()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.is_running()


def test_news_lengthens_its_time_once_in_ten_seconds(make_toast: MakeToast, clock: Clock) -> None:
    """What goes on and on leaves all the same, and urgent news stays until it is handled."""
    toast = make_toast(seconds=20.0)
    clock.now += 15
    toast.revise(replace(toast.entry, title="Second"), 20.0)
    assert toast.remaining() == pytest.approx(20.0)
    clock.now += EXTENSION_SECONDS - 1
    toast.revise(replace(toast.entry, title="Third"), 20.0)
    assert toast.remaining() == pytest.approx(11.0)
    clock.now += 1
    toast.revise(replace(toast.entry, title="Fourth"), 20.0)
    assert toast.remaining() == pytest.approx(20.0)
    toast.revise(replace(toast.entry, title="Fifth", priority=Priority.URGENT), None)
    assert toast.remaining() is None
    toast.revise(replace(toast.entry, title="Sixth", priority=Priority.HIGH), 20.0)
    assert toast.remaining() == pytest.approx(20.0)


def test_one_that_stays_until_it_is_closed_goes_on_staying(make_toast: MakeToast) -> None:
    """Whoever wants toasts to stay has no other wish about their news."""
    toast = make_toast(seconds=None)
    toast.revise(replace(toast.entry, title="Second"), 20.0)
    assert toast.remaining() is None


def test_presses_are_ignored_while_the_words_are_new(
    make_toast: MakeToast, clock: Clock, qtbot: QtBot
) -> None:
    """A press that was meant for what stood there before does nothing, for 0.4 s."""
    toast = make_toast()
    toast.revise(replace(toast.entry, links=(Link(label="Other", url="https://other.example.com/"),)), 20.0)
    with qtbot.assertNotEmitted(toast.link_opened):
        QTest.mouseClick(toast.links[0], Qt.MouseButton.LeftButton)
    clock.now += HOLD_SECONDS
    with qtbot.waitSignal(toast.link_opened) as heard:
        QTest.mouseClick(toast.links[0], Qt.MouseButton.LeftButton)
    assert heard.args == ["event-1", "https://other.example.com/"]


def test_a_script_that_is_the_same_stays_unfolded(make_toast: MakeToast, qtbot: QtBot, clock: Clock) -> None:
    """Who reads it goes on reading; it is copied once by one press."""
    toast = make_toast(scripts=(LONG,))
    box = toast.script
    assert box is not None
    box.more.click()
    toast.revise(replace(toast.entry, title="New", links=()), 20.0)
    clock.now += HOLD_SECONDS
    copied: list[str] = []
    toast.copied.connect(copied.append)
    box.copy.click()
    assert toast.script is box
    assert toast.is_unfolded()
    assert copied == ["event-1"]


def test_a_question_is_taken_back(make_toast: MakeToast) -> None:
    """A yes would be about what isn't there any more."""
    asks = Action(name="refund", label="Refund", confirm="Refund 20 €?")
    toast = make_toast(actions=(asks,))
    toast._choose_action("refund")
    toast.revise(replace(toast.entry, actions=(replace_action(asks),)), 20.0)
    assert not toast.is_busy()
    assert toast.claims.yes.isHidden()


def replace_action(action: Action) -> Action:
    """Return the same button with another question."""
    return Action(name=action.name, label=action.label, confirm="Refund 900 €?")
